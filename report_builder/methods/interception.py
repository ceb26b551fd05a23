"""Watching and changing the functions that a network calls, whether a module calls them or code does."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any

from torch.overrides import TorchFunctionMode

Function = Callable[..., Any]


class Interception(TorchFunctionMode, ABC):
    """While it is entered, `called` stands for every function that PyTorch is asked for."""

    def __torch_function__(
        self, func: Function, types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        return self.called(func, args, kwargs or {})

    @abstractmethod
    def called(self, func: Function, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """What the caller gets for func(*args, **kwargs)."""
