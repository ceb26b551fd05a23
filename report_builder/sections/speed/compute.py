"""The results of `python -m benchmarks vision`, and what they say of each task."""

from __future__ import annotations

import json
from typing import Any

from report_builder.pipeline.step import Values, Work

REDUCED = "_bf16"  # ends the keys of the tasks that ours computes in bfloat16


def read(work: Work) -> Values:
    """The benchmark's figures as it wrote them, and:

    per task `interval`, the lowest and the highest ratio of its runs, and `verdict`: "faster" or "slower"
    where every run says so, else "same". counts: tasks by verdict. highest: the highest ratio of the
    faster tasks; None where there are none. runs: the fewest and the most of a task.
    relative_difference: the largest where both sides compute in float32; None where there is no such task.
    """
    report: Values = json.loads(work.files["docs/benchmarks.json"].read_text(encoding="utf-8"))["vision"]
    outcomes = [_with_verdict(outcome) for outcome in report["outcomes"]]
    verdicts = [outcome["verdict"] for outcome in outcomes]
    exact = [o["relative_difference"] for o in outcomes if not o["key"].endswith(REDUCED)]
    return {
        **report,
        "outcomes": outcomes,
        "tasks": len(outcomes),
        "counts": {verdict: verdicts.count(verdict) for verdict in ("faster", "same", "slower")},
        "highest": max((o["ratio"] for o in outcomes if o["verdict"] == "faster"), default=None),
        "runs": [limit(outcome["runs"] for outcome in outcomes) for limit in (min, max)],
        "relative_difference": max(exact, default=None),
    }


def _with_verdict(outcome: dict[str, Any]) -> dict[str, Any]:
    low, high = outcome["ratio_low"], outcome["ratio_high"]
    verdict = "faster" if low > 1 else "slower" if high < 1 else "same"
    return {**outcome, "interval": [low, high], "verdict": verdict}
