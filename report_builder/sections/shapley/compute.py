"""Shapley values of the MLP's probability for all test rows."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from scipy.stats import spearmanr

from report_builder.methods.shapley import ShapleyValues, shapley_values
from report_builder.pipeline.step import Values, Work
from report_builder.sections.explained import Explained, chosen_rows, derived_seeds, tidy
from report_builder.sections.sampling import spaced
from report_builder.verdicts import MENTION_SHARE

PAIRS = 2  # of antithetic permutations per background row, where the values are sampled
SWARM_POINTS = 1000  # test rows in the beeswarm
MAX_DECIMALS = 15  # what double precision holds of a number near one


def explain(work: Work) -> Values:
    """Exact values up to the number of features that `shapley_values` allows, sampled permutations above."""
    explained = Explained(work)
    background_seed, sampling_seed = derived_seeds(work.settings["seed"], 2, purpose=2)
    size = min(work.settings["shapley.background"], len(explained.training))
    drawn = np.random.default_rng(background_seed).choice(len(explained.training), size, replace=False)
    drawn.sort()
    result = shapley_values(
        explained.predict, explained.test, explained.training[drawn.tolist()], seed=sampling_seed, pairs=PAIRS
    )
    values, predictions = result.values.numpy(), result.predictions.numpy()
    swarm = spaced(np.argsort(predictions, kind="stable"), SWARM_POINTS)
    work.save(
        values=values,
        base=np.array(result.base),
        predictions=predictions,
        background=drawn,
        swarm=np.sort(swarm),
    )
    names = explained.split.feature_names
    units = explained.split.in_units(explained.split.x_test)
    mean_abs = np.abs(values).mean(0)
    total = mean_abs.sum()
    error = float(np.abs(values.sum(1) + result.base - predictions).max())
    return {
        "base": result.base,
        "additivity_error": error,
        "equal_decimals": _equal_decimals(error),
        "estimator": result.estimator,
        "standard_error": _largest_error(result),
        "background": size,
        "mention_share": MENTION_SHARE,
        "coalitions": 2 ** len(names),
        "test_rows": len(values),
        **({"swarm": len(swarm)} if len(swarm) < len(values) else {}),  # where they are sampled
        "evaluations": {"all": explained.evaluations, "one": explained.evaluations / len(values)},
        "mean_abs": dict(zip(names, mean_abs.tolist(), strict=True)),
        "share": dict(zip(names, (mean_abs / total if total > 0 else mean_abs).tolist(), strict=True)),
        "ranking": [names[j] for j in np.argsort(-mean_abs, kind="stable")],
        "direction": {name: direction(units[:, j], values[:, j]) for j, name in enumerate(names)},
        "samples": [_sample(result, row, units[row], names) for row in chosen_rows(work.needs["chosen"])],
    }


def direction(feature: np.ndarray, attribution: np.ndarray) -> float | None:
    """Spearman correlation of a feature with its attribution, both (n,); None where one is constant."""
    if np.ptp(feature) == 0 or np.ptp(attribution) == 0:
        return None
    return float(spearmanr(feature, attribution).statistic)


def _equal_decimals(error: float) -> int:
    """Decimals after the point to which two numbers this far apart are equal, at most double precision's."""
    return MAX_DECIMALS if error == 0 else max(0, min(MAX_DECIMALS, math.floor(-math.log10(2 * error))))


def _largest_error(result: ShapleyValues) -> float | None:
    return None if result.standard_error is None else float(result.standard_error.max())


def _sample(result: ShapleyValues, row: int, units: np.ndarray, names: Sequence[str]) -> Values:
    """One explained sample; its features from the largest attribution to the smallest."""
    values = result.values[row].numpy()
    total = np.abs(values).sum()
    return {
        "index": row,
        "prediction": float(result.predictions[row]),
        "difference": float(result.predictions[row]) - result.base,
        "features": [
            {
                "name": names[j],
                "shap": float(values[j]),
                "share": float(abs(values[j]) / total) if total > 0 else 0.0,
                "value": tidy(units[j]),
            }
            for j in np.argsort(-np.abs(values), kind="stable")
        ],
    }
