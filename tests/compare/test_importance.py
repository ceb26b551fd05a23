"""Ranks by importance: what moved is the difference of two orders."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from two_runs import FEATURES, results, run_of

from report_builder.compare.importance import compare_importance, ranks

NAMES = tuple("abcdefgh")


def run_with(mean_abs):
    return run_of({"shapley": {"mean_abs": mean_abs}})


@given(st.permutations(NAMES), st.permutations(NAMES))
def test_moves_are_the_difference_of_two_permutations(first, second):
    a, b = ({name: 1 / (1 + place) for place, name in enumerate(order)} for order in (first, second))
    (found,) = compare_importance(run_with(a), run_with(b))["methods"]
    moved = {row["name"]: row["moved"] for row in found["features"]}
    assert moved == {name: first.index(name) - second.index(name) for name in NAMES}
    assert sum(moved.values()) == 0
    assert found["moved"] == sum(move != 0 for move in moved.values())
    squares = sum(move**2 for move in moved.values())
    n = len(NAMES)
    assert found["correlation"] == pytest.approx(1 - 6 * squares / (n * (n**2 - 1)))


@given(st.dictionaries(st.text(min_size=1), st.integers(0, 3), min_size=1))
def test_ranks_are_a_permutation_even_with_ties(importance):
    found = ranks(importance)
    assert sorted(found.values()) == list(range(1, len(importance) + 1))
    assert all(importance[a] >= importance[b] for a in importance for b in importance if found[a] < found[b])


def test_the_other_way_round_all_moves_are_negative():
    first, second = run_of(results(1, sweep=(0.1, 5))), run_of(results(2))
    there, back = (compare_importance(*pair)["methods"] for pair in ((first, second), (second, first)))
    for a, b in zip(there, back, strict=True):
        moves = [{row["name"]: (row["moved"], row["beyond"]) for row in m["features"]} for m in (a, b)]
        assert moves[0] == {name: (-move, beyond) for name, (move, beyond) in moves[1].items()}


def test_a_run_and_itself():
    run = run_of(results(1))
    for method in compare_importance(run, run)["methods"]:
        assert method["moved"] == 0
        assert method["correlation"] == 1


def test_a_rank_outside_those_of_the_seeds_is_beyond():
    values = results(1, sweep=(0.1, 5))
    values["shapley"]["mean_abs"] = dict(zip(FEATURES, (4, 3, 2, 1), strict=True))
    moved = results(1)
    moved["shapley"]["mean_abs"] = dict(zip(FEATURES, (1, 3, 2, 4), strict=True))
    for pair in ((values, moved), (moved, values)):
        found = compare_importance(*map(run_of, pair))["methods"][0]
        # the first feature had the ranks 1 and 2, the last 1 to 5
        assert {row["name"]: row["beyond"] for row in found["features"]} == {
            "size": True,
            "weight": False,
            "noise": False,
            "age": False,
        }
        assert found["beyond"] == 1
        assert found["seeds"] == 0.7


def test_ranks_count_the_features_of_both_runs_only():
    first = run_of(results(1, sweep=(0.1, 5)))
    second = run_of(results(2, features=("weight", "age", "height")))
    found = compare_importance(first, second)
    assert found["only"] == {"A": ["noise", "size"], "B": ["height"]}
    for method in found["methods"]:
        assert sorted(row["A"] for row in method["features"]) == [1, 2]
        assert {row["name"] for row in method["features"]} == {"weight", "age"}
        assert not method["ranged"], "ranks among other features are other ranks"


def test_runs_without_a_common_feature():
    found = compare_importance(run_of(results(1)), run_of(results(2, features=("a", "b"))))
    assert found["methods"] == []


def test_one_feature_has_no_correlation():
    (found,) = compare_importance(run_with({"a": 1.0}), run_with({"a": np.pi}))["methods"]
    assert found["correlation"] is None
