"""How the network was trained, how often it is right, which classes it takes for each other, its errors."""

from __future__ import annotations

import numpy as np

from report_builder import verdicts
from report_builder.plots.class_matrix import MatrixLabels, class_matrix
from report_builder.plots.curves import Course, training_curves
from report_builder.plots.images import PictureRow, image_grid
from report_builder.plots.style import FULL
from report_builder.render.network_names import network_name
from report_builder.render.page import Page
from report_builder.render.words import Fact
from report_builder.sections.own_words import class_label, class_labels, drawn, main_split
from report_builder.sections.sample_words import join

PAIRS, ERRORS = 3, 8  # at most named, and at most shown
LARGEST = 26.0  # mm of a picture where there are few


def draw(page: Page) -> None:
    split = main_split(page)
    page.facts |= {
        "architecture": _name(page),
        "parameters": page.number("own_cnn#/parameters"),
        "epochs": page.number("own_cnn#/epochs"),
        "batch": page.number("own_cnn#/batch_size"),
        "batches": page.number("own_cnn#/batches"),
        "classes": page.number("own_pictures#/class_count"),
        "size": page.number("own_pictures#/size"),
        "level": page.number("own_cnn#/level", percent=True, digits=0),
        "main": page.words.html(f"split.{split}"),
        "count": page.number(f"own_cnn#/splits/{split}/count"),
        "error_count": page.number("own_cnn#/error_count"),
    }
    for name in page.value("own_pictures#/counts"):
        page.facts[name] = page.number(f"own_pictures#/counts/{name}")
    _origin(page)
    _curves(page)
    _accuracy(page, split)
    _classes(page)
    _errors(page)


def _name(page: Page) -> str:
    """FarmNet is the small VGG that learned the farmyard."""
    architecture = page.value("own_cnn#/architecture")
    farmnet = architecture == "small_vgg" and page.value("own_pictures#/source") == "farmyard"
    return network_name("farmnet" if farmnet else architecture)


def _origin(page: Page) -> None:
    """Which network, what it was trained on, and what is held out."""
    if not drawn(page):
        page.say("intro", "intro.folder")
        page.say("intro", "held_out.drawn" if page.value("own_pictures#/split_here") else "held_out.given")
        smallest, largest = (
            page.number(f"own_pictures#/class_size/{end}") for end in ("smallest", "largest")
        )
        if verdicts.imbalance(largest.value / smallest.value) != "balanced":
            page.say("intro", "unequal", smallest=smallest, largest=largest)
        if page.value("own_pictures#/repeated"):
            page.say("intro", "repeated", repeated=page.number("own_pictures#/repeated"))
        return
    page.say("intro", "intro.trained" if page.value("own_cnn#/trained_here") else "intro.committed")
    page.say("intro", "held_out.farmyard")


def _curves(page: Page) -> None:
    text = page.words.text
    arrays = page.saved["own_cnn"].arrays()
    courses = [
        Course(
            text(f"common.metrics.{measure}"),
            arrays[f"train_{measure}"],
            arrays.get(f"validation_{measure}"),
            page.value("own_cnn#/epochs"),
        )
        for measure in ("loss", "accuracy")
    ]
    split = _split_of_curves(page)
    labels = (text("common.splits.train"), text(f"common.splits.{split}"), text("common.epoch"))
    committed = not page.value("own_cnn#/trained_here")
    page.facts["curves_from"] = page.words.html("curves_from.log" if committed else "curves_from.here")
    page.figure("curves", training_curves([courses], *labels, page.words.language))

    train, validation = (f"own_cnn#/final/{part}_accuracy" for part in ("train", "validation"))
    gap = page.value(train) - page.value(validation)
    page.say(
        "training",
        f"training.{verdicts.direction(gap, verdicts.SAME_SHARE)}",
        train_accuracy=page.number(train, percent=True),
        validation_accuracy=page.number(validation, percent=True),
        curve_count=page.number(f"own_pictures#/counts/{split}"),
        curve_split=page.words.html(f"split.{split}"),
    )
    if page.value("own_cnn#/before_full_size") is not None:
        page.say(
            "training",
            "half_size",
            small=page.number("own_cnn#/small_epochs"),
            highest=page.number("own_cnn#/before_full_size/highest", percent=True),
            following=page.number("own_cnn#/before_full_size/next", percent=True),
        )


def _split_of_curves(page: Page) -> str:
    """What the curves call validation: the farmyard's own validation scenes, or the folder's last split."""
    return "validation" if drawn(page) else str(page.value("own_pictures#/splits")[-1]["name"])


def _accuracy(page: Page, main: str) -> None:
    for entry in page.value("own_pictures#/splits"):
        source = f"own_cnn#/splits/{entry['name']}"
        facts: dict[str, Fact] = {
            "pictures": page.number(f"{source}/count"),
            "split": page.words.html(f"split.{entry['name']}"),
            "accuracy": page.number(f"{source}/accuracy", percent=True),
            "interval": page.interval(f"{source}/interval", percent=True, digits=1),
            "errors": page.number(f"{source}/errors"),
        }
        key = "some" if page.value(f"{source}/errors") else "perfect"
        page.say("accuracy", f"accuracy.{key}", **facts)
        if entry["name"] == main and not drawn(page):
            page.find(f"accuracy.{key}", **facts)
    if drawn(page):
        page.find(
            "finding.farmyard",
            test_accuracy=page.number("own_cnn#/splits/test/accuracy", percent=True),
            hard_accuracy=page.number("own_cnn#/splits/hard/accuracy", percent=True),
        )
        _difficulties(page)
    low, high = page.value(f"own_cnn#/splits/{main}/interval")
    majority = page.value("own_cnn#/majority")
    key = "above" if low > majority else "below" if high < majority else "open"
    page.say("accuracy", f"majority.{key}", majority=page.number("own_cnn#/majority", percent=True))


