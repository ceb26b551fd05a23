"""How far back a network's relevance reaches: curves, numbers, and the planted intervals early and late."""

from __future__ import annotations

import numpy as np

from report_builder import verdicts
from report_builder.plots.fading import FadingCurve, HitPanel, fading_figure
from report_builder.render.page import Page
from report_builder.render.words import Fact
from report_builder.sections.relevance import METHODS, NETWORKS
from report_builder.sections.relevance.printed import method_key, network_name
from report_builder.sections.signal_words import class_label

COMPARED = ("smooth_grad", "occlusion")  # made of gradients, and without any
EARLY, LATE = 0, 2  # thirds of a signal


def draw_fading(page: Page) -> None:
    truth = page.value("relevance.scores#/truth")
    page.say("fading", "fading.asked")
    page.say("fading", "fading.shown" if truth else "fading.shown_alone")
    for kind in NETWORKS:
        _read(page, kind)
    _figure(page, truth)
    if truth:
        _thirds(page)


def _read(page: Page, kind: str) -> None:
    source = f"relevance.{kind}#/fade"
    ratio = page.value(f"{source}/ratio")
    facts: dict[str, Fact] = {"network": network_name(page, kind)}
    if ratio is None:
        page.say("fading", "fading.undefined", **facts)
        return
    verdict = verdicts.far_back(ratio)
    facts["ratio"] = page.number(f"{source}/ratio", digits=2)
    page.say("fading", f"fading.{verdict}", **facts)
    if _fades(page, kind) and page.value(f"{source}/half") is not None:
        facts |= {
            "half": page.number(f"{source}/half", digits=2),
            "fit": page.number(f"{source}/fit", digits=2),
        }
        page.say("fading", "fading.half", **facts)
    if kind == NETWORKS[0]:
        page.find(f"finding.fading.{verdict}", **facts)


def _fades(page: Page, kind: str) -> bool:
    ratio = page.value(f"relevance.{kind}#/fade/ratio")
    return ratio is not None and verdicts.far_back(ratio) in ("lost", "fades")


def _figure(page: Page, truth: bool) -> None:
    curves = []
    for kind in NETWORKS:
        sizes = page.saved[f"relevance.{kind}"].arrays()["fade"].astype(np.float64)
        label = page.words.text(f"network.{kind}")
        curves.append(FadingCurve(label, _smoothed(sizes / (sizes.mean() or 1.0))))
    hits, shown, classes = [], (*METHODS, "energy"), []
    if truth:
        listed = page.value("relevance.scores#/classes")
        classes = [class_label(page, each["name"]) for each in listed]
        for kind in NETWORKS:
            shares = [[each["pointing"][kind][name] for each in listed] for name in shown]
            hits.append(HitPanel(page.words.text(f"network.{kind}"), np.array(shares)))
    figure = fading_figure(
        curves,
        page.value("signals#/length") / page.value("signals#/sampling_rate"),
        page.words.text("axis.back"),
        page.words.text("axis.size"),
        hits,
        [page.words.text(method_key(name)) for name in shown],
        classes,
        page.words.text("axis.hits"),
        page.words.language,
    )
    page.figure("fading" if truth else "fading_alone", figure, width="full" if truth else "half")


def _smoothed(sizes: np.ndarray) -> np.ndarray:
    """A moving mean over a fortieth of the signal: single samples flicker."""
    width = max(len(sizes) // 40, 1)
    padded = np.pad(sizes, (width // 2, width - 1 - width // 2), mode="edge")
    return np.convolve(padded, np.ones(width) / width, mode="valid")


def _thirds(page: Page) -> None:
    """Whether what lies far back is named and found less often than what lies near the end."""
    thirds = page.value("relevance.scores#/thirds")
    if not (thirds[EARLY]["scored"] and thirds[LATE]["scored"]):
        return
    for kind in NETWORKS:
        facts: dict[str, Fact] = {"network": network_name(page, kind)}
        for place, name in ((EARLY, "early"), (LATE, "late")):
            source = f"relevance.scores#/thirds/{place}"
            facts |= {
                f"{name}_scored": page.number(f"{source}/scored"),
                f"{name}_accuracy": page.number(f"{source}/accuracy/{kind}", percent=True),
            }
            for method in COMPARED:
                hits = page.number(f"{source}/pointing/{kind}/{method}", percent=True, digits=0)
                facts[f"{name}_{method}"] = hits
        if kind == NETWORKS[0]:
            page.say("thirds", "thirds.asked", **facts)
        late, early = (thirds[place]["pointing"][kind][COMPARED[0]] for place in (LATE, EARLY))
        trend = verdicts.direction(late - early, verdicts.SAME_SHARE)
        page.say("thirds", "thirds.hits", **facts)
        if _fades(page, kind):
            page.say("thirds", "thirds.cost" if trend == "up" else "thirds.spite")
