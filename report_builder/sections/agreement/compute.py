"""How far LIME and SHAP agree with each other and with the data, and which of them is more accurate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from scipy.stats import rankdata, spearmanr

from report_builder.methods.agreement import Agreement, agreement, mean_with_interval, target_correlation
from report_builder.methods.faithfulness import deletion_curves, deletion_error, deletion_score, support_order
from report_builder.methods.lime import Condition, explain_rows
from report_builder.pipeline.step import Values, Work
from report_builder.sections.explained import Explained, chosen_rows, derived_seeds
from report_builder.verdicts import negligible

RANDOM_ORDERS = 10
PAIRS_AT_ONCE = 2**17  # of an explained row and a background row whose conditions are looked at together


def compare(work: Work) -> Values:
    """All measures of agreement and of accuracy, over all test rows and for the chosen samples."""
    explained = Explained(work)
    names = explained.split.feature_names
    lime, shap = work.needs["lime"].arrays(), work.needs["shapley"].arrays()
    lime_seed, bootstrap_seed, order_seed, background_seed = derived_seeds(
        work.settings["seed"], 4, purpose=3
    )
    again = explain_rows(
        explained.predict,
        explained.test,
        explained.training,
        seed=lime_seed,
        samples=work.settings["lime.perturbations"],
        kernel_width=work.settings["lime.kernel_width"] * len(names) ** 0.5,
    )
    draws = work.settings["evaluation.bootstrap_draws"]
    top = min(3, len(names))
    both = agreement(lime["coefficients"], shap["values"], seed=bootstrap_seed, top=top, resamples=draws)
    ceiling = agreement(
        lime["coefficients"], again.coefficients.numpy(), seed=bootstrap_seed, top=top, resamples=draws
    )
    deletion = _Deletion(explained, lime, shap, again.conditions, order_seed, background_seed)
    rows = chosen_rows(work.needs["chosen"])
    work.save(
        lime_again=again.coefficients.numpy(),
        **{f"curve_{key}": curves for key, curves in deletion.curves.items()},
    )
    return {
        **_point(both),
        "intervals": _intervals(both),
        "top": top,
        "ceiling": {**_point(ceiling), "intervals": _intervals(ceiling)},
        **_features(explained, lime["coefficients"], shap["values"]),
        "features_count": len(names),
        "samples": [_sample(row, lime["coefficients"][row], shap["values"][row], top) for row in rows],
        "cost_ratio": {
            key: work.needs["shapley"].values["evaluations"][key]
            / work.needs["lime"].values["evaluations"][key]
            for key in ("one", "all")
        },
        "accuracy": deletion.values(work, rows, bootstrap_seed, draws),
    }


def _point(found: Agreement) -> Values:
    return {
        "spearman": found.spearman.value,
        "sign": found.sign.value,
        "top3_jaccard": found.jaccard.value,
    }


def _intervals(found: Agreement) -> dict[str, list[float]]:
    return {
        "spearman": [found.spearman.low, found.spearman.high],
        "sign": [found.sign.low, found.sign.high],
        "top3_jaccard": [found.jaccard.low, found.jaccard.high],
    }


def _sample(row: int, lime: np.ndarray, shap: np.ndarray, top: int) -> Values:
    """Features of one row with the same sign in both explanations, and how many of the top are shared."""
    first, second = (set(np.argsort(-np.abs(a), kind="stable")[:top].tolist()) for a in (lime, shap))
    return {
        "index": row,
        "same_signs": int((np.sign(lime) == np.sign(shap)).sum()),
        "shared_top": len(first & second),
    }


def _features(explained: Explained, lime: np.ndarray, shap: np.ndarray) -> Values:
    """Per feature: correlation with the target, mean sizes, directions and ranks; None where undefined.

    The correlation is taken over the real training rows, from which the model learned. The direction of a
    method is the rank correlation of the feature with its attribution over the test rows.
    """
    split, names = explained.split, explained.split.feature_names
    real = ~split.train_synthetic
    correlation = target_correlation(split.x_train[real], split.y_train[real])
    sizes = {
        "correlation": np.nan_to_num(np.abs(correlation)),
        "lime": np.abs(lime).mean(0),
        "shap": np.abs(shap).mean(0),
    }
    ranks = {key: rankdata(-size, method="min").astype(int) for key, size in sizes.items()}
    directions = {
        "correlation": [None if np.isnan(r) else float(r) for r in correlation],
        "lime": [_direction(split.x_test[:, j], lime[:, j]) for j in range(len(names))],
        "shap": [_direction(split.x_test[:, j], shap[:, j]) for j in range(len(names))],
    }
    features = {
        name: {
            **{f"{key}_rank": int(ranks[key][j]) for key in sizes},
            **{f"{key}_direction": directions[key][j] for key in ("lime", "shap")},
            "lime_mean_abs": float(sizes["lime"][j]),
            "shap_mean_abs": float(sizes["shap"][j]),
            "signs": _signs([directions[key][j] for key in directions]),
        }
        for j, name in enumerate(names)
    }
    pairs = (("lime", "shap"), ("lime", "correlation"), ("shap", "correlation"))
    return {
        "correlation": dict(zip(names, directions["correlation"], strict=True)),
        "features": features,
        "most_disputed": max(features, key=lambda name: _rank_range(features[name])),
        "same_sign": sum(feature["signs"] == "same" for feature in features.values()),
        "rank_correlation": {f"{a}_{b}": _direction(sizes[a], sizes[b]) for a, b in pairs},
    }


def _rank_range(feature: Mapping[str, Any]) -> int:
    """How many places lie between the best and the worst rank that a feature has."""
    ranks: list[int] = [feature["lime_rank"], feature["shap_rank"], feature["correlation_rank"]]
    return max(ranks) - min(ranks)


def _direction(first: np.ndarray, second: np.ndarray) -> float | None:
    """Spearman correlation of two (n,) arrays; None where one of them is constant."""
    if np.ptp(first) == 0 or np.ptp(second) == 0:
        return None
    return float(spearmanr(first, second).statistic)


def _signs(correlations: Sequence[float | None]) -> str:
    """Whether they all have one sign: "same", "different", or "unclear" where one has none to speak of."""
    if any(value is None or negligible(value) for value in correlations):
        return "unclear"
    return (
        "same" if len({np.sign(value) for value in correlations if value is not None}) == 1 else "different"
    )


class _Deletion:
    """Deletion with the orders of both methods and with random ones, for all test rows.

    The values that stand for a deleted feature are of training rows that SHAP did not have as background,
    where there are enough of them, so that SHAP is not judged by the very draws that it was computed from.
    """

    def __init__(
        self,
        explained: Explained,
        lime: Mapping[str, np.ndarray],
        shap: Mapping[str, np.ndarray],
        conditions: Sequence[Sequence[Condition]],
        order_seed: int,
        background_seed: int,
    ) -> None:
        free = np.setdiff1d(np.arange(len(explained.training)), shap["background"])
        size = len(shap["background"])
        self.fresh = len(free) >= size
        pool = free if self.fresh else np.arange(len(explained.training))
        drawn = np.random.default_rng(background_seed).choice(pool, size, replace=False)
        background = explained.training[drawn.tolist()]
        attributions = {"lime": lime["coefficients"], "shap": shap["values"]}
        self.predictions = shap["predictions"]
        self.local = {"lime": lime["local_prediction"], "shap": shap["values"].sum(1) + shap["base"]}
        self.orders = {k: support_order(a, self.predictions) for k, a in attributions.items()}
        self.curves = {
            k: deletion_curves(explained.predict, explained.test, background, order)
            for k, order in self.orders.items()
        }
        random = np.random.default_rng(order_seed)
        shape = (RANDOM_ORDERS, *explained.test.shape)
        shuffled = [
            deletion_curves(explained.predict, explained.test, background, order)
            for order in random.random(shape).argsort(-1)
        ]
        self.curves["random"] = np.mean(shuffled, axis=0)
        self.scores = {k: deletion_score(curves) for k, curves in self.curves.items()}
        self.errors = {
            "lime": deletion_error(
                self.curves["lime"],
                lime["coefficients"] * share_leaving(conditions, background.cpu().double().numpy()),
                self.orders["lime"],
            ),
            "shap": deletion_error(self.curves["shap"], shap["values"], self.orders["shap"]),
        }

    def values(self, work: Work, rows: Sequence[int], seed: int, draws: int) -> Values:
        """What the pages print: means over all rows with intervals, and each chosen sample."""
        one = {sample["index"]: sample for sample in work.needs["lime"].values["samples"]}
        lime, shap = self.scores["lime"], self.scores["shap"]
        return {
            "fresh_background": self.fresh,
            "random_orders": RANDOM_ORDERS,
            "deletion": {k: _mean(score, seed, draws) for k, score in self.scores.items()},
            "deletion_difference": _mean(shap - lime, seed, draws),
            "deletion_gain": {
                k: _mean(score - self.scores["random"], seed, draws)
                for k, score in (("lime", lime), ("shap", shap))
            },
            "promise_error": {k: _mean(error, seed, draws) for k, error in self.errors.items()},
            "promise_difference": _mean(self.errors["shap"] - self.errors["lime"], seed, draws),
            "local_error": {k: float(np.abs(v - self.predictions).mean()) for k, v in self.local.items()},
            "samples": [
                {
                    "index": row,
                    "prediction": float(self.predictions[row]),
                    "r2": one[row]["r2"],
                    "local": {"lime": one[row]["local_prediction"], "shap": float(self.local["shap"][row])},
                    "local_error": {
                        "lime": one[row]["error"],
                        "shap": float(abs(self.local["shap"][row] - self.predictions[row])),
                    },
                    "deletion": {k: float(score[row]) for k, score in self.scores.items()},
                    "promise_error": {k: float(error[row]) for k, error in self.errors.items()},
                }
                for row in rows
            ],
        }


def share_leaving(conditions: Sequence[Sequence[Condition]], rows: np.ndarray) -> np.ndarray:
    """Share (n, d) of `rows` (b, d) that do not meet each of n times d conditions.

    LIME's weight is what is lost when its condition fails, and only in these rows does a deletion break it.
    """
    lower = np.array([[-np.inf if c.lower is None else c.lower for c in row] for row in conditions])
    upper = np.array([[np.inf if c.upper is None else c.upper for c in row] for row in conditions])
    step = max(1, PAIRS_AT_ONCE // len(rows))
    blocks = (slice(start, start + step) for start in range(0, len(lower), step))
    return np.concatenate(
        [((rows <= lower[block, None]) | (rows > upper[block, None])).mean(1) for block in blocks]
    )


def _mean(values: np.ndarray, seed: int, draws: int) -> dict[str, Any]:
    """The mean over rows with its 95 % percentile-bootstrap interval."""
    found = mean_with_interval(values, draws, np.random.default_rng(seed))
    return {"value": found.value, "interval": [found.low, found.high]}
