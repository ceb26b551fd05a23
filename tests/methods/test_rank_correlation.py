import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.stats import spearmanr

from report_builder.methods.rank_correlation import rank_correlation

VALUES = arrays(np.float64, (2, 3, 5), elements=st.integers(-4, 4).map(float))


@given(VALUES)
def test_equals_scipy_with_ties(pair):
    ours = rank_correlation(*pair)
    for value, a, b in zip(ours, *pair, strict=True):
        constant = np.ptp(a) == 0 or np.ptp(b) == 0
        assert value == pytest.approx(0.0 if constant else spearmanr(a, b).statistic, abs=1e-12)


@given(VALUES)
def test_symmetric_and_blind_to_what_keeps_the_order(pair):
    first, second = pair
    ours = rank_correlation(first, second)
    np.testing.assert_allclose(rank_correlation(second, first), ours, atol=1e-15)
    np.testing.assert_allclose(rank_correlation(np.exp(first), second**3), ours, atol=1e-15)
    np.testing.assert_allclose(rank_correlation(-first, second), -ours, atol=1e-15)


def test_maps_are_compared_pixel_by_pixel():
    maps = np.random.default_rng(0).normal(size=(4, 6, 7))
    np.testing.assert_allclose(rank_correlation(maps, 3 * maps + 1), 1.0)


def test_rejects_what_has_no_ranks():
    with pytest.raises(ValueError, match="one shape"):
        rank_correlation(np.zeros((2, 3)), np.zeros((3, 2)))
    with pytest.raises(ValueError, match="not finite"):
        rank_correlation(np.full((2, 3), np.nan), np.zeros((2, 3)))
