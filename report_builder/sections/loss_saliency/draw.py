"""Maps of the loss's gradient, where their bright points are, and the answer about saturation."""

from __future__ import annotations

import numpy as np

from report_builder import verdicts
from report_builder.plots.class_blocks import ClassRow, class_blocks
from report_builder.plots.path_curves import PathPanel, path_curves
from report_builder.render.page import Cell, Column, Page
from report_builder.render.words import Fact
from report_builder.sections.own_words import class_label

REGIONS = ("object_edges", "object_inside", "outside_edges", "outside_flat")
QUANTITIES = ("logit", "probability")
LENGTH = {"logit": 1, "probability": 2}  # decimals of its change
PERCENT = {"before_half": 0, "local": 1, "size": 0}  # decimals of the shares of that change
MAIN = "black"  # the baseline that the curves and the verdict are read from


def draw(page: Page) -> None:
    page.facts |= {
        "classes": page.number("loss_saliency#/classes"),
        "of_classes": page.number("loss_saliency#/of_classes"),
        "shown": page.number("loss_saliency#/shown"),
        "scored": page.number("loss_saliency#/scored"),
        "bright_share": page.number("loss_saliency#/bright", percent=True, digits=0),
        "edge_share": page.number("loss_saliency#/edges", percent=True, digits=0),
    }
    page.say("intro", "intro")
    if page.value("loss_saliency#/classes") < page.value("loss_saliency#/of_classes"):
        page.say("intro", "shown.first")
    page.say("intro", "shown.all")
    _maps(page)
    if page.value("loss_saliency#/on_object") is None:
        _on_edges(page)
    else:
        _on_object(page)
    _against_logit(page)
    _saturation(page)


def _maps(page: Page) -> None:
    arrays = page.saved["loss_saliency"].arrays()
    pictures = page.saved["own_pictures"].arrays()
    labels = pictures["labels"][arrays["shown"]]
    pixels = pictures["pixels"][arrays["shown"]] / 255
    rows = []
    for index, row in enumerate(page.value("loss_saliency#/per_class")):
        own = labels == row["class"]
        if own.any():
            maps = arrays["maps"][own].astype(np.float32)
            rows.append(ClassRow(_beside(page, index, row), pixels[own], maps))
    masked = page.value("loss_saliency#/on_object") is not None
    page.figure(
        "maps",
        class_blocks(rows, page.words.language),
        pictures=True,
        above=page.words.html("maps.above.object" if masked else "maps.above.edges", page.facts),
    )


def _beside(page: Page, index: int, row: dict[str, object]) -> list[str]:
    source = f"loss_saliency#/per_class/{index}"
    facts: dict[str, Fact] = {
        "name": class_label(page, page.value("own_pictures#/classes")[row["class"]]),
        "edges": page.number(f"{source}/edges", percent=True, digits=0),
        "object": "–",
    }
    if row.get("object") is not None:
        facts["object"] = page.number(f"{source}/object", percent=True, digits=0)
    key = "object" if "object" in row else "edges"
    return page.words.text(f"maps.heading.{key}", facts).split("\n")


def _estimate(page: Page, name: str, source: str) -> dict[str, Fact]:
    """A share and its interval as the facts `name` and `name_interval`."""
    return {
        name: page.number(f"{source}/value", percent=True, digits=0),
        f"{name}_interval": page.interval(f"{source}/interval", percent=True, digits=0),
    }


def _on_edges(page: Page) -> None:
    """Where no masks are known: only whether edges attract."""
    found = page.value("loss_saliency#/on_edges/bright/value")
    verdict = verdicts.against_chance(found / page.value("loss_saliency#/edges"))
    facts = _estimate(page, "on_edges", "loss_saliency#/on_edges/bright")
    page.say("where", "where.edges", **facts)
    page.say("where", f"where.edges_only.{verdict}", **facts)
    page.find(f"finding.edges.{verdict}", **facts)


