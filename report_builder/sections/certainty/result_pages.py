"""The test results of every run, and which models they tell apart."""

from __future__ import annotations

from itertools import groupby

from report_builder import verdicts
from report_builder.plots.seed_dots import SeedPanel, SeedRow, seed_dots
from report_builder.render.page import Cell, Column, Page
from report_builder.render.words import Fact
from report_builder.sections.certainty.printed import (
    MODELS,
    found,
    model_name,
    ordered,
    p_value,
    plus_minus,
    source_of,
)
from report_builder.sections.sample_words import join

METRICS = ("accuracy", "precision", "recall", "f1", "auc", "brier")
COMPARED = ("accuracy", "auc")  # metrics of the table of pairs
COUNTED = "accuracy"  # the one whose table tells how often each model is ahead
SMALL_IS_GOOD = "brier"
PARTS = ("tabular", "signals", "own_cnn")  # the reference protocol is that of the table once more


def draw_results(page: Page) -> None:
    measured = found(page, "metrics")
    if "tabular" in measured:
        _table(page)
    _others(page)
    if page.value("certainty#/main/seeds") < 2 or not measured:
        return
    _dots(page)
    _spread(page)
    kinds = {part: found(page, "data")[part]["kind"] for part in PARTS if part in measured}
    if "resampled" in kinds.values():
        page.say("intervals", "luck.resampled")
    if kinds.get("tabular") == "simulated":
        page.say("intervals", "luck.standin")
    if kinds.get("signals") == "simulated":
        page.say("intervals", "luck.simulated")
    if kinds.get("own_cnn") == "fixed":
        page.say("intervals", "luck.fixed")
    if page.value("certainty#/main/seeds") < verdicts.FEW_SEEDS:
        page.say("intervals", "luck.few")


def _spread(page: Page) -> None:
    """How far another seed moves the results, by the first model and by the one that moves most."""
    measured = found(page, "metrics")
    spreads = {
        (part, model, metric): own["sd"]
        for part in PARTS
        for model in ordered(measured.get(part, {}))
        for metric, own in measured[part][model].items()
        if own and own["sd"] is not None
    }
    if not spreads:
        return
    first, widest = next(iter(spreads)), max(spreads, key=lambda key: spreads[key])
    page.find(f"finding.luck.{verdicts.luck(spreads[first])}", **_spread_facts(page, *first))
    page.say("luck", "luck.spread")
    page.say("luck", "luck.widest", **_spread_facts(page, *widest))


def _spread_facts(page: Page, part: str, model: str, metric: str) -> dict[str, Fact]:
    place = source_of("metrics", part, model, metric)
    numbers = {key: page.number(f"{place}/{key}", digits=3) for key in ("sd", "low", "high")}
    return {**numbers, "metric": page.words.html(f"metric.{metric}"), "model": model_name(page, part, model)}


def _table(page: Page) -> None:
    measured = found(page, "metrics")["tabular"]
    sign = {metric: -1 if metric == SMALL_IS_GOOD else 1 for metric in METRICS}
    best = {
        metric: max(
            sign[metric] * models[metric]["mean"] for models in measured.values() if models.get(metric)
        )
        for metric in METRICS
    }
    rows: list[list[Cell | Fact]] = []
    for model in ordered(measured):
        metrics = measured[model]
        row: list[Cell | Fact] = [page.words.html(f"common.models.{model}")]
        for metric in METRICS:
            place = source_of("metrics", "tabular", model, metric)
            if metrics.get(metric) is None:
                row.append(page.words.html("no_value"))
                continue
            mean: Fact = page.number(f"{place}/mean", digits=3)
            interval = None
            if metrics[metric]["interval"] is not None:
                mean = plus_minus(mean, page.number(f"{place}/sd", digits=3))
                interval = page.interval(f"{place}/interval")
            row.append(Cell(mean, interval, best=sign[metric] * metrics[metric]["mean"] == best[metric]))
        rows.append(row)
    columns = [Column("common.model", numeric=False), *(Column(f"common.metrics.{m}") for m in METRICS)]
    page.table("metrics" if page.value("certainty#/main/seeds") > 1 else "metrics_alone", columns, rows)


def _others(page: Page) -> None:
    """Accuracy in the reference protocol, of the networks on signals and of the own image network."""
    measured = found(page, "metrics")
    for key, parts in (("reference", ("reference",)), ("others", ("signals", "own_cnn"))):
        told = [
            _accuracy(page, part, model)
            for part in parts
            for model in ordered(measured.get(part, {}))
            if measured[part][model]["accuracy"]
        ]
        if told:
            alone = page.value("certainty#/main/seeds") < 2
            page.say("others", f"others.{key}_alone" if alone else f"others.{key}", list=join(page, told))


def _accuracy(page: Page, part: str, model: str) -> Fact:
    """Of the reference protocol without the interval."""
    place = source_of("metrics", part, model, "accuracy")
    mean: Fact = page.number(f"{place}/mean", digits=3)
    facts: dict[str, Fact] = {"model": model_name(page, part, model)}
    if page.value(f"{place}/sd") is not None:
        mean = plus_minus(mean, page.number(f"{place}/sd", digits=3))
    if part == "reference" or page.value(f"{place}/interval") is None:
        return page.words.html("others.alone", {**facts, "mean": mean})
    return page.words.html(
        "others.several", {**facts, "mean": mean, "interval": page.interval(f"{place}/interval")}
    )


