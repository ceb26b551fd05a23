"""Maps whose sums are checked against the logit, what the baseline hides, and SHAP values at two layers."""

from __future__ import annotations

from matplotlib.figure import Figure

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
from report_builder.sections.map_methods import MOST_DRAWN

WIDTH = 140.0  # mm: rows of maps on one page with the text about them
MAPS = ("integrated_gradients", "from_mean_colour", "gradient_shap", "deeplift")
RULES = ("gauss_legendre", "midpoint", "right")
DARKEST = 5  # parts in the table
COARSE = 4  # a layer's maps are laid upon the picture where they are so many times smaller


def draw(page: Page) -> None:
    page.facts |= {
        "steps": page.number("path_maps#/steps"),
        "samples": page.number("path_maps#/samples"),
        "background": page.number("path_maps#/background"),
        "tolerance": _tolerance(page),
    }
    dark = page.value("path_maps#/zero_is_black")
    page.say("zero", "zero.black" if dark else "zero.mean_colour")
    for method, reason in page.value("path_maps#/left_out").items():
        why = page.words.html(f"common.not_applicable.{reason}")
        page.say("left_out", "left_out", method=method_name(page, method), reason=why)
    if page.value("path_maps#/bfloat16_cosine") is not None:
        page.say("precision", "precision", cosine=page.number("path_maps#/bfloat16_cosine", digits=3))
    _maps(page)
    _completeness(page)
    _baseline(page, dark)
    _layers(page)


def _tolerance(page: Page) -> Fact:
    return page.number("verdicts#/completeness_tolerance", percent=True, digits=0)


def _maps(page: Page) -> None:
    arrays = page.saved["path_maps"].arrays()
    rows: list[MapRow | PictureRow] = [_pictures(page)]
    for name in MAPS:
        if name in arrays:
            rows.append(MapRow(page.words.text(f"row.{name}"), arrays[name][:MOST_DRAWN], signed=True))
    bar = page.words.text("common.colour_scale")
    page.figure("maps", image_grid(rows, page.words.language, bar=bar, width=WIDTH), pictures=True)


def _pictures(page: Page) -> PictureRow:
    return PictureRow(page.words.text("common.picture"), drawn_pictures(page), picture_headings(page))


def _completeness(page: Page) -> None:
    """The change of the logit on each picture and what each method's sum misses of it; the rules of
    integration by their number of steps.
    """
    methods = [name for name in MAPS if name in page.value("path_maps#/completeness")]
    from_zero = [name for name in methods if name != "gradient_shap"]
    columns = [Column("common.picture", numeric=False), Column("column.change")]
    columns += [Column(f"column.{name}") for name in from_zero]
    columns += [Column("column.change_gradient_shap"), Column("column.gradient_shap")]
    rows: list[list[Fact]] = []
    for i, title in enumerate(drawn_titles(page)):
        row: list[Fact] = [title]
        for group in (from_zero, ["gradient_shap"]):
            row.append(page.number(f"path_maps#/completeness/{group[0]}/change/{i}", digits=2))
            row += [
                page.number(f"path_maps#/completeness/{name}/error/{i}", digits=3, signed=True)
                for name in group
            ]
        rows.append(row)
    page.table("completeness", columns, rows)
    for name in methods:
        source = f"path_maps#/completeness/{name}/relative_error"
        kept = page.value(source) <= verdicts.COMPLETENESS_TOLERANCE
        exact = name == "deeplift"  # what it misses is rounding, which no percentage shows
        error = page.number(source, percent=not exact, scientific=exact)
        page.say("sums", f"sums.{name}.{'kept' if kept else 'missed'}", error=error)
    source = "path_maps#/completeness/integrated_gradients/relative_error"
    kept = page.value(source) <= verdicts.COMPLETENESS_TOLERANCE
    page.find(f"finding.{'kept' if kept else 'missed'}", error=page.number(source, percent=True))
    table: list[list[Fact]] = [
        [
            page.number(f"path_maps#/rules/{i}/steps"),
            *(page.number(f"path_maps#/rules/{i}/{rule}", percent=True) for rule in RULES),
        ]
        for i in range(len(page.value("path_maps#/rules")))
    ]
    page.table("rules", [Column("column.steps"), *(Column(f"column.{rule}") for rule in RULES)], table)
    last = len(table) - 1
    values = page.value(f"path_maps#/rules/{last}")
    best = min(RULES, key=lambda rule: float(values[rule]))
    page.say(
        "rules",
        f"rules.{best}",
        error=page.number(f"path_maps#/rules/{last}/{best}", percent=True),
        checked=page.number("path_maps#/checked"),
    )


