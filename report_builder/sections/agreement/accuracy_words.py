"""Which of LIME and SHAP is more accurate: local error, deletion and foreseen change."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from report_builder import verdicts
from report_builder.plots.deletion import deletion_panels
from report_builder.render.page import Cell, Column, Page
from report_builder.render.words import Fact
from report_builder.sections.sample_words import sample_facts, sample_title

METHODS = ("lime", "shap")
JUDGED = 2  # samples of the question
LARGE = "deletion"  # the test whose score should be large; the others are errors

ACCURACY = (
    Column("common.sample", numeric=False),
    Column("column.method", numeric=False),
    Column("column.local_error"),
    Column("column.r2"),
    Column("column.deletion"),
    Column("column.promise"),
)


def find_accuracy(page: Page) -> None:
    """The finding: which method the tests over all rows prefer."""
    page.find(f"finding.accuracy.{_winner(page.value('agreement#/accuracy'))}", **_overall(page))


def _preferred(accuracy: Mapping[str, Any], difference: str) -> str:
    """The method that a test over all rows prefers beyond its interval, else "neither"."""
    low, high = accuracy[difference]["interval"]
    if not verdicts.differs((low, high)):
        return "neither"
    return "shap" if (low > 0) == (difference == "deletion_difference") else "lime"


def _winner(accuracy: Mapping[str, Any]) -> str:
    """The method that both tests over all rows prefer, else "neither"."""
    found = {_preferred(accuracy, test) for test in ("deletion_difference", "promise_difference")}
    return found.pop() if len(found) == 1 else "neither"


def _ahead(sample: Mapping[str, Any], test: str) -> str:
    """The method that the test prefers for a sample, "equal" where the two differ too little to say so."""
    lime, shap = (sample[test][method] for method in METHODS)
    if abs(lime - shap) < verdicts.SAME_DELETION:
        return "equal"
    return "shap" if (shap > lime) == (test == LARGE) else "lime"


def _overall(page: Page) -> dict[str, Fact]:
    facts: dict[str, Fact] = {}
    for key, name in (("deletion", "deletion"), ("promise_error", "promise")):
        for method in (*METHODS, "random") if key == "deletion" else METHODS:
            facts[f"{method}_{name}"] = page.number(f"agreement#/accuracy/{key}/{method}/value", digits=3)
    for name in ("deletion", "promise"):
        facts[f"{name}_interval"] = page.interval(f"agreement#/accuracy/{name}_difference/interval", digits=3)
    return facts


def draw_accuracy(page: Page) -> None:
    """How the tests are made, two samples judged by them, and the answer from all rows."""
    accuracy = page.value("agreement#/accuracy")
    samples = accuracy["samples"]
    page.say("tests", "tests")
    page.say("tests", "tests.fresh" if accuracy["fresh_background"] else "tests.reused")
    for i in range(min(JUDGED, len(samples))):
        _judge(page, i)
    page.say("overall", f"overall.{_winner(accuracy)}", **_overall(page))
    rows = [row for i in range(len(samples)) for row in _accuracy_rows(page, i)]
    page.table(
        "accuracy",
        ACCURACY,
        [*rows, *_mean_rows(page)],
        same=page.number("verdicts#/same_deletion", digits=2),
    )

    arrays = page.saved["agreement"].arrays()
    curves = {key: arrays[f"curve_{key}"] for key in (*METHODS, "random")}
    panels = [
        (sample_title(page, i), {key: curve[samples[i]["index"]] for key, curve in curves.items()})
        for i in range(min(JUDGED, len(samples)))
    ]
    names = {method: page.words.text(f"line.{method}") for method in curves}
    figure = deletion_panels(
        panels,
        names,
        page.words.language,
        xlabel=page.words.text("axis.deleted"),
        ylabel=page.words.text("axis.output"),
    )
    page.figure("deletion", figure)


def _judge(page: Page, i: int) -> None:
    """One of the samples of the question: what each test says, and the sentence that follows from it."""
    source = f"agreement#/accuracy/samples/{i}"
    sample = page.value(source)
    facts = sample_facts(page, i)
    for key, name in (("local", "local"), ("local_error", "error"), ("promise_error", "promise")):
        facts |= {f"{m}_{name}": page.number(f"{source}/{key}/{m}", digits=3) for m in METHODS}
    facts |= {
        f"{m}_deletion": page.number(f"{source}/deletion/{m}", signed=True, digits=3)
        for m in (*METHODS, "random")
    }
    facts["r2"] = page.number(f"{source}/r2", digits=2)
    paragraph = f"judged_{i + 1}"
    page.say(paragraph, "judged.local", **facts)
    chance = all(sample[LARGE][m] <= sample[LARGE]["random"] for m in METHODS)
    page.say(paragraph, f"judged.order.{'chance' if chance else _ahead(sample, LARGE)}", **facts)
    page.say(paragraph, f"judged.promise.{_ahead(sample, 'promise_error')}", **facts)


def _accuracy_rows(page: Page, i: int) -> list[list[Cell | Fact]]:
    source = f"agreement#/accuracy/samples/{i}"
    sample = page.value(source)
    none = page.words.html("not_applicable")

    def measured(test: str, method: str) -> Cell:
        return Cell(page.number(f"{source}/{test}/{method}", digits=3), best=_ahead(sample, test) == method)

    rows: list[list[Cell | Fact]] = [
        [
            page.number(f"chosen#/rows/{i}/index") if method == METHODS[0] else "",
            page.words.html(f"line.{method}"),
            measured("local_error", method),
            page.number(f"{source}/r2", digits=2) if method == "lime" else none,
            measured(LARGE, method),
            measured("promise_error", method),
        ]
        for method in METHODS
    ]
    random = page.number(f"{source}/deletion/random", digits=3)
    return [*rows, ["", page.words.html("line.random"), none, none, random, none]]


def _mean_rows(page: Page) -> list[list[Cell | Fact]]:
    source, none = "agreement#/accuracy", page.words.html("not_applicable")
    accuracy = page.value(source)

    def mean(test: str, difference: str, method: str) -> Cell:
        place = f"{source}/{test}/{method}"
        value, interval = page.number(f"{place}/value", digits=3), page.interval(f"{place}/interval")
        return Cell(value, interval, best=_preferred(accuracy, difference) == method)

    rows: list[list[Cell | Fact]] = []
    for method in (*METHODS, "random"):
        control = method == "random"
        rows.append(
            [
                page.words.html("all_rows", page.facts) if method == METHODS[0] else "",
                page.words.html(f"line.{method}"),
                none if control else page.number(f"{source}/local_error/{method}", digits=3),
                page.number("lime#/r2/mean", digits=2) if method == "lime" else none,
                mean(LARGE, "deletion_difference", method),
                none if control else mean("promise_error", "promise_difference", method),
            ]
        )
    return rows
