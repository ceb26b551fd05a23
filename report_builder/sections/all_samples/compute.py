"""What the explanations of all test samples look like together."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from report_builder.pipeline.step import Values, Work
from report_builder.sections.sampling import spaced

MOST_ROWS = 400  # of the atlas: more are thinner than a printed line
MOST_EXPLORED = 2000  # of the explorer, whose data are a part of the page: some 300 bytes each


def summarise(work: Work) -> Values:
    """Summaries by outcome and by feature over all rows.

    Arrays: rows, those of the atlas, from the most to the least probable; explored, those of the explorer,
    ascending, in which the chosen samples are. Where they are not all rows, they are evenly spaced in the
    order of the probability.
    """
    split, lime, shap = (work.needs[step].arrays() for step in ("split", "lime", "shapley"))
    names = [str(name) for name in split["feature_names"]]
    predictions, labels = shap["predictions"], split["y_test"]
    order = np.argsort(-predictions, kind="stable")
    chosen = [row["index"] for row in work.needs["chosen"].values["rows"]]
    explored = np.union1d(spaced(order, MOST_EXPLORED), chosen)
    work.save(rows=spaced(order, MOST_ROWS), explored=explored)
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
        **({"explored": len(explored)} if len(explored) < len(predictions) else {}),  # where they are sampled
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
