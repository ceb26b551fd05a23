"""The pages that put the models beside each other."""

from __future__ import annotations

from itertools import combinations

from markupsafe import Markup

from report_builder.plots.comparison import DotPanel, DotSeries, interval_dots
from report_builder.plots.curves import CurvePanel, ModelCurve, model_curves
from report_builder.plots.style import ACCENT, INK, ORANGE
from report_builder.render.page import Cell, Column, Page
from report_builder.render.words import Fact
from report_builder.sections.network_pages import METRICS, PROTOCOLS, metric_cell, step_of
from report_builder.sections.sample_words import join
from report_builder.verdicts import NOTABLE_SHIFT

NETWORKS = ("mlp", "nam")
MODELS = (*NETWORKS, "logistic", "forest")


def draw(page: Page) -> None:
    page.facts.update(
        {
            "rows": page.number("performance#/clean/rows"),
            "rows_reference": page.number("performance#/reference/rows"),
            "synthetic": page.number("performance#/synthetic_test_rows"),
            "trees": page.number("baselines#/trees"),
            "bins": page.number("performance#/bins"),
            "draws": page.number("settings#/evaluation/bootstrap_draws"),
            "level": page.number("performance#/level", percent=True, digits=0),
            "prevalence": page.number("performance#/clean/prevalence", digits=3),
        }
    )
    shows_writeup = bool(page.value("writeup#/applies"))
    _table(page, shows_writeup)
    _dots(page, shows_writeup)
    _pairs(page)
    _curves(page)
    _protocols(page)
    if shows_writeup:
        _writeup(page)


def model_step(protocol: str, model: str) -> str:
    """The place of a model's values: "mlp#", or "baselines#/forest" for the two that share a step."""
    if model in NETWORKS:
        return f"{step_of(protocol, model)}#"
    return f"{step_of(protocol, 'baselines')}#/{model}"


def _name(page: Page, model: str) -> Markup:
    return page.words.html(f"common.models.{model}")


def _table(page: Page, shows_writeup: bool) -> None:
    columns = (
        Column("common.model", numeric=False),
        Column("column.protocol", numeric=False),
        *(Column(f"common.metrics.{metric}") for metric in METRICS),
    )
    rows: list[tuple[Cell | Fact, ...]] = []
    for protocol in PROTOCOLS:
        label = page.words.html(f"common.protocols.{protocol}")
        for model in MODELS:
            cells = []
            for metric in METRICS:
                place = model_step(protocol, model)
                winner = model_step(protocol, page.value(f"performance#/{protocol}/best/{metric}"))
                best = page.value(f"{place}/test/{metric}") == page.value(f"{winner}/test/{metric}")
                cells.append(metric_cell(page, place, metric, best=best))
            rows.append((_name(page, model), label, *cells))
    if shows_writeup:
        label = page.words.html("writeup_label")
        for model in NETWORKS:
            printed = page.value(f"writeup#/{model}/test")
            cells = [
                Cell(
                    page.number(f"writeup#/{model}/test/{metric}", digits=3)
                    if metric in printed
                    else Markup("–")
                )
                for metric in METRICS
            ]
            rows.append((_name(page, model), label, *cells))
    page.table("all", columns, rows)


def _dots(page: Page, shows_writeup: bool) -> None:
    text = page.words.text
    panels = []
    for metric in ("accuracy", "f1", "auc"):
        series = []
        for protocol, colour, marker in (("clean", ACCENT, "o"), ("reference", ORANGE, "s")):
            places = [model_step(protocol, model) for model in MODELS]
            values = [page.value(f"{place}/test/{metric}") for place in places]
            intervals = [tuple(page.value(f"{place}/intervals/{metric}")) for place in places]
            series.append(DotSeries(text(f"common.protocols.{protocol}"), colour, marker, values, intervals))
        if shows_writeup:
            printed = [page.value(f"writeup#/{model}/test").get(metric) for model in NETWORKS]
            values = [*printed, *[None] * (len(MODELS) - len(printed))]
            series.append(DotSeries(text("writeup_label"), INK, "x", values, [None] * len(MODELS)))
        panels.append(DotPanel(text(f"common.metrics.{metric}"), series))
    names = [text(f"common.models.{model}") for model in MODELS]
    page.figure("intervals", interval_dots(panels, names, page.words.language))


