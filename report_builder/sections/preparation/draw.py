"""The figures, tables and sentences about cleaning, splitting, scaling and balancing."""

from __future__ import annotations

import numpy as np

from report_builder.plots.distributions import Box, Counts, boxes_on_one_scale, class_bars
from report_builder.plots.flow import Lane, Tone, flow
from report_builder.plots.pairs import synthetic_scatter
from report_builder.render.page import Column, Page, pointer
from report_builder.render.words import Fact
from report_builder.sections.sample_words import in_units, join, names_of

ZERO_COLUMNS = (
    Column("common.feature", numeric=False),
    Column("column.zeros"),
    Column("column.treatment", numeric=False),
    Column("column.left"),
    Column("column.left_share"),
    Column("column.fill"),
)
SIZE_COLUMNS = (
    Column("column.part", numeric=False),
    Column("common.protocols.clean"),
    Column("column.share"),
    Column("common.protocols.reference"),
    Column("column.share"),
)
SCALING_COLUMNS = (
    Column("common.feature", numeric=False),
    Column("column.mean"),
    Column("column.std"),
    Column("column.train_mean"),
    Column("column.train_std"),
    Column("column.test_mean"),
    Column("column.test_std"),
)
LEAK_COLUMNS = (
    Column("column.leak", numeric=False),
    Column("common.protocols.clean"),
    Column("common.protocols.reference"),
)
LEAKS = ("shared_rows", "synthetic_test_rows", "tested_on_relatives", "trained_on_relatives")
PARTS = ("train", "validation", "test")
PROTOCOLS = ("split", "reference.split")
MOST_BOXES = 20
FEW = 0.05  # share of rows that can be dropped at little cost; own convention
# Share of equal values in a column from which on they reach one of its quartiles.
NARROWING_SHARE = 0.25
DIFFERENT_SPREADS = 2.0  # ratio of standard deviations; own convention
# Columns of the Pima table for which the catalog has a reason why a zero is no measurement.
REASONED = ("BMI", "Glucose", "BloodPressure", "SkinThickness", "Insulin")


def draw(page: Page) -> None:
    page.facts |= {
        "rows": page.number("split#/rows"),
        "kept": page.number("split#/kept_rows"),
        "dropped": page.number("split#/dropped_rows"),
        "neighbours": page.number("settings#/tabular/smote_neighbours"),
        "real_train": page.number("split#/sizes/train"),
        "balanced_train": page.number("split#/sizes/train_balanced"),
        "synthetic": page.number("split#/smote/synthetic"),
        "reference_test": page.number("reference.split#/sizes/test"),
        "reference_rows": page.number("reference.split#/sizes/total"),
        "leaked": page.number("reference.split#/leak/synthetic_test_rows"),
        "relatives": page.number("reference.split#/leak/tested_on_relatives"),
        "taught": page.number("reference.split#/leak/trained_on_relatives"),
        **{part: page.number(f"split#/sizes/{part}") for part in PARTS},
        **{f"{part}_share": page.number(f"split#/shares/{part}", percent=True) for part in PARTS},
    }
    page.say("intro", "intro")
    page.say("intro", "intro.writeup" if page.value("writeup#/applies") else "intro.own")
    page.find("finding.sizes")
    leaks = page.value("reference.split#/leak/synthetic_test_rows") > 0
    page.find("finding.leak" if leaks else "finding.no_leak")
    page.say("caution", "caution.one_draw")
    if page.value("split#/fill"):
        page.say("caution", "caution.filled")
    _zeros(page)
    _split(page)
    _scaling(page)
    _balancing(page)
    page.say("leak", "leak.some" if leaks else "leak.none")
    page.table(
        "leak",
        LEAK_COLUMNS,
        [
            [page.words.html(f"leak.{leak}"), *(page.number(f"{p}#/leak/{leak}") for p in PROTOCOLS)]
            for leak in LEAKS
        ],
    )


