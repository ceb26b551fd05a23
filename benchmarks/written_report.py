"""What the page says of the report's builds and sweeps."""

from __future__ import annotations

from typing import Any

from benchmarks.written_tables import table

HOW = """Every figure is that of `python build.py` in processes of its own: seconds on the wall, and the most
memory that all its processes held together (proportional set sizes, read four times a second; Linux tells
them, other systems do not)."""
BUILDS = {
    "first": "first build, empty cache",
    "unchanged": "nothing changed",
    "one_change": "one setting changed",
}


def report_page(part: dict[str, Any]) -> str:
    """Markdown."""
    pages = (_builds, _sweep, _trials, _rows, _images)
    return "\n".join([HOW + "\n", *(page(part) for page in pages)])


def _builds(part: dict[str, Any]) -> str:
    rows = []
    for name, title in BUILDS.items():
        one = part["builds"][name]
        if name == "one_change":
            title += f" (`{part['builds']['setting']}`)"
        times = "" if name == "first" else _spread(one["times"], 1)
        ran = f"{one['computed']} + {one['drawn']} of {one['steps']}"
        rows.append([title, _spread(one["seconds"], 1), times, _memory(one["memory"]), ran])
    head = ["build", "seconds", "times as fast as the first", "memory", "steps that computed + drew"]
    small = " with smaller settings" if part["quick"] else ""
    return f"""### Builds and rebuilds

The whole report{small}, {part["runs"]} times: medians, with the lowest and the highest.

{table(head, rows)}
"""


def _sweep(part: dict[str, Any]) -> str:
    sweep = part["sweep"]
    rows = [
        [title, _spread(sweep[name]["seconds"], 1), _memory(sweep[name]["memory"])]
        for name, title in (("one", "1"), ("two", "2"))
    ]
    return f"""### Sweeps over processes

`python build.py sweep --seeds 0:{sweep["seeds"]} --part tabular`, each from an empty cache and without the
report that follows. Two processes are {_spread(sweep["ratio"], 2)} times as fast as one.

{table(["processes", "seconds", "memory"], rows)}
"""


def _trials(part: dict[str, Any]) -> str:
    trials = part["trials"]
    rows = []
    for quantity, unit in (("seconds", _seconds), ("memory", _memory)):
        one = trials[quantity]
        if one is not None:
            rows.append([quantity, unit(one["early"]), unit(one["late"]), f"{one['ratio']:.2f}"])
    count = trials["count"]
    return f"""### Trials early and late

A sweep of {trials["trials"]} seeds in one process: medians of the {count} trials that follow the first and of
the last {count}; the memory is what the process held when a trial ended.

{table(["per trial", "early", "late", "late by early"], rows)}
"""


def _rows(part: dict[str, Any]) -> str:
    return f"""### Growth with the rows of the table

The tabular part on tables drawn from the stand-in's cohort, each built once from an empty cache.

{_points(part["rows"], "rows")}
"""


def _images(part: dict[str, Any]) -> str:
    return f"""### Growth with the pictures explained

The vision part on farmyard scenes in a folder (`vision.shown`), each built once from an empty cache. Figures
and tables show the first twelve pictures at most.

{_points(part["images"], "pictures")}
"""


def _points(grown: dict[str, Any], name: str) -> str:
    rows = [[f"{p['size']:,}", _seconds(p["seconds"]), _memory(p["memory"])] for p in grown["points"]]
    said = [_growth(quantity, step, name) for quantity in ("seconds", "memory") for step in grown[quantity]]
    steps = grown["seconds"] + grown["memory"]
    broken = [step for step in steps if not step["linear"]]
    verdict = (
        f"Neither grows faster than the {name} do."
        if not broken
        else f"In {len(broken)} of {len(steps)} steps one of them grows faster than the {name} do."
    )
    return "\n".join([table([name, "seconds", "memory"], rows), "", *said, "", verdict])


def _growth(quantity: str, step: dict[str, Any], name: str) -> str:
    return (
        f"- {quantity}, from {step['from']:,} to {step['to']:,} {name}: {step['grown']:.2f} times for"
        f" {step['size']:g} times the {name} (exponent {step['exponent']:.2f}; 1 is linear)"
    )


def _spread(spread: dict[str, float], digits: int) -> str:
    median, low, high = (f"{spread[key]:.{digits}f}" for key in ("median", "low", "high"))
    return f"{median} ({low} to {high})"


def _seconds(seconds: float) -> str:
    return f"{seconds:.1f}"


def _memory(memory: int | None) -> str:
    return "not known" if memory is None else f"{memory / 1e6:,.0f} MB"
