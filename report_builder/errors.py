"""The one exception whose message is meant for the user."""

from __future__ import annotations


class InputError(ValueError):
    """A setting or an input that the user can put right.

    Its message is one whole sentence; the command prints it without a traceback and exits with 2.
    """
