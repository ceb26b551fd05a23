"""All explanations of many samples on one page: heat maps of two methods beside each other."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.colors import ListedColormap, Normalize
from matplotlib.figure import Figure

from report_builder.plots.bars import shortened
from report_builder.plots.curves import in_reading_order
from report_builder.plots.style import (
    CLASS_COLOURS,
    DIVERGING,
    localise_axes,
    new_figure,
    panel_letter,
    text_alignment,
)
from report_builder.render.languages import Language

QUANTILE = (
    0.99  # colours are full at this share of the sizes, so that a few large ones do not bleach the rest
)


def atlas(
    predictions: np.ndarray,
    labels: np.ndarray,
    maps: Sequence[np.ndarray],
    titles: Sequence[str],
    names: Sequence[str],
    language: Language,
    *,
    row_label: str,
    prediction_label: str,
    class_label: str,
    colour_label: str,
) -> Figure:
    """Rows are samples in the order given, columns are features; all maps have one scale, centred on zero.

    predictions: (n,) probabilities and labels: (n,) classes 0 and 1, as two narrow columns before the maps.
    maps: each (n, d). titles: of the maps. names: of the features.
    """
    n = len(predictions)
    figure, axes = new_figure(
        height=min(165.0, 52.0 + 0.7 * n),
        columns=2 + len(maps),
        sharey=True,
        width_ratios=in_reading_order((0.5, 0.5, *(8.0 for _ in maps)), language),
    )
    probability, truth, *panels = in_reading_order(axes[0], language)
    probability.imshow(
        predictions[:, None], aspect="auto", cmap="Greys", vmin=0, vmax=1, interpolation="nearest"
    )
    classes = ListedColormap([CLASS_COLOURS["negative"], CLASS_COLOURS["positive"]])
    truth.imshow(labels[:, None], aspect="auto", cmap=classes, vmin=0, vmax=1, interpolation="nearest")
    for axis, label in ((probability, prediction_label), (truth, class_label)):
        axis.set_xticks([0], [label], rotation=90)
    limit = max(float(np.quantile(np.abs(values), QUANTILE)) for values in maps) or 1.0
    for index, (axis, values, title) in enumerate(zip(panels, maps, titles, strict=True)):
        image = axis.imshow(
            values, aspect="auto", cmap=DIVERGING, norm=Normalize(-limit, limit), interpolation="nearest"
        )
        columns = [shortened(name, 26) for name in names]
        axis.set_xticks(range(len(names)), columns, rotation=90, fontsize=7.5 if len(names) <= 20 else 5)
        axis.set_title(title, pad=3)
        panel_letter(axis, index, language)
        if language.direction == "rtl":
            axis.invert_xaxis()
    for axis in axes[0]:
        axis.tick_params(axis="both", length=0, labelleft=False)
        axis.spines[:].set_visible(False)
        localise_axes(axis, language)
    start = text_alignment("start", language)
    probability.tick_params(axis="y", **{f"label{start}": True})
    probability.yaxis.set_label_position(start)
    probability.set_ylabel(row_label)
    bar = figure.colorbar(image, ax=panels, location="bottom", aspect=50, shrink=0.7, pad=0.02, extend="both")
    bar.set_label(colour_label)
    bar.outline.set_visible(False)
    localise_axes(bar.ax, language)
    return figure
