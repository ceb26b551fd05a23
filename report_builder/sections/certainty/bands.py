"""Partial dependence over the seeds: the mean curve with the band that most seeds stay in."""

from __future__ import annotations

import numpy as np

from report_builder.pipeline.step import Values
from report_builder.sections.certainty.finished_sweep import Runs

MODELS = ("mlp", "nam")
BAND = (2.5, 97.5)  # percentiles over the seeds


def bands(runs: Runs) -> tuple[Values | None, dict[str, np.ndarray]]:
    """By model and feature how wide the band is; None without curves on one grid.

    width: of the band, mean over the grid; range: of the mean curve; ratio: the first over the second, None
    for a flat curve. width and ratio are None with one seed. Arrays: grid (d, g) in the table's units, and
    of each model <model>_mean, <model>_low, <model>_high (d, g) in probability.
    """
    grids = runs.stacked("grid")
    curves = {model: runs.stacked(f"pdp_{model}") for model in MODELS}
    found = {model: c for model, c in curves.items() if c is not None}
    if grids is None or len(found) < len(MODELS) or (grids != grids[0]).any():
        return None, {}
    arrays: dict[str, np.ndarray] = {"grid": grids[0]}
    for model, each in found.items():
        arrays[f"{model}_mean"] = each.mean(0)
        arrays[f"{model}_low"], arrays[f"{model}_high"] = np.percentile(each, BAND, axis=0)
    names = runs.values[0]["features"]
    values: Values = {
        model: {name: _described(arrays, model, j, len(runs)) for j, name in enumerate(names)}
        for model in found
    }
    return values, arrays


def _described(arrays: dict[str, np.ndarray], model: str, j: int, seeds: int) -> Values:
    width = float((arrays[f"{model}_high"][j] - arrays[f"{model}_low"][j]).mean()) if seeds > 1 else None
    reach = float(np.ptp(arrays[f"{model}_mean"][j]))
    ratio = width / reach if width is not None and reach > 0 else None
    return {"width": width, "range": reach, "ratio": ratio}
