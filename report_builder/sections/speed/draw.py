"""The table of the tasks with their peers, and how it was measured."""

from __future__ import annotations

from datetime import date

from markupsafe import Markup

from report_builder.render.dates import gregorian
from report_builder.render.page import Cell, Column, Page
from report_builder.render.words import Fact
from report_builder.sections.sample_words import join

REDUCED = "_bf16"


def draw(page: Page) -> None:
    page.facts |= {
        "tasks": page.number("speed#/tasks"),
        "faster": page.number("speed#/counts/faster"),
        "date": gregorian(date.fromisoformat(page.value("speed#/date")), page.words),
        "machine": page.words.name(page.value("speed#/machine/device_name")),
        "threads": page.number("speed#/threads"),
        "cores": page.number("speed#/machine/cores"),
        "torch": _code(page.value("speed#/versions/torch")),
    }
    _finding(page)
    page.say("measured", "measured.device")
    page.say("measured", "measured.gpu" if _on_gpu(page) else "measured.cpu")
    page.say("measured", f"measured.{page.value('speed#/clock')}")
    _runs(page)
    if page.value("speed#/quick"):
        page.say("measured", "measured.quick")
    if page.value("speed#/machine/shared"):
        page.say("measured", "measured.shared")
    page.say("alike", "alike")
    if page.value("speed#/relative_difference") is not None:
        page.say(
            "alike", "alike.exact", difference=page.number("speed#/relative_difference", scientific=True)
        )
    _verdicts(page)
    _table(page)


def _finding(page: Page) -> None:
    if page.value("speed#/highest") is None:
        page.find("finding.none")
        return
    all_faster = page.value("speed#/counts/faster") == page.value("speed#/tasks")
    key = "finding.all" if all_faster else "finding.some"
    page.find(key, highest=page.number("speed#/highest", digits=1))


def _runs(page: Page) -> None:
    fewest, most = (page.number(f"speed#/runs/{end}") for end in (0, 1))
    if fewest.value == most.value:
        page.say("measured", "measured.runs.same", runs=most)
    else:
        page.say("measured", "measured.runs.range", fewest=fewest, most=most)


def _verdicts(page: Page) -> None:
    for verdict in ("same", "slower"):
        tasks = [_method(page, i) for i in _places(page) if _outcome(page, i, "verdict") == verdict]
        if tasks:
            page.say("verdicts", f"verdicts.{verdict}", names=join(page, tasks))
    cosines = [
        page.words.html(
            "cosine",
            {"name": _method(page, i), "cosine": page.number(f"speed#/outcomes/{i}/cosine", digits=3)},
        )
        for i in _places(page)
        if _outcome(page, i, "key").endswith(REDUCED)
    ]
    if cosines:
        page.say("verdicts", "verdicts.reduced", names=join(page, cosines))


def _table(page: Page) -> None:
    columns = [
        Column("column.task", numeric=False),
        Column("column.peer", numeric=False),
        Column("column.ours"),
        Column("column.theirs"),
        Column("column.ratio"),
    ]
    shares = any("share_of_peak" in outcome for outcome in page.value("speed#/outcomes"))
    rows: list[list[Cell | Fact]] = []
    for i in _places(page):
        place = f"speed#/outcomes/{i}"
        row: list[Cell | Fact] = [
            _task(page, i),
            page.words.name(_outcome(page, i, "peer")),
            page.number(f"{place}/ours_seconds", digits=2),
            page.number(f"{place}/peer_seconds", digits=2),
            Cell(page.number(f"{place}/ratio", digits=2), page.interval(f"{place}/interval", digits=2)),
        ]
        rows.append([*row, page.number(f"{place}/share_of_peak", percent=True, digits=0)] if shares else row)
    page.table("tasks", [*columns, Column("column.share")] if shares else columns, rows)


def _places(page: Page) -> range:
    return range(page.value("speed#/tasks"))


def _outcome(page: Page, place: int, name: str) -> str:
    text: str = page.value(f"speed#/outcomes/{place}/{name}")
    return text


def _on_gpu(page: Page) -> bool:
    return bool(page.value("speed#/machine/device") != "cpu")


def _method(page: Page, place: int) -> Markup:
    """The method's name, with the precision where it is reduced."""
    key = _outcome(page, place, "key")
    plain = key.removesuffix(REDUCED)
    name = page.words.html("six_maps" if plain == "six_maps" else f"common.method.{plain}")
    return page.words.html("reduced", {"name": name}) if key.endswith(REDUCED) else name


def _task(page: Page, place: int) -> Markup:
    """The method's name and how much of it was done."""
    ((what, _),) = page.value(f"speed#/outcomes/{place}/sizes").items()
    count = page.number(f"speed#/outcomes/{place}/sizes/{what}")
    return page.words.html(f"size.{what}", {"name": _method(page, place), "count": count})


def _code(text: str) -> Markup:
    return Markup('<code dir="ltr">{}</code>').format(text)
