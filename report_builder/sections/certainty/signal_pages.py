"""Whether the same method explains the signals best with every seed."""

from __future__ import annotations

from report_builder import verdicts
from report_builder.render.page import Cell, Column, Page
from report_builder.render.words import Fact
from report_builder.sections.certainty.printed import found, ordered, shown, source_of

METHODS = ("integrated_gradients", "smooth_grad", "occlusion", "gradient_shap")


def draw_signals(page: Page) -> None:
    signals = found(page, "signals")
    if signals is None:
        return
    alone = signals["seeds"] < 2
    kinds = ordered(signals["scores"])
    for kind in kinds:
        _first(page, kind, alone)
    rows: list[list[Cell | Fact]] = []
    for method in (*METHODS, *signals["rules"]):
        rule = method in signals["rules"]
        row: list[Cell | Fact] = [
            page.words.html(f"rule_row.{method}" if rule else f"common.method.{method}")
        ]
        for kind in kinds:
            place = source_of("signals", "scores", kind, method)
            counts = signals["best_counts"][kind]
            row.append(_score(page, place, best=counts.get(method) == max(counts.values())))
            if not alone:
                count = source_of("signals", "best_counts", kind, method)
                row.append(page.words.html("no_value") if rule else page.number(count))
        rows.append(row)
    columns = [Column("column.method", numeric=False)]
    for kind in kinds:
        columns += [Column(f"column.{kind}_score"), *([] if alone else [Column(f"column.{kind}_best")])]
    scored = page.words.html(f"signals.scored.{signals['score']}")
    page.table("relevance_alone" if alone else "relevance", columns, rows, scored=scored)


def _first(page: Page, kind: str, alone: bool) -> None:
    """The method that is best most often, and whether it is worth more than the rules."""
    signals = found(page, "signals")
    counts, seeds = signals["best_counts"][kind], signals["seeds"]
    best = max(counts, key=lambda method: counts[method])
    always, mostly = counts[best] == seeds, counts[best] > verdicts.MAJORITY * seeds
    place = source_of("signals", "scores", kind, best)
    facts: dict[str, Fact] = {
        "network": page.words.html(f"network.{kind}"),
        "method": page.words.html(f"common.method.{best}"),
        "count": page.number(source_of("signals", "best_counts", kind, best)),
        "seeds": page.number("certainty#/signals/seeds"),
        "mean": shown(page, f"{place}/mean", digits=3),
    }
    if not alone:
        beating = signals["beating_counts"][kind][best]
        facts["beating"] = page.number(source_of("signals", "beating_counts", kind, best))
        rules = "always" if beating == seeds else "some" if beating else "none"
        facts["rules"] = page.words.html(f"signals.rules.{rules}", facts)
        facts |= {end: shown(page, f"{place}/{end}", digits=3) for end in ("low", "high")}
    key = "alone" if alone else "always" if always else "mostly" if mostly else "changing"
    page.say("relevance", f"signals.first.{key}", **facts)


def _score(page: Page, place: str, best: bool) -> Cell | Fact:
    if page.value(place) is None:
        return page.words.html("no_value")
    ends = None
    if page.value(f"{place}/sd") is not None:
        pair = {end: page.number(f"{place}/{end}", digits=2) for end in ("low", "high")}
        ends = page.words.html("interval", dict(pair))
    return Cell(page.number(f"{place}/mean", digits=3), ends, best=best)
