"""Running the trials: as many at once as there is room for, failures recorded, the time left estimated."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, CancelledError, Future, wait
from concurrent.futures.process import BrokenProcessPool
from typing import NamedTuple

from report_builder.sweep.pools import Pool
from report_builder.sweep.trial import Ended, Trial

WORKER_DIED = "its worker process died (out of memory, or killed)"


class Progress(NamedTuple):
    """The trial that has just ended, how many have and of how many, and the seconds left (None: unknown)."""

    ended: Ended
    done: int
    total: int
    left: float | None


def conduct(
    trials: Sequence[Trial], pool: Pool, tell: Callable[[Progress], None], max_failures: int | None = None
) -> list[Ended]:
    """Run all trials and return what became of them, in the order of `trials`.

    A trial that raises, or whose worker dies, is recorded and costs only itself; one that the pool blames for
    a death that another may have caused is tried once more, alone. After more than `max_failures` of them no
    trial is begun any more, and those that were not are missing in the answer.
    """
    waiting = deque(trials)
    suspects: deque[Trial] = deque()
    alone: set[tuple[int, int]] = set()
    running: dict[Future[Ended], Trial] = {}
    ended: dict[tuple[int, int], Ended] = {}
    spent: list[float] = []  # seconds of the trials that computed something
    failures = 0
    while running or waiting or suspects:
        if max_failures is not None and failures > max_failures:
            waiting.clear()
            suspects.clear()
            for future in running:
                future.cancel()
        while waiting and len(running) < pool.room():
            trial = waiting.popleft()
            running[pool.submit(trial)] = trial
        if not running and suspects:
            trial = suspects.popleft()
            alone.add((trial.cell, trial.seed))
            running[pool.submit(trial)] = trial
        if not running:
            break
        for future in wait(running, return_when=FIRST_COMPLETED).done:
            trial = running.pop(future)
            if future.cancelled() and max_failures is not None and failures > max_failures:
                continue
            if (trial.cell, trial.seed) not in alone and _is_suspect(future, pool):
                suspects.append(trial)
                continue
            one = _result(future, trial)
            ended[one.cell, one.seed] = one
            failures += bool(one.error)
            if one.ran:
                spent.append(one.seconds)
            at_once = min(pool.workers(), len(trials))
            left = sum(spent) / len(spent) * (len(trials) - len(ended)) / at_once if spent else None
            tell(Progress(one, len(ended), len(trials), left))
    return [ended[t.cell, t.seed] for t in trials if (t.cell, t.seed) in ended]


def _is_suspect(future: Future[Ended], pool: Pool) -> bool:
    return not future.cancelled() and isinstance(future.exception(), pool.blame)


def _result(future: Future[Ended], trial: Trial) -> Ended:
    try:
        return future.result()
    except BrokenProcessPool:
        return Ended(trial.cell, trial.seed, error=WORKER_DIED)
    # of a cluster: every worker that tried it died, or the scheduler went away
    except (Exception, CancelledError) as error:
        line = " ".join(str(error).split()) or "no reason given"
        return Ended(trial.cell, trial.seed, error=f"{type(error).__name__}: {line}")