def _dots(page: Page) -> None:
    text = page.words.text
    arrays = page.saved["certainty"].arrays("runs")
    measured = found(page, "metrics")

    def row(name: str, part: str, model: str, metric: str) -> list[SeedRow]:
        runs = arrays.get(f"{part}.{model}.{metric}")
        if runs is None:
            return []
        return [SeedRow(name, runs, measured[part][model][metric]["interval"])]

    panels = [
        SeedPanel(
            text(f"common.metrics.{metric}"),
            [
                each
                for model in ordered(measured.get("tabular", {}))
                for each in row(text(f"common.models.{model}"), "tabular", model, metric)
            ],
        )
        for metric in COMPARED
    ]
    networks = [
        each
        for kind in ordered(measured.get("signals", {}))
        for each in row(text(f"network.{kind}"), "signals", kind, "accuracy")
    ]
    networks += [
        each
        for split in ordered(measured.get("own_cnn", {}))
        for each in row(
            text("dots.own_cnn", {"split": text(f"common.splits.{split}")}), "own_cnn", split, "accuracy"
        )
    ]
    shares = "tabular" in measured
    panels.append(SeedPanel(text("axis.other_accuracy" if shares else "common.metrics.accuracy"), networks))
    panels = [panel for panel in panels if panel.rows]
    if panels:
        mean = text("axis.mean", page.facts)
        page.figure("runs", seed_dots(panels, text("axis.run"), mean, page.words.language))


def draw_pairs(page: Page) -> None:
    compared = found(page, "pairs")
    if page.value("certainty#/main/seeds") < 2 or not compared:
        return
    if "tabular" in compared:
        _tabular_pairs(page)
    if "signals" in compared:
        _signal_pair(page, alone="tabular" not in compared)


def _tabular_pairs(page: Page) -> None:
    pairs = found(page, "pairs")["tabular"]
    columns = [Column("column.pair", numeric=False)]
    rows: list[list[Cell | Fact]] = []
    for pair in sorted(pairs, key=lambda pair: [MODELS.index(model) for model in pair.split("_")]):
        sides = zip(("first", "second"), pair.split("_"), strict=True)
        names = {side: page.words.html(f"short.{model}") for side, model in sides}
        row: list[Cell | Fact] = [page.words.html("pair", names)]
        for metric in COMPARED:
            place = source_of("pairs", "tabular", pair, metric)
            difference = page.number(f"{place}/difference", digits=3, signed=True)
            best = page.value(f"{place}/told_apart")
            row.append(Cell(difference, page.interval(f"{place}/interval"), best=best))
            row.append(p_value(page, f"{place}/p_holm"))
            if metric == COUNTED:
                row.append(page.words.html("wins", _wins(page, place)))
        rows.append(row)
    for metric in COMPARED:
        columns += [Column(f"common.metrics.{metric}"), Column("column.p")]
        columns += [Column("column.wins")] if metric == COUNTED else []
    page.table("pairs", columns, rows)
    count = len(pairs)
    page.say(
        "apart",
        "apart.test_standin" if found(page, "data")["tabular"]["kind"] == "simulated" else "apart.test",
        pair_count=page.count(source_of("pairs", "tabular")),
        risk=page.number("verdicts#/false_alarms", percent=True, digits=0),
    )
    told = [
        each for each in found(page, "told_apart") if each["part"] == "tabular" and each["metric"] in COMPARED
    ]
    apart = {each["pair"] for each in told}
    key = "none" if not apart else "all" if len(apart) == count else "some"
    facts = {"names": join(page, _better(page, told))} if key == "some" else {}
    page.find(f"finding.apart.{key}", **facts)
    page.say("apart", f"apart.{key}", **facts)
    if "mlp_nam" in pairs:
        place = source_of("pairs", "tabular", "mlp_nam", "accuracy")
        key = "networks_ties" if page.value(f"{place}/wins/1") else "networks"
        page.say("apart", f"apart.{key}", ties=page.number(f"{place}/wins/1"), **_wins(page, place))


def _better(page: Page, told: list[dict[str, str]]) -> list[Fact]:
    """Each pair told apart, with its better model first and the metrics in which it is."""
    names: list[Fact] = []
    for (pair, better), same in groupby(told, key=lambda each: (each["pair"], each["better"])):
        worse = next(model for model in pair.split("_") if model != better)
        metrics = join(page, [page.words.html(f"metric.{each['metric']}") for each in same])
        facts: dict[str, Fact] = {
            "better": model_name(page, "tabular", better),
            "worse": model_name(page, "tabular", worse),
            "metrics": metrics,
        }
        names.append(page.words.html("versus", facts))
    return names


def _signal_pair(page: Page, alone: bool) -> None:
    place = source_of("pairs", "signals", "lstm_cnn", "accuracy")
    if page.value(place) is None:
        return
    key = "apart" if page.value(f"{place}/told_apart") else "same"
    facts: dict[str, Fact] = {
        "difference": page.number(f"{place}/difference", digits=3, signed=True),
        "interval": page.interval(f"{place}/interval"),
        "p": p_value(page, f"{place}/p"),
    }
    page.say("apart", f"apart.signals.{key}", **facts, **_wins(page, place))
    if alone:
        page.find(f"finding.apart.signals.{key}")


def _wins(page: Page, place: str) -> dict[str, Fact]:
    return {"first": page.number(f"{place}/wins/0"), "second": page.number(f"{place}/wins/2")}
