"""Metrics and curves against scikit-learn, McNemar against scipy, the bootstrap against its definition."""

import time
import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest
from sklearn import calibration
from sklearn import metrics as oracle

from report_builder.models import evaluation
from report_builder.models.evaluation import METRICS
from report_builder.verdicts import differs


def oracle_metrics(y, p, threshold=0.5):
    predicted = p >= threshold
    return {
        "accuracy": oracle.accuracy_score(y, predicted),
        "precision": oracle.precision_score(y, predicted, zero_division=0),
        "recall": oracle.recall_score(y, predicted),
        "f1": oracle.f1_score(y, predicted, zero_division=0),
        "auc": oracle.roc_auc_score(y, p),
        "brier": oracle.brier_score_loss(y, p),
    }


@st.composite
def outcomes(draw):
    """Both classes and many ties."""
    n = draw(st.integers(2, 40))
    y = np.array([0, 1, *draw(st.lists(st.integers(0, 1), min_size=n, max_size=n))])
    levels = draw(st.lists(st.integers(0, 12), min_size=n + 2, max_size=n + 2))
    return y, np.array(levels) / 12


def sample(n=151, seed=0):
    generator = np.random.default_rng(seed)
    y = (generator.random(n) < 0.35).astype(np.int64)
    return y, 1 / (1 + np.exp(-(2 * y - 1 + generator.normal(size=n)))), generator


@given(outcomes(), st.sampled_from([0.25, 0.5, 0.6]))
@settings(deadline=None)
def test_metrics_are_those_of_scikit_learn(data, threshold):
    y, p = data
    ours = evaluation.metrics(y, p, threshold=threshold)
    assert tuple(ours) == METRICS
    assert ours == pytest.approx(oracle_metrics(y, p, threshold), abs=1e-12)


@given(outcomes())
@settings(deadline=None)
def test_confusion_matrix_has_the_true_class_in_rows(data):
    y, p = data
    matrix = evaluation.confusion_matrix(y, p)
    assert (matrix == oracle.confusion_matrix(y, p >= 0.5, labels=[0, 1])).all()
    assert (matrix.sum(1) == [np.sum(y == 0), np.sum(y == 1)]).all()


@given(outcomes())
@settings(deadline=None)
def test_curves_are_those_of_scikit_learn(data):
    y, p = data
    ours = evaluation.roc_curve(y, p)
    false, true, _ = oracle.roc_curve(y, p, drop_intermediate=False)
    np.testing.assert_allclose(ours.false_positive_rate, false, atol=1e-12)
    np.testing.assert_allclose(ours.true_positive_rate, true, atol=1e-12)
    area = np.trapezoid(ours.true_positive_rate, ours.false_positive_rate)
    assert area == pytest.approx(evaluation.metrics(y, p)["auc"], abs=1e-12)

    precision, recall, _ = oracle.precision_recall_curve(y, p)
    curve = evaluation.precision_recall_curve(y, p)
    np.testing.assert_allclose(curve.recall, recall, atol=1e-12)
    np.testing.assert_allclose(curve.precision, precision, atol=1e-12)


@pytest.mark.parametrize("bins", [5, 10])
def test_calibration_curve_is_that_of_scikit_learn(bins):
    y, p, _ = sample()
    observed, predicted = calibration.calibration_curve(y, p, n_bins=bins, strategy="quantile")
    ours = evaluation.calibration_curve(y, p, bins=bins)
    np.testing.assert_allclose(ours.observed, observed, atol=1e-12)
    np.testing.assert_allclose(ours.predicted, predicted, atol=1e-12)
    assert ours.rows.sum() == 151
    assert np.ptp(ours.rows) <= 1


@given(outcomes())
@settings(deadline=None)
def test_calibration_keeps_the_totals_whatever_the_ties(data):
    y, p = data
    curve = evaluation.calibration_curve(y, p)
    assert curve.rows.min() > 0
    assert curve.rows @ curve.observed == pytest.approx(y.sum())
    assert curve.rows @ curve.predicted == pytest.approx(p.sum())


def test_weights_mean_repeated_rows():
    """The metrics of a bootstrap sample, from its weights, against scikit-learn on the rows themselves."""
    y, p, _ = sample(60)
    weights = evaluation.bootstrap_weights(y, draws=20, seed=3)
    drawn = evaluation.metrics(y, p, weights=weights)
    for draw, counts in enumerate(weights.astype(int)):
        rows = np.repeat(np.arange(60), counts)
        expected = oracle_metrics(y[rows], p[rows])
        assert {name: drawn[name][draw] for name in METRICS} == pytest.approx(expected, abs=1e-12)


def test_bootstrap_samples_keep_the_class_counts_and_follow_the_seed():
    y, _, _ = sample()
    weights = evaluation.bootstrap_weights(y, draws=500, seed=0)
    assert (weights[:, y == 1].sum(1) == y.sum()).all()
    assert (weights.sum(1) == len(y)).all()
    assert np.abs(weights.mean(0) - 1).max() < 0.25
    assert (weights == evaluation.bootstrap_weights(y, draws=500, seed=0)).all()
    assert (weights != evaluation.bootstrap_weights(y, draws=500, seed=1)).any()


