"""The grid of all methods, and the index of their cards."""

from __future__ import annotations

import numpy as np
from markupsafe import Markup

from report_builder import verdicts
from report_builder.plots.images import as_pictures
from report_builder.plots.method_grid import MethodMaps, method_grid
from report_builder.render.page import Column, Page
from report_builder.render.words import Fact
from report_builder.sections.image_words import picture_titles
from report_builder.sections.map_grid import MAP_STEPS
from report_builder.sections.map_methods import ORDER, SIGNED
from report_builder.sections.sample_words import join

PICTURES = 3
COSTS = "method_comparison#"
# What a method asks of the network, and the section in which its card stands
NEEDS = {
    "saliency": ("gradient", "gradients"),
    "input_x_gradient": ("gradient", "gradients"),
    "guided_backpropagation": ("rectifiers", "gradients"),
    "deconvnet": ("rectifiers", "gradients"),
    "cam": ("pooling", "class_activation"),
    "grad_cam": ("layer", "class_activation"),
    "guided_grad_cam": ("layer_and_rectifiers", "class_activation"),
    "score_cam": ("maps", "class_activation"),
    "smooth_grad": ("gradient", "smoothing"),
    "smooth_guided": ("rectifiers", "smoothing"),
    "smooth_guided_grad_cam": ("layer_and_rectifiers", "smoothing"),
    "integrated_gradients": ("gradient", "path_methods"),
    "gradient_shap": ("gradient_and_background", "path_methods"),
    "deeplift": ("rules", "path_methods"),
    "occlusion": ("forward", "perturbation"),
    "lime_image": ("forward", "perturbation"),
}


def draw(page: Page) -> None:
    left_out = page.value(f"{COSTS}/left_out")
    present = [name for name in ORDER if name not in left_out]
    page.facts |= {key: page.number(f"{COSTS}/{key}") for key in ("count", "least", "most")}
    page.facts["agreement"] = page.number(f"{COSTS}/agreement/mean", digits=2)
    page.find(f"finding.{verdicts.agreement(page.value(f'{COSTS}/agreement/mean'))}")
    page.say("intro", "intro")
    for method, reason in left_out.items():
        why = page.words.html(f"common.not_applicable.{reason}")
        page.say("intro", "left_out", method=_name(page, method), reason=why)
    _agreement(page)
    _grid(page, present)
    _index(page, present)


def _name(page: Page, method: str) -> Markup:
    return page.words.html(f"common.method.{method}")


def _agreement(page: Page) -> None:
    facts: dict[str, Fact] = {"cells": page.number(f"{COSTS}/agreement/cells")}
    for pair, places in (("nearest", ("first", "second")), ("farthest", ("third", "fourth"))):
        source = f"{COSTS}/agreement/{pair}"
        facts[pair] = page.number(f"{source}/correlation", digits=2, signed=True)
        methods = page.value(f"{source}/methods")
        facts |= {place: _name(page, method) for place, method in zip(places, methods, strict=True)}
    page.say("agreement", "agreement", **facts)


def _grid(page: Page, present: list[str]) -> None:
    arrays: dict[str, np.ndarray] = {}
    for step in MAP_STEPS:
        arrays |= page.saved[step].arrays()
    methods = [
        MethodMaps(page.words.text(f"short.{name}"), arrays[name][:PICTURES], name in SIGNED)
        for name in present
    ]
    pictures = as_pictures(page.saved["photographs"].arrays()["pixels"][:PICTURES])
    text = page.words.text
    figure = method_grid(
        pictures, text("common.picture"), methods, page.words.language, text("common.colour_scale")
    )
    names = join(page, picture_titles(page)[:PICTURES])
    page.figure("methods", figure, pictures=True, names=names)


def _index(page: Page, present: list[str]) -> None:
    rows: list[list[Fact]] = []
    for name in present:
        needs, section = NEEDS[name]
        rows.append(
            [
                _name(page, name),
                page.words.html(f"needs.{needs}"),
                page.number(f"{COSTS}/methods/{name}/forward"),
                page.number(f"{COSTS}/methods/{name}/backward"),
                page.words.html(f"where.{section}"),
            ]
        )
    columns = [Column("column.method", numeric=False), Column("column.needs", numeric=False)]
    columns += [Column("column.forward"), Column("column.backward"), Column("column.where", numeric=False)]
    page.table("index", columns, rows)
