"""The pages of the neural additive model."""

from __future__ import annotations

import math

from report_builder.plots.shapes import ShapePanel, shape_functions
from report_builder.render.numbers import Number
from report_builder.render.page import Cell, Column, Page, pointer
from report_builder.render.words import Fact
from report_builder.sections.network_pages import draw_network, early_stopping_row, metric_cell, setting_row
from report_builder.sections.side_by_side import side_by_side
from report_builder.verdicts import ADDITIVITY_TOLERANCE, monotonicity

SETTINGS = (
    "epochs",
    "batch_size",
    "learning_rate",
    "weight_decay",
    "dropout",
    "feature_dropout",
    "output_penalty",
)
MOST_SHOWN = 12  # shape functions: three rows of four still read well at the width of the text
MOST_DESCRIBED = 3


def draw(page: Page) -> None:
    draw_network(page, "nam")
    page.facts.update(
        {
            "wide": page.number("settings#/nam/hidden/0"),
            "narrow": page.number("settings#/nam/hidden/1"),
            "per_feature": page.number("nam#/parameters_per_feature"),
            "additivity": page.number("nam#/additivity_error", scientific=True),
            "bias": page.number("nam#/bias", signed=True),
            "top_share": page.number("nam#/top_share", percent=True, digits=0),
            "bulk_low": page.number("nam#/bulk/0", percent=True, digits=0),
            "bulk_high": page.number("nam#/bulk/1", percent=True, digits=0),
        }
    )
    rows = [setting_row(page, "nam", name) for name in SETTINGS]
    rows.append(early_stopping_row(page, "nam"))
    columns = (Column("column.setting", numeric=False), Column("common.value"))
    page.table("settings", columns * 2, side_by_side(rows, 2))
    _shapes(page)
    _question(page)


def _shapes(page: Page) -> None:
    ranking = page.value("nam#/ranking")
    shown = ranking[:MOST_SHOWN]
    arrays = page.saved["nam"].arrays()
    names = page.value("table#/features")  # in the order of the columns, which saved keys do not keep
    panels = []
    for name in shown:
        column = names.index(name)
        ends = (page.value(f"nam#/shape/{pointer(name)}/{end}") for end in ("low", "high"))
        grid, shape, data = (arrays[key][:, column] for key in ("grid", "shapes", "training"))
        panels.append(ShapePanel(page.feature(name, unit=True), grid, shape, data, *ends))
    page.facts["first"] = page.words.name(page.feature(ranking[0]))
    page.figure("shapes", shape_functions(panels, page.words.text("axis.contribution"), page.words.language))
    page.say("shapes_intro", "shapes_intro")
    if len(shown) < len(ranking):
        page.say("shapes_intro", "shapes_cut")

    for name in ranking[:MOST_DESCRIBED]:
        source = f"nam#/shape/{pointer(name)}"
        page.say(
            "shapes_read",
            f"shape.{monotonicity(page.value(f'{source}/trend'))}",
            feature=page.words.name(page.feature(name)),
            importance=page.number(f"nam#/importance/{pointer(name)}"),
            share=page.number(f"{source}/share", percent=True, digits=0),
            **_ends(page, source),
        )
    columns = (
        Column("common.feature", numeric=False),
        Column("column.importance"),
        Column("column.share"),
        Column("column.at_low"),
        Column("column.at_high"),
        Column("column.course", numeric=False),
    )
    table = []
    for name in shown:
        source = f"nam#/shape/{pointer(name)}"
        at = _ends(page, source)
        course = monotonicity(page.value(f"{source}/trend"))
        table.append(
            (
                Cell(page.feature(name, unit=True)),
                Cell(page.number(f"nam#/importance/{pointer(name)}", digits=3)),
                Cell(page.number(f"{source}/share", percent=True, digits=0)),
                Cell(at["at_low"], page.words.html("at_value", {"value": at["low"]})),
                Cell(at["at_high"], page.words.html("at_value", {"value": at["high"]})),
                Cell(page.words.html(f"course_word.{course}")),
            )
        )
    page.table("importance", columns, table)
    exact = page.value("nam#/additivity_error") <= ADDITIVITY_TOLERANCE
    page.say("additivity", f"additivity.{'holds' if exact else 'fails'}")
    page.find("finding_shapes")


