"""Every metric over the seeds: mean, spread, and the interval of the mean."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from report_builder.methods.resampled_t import resampled_mean
from report_builder.pipeline.step import Values
from report_builder.sections.certainty.finished_sweep import Runs
from report_builder.verdicts import CONFIDENCE_LEVEL

# Scores of which a small one is good
LOWER_IS_BETTER = ("brier", "deletion")
# What the seed draws anew beside the training
RESAMPLED = "resampled"
# The order in which models are named: the files have theirs by the alphabet
MODELS = ("mlp", "nam", "logistic", "forest")
SIGNAL_NETWORKS = ("lstm", "cnn")


@dataclass(frozen=True)
class Scores:
    """Metrics of models over the runs of a part.

    table: model -> metric -> (runs,), NaN where a run has none. kind: "resampled" where a seed splits the
    same rows anew, "simulated" where it draws all rows anew, "fixed" where it changes the training only.
    train: rows trained on; tests: rows tested on, by model.
    """

    seeds: tuple[int, ...]
    table: Mapping[str, Mapping[str, np.ndarray]]
    kind: str
    train: float
    tests: Mapping[str, float]

    def ratio(self, model: str) -> float:
        """Rows tested over rows trained on where runs share their rows, else 0."""
        return self.tests[model] / self.train if self.kind == RESAMPLED and self.train else 0.0

    def values(self) -> Values:
        """The metrics of every model, as the step's values have them."""
        return {
            model: {metric: described(x, self.ratio(model)) for metric, x in metrics.items()}
            for model, metrics in self.table.items()
        }

    def arrays(self, part: str) -> dict[str, np.ndarray]:
        """For dot plots: "<part>.<model>.<metric>" (runs,) and "<part>.seeds" (runs,)."""
        arrays = {
            f"{part}.{model}.{metric}": x
            for model, metrics in self.table.items()
            for metric, x in metrics.items()
            if np.isfinite(x).all()
        }
        return {**arrays, f"{part}.seeds": np.array(self.seeds)} if arrays else {}

    def source(self) -> Values:
        """What the seed draws anew, and the rows; test and ratio of the first model."""
        first = next(iter(self.tests))
        return {
            "kind": self.kind,
            "train": self.train,
            "test": self.tests[first],
            "ratio": self.ratio(first),
        }


def described(x: np.ndarray, ratio: float) -> Values | None:
    """Mean with its interval, spread and ends of a metric (runs,), NaN left out; None where nothing is left.

    The interval ends at 0 and 1, where every metric does.
    """
    known = x[np.isfinite(x)]
    if len(known) == 0:
        return None
    found = resampled_mean(known, test_ratio=ratio, level=CONFIDENCE_LEVEL)
    return {
        "mean": found.mean,
        "sd": found.sd,
        "interval": None
        if found.low is None or found.high is None
        else [max(found.low, 0.0), min(found.high, 1.0)],
        "low": float(known.min()),
        "high": float(known.max()),
        "seeds": found.n,
    }


def spread(x: np.ndarray) -> Values | None:
    """The same, without an interval, of any number."""
    known = described(x, 0.0)
    return known and {key: known[key] for key in ("mean", "sd", "low", "high")}


def scores(runs: Runs, reference: bool = False) -> Scores | None:
    """The metrics of the runs' part, of the reference protocol where `reference`; None without runs."""
    return _READERS[runs.part](runs, reference) if len(runs) else None


def column(runs: Runs, *path: str) -> np.ndarray:
    """A number of every run (runs,) by its path in the values; NaN where it is None or not there."""
    return np.array([_number(values, path) for values in runs.values], dtype=np.float64)


def _number(values: Any, path: tuple[str, ...]) -> float:
    for key in path:
        values = (values or {}).get(key)
    return np.nan if values is None else float(values)


def _tabular(runs: Runs, reference: bool) -> Scores:
    metrics, rows = ("reference", "reference_rows") if reference else ("metrics", "rows")
    first = runs.values[0][metrics]
    table = {
        model: {metric: column(runs, metrics, model, metric) for metric in first[model]}
        for model in MODELS
        if model in first
    }
    train, test = (_mean_rows(runs, rows, part) for part in ("train", "test"))
    kind = runs.values[0].get("data", RESAMPLED)
    return Scores(runs.seeds, table, kind, train, dict.fromkeys(table, test))


def _signals(runs: Runs, _: bool) -> Scores:
    table = {kind: {"accuracy": column(runs, "accuracy", kind)} for kind in SIGNAL_NETWORKS}
    train, test = (_mean_rows(runs, "rows", part) for part in ("train", "test"))
    return Scores(runs.seeds, table, runs.values[0]["data"], train, dict.fromkeys(table, test))


def _own_cnn(runs: Runs, _: bool) -> Scores:
    """The accuracy on each held-out split in the place of a model's, the main split first."""
    first = runs.values[0]
    splits = sorted(first["accuracy"], key=lambda name: name != first["main"])
    table = {name: {"accuracy": column(runs, "accuracy", name)} for name in splits}
    tests = {name: _mean_rows(runs, "rows", name) for name in splits}
    return Scores(runs.seeds, table, first["data"], _mean_rows(runs, "rows", "train"), tests)


def _mean_rows(runs: Runs, table: str, part: str) -> float:
    return float(np.mean([values[table][part] for values in runs.values]))


_READERS: Mapping[str, Callable[[Runs, bool], Scores]] = {
    "tabular": _tabular,
    "signals": _signals,
    "own_cnn": _own_cnn,
}