def _zeros(page: Page) -> None:
    found = page.saved["split"].values
    if found["dropped"]:
        page.say("dropped", "dropped.some" if found["dropped_rows"] else "dropped.none")
        if 0 < found["dropped_rows"] < FEW * found["rows"]:
            page.say("dropped", "dropped.few")
        _reasons(page, "dropped", list(found["dropped"]))
    if found["missing"]:
        page.say("missing", "missing.intro", names=names_of(page, list(found["missing"])))
        _reasons(page, "missing", list(found["missing"]))
        worst = max(found["missing"], key=lambda name: found["missing"][name])
        if found["missing"][worst]:
            page.say(
                "missing",
                "missing.worst",
                feature=page.feature(worst),
                count=page.number(f"split#/missing/{pointer(worst)}"),
                share=page.number(f"split#/missing_share/{pointer(worst)}", percent=True),
                gaps=page.number("split#/rows_with_missing"),
                gap_share=page.number("split#/rows_with_missing_share", percent=True),
            )
    if not found["dropped"] and not found["missing"]:
        page.say("dropped", "dropped.not_named")
        if found["absent"]:
            page.say("dropped", "dropped.absent", names=join(page, found["absent"]))
        return
    rows: list[list[Fact]] = []
    for name in found["dropped"]:
        zeros = page.number(f"table#/zeros/{pointer(name)}")
        rows.append([page.feature(name), zeros, page.words.html("treatment.dropped"), "", "", ""])
    for name in found["missing"]:
        if name in found["dropped"]:
            continue
        fill = f"split#/fill/{pointer(name)}"
        rows.append(
            [
                page.feature(name, unit=True),
                page.number(f"table#/zeros/{pointer(name)}"),
                page.words.html("treatment.missing"),
                page.number(f"split#/missing/{pointer(name)}"),
                page.number(f"split#/missing_share/{pointer(name)}", percent=True),
                in_units(page, fill) if name in found["fill"] else "",
            ]
        )
    page.table("zeros", ZERO_COLUMNS, rows)
    page.say("zeros_listed", "zeros_listed.filled" if found["fill"] else "zeros_listed.plain")


def _reasons(page: Page, paragraph: str, columns: list[str]) -> None:
    """Why a zero is no measurement: by column for the Pima table, else in general."""
    known = [name for name in columns if page.words.units and name in REASONED]
    for name in known:
        page.say(paragraph, f"reason.{name}")
    others = [name for name in columns if name not in known]
    if others:
        page.say(paragraph, "reason.settings", names=names_of(page, others))


def _split(page: Page) -> None:
    words = page.words
    has_drop, has_fill = bool(page.value("split#/dropped")), bool(page.value("split#/fill"))

    def boxes(*steps: tuple[str, Tone]) -> list[tuple[str, Tone]]:
        return [(words.text(f"step.{step}"), tone) for step, tone in steps]

    drop: list[tuple[str, Tone]] = [("drop", "plain")] if has_drop else []
    fill: list[tuple[str, Tone]] = [("fill", "good")] if has_fill else []
    lanes = [
        Lane(
            words.text("lane.clean"),
            boxes(*drop, ("split", "plain"), *fill, ("scale", "good"), ("smote", "good"), ("test", "plain")),
        ),
        Lane(
            words.text("lane.reference"),
            boxes(*drop, ("scale_all", "bad"), ("smote_all", "bad"), ("split", "plain"), ("test", "plain")),
        ),
    ]
    meanings: list[tuple[Tone, str]] = [("good", words.text("tone.good")), ("bad", words.text("tone.bad"))]
    page.figure("order", flow(lanes, meanings, words.language))
    rows: list[list[Fact]] = []
    for part in PARTS:
        row: list[Fact] = [words.html(f"common.splits.{part}")]
        for protocol in PROTOCOLS:
            row.append(page.number(f"{protocol}#/sizes/{part}"))
            row.append(page.number(f"{protocol}#/shares/{part}", percent=True))
        rows.append(row)
    sums = [page.number(f"{protocol}#/sizes/total") for protocol in PROTOCOLS]
    after = [page.number(f"{protocol}#/sizes/train_balanced") for protocol in PROTOCOLS]
    rows.append([words.html("row.total"), sums[0], "", sums[1], ""])
    rows.append([words.html("row.train_balanced"), after[0], "", after[1], ""])
    page.table("sizes", SIZE_COLUMNS, rows)


