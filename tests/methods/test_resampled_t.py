import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from report_builder.methods.resampled_t import resampled_mean

VALUES = st.lists(st.floats(-5, 5), min_size=2, max_size=12).filter(lambda x: np.std(x) > 1e-3)


@given(VALUES)
def test_without_shared_rows_it_is_the_paired_t_test(differences):
    ours = resampled_mean(differences, test_ratio=0)
    theirs = stats.ttest_rel(np.array(differences) + 1, np.ones(len(differences)))
    low, high = theirs.confidence_interval(0.95)
    assert ours.p == pytest.approx(theirs.pvalue, abs=1e-9)
    assert [ours.low, ours.high] == pytest.approx([low, high], abs=1e-9)


@given(VALUES)
def test_a_vanishing_test_share_tends_to_the_paired_t_test(differences):
    plain = resampled_mean(differences, test_ratio=0)
    near = resampled_mean(differences, test_ratio=1e-12)
    assert near.p == pytest.approx(plain.p, abs=1e-6)
    assert near.high == pytest.approx(plain.high, abs=1e-6)


@given(VALUES, st.floats(0.01, 2), st.sampled_from([0.5, 0.9, 0.95, 0.99]))
def test_the_interval_is_wider_by_the_factor_of_the_variance(differences, ratio, level):
    n = len(differences)
    plain = resampled_mean(differences, test_ratio=0, level=level)
    wide = resampled_mean(differences, test_ratio=ratio, level=level)
    assert wide.mean == plain.mean
    assert wide.high - wide.low == pytest.approx(
        (plain.high - plain.low) * np.sqrt((1 / n + ratio) / (1 / n)), rel=1e-9
    )
    assert wide.p >= plain.p


@given(VALUES, st.floats(0, 2))
def test_the_interval_leaves_out_zero_where_p_is_small(differences, ratio):
    found = resampled_mean(differences, test_ratio=ratio)
    if abs(found.p - 0.05) > 1e-9:
        assert (found.low > 0 or found.high < 0) == (found.p < 0.05)


@given(VALUES, st.floats(0, 2))
def test_the_sign_of_the_difference_does_not_matter(differences, ratio):
    found = resampled_mean(differences, test_ratio=ratio)
    mirrored = resampled_mean(np.negative(differences), test_ratio=ratio)
    assert mirrored.p == pytest.approx(found.p)
    assert [mirrored.low, mirrored.high] == pytest.approx([-found.high, -found.low])


def test_equal_differences_have_no_spread():
    none, some = (resampled_mean([value] * 4, test_ratio=0.3) for value in (0.0, 0.1))
    assert (none.sd, none.low, none.high, none.p) == (0.0, 0.0, 0.0, 1.0)
    assert (some.sd, some.low, some.high, some.p) == (0.0, 0.1, 0.1, 0.0)


def test_one_run_has_a_mean_only():
    found = resampled_mean([0.7], test_ratio=0.3)
    assert (found.n, found.mean) == (1, 0.7)
    assert [found.sd, found.low, found.high, found.p] == [None] * 4


@pytest.mark.parametrize(
    ("values", "ratio", "level"),
    [
        ([], 0.2, 0.95),
        ([np.nan, 1], 0.2, 0.95),
        ([[1.0], [2.0]], 0.2, 0.95),
        ([1, 2], -0.1, 0.95),
        ([1, 2], 0.1, 1),
    ],
)
def test_rejects_what_makes_no_interval(values, ratio, level):
    with pytest.raises(ValueError, match=r"needed|no interval"):
        resampled_mean(values, test_ratio=ratio, level=level)


def test_on_splits_of_one_data_set_the_plain_test_errs_far_too_often_and_the_corrected_one_does_not():
    """Two learners that are equally good: nearest mean by the first column, and by the second one.

    The two columns of a data set are drawn alike, so that on average over data sets there is no difference
    to be found; each data set is split at random 20 times.
    """
    random = np.random.default_rng(0)
    datasets, splits, rows, tested = 400, 20, 90, 30
    ratio = tested / (rows - tested)
    plain = corrected = 0
    for _ in range(datasets):
        y = random.integers(0, 2, rows)
        x = random.normal(size=(rows, 2)) + y[:, None]
        order = random.permuted(np.tile(np.arange(rows), (splits, 1)), axis=1)
        train, test = order[:, tested:], order[:, :tested]
        positive = y[train][..., None] == 1
        count = positive.sum(1)
        above = np.where(positive, x[train], 0).sum(1) / count
        below = np.where(positive, 0, x[train]).sum(1) / (rows - tested - count)
        edge = (above + below)[:, None] / 2
        right = ((x[test] > edge) == (y[test][..., None] == 1)).mean(1)
        difference = right[:, 0] - right[:, 1]
        plain += resampled_mean(difference, test_ratio=0).p < 0.05
        corrected += resampled_mean(difference, test_ratio=ratio).p < 0.05
    assert plain / datasets > 0.3
    assert corrected / datasets < 0.08
