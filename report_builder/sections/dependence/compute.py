"""Partial dependence and ICE of both networks, measured in probability and, for additivity, in logits."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
from scipy.stats import spearmanr

from report_builder.datasets.splitting import Split
from report_builder.methods.dependence import DependenceCurves, dependence
from report_builder.models.mlp import MLP
from report_builder.models.nam import NAM
from report_builder.models.weights import load_weights
from report_builder.pipeline.step import Values, Work
from report_builder.sections.explained import derived_seeds
from report_builder.verdicts import curve_shape, similarity

if TYPE_CHECKING:
    from torch import Tensor, nn

# The curves end where the data thin out: beyond, few rows support them.
PERCENTILES = (0.05, 0.95)
SHOWN = 12  # features that the figure and the text show one by one
# An ICE curve that moves by less than this from end to end, in logits, has no direction: single precision.
LEVEL = 1e-5


def explain(work: Work) -> Values:
    """Arrays, for feature i and model m: grid_<i> (g,) in the table's units; <m>_<i> (g,), the partial
    dependence, and <m>_ice_<i> (curves, g), both in probability; <m>_logit_<i> (curves, g), ICE in logits,
    for the most heterogeneous feature only. ice_rows (curves,): the test rows drawn for the ICE curves;
    names (d,); deciles (9, d) of the test rows in the table's units.

    All numbers are taken over all test rows; only what is drawn is a sample of them.
    """
    split = Split.from_arrays(work.needs["split"].arrays())
    features = len(split.feature_names)
    nam = NAM(features, hidden=tuple(work.settings["nam.hidden"]))
    models = {"mlp": _trained(MLP(features), "mlp", work), "nam": _trained(nam, "nam", work)}
    rows = torch.as_tensor(split.x_test, dtype=torch.float32, device=work.device)
    resolution = work.settings["dependence.grid"]
    count = min(work.settings["dependence.ice_curves"], len(rows))
    (seed,) = derived_seeds(work.settings["seed"], 1, purpose=4)
    drawn = np.sort(np.random.default_rng(seed).choice(len(rows), count, replace=False))
    curves = {
        name: [_curves(model, rows, i, resolution, drawn, split) for i in range(features)]
        for name, model in models.items()
    }
    names = split.feature_names
    values: Values = {
        model: {name: curves[model][i].described for i, name in enumerate(names)} for model in models
    }
    widest = [max(values[model][name]["range"] for model in models) for name in names]
    ranking = [names[i] for i in np.argsort(-np.array(widest), kind="stable")]
    example = max(names, key=lambda name: values["mlp"][name]["heterogeneity"])
    _save(work, split, curves, names.index(example), drawn)
    agreement = {
        name: correlation(*(curves[model][i].probability for model in models)) for i, name in enumerate(names)
    }
    shapes = {name: [values[model][name]["shape"] for model in models] for name in names}
    relation = {name: _relation(shapes[name], agreement[name]) for name in names}
    return {
        **values,
        "agreement": agreement,
        "relation": relation,
        "used": sum(found != "unused" for found in relation.values()),
        "alike": sum(found == "alike" for found in relation.values()),
        "rows": len(rows),
        "features": features,
        "curves": count,
        "grid": resolution,
        "percentiles": list(PERCENTILES),
        "ranking": ranking,
        "shown": ranking[:SHOWN],
        "shown_count": min(SHOWN, len(names)),
        "example": example,
        "additive": _additive(values, nam, curves["nam"], rows),
        "importance": _importance(values, work.needs["nam"].values["importance"]),
    }


@dataclass(frozen=True)
class _Curves:
    """What is kept of one feature's curves in one model: not the ICE curves of all rows.

    grid (g,), standardised. logit, probability (g,): the partial dependence. logit_ice, probability_ice
    (curves, g): the ICE curves that are drawn. described: what the pages say.
    """

    feature: int
    grid: Tensor
    logit: Tensor
    probability: np.ndarray
    logit_ice: np.ndarray
    probability_ice: np.ndarray
    described: Values


def _curves(
    model: nn.Module, rows: Tensor, feature: int, resolution: int, drawn: np.ndarray, split: Split
) -> _Curves:
    """One feature's curves over all rows; the ICE curves of the rows `drawn` are kept."""
    (found,) = dependence(
        model, rows, grid_resolution=resolution, percentiles=PERCENTILES, features=(feature,)
    )
    logits = _bulk(found, split.x_test[:, feature])
    probabilities = DependenceCurves(feature, logits.grid, torch.sigmoid(logits.ice))
    return _Curves(
        feature=feature,
        grid=logits.grid,
        logit=logits.average,
        probability=probabilities.average.numpy(),
        logit_ice=logits.ice.numpy()[drawn],
        probability_ice=probabilities.ice.numpy()[drawn],
        described=_described(probabilities, logits, split.means[feature], split.stds[feature]),
    )


