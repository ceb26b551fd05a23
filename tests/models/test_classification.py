"""Accuracy, confusion, precision and recall against scikit-learn and scipy."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import binomtest
from sklearn.metrics import confusion_matrix, precision_recall_fscore_support

from report_builder.models.classification import (
    accuracy_interval,
    class_scores,
    confident_errors,
    confused_pairs,
    confusion_counts,
)

GENERATOR = np.random.default_rng(0)
LABELS = GENERATOR.integers(0, 4, 60)
PREDICTED = np.where(GENERATOR.random(60) < 0.6, LABELS, GENERATOR.integers(0, 4, 60))


def test_counts_and_scores_are_those_of_scikit_learn() -> None:
    counts = confusion_counts(LABELS, PREDICTED, 4)
    np.testing.assert_array_equal(counts, confusion_matrix(LABELS, PREDICTED))
    expected = precision_recall_fscore_support(LABELS, PREDICTED)[:3]
    np.testing.assert_allclose(class_scores(counts), expected)


def test_a_class_never_seen_has_no_scores() -> None:
    scores = class_scores(confusion_counts(np.array([0, 1]), np.array([0, 0]), 3))
    assert np.isnan(scores.recall[2])
    assert np.isnan(scores.precision[1])
    assert np.isnan(scores.f1[2])
    assert scores.f1[1] == 0


def test_the_interval_is_the_bootstrap_s() -> None:
    right = np.arange(50) < 40
    interval = accuracy_interval(right, draws=4000, seed=1)
    drawn = right[np.random.default_rng(2).integers(0, 50, (4000, 50))].mean(1)
    np.testing.assert_allclose([interval.low, interval.high], np.quantile(drawn, [0.025, 0.975]), atol=0.021)
    assert interval.value == 0.8


@pytest.mark.parametrize("right", [True, False])
def test_without_an_error_the_interval_is_exact(right: bool) -> None:
    interval = accuracy_interval(np.full(30, right), draws=100, seed=1)
    exact = binomtest(30 * right, 30).proportion_ci(0.95, "exact")
    np.testing.assert_allclose([interval.low, interval.high], exact)


def test_pairs_come_by_count_and_rate() -> None:
    pairs = confused_pairs(np.array([[5, 3, 0], [1, 2, 3], [0, 0, 9]]))
    assert [(p.true, p.predicted, p.count, p.rate) for p in pairs] == [
        (1, 2, 3, 0.5),
        (0, 1, 3, 0.375),
        (1, 0, 1, 1 / 6),
    ]
    assert confused_pairs(np.eye(3, dtype=int)) == []


def test_errors_come_by_confidence() -> None:
    probabilities = np.array([[0.6, 0.4], [0.1, 0.9], [0.2, 0.8], [0.3, 0.7]])
    assert confident_errors(np.array([1, 0, 1, 0]), probabilities).tolist() == [1, 3, 0]
