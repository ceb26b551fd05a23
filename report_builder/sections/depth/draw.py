"""A grid of feature maps, and Grad-CAM of two classes from the first layers to the last."""

from __future__ import annotations

import numpy as np
from matplotlib import colormaps

from report_builder import verdicts
from report_builder.plots.images import CLIP, MapRow, PictureRow, as_pictures, image_grid
from report_builder.plots.style import SEQUENTIAL
from report_builder.render.page import Column, Page
from report_builder.render.words import Fact
from report_builder.sections.image_words import class_name

CAMS_WIDTH = 104.0  # mm: four columns
COLUMNS = 8  # of the grid of feature maps
DEPTHS = ("shallow", "middle", "deep")
ALPHA = 0.6  # of a map over its picture


def draw(page: Page) -> None:
    layers = page.value("depth#/layers")
    left_out = page.value("depth#/left_out").get("depth")
    page.facts |= {
        "first": class_name(page, page.value("depth#/pair/0/name")),
        "second": class_name(page, page.value("depth#/pair/1/name")),
        "first_probability": page.number("depth#/pair/0/probability", percent=True, digits=1),
        "second_probability": page.number("depth#/pair/1/probability", percent=True, digits=1),
        "name": class_name(
            page, page.value("photographs#/images")[page.value("depth#/picture")]["target_name"]
        ),
        "shown": page.number("photographs#/shown"),
    }
    if left_out is not None:
        key = "left_out.layers" if layers else "left_out.all"
        page.say("left_out", key, reason=page.words.html(f"common.not_applicable.{left_out}"))
    if not layers:
        return
    arrays = page.saved["depth"].arrays()
    page.say("picture", "picture.first" if page.value("depth#/of_first") else "picture.other")
    _feature_maps(page, arrays)
    _grad_cams(page, arrays)
    if len(layers) == len(DEPTHS):
        _what_changes(page)


def _feature_maps(page: Page, arrays: dict[str, np.ndarray]) -> None:
    page.facts |= {
        "layer": page.value("depth#/grid/layer"),
        "maps": page.number("depth#/grid/shown"),
        "channels": page.number("depth#/grid/channels"),
        "height": page.number("depth#/grid/height"),
        "width": page.number("depth#/grid/width"),
        "strongest": page.number("depth#/grid/strongest"),
        "dead": page.number("depth#/grid/dead"),
        "dead_share": page.number("depth#/grid/dead_share", percent=True, digits=1),
        "silent": page.number("depth#/grid/silent"),
        "silent_share": page.number("depth#/grid/silent_share", percent=True, digits=1),
    }
    maps, channels = arrays["activations"], arrays["channels"]
    rows: list[MapRow | PictureRow] = [
        MapRow(
            "",
            maps[start : start + COLUMNS],
            signed=False,
            titles=[page.words.number(int(number)) for number in channels[start : start + COLUMNS]],
        )
        for start in range(0, len(maps), COLUMNS)
    ]
    page.figure("activations", image_grid(rows, page.words.language, label=0), pictures=True)
    dead, silent = (page.value(f"depth#/grid/{key}") > 0 for key in ("dead", "silent"))
    page.say("silence", "silence.dead" if dead else "silence.some" if silent else "silence.none")


def _grad_cams(page: Page, arrays: dict[str, np.ndarray]) -> None:
    layers = page.value("depth#/layers")
    pixels = page.saved["photographs"].arrays()["pixels"]
    picture = as_pictures(pixels[[page.value("depth#/picture")]])[0]
    rows: list[MapRow | PictureRow] = []
    for c, name in enumerate(("first", "second")):
        maps = [arrays[f"cams_{number}"] for number in range(len(layers))]
        overlays = [_over(picture, both[c], float(np.percentile(both, CLIP))) for both in maps]
        titles = [page.words.text("common.picture"), *(layer["name"] for layer in layers)]
        rows.append(
            PictureRow(str(page.facts[name]), np.stack([picture, *overlays]), titles if c == 0 else ())
        )
    page.figure("cams", image_grid(rows, page.words.language, width=CAMS_WIDTH), pictures=True)