def _pairs(page: Page) -> None:
    columns = (
        Column("column.pair", numeric=False),
        Column("column.accuracy_difference"),
        Column("column.auc_difference"),
        Column("column.only_first"),
        Column("column.only_second"),
        Column("column.p"),
        Column("column.told_apart", numeric=False),
    )
    rows: list[tuple[Cell | Fact, ...]] = []
    for first, second in combinations(MODELS, 2):
        source = f"performance#/clean/pairs/{first}_{second}"
        differences = [
            Cell(
                page.number(f"{source}/difference/{metric}", digits=3, signed=True),
                page.interval(f"{source}/intervals/{metric}"),
            )
            for metric in ("accuracy", "auc")
        ]
        counts = [Cell(page.number(f"{source}/mcnemar/{side}")) for side in ("only_first", "only_second")]
        told = Cell(_told_apart(page, source, ("accuracy", "auc")))
        p = Cell(page.number(f"{source}/mcnemar/p", digits=3))
        names = page.words.html("pair", {"first": _name(page, first), "second": _name(page, second)})
        rows.append((names, *differences, *counts, p, told))
    page.table("pairs", columns, rows)

    pair = "performance#/clean/pairs/mlp_nam"
    for metric in ("accuracy", "auc"):
        page.facts[f"{metric}_difference"] = page.number(f"{pair}/difference/{metric}", digits=3, signed=True)
        page.facts[f"{metric}_interval"] = page.interval(f"{pair}/intervals/{metric}")
    page.facts["only_mlp"] = page.number(f"{pair}/mcnemar/only_first")
    page.facts["only_nam"] = page.number(f"{pair}/mcnemar/only_second")
    page.facts["p"] = page.number(f"{pair}/mcnemar/p", digits=3)
    apart = _apart(page, pair)
    if apart:
        page.facts["apart"] = join(page, [page.words.html(f"common.metrics.{metric}") for metric in apart])
    page.find(f"finding.{'apart' if apart else 'same'}")
    page.say("networks", f"networks.{'apart' if apart else 'same'}")
    page.say("networks", f"mcnemar.{'apart' if page.value(f'{pair}/mcnemar/told_apart') else 'same'}")
    others = [f"performance#/clean/pairs/{a}_{b}" for a, b in combinations(MODELS, 2) if b not in NETWORKS]
    some = [
        source
        for source in others
        if any(page.value(f"{source}/told_apart/{m}") for m in ("accuracy", "auc"))
    ]
    page.say("baselines", f"baselines.{'some' if some else 'none'}")


def _apart(page: Page, pair: str) -> list[str]:
    return [metric for metric in METRICS if page.value(f"{pair}/told_apart/{metric}")]


def _told_apart(page: Page, pair: str, metrics: tuple[str, ...]) -> Markup:
    """The metrics in which the interval of a pair's difference leaves out zero."""
    found = [m for m in metrics if page.value(f"{pair}/told_apart/{m}")]
    return (
        join(page, [page.words.html(f"common.metrics.{m}") for m in found])
        if found
        else page.words.html("apart_in_none")
    )


