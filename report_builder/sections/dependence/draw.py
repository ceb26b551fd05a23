"""Curves of every feature in both networks, what they say, and whether the additive model helps."""

from __future__ import annotations

from markupsafe import Markup

from report_builder import verdicts
from report_builder.plots.dependence import MODELS, FanPanel, FeaturePanels, dependence_panels, ice_fans
from report_builder.render.page import Cell, Column, Page, pointer
from report_builder.render.words import Fact
from report_builder.sections.sample_words import in_units, join

COLUMNS = (
    Column("common.feature", numeric=False),
    Column("column.mlp_slope"),
    Column("column.mlp_range"),
    Column("column.nam_slope"),
    Column("column.nam_range"),
    Column("column.correlation"),
    Column("column.heterogeneity"),
    Column("column.opposite"),
)
QUALITY = ("auc", "accuracy")  # the first that tells the networks apart decides


def draw(page: Page) -> None:
    low, high = (page.number(f"dependence#/percentiles/{end}", percent=True, digits=0) for end in (0, 1))
    page.facts |= {
        "rows": page.number("dependence#/rows"),
        "features": page.number("dependence#/features"),
        "shown": page.number("dependence#/shown_count"),
        "grid": page.number("dependence#/grid"),
        "curves": page.number("dependence#/curves"),
        "low_share": low,
        "high_share": high,
        "widest": page.feature(page.value("dependence#/ranking/0")),
        "torn": page.feature(page.value("dependence#/additive/torn")),
        "opposite": page.number("dependence#/additive/opposite", percent=True, digits=0),
        "mlp_mean": page.number("dependence#/additive/mlp_mean", digits=2),
        "nam_spread": page.number("dependence#/additive/nam", scientific=True),
        "nam_probability": page.number("dependence#/additive/nam_probability", digits=3),
        "identity_error": page.number("dependence#/additive/identity_error", scientific=True),
    }
    names = page.value("dependence#/shown")
    _answer(page)
    _curves(page, names)
    for name in names:
        _describe(page, name)
    _table(page)
    _fans(page)


def _answer(page: Page) -> None:
    pair = "performance#/clean/pairs/mlp_nam"
    page.facts |= {
        **{
            f"{metric}_{m}": page.number(f"{m}#/test/{metric}", digits=3)
            for m in MODELS
            for metric in QUALITY
        },
        **{f"{metric}_interval": page.interval(f"{pair}/intervals/{metric}") for metric in QUALITY},
        "level": page.number("performance#/level", percent=True, digits=0),
    }
    apart = [metric for metric in QUALITY if page.value(f"{pair}/told_apart/{metric}")]
    winner = "same"
    if apart:
        winner = "mlp" if page.value(f"{pair}/difference/{apart[0]}") > 0 else "nam"
    page.find(f"finding.help.{winner}")
    page.say("answer", f"answer.{winner}")
    exact = page.value("dependence#/additive/identity_error") <= verdicts.ADDITIVITY_TOLERANCE
    page.say("gain", f"identity.{'holds' if exact else 'fails'}")
    page.say("gain", f"black_box.{verdicts.contrary(page.value('dependence#/additive/opposite'))}")
    _story(page)


def _story(page: Page) -> None:
    """Whether the two networks say the same of the features: leaders, ranks, curves."""
    leaders = {model: page.value(f"dependence#/importance/leaders/{model}") for model in MODELS}
    first = {model: leaders[model][0] for model in MODELS}
    facts: dict[str, Fact] = {
        **{f"{model}_first": page.feature(first[model]) for model in MODELS},
        "mlp_range": page.number(f"dependence#/mlp/{pointer(first['mlp'])}/range", digits=2),
        "nam_range": page.number(f"dependence#/nam/{pointer(first['nam'])}/range", digits=2),
        "top": page.number("dependence#/importance/top"),
        "shared": page.number("dependence#/importance/shared"),
        "used": page.number("dependence#/used"),
        "alike": page.number("dependence#/alike"),
    }
    page.find(f"finding.first.{'same' if first['mlp'] == first['nam'] else 'other'}", **facts)
    page.say("story", "story")
    rho = page.value("dependence#/importance/spearman")
    if rho is not None:
        number = page.number("dependence#/importance/spearman", digits=2)
        page.say("story", f"ranks.{verdicts.agreement(max(rho, 0.0))}", spearman=number, **facts)
    if page.value("dependence#/used"):
        page.say("story", "alike.some" if page.value("dependence#/alike") else "alike.none", **facts)
    relation = page.value("dependence#/relation")
    others = [page.feature(name) for name, found in relation.items() if found not in ("alike", "unused")]
    if others:
        page.say("story", "unlike", names=join(page, others))


