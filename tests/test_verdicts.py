"""The scales: which side of a bound a value falls on, and what a negative value is called."""

import pytest

from report_builder import verdicts
from report_builder.verdicts import Scale

SCALES = [scale for scale in vars(verdicts).values() if isinstance(scale, Scale)]


@pytest.mark.parametrize("scale", SCALES, ids=lambda scale: scale.names[-1])
def test_a_bound_belongs_to_the_range_above_it(scale):
    for i, bound in enumerate(scale.bounds):
        assert scale(bound) == scale.names[i + 1]
        assert scale(bound - 1e-9) == scale.names[i]
    assert list(scale.bounds) == sorted(scale.bounds)
    assert len(scale.names) == len(scale.bounds) + 1
    assert scale.source


@pytest.mark.parametrize("scale", SCALES, ids=lambda scale: scale.names[-1])
def test_a_negative_value_is_strong_only_where_the_sign_does_not_count(scale):
    assert scale(-1e9) == (scale.names[-1] if scale.magnitude else scale.names[0])


def test_only_a_correlation_is_judged_by_its_magnitude():
    assert [scale for scale in SCALES if scale.magnitude] == [verdicts.correlation]


@pytest.mark.parametrize(
    ("interval", "apart"),
    [((-0.1, 0.1), False), ((0.0, 0.1), False), ((-0.1, 0.0), False), ((0.01, 0.1), True)],
)
def test_an_interval_that_touches_zero_tells_nothing_apart(interval, apart):
    assert verdicts.differs(interval) is apart


@pytest.mark.parametrize(
    ("r", "kind"), [(0.6, "alike"), (0.4, "partly"), (0.0, "different"), (-0.4, "opposite")]
)
def test_curves_that_run_against_each_other_are_not_alike(r, kind):
    assert verdicts.similarity(r) == kind
