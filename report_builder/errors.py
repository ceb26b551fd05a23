"""The one exception whose message is meant for the user."""

from __future__ import annotations


class InputError(ValueError):
    """A setting or an input that the user can put right.

    Its message is one whole sentence; the command prints it without a traceback and exits with 2.
    """


def input_fault(error: str) -> str | None:
    """The message of an InputError that a step raised, out of the line that the pipeline keeps; else None."""
    prefix = f"{InputError.__module__}.{InputError.__qualname__}: "
    return error.removeprefix(prefix) if error.startswith(prefix) else None
