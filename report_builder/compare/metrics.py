"""The headline figures of two runs, their differences, and which of these are beyond the noise."""

from __future__ import annotations

from typing import Any

from report_builder.compare.headlines import GROUPS, Headline, headlines, spread_of
from report_builder.compare.noise import Noise, equal, of_samples, of_sweeps
from report_builder.compare.runs import Run
from report_builder.verdicts import CONFIDENCE_LEVEL


def compare_metrics(first: Run, second: Run) -> dict[str, Any]:
    """rows: per figure that both have, its name, source, difference (second less first), noise {kind, bound,
    runs} or None, and verdict: "equal", "beyond", "within", or "unknown" where no noise is known.

    only: names of the figures that one run alone has. counts: of the verdicts by kind of noise. chance: how
    many of the figures that a sweep measured would be beyond the noise if nothing but the seed differed.
    """
    ours, theirs = headlines(first), headlines(second)
    both = sorted(
        (name for name in ours if name in theirs),
        key=lambda name: GROUPS.index(name.group),  # stable: within a group as in the report
    )
    rows = [_row(first, ours[name], second, theirs[name]) for name in both]
    counts: dict[str, dict[str, int]] = {}
    for row in rows:
        kind = row["noise"]["kind"] if row["noise"] else "none"
        of_kind = counts.setdefault(kind, {"compared": 0, "equal": 0, "beyond": 0, "within": 0, "unknown": 0})
        of_kind["compared"] += 1
        of_kind[row["verdict"]] += 1
    return {
        "rows": rows,
        "only": {
            "A": [_named(line) for name, line in ours.items() if name not in theirs],
            "B": [_named(line) for name, line in theirs.items() if name not in ours],
        },
        "counts": counts,
        "differing": sum(row["verdict"] != "equal" for row in rows),
        "chance": (1 - CONFIDENCE_LEVEL) * counts.get("sweep", {"compared": 0})["compared"],
    }


def _row(first: Run, our: Headline, second: Run, their: Headline) -> dict[str, Any]:
    a, b = first.number(our.source), second.number(their.source)
    assert a is not None
    assert b is not None
    noise = of_sweeps(spread_of(first, our), spread_of(second, their)) or _of_samples(
        first, our, a, second, their, b
    )
    same = equal(a, b)
    if same:
        verdict = "equal"
    elif noise is None:
        verdict = "unknown"
    else:
        verdict = "beyond" if abs(b - a) > noise.bound else "within"
    return {
        **_named(our),
        "source": our.source,
        "difference": 0.0 if same else b - a,
        "noise": noise and {"kind": noise.kind, "bound": noise.bound, "runs": noise.runs},
        "verdict": verdict,
    }


def _of_samples(first: Run, our: Headline, a: float, second: Run, their: Headline, b: float) -> Noise | None:
    ours, theirs = first.interval(our.interval), second.interval(their.interval)
    return None if ours is None or theirs is None else of_samples(a, ours, b, theirs)


def _named(line: Headline) -> dict[str, str]:
    return {"group": line.name.group, "of": line.name.of, "measure": line.name.measure}
