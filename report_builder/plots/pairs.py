"""Points of two classes against two columns at a time."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator, NullLocator

from report_builder.plots.curves import in_reading_order
from report_builder.plots.distributions import ColumnHistogram
from report_builder.plots.labels import axis_at_start, wrapped
from report_builder.plots.style import CLASS_COLOURS, FULL, QUIET, localise_axes, new_figure, panel_letter
from report_builder.render.languages import Language

_EDGE, _GAP = 0.085, 0.012  # shares of the figure's width: room for labels, and between panels


def pair_plot(
    features: np.ndarray,
    target: np.ndarray,
    columns: Sequence[ColumnHistogram],
    classes: tuple[str, str],
    language: Language,
) -> Figure:
    """Every pair of columns: features (rows, k), target (rows,), the k histograms for the diagonal.

    The lower triangle only, as the upper one would repeat it; its columns run from where the language
    starts to read. Points are drawn in the order of the rows, so that neither class covers the other.
    """
    count = len(columns)
    rtl = language.direction == "rtl"
    figure, axes = new_figure(FULL, 128 if count > 3 else 90, rows=count, columns=count)
    figure.set_layout_engine(None)  # 36 panels: the constrained layout would take seconds
    start = {"left": 0.01, "right": 1 - _EDGE} if rtl else {"left": _EDGE, "right": 0.99}
    foot = _EDGE * figure.get_figwidth() / figure.get_figheight()
    figure.subplots_adjust(bottom=foot, top=0.99, wspace=_GAP * count, hspace=_GAP * count, **start)
    colours = np.array(list(CLASS_COLOURS.values()))[target]
    for row in range(count):
        ordered = in_reading_order(axes[row], language)
        for column, panel in enumerate(ordered):
            if column > row:
                panel.set_visible(False)
                continue
            if column == row:
                _diagonal(panel, columns[row])
            else:
                x, y = features[:, column], features[:, row]
                panel.scatter(x, y, s=1.1, c=colours, alpha=0.55, linewidths=0)
            _frame(panel, columns, row, column, language)
            localise_axes(panel, language)
    figure.align_labels()
    _legend(figure, classes, language)
    return figure


def _diagonal(panel: Axes, column: ColumnHistogram) -> None:
    for counts, colour in zip(column.counts, CLASS_COLOURS.values(), strict=True):
        panel.stairs(counts, column.edges, fill=True, color=colour, alpha=0.45)


def _frame(
    panel: Axes, columns: Sequence[ColumnHistogram], row: int, column: int, language: Language
) -> None:
    """Ticks and labels at the outer panels only."""
    panel.tick_params(labelsize=5.5, length=1.5, pad=1)
    panel.spines[:].set_linewidth(0.4)
    panel.xaxis.set_major_locator(MaxNLocator(3, prune="both"))
    panel.yaxis.set_major_locator(NullLocator() if row == column else MaxNLocator(3, prune="both"))
    axis_at_start(panel, language)
    panel.spines[:].set_visible(True)
    rtl = language.direction == "rtl"
    outer_row, outer_column = row == len(columns) - 1, column == 0
    panel.tick_params(
        labelbottom=outer_row, labelleft=outer_column and not rtl, labelright=outer_column and rtl
    )
    if outer_row:
        panel.set_xlabel(wrapped(columns[column].label, 14), fontsize=6.5)
    if outer_column:
        panel.set_ylabel(wrapped(columns[row].label, 11 if len(columns) > 3 else 14), fontsize=6.5)


def _legend(figure: Figure, classes: tuple[str, str], language: Language) -> None:
    rtl = language.direction == "rtl"
    handles = [
        Line2D([], [], linestyle="", marker="o", color=colour, label=name)
        for colour, name in zip(CLASS_COLOURS.values(), classes, strict=True)
    ]
    figure.legend(
        handles=handles,
        loc="upper left" if rtl else "upper right",
        bbox_to_anchor=(0.04, 0.97) if rtl else (0.96, 0.97),
        markerfirst=not rtl,
    )


def synthetic_scatter(
    points: np.ndarray,
    target: np.ndarray,
    synthetic: np.ndarray,
    panels: tuple[str, str],
    axes_labels: tuple[str, str],
    names: tuple[str, str, str],
    language: Language,
) -> Figure:
    """Rows on two axes before and after synthetic ones were added, which are hollow.

    points: (rows, 2). target, synthetic: (rows,), class and whether it was made. panels: their titles.
    names: of the two classes and of the synthetic rows.
    """
    figure, axes = new_figure(FULL, 64, columns=2, sharex=True, sharey=True)
    ordered = in_reading_order(axes[0], language)
    colours = np.array(list(CLASS_COLOURS.values()))[target]
    for index, (axis, title) in enumerate(zip(ordered, panels, strict=True)):
        axis.scatter(*points[~synthetic].T, s=5, c=colours[~synthetic], alpha=0.5, linewidths=0)
        if index:
            edges = colours[synthetic]
            axis.scatter(*points[synthetic].T, s=9, facecolors="none", edgecolors=edges, linewidths=0.6)
        axis.set_xlabel(axes_labels[0])
        axis.set_title(title)
        panel_letter(axis, index, language)
        localise_axes(axis, language)
    ordered[0].set_ylabel(axes_labels[1])
    rtl = language.direction == "rtl"
    for axis in ordered:
        axis_at_start(axis, language)
        if rtl:
            axis.tick_params(axis="y", labelright=axis is ordered[0])
    handles = [
        Line2D([], [], linestyle="", marker="o", color=colour, label=name)
        for colour, name in zip(CLASS_COLOURS.values(), names[:2], strict=True)
    ]
    handles.append(
        Line2D([], [], linestyle="", marker="o", color=QUIET, markerfacecolor="none", label=names[2])
    )
    figure.legend(
        handles=handles[::-1] if rtl else handles, loc="outside lower center", ncols=3, markerfirst=not rtl
    )
    return figure
