"""The maps of every cell of the sweep, their scores, and what grows and what breaks."""

from __future__ import annotations

import numpy as np

from report_builder import verdicts
from report_builder.plots.method_grid import MethodMaps, method_grid
from report_builder.render.page import Cell, Column, Page
from report_builder.render.words import Fact
from report_builder.sections.own_words import class_label, drawn

WIDTH = 100.0  # mm of the figure: rows of small pictures leave room for the table


def draw(page: Page) -> None:
    cells = page.value("noise_sweep#/cells")
    ordered = sorted(range(1, len(cells)), key=lambda i: (cells[i]["sigma"], cells[i]["copies"]))
    least, most = ordered[0], ordered[-1]
    page.facts |= {
        "pictures": page.number("noise_sweep#/pictures"),
        "shown": page.number("noise_sweep#/shown"),
        "with_object": page.number("noise_sweep#/with_object"),
        "repeated": page.number("noise_sweep#/repeated"),
        "least_sigma": _sigma(page, least),
        "least_copies": page.number(f"noise_sweep#/cells/{least}/copies"),
        "most_sigma": _sigma(page, most),
        "most_copies": page.number(f"noise_sweep#/cells/{most}/copies"),
    }
    page.say("intro", "intro.farmyard" if drawn(page) else "intro.folder")
    masked = page.value("noise_sweep#/area") is not None
    _breaks(page, least, most, masked)
    _grows(page, least, most)
    page.say("lesson", f"lesson.{'lost' if cells[least]['kept'] < verdicts.NAMED else 'kept'}")
    _table(page, masked)
    _maps(page)


def _sigma(page: Page, cell: int) -> Fact:
    sigma = page.value(f"noise_sweep#/cells/{cell}/sigma")
    return page.number(f"noise_sweep#/cells/{cell}/sigma", digits=0 if sigma % 1 == 0 else 2)


def _share(page: Page, cell: int, name: str) -> Fact:
    return page.number(f"noise_sweep#/cells/{cell}/{name}", percent=True, digits=0)


def _rank(page: Page, cell: int, name: str) -> Fact:
    if page.value(f"noise_sweep#/cells/{cell}/{name.split('/')[0]}") is None:
        return page.words.html("no_value")
    return page.number(f"noise_sweep#/cells/{cell}/{name}", digits=2, signed=True)


def _breaks(page: Page, least: int, most: int, masked: bool) -> None:
    """The network's answer, then the likeness to the gradient, then the place of the map."""
    cells = page.value("noise_sweep#/cells")
    facts: dict[str, Fact] = {
        "plain_kept": _share(page, 0, "kept"),
        "least_kept": _share(page, least, "kept"),
        "most_kept": _share(page, most, "kept"),
        "plain_p": page.number("noise_sweep#/cells/0/probability", digits=2),
        "least_p": page.number(f"noise_sweep#/cells/{least}/probability", digits=2),
        "commonest": class_label(page, page.value("own_pictures#/classes")[cells[most]["commonest"]]),
        "commonest_share": _share(page, most, "commonest_share"),
        "least_rank": _rank(page, least, "rank/value"),
        "most_rank": _rank(page, most, "rank/value"),
        "most_interval": page.interval(f"noise_sweep#/cells/{most}/rank/interval", digits=2),
    }
    lost = cells[least]["kept"] < verdicts.NAMED
    page.say("breaks", f"breaks.answer.{'lost' if lost else 'kept'}", **facts)
    one = cells[most]["commonest_share"] >= verdicts.ONE_ANSWER
    page.say("breaks", f"breaks.all.{'one' if one else 'several'}", **facts)
    page.say("breaks", f"breaks.rank.{verdicts.correlation(cells[most]['rank']['value'])}", **facts)
    page.find(f"finding.{'lost' if lost else 'kept'}", **facts)
    if not masked:
        return
    low, high = cells[most]["mass"]["interval"]
    area = page.value("noise_sweep#/area")
    chance = "chance" if low <= area <= high else "above" if low > area else "below"
    page.say(
        "breaks",
        f"breaks.mass.{chance}",
        plain_mass=_share(page, 0, "mass/value"),
        most_mass=_share(page, most, "mass/value"),
        most_mass_interval=page.interval(f"noise_sweep#/cells/{most}/mass/interval", percent=True, digits=0),
        area=page.number("noise_sweep#/area", percent=True, digits=0),
        plain_hits=page.number("noise_sweep#/cells/0/hits"),
        most_hits=page.number(f"noise_sweep#/cells/{most}/hits"),
    )