def _on_object(page: Page) -> None:
    found = page.value("loss_saliency#/on_object")
    source = "loss_saliency#/on_object"
    facts = {
        **_estimate(page, "on_object", f"{source}/bright"),
        **_estimate(page, "on_edges", "loss_saliency#/on_edges/bright"),
        "mass": page.number(f"{source}/mass/value", percent=True, digits=0),
        "area": page.number(f"{source}/area", percent=True, digits=0),
        "pictures": page.number(f"{source}/pictures"),
        "by_edges": page.number(f"{source}/references/edges/value", percent=True, digits=0),
        "by_centre": page.number(f"{source}/references/centre_prior/value", percent=True, digits=0),
        **{
            f"times_{region}": page.number(f"{source}/regions/{region}/times", digits=1) for region in REGIONS
        },
    }
    page.say("where", "where.object", **facts)
    page.say("where", "where.edges", **facts)
    inside, outside = (
        verdicts.against_chance(found["regions"][region]["times"]) == "above"
        for region in ("object_inside", "outside_edges")
    )
    drawn_by = {(True, False): "object", (True, True): "both", (False, True): "edges"}
    page.say("where", f"where.drawn_by.{drawn_by.get((inside, outside), 'neither')}", **facts)
    ahead = found["references"]["edges"]["ahead"]
    clear = verdicts.differs(ahead["interval"])
    than_edges = verdicts.direction(ahead["value"]) if clear else "flat"
    page.say("where", f"where.than_edges.{than_edges}", **facts)
    known = [
        (index, row) for index, row in enumerate(page.value("loss_saliency#/per_class")) if row.get("object")
    ]
    if len(known) > 1:
        known.sort(key=lambda entry: entry[1]["object"])
        fewest = min(known, key=lambda entry: int(entry[1]["pictures"]))[0]
        extremes: dict[str, Fact] = {"fewest": page.number(f"loss_saliency#/per_class/{fewest}/pictures")}
        for name, (index, row) in (("least", known[0]), ("most", known[-1])):
            extremes[name] = class_label(page, page.value("own_pictures#/classes")[row["class"]])
            shown = f"loss_saliency#/per_class/{index}/object"
            extremes[f"{name}_share"] = page.number(shown, percent=True, digits=0)
        page.say("where", "where.classes", **extremes)
    page.find(f"finding.object.{drawn_by.get((inside, outside), 'neither')}", **facts)


def _against_logit(page: Page) -> None:
    source = "loss_saliency#/against_logit"
    page.say("against_logit", "against_logit.why")
    page.say(
        "against_logit",
        f"against_logit.{verdicts.agreement(page.value(f'{source}/value'))}",
        rank=page.number(f"{source}/value", digits=2),
        rank_interval=page.interval(f"{source}/interval", digits=2),
        lowest=page.number(f"{source}/lowest", digits=2),
    )
    sizes = page.value("loss_saliency#/sizes")
    facts: dict[str, Fact] = {"third": page.number("loss_saliency#/sizes/third")}
    for group in ("sure", "unsure"):
        facts[f"p_{group}"] = page.number(f"loss_saliency#/sizes/probability/{group}", digits=3)
    for gradient in ("loss", "logit"):
        at = f"loss_saliency#/sizes/{gradient}"
        facts[f"{gradient}_rank"] = page.number(f"{at}/rank", digits=2, signed=True)
        for group in ("sure", "unsure"):
            length = page.value(f"{at}/{group}")
            facts[f"{gradient}_{group}"] = page.number(
                f"{at}/{group}", scientific=0 < length < 0.01, digits=2
            )
    verdict = (
        "flat" if verdicts.negligible(sizes["loss"]["rank"]) else verdicts.direction(sizes["loss"]["rank"])
    )
    page.say("against_logit", f"sizes.{verdict}", **facts)


