"""Two sides timed in turn: ratios are of pairs, and agreement is that of the worst array."""

import numpy as np
import pytest

from benchmarks.side_by_side import LONG, Comparison, Spread, measure


class Clock:
    """A clock that both sides move by the seconds that they are told to take."""

    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now

    def side(self, seconds, result):
        left = iter(seconds)

        def run():
            self.now += next(left)
            return [np.asarray(values, dtype=float) for values in result]

        return run


def compared(ours, theirs, results=(((1.0, 2.0),), ((1.0, 2.0),))):
    clock = Clock()
    first, second = (clock.side(times, result) for times, result in zip((ours, theirs), results, strict=True))
    return Comparison("key", "Task", "peer", first, second, {"images": 2}), clock


def test_a_ratio_is_of_one_pair_and_the_first_pair_warms_up():
    comparison, clock = compared([1, 1, 2, 4], [8, 3, 4, 16])
    outcome = measure(comparison, 3, clock=clock)
    assert (outcome.ratio, outcome.ratio_low, outcome.ratio_high) == (3, 2, 4)
    assert (outcome.ours_seconds, outcome.peer_seconds) == (2, 4)
    assert outcome.runs == 3


def test_a_long_first_pair_counts():
    comparison, clock = compared([LONG, 2], [LONG, 6])
    outcome = measure(comparison, 2, clock=clock)
    assert outcome.runs == 2
    assert (outcome.ratio_low, outcome.ratio_high) == (1, 3)


def test_enough_seconds_end_it_after_two_runs_at_the_earliest():
    comparison, clock = compared([1] * 9, [2] * 9)
    assert measure(comparison, 8, enough=1.0, clock=clock).runs == 2
    comparison, clock = compared([1] * 9, [2] * 9)
    assert measure(comparison, 8, enough=10.0, clock=clock).runs == 4


def test_the_agreement_is_that_of_the_worst_array():
    results = (((3.0, 4.0), (1.0, 0.0)), ((3.0, 4.0), (0.0, 1.0)))
    comparison, clock = compared([1] * 3, [1] * 3, results)
    outcome = measure(comparison, 2, clock=clock)
    assert outcome.cosine == pytest.approx(0)
    assert outcome.largest_difference == 1
    assert outcome.relative_difference == pytest.approx(np.sqrt(2))


def test_a_spread_holds_its_median():
    assert Spread.of(x for x in (3.0, 1.0, 2.0)) == Spread(2.0, 1.0, 3.0)
