"""What a finished sweep says of the report: how much is luck of the seed, and what comes out again."""

from __future__ import annotations

import numpy as np

from report_builder.pipeline.step import Values, Work
from report_builder.sections.certainty import grid, pairs
from report_builder.sections.certainty.bands import bands
from report_builder.sections.certainty.finished_sweep import Sweep
from report_builder.sections.certainty.importance import explained
from report_builder.sections.certainty.maps import seen
from report_builder.sections.certainty.metrics import Scores, scores
from report_builder.sections.certainty.signal_scores import relevance_scores
from report_builder.verdicts import CONFIDENCE_LEVEL

# By the name in the values: the part of the trials that has the metrics; whether of the reference protocol
MEASURED = {
    "tabular": ("tabular", False),
    "reference": ("tabular", True),
    "signals": ("signals", False),
    "own_cnn": ("own_cnn", False),
}
COMPARED = ("tabular", "signals")  # parts whose models are compared in pairs


def measure(work: Work) -> Values:
    """All of it is of the main cell, but for the grid. Keys of a part that no run gave are left out.

    A seed changes the split, the initial weights and all draws at once; `ceiling` alone keeps the model and
    changes LIME's draws. With one run there is a mean and nothing that two runs are needed for: None.

    Arrays: those of `bands` and `seen`. runs.npz: those of `Scores.arrays`.
    """
    sweep = Sweep(work.files["sweep"], work.files["sweep_arrays"])
    content, main = sweep.content, sweep.main
    measured = {
        name: found
        for name, (part, reference) in MEASURED.items()
        if (found := scores(sweep.runs(part, main), reference))
    }
    compared = {name: pairs.compared(measured[name]) for name in COMPARED if name in measured}
    values: Values = {
        "seeds": len(content["seeds"]),
        "cells": len(content["cells"]),
        "trials": len(content["trials"]),
        "failed": sweep.failures(),
        "parts": content["parts"],
        "main": {
            "index": main,
            "settings": content["cells"][main],
            "own": content["main_is_own"],
            "seeds": sweep.finished(main),
        },
        "level": CONFIDENCE_LEVEL,
        "data": {name: found.source() for name, found in measured.items()},
        "metrics": {name: found.values() for name, found in measured.items()},
        "pairs": compared,
        "told_apart": [each for name, found in compared.items() for each in pairs.told_apart(name, found)],
        "grid": grid.compared(sweep),
    }
    further, arrays = _further(sweep)
    work.save(**arrays)
    work.save("runs", **_runs(measured))
    return values | further


def _further(sweep: Sweep) -> tuple[Values, dict[str, np.ndarray]]:
    """What the explanations of each part give, and the arrays."""
    values: Values = {}
    arrays: dict[str, np.ndarray] = {}
    if len(tabular := sweep.runs("tabular", sweep.main)):
        values |= explained(tabular)
        dependence, curves = bands(tabular)
        if dependence is not None:
            values["dependence"] = dependence
        arrays |= curves
    if len(vision := sweep.runs("vision", sweep.main)):
        values["vision"], maps = seen(vision)
        arrays |= maps
    if len(signals := sweep.runs("signals", sweep.main)):
        values["signals"] = relevance_scores(signals)
    return values, arrays


def _runs(measured: dict[str, Scores]) -> dict[str, np.ndarray]:
    return {key: x for name, found in measured.items() for key, x in found.arrays(name).items()}