def _curves(page: Page, names: list[str]) -> None:
    arrays = page.saved["dependence"].arrays()
    columns = arrays["names"].tolist()
    panels = []
    for name in names:
        i = columns.index(name)
        panels.append(
            FeaturePanels(
                page.feature(name, unit=True),
                arrays[f"grid_{i}"],
                arrays["deciles"][:, i],
                {model: arrays[f"{model}_{i}"] for model in MODELS},
                {model: arrays[f"{model}_ice_{i}"] for model in MODELS},
            )
        )
    titles = {model: page.words.text(f"common.models.{model}") for model in MODELS}
    figure = dependence_panels(panels, titles, page.words.text("common.probability"), page.words.language)
    page.figure("curves", figure)
    page.say("reading", "reading")
    if page.value("dependence#/features") > page.value("dependence#/shown_count"):
        page.say("reading", "cut")


def _describe(page: Page, name: str) -> None:
    """One point of the list: both curves, how they compare, and what the average hides in the MLP."""
    sentences = []
    for model in MODELS:
        source = f"dependence#/{model}/{pointer(name)}"
        facts: dict[str, Fact] = {
            "feature": page.feature(name),
            "range": page.number(f"{source}/range", digits=3),
            "slope": page.number(f"{source}/slope", digits=3, signed=True),
            "size": page.words.html(f"effect.{verdicts.effect(page.value(f'{source}/range'))}"),
            "low": in_units(page, f"{source}/low"),
            "high": _with_unit(page, name, f"{source}/high"),
            "lowest_at": _with_unit(page, name, f"{source}/lowest_at"),
            "highest_at": _with_unit(page, name, f"{source}/highest_at"),
            **{
                key: page.number(f"{source}/{key}", digits=2)
                for key in ("at_low", "at_high", "lowest", "highest")
            },
        }
        sentences.append(page.words.html(f"{model}.{page.value(source)['shape']}", facts))
    relation = page.value("dependence#/relation")[name]
    facts = {}
    if page.value("dependence#/agreement")[name] is not None:
        facts["r"] = page.number(f"dependence#/agreement/{pointer(name)}", digits=2)
    sentences.append(page.words.html(f"relation.{relation}", facts))
    source = f"dependence#/mlp/{pointer(name)}"
    if page.value(f"{source}/heterogeneity") > verdicts.ADDITIVITY_TOLERANCE:
        facts = {
            "spread": page.number(f"{source}/heterogeneity", digits=2),
            "share": page.number(f"{source}/opposite", percent=True, digits=0),
        }
        verdict = verdicts.contrary(page.value(f"{source}/opposite"))
        sentences.append(page.words.html(f"interaction.{verdict}", facts))
    page.paragraphs.setdefault("features", []).append(Markup(" ").join(sentences))


def _with_unit(page: Page, name: str, source: str) -> Fact:
    number = in_units(page, source)
    if name not in page.words.units:
        return number
    return page.words.html("value_with_unit", {"value": number, "unit": page.words.units[name]})


def _table(page: Page) -> None:
    rows: list[list[Cell | Fact]] = []
    for name in page.value("dependence#/ranking"):
        row: list[Cell | Fact] = [page.feature(name)]
        for model in MODELS:
            source = f"dependence#/{model}/{pointer(name)}"
            shape = page.words.html(f"shape.{page.value(source)['shape']}")
            row.append(page.number(f"{source}/slope", digits=3, signed=True))
            row.append(Cell(page.number(f"{source}/range", digits=3), shape))
        defined = page.value("dependence#/agreement")[name] is not None
        correlation = f"dependence#/agreement/{pointer(name)}"
        row.append(page.number(correlation, digits=2) if defined else page.words.html("common.undefined"))
        source = f"dependence#/mlp/{pointer(name)}"
        row.append(page.number(f"{source}/heterogeneity", digits=2))
        row.append(page.number(f"{source}/opposite", percent=True, digits=0))
        rows.append(row)
    page.table("features", COLUMNS, rows)


def _fans(page: Page) -> None:
    """Why the NAM's ICE curves are no interactions, seen on the feature that differs most in the MLP."""
    name = page.value("dependence#/example")
    arrays = page.saved["dependence"].arrays()
    i = arrays["names"].tolist().index(name)
    curves = {model: arrays[f"{model}_logit_{i}"] for model in MODELS}
    page.facts |= {
        "example": page.feature(name),
        "example_spread": page.number(f"dependence#/mlp/{pointer(name)}/heterogeneity", digits=2),
    }
    text = page.words.text
    panels = [
        FanPanel("nam", text("common.models.nam"), arrays[f"grid_{i}"], curves["nam"]),
        *(
            FanPanel(m, text(f"common.models.{m}"), arrays[f"grid_{i}"], curves[m] - curves[m][:, :1])
            for m in ("nam", "mlp")
        ),
    ]
    labels = [text("axis.logit"), *[text("axis.centred")] * 2]
    page.figure("fans", ice_fans(panels, page.feature(name, unit=True), labels, page.words.language))
    holds = page.value("dependence#/additive/nam") <= verdicts.ADDITIVITY_TOLERANCE
    page.say("additive", f"additive.{'holds' if holds else 'fails'}")
    page.say("sigmoid", "sigmoid")
    if page.value("writeup#/applies"):
        page.say("sigmoid", "writeup")