def _curves(page: Page) -> None:
    text = page.words.text
    arrays = page.saved["performance"].arrays()
    base = page.value("performance#/clean/prevalence")
    panels = []
    for curve, guide in (("roc", "diagonal"), ("precision_recall", base), ("calibration", "diagonal")):
        curves = []
        for model in MODELS:
            points = arrays[f"clean.{model}.{curve}"]
            curves.append(ModelCurve(model, text(f"common.models.{model}"), points[0], points[1]))
        labels = text(f"axis.{curve}_x"), text(f"axis.{curve}_y")
        panels.append(CurvePanel(*labels, curves, guide, markers=curve == "calibration"))
    page.figure("curves", model_curves(panels, page.words.language))

    columns = (
        Column("common.model", numeric=False),
        Column("column.mean_probability"),
        Column("column.excess"),
        Column("column.calibration_error"),
        Column("common.metrics.brier"),
    )
    rows = []
    for model in MODELS:
        source = f"performance#/clean/models/{model}"
        rows.append(
            (
                _name(page, model),
                Cell(page.number(f"{source}/mean_probability", digits=3)),
                Cell(page.number(f"{source}/excess", digits=3, signed=True)),
                Cell(page.number(f"{source}/calibration_error", digits=3)),
                metric_cell(page, model_step("clean", model), "brier"),
            )
        )
    page.table("calibration", columns, rows)
    shifts = [page.value(f"performance#/clean/models/{model}/excess") for model in MODELS]
    if all(abs(shift) <= NOTABLE_SHIFT for shift in shifts):
        key = "even"
    elif min(shifts) > NOTABLE_SHIFT and page.value("performance#/clean/prevalence") < 0.5:
        key = "high"
    else:
        key = "mixed"
    page.say("calibration_read", f"calibration.{key}")


def _protocols(page: Page) -> None:
    """What the reference protocol changes, and whether the change is more than chance."""
    columns = (
        Column("common.model", numeric=False),
        *(Column(f"common.metrics.{metric}") for metric in ("accuracy", "f1", "auc")),
        Column("column.told_apart", numeric=False),
    )
    rows: list[tuple[Cell | Fact, ...]] = []
    for model in MODELS:
        source = f"performance#/change/{model}"
        cells = [
            Cell(
                page.number(f"{source}/difference/{metric}", digits=3, signed=True),
                page.interval(f"{source}/intervals/{metric}"),
            )
            for metric in ("accuracy", "f1", "auc")
        ]
        rows.append((_name(page, model), *cells, Cell(_told_apart(page, source, ("accuracy", "f1", "auc")))))
    page.table("change", columns, rows)
    raised = [m for m in MODELS if page.value(f"performance#/change/{m}/difference/accuracy") > 0]
    key = "all" if len(raised) == len(MODELS) else "none" if not raised else "some"
    facts = {"models": join(page, [_name(page, model) for model in raised])} if key == "some" else {}
    page.say("change", f"change.{key}", **facts)
    proven = [m for m in MODELS if page.value(f"performance#/change/{m}/told_apart/accuracy")]
    key = "all" if len(proven) == len(MODELS) else "none" if not proven else "some"
    facts = {"models": join(page, [_name(page, model) for model in proven])} if key == "some" else {}
    page.say("change", f"change.proven.{key}", **facts)


def _writeup(page: Page) -> None:
    page.facts.update(
        {
            "writeup_mlp": page.number("writeup#/mlp/test/accuracy", digits=3),
            "writeup_nam": page.number("writeup#/nam/test/accuracy", digits=3),
            "writeup_mlp_rows": page.number("writeup#/mlp/rows/test"),
            "writeup_nam_rows": page.number("writeup#/nam/rows/test"),
            "writeup_mlp_class": page.number("writeup#/mlp/rows/per_class"),
            "writeup_nam_class": page.number("writeup#/nam/rows/per_class"),
            "writeup_difference": page.number("writeup#/difference/accuracy", digits=3, signed=True),
            "writeup_interval": page.interval("writeup#/difference/interval"),
        }
    )
    page.say("writeup", "writeup.claim")
    for fault in ("rows", "leak", "chance"):
        page.say("faults", f"fault.{fault}")
    pair = "performance#/reference/pairs/mlp_nam"
    apart = page.value(f"{pair}/told_apart/accuracy")
    page.say(
        "writeup_here",
        f"writeup_here.{'apart' if apart else 'same'}",
        difference=page.number(f"{pair}/difference/accuracy", digits=3, signed=True),
        interval=page.interval(f"{pair}/intervals/accuracy"),
    )
