"""Which columns go together, with the target and among themselves."""

from __future__ import annotations

import numpy as np

from report_builder import verdicts
from report_builder.plots.heatmaps import correlation_heatmap
from report_builder.render.page import Column, Page
from report_builder.render.words import Fact
from report_builder.sections.sample_words import join, names_of

PAIR_COLUMNS = (
    Column("column.first", numeric=False),
    Column("column.second", numeric=False),
    Column("column.r"),
    Column("column.measured"),
    Column("column.measured_rows"),
)
TARGET_ROWS = 8  # features whose correlation with the target the table lists
SAME = 0.01  # two coefficients printed with two decimals may differ by that much and still be the same


def draw_correlations(page: Page) -> None:
    found = page.value("exploration#/correlation")
    labels = [page.feature(name) for name in found["names"]]
    page.figure(
        "correlation",
        correlation_heatmap(
            np.array(found["matrix"]), labels, page.words.text("axis.correlation"), page.words.language
        ),
    )
    page.say(
        "correlation_intro",
        "correlation_intro.cleaned" if page.value("exploration#/dropped_rows") else "correlation_intro.all",
    )
    _with_target(page, found["with_target"])
    _pairs(page, found["pairs"])
    _missing(page)
    _pair_table(page)


def _with_target(page: Page, entries: list[dict[str, float | str]]) -> None:
    source = "exploration#/correlation/with_target"
    strengths = [verdicts.correlation(float(entry["r"])) for entry in entries]
    leader: dict[str, Fact] = {
        "feature": page.feature(str(entries[0]["first"])),
        "r": page.number(f"{source}/0/r", digits=2),
        "strength": page.words.html(f"strength.{strengths[0]}"),
    }
    page.find("finding.target", **leader)
    page.say("correlation_target", "correlation.target", **leader)
    followers = [
        page.words.html(
            "correlation.listed",
            {"feature": page.feature(str(entry["first"])), "r": page.number(f"{source}/{i}/r", digits=2)},
        )
        for i, entry in enumerate(entries[:TARGET_ROWS])
        if i and strengths[i] != "negligible"
    ]
    if followers:
        page.say("correlation_target", "correlation.followers", names=join(page, followers))
    none = [
        str(e["first"]) for e, strength in zip(entries, strengths, strict=True) if strength == "negligible"
    ]
    if none and len(none) < len(entries):
        page.say("correlation_target", "correlation.negligible", names=names_of(page, none))


def _pairs(page: Page, pairs: list[dict[str, float | str]]) -> None:
    if not pairs:
        return
    strength = verdicts.correlation(float(pairs[0]["r"]))
    page.say(
        "correlation_pairs",
        "correlation.pair",
        first=page.feature(str(pairs[0]["first"])),
        second=page.feature(str(pairs[0]["second"])),
        r=page.number("exploration#/correlation/pairs/0/r", digits=2),
        strength=page.words.html(f"strength.{strength}"),
    )
    page.say("correlation_pairs", f"correlation.redundancy.{'some' if strength == 'strong' else 'none'}")


def _missing(page: Page) -> None:
    """The pair that the zeros hide most and the one that they feign most, where that is worth a sentence."""
    found = page.value("exploration#/correlation")
    places = [(kind, i) for kind in ("pairs", "with_target") for i in range(len(found[kind]))]
    change = {(k, i): abs(found[k][i]["measured"]) - abs(found[k][i]["r"]) for k, i in places}
    for key, sign in (("correlation.hidden", 1), ("correlation.feigned", -1)):
        kind, i = max(change, key=lambda place, sign=sign: sign * change[place])  # type: ignore[misc]
        if sign * change[kind, i] < verdicts.NOTABLE_CORRELATION_CHANGE:
            continue
        source = f"exploration#/correlation/{kind}/{i}"
        page.say(
            "correlation_missing",
            key,
            first=page.feature(found[kind][i]["first"]),
            second=page.feature(found[kind][i]["second"]),
            both=page.number(f"{source}/measured_rows"),
            r=page.number(f"{source}/r", digits=2),
            measured=page.number(f"{source}/measured", digits=2),
        )


def _pair_table(page: Page) -> None:
    """Coefficients, and beside them those of the reference write-up where it is about this table."""
    found = page.value("exploration#/correlation")
    applies = page.value("writeup#/applies")
    printed = {
        frozenset((entry["first"], entry["second"])): i
        for i, entry in enumerate(page.value("writeup#/correlation"))
    }
    rows: list[list[Fact]] = []
    differences = []
    for kind, most in (("pairs", None), ("with_target", TARGET_ROWS)):
        for i, entry in enumerate(found[kind][:most]):
            source = f"exploration#/correlation/{kind}/{i}"
            row: list[Fact] = [
                page.feature(entry["first"]),
                page.feature(entry["second"]),
                page.number(f"{source}/r", digits=2),
                page.number(f"{source}/measured", digits=2),
                page.number(f"{source}/measured_rows"),
            ]
            if applies:
                place = printed.get(frozenset((entry["first"], entry["second"])))
                if place is None:
                    row.append("")
                else:
                    row.append(page.number(f"writeup#/correlation/{place}/value", digits=2))
                    differences.append(abs(page.value(f"writeup#/correlation/{place}/value") - entry["r"]))
            rows.append(row)
    columns = (*PAIR_COLUMNS, Column("column.writeup")) if applies else PAIR_COLUMNS
    page.table("pairs", columns, rows)
    if differences:
        agrees = len(differences) == len(printed) and max(differences) < SAME
        standin = page.value("table#/origin") == "standin"
        page.say("writeup", f"writeup.{'same' if agrees else 'standin' if standin else 'other'}")
