"""The cells of the grid compared, and what choosing one of them on the test set would pretend."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from report_builder.pipeline.step import Values
from report_builder.sections.certainty.finished_sweep import Runs, Sweep
from report_builder.sections.certainty.importance import rank_correlation
from report_builder.sections.certainty.maps import METHODS as MAPS
from report_builder.sections.certainty.maps import mean_similarity
from report_builder.sections.certainty.metrics import column, scores, spread

NETWORKS = ("mlp", "nam")
EXPLANATIONS = ("lime", "shap")
CHOICE = {
    "validation_loss": -1,
    "validation_accuracy": 1,
}  # by the first that there is; 1: a high one is good
CHEAT = "test_accuracy"

Measures = dict[str, dict[int, np.ndarray]]  # measure -> cell -> (runs,)


def compared(sweep: Sweep) -> Values | None:
    """The cells; None where the sweep had no grid.

    model: whose metrics these are: "mlp" or "nam", "signals" (the mean of both networks), "own_cnn" (on its
    main split), None where no setting of the grid touches a training. measures: names of what the cells
    have, of the similarities those that the grid changes; a cell without it has None. by: the measure that
    `best` is chosen by. best, best_on_test: places of cells; gain: how much higher the mean test accuracy
    of the second is than of the first; optimism: by how much the test accuracy of a cell chosen on the test
    rows of one seed exceeds that of the cell chosen on its validation rows, mean over the seeds that no
    cell lost. All of these are None where they do not apply.
    """
    if not sweep.content["grid"]:
        return None
    settings = [axis["setting"] for axis in sweep.content["grid"]]
    model, part = _touched(settings, sweep.content["parts"])
    cells = range(len(sweep.cells))
    runs = {cell: sweep.runs(part, cell) for cell in cells} if part else {}
    found: Measures = {}
    for cell, own in runs.items():
        for name, x in _measured(own, model).items():
            found.setdefault(name, {})[cell] = x
    similar = _similar(sweep)
    measures = [*found, *similar]
    return {
        "settings": settings,
        "model": model,
        "measures": measures,
        "cells": [
            {
                "settings": dict(sweep.cells[cell]),
                "seeds": sweep.finished(cell),
                **{name: spread(per[cell]) if cell in per else None for name, per in found.items()},
                **{name: per.get(cell) for name, per in similar.items()},
            }
            for cell in cells
        ],
        **_chosen(found, runs),
    }


def _touched(settings: list[str], parts: list[str]) -> tuple[str | None, str | None]:
    """The model that the settings train, and its part of the study."""
    tables = {name.partition(".")[0] for name in settings}
    if "tabular" in parts:
        for model in NETWORKS:
            if model in tables:
                return model, "tabular"
        if "tabular" in tables:  # another split or balance: of the network that is explained
            return NETWORKS[0], "tabular"
    for part in ("signals", "own_cnn"):
        if part in parts and part in tables:
            return part, part
    return None, None


def _measured(runs: Runs, model: str | None) -> Mapping[str, np.ndarray]:
    """The measures of the model in the runs of a cell, each (runs,), without those that no run has."""
    found = scores(runs)
    if found is None:
        return {}
    if model in NETWORKS:
        tests = found.table[model]
        validation = {name: column(runs, "validation", str(model), name) for name in ("loss", "accuracy")}
    elif model == "signals":
        tests = {"accuracy": np.mean([x["accuracy"] for x in found.table.values()], axis=0)}
        validation = {
            "accuracy": np.mean(
                [column(runs, "validation", kind, "accuracy") for kind in found.table],
                axis=0,
            )
        }
    else:
        main = runs.values[0]["main"]
        # a folder without test pictures is measured on those that a cell is chosen by
        tests = {} if main == "validation" else found.table[main]
        validation = {name: column(runs, "validation", name) for name in ("loss", "accuracy")}
    every = {f"validation_{name}": x for name, x in validation.items()} | {
        f"test_{name}": x for name, x in tests.items()
    }
    return {name: x for name, x in every.items() if np.isfinite(x).any()}


def _similar(sweep: Sweep) -> dict[str, dict[int, Values]]:
    """How alike the explanations of each cell are over its seeds, by measure and cell, without those that no
    setting of the grid changes.
    """
    found: dict[str, dict[int, Values]] = {}
    origins: dict[str, list[Any]] = {}
    for cell in range(len(sweep.cells)):
        tabular, vision = sweep.runs("tabular", cell), sweep.runs("vision", cell)
        for method in EXPLANATIONS:
            if value := rank_correlation(tabular, method):
                name = f"{method}_rank_correlation"
                found.setdefault(name, {})[cell] = value
                origins.setdefault(name, []).append([run["importance"][method] for run in tabular.values])
        for method in MAPS:
            if value := mean_similarity(vision, method):
                name = f"{method}_similarity"
                found.setdefault(name, {})[cell] = value
                origins.setdefault(name, []).append(value)
    return {
        name: per for name, per in found.items() if any(each != origins[name][0] for each in origins[name])
    }


def _chosen(found: Measures, runs: Mapping[int, Runs]) -> Values:
    by = next((name for name in CHOICE if name in found), None)
    result: Values = dict.fromkeys(("by", "best", "best_on_test", "gain", "optimism"))
    if by is None:
        return result
    validation = {cell: CHOICE[by] * x for cell, x in found[by].items()}
    best = max(validation, key=lambda cell: np.nanmean(validation[cell]))
    result |= {"by": by, "best": best}
    if CHEAT not in found:
        return result
    tests = found[CHEAT]
    best_on_test = max(tests, key=lambda cell: (np.nanmean(tests[cell]), cell == best))
    gain = float(np.nanmean(tests[best_on_test]) - np.nanmean(tests[best]))
    return result | {
        "best_on_test": best_on_test,
        "gain": gain,
        "optimism": _optimism(validation, tests, runs),
    }


def _optimism(
    validation: Mapping[int, np.ndarray], tests: Mapping[int, np.ndarray], runs: Mapping[int, Runs]
) -> float | None:
    cells = [cell for cell in validation if cell in tests]
    common = set.intersection(*(set(runs[cell].seeds) for cell in cells))
    excess = []
    for seed in sorted(common):
        places = {cell: runs[cell].seeds.index(seed) for cell in cells}
        valid = [validation[cell][places[cell]] for cell in cells]
        test = [tests[cell][places[cell]] for cell in cells]
        if np.isfinite(valid).all() and np.isfinite(test).all():
            excess.append(max(test) - test[int(np.argmax(valid))])
    return float(np.mean(excess)) if excess else None
