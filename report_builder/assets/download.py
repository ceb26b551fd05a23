"""Fetch a file over HTTP: a small one with a limit on the whole wait, a big one with a report of progress."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any, Literal

MOST_BYTES = 4_000_000
BLOCK = 1 << 20

# (bytes so far, bytes in all or 0 where the server does not say)
Progress = Callable[[int, int], None]
Fault = Literal["silent", "unreachable", "wrong content", "unwritable"]


class DownloadError(Exception):
    """No usable answer; `cause`: none in time, a refusal, another content, or no place to put it."""

    def __init__(self, cause: Fault, message: str) -> None:
        super().__init__(message)
        self.cause: Fault = cause


def fetch(address: str, patience: float) -> bytes:
    """The bytes behind an HTTP address, or DownloadError after at most `patience` seconds in all.

    A socket's timeout starts anew with every byte and does not cover the look-up of the host name, so
    the transfer runs in a thread of its own that is left behind when the time is up.
    """
    return bytes(_within(patience, address, lambda: _read(address, patience)))


def fetch_file(
    address: str, target: Path, digits: str, patience: float, progress: Progress | None = None
) -> None:
    """Put the file behind an address at `target`, whole and checked, or raise DownloadError.

    digits: its SHA-256, or the first digits of it. Nobody is asked where the folder cannot be written. The
    answer must begin within `patience` seconds; each later wait for bytes may take as long again.
    """
    unfinished = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with unfinished.open("wb") as file:
            digest = _transfer(address, file, patience, progress)
        if not digest.startswith(digits):
            raise DownloadError("wrong content", f"what {address} sent has another hash than expected")
        unfinished.replace(target)
    except OSError as error:
        raise DownloadError("unwritable", f"{target.parent} cannot be written ({error.strerror})") from None
    finally:
        with suppress(OSError):  # the folder may be no folder
            unfinished.unlink(missing_ok=True)


def _transfer(address: str, file: Any, patience: float, progress: Progress | None) -> str:
    """Write what the address sends to the open file; its SHA-256."""
    digest = hashlib.sha256()
    # the look-up of the host name may take a while longer than the socket's own limit
    with _within(patience + 1, address, lambda: _open(address, patience)) as reply:
        total = reply.length or 0
        while block := _block(reply, address, patience):
            file.write(block)
            digest.update(block)
            if progress is not None:
                progress(file.tell(), total)
        if reply.length:  # bytes that were announced and did not come
            raise DownloadError("unreachable", f"{address} broke off before its end")
    return digest.hexdigest()


def _block(reply: Any, address: str, patience: float) -> bytes:
    from http.client import HTTPException

    try:
        block: bytes = reply.read(BLOCK)
    except TimeoutError:
        raise _silence(address, patience) from None
    except (OSError, HTTPException) as error:
        raise DownloadError("unreachable", f"{address} broke off ({error})") from None
    return block


def _within(patience: float, address: str, work: Callable[[], Any]) -> Any:
    """What `work` gives, done in a thread of its own, or DownloadError after `patience` seconds."""
    answer: SimpleQueue[Any] = SimpleQueue()

    def ask() -> None:
        try:
            answer.put(work())
        except DownloadError as error:
            answer.put(error)
        except Exception as error:  # whatever goes wrong in the thread is the caller's to hear
            answer.put(DownloadError("unreachable", f"{address} could not be fetched ({error})"))

    Thread(target=ask, name="download", daemon=True).start()
    try:
        result = answer.get(timeout=patience)
    except Empty:
        raise _silence(address, patience) from None
    if isinstance(result, DownloadError):
        raise result
    return result


def _open(address: str, patience: float) -> Any:
    from urllib.error import HTTPError, URLError
    from urllib.request import Request, urlopen

    try:
        return urlopen(Request(address, headers={"User-Agent": "report_builder"}), timeout=patience)
    except HTTPError as error:
        error.close()
        raise DownloadError("unreachable", f"{address} answered with HTTP status {error.code}") from None
    except TimeoutError:
        raise _silence(address, patience) from None
    except URLError as error:
        if isinstance(error.reason, TimeoutError):
            raise _silence(address, patience) from None
        raise DownloadError("unreachable", f"{address} could not be reached ({error.reason})") from None


def _read(address: str, patience: float) -> bytearray:
    deadline = time.monotonic() + patience
    content = bytearray()
    try:
        with _open(address, patience) as reply:
            while block := reply.read1(65536):
                content += block
                if time.monotonic() > deadline:
                    raise _silence(address, patience)
                if len(content) > MOST_BYTES:
                    raise DownloadError("unreachable", f"{address} sends more than {MOST_BYTES} bytes")
            if reply.length:  # bytes that were announced and did not come
                raise DownloadError("unreachable", f"{address} broke off before its end")
    except TimeoutError:
        raise _silence(address, patience) from None
    return content


def _silence(address: str, patience: float) -> DownloadError:
    return DownloadError("silent", f"{address} gave no full answer within {patience:g} s")
