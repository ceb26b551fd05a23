"""Which of the proposed methods is an improvement: by paired intervals, in words that suit them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from markupsafe import Markup

from report_builder.render.page import Page
from report_builder.render.words import Fact
from report_builder.sections.image_words import method_name
from report_builder.sections.input_times_gradient.names import IMPROVEMENTS, PLAIN
from report_builder.sections.sample_words import join

STEP = "input_times_gradient#"
TO_BEAT = "edges"


def say_improvements(page: Page) -> None:
    scores = page.value(f"{STEP}/scores")
    there = [name for name in IMPROVEMENTS if name in page.value(f"{STEP}/completeness")]
    found = {}
    page.say("improvement", f"gains.{'deletion' if 'deletion' in scores else 'shares'}")
    for name in there:
        found[name] = _verdict(score["gains"][name]["interval"] for score in scores.values())
        gains = _gains(page, [f"gains/{name}"] * len(scores), list(scores))
        page.say("improvement", f"improvement.{found[name]}", method=method_name(page, name), gains=gains)
    better = [name for name, verdict in found.items() if verdict == "better"]
    key = "all" if len(better) == len(there) else "some" if better else "none"
    facts: dict[str, Fact] = {"names": _names(page, better)} if better else {}
    page.find(f"finding.improvement.{key}", **facts)
    if len(there) > 1:
        verdict = _verdict(score["between"]["interval"] for score in scores.values())
        gains = _gains(page, ["between"] * len(scores), list(scores))
        page.say("improvement", f"between.{verdict}", gains=gains)
    _references(page, [PLAIN, *there])
    _alike(page)


def _verdict(intervals: Iterable[Sequence[float]]) -> str:
    """ "better", "worse", "mixed" or "open", by which of the intervals leave out zero."""
    ends = list(intervals)
    up, down = any(low > 0 for low, _ in ends), any(high < 0 for _, high in ends)
    return "mixed" if up and down else "better" if up else "worse" if down else "open"


def _gains(page: Page, places: list[str], scores: list[str]) -> Markup:
    """The gains in each score with their intervals, as one enumeration."""
    parts: list[Fact] = []
    for score, place in zip(scores, places, strict=True):
        source = f"{STEP}/scores/{score}/{place}"
        share = score != "deletion"
        digits = 0 if share else 3
        facts: dict[str, Fact] = {
            "gain": page.number(f"{source}/value", percent=share, digits=digits, signed=True),
            "low": page.number(f"{source}/interval/0", percent=share, digits=digits, signed=True),
            "high": page.number(f"{source}/interval/1", percent=share, digits=digits, signed=True),
        }
        parts.append(page.words.html(f"gain.{score}", facts))
    return join(page, parts)


def _names(page: Page, methods: list[str]) -> Markup:
    return join(page, [method_name(page, name) for name in methods])


def _references(page: Page, methods: list[str]) -> None:
    """Who is clearly ahead of an edge filter, which looks at no network, in each score."""
    for score, found in page.value(f"{STEP}/scores").items():
        ahead = [name for name in methods if found["ahead"][name][TO_BEAT]["interval"][0] > 0]
        behind = [name for name in methods if name not in ahead]
        key = "all" if not behind else "some" if ahead else "none"
        facts: dict[str, Fact] = {"score": page.words.html(f"name.{score}")}
        if key == "some":
            facts |= {"ahead": _names(page, ahead), "behind": _names(page, behind)}
        page.say("references", f"references.{key}", **facts)


def _alike(page: Page) -> None:
    """How alike the signed maps of the improvements are to those of Input x Gradient."""
    pairs = page.value(f"{STEP}/alike")
    others = [i for i, pair in enumerate(pairs) if pair["first"] == PLAIN]
    parts: list[Fact] = [
        page.words.html(
            "alike_pair",
            {
                "method": method_name(page, pairs[i]["second"]),
                "correlation": page.number(f"{STEP}/alike/{i}/correlation", digits=2, signed=True),
            },
        )
        for i in others
    ]
    page.say("references", "alike", pairs=join(page, parts))
