"""All that is said of two runs, as plain values."""

from __future__ import annotations

from typing import Any

from report_builder.compare.importance import compare_importance
from report_builder.compare.maps import compare_maps
from report_builder.compare.metrics import compare_metrics
from report_builder.compare.origins import compare_origins
from report_builder.compare.runs import Run, leaves

# What went in, which is compared by itself
_WENT_IN = ("settings", "run", "assets")
# What further runs said of a run is no result of its own
_SWEPT = ("sweep", "certainty")


def compare(first: Run, second: Run) -> dict[str, Any]:
    """origins, metrics, importance, maps: the differences, the second run less the first.

    steps: those with a value that differs. identical: nothing that went in or came out differs. swept: the
    runs with a sweep; foreign: those whose sweep lacks their own settings. same_seed: whether they share it.
    """
    sides = {"A": first, "B": second}
    origins = compare_origins(first, second)
    steps = _steps(first, second)
    return {
        "identical": not steps and not any(origins.values()),
        "steps": steps,
        "swept": [label for label, run in sides.items() if run.table("certainty#")],
        "foreign": [label for label, run in sides.items() if run.value("certainty#/main/own") is False],
        "same_seed": first.value("settings#/seed") == second.value("settings#/seed"),
        "origins": origins,
        "metrics": compare_metrics(first, second),
        "importance": compare_importance(first, second),
        "maps": compare_maps(first, second),
    }


def _steps(first: Run, second: Run) -> list[str]:
    """The tables of results.json in which a value differs, or which one run alone has."""
    names = sorted((first.results.keys() | second.results.keys()) - {*_WENT_IN, *_SWEPT})
    return [
        name
        for name in names
        if dict(leaves(first.results.get(name))) != dict(leaves(second.results.get(name)))
    ]
