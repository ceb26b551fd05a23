"""The atlas of all explanations, its summaries, and the data of the explorer on the screen."""

from __future__ import annotations

from typing import Any

import numpy as np

from report_builder.plots.atlas import atlas
from report_builder.render.page import Column, Page, pointer
from report_builder.render.words import Fact
from report_builder.sections.sample_words import decimals

GROUPS = (
    Column("column.group", numeric=False),
    Column("common.count"),
    Column("column.probability"),
    Column("column.lime_top", numeric=False),
    Column("column.shap_top", numeric=False),
    Column("column.r2"),
)
LEADERS = (
    Column("common.feature", numeric=False),
    Column("column.lime_first"),
    Column("column.shap_first"),
    Column("column.lime_positive"),
    Column("column.shap_positive"),
)
PER_PAGE = 100  # samples in one block of the explorer's data, which the script reads when it is first shown
WORDS = [
    "choose",
    "number",
    "absent",
    "previous",
    "next",
    "page",
    "previous_page",
    "next_page",
    "option",
    "summary",
    "table_caption",
    "feature",
    "lime",
    "shap",
    "negative",
    "positive",
]


def draw(page: Page) -> None:
    page.facts |= {
        "rows": page.number("atlas#/rows"),
        "shown": page.number("atlas#/shown"),
        "same_leader": page.number("atlas#/same_leader", percent=True, digits=0),
    }
    _findings(page)
    if page.value("writeup#/applies"):
        page.say("intro", "intro.writeup")
    page.say("intro", "intro")
    sampled = page.value("atlas#/shown") < page.value("atlas#/rows")
    page.say("extent", "extent.sampled" if sampled else "extent.all")
    page.say("extent", "extent.order")
    split, lime, shap = (page.saved[step].arrays() for step in ("split", "lime", "shapley"))
    shown = page.saved["atlas"].arrays()
    rows = shown["rows"]
    names = [str(name) for name in split["feature_names"]]
    ranking = page.value("shapley#/ranking")
    order = [names.index(name) for name in ranking]
    figure = atlas(
        shap["predictions"][rows],
        split["y_test"][rows],
        [lime["coefficients"][rows][:, order], shap["values"][rows][:, order]],
        [page.words.text("common.methods.lime"), page.words.text("common.methods.shapley")],
        [page.feature(name) for name in ranking],
        page.words.language,
        row_label=page.words.text("axis.rows"),
        prediction_label=page.words.text("common.probability"),
        class_label=page.words.text("axis.true_class"),
        colour_label=page.words.text("axis.colour"),
    )
    page.figure("atlas", figure)
    if sampled:
        page.footnote("atlas")
    page.table("groups", GROUPS, [_group_row(page, key) for key in page.value("atlas#/groups")])
    page.table("leaders", LEADERS, [_leader_row(page, name) for name in ranking])
    page.data |= _explorer(page, order, shown["explored"].tolist(), split, lime, shap)
    if "explored" in page.saved["atlas"].values:
        page.say("explorer_extent", "explorer_extent", explored=page.number("atlas#/explored"))


def _findings(page: Page) -> None:
    leaders = page.value("atlas#/leaders")
    first = max(leaders, key=lambda name: leaders[name]["shap"])
    page.find(
        "finding.leader",
        feature=page.feature(first),
        share=page.number(f"atlas#/leaders/{pointer(first)}/shap", percent=True, digits=0),
        lime_share=page.number(f"atlas#/leaders/{pointer(first)}/lime", percent=True, digits=0),
    )


def _group_row(page: Page, key: str) -> list[Fact]:
    source = f"atlas#/groups/{key}"
    group = page.value(source)
    cells: list[Fact] = [page.words.html(f"group.{key}"), page.number(f"{source}/count")]
    if not group["count"]:
        return [*cells, *[page.words.html("common.undefined")] * 4]
    tops = [
        page.words.html(
            "top",
            {
                "feature": page.feature(group[method]["name"]),
                "mean": page.number(f"{source}/{method}/mean", signed=True, digits=3),
            },
        )
        for method in ("lime", "shap")
    ]
    return [
        *cells,
        page.number(f"{source}/probability", digits=3),
        *tops,
        page.number(f"{source}/r2", digits=2),
    ]


def _leader_row(page: Page, name: str) -> list[Fact]:
    source = f"atlas#/leaders/{pointer(name)}"
    shares = [
        page.number(f"{source}/{key}", percent=True, digits=0)
        for key in ("lime", "shap", "lime_positive", "shap_positive")
    ]
    return [page.feature(name), *shares]


def _explorer(
    page: Page,
    order: list[int],
    rows: list[int],
    split: dict[str, np.ndarray],
    lime: dict[str, np.ndarray],
    shap: dict[str, np.ndarray],
) -> dict[str, Any]:
    """Blocks of data by name.

    `explorer` holds what is said of all samples, and the number of the first sample of each page; `page_<i>`,
    from 1, the samples of a page, with values in original units and both explanations.
    """
    units = split["x_test"] * split["stds"] + split["means"]
    names = [str(name) for name in split["feature_names"]]
    digits = [max(decimals(value) for value in units[rows, j]) for j in order]
    pages = [rows[start : start + PER_PAGE] for start in range(0, len(rows), PER_PAGE)]
    known = {
        "locale": {"en": "en", "fa": "fa-IR"}[page.words.language.code],
        "words": {key: page.words.catalog[f"explorer.{key}"] for key in WORDS},
        "features": [
            {"name": page.feature(names[j]), "unit": page.words.units.get(names[j], ""), "digits": d}
            for j, d in zip(order, digits, strict=True)
        ],
        "base": round(page.value("shapley#/base"), 4),
        "first": page.value("chosen#/rows/0/index"),
        "pages": [members[0] for members in pages],
    }

    def sample(row: int) -> dict[str, Any]:
        return {
            "index": row,
            "probability": round(float(shap["predictions"][row]), 4),
            "label": int(split["y_test"][row]),
            "r2": round(float(lime["r2"][row]), 3),
            "values": [round(float(units[row, j]), 4) for j in order],
            "lime": [round(float(lime["coefficients"][row, j]), 4) for j in order],
            "shap": [round(float(shap["values"][row, j]), 4) for j in order],
        }

    blocks = {f"page_{i}": [sample(row) for row in members] for i, members in enumerate(pages, start=1)}
    return {"explorer": known, **blocks}
