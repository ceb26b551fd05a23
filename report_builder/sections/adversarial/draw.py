"""The attacked picture with its maps, the table of all pictures, and the curves over epsilon."""

from __future__ import annotations

import numpy as np

from report_builder import verdicts
from report_builder.plots.epsilon_curves import BandCurve, BandPanel, band_curves
from report_builder.plots.images import MapRow, PictureRow, as_pictures, image_grid
from report_builder.plots.labels import in_direction
from report_builder.render.page import Column, Page
from report_builder.render.words import Fact
from report_builder.sections.image_words import class_name, drawn_titles, method_name, picture_titles

PICTURES, SCENES = "adversarial#", "adversarial.scenes#"
GRID_WIDTH = 98.0  # mm: three columns of pictures that can be looked at
MAPS = ("grad_cam", "saliency")
PANELS = {
    "success": ("fgsm", "pgd", "random"),
    "place": ("fgsm", "object", "background"),
    "probability": ("true", "wrong"),
    "correlation": MAPS,
}
COLUMNS = (
    Column("common.picture", numeric=False),
    Column("column.before"),
    Column("column.fgsm", numeric=False),
    Column("column.true"),
    Column("column.random", numeric=False),
    Column("column.pgd", numeric=False),
    Column("column.pgd_true"),
)


def draw(page: Page) -> None:
    chosen = page.value(f"{PICTURES}/chosen/place")
    page.facts |= {
        "chosen": page.number(f"{PICTURES}/chosen/levels"),
        "levels": page.number(f"{PICTURES}/chosen/of"),
        "pgd_steps": page.number("settings#/adversarial/pgd_steps"),
        "scenes": page.number(f"{SCENES}/right"),
        "count": page.number(f"{PICTURES}/count"),
        "largest_epsilon": page.number(f"{PICTURES}/epsilons/{len(page.value(f'{PICTURES}/epsilons')) - 1}"),
    }
    _findings(page, chosen)
    page.say(
        "clamp",
        "clamp",
        mean=page.number(f"{PICTURES}/clamp/mean", digits=3),
        largest=page.number(f"{PICTURES}/clamp/largest", digits=3),
        share=page.number(f"{PICTURES}/clamp/share", percent=True, digits=0),
        times=page.number(f"{PICTURES}/clamp/times", digits=1),
    )
    changed = page.number(f"{PICTURES}/pixels_changed_at_zero")
    page.say("clamp", "clamp.some" if changed.value else "clamp.none", changed=changed)
    _describe_shown(page, chosen)
    _draw_shown(page)
    _draw_table(page)
    _describe_scenes(page, chosen)
    _draw_curves(page)


def _estimate(page: Page, source: str) -> dict[str, Fact]:
    return {
        "value": page.number(f"{source}/value", percent=True, digits=0),
        "interval": page.interval(f"{source}/interval", digits=0, percent=True),
    }


def _findings(page: Page, chosen: int) -> None:
    success = f"{SCENES}/success"
    own = page.value("vision#/network") == "farmnet"
    page.find(
        "finding.flips" if own else "finding.flips_farmnet",
        **_estimate(page, f"{success}/fgsm/{chosen}"),
        random=page.number(f"{success}/random/{chosen}/value", percent=True, digits=0),
    )
    correlation = page.value(f"{SCENES}/correlation/grad_cam/{chosen}/value")
    page.find(
        f"finding.maps.{verdicts.agreement(correlation)}",
        value=page.number(f"{SCENES}/correlation/grad_cam/{chosen}/value", digits=2),
    )


