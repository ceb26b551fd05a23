"""What the pages of this section have in common: which columns get a panel, what is in it, and names."""

from __future__ import annotations

import numpy as np

from report_builder.plots.distributions import Box, ColumnHistogram
from report_builder.render.page import Page
from report_builder.verdicts import MOST_PANELS


def class_names(page: Page) -> tuple[str, str]:
    return page.words.text("common.classes.negative"), page.words.text("common.classes.positive")


def panel_columns(page: Page) -> list[int]:
    """All columns, or the MOST_PANELS that correlate most with the target, in the table's order."""
    names = page.value("table#/features")
    ranked = [names.index(entry["first"]) for entry in page.value("exploration#/correlation/with_target")]
    return sorted(ranked[:MOST_PANELS])


def histogram_of(page: Page, column: int, *, unit: bool = True) -> ColumnHistogram:
    arrays = page.saved["exploration"].arrays()
    label = page.feature(page.value("table#/features")[column], unit=unit)
    return ColumnHistogram(label, arrays[f"edges_{column}"], arrays[f"counts_{column}"])


def box_of(page: Page, column: int) -> tuple[Box, Box]:
    """The boxes of the two classes, negative first."""
    arrays = page.saved["table"].arrays("table")
    boxes = []
    for label, name in enumerate(("negative", "positive")):
        found = page.value(f"exploration#/boxes/{column}/{name}")
        values = arrays["features"][arrays["target"] == label, column]
        outside = np.unique(values[(values < found["low"]) | (values > found["high"])])
        boxes.append(Box(**found, outside=outside))
    return boxes[0], boxes[1]
