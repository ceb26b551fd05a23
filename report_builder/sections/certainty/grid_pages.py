"""The combinations of settings, the one chosen on validation, and what choosing on the test set would be."""

from __future__ import annotations

from typing import Any

import numpy as np
from markupsafe import Markup

from report_builder import verdicts
from report_builder.plots.setting_map import SettingPanel, setting_map
from report_builder.render.page import Cell, Column, Page
from report_builder.render.words import Fact
from report_builder.sections.certainty.printed import (
    found,
    name_code,
    plus_minus,
    setting_text,
    setting_value,
    settings_text,
    shown,
    source_of,
)

COLUMNS = ("first_setting", "second_setting", "third_setting")  # more settings share a column
LOSS = "validation_loss"
# Of explanations under two seeds
SIMILAR = (
    "shap_rank_correlation",
    "lime_rank_correlation",
    "smooth_grad_similarity",
    "lime_image_similarity",
)
# In the order of the table
MEASURES = (LOSS, "validation_accuracy", "test_accuracy", "test_auc", *SIMILAR)
# The last to be left out where the width of a page has no room for all
FIRST = (LOSS, "test_accuracy", "shap_rank_correlation", "lime_rank_correlation")
MOST_COLUMNS = 9
SPREAD = (LOSS, "test_accuracy")  # printed with their standard deviation
PANELS = 2


def draw_grid(page: Page) -> None:
    grid = found(page, "grid")
    measures = [name for name in MEASURES if name in grid["measures"]]
    _choice(page)
    if not measures:
        return
    _table(page, _fitting(measures, len(grid["settings"])))
    panels = [grid["by"], "test_accuracy"] if grid["by"] else measures
    _maps(page, [name for name in panels if name in measures][:PANELS])


def _fitting(measures: list[str], settings: int) -> list[str]:
    """The measures that there is room for, beside the settings and the number of runs."""
    room = MOST_COLUMNS - 1 - (settings if settings <= len(COLUMNS) else len(COLUMNS))
    kept = sorted(measures, key=lambda name: FIRST.index(name) if name in FIRST else len(FIRST))[:room]
    return [name for name in measures if name in kept]


def _choice(page: Page) -> None:
    """What validation chooses, and what the test set would have."""
    grid = found(page, "grid")
    best = grid["best"]
    if best is None:
        page.say("choice", "grid.untrained")
        return
    by = grid["by"]
    value = page.number(source_of("grid", "cells", best, by, "mean"), digits=3)
    page.say(
        "choice",
        "grid.chosen",
        best=settings_text(page, best),
        measure=page.words.html(f"best_by.{by}"),
        value=value,
    )
    own, spread = (grid["cells"][best][by][key] for key in ("mean", "sd"))
    others = [cell[by]["mean"] for place, cell in enumerate(grid["cells"]) if place != best and cell[by]]
    if spread is not None and any(abs(mean - own) <= spread for mean in others):
        page.say("choice", "grid.close")
    cheat = grid["best_on_test"]
    if cheat is None or grid["optimism"] is None:
        page.say("cheat", "grid.cheat.unmeasured")
        return
    facts: dict[str, Fact] = {
        "honest": page.number(source_of("grid", "cells", best, "test_accuracy", "mean"), digits=3),
        "cheated": page.number(source_of("grid", "cells", cheat, "test_accuracy", "mean"), digits=3),
        "cheat": settings_text(page, cheat),
        "gain": page.number("certainty#/grid/gain", digits=3),
        "optimism": page.number("certainty#/grid/optimism", digits=3),
    }
    nothing = cheat == best and round(grid["optimism"], 3) == 0
    key = "nothing" if nothing else "same" if cheat == best else "other"
    page.say("cheat", f"grid.cheat.{key}", **facts)


