"""Which explanations of the table come out again: the order of the features, their directions, the curves."""

from __future__ import annotations

from markupsafe import Markup

from report_builder import verdicts
from report_builder.plots.dependence_bands import Band, FeatureBands, dependence_bands
from report_builder.render.page import Cell, Column, Page
from report_builder.render.words import Fact
from report_builder.sections.certainty.printed import features, found, shown, source_of
from report_builder.sections.sample_words import join

METHODS = ("shap", "lime", "nam")
SIGNED = ("shap", "lime")
MEASURES = {"spearman": "agreement", "top3_jaccard": "overlap", "sign": "sign"}
NETWORKS = ("mlp", "nam")
DRAWN = 8  # features of the figure


def draw_explanations(page: Page) -> None:
    if found(page, "importance") is None or page.value("certainty#/main/seeds") < 2:
        return
    page.facts["top"] = page.number("certainty#/top")
    _order(page)
    _features(page)
    if found(page, "dependence") is not None:
        _curves(page)


def _order(page: Page) -> None:
    importance = found(page, "importance")
    kinds: dict[str, list[Fact]] = {kind: [] for kind in reversed(verdicts.repeated.names)}
    for method in METHODS:
        if method in importance:
            mean = page.value(source_of("importance", method, "rank_correlation", "mean"))
            kinds[verdicts.repeated(mean)].append(page.words.html(f"in_order.{method}"))
    for place, kind in enumerate(kind for kind, names in kinds.items() if names):
        page.say("again", f"{'order_more' if place else 'order'}.{kind}", names=join(page, kinds[kind]))
    seeds = page.value("certainty#/main/seeds")
    always = [name for name, count in importance["shap"]["top3_counts"].items() if count == seeds]
    if always:
        page.say("again", "always.some", names=features(page, always))
    else:
        page.say("again", "always.none")
    flips = found(page, "sign_flips")
    changing = [
        name
        for name in found(page, "features")
        if any((flips[method][name] or 0) > verdicts.SIGN_FLIPS for method in SIGNED)
    ]
    facts: dict[str, Fact] = {"names": features(page, changing)} if changing else {}
    bound = page.number("verdicts#/sign_flips", percent=True, digits=0)
    page.say("again", f"flips.{'some' if changing else 'none'}", bound=bound, **facts)
    agreement, ceiling = found(page, "agreement"), found(page, "ceiling")
    if not all(values[measure] for values in (agreement, ceiling) for measure in MEASURES):
        return
    mine, own = agreement["spearman"], ceiling["spearman"]
    key = "below" if mine["high"] < own["low"] else "mixed" if mine["mean"] < own["mean"] else "within"
    facts = {}
    for measure, name in MEASURES.items():
        facts[name] = page.number(source_of("agreement", measure, "mean"), digits=2)
        own_name = "ceiling" if measure == "spearman" else f"{name}_ceiling"
        facts[own_name] = page.number(source_of("ceiling", measure, "mean"), digits=2)
    page.say("again", f"draws.{key}", **facts)


def _features(page: Page) -> None:
    importance = found(page, "importance")
    methods = [method for method in METHODS if method in importance]
    ranked = importance["shap"]["features"]
    ordered = sorted(ranked, key=lambda name: ranked[name]["mean_rank"])
    rows: list[list[Cell | Fact]] = []
    for name in ordered[: verdicts.MOST_ROWS]:
        row: list[Cell | Fact] = [page.feature(name)]
        for method in methods:
            place = source_of("importance", method, "features", name)
            ends = {
                end: page.number(f"{place}/{rank}_rank") for end, rank in (("low", "best"), ("high", "worst"))
            }
            row.append(
                Cell(page.number(f"{place}/mean_rank", digits=1), page.words.html("interval", dict(ends)))
            )
        row.append(page.number(source_of("importance", "shap", "top3_counts", name)))
        row += [
            shown(page, source_of("sign_flips", method, name), percent=True, digits=0) for method in SIGNED
        ]
        rows.append(row)
    rows += [_compared(page, measure, methods) for measure in ("rank_correlation", "top3_overlap")]
    columns = [Column("common.feature", numeric=False)]
    columns += [Column(f"column.{method}_rank") for method in methods]
    columns += [Column("column.in_top"), *(Column(f"column.{method}_flips") for method in SIGNED)]
    page.table("importance", columns, rows)
    if len(ordered) > verdicts.MOST_ROWS:
        page.say("importance_cut", "importance_cut", shown=page.number("verdicts#/most_rows"))


def _compared(page: Page, measure: str, methods: list[str]) -> list[Cell | Fact]:
    """How alike the importance is in two runs, under the ranks of each method."""
    row: list[Cell | Fact] = [page.words.html(f"measure_row.{measure}", page.facts)]
    for method in methods:
        place = source_of("importance", method, measure)
        if measure == "top3_overlap":
            row.append(page.number(place, digits=2))
            continue
        low = Markup(page.number(f"{place}/low", digits=2).__html__())
        row.append(Cell(page.number(f"{place}/mean", digits=2), low))
    return [*row, *[""] * (1 + len(SIGNED))]


def _curves(page: Page) -> None:
    dependence = found(page, "dependence")
    page.say("curves", "bands.rule")
    for network in NETWORKS:
        _bands(page, network)
    names = found(page, "features")
    widest = sorted(names, key=lambda n: -max(dependence[m][n]["range"] for m in NETWORKS))[:DRAWN]
    arrays = page.saved["certainty"].arrays()
    panels = [
        FeatureBands(
            page.feature(name, unit=True),
            arrays["grid"][j],
            {m: Band(*(arrays[f"{m}_{line}"][j] for line in ("mean", "low", "high"))) for m in NETWORKS},
        )
        for name, j in ((name, names.index(name)) for name in widest)
    ]
    legend = {network: page.words.text(f"common.models.{network}") for network in NETWORKS}
    probability = page.words.text("common.probability")
    page.figure("dependence", dependence_bands(panels, legend, probability, page.words.language))


def _bands(page: Page, network: str) -> None:
    """The curves of one network that come out again, those that do not, and the flat ones."""
    kinds: dict[str, list[str]] = {"again": [], "partly": [], "not": [], "flat": []}
    for name, curve in found(page, "dependence")[network].items():
        flat = verdicts.effect(curve["range"]) == "negligible"
        kinds["flat" if flat else verdicts.band(curve["ratio"])].append(name)
    model = page.words.html(f"common.models.{network}")
    steep = kinds["again"] + kinds["partly"] + kinds["not"]
    if steep:
        key = "all" if kinds["again"] == steep else "again" if kinds["again"] else "none"
        facts: dict[str, Fact] = {"names": features(page, kinds["again"])} if key == "again" else {}
        page.say("curves", f"bands.{key}", model=model, **facts)
    for kind in ("not", "flat"):
        if kinds[kind]:
            page.say("curves", f"bands.{kind}", names=features(page, kinds[kind]), model=model)
