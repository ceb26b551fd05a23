"""LIME, SHAP and the correlation side by side, and the answers to the three questions about them."""

from __future__ import annotations

from report_builder import verdicts
from report_builder.render.page import Cell, Column, Page, pointer
from report_builder.render.words import Fact
from report_builder.sections.agreement.accuracy_words import draw_accuracy, find_accuracy
from report_builder.sections.sample_words import sample_facts

MEASURES = ("spearman", "sign", "top3_jaccard")

FEATURES = (
    Column("common.feature", numeric=False),
    Column("common.methods.correlation"),
    Column("column.lime"),
    Column("column.lime_direction"),
    Column("column.shap"),
    Column("column.shap_direction"),
    Column("column.same_sign", numeric=False),
)
STATISTICS = (Column("column.measure", numeric=False), Column("column.both"), Column("column.ceiling"))


def draw(page: Page) -> None:
    page.facts |= {
        "samples": page.number("shapley#/test_rows"),
        "features": page.number("agreement#/features_count"),
        "top": page.number("agreement#/top"),
        "background": page.number("shapley#/background"),
        "perturbations": page.number("settings#/lime/perturbations"),
        "orders": page.number("agreement#/accuracy/random_orders"),
        "same_sign": page.number("agreement#/same_sign"),
    }
    for measure in MEASURES:
        page.facts[measure] = page.number(f"agreement#/{measure}", digits=2)
        page.facts[f"{measure}_ceiling"] = page.number(f"agreement#/ceiling/{measure}", digits=2)
    page.find(f"finding.{verdicts.agreement(page.value('agreement#/spearman'))}")
    find_accuracy(page)
    _statistics(page)
    _common_and_cost(page)
    draw_accuracy(page)
    _features(page)


def _statistics(page: Page) -> None:
    rows = []
    for measure in MEASURES:
        cells: list[Cell | Fact] = [page.words.html(f"measure.{measure}", page.facts)]
        for source in ("agreement#/", "agreement#/ceiling/"):
            value = page.number(f"{source}{measure}", digits=2)
            cells.append(Cell(value, page.interval(f"{source}intervals/{measure}", digits=2)))
        rows.append(cells)
    page.table("statistics", STATISTICS, rows)
    below = all(
        page.value(f"agreement#/intervals/{m}")[1] < page.value(f"agreement#/ceiling/intervals/{m}")[0]
        for m in MEASURES
    )
    page.say("noise", "noise.below" if below else "noise.within")


def _common_and_cost(page: Page) -> None:
    page.say("common", "common_ground")
    for i in range(len(page.value("agreement#/samples"))):
        source = f"agreement#/samples/{i}"
        page.say(
            "common",
            "common_sample",
            **sample_facts(page, i),
            signs=page.number(f"{source}/same_signs"),
            shared=page.number(f"{source}/shared_top"),
        )
    page.say(
        "differences",
        "differences",
        lime_error=page.number("agreement#/accuracy/local_error/lime", digits=3),
        mean_r2=page.number("lime#/r2/mean", digits=2),
    )
    facts: dict[str, Fact] = {
        f"{method}_{scope}": page.number(f"{step}#/evaluations/{scope}", digits=0)
        for method, step in (("lime", "lime"), ("shap", "shapley"))
        for scope in ("one", "all")
    }
    for scope in ("one", "all"):
        ratio = page.value(f"agreement#/cost_ratio/{scope}")
        facts[f"ratio_{scope}"] = page.number(f"agreement#/cost_ratio/{scope}", digits=1 if ratio < 10 else 0)
    page.say("cost", "cost.counts", **facts)
    page.say("cost", "cost.exact" if page.value("shapley#/estimator") == "exact" else "cost.permutation")


def _features(page: Page) -> None:
    features = page.value("agreement#/features")
    rows = [
        _feature_row(page, name) for name in sorted(features, key=lambda name: features[name]["shap_rank"])
    ]
    page.table("features", FEATURES, rows)
    count, same = page.value("agreement#/features_count"), page.value("agreement#/same_sign")
    page.say("three", "three.all_signs" if same == count else "three.some_signs")
    pairs = page.value("agreement#/rank_correlation")
    if None not in pairs.values():
        page.say(
            "three",
            "three.ranks",
            **{
                pair: page.number(f"agreement#/rank_correlation/{pair}", signed=True, digits=2)
                for pair in pairs
            },
        )
    leaders = {
        key: next(n for n in features if features[n][f"{key}_rank"] == 1)
        for key in ("lime", "shap", "correlation")
    }
    page.say(
        "three",
        "three.same_leader" if len(set(leaders.values())) == 1 else "three.other_leaders",
        **{key: page.feature(name) for key, name in leaders.items()},
    )
    disputed = page.value("agreement#/most_disputed")
    ranks = [features[disputed][f"{key}_rank"] for key in ("lime", "shap", "correlation")]
    if min(ranks) < max(ranks):
        place = f"agreement#/features/{pointer(disputed)}"
        page.say(
            "three",
            "three.disputed",
            feature=page.feature(disputed),
            **{f"{key}_rank": page.number(f"{place}/{key}_rank") for key in ("lime", "shap", "correlation")},
        )


def _feature_row(page: Page, name: str) -> list[Cell | Fact]:
    source = f"agreement#/features/{pointer(name)}"
    feature = page.value(source)

    def ranked(place: str, key: str, *, signed: bool = False) -> Cell | Fact:
        if page.value(place) is None:
            return page.words.html("common.undefined")
        rank = page.words.html("rank", {"rank": page.number(f"{source}/{key}_rank")})
        return Cell(
            page.number(place, digits=2 if signed else 3, signed=signed),
            rank,
            best=feature[f"{key}_rank"] == 1,
        )

    def direction(key: str) -> Fact:
        if feature[f"{key}_direction"] is None:
            return page.words.html("common.undefined")
        return page.number(f"{source}/{key}_direction", digits=2, signed=True)

    return [
        page.feature(name),
        ranked(f"agreement#/correlation/{pointer(name)}", "correlation", signed=True),
        ranked(f"{source}/lime_mean_abs", "lime"),
        direction("lime"),
        ranked(f"{source}/shap_mean_abs", "shap"),
        direction("shap"),
        page.words.html(f"signs.{feature['signs']}"),
    ]
