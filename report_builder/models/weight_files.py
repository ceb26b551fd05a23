"""Where a pretrained network's weights come from, and how they are read: never as arbitrary pickles."""

from __future__ import annotations

import hashlib
import os
import pickle
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from threading import Thread
from typing import Any, Literal
from urllib.error import HTTPError, URLError
from urllib.parse import urlparse
from urllib.request import Request, urlopen

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor

from report_builder.errors import InputError

PATIENCE = 10.0
BLOCK = 1 << 20

# (bytes so far, bytes in all or 0 where the server does not say)
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Weights:
    """What is known of a network's weights.

    sha256: of the file's bytes, in hexadecimal; None for random weights. official: the file's hash is the one
    that its publisher put into its name.
    """

    origin: Literal["settings", "cache", "download", "embedded", "random"]
    path: Path | None
    sha256: str | None
    official: bool


def find_weights(
    address: str,
    *,
    file: Path | None,
    checkpoints: Path,
    offline: bool,
    progress: Progress | None = None,
    patience: float = PATIENCE,
) -> Weights:
    """The first of: the file that the settings name, the checkpoints folder, a download into that folder.

    address: ends in <name>-<first digits of the SHA-256>.pth, as PyTorch publishes weights; a file in the
    checkpoints folder or a download with another hash is not used.
    Raises InputError with the reason of every place that did not serve.
    """
    name = Path(urlparse(address).path).name
    digits = name.rsplit("-", 1)[-1].split(".")[0]
    if file is not None:
        if not file.is_file():
            raise InputError(f"The settings name the weights {file}, and that is not a file.")
        return _known("settings", file, digits)
    cached = checkpoints / name
    if cached.is_file():
        weights = _known("cache", cached, digits)
        if weights.official:
            return weights
        missing = f"{cached} is damaged (another hash than its name says)"
    else:
        missing = f"{cached} is not there"
    if offline:
        raise InputError(f"There are no weights {name}: {missing}, and the build is offline.")
    try:
        _download(address, cached, digits, progress, patience)
    except OSError as error:  # no network, no answer, no room, another hash
        raise InputError(f"There are no weights {name}: {missing}, and {address} failed ({error}).") from None
    return _known("download", cached, digits)


def read_state(path: Path) -> dict[str, Tensor]:
    """A state dict from .safetensors, or from any file that torch.load(weights_only=True) reads.

    Raises InputError that names the file when it is neither.
    """
    try:
        if path.suffix == ".safetensors":
            return load_file(path)
        state: Any = torch.load(path, map_location="cpu", weights_only=True)
    except (OSError, RuntimeError, ValueError, EOFError, pickle.UnpicklingError, SafetensorError) as error:
        line = str(error).strip().splitlines() or [type(error).__name__]
        raise InputError(f"The weights {path} cannot be read: {line[0].rstrip('.')}.") from None
    if not isinstance(state, dict) or not all(isinstance(value, Tensor) for value in state.values()):
        raise InputError(f"The weights {path} are not a state dict: names with tensors.")
    return state


def file_sha256(path: Path) -> str:
    """SHA-256 of a file's bytes, in hexadecimal, read in blocks."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _known(origin: Literal["settings", "cache", "download"], path: Path, digits: str) -> Weights:
    try:
        sha256 = file_sha256(path)
    except OSError as error:
        raise InputError(f"The weights {path} cannot be read: {error.strerror}.") from None
    return Weights(origin, path, sha256, sha256.startswith(digits))


def _download(address: str, target: Path, digits: str, progress: Progress | None, patience: float) -> None:
    """Put the file at `target`, whole and checked, or raise OSError."""
    target.parent.mkdir(parents=True, exist_ok=True)
    unfinished = target.with_name(f".{target.name}.{os.getpid()}")
    digest = hashlib.sha256()
    try:
        with _answer(address, patience) as reply, unfinished.open("wb") as file:
            total = int(reply.headers.get("Content-Length") or 0)
            while block := reply.read(BLOCK):
                file.write(block)
                digest.update(block)
                if progress is not None:
                    progress(file.tell(), total)
        if not digest.hexdigest().startswith(digits):
            raise OSError("what it sent has another hash than its name says")
        unfinished.replace(target)
    finally:
        unfinished.unlink(missing_ok=True)


def _answer(address: str, patience: float) -> Any:
    """The opened reply within `patience` seconds; each later wait for bytes may take as long again.

    Opened in a thread, because a socket's timeout does not cover the look-up of the host name.
    """
    answers: SimpleQueue[Any] = SimpleQueue()

    def ask() -> None:
        try:
            answers.put(urlopen(Request(address, headers={"User-Agent": "report_builder"}), timeout=patience))
        except Exception as error:  # whatever goes wrong in the thread is the caller's to hear
            answers.put(error)

    Thread(target=ask, name="download", daemon=True).start()
    try:
        answer = answers.get(timeout=patience + 1)
    except Exception:
        raise TimeoutError(f"no answer within {patience:g} s") from None
    if isinstance(answer, HTTPError):
        answer.close()
        raise OSError(f"HTTP status {answer.code}")
    if isinstance(answer, URLError):
        raise OSError(str(answer.reason))
    if isinstance(answer, Exception):
        raise OSError(str(answer))
    return answer
