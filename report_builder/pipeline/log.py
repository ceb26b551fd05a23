"""What happens to each step of a run, told to whoever listens: the progress display, the step log."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Literal, Protocol

from report_builder.pipeline.keys import Reason

Status = Literal["cached", "ran", "failed", "skipped", "due", "maybe"]


@dataclass(frozen=True)
class Report:
    """What became of a step.

    status: "cached", "ran", "failed" or "skipped" (something it needs failed) after a run; in a plan
        "cached", "due" (it would run) or "maybe" (it would run if an upstream result comes out different).
    seconds: the time of the computation, of the one that was kept where it is cached.
    key: of the result; empty where it is not known, as what the step needs has no result.
    reasons: why the saved result did not serve; for a skipped step, "upstream … failed".
    error: one line; traceback: the file that holds the whole of it.
    """

    name: str
    status: Status
    seconds: float = 0.0
    key: str = ""
    reasons: tuple[Reason, ...] = ()
    error: str = ""
    traceback: Path | None = None


class Listener(Protocol):
    """Is told of each step as it happens, always in the main thread of the main process."""

    def begun(self, steps: int) -> None: ...

    def started(self, name: str, reasons: tuple[Reason, ...]) -> None: ...

    def finished(self, report: Report) -> None: ...

    def cached(self, report: Report) -> None: ...

    def failed(self, report: Report) -> None: ...

    def skipped(self, report: Report) -> None: ...


class Announcer:
    """Tells every listener, and writes the step log: per line a JSON object with event and step."""

    def __init__(self, listener: Listener | None, log: IO[str] | None) -> None:
        self._listener = listener
        self._log = log

    def begun(self, steps: int) -> None:
        if self._listener:
            self._listener.begun(steps)

    def started(self, name: str, reasons: tuple[Reason, ...]) -> None:
        self._write("started", name, reasons=[str(reason) for reason in reasons])
        if self._listener:
            self._listener.started(name, reasons)

    def ended(self, report: Report) -> None:
        event = "finished" if report.status == "ran" else report.status
        self._write(
            event,
            report.name,
            seconds=round(report.seconds, 6),
            key=report.key,
            reasons=[str(reason) for reason in report.reasons],
            error=report.error,
        )
        if self._listener:
            getattr(self._listener, event)(report)

    def _write(self, event: str, step: str, **known: object) -> None:
        if self._log:
            self._log.write(json.dumps({"event": event, "step": step, **known}, ensure_ascii=False) + "\n")


@contextmanager
def announcer(listener: Listener | None, log: Path | None) -> Iterator[Announcer]:
    """An announcer whose step log is the file `log`, begun anew and complete line by line."""
    if log is None:
        yield Announcer(listener, None)
        return
    log.parent.mkdir(parents=True, exist_ok=True)
    log.write_bytes(b"")
    # appended to, so that the lines of two runs at once stand one after the other and not in each other
    with log.open("a", encoding="utf-8", buffering=1) as stream:
        yield Announcer(listener, stream)
