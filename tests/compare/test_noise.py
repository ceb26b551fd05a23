"""The noise rule: how often it calls equal runs different, and what it does with one sweep and with two."""

from __future__ import annotations

import numpy as np
import pytest

from report_builder.compare.noise import Spread, of_samples, of_sweeps

DRAWS = 4000
# Five standard errors of a rate of 5 % in so many draws
TOLERANCE = 5 * (0.05 * 0.95 / DRAWS) ** 0.5


def spread(x: np.ndarray) -> Spread:
    return Spread(float(x.mean()), float(x.std(ddof=1)), len(x))


def rate(differences: list[tuple[float, Spread | None, Spread | None]]) -> float:
    alarms = [abs(d) > of_sweeps(first, second).bound for d, first, second in differences]
    return float(np.mean(alarms))


@pytest.mark.parametrize("seeds", [3, 20])
def test_runs_that_differ_by_the_seed_alone_raise_an_alarm_in_one_of_twenty(seeds):
    x = np.random.default_rng(1).normal(0.8, 0.03, (DRAWS, seeds + 2))
    found = rate([(row[0] - row[1], spread(row[2:]), None) for row in x])
    assert abs(found - 0.05) < TOLERANCE


def test_runs_that_are_among_those_of_the_sweep_raise_it_more_rarely():
    x = np.random.default_rng(2).normal(0.8, 0.03, (DRAWS, 20))
    assert abs(rate([(row[0] - row[1], spread(row), None) for row in x]) - 0.032) < TOLERANCE


@pytest.mark.parametrize("ratio", [1.0, 4.0])
def test_two_sweeps_allow_for_a_noise_that_the_settings_have_changed(ratio):
    random = np.random.default_rng(3)
    x, y = random.normal(0, 1, (DRAWS, 11)), random.normal(0, ratio, (DRAWS, 11))
    found = rate([(b[0] - a[0], spread(a[1:]), spread(b[1:])) for a, b in zip(x, y, strict=True)])
    assert abs(found - 0.05) < TOLERANCE


def test_one_sweep_in_both_runs_counts_once():
    known = Spread(0.8, 0.02, 20)
    assert of_sweeps(known, known) == of_sweeps(known, None) == of_sweeps(None, known)


def test_two_sweeps_are_taken_in_any_order():
    first, second = Spread(0.8, 0.02, 20), Spread(0.7, 0.05, 5)
    assert of_sweeps(first, second) == of_sweeps(second, first)
    assert of_sweeps(first, second).runs == 25


def test_ten_standard_deviations_are_beyond_and_a_tenth_is_not():
    bound = of_sweeps(Spread(0.8, 0.02, 20), None).bound
    assert 0.1 * 0.02 < bound < 10 * 0.02


def test_seeds_that_all_agree_leave_no_noise():
    assert of_sweeps(Spread(0.8, 0.0, 20), None).bound == 0
    assert of_sweeps(Spread(0.8, 0.0, 20), Spread(0.7, 0.0, 20)).bound == 0


def test_without_a_sweep_there_is_no_noise_of_the_seed():
    assert of_sweeps(None, None) is None


def test_symmetric_intervals_give_the_interval_of_a_difference_of_independent_estimates():
    noise = of_samples(0.7, (0.67, 0.73), 0.8, (0.76, 0.84))
    assert noise.kind == "samples"
    assert noise.bound == pytest.approx(0.05)


def test_the_arms_that_point_at_each_other_count():
    up = of_samples(0.7, (0.5, 0.73), 0.8, (0.76, 0.99))
    down = of_samples(0.8, (0.76, 0.99), 0.7, (0.5, 0.73))
    assert up == down
    assert up.bound == pytest.approx(0.05)
