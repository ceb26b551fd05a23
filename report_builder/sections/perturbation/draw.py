"""Occlusion maps and LIME's segments on the pictures, with what they measure."""

from __future__ import annotations

import numpy as np

from report_builder import verdicts
from report_builder.plots.images import MapRow, PictureRow, image_grid
from report_builder.plots.segments import painted_segments
from report_builder.render.page import Column, Page
from report_builder.render.words import Fact
from report_builder.sections.image_words import (
    drawn_count,
    drawn_pictures,
    drawn_titles,
    picture_headings,
    picture_titles,
)
from report_builder.sections.map_methods import MOST_DRAWN

OCCLUSION, LIME = "occlusion_maps#", "lime_maps#"


def draw(page: Page) -> None:
    page.facts |= {
        "shown": page.number("photographs#/shown"),
        "drawn": drawn_count(page),
        "window": page.number(f"{OCCLUSION}/window"),
        "stride": page.number(f"{OCCLUSION}/stride"),
        "windows": page.number(f"{OCCLUSION}/windows"),
        "samples": page.number(f"{LIME}/samples"),
        "features": page.number(f"{LIME}/features"),
        "minimum": page.number(f"{LIME}/minimum_weight", digits=2),
        "r2": page.number(f"{LIME}/r2/mean", digits=2),
        "least": page.number(f"{LIME}/r2/least", digits=2),
        "most": page.number(f"{LIME}/r2/most", digits=2),
        "rho": page.number(f"{LIME}/seeds/rank_correlation", digits=2),
    }
    pixels = drawn_pictures(page)
    _occlusion(page, pixels)
    _lime(page, pixels)


def _occlusion(page: Page, pixels: np.ndarray) -> None:
    left_out = page.value(f"{OCCLUSION}/left_out").get("incremental_occlusion")
    if left_out is None:
        page.say("passes", "passes.incremental")
    else:
        reason = page.words.html(f"common.not_applicable.{left_out}")
        page.say("passes", "passes.plain", reason=reason)
    maps = page.saved["occlusion_maps"].arrays()["occlusion"][:MOST_DRAWN]
    rows: list[MapRow | PictureRow] = [
        PictureRow(page.words.text("common.picture"), pixels, picture_headings(page)),
        MapRow(page.words.text("common.method.occlusion"), maps, signed=True, over=pixels),
    ]
    bar = page.words.text("common.colour_scale")
    page.figure("occlusion", image_grid(rows, page.words.language, bar=bar), pictures=True)
    pictures = page.value(f"{OCCLUSION}/pictures")
    masked = bool(page.value(f"{OCCLUSION}/means"))
    columns = [Column("common.picture", numeric=False), Column("column.logit")]
    columns += [Column("column.drop"), Column("column.rise")]
    columns += [Column("column.mass"), Column("column.area")] if masked else []
    rows_of_table = []
    for i, (title, picture) in enumerate(zip(drawn_titles(page), pictures, strict=False)):
        place = f"{OCCLUSION}/pictures/{i}"
        row: list[Fact] = [title, *(page.number(f"{place}/{k}", digits=2) for k in ("logit", "drop", "rise"))]
        if masked:
            row += [_share(page, place, key, picture) for key in ("mass", "area")]
        rows_of_table.append(row)
    page.table("drops", columns, rows_of_table, masks=page.words.html("drops.masks") if masked else "")
    _read_occlusion(page, masked)


def _read_occlusion(page: Page, masked: bool) -> None:
    pictures = page.value(f"{OCCLUSION}/pictures")
    top = max(range(len(pictures)), key=lambda i: pictures[i]["drop"])
    place = f"{OCCLUSION}/pictures/{top}"
    facts: dict[str, Fact] = {
        "name": picture_titles(page)[top],
        "drop": page.number(f"{place}/drop", digits=2),
        "logit": page.number(f"{place}/logit", digits=2),
    }
    page.say("occlusion", "occlusion.largest", **facts)
    if not masked:
        page.say("occlusion", "occlusion.no_masks")
        page.find("finding.drop", **facts)
        return
    means = page.value(f"{OCCLUSION}/means")
    where = "object" if means["mass"] > means["area"] else "elsewhere"
    facts = {key: page.number(f"{OCCLUSION}/means/{key}", percent=True, digits=0) for key in means}
    page.say("occlusion", f"occlusion.{where}", **facts)
    page.find(f"finding.occlusion.{where}", **facts)


