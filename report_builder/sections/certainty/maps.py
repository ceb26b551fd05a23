"""Whether maps of the same pictures, and pictures of the same class, come out alike with every seed."""

from __future__ import annotations

import numpy as np

from report_builder.methods.stability import of_pairs, pairwise_cosine, pairwise_rank_correlation
from report_builder.pipeline.step import Values
from report_builder.sections.certainty.finished_sweep import Runs
from report_builder.sections.certainty.importance import of_two
from report_builder.sections.certainty.metrics import column, spread

METHODS = ("smooth_grad", "lime_image")
EXAMPLES = 5  # seeds whose maps of one picture are drawn
HENS = 10  # pictures of the class that are drawn


def seen(runs: Runs) -> tuple[Values, dict[str, np.ndarray]]:
    """What the step's values have under vision, and the arrays that its pages draw.

    Arrays, where there are two runs or more: <method>_similarity (n, runs, runs), the rank correlations of
    each picture; <method>_examples (2, k, s, s), maps in k seeds of the picture with the least similar maps
    and of the one with the most similar. hens (k, s, s, 3) uint8 with hen_seeds (k,).
    """
    first = runs.values[0]
    arrays: dict[str, np.ndarray] = {}
    values: Values = {
        "seeds": len(runs),
        "pictures": first["pictures"],
        "names": first["names"],
        "files": first["files"],
    }
    for method in METHODS:
        maps = runs.stacked(method)
        if maps is None or len(runs) < 2:
            continue
        ranks, cosines = similarities(maps)
        values[method] = _described(ranks, cosines, runs)
        chosen = [values[method]["examples"][key] for key in ("least", "most")]
        arrays[f"{method}_similarity"] = ranks.astype(np.float32)
        arrays[f"{method}_examples"] = maps[:EXAMPLES, chosen].swapaxes(0, 1)
    values["hens"] = {
        "class": first["hens"]["class"],
        "likeness": None,
        **{key: spread(column(runs, "hens", key)) for key in ("probability", "robust")},
    }
    hens = runs.stacked("hen")
    if hens is not None:
        values["hens"]["likeness"] = _likeness(hens)
        arrays |= {"hens": hens[:HENS], "hen_seeds": np.array(runs.seeds[:HENS])}
    return values, arrays


def similarities(maps: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Rank correlations and cosines (n, runs, runs) of maps (runs, n, s, s), picture by picture."""
    by_picture = [maps[:, i] for i in range(maps.shape[1])]
    ranks, cosines = (
        np.stack([compare(of_one) for of_one in by_picture])
        for compare in (pairwise_rank_correlation, pairwise_cosine)
    )
    return ranks, cosines


def mean_similarity(runs: Runs, method: str) -> Values | None:
    """Mean and lowest rank correlation of the maps of one picture in two seeds; None where there are none."""
    maps = runs.stacked(method)
    if maps is None or len(runs) < 2:
        return None
    pairs = np.stack([of_pairs(pairwise_rank_correlation(maps[:, i])) for i in range(maps.shape[1])])
    return {"mean": float(pairs.mean()), "low": float(pairs.min())}


def _described(ranks: np.ndarray, cosines: np.ndarray, runs: Runs) -> Values:
    """similarity: rank correlation of the maps of one picture in two seeds, its mean and lowest over all
    pairs and pictures; cosine: the same; each: the mean by picture. examples: places of the pictures drawn.
    """
    pairs = np.stack([of_pairs(matrix) for matrix in ranks])
    angles = np.stack([of_pairs(matrix) for matrix in cosines])
    each = pairs.mean(1)
    return {
        "similarity": {"mean": float(pairs.mean()), "low": float(pairs.min())},
        "cosine": {"mean": float(angles.mean()), "low": float(angles.min())},
        "each": each.tolist(),
        "examples": {
            "least": int(each.argmin()),
            "most": int(each.argmax()),
            "seeds": list(runs.seeds[:EXAMPLES]),
        },
    }


def _likeness(hens: np.ndarray) -> Values | None:
    """Rank correlation of the pixels (s, s, 3) of two seeds, channels about their means: mean and lowest."""
    pixels = hens.astype(np.float32)
    return of_two(pairwise_rank_correlation(pixels - pixels.mean((1, 2), keepdims=True)))
