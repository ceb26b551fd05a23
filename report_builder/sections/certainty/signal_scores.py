"""Whether the same method explains the signals best with every seed."""

from __future__ import annotations

import numpy as np

from report_builder.pipeline.step import Values
from report_builder.sections.certainty.finished_sweep import Runs
from report_builder.sections.certainty.metrics import LOWER_IS_BETTER, column, spread


def relevance_scores(runs: Runs) -> Values:
    """What the step's values have under signals.

    scores: of every method and of the rules, which look at no network. best_counts: seeds in which no other
    method scores better. beating_counts: seeds in which it scores better than every rule.
    """
    first = runs.values[0]
    sign = -1 if first["score"] in LOWER_IS_BETTER else 1
    tables = {
        kind: {name: column(runs, "scores", kind, name) for name in methods}
        for kind, methods in first["scores"].items()
    }
    rules = [name for name in first["rules"] if name in next(iter(tables.values()))]
    best, beating = {}, {}
    for kind, table in tables.items():
        methods = {name: sign * x for name, x in table.items() if name not in rules}
        highest = np.max(list(methods.values()), axis=0)
        bar = np.max([sign * table[rule] for rule in rules], axis=0)
        best[kind] = {name: int((x >= highest).sum()) for name, x in methods.items()}
        beating[kind] = {name: int((x > bar).sum()) for name, x in methods.items()}
    return {
        "seeds": len(runs),
        "score": first["score"],
        "rules": rules,
        "scores": {kind: {name: spread(x) for name, x in table.items()} for kind, table in tables.items()},
        "best_counts": best,
        "beating_counts": beating,
    }
