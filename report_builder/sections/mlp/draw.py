"""The pages of the multilayer perceptron."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup

from report_builder.render.page import Cell, Column, Page
from report_builder.sections.network_pages import draw_network, early_stopping_row, setting_row
from report_builder.sections.side_by_side import side_by_side

SETTINGS = ("epochs", "batch_size", "learning_rate", "weight_decay")


def draw(page: Page) -> None:
    draw_network(page, "mlp")
    _layers(page)
    _settings(page)


def _layers(page: Page) -> None:
    columns = (
        Column("column.layer", numeric=False),
        Column("column.size", numeric=False),
        Column("column.parameters"),
    )
    rows = []
    for index, layer in enumerate(page.value("mlp#/layers")):
        source = f"mlp#/layers/{index}"
        rows.append(
            (
                Cell(page.words.html(f"layer.{layer['kind']}")),
                Cell(_size(page, layer, source)),
                Cell(page.number(f"{source}/parameters")),
            )
        )
    rows.append((Cell(page.words.html("total")), Cell(Markup("")), Cell(page.number("mlp#/parameters"))))
    page.table("layers", columns * 2, side_by_side(rows, 2))


def _size(page: Page, layer: dict[str, Any], source: str) -> Markup:
    """What is to be said about the size of a layer."""
    if "rate" in layer:
        return page.words.html("size.rate", {"rate": page.number(f"{source}/rate", percent=True, digits=0)})
    if "inputs" in layer:
        ends = {end: page.number(f"{source}/{end}") for end in ("inputs", "outputs")}
        return page.words.html("size.linear", ends)
    if "outputs" in layer:
        return page.words.html("size.units", {"outputs": page.number(f"{source}/outputs")})
    return Markup("")


def _settings(page: Page) -> None:
    rows = [setting_row(page, "mlp", name) for name in SETTINGS]
    rows.append(early_stopping_row(page, "mlp"))
    columns = (Column("column.setting", numeric=False), Column("common.value"))
    page.table("settings", columns * 2, side_by_side(rows, 2))
