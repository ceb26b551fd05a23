"""What is said of the pictures behind the confusion matrix, chosen by what was measured on them."""

from __future__ import annotations

from report_builder import verdicts
from report_builder.render.page import Page
from report_builder.render.words import Fact

STEP = "class_segments#"


def say_cases(page: Page, names: list[str]) -> None:
    said: set[str] = set()
    for i, case in enumerate(page.value(f"{STEP}/cases")):
        place = f"{STEP}/cases/{i}"
        facts: dict[str, Fact] = {
            "own_name": names[case["true"]],
            "rival_name": names[case["rival"]],
            "own": page.number(f"{place}/own/probability", percent=True),
            "rival": page.number(f"{place}/other/probability", percent=True),
            "own_r2": page.number(f"{place}/own/r2", digits=2),
            "rival_r2": page.number(f"{place}/other/r2", digits=2),
        }
        paragraph = "pair" if case["kind"] == "pair" else "others"
        page.say(paragraph, f"case_{case['kind']}", **facts)
        if "difficulty" in case and not case["right"]:
            again = case["difficulty"] in said
            page.say(paragraph, "difficulty.again" if again else f"difficulty.{case['difficulty']}")
            said.add(case["difficulty"])
        pull = "to_own" if case["right"] else "to_rival"
        verdict = _say_where(page, paragraph, place, pull, case, facts)
        if not case["right"]:
            _say_hidden(page, paragraph, place, case, facts)
        if case["kind"] == "pair":
            _find(page, place, case, verdict, facts)
            mirror = "mirror" if case["mirrored"] <= -verdicts.agreement.bounds[1] else "apart"
            correlation = page.number(f"{place}/mirrored", digits=2, signed=True)
            page.say("pair", f"mirror.{mirror}", correlation=correlation, **facts)
            if len(names) == 2:
                page.say("pair", "mirror.two")


def _say_where(
    page: Page,
    paragraph: str,
    place: str,
    pull: str,
    case: dict[str, dict[str, float]],
    facts: dict[str, Fact],
) -> str | None:
    """Where the weight that pulls towards a class lies: "most" on the object, else "up", "flat" or "down"
    beside the area of the object; None where no object is known.
    """
    found = case[pull]
    if "mass" not in found:
        return None
    verdict = verdicts.direction(found["mass"] - found["area"], verdicts.SAME_SHARE)
    if verdict == "up" and found["mass"] > verdicts.MAJORITY:
        verdict = "most"
    shares = {key: page.number(f"{place}/{pull}/{key}", percent=True, digits=0) for key in ("mass", "area")}
    page.say(paragraph, f"where.{pull}.{verdict}", **facts, **shares)
    if found.get("clutter", 0) - found.get("clutter_area", 0) > verdicts.SAME_SHARE:
        clutter = {
            key: page.number(f"{place}/{pull}/{key}", percent=True, digits=0)
            for key in ("clutter", "clutter_area")
        }
        page.say(paragraph, "where.clutter", **clutter)
    if found.get("part") and verdict in ("most", "up"):
        page.say(paragraph, "where.part", part=page.words.html(f"common.part.{found['part']}"))
    return verdict


def _say_hidden(
    page: Page, paragraph: str, place: str, case: dict[str, dict[str, float]], facts: dict[str, Fact]
) -> None:
    """What hiding the segments that pull towards the rival does, beside hiding others."""
    hidden = case["hidden"]
    if not hidden["count"]:
        page.say(paragraph, "hidden.none", **facts)
        return
    fall = case["other"]["probability"] - hidden["rival"]
    verdict = "turned" if hidden["right"] else "weakened" if verdicts.effect(fall) != "negligible" else "held"
    numbers: dict[str, Fact] = {
        "count": page.number(f"{place}/hidden/count"),
        "random": page.number(f"{place}/hidden/random", percent=True),
        "after_own": page.number(f"{place}/hidden/true", percent=True),
        "after_rival": page.number(f"{place}/hidden/rival", percent=True),
    }
    page.say(paragraph, f"hidden.{verdict}", **{**facts, **numbers})


def _find(
    page: Page, place: str, case: dict[str, dict[str, float]], verdict: str | None, facts: dict[str, Fact]
) -> None:
    if verdict is None:
        hidden = case["hidden"]
        kind = "none" if not hidden["count"] else "turned" if hidden["right"] else "stays"
        count = page.number(f"{place}/hidden/count")
        page.find(f"finding.hidden.{kind}", count=count, **facts)
        return
    shares = {key: page.number(f"{place}/to_rival/{key}", percent=True, digits=0) for key in ("mass", "area")}
    page.find(f"finding.pair.{verdict}", **facts, **shares)
