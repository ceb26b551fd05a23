"""The figures, tables and sentences about the table before any model."""

from __future__ import annotations

import numpy as np

from report_builder import verdicts
from report_builder.plots.distributions import Counts, class_bars, class_boxes, histograms
from report_builder.plots.pairs import pair_plot
from report_builder.render.numbers import localise_digits
from report_builder.render.page import Column, Page
from report_builder.render.words import Fact
from report_builder.sections.exploration.correlations import draw_correlations
from report_builder.sections.exploration.outliers import draw_outliers
from report_builder.sections.exploration.panels import (
    box_of,
    class_names,
    histogram_of,
    panel_columns,
)
from report_builder.sections.sample_words import in_units, names_of
from report_builder.sections.sampling import spaced

DISTRIBUTION_COLUMNS = (
    Column("common.feature", numeric=False),
    Column("column.mean"),
    Column("column.std"),
    Column("column.median"),
    Column("column.minimum"),
    Column("column.maximum"),
    Column("column.zeros"),
)


def draw(page: Page) -> None:
    page.facts |= {
        "rows": page.number("table#/rows"),
        "features": page.number("table#/feature_count"),
        "target": page.feature(page.value("table#/target")),
        "positive_value": localise_digits(page.value("table#/positive"), page.words.language),
        "kept": page.number("exploration#/correlated_rows"),
        "dropped": page.number("exploration#/dropped_rows"),
        "negative": page.number("exploration#/classes/negative"),
        "positive": page.number("exploration#/classes/positive"),
        "share": page.number("exploration#/classes/share", percent=True),
        "ratio": page.number("exploration#/classes/ratio", digits=2),
        "majority": page.number("exploration#/classes/majority_share", percent=True),
    }
    cleaned = bool(page.value("exploration#/dropped_rows"))
    page.say("intro", "intro.table")
    page.say("intro", "intro.cleaned" if cleaned else "intro.all")
    _classes(page)
    _distributions(page)
    _boxes(page)
    draw_outliers(page)
    draw_correlations(page)
    _pair_plot(page)


def _classes(page: Page) -> None:
    verdict = verdicts.imbalance(page.value("exploration#/classes/ratio"))
    page.find(f"finding.classes.{verdict}")
    page.say("classes", "classes.counts")
    page.say("classes", f"classes.{verdict}")
    page.say("classes", "classes.baseline")
    counts = page.value("exploration#/classes")
    bars = Counts(page.feature(page.value("table#/target")), (counts["negative"], counts["positive"]))
    figure = class_bars([bars], class_names(page), "", page.words.text("axis.rows"), page.words.language)
    page.figure("classes", figure)


def _distributions(page: Page) -> None:
    columns = page.value("exploration#/columns")
    shown = panel_columns(page)
    everything = len(shown) == len(columns)
    page.facts["shown"] = (
        page.count("exploration#/columns") if everything else page.number("verdicts#/most_panels")
    )
    figure = histograms(
        [histogram_of(page, i) for i in shown],
        class_names(page),
        page.words.text("axis.rows"),
        page.words.language,
    )
    page.figure("histograms", figure)
    page.say("histograms", "histograms.intro" if everything else "histograms.some")
    widest = max(range(len(columns)), key=lambda i: abs(columns[i]["shift"]))
    source = f"exploration#/columns/{widest}"
    page.say(
        "histograms",
        f"histograms.shift.{verdicts.direction(columns[widest]['shift'])}",
        feature=page.feature(columns[widest]["name"]),
        negative_mean=in_units(page, f"{source}/mean_negative"),
        positive_mean=in_units(page, f"{source}/mean_positive"),
        shift=page.number(f"{source}/shift", digits=2),
    )
    skewed = [c["name"] for c in columns if abs(c["skewness"]) > verdicts.SKEWNESS_LIMIT]
    if skewed:
        page.say("histograms", "histograms.skewed", names=names_of(page, skewed))
    spikes = _with_zeros(page)
    if spikes:
        page.say("histograms", "histograms.spikes", names=names_of(page, spikes))
    fields = ("mean", "std", "median", "minimum", "maximum")
    rows: list[list[Fact]] = [
        [
            page.feature(column["name"], unit=True),
            *(in_units(page, f"exploration#/columns/{i}/{field}") for field in fields),
            page.number(f"exploration#/columns/{i}/zeros"),
        ]
        for i, column in enumerate(columns)
    ]
    page.table("distributions", DISTRIBUTION_COLUMNS, rows)


def _with_zeros(page: Page) -> list[str]:
    """Columns in which the settings call a zero no measurement, and which have one."""
    found = page.saved["exploration"].values
    named = {*found["never_zero"], *found["zero_is_missing"]}
    return [c["name"] for c in found["columns"] if c["name"] in named and c["zeros"]]


def _boxes(page: Page) -> None:
    names, boxes = page.value("table#/features"), page.value("exploration#/boxes")
    figure = class_boxes(
        [(page.feature(names[i], unit=True), box_of(page, i)) for i in panel_columns(page)],
        class_names(page),
        page.words.language,
    )
    page.figure("boxes", figure)
    page.say("boxes", "boxes.intro")
    apart = {
        "higher": [
            n for n, b in zip(names, boxes, strict=True) if b["positive"]["lower"] > b["negative"]["median"]
        ],
        "lower": [
            n for n, b in zip(names, boxes, strict=True) if b["positive"]["upper"] < b["negative"]["median"]
        ],
    }
    for side, found in apart.items():
        if found:
            page.say("boxes", f"boxes.{side}", names=names_of(page, found))
    if not any(apart.values()):
        page.say("boxes", "boxes.overlap")


def _pair_plot(page: Page) -> None:
    found = page.value("exploration#/pair_plot")
    names = page.value("table#/features")
    places = [names.index(name) for name in found["features"]]
    arrays = page.saved["table"].arrays("table")
    sampled = "points" in found
    rows = np.arange(len(arrays["target"]))
    if sampled:
        rows = spaced(rows, found["points"])
        page.facts["points"] = page.number("exploration#/pair_plot/points")
    figure = pair_plot(
        arrays["features"][rows][:, places],
        arrays["target"][rows],
        [histogram_of(page, i, unit=False) for i in places],
        class_names(page),
        page.words.language,
    )
    page.facts["plotted"] = page.number("exploration#/pair_plot/shown")
    page.figure("pair_plot", figure)
    if sampled:
        page.footnote("pair_plot")
    columns = "all" if found["all"] else "some"
    page.say("pair_plot_intro", f"pair_plot.sampled.{columns}" if sampled else f"pair_plot.{columns}")
    page.say(
        "pair_plot_says",
        "pair_plot.single",
        feature=page.feature(found["single"]["name"]),
        auc=page.number("exploration#/pair_plot/single/auc", digits=2),
    )
    if "pair" in found:
        separated = verdicts.discrimination(found["pair"]["auc"]) == "outstanding"
        page.say(
            "pair_plot_says",
            "pair_plot.separated" if separated else "pair_plot.overlap",
            first=page.feature(found["pair"]["first"]),
            second=page.feature(found["pair"]["second"]),
            auc=page.number("exploration#/pair_plot/pair/auc", digits=2),
        )
    stripes = [name for name in _with_zeros(page) if name in found["features"]]
    if stripes:
        page.say("pair_plot_says", "pair_plot.stripes", names=names_of(page, stripes))
