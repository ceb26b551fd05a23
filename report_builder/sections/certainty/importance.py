"""Whether the same features come out as important, and in the same direction, with every seed."""

from __future__ import annotations

import numpy as np
from scipy.stats import rankdata

from report_builder.methods.stability import (
    minority_share,
    of_pairs,
    pairwise_rank_correlation,
    pairwise_top_overlap,
)
from report_builder.pipeline.step import Values
from report_builder.sections.certainty.finished_sweep import Runs
from report_builder.sections.certainty.metrics import column, spread

TOP = 3  # at most: a table may have fewer features
MEASURES = ("spearman", "sign", "top3_jaccard")


def explained(runs: Runs) -> Values:
    """What the step's values have under importance, sign_flips, agreement and ceiling."""
    names: list[str] = list(runs.values[0]["features"])
    first = runs.values[0]
    directions = {method: _directions(runs, method, names) for method in first["direction"]}
    return {
        "features": names,
        "top": min(TOP, len(names)),
        "importance": {
            method: _method(_importance(runs, method, names), directions.get(method), names)
            for method in first["importance"]
        },
        "sign_flips": {
            method: dict(zip(names, _or_none(minority_share(signed)), strict=True))
            for method, signed in directions.items()
        },
        **{
            key: {name: spread(column(runs, key, name)) for name in MEASURES}
            for key in ("agreement", "ceiling")
        },
    }


def rank_correlation(runs: Runs, method: str) -> Values | None:
    """Mean and lowest rank correlation of the importance in two seeds; None for fewer than two."""
    if len(runs) < 2:
        return None
    return of_two(pairwise_rank_correlation(_importance(runs, method, list(runs.values[0]["features"]))))


def of_two(matrix: np.ndarray) -> Values | None:
    """Mean and lowest entry of a matrix of similarities that compares two runs; None for fewer than two."""
    pairs = of_pairs(matrix)
    return {"mean": float(pairs.mean()), "low": float(pairs.min())} if len(pairs) else None


def _method(sizes: np.ndarray, signed: np.ndarray | None, names: list[str]) -> Values:
    """One method, of sizes (runs, d) and, where there are any, directions (runs, d).

    rank 1 is the most important feature; equal sizes share the better rank. share: of the sum over the
    features.
    """
    top = min(TOP, len(names))
    ranks = rankdata(-sizes, axis=1, method="min").astype(int)
    totals = sizes.sum(1, keepdims=True)
    shares = np.divide(sizes, totals, out=np.zeros_like(sizes), where=totals > 0)
    overlap = of_pairs(pairwise_top_overlap(sizes, top=top))
    leading = np.argsort(-sizes, axis=1, kind="stable")[:, :top]
    return {
        "rank_correlation": of_two(pairwise_rank_correlation(sizes)),
        "top3_overlap": float(overlap.mean()) if len(overlap) else None,
        "top3_counts": {name: int((leading == j).sum()) for j, name in enumerate(names)},
        "features": {
            name: {
                "mean_rank": float(ranks[:, j].mean()),
                "best_rank": int(ranks[:, j].min()),
                "worst_rank": int(ranks[:, j].max()),
                "share_mean": float(shares[:, j].mean()),
                "share_sd": float(shares[:, j].std(ddof=1)) if len(shares) > 1 else None,
                "positive": None if signed is None else int((signed[:, j] > 0).sum()),
                "negative": None if signed is None else int((signed[:, j] < 0).sum()),
            }
            for j, name in enumerate(names)
        },
    }


def _importance(runs: Runs, method: str, names: list[str]) -> np.ndarray:
    return np.array([[values["importance"][method][name] for name in names] for values in runs.values])


def _directions(runs: Runs, method: str, names: list[str]) -> np.ndarray:
    """(runs, d), NaN where a run has none."""
    found = [[values["direction"][method][name] for name in names] for values in runs.values]
    return np.array(found, dtype=np.float64)  # None becomes NaN


def _or_none(values: np.ndarray) -> list[float | None]:
    return [float(value) if np.isfinite(value) else None for value in values]
