"""The plain picture and why it means nothing; what each regulariser adds; the regularised pictures."""

from __future__ import annotations

from report_builder import verdicts
from report_builder.plots.images import PictureRow, as_pictures, image_grid
from report_builder.plots.spectra import power_spectra
from report_builder.plots.style import HALF
from report_builder.render.page import Cell, Column, Page
from report_builder.render.words import Fact
from report_builder.sections.image_words import class_name

PLAIN, FULL_RECIPE, ROWS = "unregularised#", "hens#", "ablation#/rows"
PLAIN_SHOWN = 2  # pictures beside the spectrum
HEIGHT = 44.0  # mm of the spectrum, as high as they are
MOVES = ("shifted", "rotated")
COLUMNS = (
    Column("column.added", numeric=False),
    Column("column.robust"),
    Column("column.logit"),
    Column("column.shifted"),
    Column("column.high"),
    Column("column.variation"),
    Column("column.red"),
)


def draw(page: Page) -> None:
    page.facts |= {
        "class": class_name(page, page.value(f"{PLAIN}/class/name")),
        **_kind(page),
        "steps": page.number(f"{FULL_RECIPE}/recipe/steps"),
        "rate": page.number(f"{FULL_RECIPE}/recipe/rate", digits=2),
        "weight": page.number(f"{FULL_RECIPE}/recipe/total_variation"),
        "shift": page.number(f"{FULL_RECIPE}/recipe/shift"),
        "scale": page.number(f"{FULL_RECIPE}/recipe/scale", percent=True, digits=0),
        "degrees": page.number(f"{FULL_RECIPE}/recipe/degrees"),
        "blur": page.number(f"{FULL_RECIPE}/recipe/blur", digits=2),
        "blur_every": page.number(f"{FULL_RECIPE}/recipe/blur_every"),
        "moved": page.number(f"{PLAIN}/moved/shift"),
        "turned": page.number(f"{PLAIN}/moved/degrees"),
        "unseen_shift": page.number(f"{PLAIN}/unseen/shift"),
        "unseen_scale": page.number(f"{PLAIN}/unseen/scale", percent=True, digits=0),
        "unseen_degrees": page.number(f"{PLAIN}/unseen/degrees"),
        "draws": page.number(f"{PLAIN}/unseen/draws"),
        "shown": page.number(f"{FULL_RECIPE}/shown"),
        "real": page.number(f"{PLAIN}/real/count"),
        "plain_robust": page.number(f"{PLAIN}/mean/robust", digits=3),
        "full_robust": page.number(f"{ROWS}/{len(page.value(ROWS)) - 1}/robust", digits=3),
        "least": page.number(f"{FULL_RECIPE}/least/probability", digits=3),
        "least_robust": page.number(f"{FULL_RECIPE}/least/robust", digits=3),
        "high": page.number(f"{PLAIN}/mean/high_frequencies", percent=True, digits=0),
        "real_high": page.number(f"{PLAIN}/real/high_frequencies", percent=True, digits=0),
        "full_high": page.number(f"{FULL_RECIPE}/mean/high_frequencies", percent=True, digits=0),
    }
    page.find(f"finding.robust.{verdicts.direction(page.value('ablation#/gain'), verdicts.SAME_DELETION)}")
    page.find(f"finding.noise.{_roughness(page)}")
    if not page.value("vision#/weights/official"):
        page.say("weights", "weights")
    _draw_plain(page)
    _reasons(page)
    _additions(page)
    _draw_ablation(page)
    _draw_regularised(page)


def _kind(page: Page) -> dict[str, Fact]:
    """What the pictures are that the ascent's are held against, by themselves and after a number."""
    kind = "drawn" if page.value("vision#/farmyard") else "photographs"
    return {form: page.words.text(f"{form}.{kind}") for form in ("kind", "counted")}


def _roughness(page: Page) -> str:
    """How much more fine detail the plain pictures have than drawn scenes or photographs."""
    plain = page.value(f"{PLAIN}/mean/high_frequencies")
    return verdicts.roughness(plain / page.value(f"{PLAIN}/real/high_frequencies"))


def _draw_plain(page: Page) -> None:
    words = page.words
    arrays = page.saved["unregularised"].arrays()
    titles = [
        words.text("title.probability", {"p": page.number(f"{PLAIN}/images/{i}/probability", digits=3)})
        for i in range(PLAIN_SHOWN)
    ]
    page.say("plain", "plain.shown")
    if _shows_hens(page):
        page.say("plain", "plain.outlines")
    row = PictureRow("", as_pictures(arrays["pixels"][:PLAIN_SHOWN]), titles)
    figure = image_grid([row], words.language, label=0, width=HALF)
    page.figure("plain", figure, width="half", pictures=True)
    curves = {
        words.text("curve.plain"): arrays["power"],
        str(page.facts["kind"]): arrays["real_power"],
        words.text("curve.full"): page.saved["hens"].arrays()["power"],
    }
    axes = words.text("axis.frequency"), words.text("axis.power")
    figure = power_spectra(arrays["frequency"], curves, *axes, words.language, height=HEIGHT)
    page.figure("spectrum", figure, width="half")


