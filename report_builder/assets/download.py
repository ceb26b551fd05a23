"""Fetch one small file over HTTP, with a limit on the whole wait."""

from __future__ import annotations

import time
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Literal

MOST_BYTES = 4_000_000


class DownloadError(Exception):
    """No usable answer; `cause` says whether there was none at all ("silent") or a refusal."""

    def __init__(self, cause: Literal["silent", "unreachable"], message: str) -> None:
        super().__init__(message)
        self.cause: Literal["silent", "unreachable"] = cause


def fetch(address: str, patience: float) -> bytes:
    """The bytes behind an HTTP address, or DownloadError after at most `patience` seconds in all.

    A socket's timeout starts anew with every byte and does not cover the look-up of the host name, so
    the transfer runs in a thread of its own that is left behind when the time is up.
    """
    answer: SimpleQueue[bytes | DownloadError] = SimpleQueue()

    def transfer() -> None:
        try:
            answer.put(_read(address, patience))
        except DownloadError as error:
            answer.put(error)
        except Exception as error:  # whatever goes wrong in the thread is the caller's to hear
            answer.put(DownloadError("unreachable", f"{address} could not be fetched ({error})"))

    Thread(target=transfer, name="download", daemon=True).start()
    try:
        result = answer.get(timeout=patience)
    except Empty:
        raise _silence(address, patience) from None
    if isinstance(result, DownloadError):
        raise result
    return result


def _read(address: str, patience: float) -> bytes:
    from urllib.error import HTTPError, URLError
    from urllib.request import Request, urlopen

    deadline = time.monotonic() + patience
    content = bytearray()
    try:
        with urlopen(Request(address, headers={"User-Agent": "report_builder"}), timeout=patience) as reply:
            while block := reply.read1(65536):
                content += block
                if time.monotonic() > deadline:
                    raise _silence(address, patience)
                if len(content) > MOST_BYTES:
                    raise DownloadError("unreachable", f"{address} sends more than {MOST_BYTES} bytes")
            if reply.length:  # bytes that were announced and did not come
                raise DownloadError("unreachable", f"{address} broke off before its end")
    except HTTPError as error:
        error.close()
        raise DownloadError("unreachable", f"{address} answered with HTTP status {error.code}") from None
    except TimeoutError:
        raise _silence(address, patience) from None
    except URLError as error:
        if isinstance(error.reason, TimeoutError):
            raise _silence(address, patience) from None
        raise DownloadError("unreachable", f"{address} could not be reached ({error.reason})") from None
    return bytes(content)


def _silence(address: str, patience: float) -> DownloadError:
    return DownloadError("silent", f"{address} gave no full answer within {patience:g} s")