def _difficulties(page: Page) -> None:
    """What makes a hard scene hard, by the errors of each kind; nothing where there are none."""
    kinds = page.value("own_cnn#/difficulties/kinds")
    if not page.value("own_cnn#/error_count"):
        return
    parts: list[Fact] = [
        page.words.html(
            f"difficulty.{name}",
            {
                "wrong": page.number(f"own_cnn#/difficulties/kinds/{name}/errors"),
                "of": page.number(f"own_cnn#/difficulties/kinds/{name}/count"),
            },
        )
        for name in sorted(kinds, key=lambda name: -kinds[name]["errors"])
    ]
    page.say("accuracy", "difficulties", kinds=join(page, parts))
    page.say("accuracy", f"hardest.{page.value('own_cnn#/difficulties/worst')}")


def _classes(page: Page) -> None:
    """The confusion matrix; the best and the worst class; the pairs confused most often."""
    entries = page.value("own_cnn#/classes")
    shown = page.value("own_cnn#/matrix/classes")
    counts = np.array(page.value("own_cnn#/confusion"))[np.ix_(shown, shown)]
    names = class_labels(page)
    text = page.words.text
    labels = MatrixLabels(
        [names[k] for k in shown],
        text("axis.true"),
        text("axis.predicted"),
        text("common.metrics.recall"),
        text("common.metrics.precision"),
    )
    recall, precision = ([entries[k][measure] for k in shown] for measure in ("recall", "precision"))
    page.facts["matrix_classes"] = page.number("own_cnn#/matrix/count")
    all_shown = len(shown) == len(entries)
    page.facts["matrix_shows"] = page.words.html("matrix.all" if all_shown else "matrix.some")
    page.figure("confusion", class_matrix(counts, recall, precision, labels, page.words.language))

    best, worst = page.value("own_cnn#/best"), page.value("own_cnn#/worst")
    if entries[best]["f1"] == entries[worst]["f1"]:
        page.say("classes", "classes.equal")
    else:
        facts: dict[str, Fact] = {}
        for which, k in (("best", best), ("worst", worst)):
            facts[which] = names[k]
            for measure in ("precision", "recall"):
                facts[f"{which}_{measure}"] = _share(page, k, measure)
        page.say("classes", "classes.some", **facts)
    _pairs(page)


def _share(page: Page, k: int, measure: str) -> Fact:
    source = f"own_cnn#/classes/{k}/{measure}"
    if page.value(source) is None:
        return page.words.html("common.undefined")
    return page.number(source, percent=True, digits=0)


def _pairs(page: Page) -> None:
    pairs = page.value("own_cnn#/pairs")
    if not pairs:
        page.say("classes", "pairs.none")
        return
    parts = [_pair(page, number) for number in range(min(PAIRS, len(pairs)))]
    first = pairs[0]
    if first["count"] == 1:  # which of several comes first is then chance
        page.say("classes", "pairs.one" if len(parts) == 1 else "pairs.once", pairs=join(page, parts))
        return
    page.say("classes", "pairs.some", pairs=join(page, parts))
    back = page.number(f"own_cnn#/confusion/{first['predicted']}/{first['true']}")
    facts: dict[str, Fact] = {
        "true": class_label(page, page.value("own_pictures#/classes")[first["true"]]),
        "predicted": class_label(page, page.value("own_pictures#/classes")[first["predicted"]]),
        "pair_count": page.number("own_cnn#/pairs/0/count"),
        "of": page.number(f"own_cnn#/classes/{first['true']}/count"),
        "back": back,
        "back_of": page.number(f"own_cnn#/classes/{first['predicted']}/count"),
    }
    page.say("classes", "back.some" if back.value else "back.none", **facts)
    page.find("finding.pair", **facts)


def _pair(page: Page, number: int) -> Fact:
    source = f"own_cnn#/pairs/{number}"
    names = page.value("own_pictures#/classes")
    true, predicted = page.value(f"{source}/true"), page.value(f"{source}/predicted")
    return page.words.html(
        "pair",
        {
            "true": class_label(page, names[true]),
            "predicted": class_label(page, names[predicted]),
            "pair_count": page.number(f"{source}/count"),
            "of": page.number(f"own_cnn#/classes/{true}/count"),
        },
    )


def _errors(page: Page) -> None:
    """The pictures that the network is most confidently wrong about."""
    errors = page.value("own_cnn#/errors")[:ERRORS]
    if not errors:
        page.say("errors", "errors.none")
        return
    pixels = page.saved["own_pictures"].arrays()["pixels"][[error["place"] for error in errors]] / 255.0
    names = class_labels(page)
    titles = [
        page.words.text(
            "error.title",
            {
                "true": names[error["true"]],
                "predicted": names[error["predicted"]],
                "probability": page.number(f"own_cnn#/errors/{number}/probability", percent=True),
            },
        )
        for number, error in enumerate(errors)
    ]
    row, width = PictureRow("", pixels, titles), min(FULL, LARGEST * len(errors))
    page.figure("errors", image_grid([row], page.words.language, label=0, width=width), pictures=True)
    facts: dict[str, Fact] = {"largest": page.number("own_cnn#/errors/0/probability", percent=True)}
    facts["wrong"] = page.number("own_cnn#/confidence/wrong", percent=True)
    page.say("errors", "errors.some", **facts)
    if page.value("own_cnn#/confidence/right") is not None:
        right = page.number("own_cnn#/confidence/right", percent=True)
        gap = right.value - page.value("own_cnn#/confidence/wrong")
        key = verdicts.direction(gap, verdicts.SAME_SHARE)
        page.say("errors", f"confidence.{key}", right=right, **facts)
