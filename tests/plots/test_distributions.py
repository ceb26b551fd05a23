"""Points of a box plot: no more than can be seen, and none that stand alone is lost."""

import numpy as np
import pytest

from report_builder.plots.distributions import TOLD_APART, told_apart


def test_few_points_are_all_drawn():
    values = np.array([0.0, 1e-9, 5.0])
    assert told_apart(values) is values


@pytest.mark.parametrize("count", [10**3, 10**4])
def test_many_points_are_thinned_to_those_that_can_be_told_apart(count):
    values = np.append(np.sort(np.random.default_rng(0).random(count)), [3.0, 7.0])
    seen = told_apart(values)
    assert len(seen) <= TOLD_APART + 1
    assert set(seen) <= set(values)
    assert {values[0], 3.0, 7.0} <= set(seen)
    gap = (values[-1] - values[0]) / TOLD_APART
    nearest = seen[np.abs(values[:, None] - seen).argmin(axis=1)]
    assert np.abs(nearest - values).max() <= gap