def _scaling(page: Page) -> None:
    scaling = page.value("split#/scaling")
    widest = max(range(len(scaling)), key=lambda i: scaling[i]["std"])
    narrowest = min(range(len(scaling)), key=lambda i: scaling[i]["std"])
    different = scaling[widest]["std"] > DIFFERENT_SPREADS * scaling[narrowest]["std"]
    page.say(
        "scaling",
        "scaling.different" if different else "scaling.alike",
        wide=page.feature(scaling[widest]["name"]),
        wide_std=in_units(page, f"split#/scaling/{widest}/std"),
        narrow=page.feature(scaling[narrowest]["name"]),
        narrow_std=in_units(page, f"split#/scaling/{narrowest}/std"),
    )
    page.say("scaling", "scaling.why")
    shares = page.value("split#/missing_share")
    filled = [name for name in page.value("split#/fill") if shares[name] > NARROWING_SHARE]
    if filled:
        page.say(
            "scaling", "scaling.filled", feature=page.feature(max(filled, key=lambda name: shares[name]))
        )
    checks = ("train_mean", "train_std", "test_mean", "test_std")
    rows: list[list[Fact]] = [
        [
            page.feature(column["name"], unit=True),
            in_units(page, f"split#/scaling/{i}/mean"),
            in_units(page, f"split#/scaling/{i}/std"),
            *(page.number(f"split#/scaling/{i}/{check}", digits=2) for check in checks),
        ]
        for i, column in enumerate(scaling)
    ]
    page.table("scaling", SCALING_COLUMNS, rows)
    arrays = page.saved["split"].arrays()
    scaled = arrays["x_train"][arrays["rows_train"] >= 0][:, :MOST_BOXES]
    units = scaled * arrays["stds"][:MOST_BOXES] + arrays["means"][:MOST_BOXES]
    panels = [
        (page.words.text("axis.units"), [_box(column) for column in units.T]),
        (page.words.text("common.standardised"), [_box(column) for column in scaled.T]),
    ]
    names = [page.feature(column["name"]) for column in scaling[:MOST_BOXES]]
    figure = boxes_on_one_scale(panels, names, page.words.language)
    page.figure("scaled", figure)


def _box(values: np.ndarray) -> Box:
    """A box plot with whiskers to the outermost values inside Tukey's fences."""
    lower, median, upper = np.quantile(values, (0.25, 0.5, 0.75))
    reach = 1.5 * (upper - lower)
    inside = (values >= lower - reach) & (values <= upper + reach)
    low, high = values[inside].min(), values[inside].max()
    return Box(low, lower, median, upper, high, np.unique(values[~inside]))


def _balancing(page: Page) -> None:
    words = page.words
    smote = page.value("split#/smote")
    before, after = page.value("split#/classes/train"), page.value("split#/classes/train_balanced")
    added = tuple(after[name] - before[name] for name in ("negative", "positive"))
    groups = [
        Counts(words.text("bars.before"), (before["negative"], before["positive"])),
        Counts(words.text("bars.after"), (after["negative"], after["positive"]), (added[0], added[1])),
        *(
            Counts(words.text(f"common.splits.{part}"), (counts["negative"], counts["positive"]))
            for part, counts in ((part, page.value(f"split#/classes/{part}")) for part in PARTS[1:])
        ),
    ]
    classes = (words.text("common.classes.negative"), words.text("common.classes.positive"))
    figure = class_bars(groups, classes, words.text("synthetic"), words.text("axis.rows"), words.language)
    page.facts |= {
        "minority": words.html(f"common.classes.{smote['minority']}"),
        "before_negative": page.number("split#/classes/train/negative"),
        "before_positive": page.number("split#/classes/train/positive"),
        "after_negative": page.number("split#/classes/train_balanced/negative"),
        "after_positive": page.number("split#/classes/train_balanced/positive"),
        "first_variance": page.number("split#/smote/variance/0", percent=True, digits=0),
        "second_variance": page.number("split#/smote/variance/1", percent=True, digits=0),
    }
    page.figure("balance", figure)
    if not smote["synthetic"]:
        page.say("balance", "balance.none")
        return
    page.say("balance", "balance.counts")
    arrays = page.saved["split"].arrays()
    shown = arrays["shown"]
    figure = synthetic_scatter(
        arrays["projection"][shown],
        arrays["y_train"][shown],
        arrays["rows_train"][shown] < 0,
        (words.text("bars.before"), words.text("bars.after")),
        (words.text("axis.first", page.facts), words.text("axis.second", page.facts)),
        (*classes, words.text("synthetic")),
        words.language,
    )
    page.figure("smote", figure)
    if "points" in smote:
        points = {f"{kind}_points": page.number(f"split#/smote/points/{kind}") for kind in smote["points"]}
        page.footnote("smote", **points)
    page.say(
        "danger",
        "danger.tidier" if smote["among_others"] < smote["real_among_others"] else "danger.mixed",
        among=page.number("split#/smote/among_others", percent=True, digits=0),
        real_among=page.number("split#/smote/real_among_others", percent=True, digits=0),
    )
    if smote["fractional"]:
        page.say(
            "danger",
            "danger.fractions",
            whole=page.number("split#/smote/whole_columns"),
            fractional=page.number("split#/smote/fractional", percent=True, digits=0),
        )
    page.say("danger", "danger.only_training")
