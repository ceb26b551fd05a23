"""What went into two runs, and where it differs: settings, inputs, machine."""

from __future__ import annotations

from collections.abc import Mapping, Set
from typing import Any

from report_builder.compare.runs import Run, leaves

# Of an input: where it was looked for, and prose; neither changes a result.
_UNSAID = ("reasons", "passed_over", "licence", "source")
# Of the run: the settings, which stand in a table of their own
_SETTINGS = ("settings", "seed")


def compare_origins(first: Run, second: Run) -> dict[str, list[dict[str, Any]]]:
    """settings, inputs, machine: each a list of {name, A, B} of what differs, by dotted name; a run without
    that name lacks A or B. Of an input that one run alone has there is one row, its origin.
    """
    sides = {"A": first, "B": second}
    common = first.table("assets#").keys() & second.table("assets#").keys()
    return {
        "settings": _differing({label: dict(leaves(run.table("settings#"))) for label, run in sides.items()}),
        "inputs": _differing({label: _inputs(run, common) for label, run in sides.items()}),
        "machine": _differing({label: _machine(run) for label, run in sides.items()}),
    }


def _inputs(run: Run, common: Set[str]) -> dict[str, Any]:
    kept = {}
    for name, asset in run.table("assets#").items():
        for key, value in asset.items():
            if key not in _UNSAID and (name in common or key == "origin"):
                kept[f"{name}.{key}"] = value
    return kept


def _machine(run: Run) -> dict[str, Any]:
    """All that a run says of itself, but its settings."""
    return {name: value for name, value in leaves(run.table("run#")) if name.split(".")[0] not in _SETTINGS}


def _differing(sides: Mapping[str, Mapping[str, Any]]) -> list[dict[str, Any]]:
    a, b = sides["A"], sides["B"]
    return [
        {"name": name, **{label: side[name] for label, side in sides.items() if name in side}}
        for name in sorted(a.keys() | b.keys())
        if (name in a) != (name in b) or a.get(name) != b.get(name)
    ]
