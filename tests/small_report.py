"""A small report: its table, its settings, the command that builds it."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from own_steps import SMALL_OWN
from signal_steps import SMALL_SIGNALS
from vision_steps import SMALL_VISION

from report_builder.pipeline.process import THREAD_VARIABLES

PROJECT = Path(__file__).resolve().parents[1]

SMALL = (
    "mlp.epochs=3",
    "nam.epochs=3",
    "lime.perturbations=300",
    "shapley.background=20",
    "dependence.grid=12",
    "dependence.ice_curves=15",
    "evaluation.bootstrap_draws=200",
    "report.date=2026-01-31",
    *(f"{name}={value}" for name, value in (SMALL_VISION | SMALL_SIGNALS | SMALL_OWN).items()),
    "filters.steps=4",
    "filters.per_layer=2",
    "noise_sweep.pictures=2",
    "class_segments.samples=20",
    "integrated_gradients.steps=32",  # fewer miss the completeness that the audit asks for
)


def small_csv(
    path: Path, rows: int = 160, names: tuple[str, ...] = ("size", "weight", "noise", "age")
) -> Path:
    """A table whose target depends on the first columns."""
    generator = np.random.default_rng(3)
    x = generator.normal(size=(rows, len(names))).round(3)
    y = (x[:, 0] - 0.7 * x[:, 1] + 0.5 * generator.normal(size=rows) > 0.3).astype(int)
    header = ",".join(f'"{name}"' for name in (*names, "Outcome"))
    lines = [",".join([*map(str, row), str(label)]) for row, label in zip(x, y, strict=True)]
    path.write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
    return path


def small_arguments(*more: str, settings: tuple[str, ...] = ()) -> list[str]:
    """The command's arguments for a build of seconds instead of a minute."""
    return ["--offline", *(part for s in (*SMALL, *settings) for part in ("--set", s)), *more]


def run_build(
    *arguments: str, project: Path = PROJECT, **environment: str
) -> subprocess.CompletedProcess[str]:
    """`python build.py …` as a user runs it, without the user's own data and downloaded weights."""
    with start_build(*arguments, project=project, **environment) as process:
        try:
            printed, errors = process.communicate(timeout=900)
        except subprocess.TimeoutExpired:
            process.kill()
            raise
    return subprocess.CompletedProcess(process.args, process.returncode, printed, errors)


def start_build(*arguments: str, project: Path = PROJECT, **environment: str) -> subprocess.Popen[str]:
    """The same, without waiting for its end."""
    # An in-process build of another test may have set the variables that a build sets for itself.
    left_out = {"REPORT_DATA", *THREAD_VARIABLES}
    known = {name: value for name, value in os.environ.items() if name not in left_out}
    return subprocess.Popen(
        [sys.executable, "-W", "error", "build.py", *arguments],
        cwd=project,
        env={**known, "PYTHONPATH": str(project), "NO_COLOR": "1", "TORCH_HOME": os.devnull, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )


@dataclass(frozen=True)
class SmallBuild:
    """A finished small build: its folder, its CSV, what it printed."""

    out: Path
    csv: Path
    printed: str

    def arguments(self, *more: str, settings: tuple[str, ...] = ()) -> list[str]:
        return small_arguments("--out", str(self.out), *more, settings=(f"tabular.csv={self.csv}", *settings))
