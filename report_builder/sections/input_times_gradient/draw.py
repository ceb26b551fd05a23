"""Gradient x Input in grey scale, and what the two improvements are worth beside it."""

from __future__ import annotations

from report_builder import verdicts
from report_builder.plots.images import MapRow, PictureRow, image_grid
from report_builder.render.page import Cell, Column, Page
from report_builder.render.words import Fact
from report_builder.sections.image_words import method_name
from report_builder.sections.input_times_gradient.improvement import say_improvements
from report_builder.sections.input_times_gradient.names import IMPROVEMENTS, PLAIN
from report_builder.sections.map_methods import REFERENCES
from report_builder.sections.own_words import class_labels

STEP = "input_times_gradient#"
LABEL, TILE = 17.0, 14.5  # mm
SHARES = frozenset({"mass", "pointing"})


def draw(page: Page) -> None:
    page.facts |= {
        key: page.number(f"{STEP}/{key}") for key in ("steps", "few_steps", "shown", "pictures", "opposite")
    }
    page.facts |= {
        "sigma": page.number(f"{STEP}/noise/sigma", digits=2),
        "disturbed": page.number(f"{STEP}/noise/pictures"),
        "level": page.number("verdicts#/confidence_level", percent=True, digits=0),
    }
    for method, reason in page.value(f"{STEP}/left_out").items():
        why = page.words.html(f"common.not_applicable.{reason}")
        page.say("left_out", "left_out", method=method_name(page, method), reason=why)
    _maps(page)
    _sums(page)
    _table(page)
    say_improvements(page)


def _maps(page: Page) -> None:
    arrays = page.saved["input_times_gradient"].arrays()
    names = class_labels(page)
    pixels = page.saved["own_pictures"].arrays()["pixels"][page.value("own_pictures#/shown")] / 255
    changes = [
        page.words.text(
            "cell.picture",
            {"name": names[label], "change": page.number(f"{STEP}/change/{i}", digits=1, signed=True)},
        )
        for i, label in enumerate(arrays["labels"])
    ]

    def sums(method: str) -> list[str]:
        return [
            page.words.text(
                "cell.sum", {"sum": page.number(f"{STEP}/sums/{method}/{i}", digits=1, signed=True)}
            )
            for i in range(len(changes))
        ]

    rows: list[MapRow | PictureRow] = [
        PictureRow(page.words.text("common.picture"), pixels, changes),
    ]
    rows += [
        MapRow(page.words.text(f"row.{name}"), arrays[name], signed=True, titles=sums(name))
        for name in (PLAIN, *IMPROVEMENTS)
        if name in arrays
    ]
    grid = image_grid(
        rows,
        page.words.language,
        bar=page.words.text("common.colour_scale"),
        width=LABEL + TILE * len(changes),
        grey=True,
    )
    page.figure("maps", grid, pictures=True)


def _sums(page: Page) -> None:
    """What the sums of each method miss of the change of the logit."""
    missed = page.value(f"{STEP}/completeness")
    facts: dict[str, Fact] = {
        f"{name}_error": page.number(f"{STEP}/completeness/{name}", percent=True) for name in missed
    }
    kept = missed[PLAIN] <= verdicts.COMPLETENESS_TOLERANCE
    page.say("sums", f"sums.{'kept' if kept else 'missed'}", **facts)
    if not kept and page.value(f"{STEP}/opposite"):
        page.say("sums", "sums.opposite")
    page.find(f"finding.sums.{'kept' if kept else 'missed'}", **facts)
    within = missed["integrated_gradients"] <= verdicts.COMPLETENESS_TOLERANCE
    page.say("sums", f"promise.integrated_gradients.{'kept' if within else 'missed'}", **facts)
    if "deeplift" in missed:
        within = missed["deeplift"] <= verdicts.ROUNDING_TOLERANCE
        if within:  # no percentage shows it
            facts["deeplift_error"] = page.number(f"{STEP}/completeness/deeplift", scientific=True)
        page.say("sums", f"promise.deeplift.{'kept' if within else 'missed'}", **facts)


def _table(page: Page) -> None:
    scores = page.value(f"{STEP}/scores")
    missed = page.value(f"{STEP}/completeness")
    rows: list[list[Cell | Fact]] = []
    for method in (PLAIN, *IMPROVEMENTS, *REFERENCES):
        own = method in missed
        if not own and method not in REFERENCES:
            continue
        row: list[Cell | Fact] = [method_name(page, method)]
        row.append(page.number(f"{STEP}/completeness/{method}", percent=True, digits=0) if own else "–")
        for score in scores:
            place = f"{STEP}/scores/{score}/means/{method}"
            share = score in SHARES
            row.append(
                Cell(
                    page.number(f"{place}/value", percent=share, digits=0 if share else 2),
                    page.interval(f"{place}/interval", percent=share, digits=0 if share else 2),
                )
            )
        row.append(page.number(f"{STEP}/noise/cosine/{method}", digits=2) if own else "–")
        rows.append(row)
    columns = [Column("column.method", numeric=False), Column("column.sum")]
    columns += [Column(f"column.{score}") for score in scores]
    scored = page.number(f"{STEP}/scores/{next(iter(scores))}/count")
    page.table("scores", [*columns, Column("column.noise")], rows, scored=scored)
