"""What the explanations of all test samples look like together."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from report_builder.pipeline.step import Values, Work

MOST_ROWS = 400  # more rows than this are thinner than a printed line, and make the page's data large


def summarise(work: Work) -> Values:
    """Which rows are shown and in which order, and summaries by outcome and by feature over all rows."""
    split, lime, shap = (work.needs[step].arrays() for step in ("split", "lime", "shapley"))
    names = [str(name) for name in split["feature_names"]]
    predictions, labels = shap["predictions"], split["y_test"]
    work.save(rows=spaced(np.argsort(-predictions, kind="stable"), MOST_ROWS))
    correct = {1: "true", 0: "false"}
    sides = {1: "positive", 0: "negative"}
    predicted = (predictions >= 0.5).astype(int)
    groups = {
        f"{correct[int(right)]}_{sides[side]}": (predicted == side) & ((predicted == labels) == right)
        for side in (1, 0)
        for right in (True, False)
    }
    return {
        "rows": len(predictions),
        "shown": min(len(predictions), MOST_ROWS),
        "groups": {key: _group(members, names, predictions, lime, shap) for key, members in groups.items()},
        "leaders": {
            name: {
                "shap": _share_of_lead(shap["values"], j),
                "lime": _share_of_lead(lime["coefficients"], j),
                "shap_positive": float((shap["values"][:, j] > 0).mean()),
                "lime_positive": float((lime["coefficients"][:, j] > 0).mean()),
            }
            for j, name in enumerate(names)
        },
        "same_leader": float((_leader(shap["values"]) == _leader(lime["coefficients"])).mean()),
    }


def spaced(order: np.ndarray, most: int) -> np.ndarray:
    """At most so many entries of `order` (n,), evenly spaced and with both ends."""
    if len(order) <= most:
        return order
    kept: np.ndarray = order[np.linspace(0, len(order) - 1, most).round().astype(int)]
    return kept


def _leader(attributions: np.ndarray) -> np.ndarray:
    leader: np.ndarray = np.abs(attributions).argmax(axis=1)
    return leader


def _share_of_lead(attributions: np.ndarray, feature: int) -> float:
    return float((_leader(attributions) == feature).mean())


def _group(
    members: np.ndarray,
    names: Sequence[str],
    predictions: np.ndarray,
    lime: dict[str, np.ndarray],
    shap: dict[str, np.ndarray],
) -> Values:
    """Size, mean probability and R^2, each method's feature of largest mean attribution; None if empty."""
    if not members.any():
        return {"count": 0, "probability": None, "r2": None, "lime": None, "shap": None}
    means = {"lime": lime["coefficients"][members].mean(0), "shap": shap["values"][members].mean(0)}
    return {
        "count": int(members.sum()),
        "probability": float(predictions[members].mean()),
        "r2": float(lime["r2"][members].mean()),
        **{
            method: {"name": names[int(np.abs(mean).argmax())], "mean": float(mean[np.abs(mean).argmax()])}
            for method, mean in means.items()
        },
    }
