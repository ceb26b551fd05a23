"""Steps of trials that take no time, fail, or kill their process, by the seed; and such trials."""

import os
import signal
import time
from pathlib import Path

import numpy as np

from report_builder.pipeline.step import Step, Work
from report_builder.sweep.trial import Trial

TARGETS = {"quick": "trial.quick"}


def draw(work: Work) -> dict:
    """Waits for the file "gate" where there is one, so that a test can act while a trial runs."""
    seed = work.settings["seed"]
    if seed in work.settings["raises"]:
        raise ValueError(f"no result for seed {seed}")
    if seed in work.settings["kills"]:
        os.kill(os.getpid(), signal.SIGKILL)
    time.sleep(work.settings["seconds"])
    random = np.random.default_rng(seed)
    work.save(numbers=random.normal(size=5))
    return {"mean": float(random.normal())}


def reduce(work: Work) -> dict:
    work.save(**work.needs["draw"].arrays())
    return {"metrics": work.needs["draw"].values}


STEPS = (
    Step("draw", "trial_steps:draw", settings=("seed", "raises", "kills", "seconds")),
    Step("trial.quick", "trial_steps:reduce", needs=("draw",)),
)


def quick_trials(
    store: Path, seeds: range, *, raises: tuple = (), kills: tuple = (), seconds: float = 0.0
) -> list[Trial]:
    settings = {"raises": list(raises), "kills": list(kills), "seconds": seconds}
    return [
        Trial(0, seed, STEPS, TARGETS, {**settings, "seed": seed}, {}, {}, "cpu", store) for seed in seeds
    ]
