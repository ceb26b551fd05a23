"""An artificial section that uses every kind of block, with names that try to break out of their place."""

import numpy as np

from report_builder.plots.curves import in_reading_order
from report_builder.plots.style import (
    CLASS_COLOURS,
    FULL,
    HALF,
    localise_axes,
    new_figure,
    panel_letter,
)
from report_builder.render.page import Cell, Column, Page


def draw(page: Page) -> None:
    page.facts |= {
        "n": page.number("trial#/n"),
        "accuracy": page.number("trial#/accuracy"),
        "interval": page.interval("trial#/interval"),
        "effect": page.number("trial#/effect", signed=True),
        "feature": page.feature("BMI"),
        "odd": page.value("trial#/odd"),
    }
    page.find("finding")
    if page.section == "trial":
        page.find("second_finding")
        for _ in range(3):
            page.say("points", "point")
        page.data["explorer"] = {"text": "</script><script>alert(1)</script> & دادهٔ آزمون"}
        page.table(
            "metrics",
            [
                Column("common.metric", numeric=False),
                Column("common.models.mlp"),
                Column("common.models.nam"),
            ],
            [
                [
                    page.words.html(f"common.metrics.{name}"),
                    Cell(page.number("trial#/accuracy"), page.interval("trial#/interval"), best=True),
                    Cell(page.number("trial#/effect", digits=digits), page.interval("trial#/interval")),
                ]
                for name, digits in (("accuracy", 3), ("f1", 1), ("auc", 0))
            ],
        )
        page.table(
            "names",
            [Column("common.feature", numeric=False), Column("common.value")],
            [[name, page.number("trial#/n")] for name in page.value("trial#/names")],
        )
        page.figure("curves", _curves(page, FULL, 62, 2))
        page.figure("left", _curves(page, HALF, 55, 1), width="half")
        page.figure("right", _curves(page, HALF, 55, 1), width="half")


def _curves(page: Page, width: float, height: float, panels: int):
    figure, axes = new_figure(width, height, 1, panels)
    epochs = np.arange(1, 16)
    for panel in range(panels):
        ax = in_reading_order(list(axes[0]), page.words.language)[panel]
        for sign, name in enumerate(("negative", "positive")):
            label = page.words.text(f"common.classes.{name}")
            ax.plot(
                epochs, np.exp(-epochs / (4 + sign)) - 0.2 * panel, color=CLASS_COLOURS[name], label=label
            )
        ax.set_xlabel(page.words.text("common.epoch"))
        ax.set_ylabel(page.feature("BMI", unit=True))
        localise_axes(ax, page.words.language)
        if panels > 1:
            panel_letter(ax, panel, page.words.language)
    axes[0, 0].legend()
    return figure
