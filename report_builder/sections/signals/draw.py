"""What the signals are, one of each class, and how often the two networks are right."""

from __future__ import annotations

import numpy as np

from report_builder.plots.class_matrix import MatrixLabels, class_matrix
from report_builder.plots.style import HALF
from report_builder.plots.traces import Trace, traces
from report_builder.render.page import Cell, Column, Page
from report_builder.render.words import Fact
from report_builder.sections.signal_words import class_label, class_labels
from report_builder.sections.signals import KINDS

MOST_CLASSES = 8  # in a confusion matrix of half the width of the page
COLUMNS = ("network", "parameters", "kept", "validation", "test")


def draw(page: Page) -> None:
    source = "simulated" if page.value("signals#/simulated") else "file"
    page.facts |= {
        name: page.number(f"signals#/{name}") for name in ("total", "length", "channels", "sampling_rate")
    }
    page.facts |= {name: page.number(f"signals#/counts/{name}") for name in ("train", "validation", "test")}
    page.facts |= {
        "seconds": page.number("signals#/seconds", digits=_decimals(page.value("signals#/seconds"))),
        "class_count": page.number("signals#/class_count"),
        "label": page.value("settings#/signals/label"),
        "epochs": page.number("signal_models.lstm#/epochs"),
        "learning_rate": page.number("settings#/signals/learning_rate"),
        "noise": page.number("settings#/signals/noise", percent=True, digits=0),
        "hidden": page.number("settings#/signals/hidden"),
        "steps": page.number("signal_models.lstm#/steps"),
        "samples_per_step": page.number("signal_models.lstm#/samples_per_step"),
        "level": page.number("signal_models.lstm#/level", percent=True, digits=0),
        "majority": page.number("signals#/majority", percent=True, digits=0),
    }
    page.say("intro", f"intro.{source}")
    if source == "file" and page.value("signals#/channels") > 1:
        page.say("intro", "intro.channels")
    page.say("networks", "parts")
    page.say("networks", "networks")
    if page.value("settings#/signals/noise"):
        page.say("networks", "noise")
    _examples(page, source)
    _results(page)
    _matrices(page)


def _examples(page: Page, source: str) -> None:
    """The first signal shown of each class."""
    arrays = page.saved["signals"].arrays()
    labels = arrays["test_y"]
    places = page.value("signals#/shown")
    firsts = {int(labels[place]): place for place in reversed(places)}
    planted = arrays.get("test_planted")
    names = class_labels(page)
    panels = [
        Trace(names[label], arrays["test_x"][place], None if planted is None else planted[place])
        for label, place in sorted(firsts.items())
    ]
    figure = traces(
        panels,
        page.value("signals#/seconds"),
        page.words.text("axis.time"),
        page.words.text(f"axis.{source}"),
        page.words.language,
    )
    left_out = page.value("signals#/class_count") > len(panels)
    page.figure(
        "examples",
        figure,
        marked=page.words.html("examples.marked") if planted is not None else "",
        more=page.words.html("examples.more", {"shown": page.number("signals#/shown_classes")})
        if left_out
        else "",
    )


def _results(page: Page) -> None:
    rows: list[list[Cell | Fact]] = []
    best = max(page.value(f"signal_models.{kind}#/accuracy") for kind in KINDS)
    for kind in KINDS:
        found = f"signal_models.{kind}#"
        accuracy = Cell(
            page.number(f"{found}/accuracy", percent=True, digits=1),
            page.interval(f"{found}/interval", percent=True, digits=1),
            best=page.value(f"{found}/accuracy") == best,
        )
        rows.append(
            [
                page.words.html(f"network.{kind}"),
                page.number(f"{found}/parameters"),
                page.number(f"{found}/kept_epoch"),
                page.number(f"{found}/validation_accuracy", percent=True, digits=1),
                accuracy,
            ]
        )
    page.table("networks", [Column(f"column.{name}", name != "network") for name in COLUMNS], rows)
    facts = _accuracies(page)
    apart = page.value("signal_comparison#/told_apart")
    page.find(f"accuracy.{'apart' if apart else 'alike'}", **facts)
    lowest = min(page.value(f"signal_models.{kind}#/interval/0") for kind in KINDS)
    if lowest <= page.value("signals#/majority"):
        page.say("networks", "majority.open")
    elif not page.value("signals#/simulated"):  # whose classes are equally frequent
        page.say("networks", "majority.above")
    for kind in KINDS:
        _confused(page, kind)


def _accuracies(page: Page) -> dict[str, Fact]:
    facts: dict[str, Fact] = {"p": page.number("signal_comparison#/p", digits=3)}
    for kind in KINDS:
        found = f"signal_models.{kind}#"
        facts[f"only_{kind}"] = page.number(f"signal_comparison#/only_{kind}")
        facts[kind] = page.number(f"{found}/accuracy", percent=True, digits=1)
        facts[f"{kind}_interval"] = page.interval(f"{found}/interval", percent=True, digits=1)
    return facts


def _confused(page: Page, kind: str) -> None:
    """The network's most frequent error."""
    found = f"signal_models.{kind}#"
    network = page.words.html(f"network.{kind}")
    if page.value(f"{found}/confused") is None:
        page.say("networks", "confused.none", network=network)
        return
    names = page.value("signals#/classes")
    true, predicted = (page.value(f"{found}/confused/{end}") for end in ("true", "predicted"))
    errors = page.number(f"{found}/errors")
    count = page.number(f"{found}/confused/count")
    kind_of_errors = "one" if errors.value == 1 else "each" if count.value == 1 else "some"
    page.say(
        "networks",
        f"confused.{kind_of_errors}",
        network=network,
        errors=errors,
        true=class_label(page, names[true]),
        predicted=class_label(page, names[predicted]),
        count=count,
    )


def _matrices(page: Page) -> None:
    """The confusion matrices beside each other, where the classes are few enough for that."""
    names = class_labels(page)
    if len(names) > MOST_CLASSES:
        return
    text = page.words.text
    if page.value("signals#/simulated"):
        names = [text(f"short.{name}") for name in page.value("signals#/classes")]
    labels = MatrixLabels(
        names,
        text("matrix.true"),
        text("matrix.predicted"),
        text("common.metrics.recall"),
        text("common.metrics.precision"),
    )
    for kind in KINDS:
        found = f"signal_models.{kind}#"
        counts = np.array(page.value(f"{found}/confusion"))
        recall, precision = (page.value(f"{found}/{name}") for name in ("recall", "precision"))
        figure = class_matrix(counts, recall, precision, labels, page.words.language, HALF)
        page.figure(f"confusion_{kind}", figure, width="half")
    page.say("networks", "matrices")


def _decimals(seconds: float) -> int:
    return 0 if seconds == int(seconds) else 2 if seconds < 1 else 1
