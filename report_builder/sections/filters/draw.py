"""Filters at three depths: pictures and inputs that excite them, and what their statistics say."""

from __future__ import annotations

from typing import Any

from report_builder import verdicts
from report_builder.plots.images import as_pictures
from report_builder.plots.picture_blocks import Block, lit, picture_blocks
from report_builder.render.page import Cell, Column, Page
from report_builder.render.words import Fact
from report_builder.sections.own_words import class_label, drawn

DEPTHS = ("early", "middle", "late")
STATISTICS = ("orientation", "colour", "class", "part", "chance", "object")
TOLD = ("orientation", "colour", "class", "part", "object")  # of them, those that the prose follows
REACHED = ("free", "shown", "regularised")
LARGE = 100  # from here on a multiple is printed without decimals


def draw(page: Page) -> None:
    reason = page.value("filters#/left_out")
    if reason is not None:
        page.say("left_out", "left_out", reason=page.words.html(f"common.not_applicable.{reason}"))
        return
    page.facts |= {
        "pictures": page.number("filters#/pictures"),
        "steps": page.number("settings#/filters/steps"),
        "rate": page.number("settings#/filters/learning_rate"),
        "orientations": page.number("filters#/gratings/orientations"),
        "shortest": page.number("filters#/gratings/shortest"),
        "longest": page.number("filters#/gratings/longest"),
        "strongest": page.number("filters#/strongest"),
        **{f"{depth}_layer": layer["name"] for depth, layer in zip(DEPTHS, _layers(page), strict=True)},
    }
    recipe = "filters#/recipe"
    page.facts |= {
        "regularised_rate": page.number(f"{recipe}/rate", digits=1),
        "weight": page.number(f"{recipe}/total_variation", digits=0),
        "shift": page.number(f"{recipe}/shift", digits=0),
        "degrees": page.number(f"{recipe}/degrees", digits=0),
        "scale": page.number(f"{recipe}/scale", percent=True, digits=0),
        "blur": page.number(f"{recipe}/blur", digits=2),
        "blur_every": page.number(f"{recipe}/blur_every"),
    }
    page.say("how", "how")
    if drawn(page):
        page.say("how", "how.masks", top=page.number("filters#/dissection/top", percent=True, digits=1))
    for name in TOLD:
        _what_changes(page, name)
    if drawn(page):
        _parts(page)
    _pictures(page)
    _table(page)


def _layers(page: Page) -> list[dict[str, Any]]:
    layers: list[dict[str, Any]] = page.value("filters#/layers")
    return layers


def _pictures(page: Page) -> None:
    arrays, own = page.saved["filters"].arrays(), page.saved["own_pictures"].arrays()
    classes, words = page.value("own_pictures#/classes"), page.words
    columns = [words.text(f"tile.{name}") for name in ("picture", "free", "regularised")]
    blocks = []
    for number, depth in enumerate(DEPTHS):
        rows = []
        for i, one in enumerate(page.value(f"filters#/layers/{number}/shown")):
            inputs = [
                as_pictures(arrays[f"{name}_{number}"][[i]] / 255)[0] for name in ("free", "regularised")
            ]
            picture = lit(own["pixels"][one["place"]] / 255, arrays[f"maps_{number}"][i])
            name = words.text(
                "tile.name",
                {
                    "number": page.number(f"filters#/layers/{number}/shown/{i}/channel"),
                    "class": class_label(page, classes[own["labels"][one["place"]]]),
                },
            )
            rows.append((name, (picture, *inputs)))
        blocks.append(Block(words.text(f"block.{depth}", page.facts), columns, rows))
    excited = [number for number, block in enumerate(blocks) if block.rows]
    if not excited:
        return
    page.figure("filters", picture_blocks(blocks, words.language), pictures=True)
    last = excited[-1]
    facts: dict[str, Fact] = {name: _multiple(page, last, name) for name in REACHED}
    facts["depth"] = words.text(f"depth.{DEPTHS[last]}")
    facts |= {
        end: page.number(f"filters#/layers/{last}/range/{i}", digits=0)
        for i, end in enumerate(("low", "high"))
    }
    page.say("reached", "reached", **facts)
    ahead = [one["regularised"] >= one["shown"] for one in page.value(f"filters#/layers/{last}/shown")]
    page.say("reached", f"reached.{'all' if all(ahead) else 'some' if any(ahead) else 'none'}")
    page.find("finding.ascent", **facts)


