"""How much of the report is luck of the seed, which models differ, and which explanations come out again."""

from __future__ import annotations

from itertools import groupby

from report_builder import verdicts
from report_builder.render.page import Page
from report_builder.render.words import Fact
from report_builder.sections.certainty.explanation_pages import METHODS as ORDERED
from report_builder.sections.certainty.explanation_pages import draw_explanations
from report_builder.sections.certainty.grid_pages import draw_grid
from report_builder.sections.certainty.picture_pages import METHODS as SEEN
from report_builder.sections.certainty.picture_pages import draw_pictures
from report_builder.sections.certainty.printed import found, name_code, settings_text, value_code
from report_builder.sections.certainty.result_pages import draw_pairs, draw_results
from report_builder.sections.certainty.signal_pages import draw_signals
from report_builder.sections.sample_words import join


def draw(page: Page) -> None:
    page.facts |= {
        "swept": page.number("certainty#/seeds"),
        "seeds": page.number("certainty#/main/seeds"),
        "cells": page.number("certainty#/cells"),
        "trials": page.number("certainty#/trials"),
        "failed": page.number("sweep#/failed"),
        "level": page.number("certainty#/level", percent=True, digits=0),
    }
    gridded = found(page, "grid") is not None
    if gridded:
        page.facts["main"] = settings_text(page, page.value("certainty#/main/index"))
    _warnings(page, gridded)
    seeds = page.value("certainty#/main/seeds")
    if seeds == 0:
        page.find("finding.nothing")
        page.say("nothing_left", "nothing_left" if gridded else "nothing_left_one")
    else:
        _intro(page, gridded)
        if seeds == 1:
            page.find("finding.alone")
            page.say("alone", "alone")
        draw_results(page)
        draw_pairs(page)
        draw_explanations(page)
        draw_pictures(page)
        _again(page)
        draw_signals(page)
    if seeds > 1:
        page.say("careful", "careful")
    if gridded:
        draw_grid(page)


def _intro(page: Page, gridded: bool) -> None:
    alone = "alone_" if page.value("certainty#/main/seeds") == 1 else ""
    page.say("intro", f"intro.{alone}{'grid' if gridded else 'one'}")
    kinds = found(page, "data")
    if "tabular" in kinds:
        new = kinds["tabular"]["kind"] == "simulated"
        page.say("intro", f"changes.{'standin' if new else 'tabular'}")
    if found(page, "vision"):
        page.say("intro", "changes.vision")
    if "signals" in kinds:
        simulated = kinds["signals"]["kind"] == "simulated"
        page.say("intro", f"changes.signals.{'simulated' if simulated else 'fixed'}")
    if "own_cnn" in kinds:
        page.say("intro", "changes.own_cnn")


def _warnings(page: Page, gridded: bool) -> None:
    """What makes the sweep another than the report's, and the runs that failed."""
    outdated = page.value("sweep#/outdated")
    if outdated["settings"]:
        changed: list[Fact] = [
            page.words.html(
                "outdated.setting",
                {
                    "name": name_code(setting["name"]),
                    **{
                        when: value_code(setting[when])
                        if setting[when]
                        else page.words.html("outdated.unset")
                        for when in ("then", "now")
                    },
                },
            )
            for setting in outdated["settings"][: verdicts.MOST_ROWS]
        ]
        many = len(outdated["settings"]) > verdicts.MOST_ROWS
        counted: dict[str, Fact] = {"count": page.count("sweep#/outdated/settings")} if many else {}
        page.say(
            "outdated", f"outdated.{'many' if many else 'settings'}", settings=join(page, changed), **counted
        )
    if outdated["code"]:
        page.say("outdated", "outdated.code")
    if "outdated" in page.paragraphs:
        page.say("outdated", "outdated.remedy")
    if not page.value("certainty#/main/own"):
        page.say("foreign", "foreign" if gridded else "foreign_one")
    failed = list(enumerate(found(page, "failed")))
    if not failed:
        return
    count = "_all" if len(failed) == page.value("certainty#/trials") else "_one" if len(failed) == 1 else ""
    page.say("failed_intro", f"failed_intro{count}")
    failed.sort(key=lambda entry: (entry[1]["cell"], entry[1]["error"], entry[1]["seed"]))
    for (cell, error), same in groupby(failed, key=lambda entry: (entry[1]["cell"], entry[1]["error"])):
        facts: dict[str, Fact] = {
            "seeds": join(page, [page.number(f"certainty#/failed/{place}/seed") for place, _ in same]),
            "error": error,
        }
        if gridded:
            page.say("failed", "failed_cell", settings=settings_text(page, cell), **facts)
        else:
            page.say("failed", "failed_one", **facts)


def _again(page: Page) -> None:
    """The explanations that come out again with another seed, and those that do not."""
    importance = found(page, "importance") or {}
    likeness = {method: importance[method]["rank_correlation"] for method in ORDERED if method in importance}
    vision = found(page, "vision") or {}
    likeness |= {method: vision[method]["similarity"] for method in SEEN if method in vision}
    if vision:
        likeness["hens"] = vision["hens"]["likeness"]
    known = {thing: value["mean"] for thing, value in likeness.items() if value is not None}
    if not known:
        return
    things: dict[bool, list[Fact]] = {True: [], False: []}
    for thing, mean in known.items():
        things[verdicts.repeated(mean) == "again"].append(page.words.html(f"thing.{thing}"))
    again, other = things[True], things[False]
    facts = {name: join(page, those) for name, those in (("again", again), ("other", other)) if those}
    page.find(f"finding.again.{'some' if again and other else 'all' if again else 'none'}", **facts)
