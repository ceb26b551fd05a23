"""LIME, SHAP and the correlation side by side, and the answers to the three questions about them."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from report_builder import verdicts
from report_builder.plots.deletion import deletion_panels
from report_builder.render.page import Cell, Column, Page, pointer
from report_builder.render.words import Fact
from report_builder.sections.sample_words import sample_facts, sample_title

MEASURES = ("spearman", "sign", "top3_jaccard")
METHODS = ("lime", "shap")
JUDGED = 2  # samples of the question which method is more accurate

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
ACCURACY = (
    Column("common.sample", numeric=False),
    Column("column.method", numeric=False),
    Column("column.local_error"),
    Column("column.r2"),
    Column("column.deletion"),
    Column("column.promise"),
)


def draw(page: Page) -> None:
    accuracy = page.value("agreement#/accuracy")
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
    page.find(f"finding.accuracy.{_winner(accuracy)}", **_overall(page))
    _statistics(page)
    _common_and_cost(page)
    _accuracy(page, accuracy)
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


def _winner(accuracy: Mapping[str, object]) -> str:
    """The method that both tests over all rows prefer beyond their intervals, else "neither"."""
    found = set()
    # A larger deletion score is better, a smaller error is.
    for key, sign in (("deletion_difference", 1), ("promise_difference", -1)):
        interval = accuracy[key]["interval"]  # type: ignore[index]
        found.add(("shap" if sign * interval[0] > 0 else "lime") if verdicts.differs(interval) else "neither")
    return found.pop() if len(found) == 1 else "neither"


def _overall(page: Page) -> dict[str, Fact]:
    facts: dict[str, Fact] = {}
    for key, name in (("deletion", "deletion"), ("promise_error", "promise")):
        for method in (*METHODS, "random") if key == "deletion" else METHODS:
            facts[f"{method}_{name}"] = page.number(f"agreement#/accuracy/{key}/{method}/value", digits=3)
    for name in ("deletion", "promise"):
        facts[f"{name}_interval"] = page.interval(f"agreement#/accuracy/{name}_difference/interval", digits=3)
    return facts


def _accuracy(page: Page, accuracy: Mapping[str, object]) -> None:
    samples = page.value("agreement#/accuracy/samples")
    page.say("tests", "tests")
    page.say("tests", "tests.fresh" if accuracy["fresh_background"] else "tests.reused")
    for i in range(min(JUDGED, len(samples))):
        _judge(page, i)
    page.say("overall", f"overall.{_winner(accuracy)}", **_overall(page))
    rows = [row for i in range(len(samples)) for row in _accuracy_rows(page, i)]
    page.table("accuracy", ACCURACY, [*rows, *_mean_rows(page)])

    arrays = page.saved["agreement"].arrays()
    curves = {key: arrays[f"curve_{key}"] for key in (*METHODS, "random")}
    panels = [
        (sample_title(page, i), {key: curve[samples[i]["index"]] for key, curve in curves.items()})
        for i in range(min(JUDGED, len(samples)))
    ]
    names = {method: page.words.text(f"line.{method}") for method in curves}
    figure = deletion_panels(
        panels,
        names,
        page.words.language,
        xlabel=page.words.text("axis.deleted"),
        ylabel=page.words.text("axis.output"),
    )
    page.figure("deletion", figure)


def _judge(page: Page, i: int) -> None:
    """One of the samples of the question: what each test says, and the sentence that follows from it."""
    source = f"agreement#/accuracy/samples/{i}"
    sample = page.value(source)
    facts = sample_facts(page, i)
    for key, name in (("local", "local"), ("local_error", "error"), ("promise_error", "promise")):
        facts |= {f"{m}_{name}": page.number(f"{source}/{key}/{m}", digits=3) for m in METHODS}
    facts |= {
        f"{m}_deletion": page.number(f"{source}/deletion/{m}", signed=True, digits=3)
        for m in (*METHODS, "random")
    }
    facts["r2"] = page.number(f"{source}/r2", digits=2)
    paragraph = f"judged_{i + 1}"
    page.say(paragraph, "judged.local", **facts)
    scores = sample["deletion"]
    better = max(METHODS, key=lambda m: scores[m])
    chance = all(scores[m] <= scores["random"] for m in METHODS)
    equal = abs(scores["lime"] - scores["shap"]) < verdicts.SAME_DELETION
    page.say(paragraph, "judged.order." + ("chance" if chance else "equal" if equal else better), **facts)
    errors = sample["promise_error"]
    alike = abs(errors["lime"] - errors["shap"]) < verdicts.SAME_DELETION
    closer = "equal" if alike else min(METHODS, key=lambda m: errors[m])
    page.say(paragraph, f"judged.promise.{closer}", **facts)


def _accuracy_rows(page: Page, i: int) -> list[list[Cell | Fact]]:
    source = f"agreement#/accuracy/samples/{i}"
    sample = page.value(source)
    best = max(METHODS, key=lambda m: sample["deletion"][m])
    least = min(METHODS, key=lambda m: sample["promise_error"][m])
    closest = min(METHODS, key=lambda m: sample["local_error"][m])
    none = page.words.html("not_applicable")
    rows: list[list[Cell | Fact]] = []
    for method in METHODS:
        rows.append(
            [
                page.number(f"chosen#/rows/{i}/index") if method == METHODS[0] else "",
                page.words.html(f"line.{method}"),
                Cell(page.number(f"{source}/local_error/{method}", digits=3), best=method == closest),
                page.number(f"{source}/r2", digits=2) if method == "lime" else none,
                Cell(page.number(f"{source}/deletion/{method}", digits=3), best=method == best),
                Cell(page.number(f"{source}/promise_error/{method}", digits=3), best=method == least),
            ]
        )
    random = page.number(f"{source}/deletion/random", digits=3)
    return [*rows, ["", page.words.html("line.random"), none, none, random, none]]


def _mean_rows(page: Page) -> list[list[Cell | Fact]]:
    accuracy, none = "agreement#/accuracy", page.words.html("not_applicable")
    rows: list[list[Cell | Fact]] = []
    for method in (*METHODS, "random"):
        control = method == "random"
        deletion, promise = f"{accuracy}/deletion/{method}", f"{accuracy}/promise_error/{method}"
        rows.append(
            [
                page.words.html("all_rows", page.facts) if method == METHODS[0] else "",
                page.words.html(f"line.{method}"),
                none if control else page.number(f"{accuracy}/local_error/{method}", digits=3),
                page.number("lime#/r2/mean", digits=2) if method == "lime" else none,
                Cell(page.number(f"{deletion}/value", digits=3), page.interval(f"{deletion}/interval")),
                none
                if control
                else Cell(page.number(f"{promise}/value", digits=3), page.interval(f"{promise}/interval")),
            ]
        )
    return rows


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
    if np.ptp(ranks) > 0:
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