def correlation(first: np.ndarray, second: np.ndarray) -> float | None:
    """Pearson correlation of two curves (g,) on one grid; None where one of them is constant."""
    if min(np.ptp(first), np.ptp(second)) <= LEVEL:
        return None
    return float(np.corrcoef(first, second)[0, 1])


def _relation(shapes: Sequence[str], r: float | None) -> str:
    """How the curves of one feature, with their shapes in the MLP and in the NAM and correlation r, compare.

    The correlation of a flat curve says nothing.
    """
    if "flat" in shapes:
        return "unused" if shapes[0] == shapes[1] else "only_nam" if shapes[0] == "flat" else "only_mlp"
    return similarity(r)


def _trained(model: nn.Module, name: str, work: Work) -> nn.Module:
    load_weights(model, work.needs[name].file("weights.npz"))
    return model.to(work.device).eval()


def _bulk(curves: DependenceCurves, column: np.ndarray) -> DependenceCurves:
    """The curves between the two percentiles of the column; all of them where only one point lies there.

    A feature with few distinct values has these as its grid, out to the rarest of them.
    """
    low, high = np.quantile(column, PERCENTILES)
    margin = 1e-6 * max(1.0, float(np.abs(column).max()))
    inside = (curves.grid >= low - margin) & (curves.grid <= high + margin)
    if inside.sum() < 2:
        return curves
    return DependenceCurves(curves.feature, curves.grid[inside], curves.ice[:, inside])


def _described(probability: DependenceCurves, logit: DependenceCurves, mean: float, std: float) -> Values:
    """What the pages say of one feature, of that mean and standard deviation (std), in one model.

    slope: per standard deviation. low, high: the ends of the grid; lowest_at, highest_at: where the curve is
    lowest and highest, all in the table's units; at_low, at_high, lowest, highest: the curve there.
    shape: the verdict on the curve. rising, falling: share of the grid's steps; rising_share: share of the
    curve's whole movement that goes up. trend: rank correlation of the curve with the grid. heterogeneity: of
    centred ICE in logits; heterogeneity_probability: the same in probability. opposite: share of the rows
    whose ICE curve, in logits, has a slope of the other sign than the average's.
    """
    curve = probability.average
    steps = curve.diff()
    movement = float(steps.abs().sum())
    lowest, highest = int(curve.argmin()), int(curve.argmax())
    trend = _trend(probability)
    grid = [_rounded(value, std) for value in probability.grid.numpy() * std + mean]
    return {
        "slope": probability.slope,
        "std": float(std),
        "range": probability.range,
        "shape": curve_shape(probability.range, trend),
        "low": grid[0],
        "high": grid[-1],
        "at_low": float(curve[0]),
        "at_high": float(curve[-1]),
        "lowest_at": grid[lowest],
        "highest_at": grid[highest],
        "lowest": float(curve[lowest]),
        "highest": float(curve[highest]),
        "rising": probability.rising,
        "falling": probability.falling,
        "rising_share": float(steps.clamp(min=0).sum()) / movement if movement > 0 else 0.0,
        "trend": trend,
        "heterogeneity": logit.heterogeneity,
        "heterogeneity_probability": probability.heterogeneity,
        "opposite": _opposite(logit),
    }


def _rounded(value: float, std: float) -> float:
    """A value in the table's units without the rounding of single precision, which is below 1e-5 of std."""
    return float(np.round(value, 5 - math.floor(math.log10(std)))) + 0.0  # not -0.0