def _grows(page: Page, least: int, most: int) -> None:
    """What the maps have more of: grain; likeness to each other, and to those of other draws."""
    cells = page.value("noise_sweep#/cells")
    if all(cells[cell]["fine"] is not None for cell in (0, least, most)):
        verdict = verdicts.direction(cells[least]["fine"] - cells[0]["fine"], verdicts.SAME_SHARE)
        page.say(
            "grows",
            f"grows.grain.{verdict}",
            plain_fine=_share(page, 0, "fine"),
            least_fine=_share(page, least, "fine"),
            most_fine=_share(page, most, "fine"),
        )
    alike = max(cells[cell]["repeated"]["value"] for cell in (least, most))
    page.say(
        "grows",
        f"grows.repeated.{'poor' if verdicts.agreement(alike) == 'poor' else 'enough'}",
        least_repeated=_rank(page, least, "repeated/value"),
        most_repeated=_rank(page, most, "repeated/value"),
    )
    if cells[most]["others"] is not None:
        own, others = cells[most]["rank"]["value"], cells[most]["others"]
        growing = others > cells[least]["others"]
        page.say(
            "grows",
            f"grows.others.{'less' if others <= own else 'more' if growing else 'always'}",
            least_others=_rank(page, least, "others"),
            most_others=_rank(page, most, "others"),
            most_rank=_rank(page, most, "rank/value"),
        )


def _table(page: Page, masked: bool) -> None:
    rows: list[list[Cell | Fact]] = []
    nothing = page.words.html("no_value")
    for index, cell in enumerate(page.value("noise_sweep#/cells")):
        at = f"noise_sweep#/cells/{index}"
        row: list[Cell | Fact] = [
            page.number(f"{at}/copies") if cell["sigma"] else page.words.html("plain"),
            _sigma(page, index),
        ]
        if masked:
            mass = page.interval(f"{at}/mass/interval", percent=True, digits=0)
            row += [Cell(_share(page, index, "mass/value"), mass), page.number(f"{at}/hits")]
        row.append(
            Cell(_rank(page, index, "rank/value"), page.interval(f"{at}/rank/interval", digits=2))
            if cell["sigma"]
            else nothing
        )
        row.append(_rank(page, index, "repeated/value"))
        row.append(_rank(page, index, "others"))
        row += [page.number(f"{at}/probability", digits=2), _share(page, index, "kept")]
        rows.append(row)
    names = ["copies", "sigma", *(("mass", "hits") if masked else ())]
    names += ["rank", "repeated", "others", "probability", "kept"]
    columns = [Column(f"column.{name}", numeric=name != "copies") for name in names]
    facts: dict[str, Fact] = {"about": page.words.html("cells.no_masks")}
    if masked:
        area = page.number("noise_sweep#/area", percent=True, digits=0)
        facts["about"] = page.words.html("cells.masks", {**page.facts, "area": area})
    page.table("cells", columns, rows, **facts)


def _maps(page: Page) -> None:
    maps = page.saved["noise_sweep"].arrays()["maps"].astype(np.float32)
    pixels = page.saved["own_pictures"].arrays()["pixels"]
    shown = page.value("own_pictures#/shown")[: page.value("noise_sweep#/shown")]
    columns = []
    for index, (cell, values) in enumerate(zip(page.value("noise_sweep#/cells"), maps, strict=True)):
        facts = {"copies": page.number(f"noise_sweep#/cells/{index}/copies"), "sigma": _sigma(page, index)}
        name = page.words.text("maps.cell" if cell["sigma"] else "maps.plain", facts)
        columns.append(MethodMaps(name, values, signed=False))
    figure = method_grid(
        pixels[shown] / 255, page.words.text("common.picture"), columns, page.words.language, width=WIDTH
    )
    page.figure("maps", figure, pictures=True)
