"""Which columns have outliers, and what they do to a model."""

from __future__ import annotations

from report_builder import verdicts
from report_builder.render.page import Cell, Column, Page
from report_builder.render.words import Fact
from report_builder.sections.sample_words import in_units, join

OUTLIER_COLUMNS = (
    Column("common.feature", numeric=False),
    Column("column.low"),
    Column("column.high"),
    Column("column.outliers"),
    Column("column.outlier_share"),
    Column("column.outlier_zeros"),
    Column("column.negative"),
    Column("column.positive"),
)
EFFECT_COLUMNS = (
    Column("column.treatment", numeric=False),
    Column("column.training_rows"),
    Column("common.metrics.auc"),
    Column("column.difference"),
)


def draw_outliers(page: Page) -> None:
    found = page.value("exploration#/outliers")
    page.facts |= {
        "columns_with": page.number("exploration#/outliers/columns_with"),
        "outlier_rows": page.number("exploration#/outliers/rows"),
        "outlier_row_share": page.number("exploration#/outliers/row_share", percent=True),
        "outlier_positive_share": page.number("exploration#/outliers/positive_share", percent=True),
        "folds": page.number("exploration#/outlier_effect/folds"),
        "repeats": page.number("exploration#/outlier_effect/repeats"),
        "level": page.number("exploration#/outlier_effect/level", percent=True, digits=0),
    }
    columns = found["columns"]
    page.table("outliers", OUTLIER_COLUMNS, [_row(page, i) for i in range(len(columns))])
    most = max(range(len(columns)), key=lambda i: columns[i]["count"])
    if not columns[most]["count"]:
        page.say("outliers", "outliers.none")
    else:
        source = f"exploration#/outliers/columns/{most}"
        page.say(
            "outliers",
            "outliers.most",
            feature=page.feature(columns[most]["name"]),
            count=page.number(f"{source}/count"),
            share=page.number(f"{source}/share", percent=True),
        )
        clear = [page.feature(column["name"]) for column in columns if not column["count"]]
        if clear:
            page.say("outliers", "outliers.clear", names=join(page, clear))
        _zeros(page)
        excess = found["positive_excess"]
        side = "alike" if abs(excess) <= verdicts.NOTABLE_EXCESS else verdicts.direction(excess)
        page.say("outliers", f"outliers.positives.{side}")
    _effects(page)


def _row(page: Page, i: int) -> list[Fact]:
    source = f"exploration#/outliers/columns/{i}"
    return [
        page.feature(page.value(source)["name"], unit=True),
        in_units(page, f"{source}/low"),
        in_units(page, f"{source}/high"),
        page.number(f"{source}/count"),
        page.number(f"{source}/share", percent=True),
        page.number(f"{source}/zeros"),
        page.number(f"{source}/negative"),
        page.number(f"{source}/positive"),
    ]


def _zeros(page: Page) -> None:
    """The column in which most of the outliers are zeros that stand for missing values."""
    named = {*page.value("exploration#/never_zero"), *page.value("exploration#/zero_is_missing")}
    columns = page.value("exploration#/outliers/columns")
    zeros = {
        i: column["zeros"] for i, column in enumerate(columns) if column["name"] in named and column["zeros"]
    }
    if zeros:
        i = max(zeros, key=lambda place: zeros[place])
        page.say(
            "outliers",
            "outliers.zeros",
            feature=page.feature(columns[i]["name"]),
            zeros=page.number(f"exploration#/outliers/columns/{i}/zeros"),
            count=page.number(f"exploration#/outliers/columns/{i}/count"),
        )


def _effects(page: Page) -> None:
    treatments = page.value("exploration#/outlier_effect/treatments")
    rows: list[list[Cell | Fact]] = []
    for i, treatment in enumerate(treatments):
        source = f"exploration#/outlier_effect/treatments/{i}"
        compared = "difference" in treatment
        difference: Cell | Fact = ""
        if compared:
            change = page.number(f"{source}/difference", digits=3, signed=True)
            difference = Cell(change, page.interval(f"{source}/interval"))
        rows.append(
            [
                page.words.html(f"treatment.{treatment['treatment']}"),
                page.number(f"{source}/rows"),
                page.number(f"{source}/auc", digits=3),
                difference,
            ]
        )
        if compared:
            verdict = "none"
            if verdicts.differs(treatment["interval"]):
                verdict = verdicts.direction(treatment["difference"])
            page.say(
                "effect",
                f"effect.{treatment['treatment']}.{verdict}",
                difference=page.number(f"{source}/difference", digits=3, signed=True),
                interval=page.interval(f"{source}/interval"),
            )
            moved = treatment["moved"]
            page.say(
                "effect",
                "effect.moved",
                feature=page.feature(moved["name"]),
                kept_coefficient=page.number(f"{source}/moved/kept", digits=2),
                treated=page.number(f"{source}/moved/treated", digits=2),
            )
    page.table("effect", EFFECT_COLUMNS, rows)
    if "removed" not in [treatment["treatment"] for treatment in treatments]:
        page.say("effect", "effect.impossible")
