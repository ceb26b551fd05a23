import tracemalloc

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.stats import pearsonr, spearmanr

from report_builder.methods.agreement import agreement, mean_with_interval, target_correlation

RANDOM = np.random.default_rng(0)
FIRST, NOISE = RANDOM.normal(size=(2, 60, 8))
SECOND = FIRST + NOISE
WITHOUT_TIES = arrays(np.float64, (6, 5), elements=st.floats(-9, 9), unique=True)


def values(result):
    return result.spearman.value, result.sign.value, result.jaccard.value


def test_spearman_equals_scipy():
    tied = np.round(SECOND)
    for other in (SECOND, tied):
        rows = [spearmanr(np.abs(a), np.abs(b)).statistic for a, b in zip(FIRST, other, strict=True)]
        assert agreement(FIRST, other, seed=0).spearman.value == pytest.approx(np.mean(rows), abs=1e-12)


def test_signs_and_top_sets_equal_their_definition():
    signs = np.mean([np.sign(x) == np.sign(y) for x, y in zip(FIRST.flat, SECOND.flat, strict=True)])

    def top(row):
        return set(sorted(range(8), key=lambda j: -abs(row[j]))[:3])

    sets = [(top(a), top(b)) for a, b in zip(FIRST, SECOND, strict=True)]
    ours = agreement(FIRST, SECOND, seed=0)
    assert ours.sign.value == pytest.approx(signs)
    assert ours.jaccard.value == pytest.approx(np.mean([len(a & b) / len(a | b) for a, b in sets]))


@settings(max_examples=30, deadline=None)
@given(WITHOUT_TIES)
def test_a_matrix_agrees_with_itself_and_its_multiples(matrix):
    assert values(agreement(matrix, matrix, seed=0, resamples=10)) == pytest.approx((1, 1, 1))
    assert values(agreement(matrix, 2 * matrix, seed=0, resamples=10)) == pytest.approx((1, 1, 1))


@settings(max_examples=30, deadline=None)
@given(WITHOUT_TIES, WITHOUT_TIES)
def test_symmetric_and_blind_to_the_order_of_rows(one, two):
    there = values(agreement(one, two, seed=0, resamples=10))
    assert values(agreement(two, one, seed=0, resamples=10)) == pytest.approx(there)
    assert values(agreement(one[::-1], two[::-1], seed=0, resamples=10)) == pytest.approx(there)


def test_opposite_signs_keep_the_ranks():
    assert values(agreement(FIRST, -FIRST, seed=0)) == pytest.approx((1, 0, 1))


def test_all_features_on_top_always_agree():
    assert agreement(FIRST, NOISE, seed=0, top=8).jaccard.value == 1


def test_unrelated_matrices_sit_at_chance():
    first, second = np.random.default_rng(1).normal(size=(2, 4000, 8))
    ours = agreement(first, second, seed=0, resamples=200)
    expected = sum(  # hypergeometric overlap of two random sets of 3 of 8
        overlap / (6 - overlap) * count / 56 for overlap, count in [(1, 30), (2, 15), (3, 1)]
    )
    assert ours.spearman.value == pytest.approx(0, abs=0.03)
    assert ours.sign.value == pytest.approx(0.5, abs=0.02)
    assert ours.jaccard.value == pytest.approx(expected, abs=0.02)


def test_intervals_hold_the_value_and_narrow_with_the_rows():
    few, many = (agreement(np.tile(FIRST, (n, 1)), np.tile(SECOND, (n, 1)), seed=0) for n in (1, 16))
    for name in ("spearman", "sign", "jaccard"):
        one, sixteen = getattr(few, name), getattr(many, name)
        assert one.low < one.value < one.high
        assert (one.high - one.low) / (sixteen.high - sixteen.low) == pytest.approx(4, rel=0.2)


def test_interval_is_that_of_the_mean():
    """For a share over rows the bootstrap must agree with the normal interval."""
    estimate = agreement(FIRST, SECOND, seed=0, resamples=20_000).sign
    per_row = (np.sign(FIRST) == np.sign(SECOND)).mean(1)
    half = 1.96 * per_row.std() / np.sqrt(len(per_row))
    assert estimate.low == pytest.approx(per_row.mean() - half, abs=0.01)
    assert estimate.high == pytest.approx(per_row.mean() + half, abs=0.01)


def test_same_seed_same_intervals():
    assert agreement(FIRST, SECOND, seed=3) == agreement(FIRST, SECOND, seed=3)
    assert agreement(FIRST, SECOND, seed=3) != agreement(FIRST, SECOND, seed=4)


def test_rows_without_ranks_are_left_out():
    extended = np.vstack([FIRST, np.zeros(8)])
    against = np.vstack([SECOND, np.arange(8.0)])
    plain = agreement(FIRST, SECOND, seed=0).spearman.value
    assert agreement(extended, against, seed=0).spearman.value == pytest.approx(plain)


def test_takes_tensors_as_it_takes_arrays():
    assert agreement(torch.tensor(FIRST), torch.tensor(SECOND), seed=0) == agreement(FIRST, SECOND, seed=0)


def test_target_correlation_equals_scipy():
    target = (FIRST[:, 0] + NOISE[:, 0] > 0).astype(float)
    expected = [pearsonr(column, target).statistic for column in FIRST.T]
    np.testing.assert_allclose(target_correlation(FIRST, target), expected, rtol=0, atol=1e-12)


def test_target_correlation_of_a_constant_is_undefined():
    ours = target_correlation(np.column_stack([np.arange(4.0), np.ones(4)]), np.arange(4.0))
    assert ours[0] == pytest.approx(1)
    assert np.isnan(ours[1])


def test_rejects_what_does_not_fit():
    with pytest.raises(ValueError, match="one shape"):
        agreement(FIRST, SECOND[:, :3], seed=0)
    with pytest.raises(ValueError, match="not finite"):
        agreement(FIRST, np.full_like(FIRST, np.nan), seed=0)
    with pytest.raises(ValueError, match="top must be"):
        agreement(FIRST, SECOND, seed=0, top=9)
    with pytest.raises(ValueError, match="rank"):
        agreement(np.zeros((3, 4)), FIRST[:3, :4], seed=0)
    with pytest.raises(ValueError, match="one length"):
        target_correlation(FIRST, np.ones(3))


def test_an_interval_does_not_depend_on_the_blocks(monkeypatch):
    rows = RANDOM.normal(size=90)
    whole = mean_with_interval(rows, 70, np.random.default_rng(1))
    monkeypatch.setattr("report_builder.methods.agreement.BLOCK", 800)
    assert mean_with_interval(rows, 70, np.random.default_rng(1)) == whole


def test_the_memory_of_an_interval_does_not_grow_with_the_rows():
    taken = []
    for rows in (4000, 40_000):
        values = RANDOM.normal(size=rows)
        tracemalloc.start()
        mean_with_interval(values, 300, np.random.default_rng(1))
        taken.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert taken[1] < 1.2 * taken[0]
