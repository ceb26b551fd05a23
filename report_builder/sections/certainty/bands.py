"""Partial dependence over the seeds: the mean curve with the band that most seeds stay in."""

from __future__ import annotations

import numpy as np

from report_builder.pipeline.step import Values
from report_builder.sections.certainty.finished_sweep import Runs

MODELS = ("mlp", "nam")
BAND = (2.5, 97.5)  # percentiles over the seeds


def bands(runs: Runs) -> tuple[Values | None, dict[str, np.ndarray]]:
    """By model and feature how wide the band is; None without curves over values that all runs
    have in common.

    width: of the band, mean over the grid; range: of the mean curve; ratio: the first over the second, None
    for a flat curve. width and ratio are None with one seed. Arrays: grid (d, g) in the table's units, and
    of each model <model>_mean, <model>_low, <model>_high (d, g) in probability.
    """
    grids = runs.stacked("grid")
    curves = {model: runs.stacked(f"pdp_{model}") for model in MODELS}
    found = {model: c for model, c in curves.items() if c is not None}
    if grids is None or len(found) < len(MODELS):
        return None, {}
    if (grids != grids[0]).any():  # a table that every seed draws anew
        grid = np.linspace(grids[:, :, 0].max(0), grids[:, :, -1].min(0), grids.shape[-1], axis=1)
        if (grid[:, 0] >= grid[:, -1]).any():
            return None, {}
        found = {model: _on(grid, grids, each) for model, each in found.items()}
        grids = grid[None]
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


def _on(grid: np.ndarray, grids: np.ndarray, curves: np.ndarray) -> np.ndarray:
    """Curves (runs, d, g) over grids of their own, read off at the points of one grid (d, g)."""
    return np.array(
        [
            [np.interp(*points) for points in zip(grid, own, of_run, strict=True)]
            for own, of_run in zip(grids, curves, strict=True)
        ]
    )


def _described(arrays: dict[str, np.ndarray], model: str, j: int, seeds: int) -> Values:
    width = float((arrays[f"{model}_high"][j] - arrays[f"{model}_low"][j]).mean()) if seeds > 1 else None
    reach = float(np.ptp(arrays[f"{model}_mean"][j]))
    ratio = width / reach if width is not None and reach > 0 else None
    return {"width": width, "range": reach, "ratio": ratio}