def _table(page: Page, measures: list[str]) -> None:
    grid = found(page, "grid")
    names, cells = grid["settings"], grid["cells"]
    merged = len(names) > len(COLUMNS)
    order = _ordered(grid)
    rows: list[list[Cell | Fact]] = []
    for place in order:
        row: list[Cell | Fact] = (
            [settings_text(page, place)] if merged else [setting_value(page, place, name) for name in names]
        )
        row.append(page.number(source_of("grid", "cells", place, "seeds")))
        row += [_measured(page, place, name, best=place == grid["best"]) for name in measures]
        rows.append(row)
    about = [grid["model"] or "none"]
    if any(
        cell[name] and cell[name]["sd"] is not None for cell in cells for name in SPREAD if name in measures
    ):
        about.append("spread")
    if any(name in SIMILAR for name in measures):
        about.append("similar")
    told = Markup(" ").join(page.words.html(f"grid_about.{key}") for key in about)
    facts: dict[str, Fact] = {"about": told}
    if merged:
        columns = [Column("column.settings", numeric=False)]
    else:
        columns = [
            Column(f"column.{key}", numeric=_numeric(cells, name))
            for key, name in zip(COLUMNS, names, strict=False)
        ]
        facts |= {key: name_code(name) for key, name in zip(COLUMNS, names, strict=False)}
    columns += [Column("column.seeds"), *(Column(f"measure.{name}") for name in measures)]
    page.table("grid", columns, rows, **facts)
    if len(order) < len(cells):
        page.say("grid_cut", "grid.cut", shown=page.number("verdicts#/most_rows"))


def _ordered(grid: dict[str, Any]) -> list[int]:
    """The cells in their own order; of many the best, and the one that the test set would choose."""
    places = list(range(len(grid["cells"])))
    if len(places) <= verdicts.MOST_ROWS or not grid["by"]:
        return places[: verdicts.MOST_ROWS]
    sign = 1 if grid["by"] == LOSS else -1
    known = [place for place in places if grid["cells"][place][grid["by"]]]
    best = sorted(known, key=lambda place: sign * grid["cells"][place][grid["by"]]["mean"])[
        : verdicts.MOST_ROWS
    ]
    return sorted({*best, grid["best_on_test"]} - {None})


def _numeric(cells: list[dict[str, Any]], name: str) -> bool:
    values = [cell["settings"][name] for cell in cells]
    return all(isinstance(value, int | float) and not isinstance(value, bool) for value in values)


def _measured(page: Page, place: int, name: str, best: bool) -> Cell | Fact:
    source = source_of("grid", "cells", place, name)
    value = page.value(source)
    if value is None:
        return page.words.html("no_value")
    mean = shown(page, f"{source}/mean", digits=3)
    if name in SPREAD and value["sd"] is not None:
        mean = plus_minus(mean, page.number(f"{source}/sd", digits=3))
    return Cell(mean, best=best)


def _maps(page: Page, measures: list[str]) -> None:
    """Over the first two settings, the others as in the chosen cell, or in the report's own."""
    grid = found(page, "grid")
    names = grid["settings"]
    centre = page.value("certainty#/main/index") if grid["best"] is None else grid["best"]
    held = names[2:]
    if held:
        page.say("held", "grid.others", others=settings_text(page, centre, held))
    rows, columns = (names[0], names[1]) if len(names) > 1 else (None, names[0])
    cells = [
        (place, cell["settings"])
        for place, cell in enumerate(grid["cells"])
        if all(cell["settings"][name] == grid["cells"][centre]["settings"][name] for name in held)
    ]
    row_values = _values(cells, rows) if rows else [""]
    column_values = _values(cells, columns)

    def where(place: int | None) -> tuple[int, int] | None:
        settings = dict(cells).get(-1 if place is None else place)
        if settings is None:
            return None
        return row_values.index(settings[rows]) if rows else 0, column_values.index(settings[columns])

    panels = []
    for name in measures:
        values = np.full((len(row_values), len(column_values)), np.nan)
        for place, _ in cells:
            if own := grid["cells"][place][name]:
                values[where(place)] = own["mean"]
        if np.isfinite(values).any():
            dashed = grid["best_on_test"] if name == "test_accuracy" else None
            title = page.words.text(f"measure.{name}")
            panels.append(
                SettingPanel(title, values, where(grid["best"]), where(dashed), low_is_good=name == LOSS)
            )
    if panels:
        figure = setting_map(
            panels,
            (rows or "", [setting_text(page, value) for value in row_values] if rows else [""]),
            (columns, [setting_text(page, value) for value in column_values]),
            page.words.language,
        )
        page.figure("cells" if grid["best"] is not None else "cells_unchosen", figure)


def _values(cells: list[tuple[int, dict[str, Any]]], name: str) -> list[Any]:
    """The values of a setting in the order of the cells."""
    values: list[Any] = []
    for _, settings in cells:
        if settings[name] not in values:
            values.append(settings[name])
    return values
