"""How good a classifier of several classes is: accuracy, confusion, precision and recall, its errors.

Throughout, `labels` and `predicted` hold class indices (n,), and there are `classes` of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from report_builder.models.evaluation import Interval


class ClassScores(NamedTuple):
    """Of each class, arrays (classes,); NaN where a class has no picture, or is never predicted."""

    precision: np.ndarray
    recall: np.ndarray
    f1: np.ndarray


@dataclass(frozen=True)
class Confusion:
    """How many pictures of the class `true` are taken for the class `predicted`; rate: of that class."""

    true: int
    predicted: int
    count: int
    rate: float


def accuracy_interval(right: np.ndarray, *, draws: int, seed: int, level: float = 0.95) -> Interval:
    """The share of `right` (n,) bool with its bootstrap percentile interval over the pictures.

    Where all or none are right every bootstrap sample is the same; the interval is then the exact one of
    Clopper and Pearson (1934), Biometrika 26.
    """
    count, hits = len(right), int(right.sum())
    if hits in (0, count):
        bound = ((1 - level) / 2) ** (1 / count)
        return Interval(hits / count, bound, 1.0) if hits else Interval(0.0, 0.0, 1 - bound)
    drawn = np.random.default_rng(seed).binomial(count, hits / count, size=draws) / count
    low, high = np.quantile(drawn, [(1 - level) / 2, (1 + level) / 2])
    return Interval(hits / count, float(low), float(high))


def confusion_counts(labels: np.ndarray, predicted: np.ndarray, classes: int) -> np.ndarray:
    """Counts (classes, classes): rows are the true class, columns the predicted one."""
    cells = np.bincount(labels * classes + predicted, minlength=classes * classes)
    return cells.reshape(classes, classes)


def class_scores(counts: np.ndarray) -> ClassScores:
    """Precision, recall and F1 of each class, from the confusion counts (classes, classes)."""
    hits, true, predicted = np.diag(counts), counts.sum(1), counts.sum(0)
    with np.errstate(invalid="ignore", divide="ignore"):
        return ClassScores(hits / predicted, hits / true, 2 * hits / (true + predicted))


def confused_pairs(counts: np.ndarray) -> list[Confusion]:
    """All pairs that were confused, the most frequent first; among equals the higher rate, then the order."""
    true = counts.sum(1)
    found = [
        Confusion(int(row), int(column), int(counts[row, column]), float(counts[row, column] / true[row]))
        for row, column in zip(*np.nonzero(counts), strict=True)
        if row != column
    ]
    return sorted(found, key=lambda pair: (-pair.count, -pair.rate))


def confident_errors(labels: np.ndarray, probabilities: np.ndarray) -> np.ndarray:
    """Places of the pictures that are taken for a wrong class, the most confident first."""
    predicted = probabilities.argmax(1)
    wrong = np.flatnonzero(predicted != labels)
    return np.asarray(wrong[np.argsort(-probabilities.max(1)[wrong], kind="stable")])
