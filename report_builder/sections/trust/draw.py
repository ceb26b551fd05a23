"""Why explanations, what a convolutional network is, and a summary of the one that is explained."""

from __future__ import annotations

from markupsafe import Markup

from report_builder.render.network_names import network_name
from report_builder.render.page import Column, Page
from report_builder.render.words import Fact

PILLARS = ("fairness", "accountability", "transparency")


def draw(page: Page) -> None:
    network = page.value("vision#/network")
    own = network == "farmnet"
    page.facts |= {
        "network": network_name(network),
        "parameters": page.number("summary#/parameters"),
        "modules": page.number("summary#/modules"),
        "million": page.number("summary#/multiply_adds_million", digits=0),
        "rectifiers": page.number("summary#/rectifiers"),
        "size": page.number("summary#/size"),
        "classes": page.number("summary#/classes"),
        "file": page.value("vision#/weights/file"),
    }
    if own:
        page.facts |= {
            "scenes": page.number("summary#/training/scenes"),
            "validation_scenes": page.number("summary#/training/validation_scenes"),
            "epochs": page.number("summary#/training/epochs"),
            "accuracy": page.number("summary#/training/accuracy", percent=True),
        }
    for pillar in PILLARS:
        page.say("pillars", f"pillar.{pillar}")
    official = page.value("vision#/weights/official")
    kind = f"{'farmnet' if own else 'other'}.{'official' if official else 'user'}"
    page.find(f"finding.{kind}")
    page.say("model", "model")
    page.say("model", "rectifiers.some" if page.value("summary#/rectifiers") else "rectifiers.none")
    page.say("weights", f"weights.{kind}")
    if page.value("assets#/network/passed_over"):
        page.say("weights", "weights.stands_in")
    _layers(page)


def _layers(page: Page) -> None:
    rows: list[list[Fact]] = []
    for number, layer in enumerate(page.value("summary#/layers")):
        place = f"summary#/layers/{number}"
        rows.append(
            [
                layer["name"],
                ", ".join(layer["kinds"]),
                _shape(page, place, len(layer["shape"])),
                page.number(f"{place}/parameters"),
            ]
        )
    total = page.number("summary#/parameters")
    rows.append([page.words.html("total"), "", "", total])
    columns = [Column(f"column.{key}", numeric=False) for key in ("layer", "kind")]
    page.table("summary", [*columns, Column("column.shape"), Column("column.parameters")], rows)


def _shape(page: Page, place: str, dimensions: int) -> Fact:
    """An output's sizes: channels, height and width, or however many there are."""
    sizes: dict[str, Fact] = {f"size_{i}": page.number(f"{place}/shape/{i}") for i in range(dimensions)}
    if dimensions == 1:
        return sizes["size_0"]
    shape = page.words.html("shape.three" if dimensions == 3 else "shape.two", sizes)
    return Markup('<bdi dir="ltr">{}</bdi>').format(shape)
