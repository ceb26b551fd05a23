"""The segments of each class, and what the confusion matrix has to do with them."""

from __future__ import annotations

import numpy as np

from report_builder import verdicts
from report_builder.plots.images import PictureRow, image_grid
from report_builder.plots.segments import painted_segments
from report_builder.render.page import Cell, Column, Page
from report_builder.render.words import Fact
from report_builder.sections.class_segments.case_words import say_cases
from report_builder.sections.own_words import class_labels, main_split
from report_builder.sections.sample_words import join

STEP = "class_segments#"
ACROSS = 7  # pictures in a row
TILE = 17.5  # mm


def draw(page: Page) -> None:
    names = class_labels(page)
    page.facts |= {
        "samples": page.number(f"{STEP}/samples"),
        "segments": page.number("settings#/lime_image/segments"),
        "features": page.number("settings#/lime_image/features"),
        "minimum": page.number("settings#/lime_image/minimum_weight", digits=2),
        "first_split": page.words.html(f"split.{page.value('own_pictures#/splits/0/name')}"),
        "main_split": page.words.html(f"split.{main_split(page)}"),
        "classes": page.number(f"{STEP}/classes"),
        "shown": page.number(f"{STEP}/shown"),
    }
    pictures = page.value(f"{STEP}/pictures")
    page.say("intro", "intro")
    if len(pictures) < page.value(f"{STEP}/classes"):
        page.say("intro", "intro.capped")
    painted = _painted(page)
    _classes(page, names, painted)
    _table(page, names)
    _fits(page)
    _object(page)
    _matrix(page, names)
    if page.value(f"{STEP}/cases"):
        _cases(page, names, painted[len(pictures) :])
    say_cases(page, names)


def _painted(page: Page) -> list[np.ndarray]:
    """Every picture explained, its segments painted for its own class: the classes', then the cases'."""
    arrays = page.saved["class_segments"].arrays()
    pixels = page.saved["own_pictures"].arrays()["pixels"][arrays["places"]] / 255
    return [
        painted_segments(*parts)
        for parts in zip(pixels, arrays["segments"], arrays["strongest"], strict=True)
    ]


def _classes(page: Page, names: list[str], painted: list[np.ndarray]) -> None:
    pictures = page.value(f"{STEP}/pictures")
    rows = []
    for start in range(0, len(pictures), ACROSS):
        block = range(start, min(start + ACROSS, len(pictures)))
        titles = [
            page.words.text(
                "tile.fit",
                {
                    "name": names[pictures[i]["class"]],
                    "probability": _chance(page, f"pictures/{i}", 0),
                    "r2": page.number(f"{STEP}/pictures/{i}/r2", digits=2),
                    "fit": page.words.text(f"fit_word.{verdicts.surrogate_fit(pictures[i]['r2'])}"),
                },
            )
            for i in block
        ]
        rows.append(PictureRow("", np.stack([painted[i] for i in block]), titles))
    grid = image_grid(rows, page.words.language, width=TILE * min(ACROSS, len(pictures)), label=0)
    page.figure("classes", grid, pictures=True)


def _chance(page: Page, place: str, digits: int) -> Fact:
    return page.number(f"{STEP}/{place}/probability", percent=True, digits=digits)


def _table(page: Page, names: list[str]) -> None:
    """The classes that the confusion matrix singles out, as far as a picture of theirs is shown."""
    masked = bool(page.value(f"{STEP}/means"))
    headings = ["recall", "r2", "for", "against", *(["mass", "area", "part"] if masked else [])]
    rows: list[list[Cell | Fact]] = []
    for i, picture in enumerate(page.value(f"{STEP}/pictures")):
        roles = _roles(page, picture["class"])
        if not roles:
            continue
        place = f"{STEP}/pictures/{i}"
        text = join(page, [page.words.html(f"role.{role}") for role in roles])
        recall = f"own_cnn#/classes/{picture['class']}/recall"
        row: list[Cell | Fact] = [
            page.words.html("role.cell", {"name": names[picture["class"]], "roles": text}),
            "–" if page.value(recall) is None else page.number(recall, percent=True, digits=0),
            page.number(f"{place}/r2", digits=2),
            page.number(f"{place}/for"),
            page.number(f"{place}/against"),
        ]
        if masked and "mass" in picture:
            row += [page.number(f"{place}/{key}", percent=True, digits=0) for key in ("mass", "area")]
            part = picture.get("part")
            row.append("–" if part is None else page.words.html(f"common.part.{part}"))
        elif masked:
            row += ["–", "–", "–"]
        rows.append(row)
    if rows:
        columns = [Column("column.class", numeric=False)]
        columns += [Column(f"column.{name}", numeric=name != "part") for name in headings]
        page.table("fits", columns, rows, masks=page.words.html("fits.masks") if masked else "")