def _trend(curves: DependenceCurves) -> float:
    if curves.range <= LEVEL:
        return 0.0
    return float(spearmanr(curves.grid.numpy(), curves.average.numpy()).statistic)


def _opposite(curves: DependenceCurves) -> float:
    """Share of the rows whose own least-squares slope has the other sign than the average curve's."""
    offset = curves.grid - curves.grid.mean()
    spread = (offset**2).sum()
    if not spread > 0:
        return 0.0
    rise = (curves.ice @ offset) / spread * (curves.grid[-1] - curves.grid[0])
    clear = rise.abs() > LEVEL
    return float((clear & (rise.sign() != rise.mean().sign())).double().mean())


def _additive(values: Values, nam: NAM, curves: Sequence[_Curves], rows: Tensor) -> Values:
    """How additive the networks are.

    nam, mlp: largest heterogeneity in logits of any feature; mlp_mean: its mean over the features.
    nam_probability: the largest heterogeneity of the NAM in probability, which the sigmoid alone makes.
    torn, opposite: of the features to which the MLP responds, the one with the largest share of contrary
    rows, and that share.
    identity_error: largest distance, in logits, of the NAM's partial dependence from its f_j, both centred.
    """
    worst = 0.0
    for c in curves:
        inputs = torch.zeros(len(c.grid), rows.shape[1], dtype=rows.dtype, device=rows.device)
        inputs[:, c.feature] = c.grid.to(inputs)
        with torch.no_grad():
            own = nam.contributions(inputs)[:, c.feature].cpu().double()
        worst = max(worst, float(((c.logit - c.logit[0]) - (own - own[0])).abs().max()))
    answered = [name for name, v in values["mlp"].items() if v["shape"] != "flat"] or list(values["mlp"])
    torn = max(answered, key=lambda name: values["mlp"][name]["opposite"])
    spread = {model: [v["heterogeneity"] for v in values[model].values()] for model in ("mlp", "nam")}
    return {
        "nam": max(spread["nam"]),
        "mlp": max(spread["mlp"]),
        "mlp_mean": float(np.mean(spread["mlp"])),
        "nam_probability": max(v["heterogeneity_probability"] for v in values["nam"].values()),
        "opposite": values["mlp"][torn]["opposite"],
        "torn": torn,
        "identity_error": worst,
    }


def _importance(values: Values, own: Mapping[str, float]) -> Values:
    """The NAM's own importance against the range of the black box's partial dependence, by feature.

    spearman: rank correlation of the two, None where one is constant; top: the features compared, from the
    top; shared: how many of them both have; nam_first, mlp_first: the leaders.
    """
    names = list(values["mlp"])
    ranges = [values["mlp"][name]["range"] for name in names]
    weights = [own[name] for name in names]
    top = min(3, len(names))
    leaders = {
        "mlp": [names[i] for i in np.argsort(-np.array(ranges), kind="stable")],
        "nam": [names[i] for i in np.argsort(-np.array(weights), kind="stable")],
    }
    constant = min(np.ptp(ranges), np.ptp(weights)) == 0
    return {
        "spearman": None if constant else float(spearmanr(ranges, weights).statistic),
        "top": top,
        "shared": len(set(leaders["mlp"][:top]) & set(leaders["nam"][:top])),
        "rank": {
            model: {name: place for place, name in enumerate(order, start=1)}
            for model, order in leaders.items()
        },
        "leaders": {model: order[:top] for model, order in leaders.items()},
    }


def _save(
    work: Work,
    split: Split,
    curves: Mapping[str, Sequence[_Curves]],
    example: int,
    drawn: np.ndarray,
) -> None:
    arrays: dict[str, np.ndarray] = {}
    for model, features in curves.items():
        for i, found in enumerate(features):
            arrays[f"grid_{i}"] = found.grid.numpy() * split.stds[i] + split.means[i]
            arrays[f"{model}_{i}"] = found.probability
            arrays[f"{model}_ice_{i}"] = found.probability_ice
        arrays[f"{model}_logit_{example}"] = features[example].logit_ice
    deciles = np.quantile(split.in_units(split.x_test), np.arange(1, 10) / 10, axis=0)
    work.save(**arrays, ice_rows=drawn, deciles=deciles, names=np.array(split.feature_names))
