"""Whether maps of pictures, and the pictures that the network draws, come out again."""

from __future__ import annotations

from typing import Any

import numpy as np

from report_builder import verdicts
from report_builder.plots.images import PictureRow, as_pictures, coloured, image_grid
from report_builder.render.page import Page
from report_builder.render.words import Fact
from report_builder.sections.certainty.printed import found, source_of
from report_builder.sections.sample_words import join

METHODS = ("smooth_grad", "lime_image")
SIGNED = "lime_image"
HIGHEST = 14.5  # mm of a row of pictures


def draw_pictures(page: Page) -> None:
    vision = found(page, "vision")
    if vision is None or page.value("certainty#/main/seeds") < 2:
        return
    facts: dict[str, Fact] = {"pictures": page.number("certainty#/vision/pictures")}
    for number, method in enumerate(method for method in METHODS if method in vision):
        place = source_of("vision", method, "similarity")
        facts |= {end: page.number(f"{place}/{end}", digits=2) for end in ("mean", "low")}
        facts["cosine"] = page.number(source_of("vision", method, "cosine", "mean"), digits=2)
        verdict = _verdict(vision[method])
        name = page.words.html(f"map_name.{method}")
        page.say("maps", f"{'maps_more' if number else 'maps'}.{verdict}", name=name, **facts)
    _hens(page)
    _figure(page)


def _verdict(method: dict[str, Any]) -> str:
    """How well maps come out again: by rank, or at least in their strong points."""
    verdict = verdicts.repeated(method["similarity"]["mean"])
    strong = verdicts.repeated(method["cosine"]["mean"]) == "again"
    return "strong" if strong and verdict != "again" else verdict


def _hens(page: Page) -> None:
    hens = found(page, "vision")["hens"]
    if hens["likeness"] is None:
        return
    page.say(
        "maps",
        f"hens.{verdicts.repeated(hens['likeness']['mean'])}",
        likeness=page.number("certainty#/vision/hens/likeness/mean", digits=2),
        **{"class": class_name(page, hens["class"])},
    )
    if hens["robust"]:
        ends = {end: page.number(f"certainty#/vision/hens/robust/{end}", digits=2) for end in ("low", "high")}
        page.say("maps", "hens.probability", **ends)


def class_name(page: Page, name: str) -> str:
    """A class: translated if it is one of the farmyard's, else by its own name."""
    key = f"common.class.{name}"
    return page.words.text(key) if key in page.words.catalog else name


def _figure(page: Page) -> None:
    """A row for each method and one for the pictures drawn, a column for each seed."""
    vision, arrays = found(page, "vision"), page.saved["certainty"].arrays()
    methods = [method for method in METHODS if method in vision]
    photographs = {method: _photograph(page, vision[method]["examples"]["least"]) for method in methods}
    beside = any(picture is not None for picture in photographs.values())
    rows: list[tuple[str, np.ndarray, np.ndarray | None]] = []
    what: list[Fact] = []
    for method in methods:
        maps = arrays[f"{method}_examples"][0].astype(np.float32)
        rows.append((method, coloured(maps, method == SIGNED), photographs[method]))
        name = vision["names"][vision[method]["examples"]["least"]]
        what.append(page.words.html(f"what.{method}", {"picture": class_name(page, name)}))
    if "hens" in arrays:
        most = len(rows[0][1]) if rows else len(arrays["hens"])
        rows.append(("hens", arrays["hens"][:most] / 255, None))
        what.append(page.words.html("what.hens", {"picture": class_name(page, vision["hens"]["class"])}))
    if not rows:
        return
    seeds = vision[methods[0]]["examples"]["seeds"] if methods else arrays["hen_seeds"].tolist()
    titles = [page.words.text("maps.seed", {"seed": page.words.number(seed)}) for seed in seeds]
    if beside:
        titles = [page.words.text("common.picture"), *titles]
    grid = [
        PictureRow(
            page.words.text(f"row_name.{name}"),
            _with_first(pictures, photograph) if beside else pictures,
            titles if place == 0 else (),
        )
        for place, (name, pictures, photograph) in enumerate(rows)
    ]
    figure = image_grid(grid, page.words.language, tallest=HIGHEST * len(grid))
    page.figure("seen" if methods else "seen_hens", figure, pictures=True, what=join(page, what))


def _photograph(page: Page, place: int) -> np.ndarray | None:
    """The picture (s, s, 3) of that place, where this report has the one that the sweep had."""
    if "photographs" not in page.saved:
        return None
    images = page.value("photographs#/images")
    if place >= len(images) or images[place]["file"] != found(page, "vision")["files"][place]:
        return None
    pixels = page.saved["photographs"].arrays()["pixels"]
    return np.asarray(as_pictures(pixels[place : place + 1])[0]) if place < len(pixels) else None


def _with_first(pictures: np.ndarray, first: np.ndarray | None) -> np.ndarray:
    """The pictures (n, s, s, 3) with another before them, at their size; white where there is none."""
    side = pictures.shape[1]
    if first is None:
        return np.concatenate([np.ones_like(pictures[:1]), pictures])
    lines = np.arange(side) * first.shape[0] // side
    return np.concatenate([first[lines][:, lines][None], pictures])
