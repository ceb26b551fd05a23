"""The two baselines, and the comparison of all four models on the same test rows."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from report_builder.models.baselines import logistic_regression, random_forest
from report_builder.models.evaluation import (
    METRICS,
    Interval,
    McNemar,
    bootstrap_weights,
    calibration_curve,
    mcnemar,
    metric_differences,
    metrics,
    precision_recall_curve,
    roc_curve,
)
from report_builder.pipeline.step import Saved, Values, Work
from report_builder.sections.networks import measured, only_split
from report_builder.verdicts import CONFIDENCE_LEVEL, differs

NETWORKS = ("mlp", "nam")
BASELINES = ("logistic", "forest")
MODELS = (*NETWORKS, *BASELINES)
PREFIXES = {"clean": "", "reference": "reference."}
TREES = 500
BINS = 10


def baselines(work: Work) -> Values:
    """Logistic regression and a random forest on the rows of the networks; arrays: test probabilities."""
    split = only_split(work)
    seed, draws = work.settings["seed"], work.settings["evaluation.bootstrap_draws"]
    rows = (split.x_train, split.y_train, split.x_test)
    probability = {
        "logistic": logistic_regression(*rows),
        "forest": random_forest(*rows, seed=seed, trees=TREES),
    }
    work.save(**probability, test_target=split.y_test, test_inputs=split.x_test)
    return {
        **{name: measured(split.y_test, p, seed=seed, draws=draws) for name, p in probability.items()},
        "trees": TREES,
    }


def compare(work: Work) -> Values:
    """Every pair of models on one protocol's test rows, and every model between the two protocols.

    Arrays, by "<protocol>.<model>.<curve>": roc and precision_recall (2, points), calibration (3, bins).
    Raises ValueError if two models of a protocol were not tested on the same rows.
    """
    seed, draws = work.settings["seed"], work.settings["evaluation.bootstrap_draws"]
    tested = {protocol: _tested(work.needs, prefix) for protocol, prefix in PREFIXES.items()}
    work.save(
        **{
            f"{protocol}.{name}.{curve}": points
            for protocol, (y, probability) in tested.items()
            for name, p in probability.items()
            for curve, points in _curves(y, p).items()
        }
    )
    return {
        **{protocol: _comparison(*tested[protocol], seed, draws) for protocol in PREFIXES},
        "change": _changes(tested, seed, draws),
        "synthetic_test_rows": int((work.needs["reference.mlp"].arrays()["test_rows"] < 0).sum()),
        "bins": BINS,
        "level": CONFIDENCE_LEVEL,
    }


Tested = tuple[np.ndarray, dict[str, np.ndarray]]


def _tested(needs: Mapping[str, Saved], prefix: str) -> Tested:
    """The outcomes (rows,) and each model's probabilities (rows,); the rows are checked to be the same."""
    networks = {name: needs[f"{prefix}{name}"].arrays() for name in NETWORKS}
    others = needs[f"{prefix}baselines"].arrays()
    first = networks["mlp"]
    for name, arrays in (("nam", networks["nam"]), ("baselines", others)):
        for key in ("test_inputs", "test_target"):
            if not np.array_equal(first[key], arrays[key]):
                raise ValueError(f"{prefix}mlp and {prefix}{name} were tested on different rows ({key})")
    probability = {name: arrays["test_probability"] for name, arrays in networks.items()}
    return first["test_target"], {**probability, **{name: others[name] for name in BASELINES}}


def _curves(y: np.ndarray, p: np.ndarray) -> dict[str, np.ndarray]:
    return {
        "roc": np.stack(roc_curve(y, p)),
        "precision_recall": np.stack(precision_recall_curve(y, p)),
        "calibration": np.stack(calibration_curve(y, p, bins=BINS)),
    }


def _comparison(y: np.ndarray, probability: dict[str, np.ndarray], seed: int, draws: int) -> Values:
    values = {name: metrics(y, p) for name, p in probability.items()}
    differences = metric_differences(y, probability, seed=seed, draws=draws, level=CONFIDENCE_LEVEL)
    return {
        "rows": len(y),
        "positives": int(y.sum()),
        "prevalence": float(y.mean()),
        "same_rows": True,  # `_tested` raises otherwise
        "models": {name: _calibration(y, p) for name, p in probability.items()},
        "best": {
            metric: _best(metric, {name: float(v[metric]) for name, v in values.items()})
            for metric in METRICS
        },
        "pairs": {
            f"{first}_{second}": _pair(found, mcnemar(y, probability[first], probability[second]))
            for (first, second), found in differences.items()
        },
    }


def _best(metric: str, values: dict[str, float]) -> str:
    """The model with the best value; a lower Brier score is better, everywhere else a higher value."""
    return (min if metric == "brier" else max)(values, key=values.__getitem__)


def _calibration(y: np.ndarray, p: np.ndarray) -> Values:
    """Mean probability, and the expected calibration error: |predicted - observed| by bin, weighted by rows.

    Naeini, Cooper, Hauskrecht (2015): Obtaining Well Calibrated Probabilities Using Bayesian Binning. AAAI.
    """
    predicted, observed, rows = calibration_curve(y, p, bins=BINS)
    return {
        "mean_probability": float(p.mean()),
        "excess": float(p.mean() - y.mean()),
        "calibration_error": float(np.average(np.abs(predicted - observed), weights=rows)),
    }


def _pair(found: Mapping[str, Interval], test: McNemar) -> Values:
    """The first model minus the second; told_apart where the interval of the difference leaves out zero."""
    intervals = {metric: [interval.low, interval.high] for metric, interval in found.items()}
    return {
        "difference": {metric: interval.value for metric, interval in found.items()},
        "intervals": intervals,
        "told_apart": {metric: differs(interval) for metric, interval in intervals.items()},
        "mcnemar": {
            "only_first": test.only_first,
            "only_second": test.only_second,
            "p": test.p_value,
            "told_apart": test.p_value < 1 - CONFIDENCE_LEVEL,
        },
    }


def _changes(tested: Mapping[str, Tested], seed: int, draws: int) -> Values:
    """Of each model, every metric in the reference protocol minus the clean one, with its interval.

    The two test sets are different rows, so their bootstrap samples are drawn independently.
    """
    values, drawn = {}, {}
    for number, protocol in enumerate(PREFIXES):
        y, probability = tested[protocol]
        weights = bootstrap_weights(
            y, draws=draws, seed=np.random.SeedSequence([seed, number]).generate_state(1)[0]
        )
        values[protocol] = {name: metrics(y, probability[name]) for name in MODELS}
        drawn[protocol] = {name: metrics(y, probability[name], weights=weights) for name in MODELS}
    return {
        name: _change(*({protocol: of[protocol][name] for protocol in PREFIXES} for of in (values, drawn)))
        for name in MODELS
    }


def _change(
    values: Mapping[str, Mapping[str, np.ndarray]], drawn: Mapping[str, Mapping[str, np.ndarray]]
) -> Values:
    """One model's, from its metrics on the test rows and on their bootstrap samples, by protocol."""
    tails = [(1 - CONFIDENCE_LEVEL) / 2, (1 + CONFIDENCE_LEVEL) / 2]
    intervals = {m: np.quantile(drawn["reference"][m] - drawn["clean"][m], tails).tolist() for m in METRICS}
    return {
        "difference": {m: float(values["reference"][m] - values["clean"][m]) for m in METRICS},
        "intervals": intervals,
        "told_apart": {m: differs(interval) for m, interval in intervals.items()},
    }
