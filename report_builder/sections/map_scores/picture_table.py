"""The scores of the pictures shown, method by method."""

from __future__ import annotations

from report_builder.render.numbers import Number
from report_builder.render.page import Cell, Column, Page
from report_builder.render.words import Fact
from report_builder.sections.map_methods import REFERENCES
from report_builder.sections.map_scores.printed import TO_BEAT, as_score, name_of


def draw_pictures(page: Page) -> None:
    """Deletion and insertion of the pictures shown, and their masks where there are any."""
    found = page.value("picture_scores#/scores")
    masks = "mass" in next(iter(found.values()))
    scores = ["deletion", "insertion", *(["pointing", "mass"] if masks else [])]
    own = sorted(page.value("picture_scores#/methods"), key=lambda name: -float(found[name]["insertion"]))
    best = page.value("picture_scores#/best")
    top = {score: _number(page, score, method).plain for score, method in best.items()}
    rows: list[list[Cell | Fact]] = []
    for method in (*own, *REFERENCES):
        row: list[Cell | Fact] = [name_of(page, method)]
        for score in scores:
            value = _number(page, score, method)
            row.append(Cell(value, best=method in own and value.plain == top.get(score)))
        rows.append(row)
    page.facts["pictures"] = page.number("picture_scores#/count")
    columns = [Column("column.method", numeric=False), *(Column(f"column.{score}") for score in scores)]
    page.table("pictures", columns, rows)
    facts: dict[str, Fact] = {
        "deletion_best": name_of(page, best["deletion"]),
        "deletion": _number(page, "deletion", best["deletion"]),
        "insertion_best": name_of(page, best["insertion"]),
        "insertion": _number(page, "insertion", best["insertion"]),
        "edges": _number(page, "insertion", TO_BEAT),
    }
    page.say(
        "pictures_read",
        "pictures_read.same" if best["deletion"] == best["insertion"] else "pictures_read.two",
        **facts,
    )
    page.say("pictures_read", "pictures_read.masks" if masks else "pictures_read.no_masks")


def _number(page: Page, score: str, method: str) -> Number:
    return as_score(page, score, f"picture_scores#/scores/{method}/{score}")