def _over(picture: np.ndarray, values: np.ndarray, top: float) -> np.ndarray:
    """A map (h', w') in colour over its picture (h, w, 3), in squares of the layer's own size; `top` is full
    colour.
    """
    height, width = picture.shape[:2]
    down = np.arange(height) * values.shape[0] // height
    right = np.arange(width) * values.shape[1] // width
    share = np.clip(values[np.ix_(down, right)] / top, 0, 1) if top > 0 else np.zeros((height, width))
    colours = colormaps[SEQUENTIAL](share)[..., :3]
    return np.asarray((1 - ALPHA) * picture.mean(-1, keepdims=True) + ALPHA * colours)


def _what_changes(page: Page) -> None:
    layers = page.value("depth#/layers")
    masked = all("mass" in layer for layer in layers)
    columns = [Column("column.depth", numeric=False), Column("column.layer", numeric=False)]
    columns += [Column(f"column.{key}") for key in ("channels", "size", "zero", "share", "correlation")]
    columns += [Column("column.mass")] if masked else []
    rows: list[list[Fact]] = []
    for number, depth in enumerate(DEPTHS):
        place = f"depth#/layers/{number}"
        size = {key: page.number(f"{place}/{key}") for key in ("height", "width")}
        row: list[Fact] = [page.words.html(f"depth.{depth}"), layers[number]["name"]]
        row += [page.number(f"{place}/channels"), page.words.html("size", size)]
        row += [page.number(f"{place}/zero", percent=True, digits=0), _own(page, number)]
        row += [page.number(f"{place}/correlation", digits=2, signed=True)]
        row += [page.number(f"{place}/mass", percent=True, digits=0)] if masked else []
        rows.append(row)
    page.table("layers", columns, rows, masks=page.words.html("layers.masks") if masked else "")
    _read_classes(page)
    _read_masses(page, masked)


def _own(page: Page, number: int) -> Fact:
    """The first class's share of both maps; undefined where both are zero."""
    if page.value(f"depth#/layers/{number}/first_share") is None:
        return page.words.html("common.undefined")
    return page.number(f"depth#/layers/{number}/first_share", percent=True, digits=0)


def _read_classes(page: Page) -> None:
    """Whether the maps favour the first class more at the deep layer than at the shallow one."""
    shares = [layer["first_share"] for layer in page.value("depth#/layers")]
    if None in shares:
        page.say("changes", "classes.undefined")
        return
    first, middle, last = shares
    grown = verdicts.direction(last - first, verdicts.SAME_SHARE)
    if not min(first, last) - verdicts.SAME_SHARE <= middle <= max(first, last) + verdicts.SAME_SHARE:
        grown = "mixed"
    facts = {depth: _own(page, number) for number, depth in enumerate(DEPTHS)}
    page.say("changes", f"classes.{grown}", **facts)
    likely = page.value("depth#/pair/0/probability") > page.value("depth#/pair/1/probability")
    if grown == "up" and likely:
        page.say("changes", "classes.as_predicted")
    page.find(f"finding.classes.{grown}", **facts)


def _read_masses(page: Page, masked: bool) -> None:
    deepest = len(DEPTHS) - 1
    zero = {
        "shallow": page.number("depth#/layers/0/zero", percent=True, digits=0),
        "deep": page.number(f"depth#/layers/{deepest}/zero", percent=True, digits=0),
    }
    layers = page.value("depth#/layers")
    rise = verdicts.direction(layers[-1]["zero"] - layers[0]["zero"], verdicts.SAME_SHARE)
    page.say("changes", f"zero.{rise}", **zero)
    if not masked:
        return
    grown = verdicts.direction(layers[-1]["mass"] - layers[0]["mass"], verdicts.SAME_SHARE)
    facts: dict[str, Fact] = {
        "shallow": page.number("depth#/layers/0/mass", percent=True, digits=0),
        "deep": page.number(f"depth#/layers/{deepest}/mass", percent=True, digits=0),
        "area": page.number("depth#/layers/0/area", percent=True, digits=0),
        "masked": page.number("depth#/layers/0/masked"),
    }
    page.say("changes", f"mass.{grown}", **facts)
    page.find(f"finding.mass.{grown}", **facts)
