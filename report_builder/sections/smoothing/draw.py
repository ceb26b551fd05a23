"""Maps before and after smoothing, the two classes of the pair, and the sweep over copies and noise."""

from __future__ import annotations

import numpy as np

from report_builder import verdicts
from report_builder.plots.images import MapRow, PictureRow, as_pictures, image_grid
from report_builder.plots.style import HALF
from report_builder.render.page import Column, Page
from report_builder.render.words import Fact
from report_builder.sections.image_words import (
    class_name,
    drawn_pictures,
    method_name,
    picture_headings,
    picture_titles,
)
from report_builder.sections.map_methods import MOST_DRAWN, SIGNED

SIGMA = 13.0  # mm beside the rows of the sweep for their noise
WIDTH = 136.0  # mm: rows of maps on one page with the text about them
BESIDE = 96.0  # mm of a grid beside a lower one
SHOWN = (
    "saliency",
    "smooth_grad",
    "guided_backpropagation",
    "smooth_guided",
    "smooth_guided_grad_cam",
)


def draw(page: Page) -> None:
    page.facts |= {
        "samples": page.number("smoothing#/samples"),
        "sigma": page.number("smoothing#/sigma", digits=2),
        "clipped": page.number("smoothing#/clipping/changed", percent=True, digits=0),
    }
    zero_noise = page.number("smoothing#/zero_noise_error", scientific=True)
    page.say("zero", "zero.some" if zero_noise.value else "zero.none", zero_noise=zero_noise)
    masked = page.value("smooth_sweep#/measure") == "mass"
    for method, reason in page.value("smoothing#/left_out").items():
        why = page.words.html(f"common.not_applicable.{reason}")
        page.say("left_out", "left_out", method=method_name(page, method), reason=why)
    if page.value("smoothing#/bfloat16_cosine") is not None:
        page.say("precision", "precision", cosine=page.number("smoothing#/bfloat16_cosine", digits=3))
    _maps(page)
    _measures(page, masked)
    _pair(page)
    _sweep(page, masked)


def _maps(page: Page) -> None:
    arrays = page.saved["gradient_maps"].arrays() | page.saved["smoothing"].arrays()
    rows: list[MapRow | PictureRow] = [
        PictureRow(page.words.text("common.picture"), drawn_pictures(page), picture_headings(page))
    ]
    for name in SHOWN:
        if name in arrays:
            label = page.words.text(f"row.{name}")
            rows.append(MapRow(label, arrays[name][:MOST_DRAWN], signed=name in SIGNED))
    bar = page.words.text("common.colour_scale")
    page.figure("maps", image_grid(rows, page.words.language, bar=bar, width=WIDTH), pictures=True)


def _measures(page: Page, masked: bool) -> None:
    """How much fine detail each map has, and how much of it lies on the animal; what smoothing changes."""
    measures = page.value("smoothing#/measures")
    columns = [Column("column.method", numeric=False), Column("column.fine")]
    rows: list[list[Fact]] = []
    for name in SHOWN:
        if name not in measures:
            continue
        row: list[Fact] = [method_name(page, name), _share(page, name, "fine")]
        rows.append([*row, _share(page, name, "mass")] if masked else row)
    page.table("measures", [*columns, Column("column.mass")] if masked else columns, rows)
    for before, after in (("saliency", "smooth_grad"), ("guided_backpropagation", "smooth_guided")):
        if not {before, after} <= measures.keys():
            continue
        kind = "plain" if after == "smooth_grad" else "guided"
        for measure in ("fine", "mass") if masked else ("fine",):
            first, last = measures[before][measure], measures[after][measure]
            if first is None or last is None:
                continue
            verdict = verdicts.direction(last - first, verdicts.SAME_SHARE)
            facts = {"before": _share(page, before, measure), "after": _share(page, after, measure)}
            page.say(f"effect_{kind}", f"effect.{kind}.{measure}.{verdict}", **facts)
            if kind == "plain" and measure == "fine":
                page.find(f"finding.fine.{verdict}", **facts)
    if masked and "smooth_guided_grad_cam" in measures:
        best = max((m for m in SHOWN if m in measures), key=lambda name: measures[name]["mass"])
        page.say(
            "combined_result",
            "combined.first" if best == "smooth_guided_grad_cam" else "combined.not_first",
            mass=_share(page, "smooth_guided_grad_cam", "mass"),
            single=_share(page, "smooth_guided", "mass"),
            best=method_name(page, best),
            best_mass=_share(page, best, "mass"),
        )


def _share(page: Page, method: str, measure: str) -> Fact:
    source = f"smoothing#/measures/{method}/{measure}"
    if page.value(source) is None:
        return page.words.html("common.undefined")
    return page.number(source, percent=True, digits=1)