def _roles(page: Page, index: int) -> list[str]:
    """What the class is in the confusion matrix; nothing where that holds no error."""
    trained = page.saved["own_cnn"].values
    if not trained["pairs"]:
        return []
    pair = trained["pairs"][0]
    roles = [role for role in ("best", "worst") if trained[role] == index]
    return [*roles, "pair"] if index in (pair["true"], pair["predicted"]) else roles


def _fits(page: Page) -> None:
    fit = verdicts.surrogate_fit(page.value(f"{STEP}/r2/mean"))
    page.say(
        "fit",
        f"fit.{fit}",
        **{key: page.number(f"{STEP}/r2/{key}", digits=2) for key in ("mean", "least", "most")},
    )
    if page.value(f"{STEP}/empty"):
        page.say("fit", "fit.empty", empty=page.number(f"{STEP}/empty"))
    if not page.value(f"{STEP}/means"):
        page.find(
            "finding.fit",
            fit=page.words.html(f"fit_word.{fit}"),
            mean=page.number(f"{STEP}/r2/mean", digits=2),
        )


def _object(page: Page) -> None:
    means = page.value(f"{STEP}/means")
    if not means:
        return
    where = verdicts.direction(means["mass"] - means["area"], verdicts.SAME_SHARE)
    facts: dict[str, Fact] = {
        "mass": page.number(f"{STEP}/means/mass", percent=True, digits=0),
        "area": page.number(f"{STEP}/means/area", percent=True, digits=0),
        "known": page.number(f"{STEP}/means/count"),
        "defining": page.number(f"{STEP}/means/defining"),
    }
    page.say("fit", "object.defining", **facts)
    page.find(f"finding.object.{where}", **facts)


def _matrix(page: Page, names: list[str]) -> None:
    """Best and worst class and the most confused pair, and whether recall goes with the maps."""
    trained = page.saved["own_cnn"].values
    if not trained["pairs"]:
        page.say("matrix", "matrix.perfect")
        page.find("finding.perfect")
    else:
        facts: dict[str, Fact] = {}
        for role in ("best", "worst"):
            facts[role] = names[trained[role]]
            facts[f"{role}_recall"] = page.number(
                f"own_cnn#/classes/{trained[role]}/recall", percent=True, digits=0
            )
        pair = trained["pairs"][0]
        facts |= {
            "true": names[pair["true"]],
            "predicted": names[pair["predicted"]],
            "count": page.number("own_cnn#/pairs/0/count"),
            "all": page.number(f"own_cnn#/classes/{pair['true']}/count"),
        }
        page.say("matrix", "matrix.counts", **facts)
    link = page.value(f"{STEP}/link")
    if link is None:
        return
    told = "told" if link["p"] < 1 - verdicts.CONFIDENCE_LEVEL else "open"
    page.say(
        "matrix",
        f"link.{told}",
        correlation=page.number(f"{STEP}/link/correlation", digits=2, signed=True),
        p=page.number(f"{STEP}/link/p", digits=2 if told == "open" else 3),
        count=page.number(f"{STEP}/link/count"),
    )


def _cases(page: Page, names: list[str], painted: list[np.ndarray]) -> None:
    """One row: of each case the picture, then its segments for its own class and for the rival."""
    found = page.value(f"{STEP}/cases")
    arrays = page.saved["class_segments"].arrays()
    pixels = page.saved["own_pictures"].arrays()["pixels"][arrays["places"][-len(found) :]] / 255
    segments = arrays["segments"][-len(found) :]
    tiles: list[np.ndarray] = []
    titles: list[str] = []
    for i, case in enumerate(found):
        tiles += [pixels[i], painted[i], painted_segments(pixels[i], segments[i], arrays["rival"][i])]
        titles.append(page.words.text(f"case.{case['kind']}"))
        for who, side in (("true", "own"), ("rival", "other")):
            facts = {"name": names[case[who]], "probability": _chance(page, f"cases/{i}/{side}", 1)}
            titles.append(page.words.text("tile.case", facts))
    row = PictureRow("", np.stack(tiles), titles)
    grid = image_grid([row], page.words.language, width=TILE * len(tiles), label=0)
    page.figure("cases", grid, pictures=True)
