"""What the pages of the two networks have in common: curves, test metrics, confusion matrices.

The catalogs of both sections hold the keys that are used here.
"""

from __future__ import annotations

import math

import numpy as np

from report_builder.plots.confusion import ConfusionPanel, confusion_matrices
from report_builder.plots.curves import Course, training_curves
from report_builder.render.page import Cell, Column, Page
from report_builder.verdicts import discrimination, overfitting

METRICS = ("accuracy", "precision", "recall", "f1", "auc", "brier")
PROTOCOLS = ("clean", "reference")


def step_of(protocol: str, name: str) -> str:
    return name if protocol == "clean" else f"reference.{name}"


def draw_network(page: Page, name: str) -> None:
    """All that does not depend on the kind of network; `name` is "mlp" or "nam"."""
    page.facts.update(
        {
            "test_rows": page.number(f"{name}#/rows/test"),
            "train_rows": page.number(f"{name}#/rows/train"),
            "validation_rows": page.number(f"{name}#/rows/validation"),
            "features": page.number(f"{name}#/features"),
            "parameters": page.number(f"{name}#/parameters"),
            "epochs": page.number(f"{name}#/epochs"),
            "level": page.number(f"{name}#/level", percent=True, digits=0),
        }
    )
    _curves(page, name)
    _metrics(page, name)
    _confusion(page, name)


def metric_cell(page: Page, place: str, metric: str, *, best: bool = False) -> Cell:
    """A test metric with its interval under it; place: "mlp#", or "baselines#/forest" in a shared step."""
    value = page.number(f"{place}/test/{metric}", digits=3)
    return Cell(value, page.interval(f"{place}/intervals/{metric}"), best)


def setting_row(page: Page, table: str, name: str) -> tuple[Cell, Cell]:
    """A setting and its value, with the decimals that it was written with."""
    source = f"settings#/{table}/{name}"
    value = page.value(source)
    digits = next((places for places in range(9) if math.isclose(round(value, places), value)), 9)
    return Cell(page.words.html(f"setting.{name}")), Cell(page.number(source, digits=digits))


def early_stopping_row(page: Page, table: str) -> tuple[Cell, Cell]:
    source = f"settings#/{table}/early_stopping"
    patience = page.number(source) if page.value(source) else page.words.html("setting.off")
    return Cell(page.words.html("setting.early_stopping")), Cell(patience)


def _curves(page: Page, name: str) -> None:
    text = page.words.text
    rows = []
    for protocol in PROTOCOLS:
        step = step_of(protocol, name)
        history = page.saved[step].arrays()
        rows.append(
            [
                Course(
                    text(f"common.metrics.{measure}"),
                    history[f"train_{measure}"],
                    history[f"validation_{measure}"],
                    page.value(f"{step}#/kept_epoch"),
                    text(f"common.protocols.{protocol}"),
                )
                for measure in ("loss", "accuracy")
            ]
        )
    labels = (text("common.splits.train"), text("common.splits.validation"), text("common.epoch"))
    page.figure("curves", training_curves(rows, *labels, page.words.language))

    for part in ("train", "validation"):
        for measure in ("loss", "accuracy"):
            number = page.number(f"{name}#/final/{part}_{measure}", digits=3)
            page.facts[f"{part}_{measure}"] = number
    page.facts["gap"] = page.number(f"{name}#/loss_gap", percent=True, signed=True)
    page.facts["gap_reference"] = page.number(f"reference.{name}#/loss_gap", percent=True, signed=True)
    page.facts["gap_none"] = page.number(f"{name}#/gap_bounds/0", percent=True, digits=0)
    page.facts["gap_slight"] = page.number(f"{name}#/gap_bounds/1", percent=True, digits=0)
    page.facts["lowest_epoch"] = page.number(f"{name}#/lowest/epoch")
    page.facts["rise"] = page.number(f"{name}#/rise", percent=True)
    page.say("overfitting", "curve_values")
    page.say("overfitting", f"overfitting.{overfitting(max(0.0, page.value(f'{name}#/loss_gap')))}")
    page.say("overfitting", f"course.{_course(page, name)}")


