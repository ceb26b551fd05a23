"""Worker processes: each with its own executor, so that one that is killed takes only its own task along."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import sys
import threading
import types
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any, ParamSpec, TypeVar

from report_builder.pipeline.process import prepare_process

P = ParamSpec("P")
R = TypeVar("R")


@dataclass
class _Lane:
    """One worker process; `life` is the end of a pipe whose closing ends the worker at once."""

    executor: ProcessPoolExecutor
    life: Connection
    task: Future[Any] | None = None

    @property
    def idle(self) -> bool:
        return self.task is None or self.task.done()

    @property
    def broken(self) -> bool:
        return (
            self.task is not None
            and self.task.done()
            and not self.task.cancelled()
            and isinstance(self.task.exception(), BrokenProcessPool)
        )


class Workers:
    """At most `count` spawned processes, started as they are needed, of one thread each.

    `with Workers(2) as workers:` ends them on leaving: in order, or at once where an exception passes.
    A variable such as OMP_NUM_THREADS that the user has set is left as it is.
    """

    def __init__(self, count: int) -> None:
        self._count = count
        self._lanes: list[_Lane] = []

    def __enter__(self) -> Workers:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is not None:
            for lane in self._lanes:
                lane.life.close()
        # Waiting, as an executor that was told not to wait can fail while Python exits
        for lane in self._lanes:
            lane.executor.shutdown(cancel_futures=True)
            lane.life.close()
        self._lanes.clear()

    @property
    def free(self) -> int:
        """How many tasks would begin at once if they were submitted now."""
        return self._count - sum(not lane.idle for lane in self._lanes)

    def submit(self, function: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> Future[R]:
        """Start a task. Its future raises BrokenProcessPool where the process died of it.

        Raises RuntimeError where no worker is free.
        """
        if not self.free:
            raise RuntimeError("no worker is free")
        for lane in [lane for lane in self._lanes if lane.broken]:
            self._drop(lane)
        idle = next((lane for lane in self._lanes if lane.idle), None) or self._open()
        try:
            with _without_main():
                future = idle.executor.submit(function, *args, **kwargs)
        except BrokenProcessPool:  # it died while it had nothing to do
            self._drop(idle)
            idle = self._open()
            with _without_main():
                future = idle.executor.submit(function, *args, **kwargs)
        idle.task = future
        return future

    def _open(self) -> _Lane:
        context = multiprocessing.get_context("spawn")
        theirs, ours = context.Pipe(duplex=False)
        executor = ProcessPoolExecutor(1, context, _prepare, (theirs,))
        lane = _Lane(executor, ours)
        self._lanes.append(lane)
        return lane

    def _drop(self, lane: _Lane) -> None:
        self._lanes.remove(lane)
        lane.executor.shutdown()
        lane.life.close()


def _prepare(life: Connection) -> None:
    prepare_process()
    # Ctrl-C reaches the whole group of processes; the main process decides, and closes the pipes
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with, args=(life,), daemon=True).start()


def _end_with(life: Connection) -> None:
    # The pipe ends when the main process closes it, and also when that is killed and can close nothing:
    # without this, its workers would wait for their next task for ever.
    with contextlib.suppress(EOFError, OSError):
        life.recv_bytes()
    os._exit(1)


@contextlib.contextmanager
def _without_main() -> Iterator[None]:
    """Keep a worker that starts now from importing the main script again.

    `multiprocessing` has it imported for functions that are defined there. Tasks here come from modules, and
    a script without an `if __name__ == "__main__"` would start a run of its own in each worker.
    """
    main = sys.modules["__main__"]
    sys.modules["__main__"] = types.ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = main