def _pair(page: Page) -> None:
    arrays = page.saved["smooth_pair"].arrays()
    maps, chosen = arrays["maps"], arrays["chosen"]
    names = [class_name(page, entry["name"]) for entry in page.value("smooth_pair#/classes")]
    titles = [picture_titles(page)[index] for index in chosen]
    pictures = as_pictures(page.saved["photographs"].arrays()["pixels"][chosen])
    rows: list[MapRow | PictureRow] = [PictureRow(page.words.text("common.picture"), pictures, titles)]
    for place, name in enumerate(names):
        rows.append(MapRow(page.words.text("pair.row", {"name": name}), maps[:, place], signed=False))
    sums = maps.sum((2, 3), keepdims=True)
    shares = np.divide(maps, sums, out=np.zeros_like(maps), where=sums > 0)
    label = page.words.text("pair.difference")
    rows.append(MapRow(label, shares[:, 0] - shares[:, 1], signed=True))
    figure = image_grid(rows, page.words.language, width=HALF, tallest=BESIDE)
    facts: dict[str, Fact] = {
        "first": names[0],
        "second": names[1],
        "pair_samples": page.number("smooth_pair#/samples"),
        "rank": page.number("smooth_pair#/rank_correlation", digits=2, signed=True),
        "cosine": page.number("smooth_pair#/cosine", digits=2, signed=True),
    }
    page.figure("pair", figure, width="half", pictures=True, **facts)
    page.say("pair", "pair.intro", **facts)
    page.say("pair", f"pair.alike.{verdicts.agreement(page.value('smooth_pair#/rank_correlation'))}", **facts)
    cosine = page.value("smooth_pair#/cosine")
    opposed = "small" if verdicts.negligible(cosine) else verdicts.direction(cosine)
    page.say("pair", f"pair.cosine.{opposed}", **facts)


def _sweep(page: Page, masked: bool) -> None:
    maps = page.saved["smooth_sweep"].arrays()["maps"]
    cells = page.value("smooth_sweep#/cells")
    measure = "mass" if masked else "rank"
    counts = page.value("smooth_sweep#/counts")
    rows = []
    for i, values in enumerate(maps):
        size = page.number(f"smooth_sweep#/sigmas/{i}", digits=2)
        titles = []
        for j in range(len(counts)):
            cell = page.number(f"smooth_sweep#/cells/{i}/{j}", percent=masked, digits=0 if masked else 2)
            count = page.number(f"smooth_sweep#/counts/{j}")
            key = "sweep.cell_first" if i == 0 else "sweep.cell"
            titles.append(page.words.text(key, {"count": count, "value": cell}))
        rows.append(
            MapRow(page.words.text("sweep.row", {"sigma": size}), values, signed=False, titles=titles)
        )
    page.figure(
        "sweep",
        image_grid(rows, page.words.language, width=HALF, label=SIGMA),
        width="half",
        pictures=True,
        measure=page.words.html(f"sweep.measure.{measure}", {"scored": page.number("smooth_sweep#/scored")}),
    )
    table = np.array(cells)
    at = int(np.argmin(np.abs(np.array(page.value("smooth_sweep#/sigmas")) - page.value("smoothing#/sigma"))))
    if not masked:
        page.say(
            "sweep",
            "sweep.rank",
            few=page.number(f"smooth_sweep#/cells/{at}/0", digits=2),
            small=page.number("smooth_sweep#/cells/0/0", digits=2),
            small_sigma=page.number("smooth_sweep#/sigmas/0", digits=2),
        )
        return
    last, best = len(counts) - 1, divmod(int(table.argmax()), len(counts))
    gain = verdicts.direction(table[at, last] - table[at, 0], verdicts.SAME_SHARE)
    page.say(
        "sweep",
        f"sweep.copies.{gain}",
        few=_cell(page, at, 0),
        many=_cell(page, at, last),
        most=page.number(f"smooth_sweep#/counts/{last}"),
    )
    page.say(
        "sweep",
        "sweep.best",
        mass=_cell(page, *best),
        count=page.number(f"smooth_sweep#/counts/{best[1]}"),
        size=page.number(f"smooth_sweep#/sigmas/{best[0]}", digits=2),
    )
    loss = table[-1, last] - table[best[0], last]
    page.say(
        "sweep",
        "sweep.breaks" if loss < -verdicts.SAME_SHARE else "sweep.holds",
        mass=_cell(page, len(table) - 1, last),
        size=page.number(f"smooth_sweep#/sigmas/{len(table) - 1}", digits=2),
        area=page.number("smooth_sweep#/area", percent=True, digits=0),
    )


def _cell(page: Page, row: int, column: int) -> Fact:
    return page.number(f"smooth_sweep#/cells/{row}/{column}", percent=True, digits=0)
