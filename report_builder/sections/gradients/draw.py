"""The maps of the gradient, what sets guided backpropagation apart, and how much lies on the animal."""

from __future__ import annotations

from report_builder import verdicts
from report_builder.plots.images import MapRow, PictureRow, image_grid
from report_builder.render.page import Column, Page
from report_builder.render.words import Fact
from report_builder.sections.image_words import (
    drawn_pictures,
    drawn_titles,
    method_name,
    picture_headings,
)
from report_builder.sections.map_methods import MOST_DRAWN, SIGNED

WIDTH = 140.0  # mm: rows of maps on one page with the text about them
SHOWN = ("saliency", "input_x_gradient", "guided_backpropagation", "deconvnet")


def draw(page: Page) -> None:
    page.facts["rectifiers"] = page.number("gradient_maps#/rectifiers")
    for method, reason in page.value("gradient_maps#/left_out").items():
        if method in SHOWN:
            why = page.words.html(f"common.not_applicable.{reason}")
            page.say("left_out", "left_out", method=method_name(page, method), reason=why)
    _maps(page)
    if page.value("gradient_maps#/cosine"):
        _cosines(page)
    if page.value("gradient_maps#/inside"):
        _inside(page)


def _maps(page: Page) -> None:
    arrays = page.saved["gradient_maps"].arrays()
    rows: list[MapRow | PictureRow] = [
        PictureRow(page.words.text("common.picture"), drawn_pictures(page), picture_headings(page))
    ]
    for name in SHOWN:
        if name in arrays:
            maps = arrays[name][:MOST_DRAWN]
            rows.append(MapRow(page.words.text(f"row.{name}"), maps, signed=name in SIGNED))
    bar = page.words.text("common.colour_scale")
    page.figure("maps", image_grid(rows, page.words.language, bar=bar, width=WIDTH), pictures=True)


def _cosines(page: Page) -> None:
    facts: dict[str, Fact] = {
        name: page.number(f"gradient_maps#/cosine/{name}", digits=2)
        for name in ("gradient", "deconvnet", "clipped_at_the_input")
    }
    facts["negative"] = page.number("gradient_maps#/negative/guided_backpropagation", percent=True, digits=0)
    related = _related(page.value("gradient_maps#/cosine/gradient"))
    page.say("cosines", f"cosines.gradient.{related}", **facts)
    page.say("cosines", "cosines.deconvnet", **facts)
    page.say("writeup", "writeup.what", **facts)
    false = _related(page.value("gradient_maps#/cosine/clipped_at_the_input"))
    page.say("writeup", f"writeup.{false}", **facts)
    page.find(f"finding.cosine.{related}", **facts)


def _related(cosine: float) -> str:
    return "related" if verdicts.similarity(cosine) in ("partly", "alike") else "unrelated"


def _inside(page: Page) -> None:
    """The share of each map on the animal, picture by picture, beside the share of the area."""
    place = "gradient_maps#/inside"
    scored = [name for name in SHOWN if name in page.value(f"{place}/methods")]
    columns = [Column("common.picture", numeric=False), Column("column.area")]
    columns += [Column(f"column.{name}") for name in scored]
    areas = page.value(f"{place}/areas")
    rows: list[list[Fact]] = [
        [
            title,
            page.number(f"{place}/areas/{i}", percent=True, digits=0),
            *(page.number(f"{place}/methods/{name}/masses/{i}", percent=True, digits=0) for name in scored),
        ]
        for i, title in enumerate(drawn_titles(page))
        if areas[i] is not None
    ]
    rows.append(
        [
            page.words.html("row.mean"),
            page.number(f"{place}/area", percent=True, digits=0),
            *(page.number(f"{place}/methods/{name}/mass", percent=True, digits=0) for name in scored),
        ]
    )
    page.table("inside", columns, rows)
    facts: dict[str, Fact] = {
        "area": page.number(f"{place}/area", percent=True, digits=0),
        "pictures": page.number(f"{place}/pictures"),
    }
    for name in scored:
        facts[name] = page.number(f"{place}/methods/{name}/mass", percent=True, digits=0)
        facts[f"{name}_hits"] = page.number(f"{place}/methods/{name}/hits")
    page.say("inside", "inside.saliency", **facts)
    most = page.value(f"{place}/methods/saliency/mass") > verdicts.MAJORITY
    page.say("inside", "inside.animal" if most else "inside.background")
    if "guided_backpropagation" not in scored:
        return
    masses = {name: page.value(f"{place}/methods/{name}/mass") for name in scored}
    gain = verdicts.direction(masses["guided_backpropagation"] - masses["saliency"], verdicts.SAME_SHARE)
    page.say("inside", f"inside.guided.{gain}", **facts)
    gates = verdicts.direction(masses["guided_backpropagation"] - masses["deconvnet"], verdicts.SAME_SHARE)
    page.say("inside", f"inside.deconvnet.{gates}", **facts)
    page.say("inside", "inside.hits", **facts)
    page.find(f"finding.inside.{gain}", **facts)