def _describe_shown(page: Page, chosen: int) -> None:
    """The picture's class and probabilities, before and after, and where the attention went."""
    source = f"{PICTURES}/shown"
    shown = page.value(source)
    curve, last = shown["curve"], f"{source}/curve/{chosen}"
    flips = curve[chosen]["success"]
    facts: dict[str, Fact] = {
        "name": class_name(page, shown["name"]),
        "other": class_name(page, curve[chosen]["wrong_name"]),
        "before": page.number(f"{source}/curve/0/true", digits=3),
        "true": page.number(f"{last}/true", digits=3),
        "wrong": page.number(f"{last}/wrong", digits=3),
        "distance": page.number(f"{last}/distance", digits=2),
        "random": page.number(f"{PICTURES}/pictures/{shown['index']}/random/true", digits=3),
    }
    if not page.value(f"{PICTURES}/pictures/{shown['index']}/right"):
        page.say("shown", "shown.wrong", title=picture_titles(page)[shown["index"]], **facts)
    page.say("shown", f"shown.{'flips' if flips else 'holds'}", **facts)
    if shown["flips_at"] is None:
        page.say("shown", "shown.never")
    else:
        page.say("shown", "shown.smallest", smallest=page.number(f"{source}/flips_at"))
    before, random = curve[0]["true"], page.value(f"{PICTURES}/pictures/{shown['index']}/random/true")
    kept, lost = (verdicts.answer_kept(p / before) for p in (random, curve[chosen]["true"]))
    page.say("shown", "shown.direction" if (kept, lost) == ("kept", "lost") else "shown.random", **facts)
    right = page.value(f"{PICTURES}/right")
    if page.value(f"{PICTURES}/wrong"):
        page.say("table", "rates.left_out", wrong=page.number(f"{PICTURES}/wrong"))
    if right:
        flipped = {
            name: page.number(f"{PICTURES}/flipped/{name}") for name in page.value(f"{PICTURES}/flipped")
        }
        page.say("table", "rates", right=page.number(f"{PICTURES}/right"), **flipped)
    if "maps" not in shown:
        reason = page.words.html(f"common.not_applicable.{shown['left_out']['grad_cam']}")
        page.say("attention", "attention.left_out", reason=reason)
        return
    levels = []
    for key in MAPS:
        place = f"{source}/maps/{key}"
        moved: dict[str, Fact] = {
            "correlation": page.number(f"{place}/after/correlation", digits=2),
            "centre": page.number(f"{place}/after/centre", percent=True, digits=0),
            "other_centre": page.number(f"{place}/other/centre", percent=True, digits=0),
        }
        levels.append(verdicts.agreement(shown["maps"][key]["after"]["correlation"]))
        saliency = key == "saliency"
        verdict = f"saliency.{_compared(*levels)}" if saliency else levels[0]
        page.say("attention", f"attention.{verdict}", **facts, **moved)
        if "mass" in shown["maps"][key]:
            mass: dict[str, Fact] = {
                f"mass_{name}": page.number(f"{place}/mass/{name}", percent=True, digits=0)
                for name in ("before", "after", "other")
            }
            page.say(
                "attention", "attention.saliency.mass" if saliency else "attention.mass", **facts, **mass
            )


def _compared(first: str, second: str) -> str:
    """Whether a map of the second degree of agreement changes "more" than one of the first, "less", or the
    "same".
    """
    names = verdicts.agreement.names
    return "same" if first == second else "more" if names.index(second) < names.index(first) else "less"


def _draw_shown(page: Page) -> None:
    words, shown = page.words, page.value(f"{PICTURES}/shown")
    arrays, index = page.saved["adversarial"].arrays(), shown["index"]
    before = page.saved["photographs"].arrays()["pixels"][index]
    after = arrays["attacked"][index]
    amplified = 0.5 + page.value(f"{PICTURES}/amplification") * (after - before)
    row = page.value(f"{PICTURES}/pictures/{index}/fgsm")
    names: dict[str, Fact] = {
        "name": class_name(page, shown["name"]),
        "other": class_name(page, row["wrong_name"]),
    }
    names["said"] = class_name(page, row["prediction"])
    times = page.number(f"{PICTURES}/amplification", digits=0)
    titles = [
        words.text("title.before", names),
        words.text("title.perturbation", {"times": times}),
        words.text("title.after", names),
    ]
    pictures = as_pictures(np.stack([before, amplified, after]))
    rows: list[MapRow | PictureRow] = [PictureRow(words.text("common.picture"), pictures, titles)]
    over = pictures[[0, 2, 2]]
    for key in MAPS if "maps" in shown else ():
        maps = np.concatenate([arrays[f"{key}_{name}"] for name in ("before", "after", "other")])
        labels = [words.text(f"title.map_{name}", names) for name in ("before", "after", "other")]
        laid = over if key == "grad_cam" else None
        rows.append(MapRow(method_name(page, key), maps, signed=False, over=laid, titles=labels))
    figure = image_grid(rows, words.language, width=GRID_WIDTH)
    page.facts |= {**names, "times": times}
    page.figure("pair", figure, pictures=True)


def _draw_table(page: Page) -> None:
    rows: list[list[Fact]] = []
    for i, (image, title) in enumerate(
        zip(page.value(f"{PICTURES}/pictures"), drawn_titles(page), strict=False)
    ):
        source = f"{PICTURES}/pictures/{i}"
        said = {
            name: class_name(page, image[name]["prediction"])
            if image[name]["success"]
            else page.words.text("same")
            for name in ("fgsm", "random", "pgd")
        }
        attacked = class_name(page, image["name"])
        key = "picture.right" if image["right"] else "picture.wrong"
        rows.append(
            [
                page.words.html(key, {"title": title, "attacked": attacked}),
                page.number(f"{source}/before", digits=3),
                said["fgsm"],
                page.number(f"{source}/fgsm/true", digits=3),
                said["random"],
                said["pgd"],
                page.number(f"{source}/pgd/true", digits=3),
            ]
        )
    page.table("pictures", COLUMNS, rows)