def _course(page: Page, name: str) -> str:
    """What the validation loss did after its lowest point: a key suffix."""
    kept, lowest = page.value(f"{name}#/kept_epoch"), page.value(f"{name}#/lowest/epoch")
    if kept < page.value(f"{name}#/epochs"):
        return "stopped"
    if kept == lowest:
        return "falling"
    return "flat" if overfitting(page.value(f"{name}#/rise")) == "none" else "rising"


def _metrics(page: Page, name: str) -> None:
    shows_writeup = page.value("writeup#/applies")
    columns = [Column("common.metric", numeric=False), *(Column(f"common.protocols.{p}") for p in PROTOCOLS)]
    if shows_writeup:
        columns.append(Column("column.writeup"))
    rows = []
    for metric in METRICS:
        row = [Cell(page.words.html(f"common.metrics.{metric}"))]
        row += [metric_cell(page, f"{step_of(protocol, name)}#", metric) for protocol in PROTOCOLS]
        if shows_writeup:
            printed = metric in page.value(f"writeup#/{name}/test")
            source = f"writeup#/{name}/test/{metric}"
            row.append(Cell(page.number(source, digits=3) if printed else page.words.html("not_printed")))
        rows.append(row)
    page.facts["test_rows_reference"] = page.number(f"reference.{name}#/rows/test")
    page.table("metrics", columns, rows)

    for metric in METRICS:
        page.facts[metric] = page.number(f"{name}#/test/{metric}", digits=3)
        page.facts[f"{metric}_interval"] = page.interval(f"{name}#/intervals/{metric}")
    page.facts["majority"] = page.number(f"{name}#/majority", digits=3)
    page.facts["accuracy_reference"] = page.number(f"reference.{name}#/test/accuracy", digits=3)
    page.facts["accuracy_reference_interval"] = page.interval(f"reference.{name}#/intervals/accuracy")
    page.find("finding")
    page.say("metrics", "metric_values")
    low, high = page.value(f"{name}#/intervals/accuracy")
    majority = page.value(f"{name}#/majority")
    page.say("metrics", f"majority.{'above' if low > majority else 'below' if high < majority else 'open'}")
    page.say("metrics", f"discrimination.{discrimination(page.value(f'{name}#/test/auc'))}")
    if shows_writeup:
        page.facts["accuracy_writeup"] = page.number(f"writeup#/{name}/test/accuracy", digits=3)
        page.facts["writeup_rows"] = page.number(f"writeup#/{name}/rows/test")
        low, high = page.value(f"reference.{name}#/intervals/accuracy")
        inside = low <= page.value(f"writeup#/{name}/test/accuracy") <= high
        page.say("writeup", f"writeup.{'inside' if inside else 'outside'}")


def _confusion(page: Page, name: str) -> None:
    text = page.words.text
    sources = {protocol: f"{step_of(protocol, name)}#" for protocol in PROTOCOLS}
    if page.value("writeup#/applies"):
        sources["writeup"] = f"writeup#/{name}"
    panels = []
    for protocol, source in sources.items():
        title = "column.writeup" if protocol == "writeup" else f"common.protocols.{protocol}"
        panels.append(ConfusionPanel(text(title), np.array(page.value(f"{source}/confusion"))))
    classes = (text("common.classes.negative"), text("common.classes.positive"))
    figure = confusion_matrices(
        panels, classes, text("axis.true"), text("axis.predicted"), page.words.language
    )
    for row, true in enumerate(("negative", "positive")):
        page.facts[f"{true}s"] = page.number(f"{name}#/classes/{true}")
        for column, predicted in enumerate(("negative", "positive")):
            page.facts[f"{true}_as_{predicted}"] = page.number(f"{name}#/confusion/{row}/{column}")
    page.figure("confusion", figure)
    false_alarms, missed = (page.value(f"{name}#/confusion/{cell}") for cell in ("0/1", "1/0"))
    more = "equal" if false_alarms == missed else "alarms" if false_alarms > missed else "missed"
    page.say("confusion", "confusion_counts")
    page.say("confusion", f"errors.{more}")
