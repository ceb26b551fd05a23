"""Checking a finished report against itself: files, numbers, documents, figures, and a rebuild."""