def _saturation(page: Page) -> None:
    source = f"saturation#/baselines/{MAIN}"
    page.facts |= {
        "followed": page.number("saturation#/pictures"),
        "points": page.number("saturation#/points"),
        "rising": page.number(f"{source}/rising"),
    }
    page.say("saturation", "saturation.how")
    quantities = page.value(f"{source}/quantities")
    if quantities is None:
        page.say("saturation", "saturation.none")
        return
    if page.value(f"{source}/rising") < page.value("saturation#/pictures"):
        page.say("saturation", "saturation.rising")
    states = {}
    for key in QUANTITIES:
        states[key] = verdicts.saturation(quantities[key]["local"]["value"])
        vanished = quantities[key]["size"]["value"] < verdicts.VANISHED_GRADIENT
        length = "vanished" if vanished else "elsewhere" if states[key] == "saturated" else "plain"
        facts = _followed(page, MAIN, key)
        page.say("saturation", f"saturation.{key}.{states[key]}", **facts)
        page.say("saturation", f"saturation.length.{length}", **facts)
    _mean_colour(page, states)
    worst = min(states.values(), key=verdicts.saturation.names.index)
    page.say("consequence", f"consequence.{'saturated' if worst == 'falling' else worst}")
    both = "both" if len(set(states.values())) == 1 else "apart"
    found = {f"{key}_share": _followed(page, MAIN, key)["local"] for key in QUANTITIES}
    found |= {f"{key}_state": page.words.html(f"state.{states[key]}") for key in QUANTITIES}
    found["both_state"] = page.words.html(f"state.both.{states['logit']}")
    page.find(f"finding.saturation.{both}", **found)
    _curves(page)
    _table(page)


def _followed(page: Page, baseline: str, key: str) -> dict[str, Fact]:
    at = f"saturation#/baselines/{baseline}/quantities/{key}"
    return {
        "local": page.number(f"{at}/local/value", percent=True, digits=1),
        "local_interval": page.interval(f"{at}/local/interval", percent=True, digits=1),
        "before_half": page.number(f"{at}/before_half/value", percent=True, digits=0),
        "size": page.number(f"{at}/size/value", percent=True, digits=0),
    }


def _mean_colour(page: Page, states: dict[str, str]) -> None:
    quantities = page.value("saturation#/baselines/mean_colour/quantities")
    if quantities is None:
        return
    found = {key: verdicts.saturation(quantities[key]["local"]["value"]) for key in QUANTITIES}
    low, high = (page.number(f"verdicts#/saturation/{place}", percent=True, digits=0) for place in (1, 2))
    facts: dict[str, Fact] = {"low": low, "high": high}
    facts |= {f"{key}_share": _followed(page, "mean_colour", key)["local"] for key in QUANTITIES}
    facts |= {f"{key}_state": page.words.html(f"state.{found[key]}") for key in QUANTITIES}
    page.say("saturation", f"saturation.mean_colour.{'same' if found == states else 'other'}", **facts)


def _curves(page: Page) -> None:
    arrays = page.saved["saturation"].arrays()
    panels = [
        PathPanel(
            page.words.text(f"axis.{part}"), {key: arrays[f"{MAIN}.{key}.{part}"] for key in QUANTITIES}
        )
        for part in ("change", "size")
    ]
    names = {key: page.words.text(f"quantity.{key}") for key in QUANTITIES}
    figure = path_curves(
        arrays["positions"], panels, names, page.words.text("axis.position"), page.words.language
    )
    page.figure("path", figure)


def _table(page: Page) -> None:
    rows: list[list[Cell | Fact]] = []
    missed = []
    for baseline, found in page.value("saturation#/baselines").items():
        for key in QUANTITIES if found["quantities"] else ():
            at = f"saturation#/baselines/{baseline}/quantities/{key}"
            missed.append((page.value(f"{at}/missed"), f"{at}/missed"))
            rows.append(
                [
                    page.words.html(f"row.{baseline}.{key}"),
                    page.number(f"{at}/change", digits=LENGTH[key], signed=True),
                    *(
                        Cell(
                            page.number(f"{at}/{name}/value", percent=True, digits=PERCENT[name]),
                            page.interval(f"{at}/{name}/interval", percent=True, digits=PERCENT[name]),
                        )
                        for name in PERCENT
                    ),
                ]
            )
    columns = [Column("column.quantity", numeric=False)]
    columns += [Column(f"column.{name}") for name in ("change", *PERCENT)]
    page.table("saturation", columns, rows, missed=page.number(max(missed)[1], percent=True, digits=0))
