"""LIME's bars, conditions and sentences for the chosen samples."""

from __future__ import annotations

from report_builder import verdicts
from report_builder.plots.bars import BarPanel, signed_bars
from report_builder.render.page import Column, Page, pointer
from report_builder.render.words import Fact
from report_builder.sections.sample_words import (
    SHOWN,
    in_units,
    join,
    label,
    rest_key,
    rest_shown,
    sample_facts,
    sample_title,
)

COLUMNS = (
    Column("common.sample"),
    Column("column.condition", numeric=False),
    Column("column.standardised", numeric=False),
    Column("common.value"),
    Column("column.weight"),
)


def draw(page: Page) -> None:
    samples = page.value("lime#/samples")
    page.facts |= {
        "samples": page.number("chosen#/test_rows"),
        "perturbations": page.number("settings#/lime/perturbations"),
        "width": page.number("lime#/kernel_width", digits=2),
        "factor": page.number("settings#/lime/kernel_width", digits=2),
        "ridge": page.number("lime#/ridge"),
        "training_rows": page.number("lime#/training_rows"),
        "mean_r2": page.number("lime#/r2/mean", digits=2),
        "lowest_r2": page.number("lime#/r2/lowest", digits=2),
        "highest_r2": page.number("lime#/r2/highest", digits=2),
        "local_error": page.number("lime#/local_error", digits=3),
        "limit": page.number("lime#/mention_share", percent=True, digits=0),
    }
    _findings(page)
    by_rule = page.value("chosen#/rows/0/rule") != "setting"
    page.say("choice", "choice.rule" if by_rule else "choice.setting")
    panels = [_panel(page, i) for i in range(len(samples))]
    page.figure("samples", signed_bars(panels, page.words.text("axis.weight"), page.words.language))
    page.table("conditions", COLUMNS, [row for i in range(len(samples)) for row in _rows(page, i)])
    for i in range(len(samples)):
        _describe(page, i)
    _sampler(page)


def _findings(page: Page) -> None:
    leaders = list(dict.fromkeys(sample["features"][0]["name"] for sample in page.value("lime#/samples")))
    names = join(page, [page.feature(name) for name in leaders])
    page.find("finding.one_leader" if len(leaders) == 1 else "finding.several_leaders", features=names)
    page.find(f"finding.fit.{verdicts.surrogate_fit(page.value('lime#/r2/mean'))}")


def _panel(page: Page, i: int) -> BarPanel:
    source = f"lime#/samples/{i}"
    features = page.value(source)["features"]
    weights = [
        page.number(f"{source}/features/{k}/weight", signed=True, digits=3) for k in range(len(features))
    ]
    labels = [_short(page, f"{source}/features/{k}") for k in range(min(SHOWN, len(features)))]
    values = [weight.value for weight in weights[:SHOWN]]
    texts = [weight.plain for weight in weights[:SHOWN]]
    if len(features) > SHOWN:
        rest = sum(weight.value for weight in weights[SHOWN:])
        labels.append(page.words.text("others"))
        values.append(rest)
        texts.append(page.words.number(rest, signed=True, digits=3))
    title = page.words.text("panel", _fit_facts(page, i) | {"sample": sample_title(page, i)})
    return BarPanel(title, labels, values, texts)


def _fit_facts(page: Page, i: int) -> dict[str, Fact]:
    source = f"lime#/samples/{i}"
    return {
        "r2": page.number(f"{source}/r2", digits=2),
        "local": page.number(f"{source}/local_prediction", digits=3),
        "prediction": page.number(f"{source}/prediction", digits=3),
        "error": page.number(f"{source}/error", digits=3),
    }


def _condition(page: Page, source: str, style: str, tail: str = "") -> tuple[str, dict[str, Fact]]:
    """Key and facts of a condition; style: "short" (with signs) or "words"; tail: "" or "_standardised"."""
    feature = page.value(source)
    facts: dict[str, Fact] = {"feature": page.feature(feature["name"])}
    for end in ("low", "high"):
        if feature[end] is not None:
            place = f"{source}/{end}{tail}"
            facts[end] = page.number(place, digits=2) if tail else in_units(page, place)
    kind = {(True, False): "above", (False, True): "at_most", (True, True): "between", (False, False): "any"}
    return f"condition.{style}.{kind['low' in facts, 'high' in facts]}", facts


def _short(page: Page, source: str) -> str:
    key, facts = _condition(page, source, "short")
    return label(page, key, page.value(source)["name"], facts)


def _rows(page: Page, i: int) -> list[list[Fact]]:
    rows: list[list[Fact]] = []
    for k in range(min(SHOWN, len(page.value(f"lime#/samples/{i}/features")))):
        source = f"lime#/samples/{i}/features/{k}"
        conditions = []
        for tail in ("", "_standardised"):
            key, facts = _condition(page, source, "table" if tail else "short", tail)
            conditions.append(page.words.html(key, facts))
        weight = page.number(f"{source}/weight", signed=True, digits=3)
        index = page.number(f"lime#/samples/{i}/index") if k == 0 else ""
        rows.append([index, *conditions, in_units(page, f"{source}/value"), weight])
    return rows


def _describe(page: Page, i: int) -> None:
    """One sample in words: what speaks for and against the positive class, and how far to trust it."""
    paragraph, source = f"sample_{i + 1}", f"lime#/samples/{i}"
    page.say(paragraph, "sample.opening", **sample_facts(page, i))
    features = page.value(source)["features"]
    named = [k for k, feature in enumerate(features) if feature["share"] > verdicts.MENTION_SHARE]
    for place, k in enumerate(named):
        facts = _feature_facts(page, f"{source}/features/{k}")
        position = "first" if place == 0 else "odd" if place % 2 else "even"
        page.say(paragraph, f"feature.{position}.{verdicts.direction(features[k]['weight'])}", **facts)
    rest = [
        page.words.html("rest.item", _feature_facts(page, f"{source}/features/{k}"))
        for k in rest_shown(len(features), named)
    ]
    if rest:
        page.say(paragraph, rest_key(len(features), named), features=join(page, rest))
    sample = page.value(source)
    outside = not 0 <= sample["local_prediction"] <= 1
    page.say(paragraph, f"fit.{verdicts.surrogate_fit(sample['r2'])}", **_fit_facts(page, i))
    if outside:
        page.say(paragraph, "fit.outside")


def _feature_facts(page: Page, source: str) -> dict[str, Fact]:
    """What a sentence about one feature of a sample may print."""
    key, facts = _condition(page, source, "words")
    return facts | {
        "value": in_units(page, f"{source}/value"),
        "condition": page.words.html(key, facts),
        "weight": page.number(f"{source}/weight", signed=True, digits=3),
        "share": page.number(f"{source}/share", percent=True, digits=0),
    }


def _sampler(page: Page) -> None:
    affected = page.value("lime#/sampler/affected")
    facts: dict[str, Fact] = {
        "change": page.number("lime#/sampler/mean_change", digits=4),
        "largest": page.number("lime#/sampler/largest_change", digits=3),
    }
    if affected:
        shares = []
        for name in sorted(affected, key=lambda name: -affected[name]):
            share = page.number(f"lime#/sampler/affected/{pointer(name)}", percent=True, digits=0)
            shares.append(page.words.html("sampler.share", {"feature": page.feature(name), "share": share}))
        facts["shares"] = join(page, shares)
    page.say("sampler", "sampler.affected" if affected else "sampler.unaffected", **facts)
    if not affected:
        equal = page.value("lime#/sampler/largest_change") == 0
        page.say("sampler", "sampler.equal" if equal else "sampler.differ", **facts)