def _ends(page: Page, source: str) -> dict[str, Number]:
    """A shape function at both ends of the bulk of the data: the feature's values and the contributions."""
    ends = [page.value(f"{source}/{end}") for end in ("low", "high")]
    whole = all(math.isclose(end, round(end), abs_tol=1e-6) for end in ends)
    span = max(ends[1] - ends[0], 1e-6)
    digits = 0 if whole else max(0, 2 - math.floor(math.log10(span)))
    values = {end: page.number(f"{source}/{end}", digits=digits) for end in ("low", "high")}
    shape = {end: page.number(f"{source}/{end}", digits=2, signed=True) for end in ("at_low", "at_high")}
    return values | shape


def _question(page: Page) -> None:
    """Question 8a: the NAM against a black box, from the measured numbers."""
    pair = "performance#/clean/pairs/mlp_nam"
    page.facts.update(
        {
            "mlp_parameters": page.number("mlp#/parameters"),
            "mlp_gap": page.number("mlp#/loss_gap", percent=True, signed=True),
            "mlp_auc": page.number("mlp#/test/auc", digits=3),
            "mlp_accuracy": page.number("mlp#/test/accuracy", digits=3),
            "logistic_auc": page.number("baselines#/logistic/test/auc", digits=3),
            "auc_difference": page.number(f"{pair}/difference/auc", digits=3, signed=True),
            "accuracy_difference": page.number(f"{pair}/difference/accuracy", digits=3, signed=True),
            "accuracy_difference_interval": page.interval(f"{pair}/intervals/accuracy"),
            "auc_difference_interval": page.interval(f"{pair}/intervals/auc"),
        }
    )
    more = page.value("nam#/parameters") > page.value("mlp#/parameters")
    page.say("complexity", "complexity.counts")
    page.say("complexity", f"complexity.{'more' if more else 'fewer'}")
    page.say("complexity", "complexity.kind")

    gaps = {name: abs(page.value(f"{name}#/loss_gap")) for name in ("nam", "mlp")}
    page.say("generalisation", "generalisation.gaps")
    page.say("generalisation", f"generalisation.{'nam' if gaps['nam'] < gaps['mlp'] else 'mlp'}_nearer")
    winners = {metric: _winner(page, pair, metric) for metric in ("auc", "accuracy")}
    page.say("generalisation", f"generalisation.{winners['auc']}")
    if winners["accuracy"] != "same":
        page.say("generalisation", f"generalisation.accuracy_{winners['accuracy']}")
    page.say("generalisation", "generalisation.limit")
    for kind, count in (("nam_pros", 4), ("nam_cons", 5), ("box_pros", 3), ("box_cons", 3)):
        for letter in "abcde"[:count]:
            page.say(kind, f"{kind}.{letter}")
    page.say("verdict", f"verdict.{next((w for w in winners.values() if w != 'same'), 'same')}")
    _comparison(page)


def _winner(page: Page, pair: str, metric: str) -> str:
    """Which of the two models is better in a metric, or "same" where they cannot be told apart."""
    if not page.value(f"{pair}/told_apart/{metric}"):
        return "same"
    return "mlp" if page.value(f"{pair}/difference/{metric}") > 0 else "nam"


def _comparison(page: Page) -> None:
    columns = (
        Column("column.aspect", numeric=False),
        Column("common.models.nam"),
        Column("common.models.mlp"),
    )
    gaps = (page.number(f"{name}#/loss_gap", percent=True, signed=True) for name in ("nam", "mlp"))
    rows: list[tuple[Cell | Fact, ...]] = [
        (page.words.html("aspect.parameters"), page.facts["parameters"], page.facts["mlp_parameters"]),
        (page.words.html("aspect.gap"), *gaps),
    ]
    for metric in ("accuracy", "auc"):
        nam, mlp = (metric_cell(page, f"{name}#", metric) for name in ("nam", "mlp"))
        rows.append((page.words.html(f"aspect.{metric}"), nam, mlp))
    for aspect in ("explanation", "interactions", "exact"):
        answers = (page.words.html(f"aspect.{aspect}_{name}") for name in ("nam", "mlp"))
        rows.append((page.words.html(f"aspect.{aspect}"), *answers))
    page.table("comparison", columns, rows)
