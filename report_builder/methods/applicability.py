"""What to say when a method does not fit a network."""

from __future__ import annotations


class NotApplicable(ValueError):  # noqa: N818  it is an outcome that the report states, not a fault
    """A network cannot do what a method needs; the report leaves the method out and says why.

    key: names the sentence that the report prints, in any language. The message says the same in English.
    """

    def __init__(self, key: str, message: str) -> None:
        super().__init__(message)
        self.key = key

    def __reduce__(self) -> tuple[type[NotApplicable], tuple[str, str]]:
        return type(self), (self.key, str(self))
