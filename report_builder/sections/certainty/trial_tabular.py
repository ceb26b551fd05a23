"""A run of the tabular part, reduced to what runs are compared by."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch

from report_builder.datasets.cleaning import missing_mask
from report_builder.datasets.table import Table
from report_builder.methods.dependence import dependence
from report_builder.models.nam import NAM
from report_builder.models.weights import load_weights
from report_builder.pipeline.step import Values, Work
from report_builder.sections.explained import Explained
from report_builder.sections.zero_columns import zero_columns

NETWORKS, BASELINES = ("mlp", "nam"), ("logistic", "forest")
MEASURES = ("spearman", "sign", "top3_jaccard")
POINTS = 40
PERCENTILES = (5, 95)


def reduce(work: Work) -> Values:
    """Metrics of the four models in both protocols, importance, directions, agreement.

    Arrays: grid (d, g) in the table's units, the same for every seed; pdp_mlp, pdp_nam (d, g), partial
    dependence over the test rows, in probability. rows: real ones; reference_rows: all of its parts, which
    are drawn from real and synthetic rows alike.
    """
    needs = {name: saved.values for name, saved in work.needs.items()}
    explained = Explained(work)
    names = explained.split.feature_names
    grid = table_grid(work)
    work.save(grid=grid, **{f"pdp_{name}": curves for name, curves in _curves(work, explained, grid).items()})
    sizes, features = needs["split"]["sizes"], needs["agreement"]["features"]
    return {
        "features": list(names),
        "rows": {part: sizes[part] for part in ("train", "validation", "test")},
        "reference_rows": needs["reference.mlp"]["rows"],
        "metrics": _metrics(needs, ""),
        "reference": _metrics(needs, "reference."),
        "validation": {
            name: {
                "loss": needs[name]["final"]["validation_loss"],
                "accuracy": needs[name]["final"]["validation_accuracy"],
            }
            for name in NETWORKS
        },
        "importance": {
            "shap": needs["shapley"]["mean_abs"],
            "lime": needs["lime"]["mean_abs"],
            "nam": needs["nam"]["importance"],
        },
        "direction": {
            method: {name: features[name][f"{method}_direction"] for name in names}
            for method in ("shap", "lime")
        },
        "data": "simulated" if needs["table"]["origin"] == "standin" else "resampled",
        "agreement": {name: needs["agreement"][name] for name in MEASURES},
        "ceiling": {name: needs["agreement"]["ceiling"][name] for name in MEASURES},
    }


def table_grid(work: Work) -> np.ndarray:
    """(d, g): equal steps between two percentiles of every column of the cleaned table, in its units.

    Of the measured values, as what fills a missing one depends on the seed; from the smallest to the
    largest where both percentiles coincide.
    """
    table = Table.from_arrays(work.needs["table"].arrays("table"))
    cleaned = table.take(work.needs["split"].arrays()["kept_rows"])
    missing = missing_mask(cleaned, zero_columns(work.settings, cleaned.feature_names).missing)
    missing &= ~missing.all(axis=0)  # a column without a measured value is left as it is
    ends = []
    for column, gaps in zip(cleaned.features.T, missing.T, strict=True):
        measured = column[~gaps]
        low, high = np.percentile(measured, PERCENTILES)
        ends.append((low, high) if low < high else (measured.min(), measured.max()))
    low, high = np.array(ends).T
    grid: np.ndarray = np.linspace(low, high, POINTS, axis=1)
    return grid


def _curves(work: Work, explained: Explained, grid: np.ndarray) -> dict[str, np.ndarray]:
    split, settings = explained.split, work.settings
    nam = NAM(len(grid), hidden=tuple(settings["nam.hidden"]))
    load_weights(nam, work.needs["nam"].file("weights.npz"))
    nam.to(work.device).eval()
    standardised = (grid - split.means[:, None]) / split.stds[:, None]
    grids = [torch.from_numpy(points) for points in standardised]
    models = {"mlp": explained.predict, "nam": nam.probability}
    return {
        name: np.stack([curve.average.numpy() for curve in dependence(model, explained.test, grids=grids)])
        for name, model in models.items()
    }


def _metrics(needs: Mapping[str, Mapping[str, Any]], prefix: str) -> Values:
    networks = {name: needs[f"{prefix}{name}"]["test"] for name in NETWORKS}
    return networks | {name: needs[f"{prefix}baselines"][name]["test"] for name in BASELINES}
