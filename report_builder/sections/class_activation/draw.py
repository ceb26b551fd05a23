"""CAM, Grad-CAM and products of maps: are they one and the same here, and how much lies on the animal."""

from __future__ import annotations

from report_builder import verdicts
from report_builder.plots.images import MapRow, PictureRow, image_grid
from report_builder.render.page import Column, Page
from report_builder.render.words import Fact
from report_builder.sections.image_words import (
    class_name,
    drawn_pictures,
    drawn_titles,
    method_name,
    picture_headings,
)
from report_builder.sections.map_methods import MOST_DRAWN, SIGNED

SHOWN = ("cam", "grad_cam", "guided_grad_cam", "score_cam")
STEPS = {
    "cam": "class_activation",
    "grad_cam": "gradient_maps",
    "guided_grad_cam": "gradient_maps",
    "score_cam": "class_activation",
}


def draw(page: Page) -> None:
    layer = page.value("class_activation#/layer")
    for name in SHOWN[1:]:
        reason = page.value(f"{STEPS[name]}#/left_out").get(name)
        if reason is not None:
            why = page.words.html(f"common.not_applicable.{reason}")
            page.say("left_out", "left_out", method=method_name(page, name), reason=why)
    reason = page.value("class_activation#/left_out").get("cam")
    if reason is None:
        page.say("cam_here", "cam_here.applies")
    else:
        why = page.words.html(f"common.not_applicable.{reason}")
        page.say("cam_here", "cam_here.left_out", reason=why)
        page.say("cam_here", "cam_here.needs")
        if layer is not None:
            page.find("finding.cam.left_out", reason=why)
    if layer is not None:
        _layer(page, layer)
        _beside_cam(page)
    _maps(page)
    if layer is not None:
        _beside_each_other(page)


def _layer(page: Page, layer: str) -> None:
    page.facts |= {
        "layer": layer,
        "channels": page.number("class_activation#/channels"),
        "height": page.number("gradient_maps#/maps_size/0"),
        "width": page.number("gradient_maps#/maps_size/1"),
    }
    auto = page.value("settings#/vision/layer") == "auto"
    page.say("layer", "layer.auto" if auto else "layer.named")
    page.say("layer", "layer.kept")


def _beside_cam(page: Page) -> None:
    """Whether Grad-CAM is CAM on this network, or else how much its weights change with the picture."""
    difference = page.value("class_activation#/grad_cam_off_cam")
    if difference is not None:
        same = "same" if difference <= verdicts.EQUAL_MAPS else "other"
        shown = page.number("class_activation#/grad_cam_off_cam", scientific=True)
        page.say("beside_cam", f"beside_cam.{same}", difference=shown)
        page.find(f"finding.cam.{same}", difference=shown)
    alike = page.value("class_activation#/weights_alike")
    if alike is None:
        return
    facts: dict[str, Fact] = {
        "name": class_name(page, page.value("photographs#/images")[0]["target_name"]),
        "cosine": page.number("class_activation#/weights_alike", digits=2),
    }
    steady = "steady" if 1 - alike <= verdicts.EQUAL_MAPS else "varied"
    page.say("beside_cam", f"weights.{steady}", **facts)


def _maps(page: Page) -> None:
    arrays = page.saved["gradient_maps"].arrays() | page.saved["class_activation"].arrays()
    pictures = drawn_pictures(page)
    rows: list[MapRow | PictureRow] = [
        PictureRow(page.words.text("common.picture"), pictures, picture_headings(page))
    ]
    for name in SHOWN:
        if name in arrays:
            over = pictures if arrays[name].ndim == 3 else None
            label = page.words.text(f"row.{name}")
            maps = arrays[name][:MOST_DRAWN]
            rows.append(MapRow(label, maps, signed=name in SIGNED, over=over))
    if len(rows) == 1:
        return
    bar = page.words.text("common.colour_scale")
    page.figure("maps", image_grid(rows, page.words.language, bar=bar), pictures=True)


def _beside_each_other(page: Page) -> None:
    rank = page.value("class_activation#/rank_of_score_cam")
    alike = "alike" if verdicts.agreement(rank) in ("good", "very_good") else "apart"
    page.say(
        "score_cam",
        f"score_cam.{alike}",
        rank=page.number("class_activation#/rank_of_score_cam", digits=2),
    )
    if page.value("class_activation#/rank_if_normalised_first") is not None:
        page.say(
            "product",
            "product",
            rank=page.number("class_activation#/rank_if_normalised_first", digits=2),
        )
    if page.value("class_activation#/inside"):
        _inside(page)


def _inside(page: Page) -> None:
    """The share of each map on the animal, picture by picture, beside the share of the area."""
    methods = {
        name: f"{STEPS[name]}#/inside/methods/{name}"
        for name in SHOWN
        if name in page.value(f"{STEPS[name]}#/inside/methods")
    }
    columns = [Column("common.picture", numeric=False), Column("column.area")]
    columns += [Column(f"column.{name}") for name in methods]
    areas = page.value("gradient_maps#/inside/areas")
    rows: list[list[Fact]] = [
        [
            title,
            _share(page, f"gradient_maps#/inside/areas/{i}"),
            *(_share(page, f"{place}/masses/{i}") for place in methods.values()),
        ]
        for i, title in enumerate(drawn_titles(page))
        if areas[i] is not None
    ]
    facts: dict[str, Fact] = {
        "area": _share(page, "gradient_maps#/inside/area"),
        "pictures": page.number("gradient_maps#/inside/pictures"),
    }
    means = [_share(page, f"{place}/mass") for place in methods.values()]
    rows.append([page.words.html("row.mean"), facts["area"], *means])
    page.table("inside", columns, rows)
    for name, place in methods.items():
        facts[name] = _share(page, f"{place}/mass")
        facts[f"{name}_hits"] = page.number(f"{place}/hits")
    page.say("inside", "inside.cams", **facts)
    score = page.value(f"{methods['score_cam']}/mass") - page.value(f"{methods['grad_cam']}/mass")
    page.say("inside", f"inside.score_cam.{verdicts.direction(score, verdicts.SAME_SHARE)}", **facts)
    if "guided_grad_cam" not in methods:
        return
    guided = "gradient_maps#/inside/methods/guided_backpropagation/mass"
    facts["guided"] = _share(page, guided)
    factor = max(page.value(guided), page.value(f"{methods['grad_cam']}/mass"))
    gain = page.value(f"{methods['guided_grad_cam']}/mass") - factor
    verdict = verdicts.direction(gain, verdicts.SAME_SHARE)
    page.say("inside", f"inside.guided_grad_cam.{verdict}", **facts)
    page.say("inside", "inside.hits", **facts)
    page.find(f"finding.inside.{verdict}", **facts)


def _share(page: Page, source: str) -> Fact:
    return page.number(source, percent=True, digits=0)
