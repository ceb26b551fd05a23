"""The heat maps of signals, what they are worth, and how relevance fades with the distance from the end."""

from __future__ import annotations

from report_builder.plots.relevance_strips import Strip, StripRow, StripSignal, relevance_strips
from report_builder.render.page import Cell, Column, Page
from report_builder.render.words import Fact
from report_builder.sections.relevance import METHODS, NETWORKS, REFERENCES
from report_builder.sections.relevance.fading_words import draw_fading
from report_builder.sections.relevance.printed import method_name, network_name, rule_name
from report_builder.sections.relevance.truth_words import draw_truth
from report_builder.sections.sample_words import join
from report_builder.sections.signal_words import class_label

ROWS, COLUMNS = 4, 4  # classes and signals of each that fit on a page
SIGNED = frozenset({"integrated_gradients", "occlusion", "gradient_shap"})


def draw(page: Page) -> None:
    first = f"relevance.{NETWORKS[0]}"
    page.facts |= {
        "copies": page.number(f"{first}#/copies"),
        "sigma": page.number(f"{first}#/sigma", percent=True, digits=0),
        "draws": page.number(f"{first}#/draws"),
        "background": page.number(f"{first}#/background"),
        "window": page.number(f"{first}#/window"),
        "window_seconds": page.number(f"{first}#/window_seconds", digits=2),
        "few": page.number(f"{first}#/scored_copies"),
        "few_draws": page.number(f"{first}#/scored_draws"),
        "count": page.number("relevance.scores#/count"),
    }
    for kind in NETWORKS:
        accuracy = page.number(f"relevance.scores#/accuracy/{kind}", percent=True, digits=1)
        page.facts[f"{kind}_accuracy"] = accuracy
    simulated = page.value("signals#/simulated")
    source = "ecg" if simulated else "signals"
    page.say("answer", f"answer.{source}")
    page.say("methods", f"methods.{source}")
    page.say(
        "methods",
        "sums.asked",
        tolerance=page.number("verdicts#/completeness_tolerance", percent=True, digits=0),
    )
    for kind in NETWORKS:
        _sums(page, kind)
    _strips(page, simulated)
    if page.value("relevance.scores#/truth"):
        _table(page, ("pointing", "mass"))
        draw_truth(page)
    else:
        _table(page, ("deletion",))
        _deletion(page)
    draw_fading(page)


def _sums(page: Page, kind: str) -> None:
    """With how many steps Integrated Gradients share out the change of the logit."""
    source = f"relevance.{kind}#/completeness"
    count, first, last = (page.value(f"{source}/{name}") for name in ("count", "first", "last"))
    facts: dict[str, Fact] = {
        "network": network_name(page, kind),
        "steps": page.number(f"relevance.{kind}#/steps"),
        "scored": page.number(f"{source}/count"),
    }
    if first == count:
        page.say("methods", "sums.kept", **facts)
        return
    facts |= {name: page.number(f"{source}/{name}") for name in ("first", "last")}
    page.say("methods", "sums.finer", most=page.number(f"{source}/most_steps"), **facts)
    if last < count:
        page.say("methods", "sums.open")


def _strips(page: Page, simulated: bool) -> None:
    """Every signal shown with all maps of both networks; of many classes the first ones."""
    arrays = page.saved["signals"].arrays()
    maps = [page.saved[f"relevance.{kind}"].arrays() for kind in NETWORKS]
    places = page.value("signals#/shown")
    labels = arrays["test_y"][places]
    drawn = sorted(set(labels.tolist()))[:ROWS]
    rows = []
    for label in drawn:
        of_class = [number for number, value in enumerate(labels) if value == label][:COLUMNS]
        signals = [
            StripSignal(
                arrays["test_x"][places[number]],
                arrays["test_planted"][places[number]] if simulated else None,
                [
                    [Strip(found[f"shown.{name}"][number], name in SIGNED) for name in METHODS]
                    for found in maps
                ],
            )
            for number in of_class
        ]
        rows.append(StripRow(class_label(page, page.value(f"signals#/classes/{label}")), signals))
    figure = relevance_strips(
        rows,
        [page.words.text(f"network.{kind}") for kind in NETWORKS],
        [page.words.text(f"short.{name}") for name in METHODS],
        page.value("signals#/length") / page.value("signals#/sampling_rate"),
        page.words.text("time"),
        page.words.language,
        bar=page.words.text("bar"),
    )
    marked = page.words.html("strips.planted" if simulated else "strips.unmarked")
    page.figure("strips", figure, pictures=True, marked=marked)
    if len(set(labels.tolist())) > len(drawn):
        page.say("methods", "strips.some")


def _table(page: Page, scores: tuple[str, ...]) -> None:
    """Methods and rules by network and score; the best printed value of the methods stands out."""
    columns = [Column("column.method", numeric=False)]
    columns += [Column(f"column.{score}.{kind}") for kind in NETWORKS for score in scores]
    rows: list[list[Cell | Fact]] = []
    for name in (*METHODS, *REFERENCES):
        row: list[Cell | Fact] = [method_name(page, name)]
        for kind in NETWORKS:
            for score in scores:
                source = f"relevance.scores#/scores/{score}/{kind}/means/{name}"
                number = page.number(f"{source}/value", percent=True, digits=0)
                best = page.value(f"relevance.scores#/scores/{score}/{kind}/best")
                shown = page.number(
                    f"relevance.scores#/scores/{score}/{kind}/means/{best}/value", percent=True, digits=0
                )
                interval = page.interval(f"{source}/interval", percent=True, digits=0)
                row.append(Cell(number, interval, best=name in METHODS and number.plain == shown.plain))
        rows.append(row)
    page.table("truth" if "mass" in scores else "deletion", columns, rows)


def _deletion(page: Page) -> None:
    """Without the truth: what masking in the order of a map does."""
    page.say("scored", "deletion.asked")
    for kind in NETWORKS:
        source = f"relevance.scores#/scores/deletion/{kind}"
        best = page.value(f"{source}/best")
        facts: dict[str, Fact] = {
            "network": network_name(page, kind),
            "best": method_name(page, best),
            "value": page.number(
                f"{source}/means/{page.value(f'{source}/best')}/value", percent=True, digits=0
            ),
            "rule": rule_name(page, page.value(f"{source}/best_rule")),
            "rule_value": page.number(
                f"{source}/means/{page.value(f'{source}/best_rule')}/value", percent=True, digits=0
            ),
        }
        beating = page.value(f"{source}/beating")
        if beating:
            facts["names"] = join(page, [method_name(page, name) for name in beating])
        page.say("results", f"deletion.{'some' if beating else 'none'}", **facts)
        page.find(f"finding.deletion.{'some' if beating else 'none'}", **facts)