def _share(page: Page, place: str, key: str, picture: dict[str, float]) -> Fact:
    """A share in percent; a dash for a picture whose object is not known."""
    return page.number(f"{place}/{key}", percent=True, digits=0) if key in picture else "–"


def _lime(page: Page, pixels: np.ndarray) -> None:
    arrays = {name: values[:MOST_DRAWN] for name, values in page.saved["lime_maps"].arrays().items()}
    painted = np.stack(
        [
            painted_segments(*parts)
            for parts in zip(pixels, arrays["segments"], arrays["strongest"], strict=True)
        ]
    )
    rows: list[MapRow | PictureRow] = [
        PictureRow(page.words.text("row.segments"), painted, picture_headings(page)),
        MapRow(page.words.text("row.weights"), arrays["lime_image"], signed=True),
    ]
    bar = page.words.text("common.colour_scale")
    page.figure("lime", image_grid(rows, page.words.language, bar=bar), pictures=True)
    _fits(page)
    fit = verdicts.surrogate_fit(page.value(f"{LIME}/r2/mean"))
    page.say("fit", f"fit.{fit}")
    if page.value(f"{LIME}/empty"):
        page.say("fit", "fit.empty", empty=page.number(f"{LIME}/empty"))
    if page.value(f"{LIME}/means"):
        page.say(
            "fit",
            "fit.object",
            mass=page.number(f"{LIME}/means/mass", percent=True, digits=0),
            area=page.number(f"{LIME}/means/area", percent=True, digits=0),
        )
    _again(page)
    if page.value(f"{LIME}/empty") == page.value("photographs#/shown"):
        page.find("finding.lime.nothing")
    else:
        page.find("finding.lime.fit", fit=page.words.html(f"verdict.{fit}"))


def _again(page: Page) -> None:
    """What stays when pictures are explained a second time with other draws."""
    seeds = page.value(f"{LIME}/seeds")
    several = seeds["pictures"] > 1
    facts: dict[str, Fact] = {
        "name": picture_titles(page)[0],
        "repeated": page.number(f"{LIME}/seeds/pictures"),
        "same": page.number(f"{LIME}/seeds/same_strongest"),
        "kept": page.number(f"{LIME}/seeds/kept"),
        "all": page.number(f"{LIME}/seeds/shown"),
    }
    page.say("seeds", "again.several" if several else "again.one", **facts)
    stable = verdicts.agreement(seeds["rank_correlation"]) in ("good", "very_good")
    page.say("seeds", "seeds.stable" if stable else "seeds.unstable")
    strongest = "several" if several else "same" if seeds["same_strongest"] else "other"
    page.say("seeds", f"strongest.{strongest}", **facts)
    if seeds["shown"]:
        every = seeds["kept"] == seeds["shown"] > 1
        page.say("seeds", "painted.all" if every else "painted.some", **facts)


def _fits(page: Page) -> None:
    columns = [Column("common.picture", numeric=False)]
    columns += [
        Column(f"column.{key}") for key in ("segments", "for", "against", "probability", "surrogate", "r2")
    ]
    columns += [Column("column.verdict", numeric=False)]
    rows: list[list[Fact]] = []
    for i, title in enumerate(drawn_titles(page)):
        place = f"{LIME}/pictures/{i}"
        row: list[Fact] = [title, *(page.number(f"{place}/{key}") for key in ("segments", "for", "against"))]
        row += [page.number(f"{place}/{key}", digits=3) for key in ("prediction", "local_prediction")]
        row += [page.number(f"{place}/r2", digits=2)]
        row += [page.words.html(f"verdict.{verdicts.surrogate_fit(page.value(f'{place}/r2'))}")]
        rows.append(row)
    page.table("fits", columns, rows)
