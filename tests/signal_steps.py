"""Steps on signals: simulated heartbeats, or a small file of a user's."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from vision_steps import PROJECT, VisionRun

from report_builder.assets.signals import SIMULATION
from report_builder.pipeline.step import Saved, Step, Work
from report_builder.sections.signals import SECTION

# Settings that make every step on signals a matter of a second or two
SMALL_SIGNALS = {
    "signals.simulated": 120,
    "signals.epochs": 4,
    "signals.hidden": 12,
    "signals.shown_per_class": 1,
    "signals.scored": 9,
}
FILE_CLASSES = ("calm/50 %", "middle", "strong")  # as a user may call them
FILE_LENGTH = 43


class SignalRun(VisionRun):
    """Runs steps one after the other on signals."""

    def __init__(self, folder: Path, file: Path, *, simulated: bool) -> None:
        super().__init__(folder, {}, {"signals": file})
        self.saved = {"signal_source": Saved.given("signal_source", {"simulated": simulated})}

    def work(self, step: Step, settings: Mapping[str, Any] | None = None) -> Work:
        return super().work(step, {**SMALL_SIGNALS, **(settings or {})})


def signal_run(folder: Path) -> SignalRun:
    """Simulated heartbeats: the steps of the section `signals` are done."""
    return _done(SignalRun(folder, PROJECT / SIMULATION, simulated=True))


def file_run(folder: Path, classes: tuple[str, ...] = FILE_CLASSES) -> SignalRun:
    """A user's CSV of bumps in noise: the steps of the section `signals` are done."""
    return _done(SignalRun(folder, bumps_csv(folder / "bumps.csv", classes), simulated=False))


def bumps_csv(path: Path, classes: tuple[str, ...] = FILE_CLASSES, per_class: int = 24) -> Path:
    """Signals with a bump that is the higher the later their class stands, somewhere in the noise."""
    generator = np.random.default_rng(3)
    rows = [",".join(["label", *(f"t{n}" for n in range(FILE_LENGTH))])]
    for index, name in enumerate(classes):
        for _ in range(per_class):
            centre = generator.uniform(8, FILE_LENGTH - 8)
            bump = 2 * index * np.exp(-0.5 * ((np.arange(FILE_LENGTH) - centre) / 3) ** 2)
            values = bump + 0.2 * generator.normal(size=FILE_LENGTH)
            rows.append(",".join([f'"{name}"', *(f"{value:.4f}" for value in values)]))
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return path


def _done(run: SignalRun) -> SignalRun:
    for step in SECTION.steps:
        run.run(step)
    return run