def test_intervals_hold_the_value_and_have_the_width_of_the_binomial():
    y, p, _ = sample(2000)
    result = evaluation.metrics_with_intervals(y, p, seed=0)
    values = evaluation.metrics(y, p)
    for name, interval in result.items():
        assert interval.low < interval.value < interval.high
        assert interval.value == values[name]
    recall = result["recall"]
    standard_error = np.sqrt(recall.value * (1 - recall.value) / y.sum())
    assert recall.high - recall.low == pytest.approx(2 * 1.96 * standard_error, rel=0.1)


def test_bootstrap_samples_do_not_depend_on_the_blocks(monkeypatch):
    y, p, _ = sample(90)
    weights = evaluation.bootstrap_weights(y, draws=70, seed=5)
    whole = evaluation.metrics(y, p, weights=weights)
    monkeypatch.setattr(evaluation, "BLOCK", 800)
    assert (evaluation.bootstrap_weights(y, draws=70, seed=5) == weights).all()
    parts = evaluation.metrics(y, p, weights=weights)
    for name in METRICS:
        np.testing.assert_allclose(parts[name], whole[name], rtol=1e-12)


def test_the_memory_of_the_bootstrap_grows_by_a_byte_per_row_and_draw():
    draws, taken = 400, {}
    for rows in (4000, 16_000):
        y, p, _ = sample(rows)
        tracemalloc.start()
        evaluation.metrics_with_intervals(y, p, seed=0, draws=draws)
        taken[rows] = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert taken[16_000] - taken[4000] < 1.5 * draws * 12_000


def test_every_pair_of_models_meets_the_same_samples():
    y, p, generator = sample()
    models = {"p": p, "guess": generator.random(len(y)), "flat": np.full(len(y), 0.4)}
    found = evaluation.metric_differences(y, models, seed=2, draws=300)
    assert list(found) == [("p", "guess"), ("p", "flat"), ("guess", "flat")]
    alone = evaluation.metric_differences(y, {"p": p, "flat": models["flat"]}, seed=2, draws=300)
    assert alone["p", "flat"] == found["p", "flat"]


def test_2000_draws_take_less_than_a_second():
    y, p, _ = sample()
    start = time.process_time()
    evaluation.metrics_with_intervals(y, p, seed=0, draws=2000)
    assert time.process_time() - start < 1


def test_a_model_cannot_be_told_apart_from_itself():
    y, p, _ = sample()
    for interval in evaluation.metric_differences(y, {"one": p, "same": p}, seed=0)["one", "same"].values():
        assert (interval.value, interval.low, interval.high) == (0, 0, 0)
        assert not differs((interval.low, interval.high))
    assert evaluation.mcnemar(y, p, p).p_value == 1


def test_differences_change_sign_with_the_order_and_find_a_much_better_model():
    y, p, generator = sample()
    guess = generator.random(len(y))
    there = evaluation.metric_differences(y, {"p": p, "guess": guess}, seed=0)["p", "guess"]
    back = evaluation.metric_differences(y, {"guess": guess, "p": p}, seed=0)["guess", "p"]
    for name in METRICS:
        assert (there[name].value, there[name].low, there[name].high) == pytest.approx(
            (-back[name].value, -back[name].high, -back[name].low), abs=1e-12
        )
    assert there["auc"].low > 0
    assert differs((there["auc"].low, there["auc"].high))
    assert there["brier"].high < 0
    assert differs((there["brier"].low, there["brier"].high))


def test_mcnemar_is_the_exact_binomial_test():
    y, p, generator = sample()
    for noise in (0.05, 0.3, 1.0):
        other = np.clip(p + generator.normal(0, noise, len(p)), 0, 1)
        result = evaluation.mcnemar(y, p, other)
        ours, theirs = (p >= 0.5) == y, (other >= 0.5) == y
        assert result.only_first == np.sum(ours & ~theirs)
        assert result.only_second == np.sum(theirs & ~ours)
        expected = binomtest(result.only_first, result.only_first + result.only_second).pvalue
        assert result.p_value == pytest.approx(expected, abs=1e-12)
        swapped = evaluation.mcnemar(y, other, p)
        assert (swapped.only_first, swapped.p_value) == (result.only_second, result.p_value)


def test_mcnemar_is_exact_for_thousands_of_disagreements():
    y = np.ones(9000, dtype=int)
    first, second = np.ones(9000), np.ones(9000)
    first[:3100], second[3100:6000] = 0, 0
    result = evaluation.mcnemar(y, first, second)
    assert (result.only_first, result.only_second) == (2900, 3100)
    assert result.p_value == pytest.approx(binomtest(2900, 6000).pvalue, rel=1e-9)