def _describe_scenes(page: Page, chosen: int) -> None:
    if page.value("vision#/network") != "farmnet":
        page.say("scenes", "scenes.other_network")
    all_scenes = {"all": page.number(f"{SCENES}/scenes"), "wrong": page.number(f"{SCENES}/wrong")}
    page.say("scenes", "scenes.which" if page.value(f"{SCENES}/wrong") else "scenes.all_right", **all_scenes)
    success = f"{SCENES}/success"
    page.say("scenes", "scenes.fgsm", **_estimate(page, f"{success}/fgsm/{chosen}"))
    _beside_shown(page, page.value(f"{success}/fgsm/{chosen}/interval"))
    if page.value(f"{SCENES}/half_at") is not None:
        page.say("scenes", "scenes.half", half=page.number(f"{SCENES}/half_at"))
    page.say("scenes", "scenes.random", **_estimate(page, f"{success}/random/{chosen}"))
    page.say("scenes", "scenes.pgd", **_estimate(page, f"{success}/pgd/{chosen}"))
    area = page.number(f"{SCENES}/object_area", percent=True, digits=0)
    place: dict[str, Fact] = {
        f"{part}_{key}": fact
        for part in ("object", "background")
        for key, fact in _estimate(page, f"{success}/{part}/{chosen}").items()
    }
    here, there = (page.value(f"{success}/{part}/{chosen}/value") for part in ("object", "background"))
    page.say("place", f"place.{'object' if here > there else 'background'}", area=area, **place)
    _describe_maps(page, chosen)


def _beside_shown(page: Page, interval: list[float]) -> None:
    """How the farmyard pictures shown, which were chosen by eye, compare with the rate of the scenes."""
    right = page.value(f"{PICTURES}/right")
    if not (page.value("vision#/network") == "farmnet" and page.value("vision#/farmyard") and right):
        return
    share, (low, high) = page.value(f"{PICTURES}/flipped/fgsm") / right, interval
    page.say(
        "scenes",
        f"scenes.shown.{'below' if share < low else 'above' if share > high else 'within'}",
        fgsm=page.number(f"{PICTURES}/flipped/fgsm"),
        right=page.number(f"{PICTURES}/right"),
    )


def _describe_maps(page: Page, chosen: int) -> None:
    """What the attack does to the maps of the scenes, both kinds in one sentence where they agree."""
    facts: dict[str, Fact] = {}
    senses = {}
    for key in MAPS:
        source, correlations = f"{SCENES}/mass/{key}", f"{SCENES}/correlation/{key}"
        change = page.value(f"{source}/change")
        senses[key] = verdicts.direction(change["value"]) if verdicts.differs(change["interval"]) else "flat"
        facts |= {
            f"{key}_first": page.number(f"{correlations}/1/value", digits=2),
            f"{key}_correlation": page.number(f"{correlations}/{chosen}/value", digits=2),
            f"{key}_centre": page.number(f"{SCENES}/centre/{key}/value", percent=True, digits=0),
            f"{key}_before": page.number(f"{source}/before/value", percent=True, digits=0),
            f"{key}_said": page.number(f"{source}/said/value", percent=True, digits=0),
        }
    page.say("maps", "maps.correlation", **facts)
    if len(set(senses.values())) == 1:
        page.say("maps", f"maps.both.{senses[MAPS[0]]}", **facts)
        return
    for key, sense in senses.items():
        shares = {"before": facts[f"{key}_before"], "said": facts[f"{key}_said"]}
        page.say("maps", f"maps.mass.{sense}", method=method_name(page, key), **shares)


def _draw_curves(page: Page) -> None:
    words = page.words
    panels = []
    for name, keys in PANELS.items():
        group = "success" if name == "place" else name
        curves = []
        for key in keys:
            points = page.value(f"{SCENES}/{group}/{key}")
            label = method_name(page, key) if name == "correlation" else words.text(f"curve.{name}.{key}")
            low, high = zip(*(point["interval"] for point in points), strict=True)
            curves.append(BandCurve(label, [point["value"] for point in points], low, high))
        panels.append(BandPanel(words.text(f"axis.{name}"), curves))
    epsilons = page.value(f"{SCENES}/epsilons")
    axis = in_direction(words.text("axis.epsilon", {"levels": page.facts["levels"]}), words.language)
    page.figure("curves", band_curves(panels, epsilons, axis, words.language))
