"""How good predicted probabilities are, and how sure a test set of this size lets one be.

Throughout, `y` holds the true outcomes, 0 or 1, and `p` the predicted probabilities of 1, both (rows,);
both classes are present. A row is predicted positive when p >= threshold.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import NamedTuple

import numpy as np

METRICS = ("accuracy", "precision", "recall", "f1", "auc", "brier")
# Numbers of bootstrap samples that are worked on at once: 8 MB in float64, however many rows there are
BLOCK = 2**20


class RocCurve(NamedTuple):
    """One point per distinct probability and the origin, each array (points,)."""

    false_positive_rate: np.ndarray
    true_positive_rate: np.ndarray


class PrecisionRecallCurve(NamedTuple):
    """From all rows predicted positive to none (where precision is 1 by convention), each (points,)."""

    recall: np.ndarray
    precision: np.ndarray


class CalibrationCurve(NamedTuple):
    """Per bin of neighbouring probabilities: their mean, the share of positives, the rows; each (bins,)."""

    predicted: np.ndarray
    observed: np.ndarray
    rows: np.ndarray


@dataclass(frozen=True)
class Interval:
    """A value with the ends of its bootstrap percentile interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class McNemar:
    """How many rows only the first and only the second model gets right, and the two-sided p-value."""

    only_first: int
    only_second: int
    p_value: float


