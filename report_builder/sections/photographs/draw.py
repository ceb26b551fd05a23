"""The pictures with what the network says of them."""

from __future__ import annotations

from markupsafe import Markup

from report_builder.plots.images import PictureRow, image_grid
from report_builder.render.page import Cell, Column, Page
from report_builder.render.words import Fact
from report_builder.sections.image_words import class_name, drawn_count, drawn_pictures
from report_builder.sections.map_methods import MOST_DRAWN
from report_builder.sections.sample_words import join

RANKS = ("first", "second", "third", "fourth", "fifth")
IMAGES = "photographs#/images"
MOST_COLUMNS = 6


def draw(page: Page) -> None:
    drawn = page.value("vision#/farmyard")
    page.facts |= {
        "shown": page.number("photographs#/shown"),
        "drawn": drawn_count(page),
        "size": page.number("photographs#/size"),
        "labelled": page.number("photographs#/labelled"),
        "right": page.number("photographs#/right"),
        "classes": page.number("photographs#/class_count"),
        "background": page.number("photographs#/background/count"),
        "chance": page.number("photographs#/chance", percent=True),
        "mean_probability": page.number("photographs#/mean_probability", percent=True),
    }
    page.say("intro", "same.some" if "drawn" in page.value("photographs#") else "same.all")
    page.say("intro", "intro.drawn" if drawn else "intro.photographs")
    apart = page.value("photographs#/background/apart")
    page.say("intro", "background.apart" if apart else "background.same")
    _normalisation(page)
    _pictures(page)
    _right(page)
    if not page.value("vision#/weights/official"):
        page.say("weights", "weights.user")
    _notes(page)
    _top(page)
    _faults(page)


def _normalisation(page: Page) -> None:
    inside = page.value("photographs#/normalisation/inside")
    facts: dict[str, Fact] = {}
    for name in ("mean", "std"):
        for number, channel in enumerate(("red", "green", "blue")):
            source = f"photographs#/normalisation/{name}/{number}"
            facts[f"{name}_{channel}"] = page.number(source, digits=2 if inside else 3)
    page.say("steps", "steps.inside" if inside else "steps.outside", **facts)


def _pictures(page: Page) -> None:
    pixels = drawn_pictures(page)
    titles = []
    for i, image in enumerate(page.value(IMAGES)[:MOST_DRAWN]):
        facts: dict[str, Fact] = {
            "name": class_name(page, image["target_name"]),
            "index": page.number(f"{IMAGES}/{i}/target"),
            "predicted": class_name(page, image["predicted_name"]),
            "probability": page.number(f"{IMAGES}/{i}/predicted_probability", percent=True),
        }
        titles.append(page.words.text("picture.title" if image["right"] else "picture.other", facts))
    rows = [
        PictureRow("", pixels[start : start + MOST_COLUMNS], titles[start : start + MOST_COLUMNS])
        for start in range(0, len(pixels), MOST_COLUMNS)
    ]
    page.figure("pictures", image_grid(rows, page.words.language, label=0), pictures=True)


def _right(page: Page) -> None:
    labelled, right = (page.value(f"photographs#/{key}") for key in ("labelled", "right"))
    if not labelled:
        page.say("right", "right.unlabelled")
        page.find("finding.unlabelled")
        return
    key = "all" if right == labelled else "none" if not right else "some"
    page.say("right", f"right.{key}")
    page.find(f"finding.{key}")
    for i, image in enumerate(page.value(IMAGES)[:MOST_DRAWN]):
        if key == "some" and image["index"] is not None and not image["right"]:
            page.say(
                "right",
                "right.wrong",
                name=class_name(page, image["target_name"]),
                predicted=class_name(page, image["predicted_name"]),
                probability=page.number(f"{IMAGES}/{i}/probability", percent=True),
            )
    if labelled < page.value("photographs#/shown"):
        page.say("right", "right.unknown")


def _notes(page: Page) -> None:
    """What was done to files that are no plain pictures, a sentence per kind."""
    files: dict[str, list[str]] = {}
    for image in page.value(IMAGES):
        for note in image["notes"]:
            files.setdefault(note, []).append(image["file"])
    for note, names in files.items():
        page.say("notes", f"note.{note}", files=join(page, names))


def _top(page: Page) -> None:
    """A row per picture: the class explained, then the five classes most probable to the network."""
    rows = []
    count = min(len(image["top"]) for image in page.value(IMAGES))
    for i, image in enumerate(page.value(IMAGES)[:MOST_DRAWN]):
        facts: dict[str, Fact] = {
            "name": class_name(page, image["target_name"]),
            "index": page.number(f"{IMAGES}/{i}/target"),
        }
        row = [Cell(page.words.html("picture.class", facts))]
        for rank, entry in enumerate(image["top"][:count]):
            probability = page.number(f"{IMAGES}/{i}/top/{rank}/probability", percent=True)
            row.append(
                Cell(
                    class_name(page, entry["name"]),
                    Markup(probability.__html__()),
                    best=entry["index"] == image["index"],
                )
            )
        rows.append(row)
    columns = [Column("common.picture", numeric=False)]
    columns += [Column(f"rank.{rank}", numeric=False) for rank in RANKS[:count]]
    page.table("top", columns, rows)


def _faults(page: Page) -> None:
    """The class indices that the write-up got wrong, checked against the names that the weights carry."""
    faults = page.value("photographs#/index_faults")
    page.facts["faults"] = page.number("photographs#/fault_count")
    rows: list[list[Fact]] = [
        [
            fault["name"],
            page.number(f"photographs#/index_faults/{i}/written"),
            fault["name_there"],
            page.number(f"photographs#/index_faults/{i}/right"),
        ]
        for i, fault in enumerate(faults)
    ]
    columns = [Column("column.name", numeric=False), Column("column.written")]
    columns += [Column("column.there", numeric=False), Column("column.right")]
    page.table("faults", columns, rows)
