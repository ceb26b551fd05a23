import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from report_builder.methods.agreement import agreement
from report_builder.methods.rank_correlation import rank_correlation
from report_builder.methods.stability import (
    minority_share,
    of_pairs,
    pairwise_cosine,
    pairwise_rank_correlation,
    pairwise_top_overlap,
)

RUNS = arrays(np.float64, (4, 3, 2), elements=st.integers(-4, 4).map(float))
PLACES = [(i, j) for i in range(4) for j in range(4)]


@given(RUNS)
def test_every_pair_is_that_of_the_rank_correlation_of_two(runs):
    first, second = (runs[[pair[k] for pair in PLACES]] for k in (0, 1))
    expected = rank_correlation(first, second).reshape(4, 4)
    np.testing.assert_allclose(pairwise_rank_correlation(runs), expected, atol=1e-12)


@given(RUNS)
def test_every_pair_is_the_cosine_of_two(runs):
    flat = runs.reshape(4, -1)
    for i, j in PLACES:
        norm = np.linalg.norm(flat[i]) * np.linalg.norm(flat[j])
        expected = flat[i] @ flat[j] / norm if norm else 0.0
        assert pairwise_cosine(runs)[i, j] == pytest.approx(expected, abs=1e-12)


@given(RUNS, st.integers(1, 6))
def test_every_pair_is_the_overlap_that_the_agreement_of_two_has(runs, top):
    flat = runs.reshape(4, -1) + np.linspace(0.01, 0.06, 6)  # no row of equal values, which has no ranks
    found = pairwise_top_overlap(flat, top=top)
    for i, j in PLACES:
        expected = agreement(flat[[i]], flat[[j]], seed=0, top=top, resamples=1).jaccard.value
        assert found[i, j] == pytest.approx(expected)


def test_equal_runs_are_alike_and_noise_is_not():
    random = np.random.default_rng(0)
    same = np.repeat(random.normal(size=(1, 50, 50)), 5, axis=0).astype(np.float16)
    noise = random.normal(size=(30, 50, 50)).astype(np.float16)
    for compare in (pairwise_rank_correlation, pairwise_cosine):
        np.testing.assert_allclose(compare(same), 1.0)
        assert abs(of_pairs(compare(noise)).mean()) < 0.005


@given(arrays(np.float64, (7, 3), elements=st.sampled_from([-1.0, 0.0, 2.0, np.nan])))
def test_the_minority_is_the_rarer_sign(signed):
    for column, share in zip(signed.T, minority_share(signed), strict=True):
        signs = [value > 0 for value in column if value != 0 and not np.isnan(value)]
        if signs:
            assert share == min(signs.count(True), signs.count(False)) / len(signs)
        else:
            assert np.isnan(share)


def test_pairs_are_counted_once():
    assert sorted(of_pairs(np.arange(9.0).reshape(3, 3))) == [1.0, 2.0, 5.0]
    assert len(of_pairs(np.ones((1, 1)))) == 0


def test_rejects_what_cannot_be_compared():
    with pytest.raises(ValueError, match="are needed"):
        pairwise_rank_correlation(np.zeros(3))
    with pytest.raises(ValueError, match="not finite"):
        pairwise_cosine(np.full((2, 3), np.inf))
    with pytest.raises(ValueError, match="top must be"):
        pairwise_top_overlap(np.zeros((2, 3)), top=4)
