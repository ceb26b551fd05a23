"""Two finished runs side by side: what differs in what went in, and what in what came out."""