def _multiple(page: Page, number: int, name: str) -> Fact:
    if page.value(f"filters#/layers/{number}/ascent") is None:
        return page.words.html("common.undefined")
    source = f"filters#/layers/{number}/ascent/{name}"
    return page.number(source, digits=0 if page.value(source) >= LARGE else 1)


def _table(page: Page) -> None:
    words, layers = page.words, _layers(page)
    rows: list[list[Cell | Fact]] = [
        [words.html("row.filters"), *(_filters(page, number) for number in range(len(layers)))],
        [words.html("row.receptive"), *(_receptive(page, number) for number in range(len(layers)))],
    ]
    for name in STATISTICS:
        cells = [_statistic(page, number, name) for number in range(len(layers))]
        if any(cell is not None for cell in cells):
            undefined = words.html("common.undefined")
            rows.append([words.html(f"row.{name}"), *(undefined if cell is None else cell for cell in cells)])
    multiples: Fact = ""
    if any(layer["ascent"] for layer in layers):
        multiples = words.html("depths.multiples")
        for name in REACHED:
            reached = [_multiple(page, number, name) for number in range(len(layers))]
            rows.append([words.html(f"row.{name}"), *reached])
    columns = [Column("column.statistic", numeric=False), *(Column(f"column.{depth}") for depth in DEPTHS)]
    masks: Fact = ""
    if drawn(page):
        area = page.number("filters#/area", percent=True, digits=0)
        masks = words.html("depths.masks", {**page.facts, "area": area})
    page.table("depths", columns, rows, masks=masks, multiples=multiples)


def _filters(page: Page, number: int) -> Fact:
    facts = {key: page.number(f"filters#/layers/{number}/{key}") for key in ("channels", "dead")}
    return page.words.html("count.dead", facts) if facts["dead"].value else facts["channels"]


def _receptive(page: Page, number: int) -> Fact:
    source = f"filters#/layers/{number}/receptive"
    if page.value(source) >= page.value("own_pictures#/size"):
        return page.words.html("receptive.all")
    return page.number(source)


def _statistic(page: Page, number: int, name: str) -> Cell | None:
    statistics = f"filters#/layers/{number}/statistics"
    if page.value(statistics).get(name) is None:
        return None
    digits = 3 if name in ("part", "chance") else 2
    source = f"{statistics}/{name}"
    return Cell(
        page.number(f"{source}/mean", digits=digits), page.interval(f"{source}/interval", digits=digits)
    )


def _what_changes(page: Page, name: str) -> None:
    """What this statistic does from the early to the late layer; nothing where it is not defined."""
    change = page.value("filters#/changes").get(name)
    cells = [_statistic(page, number, name) for number in range(len(DEPTHS))]
    if change is None or any(cell is None for cell in cells):
        return
    verdict = "flat"
    if verdicts.differs(change["interval"]):
        verdict = verdicts.direction(change["difference"])
    facts: dict[str, Fact] = {
        depth: cell.content for depth, cell in zip(DEPTHS, cells, strict=True) if cell is not None
    }
    if name == "part":
        facts["chance"] = page.number("filters#/layers/2/statistics/chance/mean", digits=3)
    if name == "object":
        facts["area"] = page.number("filters#/area", digits=2)
    page.say("changes", f"{name}.{verdict}", **facts)
    if name == "class":
        page.find(f"finding.class.{verdict}", **facts)


def _parts(page: Page) -> None:
    last = f"filters#/layers/{len(DEPTHS) - 1}"
    found = page.value(last).get("parts")
    if found is None or "parts" not in page.value("filters#/layers/0"):
        return
    if found["most"] is None:
        page.say("changes", "parts.none", bound=page.number("filters#/dissection/detector", digits=2))
        return
    page.say(
        "changes",
        "parts.some",
        bound=page.number("filters#/dissection/detector", digits=2),
        early_detectors=page.number("filters#/layers/0/parts/detectors"),
        early_filters=page.number("filters#/layers/0/channels"),
        detectors=page.number(f"{last}/parts/detectors"),
        filters=page.number(f"{last}/channels"),
        kinds=page.number(f"{last}/parts/kinds"),
        part=page.words.text(f"common.part.{found['most']}"),
        count=page.number(f"{last}/parts/most_count"),
    )