def metrics(
    y: np.ndarray, p: np.ndarray, *, threshold: float = 0.5, weights: np.ndarray | None = None
) -> dict[str, np.ndarray]:
    """Accuracy, precision, recall, F1, AUC and Brier score, by the names in METRICS.

    weights: (draws, rows), how often each row counts (once without it); each metric is then (draws,).
    Precision and F1 are 0 where nothing is predicted positive.
    """
    if weights is None:
        return _weighted(y, p, threshold, np.ones(len(y)))
    step = max(1, BLOCK // len(y))
    blocks = [
        _weighted(y, p, threshold, weights[start : start + step].astype(np.float64))
        for start in range(0, len(weights), step)
    ]
    return {name: np.concatenate([block[name] for block in blocks]) for name in METRICS}


def _weighted(y: np.ndarray, p: np.ndarray, threshold: float, w: np.ndarray) -> dict[str, np.ndarray]:
    """The metrics (...) for weights (..., rows)."""
    true, predicted = y == 1, p >= threshold
    hits = w[..., true & predicted].sum(-1)
    predicted_positives = w[..., predicted].sum(-1)
    positives, total = w[..., true].sum(-1), w.sum(-1)
    return {
        "accuracy": w[..., true == predicted].sum(-1) / total,
        "precision": hits / np.maximum(predicted_positives, 1),
        "recall": hits / positives,
        "f1": 2 * hits / (predicted_positives + positives),
        "auc": _auc(true, p, w),
        "brier": w @ np.square(p - y) / total,
    }


def _auc(true: np.ndarray, p: np.ndarray, w: np.ndarray) -> np.ndarray:
    """The chance that a positive row has a higher p than a negative one; ties count half (Mann-Whitney)."""
    order = np.argsort(p, kind="stable")
    first_of_tie = np.flatnonzero(np.diff(p[order], prepend=-np.inf))
    positives = np.add.reduceat((w * true)[..., order], first_of_tie, axis=-1)
    negatives = np.add.reduceat((w * ~true)[..., order], first_of_tie, axis=-1)
    beaten = np.cumsum(negatives, axis=-1) - negatives / 2
    pairs = positives.sum(-1) * negatives.sum(-1)
    won: np.ndarray = (positives * beaten).sum(-1) / pairs
    return won


def confusion_matrix(y: np.ndarray, p: np.ndarray, *, threshold: float = 0.5) -> np.ndarray:
    """Counts (2, 2): rows are the true class, columns the predicted one."""
    cells = 2 * (y == 1) + (p >= threshold)
    return np.bincount(cells, minlength=4).reshape(2, 2)


def roc_curve(y: np.ndarray, p: np.ndarray) -> RocCurve:
    true_positives, false_positives = _counts_from_the_top(y, p)
    return RocCurve(
        np.append(0.0, false_positives / false_positives[-1]),
        np.append(0.0, true_positives / true_positives[-1]),
    )


def precision_recall_curve(y: np.ndarray, p: np.ndarray) -> PrecisionRecallCurve:
    true_positives, false_positives = _counts_from_the_top(y, p)
    recall = true_positives / true_positives[-1]
    precision = true_positives / (true_positives + false_positives)
    return PrecisionRecallCurve(np.append(recall[::-1], 0.0), np.append(precision[::-1], 1.0))


def _counts_from_the_top(y: np.ndarray, p: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """True and false positives when each distinct probability, from the highest, is the threshold."""
    order = np.argsort(-p, kind="stable")
    last_of_tie = np.flatnonzero(np.diff(p[order], append=-np.inf))
    true_positives = np.cumsum(y[order] == 1)[last_of_tie]
    return true_positives, last_of_tie + 1 - true_positives


def calibration_curve(y: np.ndarray, p: np.ndarray, *, bins: int = 10) -> CalibrationCurve:
    """Bins of about equally many rows, cut at the quantiles of p; bins that ties leave empty are dropped."""
    inner_edges = np.quantile(p, np.linspace(0, 1, bins + 1))[1:-1]
    bin_of_row = np.searchsorted(inner_edges, p)
    rows, predicted, observed = (np.bincount(bin_of_row, weights=w) for w in (np.ones(len(p)), p, y))
    filled = rows > 0
    rows = rows[filled]
    return CalibrationCurve(predicted[filled] / rows, observed[filled] / rows, rows.astype(np.int64))


def bootstrap_weights(y: np.ndarray, *, draws: int, seed: int) -> np.ndarray:
    """How often each row is drawn in each bootstrap sample: (draws, rows), a byte each.

    Rows are drawn with replacement within their class, so each sample keeps the class counts.
    """
    generator = np.random.default_rng(seed)
    weights = np.empty((draws, len(y)), dtype=np.uint8)  # 256 times the same row is rarer than 1 / 256!
    step = max(1, BLOCK // len(y))
    for members in (np.flatnonzero(y == 0), np.flatnonzero(y == 1)):
        even = np.full(len(members), 1 / len(members))
        for start in range(0, draws, step):
            block = generator.multinomial(len(members), even, size=min(step, draws - start))
            weights[start : start + step, members] = block
    return weights


def metrics_with_intervals(
    y: np.ndarray, p: np.ndarray, *, seed: int, threshold: float = 0.5, draws: int = 2000, level: float = 0.95
) -> dict[str, Interval]:
    """Every metric with its bootstrap percentile interval over the rows.

    Efron, Tibshirani (1993): An Introduction to the Bootstrap, chapter 13. The intervals hold the
    model fixed and the class balance too: they say nothing about another training run.
    """
    weights = bootstrap_weights(y, draws=draws, seed=seed)
    values = metrics(y, p, threshold=threshold)
    drawn = metrics(y, p, threshold=threshold, weights=weights)
    return {name: _interval(values[name], drawn[name], level) for name in METRICS}


def metric_differences(
    y: np.ndarray,
    probabilities: Mapping[str, np.ndarray],
    *,
    seed: int,
    threshold: float = 0.5,
    draws: int = 2000,
    level: float = 0.95,
) -> dict[tuple[str, str], dict[str, Interval]]:
    """For each pair of models: every metric of the first minus the second's, with its interval.

    probabilities: model -> (rows,). A paired bootstrap: each sample holds the same rows for all models, so
    what is hard for all cancels.
    """
    weights = bootstrap_weights(y, draws=draws, seed=seed)
    values = {model: metrics(y, p, threshold=threshold) for model, p in probabilities.items()}
    drawn = {model: metrics(y, p, threshold=threshold, weights=weights) for model, p in probabilities.items()}
    return {
        (a, b): {
            name: _interval(values[a][name] - values[b][name], drawn[a][name] - drawn[b][name], level)
            for name in METRICS
        }
        for a, b in combinations(probabilities, 2)
    }


def _interval(value: np.ndarray, drawn: np.ndarray, level: float) -> Interval:
    low, high = np.quantile(drawn, [(1 - level) / 2, (1 + level) / 2])
    return Interval(float(value), float(low), float(high))


def mcnemar(y: np.ndarray, p_first: np.ndarray, p_second: np.ndarray, *, threshold: float = 0.5) -> McNemar:
    """The exact test of whether two models err equally often on the same rows.

    McNemar (1947), Psychometrika 12: of the rows that just one model gets right, each has it right
    with chance 1/2.
    """
    first, second = ((p >= threshold) == (y == 1) for p in (p_first, p_second))
    only_first, only_second = int(np.sum(first & ~second)), int(np.sum(second & ~first))
    disagreements = only_first + only_second
    ways = tail = 1  # to have the rarer side right in none of them; in at most k, below
    for k in range(min(only_first, only_second)):
        ways = ways * (disagreements - k) // (k + 1)  # each binomial coefficient from the last: they are long
        tail += ways
    return McNemar(only_first, only_second, min(1.0, 2 * tail / 2**disagreements))