def _reasons(page: Page) -> None:
    page.say("first", f"first.{_roughness(page)}")
    beyond = page.value(f"{PLAIN}/mean/logit") > page.value(f"{PLAIN}/real/logit")
    page.say(
        "second",
        f"second.{'beyond' if beyond else 'within'}",
        probability=page.number(f"{PLAIN}/mean/probability", digits=3),
        logit=page.number(f"{PLAIN}/mean/logit", digits=1),
        real_logit=page.number(f"{PLAIN}/real/logit", digits=1),
    )
    page.say("second", "second.likeness", likeness=page.number(f"{PLAIN}/likeness", digits=2))
    facts: dict[str, Fact] = {"logit": page.number(f"{PLAIN}/mean/logit", digits=1)}
    for move in MOVES:
        facts[move] = page.number(f"{PLAIN}/mean/{move}_logit", digits=1)
        facts[f"{move}_probability"] = page.number(f"{PLAIN}/mean/{move}_probability", digits=3)
        facts[f"full_{move}"] = page.number(f"{FULL_RECIPE}/mean/{move}_logit", digits=1)
    facts["full"] = page.number(f"{FULL_RECIPE}/mean/logit", digits=1)
    kept = min(page.value(f"{PLAIN}/kept/{move}") for move in MOVES)
    page.say("third", f"third.{verdicts.answer_kept(kept)}", **facts)
    named = min(page.value(f"{PLAIN}/mean/{move}_probability") for move in MOVES) >= verdicts.NAMED
    page.say("third", f"third.{'still_named' if named else 'not_named'}", **facts)
    if named:
        robust = page.value(f"{PLAIN}/mean/robust") / page.value(f"{PLAIN}/mean/probability")
        page.say("third", f"third.larger.{verdicts.answer_kept(robust)}")
    page.say("third", "third.full", **facts)


def _additions(page: Page) -> None:
    """What each regulariser is, and what it changed."""
    rows = page.value(ROWS)
    for i, row in enumerate(rows[1:], 1):
        facts: dict[str, Fact] = {}
        for key, style in (("robust", {"digits": 3}), ("high_frequencies", {"percent": True, "digits": 1})):
            for place, name in ((i - 1, "before"), (i, "after")):
                facts[f"{key}_{name}"] = page.number(f"{ROWS}/{place}/{key}", **style)  # type: ignore[arg-type]
        page.say("additions", f"adds.{row['added']}", **facts)
    best = page.value("ablation#/largest")
    if verdicts.direction(rows[best]["robust"] - rows[best - 1]["robust"], verdicts.SAME_DELETION) == "up":
        page.say("largest", "largest", name=page.words.html(f"added.{rows[best]['added']}"))


def _draw_ablation(page: Page) -> None:
    words, rows = page.words, page.value(ROWS)
    pixels = page.saved["ablation"].arrays()["pixels"]
    names = [words.text(f"short.{row['added']}") for row in rows]
    scores = [page.number(f"{ROWS}/{i}/each/0", digits=2) for i in range(len(rows))]
    titles = [f"{name}\n{score}" for name, score in zip(names, scores, strict=True)]
    line = PictureRow("", as_pictures(pixels[:, 0]), titles)
    page.figure("ablation", image_grid([line], words.language, label=0), pictures=True)
    best = max(row["robust"] for row in rows)
    cells: list[list[Cell | Fact]] = [
        [
            words.html(f"added.{row['added']}"),
            Cell(page.number(f"{ROWS}/{i}/robust", digits=3), best=row["robust"] == best),
            page.number(f"{ROWS}/{i}/logit", digits=1),
            page.number(f"{ROWS}/{i}/shifted_logit", digits=1),
            page.number(f"{ROWS}/{i}/high_frequencies", percent=True, digits=1),
            page.number(f"{ROWS}/{i}/variation", digits=3),
            page.number(f"{ROWS}/{i}/red", percent=True, digits=1),
        ]
        for i, row in enumerate(rows)
    ]
    page.table("scores", COLUMNS, cells, seeds=page.number("ablation#/seeds"))


def _draw_regularised(page: Page) -> None:
    words, count = page.words, page.value(f"{FULL_RECIPE}/shown")
    pixels = page.saved["hens"].arrays()["pixels"][:count]
    scores = [
        {key: page.number(f"{FULL_RECIPE}/images/{i}/{key}", digits=3) for key in ("probability", "robust")}
        for i in range(count)
    ]
    titles = [words.text("title.both", {"p": s["probability"], "robust": s["robust"]}) for s in scores]
    width = min(160.0, 2 * HALF * count / 4)
    row = PictureRow("", as_pictures(pixels), titles)
    page.figure("regularised", image_grid([row], words.language, label=0, width=width), pictures=True)
    red = {
        "red": page.number(f"{FULL_RECIPE}/mean/red", percent=True, digits=0),
        "plain_red": page.number(f"{PLAIN}/mean/red", percent=True, digits=1),
        "real_red": page.number(f"{PLAIN}/real/red", percent=True, digits=1),
        "likeness": page.number(f"{FULL_RECIPE}/likeness", digits=2),
        "plain_likeness": page.number(f"{PLAIN}/likeness", digits=2),
    }
    page.say("regularised", "regularised")
    page.say("regularised", "seen.parts" if _shows_hens(page) else "seen.unknown", **red)
    apart = verdicts.agreement(page.value(f"{FULL_RECIPE}/likeness")) == "poor"
    page.say("regularised", "regularised.apart" if apart else "regularised.alike", **red)


def _shows_hens(page: Page) -> bool:
    """Whether these are the pictures that the sentence about their parts was written in front of."""
    return bool(
        page.value("vision#/network") == "farmnet"
        and page.value("vision#/weights/official")
        and page.value(f"{PLAIN}/class/name") == "hen"
        and page.value(f"{FULL_RECIPE}/least/robust") >= verdicts.ROBUST_PICTURE
        and page.value(f"{FULL_RECIPE}/mean/red") > 2 * page.value(f"{PLAIN}/mean/red")
    )