def _baseline(page: Page, dark: bool) -> None:
    """What the baseline's own colour gets."""
    facts: dict[str, Fact] = {
        "share": page.number("path_maps#/nearest/share", percent=True, digits=0),
        "zero": page.number("path_maps#/nearest/mass/zero", percent=True, digits=0),
    }
    if not dark:
        page.say("baseline", "baseline.photographs", **facts)
        return
    facts["mean"] = page.number("path_maps#/nearest/mass/mean_colour", percent=True, digits=0)
    masses = page.value("path_maps#/nearest/mass")
    hidden = verdicts.direction(masses["mean_colour"] - masses["zero"], verdicts.SAME_SHARE)
    page.say("baseline", f"baseline.dark.{hidden}", **facts)
    if hidden == "up":
        page.find("finding.dark", **facts)
    if page.value("path_maps#/parts") is None:
        return
    correlations = page.value("path_maps#/parts/correlation")
    linked = verdicts.agreement(correlations["zero"]) != "poor"
    page.say(
        "parts",
        "baseline.parts.linked" if linked else "baseline.parts.loose",
        zero=page.number("path_maps#/parts/correlation/zero", digits=2, signed=True),
        mean=page.number("path_maps#/parts/correlation/mean_colour", digits=2, signed=True),
    )
    rows: list[list[Fact]] = []
    for i, row in enumerate(page.value("path_maps#/parts/rows")[:DARKEST]):
        source = f"path_maps#/parts/rows/{i}"
        rows.append(
            [
                page.words.html(f"common.part.{row['part']}"),
                page.number(f"{source}/brightness", digits=2),
                page.number(f"{source}/density/zero", digits=2),
                page.number(f"{source}/density/mean_colour", digits=2),
            ]
        )
    headings = ("brightness", "density_zero", "density_mean")
    columns = [Column("column.part", numeric=False), *(Column(f"column.{name}") for name in headings)]
    page.table("parts", columns, rows)


def _layers(page: Page) -> None:
    reason = page.value("layer_shap#/left_out").get("layer_shap")
    if reason is not None:
        why = page.words.html(f"common.not_applicable.{reason}")
        page.say("layers", "layers.left_out", reason=why)
        return
    layers = page.value("layer_shap#/layers")
    facts: dict[str, Fact] = {
        "shallow": layers[0]["name"],
        "deep": layers[1]["name"],
        "shallow_size": page.number("layer_shap#/layers/0/shape/2"),
        "deep_size": page.number("layer_shap#/layers/1/shape/2"),
        "layer_samples": page.number("layer_shap#/samples"),
        "layer_background": page.number("layer_shap#/background"),
        "shallow_error": page.number("layer_shap#/layers/0/relative_error", percent=True, digits=0),
        "deep_error": page.number("layer_shap#/layers/1/relative_error", percent=True, digits=0),
        "shallow_alike": page.number("layer_shap#/layers/0/alike", digits=2, signed=True),
        "deep_alike": page.number("layer_shap#/layers/1/alike", digits=2, signed=True),
    }
    page.say("layers", "layers.intro", **facts)
    page.say("layers_result", "layers.look", **facts)
    errors = [layer["relative_error"] for layer in layers]
    page.say(
        "layers_result",
        f"layers.error.{verdicts.direction(errors[1] - errors[0], verdicts.SAME_SHARE)}",
        **facts,
    )
    alike = max(layer["alike"] for layer in layers)
    page.say("layers_result", f"layers.alike.{verdicts.agreement(alike)}", **facts)
    page.figure("layers", _layer_figure(page), width="full", pictures=True, **facts)


def _layer_figure(page: Page) -> Figure:
    arrays = page.saved["layer_shap"].arrays()
    pictures = _pictures(page)
    rows: list[MapRow | PictureRow] = [pictures]
    classes = page.value("layer_shap#/classes")
    for place, layer in zip(("shallow", "deep"), page.value("layer_shap#/layers"), strict=True):
        coarse = layer["shape"][-1] * COARSE <= pictures.pictures.shape[1]
        for rank in range(len(classes[0])):
            titles = [
                page.words.text(
                    "layers.cell",
                    {
                        "name": class_name(page, entry[rank]["name"]),
                        "probability": page.number(
                            f"layer_shap#/classes/{i}/{rank}/probability", percent=True, digits=0
                        ),
                    },
                )
                for i, entry in enumerate(classes[:MOST_DRAWN])
            ]
            label = page.words.text(f"layers.row_{rank + 1}", {"layer": layer["name"]})
            over = pictures.pictures if coarse else None
            maps = arrays[place][:MOST_DRAWN, rank]
            rows.append(MapRow(label, maps, signed=True, over=over, titles=titles))
    return image_grid(rows, page.words.language, bar=page.words.text("common.colour_scale"), width=WIDTH)
