"""The samples that the report explains one by one, and LIME for them and for all test rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
import torch

from report_builder.errors import InputError
from report_builder.methods.lime import RIDGE, LimeExplanation, explain_each, explain_rows
from report_builder.pipeline.step import Values, Work
from report_builder.sections.explained import Explained, chosen_rows, derived_seeds, tidy
from report_builder.verdicts import MENTION_SHARE

MAX_SAMPLES = 5  # their panels share one page


def choose(work: Work) -> Values:
    """The samples by the settings, or by rule: the most and the least probable row, the nearest to a half.

    Raises InputError for rows that there are not, for none, for too many and for one named twice.
    """
    explained = Explained(work)
    with torch.no_grad():
        probability = explained.predict(explained.test).cpu().double().numpy()
    picks = pick(probability, work.settings["explain.samples"])
    units = explained.units([row for row, _ in picks])
    target = explained.split.y_test
    return {
        "rows": [
            {
                "index": row,
                "rule": rule,
                "probability": float(probability[row]),
                "label": int(target[row]),
                "predicted": int(probability[row] >= 0.5),
                "values": [tidy(value) for value in values],
            }
            for (row, rule), values in zip(picks, units, strict=True)
        ],
        "features": list(explained.split.feature_names),
        "test_rows": len(target),
    }


def pick(probability: np.ndarray, samples: Sequence[int] | Literal["rule"]) -> list[tuple[int, str]]:
    """Rows of `probability` (n,) with the name of the rule that chose each; see `choose`."""
    if samples == "rule":
        rules = {
            "positive": -probability,
            "negative": probability,
            "borderline": np.abs(probability - 0.5),
        }
        rows: dict[int, str] = {}
        for rule, rank in rules.items():
            free = [int(row) for row in np.argsort(rank, kind="stable") if int(row) not in rows]
            if free:
                rows[free[0]] = rule
        return list(rows.items())
    indices = [int(row) for row in samples]
    if not 1 <= len(indices) <= MAX_SAMPLES:
        raise InputError(f"explain.samples names {len(indices)} test rows; name 1 to {MAX_SAMPLES}.")
    for row in indices:
        if not 0 <= row < len(probability):
            raise InputError(
                f"explain.samples = {indices}: there is no test row {row}; "
                f"they go from 0 to {len(probability) - 1}."
            )
        if indices.count(row) > 1:
            raise InputError(f"explain.samples = {indices}: the test row {row} is named twice.")
    return [(row, "setting") for row in indices]


def explain(work: Work) -> Values:
    """The chosen samples with perturbations of their own; all test rows with one shared set."""
    explained = Explained(work)
    options = neighbourhood(work, explained)
    rows = chosen_rows(work.needs["chosen"])
    seeds = derived_seeds(work.settings["seed"], len(rows) + 1, purpose=1)
    each = explain_each(
        explained.predict, explained.test[rows], explained.training, seeds=seeds[1:], **options
    )
    each_evaluations, explained.evaluations = explained.evaluations, 0
    shared = explain_rows(explained.predict, explained.test, explained.training, seed=seeds[0], **options)
    shared_evaluations = explained.evaluations
    library = explain_rows(
        explained.predict, explained.test, explained.training, seed=seeds[0], library_sampler=True, **options
    )
    work.save(
        coefficients=shared.coefficients.numpy(),
        intercept=shared.intercept.numpy(),
        local_prediction=shared.local_prediction.numpy(),
        prediction=shared.prediction.numpy(),
        r2=shared.r2.numpy(),
    )
    names = explained.split.feature_names
    means, stds = explained.split.means, explained.split.stds
    units = explained.units(rows)
    return {
        "samples": [_sample(each, i, row, units[i], names, means, stds) for i, row in enumerate(rows)],
        "r2": {
            "mean": float(shared.r2.mean()),
            "lowest": float(shared.r2.min()),
            "highest": float(shared.r2.max()),
        },
        "local_error": float((shared.local_prediction - shared.prediction).abs().mean()),
        "mean_abs": dict(zip(names, shared.coefficients.abs().mean(0).tolist(), strict=True)),
        "kernel_width": options["kernel_width"],
        "ridge": RIDGE,
        "mention_share": MENTION_SHARE,
        "training_rows": len(explained.training),
        "evaluations": {"one": each_evaluations // len(rows), "all": shared_evaluations},
        "sampler": _sampler_fault(explained.training.cpu().double().numpy(), names, shared, library),
    }


def neighbourhood(work: Work, explained: Explained) -> dict[str, Any]:
    """The settings of LIME as arguments of its functions."""
    return {
        "samples": work.settings["lime.perturbations"],
        "kernel_width": work.settings["lime.kernel_width"] * len(explained.split.feature_names) ** 0.5,
    }


def _sample(
    explanation: LimeExplanation,
    i: int,
    row: int,
    units: np.ndarray,
    names: Sequence[str],
    means: np.ndarray,
    stds: np.ndarray,
) -> Values:
    """One explained sample; its features from the largest weight to the smallest."""
    weights = explanation.coefficients[i].numpy()
    total = np.abs(weights).sum()
    features = []
    for j in np.argsort(-np.abs(weights), kind="stable"):
        feature: Values = {
            "name": names[j],
            "weight": float(weights[j]),
            "share": float(abs(weights[j]) / total) if total > 0 else 0.0,
            "value": tidy(units[j]),
        }
        condition = explanation.conditions[i][j]
        for end, bound in (("low", condition.lower), ("high", condition.upper)):
            feature[end] = None if bound is None else tidy(bound * stds[j] + means[j])
            feature[f"{end}_standardised"] = bound
        features.append(feature)
    return {
        "index": row,
        "r2": float(explanation.r2[i]),
        "intercept": float(explanation.intercept[i]),
        "local_prediction": float(explanation.local_prediction[i]),
        "prediction": float(explanation.prediction[i]),
        "error": float((explanation.local_prediction[i] - explanation.prediction[i]).abs()),
        "features": features,
    }


def _sampler_fault(
    training: np.ndarray, names: Sequence[str], ours: LimeExplanation, library: LimeExplanation
) -> Values:
    """How much the fault of lime 0.2.0.1 touches on these data.

    Its sampler errs in a quartile bin with one value only, unless that value is zero: in the lowest bin,
    where at least a quarter of the rows share the least value.
    """
    least = training.min(0)
    first_edge = np.percentile(training, 25, axis=0)
    share = np.where((least == first_edge) & (least != 0), (training == least).mean(0), 0.0)
    return {
        "affected": {name: float(part) for name, part in zip(names, share, strict=True) if part > 0},
        "mean_share": float(share.mean()),
        "mean_change": float((ours.coefficients - library.coefficients).abs().mean()),
        "largest_change": float((ours.coefficients - library.coefficients).abs().max()),
    }
