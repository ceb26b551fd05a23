"""The metrics of both runs, their differences, and the noise that these are set against."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from markupsafe import Markup

from report_builder import verdicts
from report_builder.compare.headlines import GROUPS
from report_builder.compare.pages.code import code
from report_builder.render.page import Cell, Column, Page, TableBlock
from report_builder.render.words import Fact

# Groups of many methods: a row for each, a column for each measure
WIDE = ("signal_scores", "map_scores")
COLUMNS = (
    Column("column.of", numeric=False),
    Column("common.metric", numeric=False),
    Column("column.A"),
    Column("column.B"),
    Column("column.difference"),
    Column("column.noise"),
    Column("column.verdict", numeric=False),
)
DIGITS = 3
Row = dict[str, Any]


def draw(page: Page) -> None:
    metrics = page.value("comparison#/metrics")
    page.facts |= {
        "compared": page.words.number(len(metrics["rows"])),
        "level": page.words.number(verdicts.CONFIDENCE_LEVEL, percent=True, digits=0),
        "command": code(page.value("comparison#/command")),
    }
    _verdict(page, metrics)
    for group in GROUPS:
        rows = [(i, row) for i, row in enumerate(metrics["rows"]) if row["group"] == group]
        differing = [(i, row) for i, row in rows if row["verdict"] != "equal"]
        if len(differing) < len(rows):
            page.say(
                "equal",
                "equal_group.some" if differing else "equal_group.all",
                group=page.words.html(f"group.{group}"),
                count=page.words.number(len(rows) - len(differing)),
                all=page.words.number(len(rows)),
            )
        if differing and group in WIDE:
            _wide(page, group, differing)
        elif differing:
            page.table(group, COLUMNS, [_cells(page, i, row) for i, row in differing])
    _only(page, metrics["only"])


def _verdict(page: Page, metrics: Row) -> None:
    """The answer, and what the noise is."""
    counts = metrics["counts"]
    if not metrics["rows"]:
        page.find("finding.nothing")
        return
    if not metrics["differing"]:
        page.find("finding.equal")
        return
    measured = [kind for kind in ("sweep", "samples") if kind in counts]
    for kind in measured:
        place = f"comparison#/metrics/counts/{kind}"
        page.facts[f"{kind}_beyond"] = page.number(f"{place}/beyond")
        page.facts[f"{kind}_compared"] = page.number(f"{place}/compared")
    if "sweep" in counts:
        page.facts["chance"] = page.number("comparison#/metrics/chance", digits=1)
    if measured:
        page.find(f"finding.{'_'.join(measured)}")
    if "none" in counts:
        page.find("finding.none", count=page.number("comparison#/metrics/counts/none/compared"))
    if "sweep" in counts:
        swept = page.value("comparison#/swept")
        page.say("noise", f"noise.sweep.{'both' if len(swept) > 1 else 'one'}", run=" ".join(swept))
        for side in page.value("comparison#/foreign"):
            page.say("noise", "noise.foreign", run=side)
        if page.value("comparison#/same_seed"):
            page.say("noise", "noise.same_seed")
    if "samples" in counts:
        page.say("noise", f"noise.samples.{'some' if 'sweep' in counts else 'all'}")


def _cells(page: Page, index: int, row: Row) -> list[Cell | Fact]:
    place = f"comparison#/metrics/rows/{index}"
    beyond = row["verdict"] == "beyond"
    noise = row["noise"]
    words = page.words
    if noise is None:
        bound = Cell(words.html("unknown"))
    else:
        runs = {} if noise["runs"] is None else {"runs": page.number(f"{place}/noise/runs")}
        bound = Cell(
            page.number(f"{place}/noise/bound", digits=DIGITS), words.html(f"noise_of.{noise['kind']}", runs)
        )
    return [
        _name(page, row["group"], row["of"]),
        words.html(_measure(row)),
        *(page.number(f"{side}:{row['source']}", digits=DIGITS) for side in ("A", "B")),
        Cell(page.number(f"{place}/difference", digits=DIGITS, signed=True), best=beyond),
        bound,
        Cell(words.html(f"verdict.{row['verdict']}"), best=beyond),
    ]


def _wide(page: Page, group: str, rows: Sequence[tuple[int, Row]]) -> None:
    """A table of the differences, under each the two values."""
    measures = list(dict.fromkeys(row["measure"] for _, row in rows))
    known = {(row["of"], row["measure"]): (index, row) for index, row in rows}
    filled = []
    for of in dict.fromkeys(row["of"] for _, row in rows):
        cells = [Cell(_name(page, group, of))]
        for measure in measures:
            if (of, measure) not in known:
                cells.append(Cell(page.words.html("equal_cell")))
                continue
            index, row = known[of, measure]
            both = {side: page.number(f"{side}:{row['source']}", digits=DIGITS) for side in ("A", "B")}
            difference = page.number(
                f"comparison#/metrics/rows/{index}/difference", digits=DIGITS, signed=True
            )
            cells.append(Cell(difference, page.words.html("both", both), best=row["verdict"] == "beyond"))
        filled.append(tuple(cells))
    page.tables[group] = TableBlock(
        group,
        page.words.html(f"{group}.caption", page.facts),
        (page.words.html("column.of"), *(page.words.html(f"measure.{measure}") for measure in measures)),
        (False, *(True for _ in measures)),
        tuple(filled),
    )


def _name(page: Page, group: str, of: str) -> Markup:
    """Of which model, split or method a row speaks."""
    words = page.words
    if group in ("tabular", "reference"):
        return words.html(f"common.models.{of}")
    if group == "own_cnn":
        key = f"common.splits.{of}"
        return words.html(key) if key in words.catalog else words.name(of)
    if group == "signal_scores":
        kind, _, method = of.partition(".")
        both = {"first": words.html(f"of.{kind}"), "second": words.html(f"common.method.{method}")}
        return words.html("common.join", both)
    if group == "map_scores" and of != "from_mean_colour":
        return words.html(f"common.method.{of}")
    return words.html(f"of.{of}")


def _measure(row: Row) -> str:
    """Catalog key of a measure."""
    return f"measure.{row['measure']}" if row["group"] == "agreement" else f"common.metrics.{row['measure']}"


def _only(page: Page, only: dict[str, list[Row]]) -> None:
    """What one run alone has, by groups."""
    for side, rows in only.items():
        for group in GROUPS:
            count = sum(row["group"] == group for row in rows)
            if count:
                page.say(
                    "only",
                    "only",
                    run=side,
                    count=page.words.number(count),
                    group=page.words.html(f"group.{group}"),
                )
