"""Running a command as a user does, with the time that it takes and the memory of all its processes."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")
PAUSE = 0.25  # seconds between two looks at the memory


@dataclass(frozen=True)
class Run:
    """seconds: wall-clock. memory: the most bytes that its processes held together; None where the system
    does not tell (`held`).
    """

    seconds: float
    memory: int | None


class CommandFailedError(RuntimeError):
    """The command did not end well; the message holds the end of what it printed."""


def run(
    command: Sequence[str],
    *,
    folder: Path,
    environment: Mapping[str, str],
    printed: Path,
    until: Callable[[], bool] | None = None,
) -> Run:
    """Run it to its end, or until `until` holds, when it is stopped with all its processes.

    printed: the file that gets what it prints. Raises CommandFailedError for another status than 0.
    """
    begun, peak = time.perf_counter(), None
    with printed.open("wb") as stream:
        # a session of its own, so that its workers can be stopped with it
        process = subprocess.Popen(
            command,
            cwd=folder,
            env=dict(environment),
            stdout=stream,
            stderr=stream,
            start_new_session=True,
        )
        try:
            while not _ended(process):
                memory = held(process.pid)
                peak = max((m for m in (peak, memory) if m is not None), default=None)
                if until is not None and until():
                    return Run(time.perf_counter() - begun, peak)
            seconds = time.perf_counter() - begun
        finally:
            _stop(process)
    if process.returncode != 0:
        text = printed.read_text(encoding="utf-8", errors="replace")
        raise CommandFailedError(f"{' '.join(command)} ended with {process.returncode}:\n{text[-2000:]}")
    return Run(seconds, peak)


def held(pid: int) -> int | None:
    """Bytes of the process and its descendants: their proportional set sizes, in which memory that several
    share counts once. None where the system does not tell (only Linux does).
    """
    sizes = [size for one in _tree(pid) if (size := _proportional(one)) is not None]
    return sum(sizes) if sizes else None


def _tree(pid: int) -> list[int]:
    """The process and its descendants."""
    found = [pid]
    for children in (PROC / str(pid) / "task").glob("*/children"):
        try:
            text = children.read_text(encoding="ascii")
        except OSError:  # it has ended meanwhile
            continue
        for child in text.split():
            found += _tree(int(child))
    return found


def _proportional(pid: int) -> int | None:
    try:
        lines = (PROC / str(pid) / "smaps_rollup").read_text(encoding="ascii", errors="replace").splitlines()
    except OSError:
        return None
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:")), None)


def _ended(process: subprocess.Popen[bytes]) -> bool:
    try:
        process.wait(PAUSE)
    except subprocess.TimeoutExpired:
        return False
    return True


def _stop(process: subprocess.Popen[bytes]) -> None:
    """End what is left of it: the command if it still runs, and its workers."""
    if process.poll() is not None:
        return
    if hasattr(os, "killpg"):
        os.killpg(process.pid, signal.SIGKILL)
    else:
        process.kill()
    process.wait()
