"""Where each input comes from, and what is known about it."""
