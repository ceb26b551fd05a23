"""What a process that performs steps is set to before it loads any library."""

from __future__ import annotations

import ctypes
import os
import platform

# Read by the libraries when they load
THREAD_VARIABLES = (
    "OMP_NUM_THREADS",
    "MKL_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
    "NUMEXPR_NUM_THREADS",
)
# Parameters of glibc's mallopt(3) and what they are set to, in bytes; the first is the largest it takes
_MMAP_THRESHOLD, _TRIM_THRESHOLD = -3, -1
_BLOCK, _KEPT = 32 * 2**20, 256 * 2**20


def prepare_process() -> None:
    """One thread, and memory that is used again."""
    _one_thread()
    _keep_freed_memory()


def _one_thread() -> None:
    """Let libraries loaded from now on compute in one thread, unless the user says otherwise.

    The order in which several threads add numbers up changes the last digits: with one, results do not depend
    on how many processes there are.
    """
    for variable in THREAD_VARIABLES:
        os.environ.setdefault(variable, "1")


def _keep_freed_memory() -> None:
    """Let the allocator keep what was freed, where it is glibc's.

    By default it gives large blocks back to the system, which clears each page when it is asked for again: a
    quarter of the time of a network whose activations come and go.
    """
    if platform.libc_ver()[0] == "glibc":
        library = ctypes.CDLL(None)
        library.mallopt(_MMAP_THRESHOLD, _BLOCK)
        library.mallopt(_TRIM_THRESHOLD, _KEPT)
