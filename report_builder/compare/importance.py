"""How the features' ranks by importance moved from one run to the other."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from report_builder.compare.runs import Run, as_number
from report_builder.methods.rank_correlation import rank_correlation

# Method, as a sweep names it: the importance of each feature in results.json
SOURCES = {"shap": "shapley#/mean_abs", "lime": "lime#/mean_abs", "nam": "nam#/importance"}


def ranks(importance: Mapping[str, float]) -> dict[str, int]:
    """Rank of each feature, 1 the most important; equal ones in the order of their names."""
    ordered = sorted(importance, key=lambda feature: (-importance[feature], feature))
    return {feature: place for place, feature in enumerate(ordered, 1)}


def compare_importance(first: Run, second: Run) -> dict[str, Any]:
    """methods: per method that both runs have, `features` in the first run's order, each {name, A, B: its
    ranks among the features of both runs, moved: places gained (positive: up), range: [best, worst] rank over
    the seeds of the sweep or sweeps, or None, beyond: whether it moved and a rank lies outside the range},
    `moved` and `beyond`: how many, `correlation`: of the ranks, or None for fewer than two features, `seeds`:
    the mean rank correlation of two seeds in the sweep, or None, `ranged`: whether a range is known.

    A further run of the same setting has a given feature's rank outside the range of n seeds with a
    probability of at most 2 / (n + 1). only: the features that one run alone has.
    """
    methods, only = [], {"A": set[str](), "B": set[str]()}
    for method, source in SOURCES.items():
        ours, theirs = _importance(first, source), _importance(second, source)
        if not ours or not theirs:
            continue
        only["A"] |= ours.keys() - theirs.keys()
        only["B"] |= theirs.keys() - ours.keys()
        common = ours.keys() & theirs.keys()
        if common:
            methods.append({"method": method, **_moves(first, second, method, ours, theirs, common)})
    return {"methods": methods, "only": {run: sorted(names) for run, names in only.items()}}


def _moves(
    first: Run,
    second: Run,
    method: str,
    ours: Mapping[str, float],
    theirs: Mapping[str, float],
    common: Collection[str],
) -> dict[str, Any]:
    a, b = (ranks({name: values[name] for name in common}) for values in (ours, theirs))
    # ranks among other features are other ranks
    sweeps = [
        run.table(f"certainty#/importance/{method}")
        for run, values in ((first, ours), (second, theirs))
        if len(values) == len(common)
    ]
    features: list[dict[str, Any]] = []
    for name in sorted(common, key=a.__getitem__):
        known = _range(sweeps, name)
        features.append(
            {
                "name": name,
                "A": a[name],
                "B": b[name],
                "moved": a[name] - b[name],
                "range": known,
                "beyond": known is not None
                and a[name] != b[name]
                and any(not known[0] <= rank <= known[1] for rank in (a[name], b[name])),
            }
        )
    places = [[[ordered[row["name"]] for row in features]] for ordered in (a, b)]
    alike = (as_number(_inside(sweep, "rank_correlation", "mean")) for sweep in sweeps)
    return {
        "features": features,
        "moved": sum(row["moved"] != 0 for row in features),
        "beyond": sum(row["beyond"] for row in features),
        "correlation": float(rank_correlation(places[0], places[1])[0]) if len(features) > 1 else None,
        "seeds": next((value for value in alike if value is not None), None),
        "ranged": any(row["range"] is not None for row in features),
    }


def _range(sweeps: list[Mapping[str, Any]], feature: str) -> list[int] | None:
    """Best and worst rank over the seeds of all sweeps that know the feature."""
    ends = []
    for sweep in sweeps:
        best, worst = (_inside(sweep, "features", feature, end) for end in ("best_rank", "worst_rank"))
        if isinstance(best, int | float) and isinstance(worst, int | float):
            ends.append((int(best), int(worst)))
    return [min(best for best, _ in ends), max(worst for _, worst in ends)] if ends else None


def _inside(table: Mapping[str, Any], *keys: str) -> Any:
    place: Any = table
    for key in keys:
        place = place.get(key) if isinstance(place, Mapping) else None
    return place


def _importance(run: Run, source: str) -> dict[str, float]:
    return {
        name: number for name, value in run.table(source).items() if (number := as_number(value)) is not None
    }
