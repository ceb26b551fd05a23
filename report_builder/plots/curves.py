"""Curves over epochs, and the curves that show how good probabilities are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from report_builder.plots.style import (
    ACCENT,
    GREEN,
    HAIRLINE,
    ORANGE,
    PURPLE,
    QUIET,
    SKY,
    localise_axes,
    new_figure,
    panel_letter,
)
from report_builder.render.languages import Language

Item = TypeVar("Item")

# The models keep these colours and dashes in every figure; blue and vermilion belong to the classes.
MODEL_STYLES = {
    "mlp": (GREEN, "-"),
    "nam": (ORANGE, (0, (5, 1.5))),
    "logistic": (PURPLE, (0, (4, 1.2, 1, 1.2))),
    "forest": (SKY, (0, (1.2, 1))),
}


@dataclass(frozen=True)
class Course:
    """One panel over epochs: what its axis shows, and a curve (epochs,) of each part of the data.

    validation: None where it was not measured. kept_epoch counts from 1.
    """

    label: str
    train: np.ndarray
    validation: np.ndarray | None
    kept_epoch: int
    title: str = ""


@dataclass(frozen=True)
class ModelCurve:
    """The curve (points,) of a model with its key in MODEL_STYLES and the text of its legend."""

    model: str
    label: str
    x: np.ndarray
    y: np.ndarray


@dataclass(frozen=True)
class CurvePanel:
    """Curves of several models on the unit square; `guide` is what a useless or a perfect model would draw.

    guide: "diagonal", or the height of a level line.
    """

    xlabel: str
    ylabel: str
    curves: Sequence[ModelCurve]
    guide: float | str
    markers: bool = False


def in_reading_order(row: Sequence[Item], language: Language) -> list[Item]:
    """What stands in a row from left to right, from where the language starts to read."""
    return list(row) if language.direction == "ltr" else list(reversed(row))


def legend_below(figure: Figure, axes: Axes, language: Language, *, handle: float = 3) -> None:
    """What the lines of these axes are called, in one row under the figure, where it covers no curve.

    handle: the length of a line's sample, in the size of the type.
    """
    handles, labels = axes.get_legend_handles_labels()
    rtl = language.direction == "rtl"
    figure.legend(
        handles[::-1] if rtl else handles,
        labels[::-1] if rtl else labels,
        loc="outside lower center",
        ncols=len(handles),
        markerfirst=not rtl,
        handlelength=handle,
    )


def training_curves(
    rows: Sequence[Sequence[Course]], train: str, validation: str, epoch: str, language: Language
) -> Figure:
    """Rows of panels over epochs; panels in a column share their vertical axis."""
    figure, axes = new_figure(
        height=10 + 29 * len(rows), rows=len(rows), columns=len(rows[0]), sharex="row", sharey="col"
    )
    index = 0
    for courses, line in zip(rows, axes, strict=True):
        for course, panel in zip(courses, in_reading_order(line, language), strict=True):
            epochs = np.arange(1, len(course.train) + 1)
            many = len(epochs) > 30
            panel.plot(
                epochs, course.train, color=QUIET, linestyle="--", marker="" if many else "o", label=train
            )
            if course.validation is not None:
                panel.plot(
                    epochs, course.validation, color=ACCENT, marker="" if many else "o", label=validation
                )
            if course.kept_epoch < len(epochs):
                panel.axvline(course.kept_epoch, color=QUIET, linewidth=0.7, linestyle=":")
            panel.set_ylabel(course.label)
            panel.set_xlabel(epoch)
            panel.set_title(course.title)
            panel.grid(axis="y")
            panel.margins(y=0.1)  # whole markers at the ends of a low panel
            panel.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=8, steps=[1, 2, 5, 10]))
            panel.tick_params(labelleft=True)
            panel_letter(panel, index, language)
            localise_axes(panel, language)
            index += 1
    legend_below(figure, max(axes.flat, key=lambda panel: len(panel.lines)), language)
    return figure


def model_curves(panels: Sequence[CurvePanel], language: Language) -> Figure:
    """One row of square panels; the models' names stand under them."""
    figure, axes = new_figure(height=60, columns=len(panels))
    for index, (panel, axis) in enumerate(zip(panels, in_reading_order(axes[0], language), strict=True)):
        if panel.guide == "diagonal":
            axis.plot([0, 1], [0, 1], color=HAIRLINE, linewidth=1)
        else:
            axis.axhline(float(panel.guide), color=HAIRLINE, linewidth=1)
        for curve in panel.curves:
            colour, dashes = MODEL_STYLES[curve.model]
            axis.plot(
                curve.x,
                curve.y,
                color=colour,
                linestyle=dashes,
                marker="o" if panel.markers else "",
                markersize=2.6,
                label=curve.label,
            )
        axis.set(xlim=(-0.02, 1.02), ylim=(-0.02, 1.02), xlabel=panel.xlabel, ylabel=panel.ylabel)
        axis.set_xticks((0, 0.5, 1))
        axis.set_yticks((0, 0.5, 1))
        axis.set_box_aspect(1)
        panel_letter(axis, index, language)
        localise_axes(axis, language)
    legend_below(figure, axes[0, 0], language)
    return figure
