"""Force plots, waterfalls and sentences for the chosen samples; the beeswarm of all test samples."""

from __future__ import annotations

from report_builder import verdicts
from report_builder.plots.forces import ForcePanel, beeswarm, force_plot, waterfall
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
    Column("common.feature", numeric=False),
    Column("column.mean"),
    Column("column.share"),
    Column("column.rho"),
)
SWARM_ROWS = 20


def draw(page: Page) -> None:
    samples = page.value("shapley#/samples")
    exact = page.value("shapley#/estimator") == "exact"
    page.facts |= {
        "samples": page.number("shapley#/test_rows"),
        "background": page.number("shapley#/background"),
        "base": page.number("shapley#/base", digits=3),
        "error": page.number("shapley#/additivity_error", scientific=True),
        "decimals": page.number("shapley#/equal_decimals"),
        "limit": page.number("shapley#/mention_share", percent=True, digits=0),
    }
    _findings(page)
    if exact:
        page.say("estimator", "estimator.exact", coalitions=page.number("shapley#/coalitions"))
    else:
        page.say(
            "estimator", "estimator.permutation", spread=page.number("shapley#/standard_error", digits=4)
        )
    passed = page.value("shapley#/additivity_error") <= verdicts.ADDITIVITY_TOLERANCE
    page.say("additivity", "additivity.holds" if passed else "additivity.fails")
    panels = [_panel(page, i) for i in range(len(samples))]
    axis = page.words.text("axis.output")
    page.figure("force", force_plot(panels, axis, page.words.language))
    page.figure("waterfall", waterfall(panels, axis, page.words.language))
    for i in range(len(samples)):
        _describe(page, i)
    _draw_all(page)


def _findings(page: Page) -> None:
    ranking = page.value("shapley#/ranking")
    shares = [page.number(f"shapley#/share/{pointer(name)}", percent=True, digits=0) for name in ranking]
    page.find(
        "finding.leader",
        feature=page.feature(ranking[0]),
        second=page.feature(ranking[1]),
        share=shares[0],
        second_share=shares[1],
    )
    leaders = list(dict.fromkeys(sample["features"][0]["name"] for sample in page.value("shapley#/samples")))
    names = join(page, [page.feature(name) for name in leaders])
    page.find("finding.one_leader" if len(leaders) == 1 else "finding.several_leaders", features=names)


def _panel(page: Page, i: int) -> ForcePanel:
    source = f"shapley#/samples/{i}"
    sample = page.value(source)
    features = sample["features"][:SHOWN]
    names = [page.feature(feature["name"]) for feature in features]
    places = [f"{source}/features/{k}" for k in range(len(features))]
    values = [page.words.text(*_value_words(page, place)) for place in places]
    labels = [
        label(page, "common.feature_value", feature["name"], {"value": value})
        for feature, value in zip(features, values, strict=True)
    ]
    shap = [feature["shap"] for feature in features]
    rest = sum(feature["shap"] for feature in sample["features"][SHOWN:])
    if len(sample["features"]) > SHOWN:
        names.append(page.words.text("others"))
        values.append("")
        labels.append(names[-1])
        shap.append(rest)
    base = page.number("shapley#/base", digits=3)
    output = page.number(f"{source}/prediction", digits=3)
    return ForcePanel(
        title=sample_title(page, i),
        base=page.value("shapley#/base"),
        output=sample["prediction"],
        base_text=page.words.text("base", {"value": base}),
        output_text=page.words.text("output", {"value": output}),
        names=names,
        values=values,
        labels=labels,
        contributions=shap,
        texts=[page.words.number(value, signed=True, digits=3) for value in shap],
        labelled=sum(feature["share"] > verdicts.MENTION_SHARE for feature in features),
    )


def _describe(page: Page, i: int) -> None:
    """The paragraph of one sample: where it starts, what carries it up and down, and where it arrives."""
    paragraph, source = f"sample_{i + 1}", f"shapley#/samples/{i}"
    features = page.value(source)["features"]
    difference = page.value(source)["difference"]
    page.say(
        paragraph,
        f"sample.opening.{verdicts.direction(difference)}",
        **sample_facts(page, i),
        difference=page.number(f"{source}/difference", signed=True, digits=3),
    )
    named = [k for k, feature in enumerate(features) if feature["share"] > verdicts.MENTION_SHARE]
    for place, k in enumerate(named):
        position = "first" if place == 0 else "odd" if place % 2 else "even"
        page.say(
            paragraph,
            f"feature.{position}.{verdicts.direction(features[k]['shap'])}",
            **_feature_facts(page, f"{source}/features/{k}"),
        )
    rest = [
        page.words.html("rest.item", _feature_facts(page, f"{source}/features/{k}"))
        for k in rest_shown(len(features), named)
    ]
    if rest:
        page.say(paragraph, rest_key(len(features), named), features=join(page, rest))


def _feature_facts(page: Page, source: str) -> dict[str, Fact]:
    """What a sentence about one feature of a sample may print."""
    return {
        "feature": page.feature(page.value(source)["name"]),
        "value": page.words.html(*_value_words(page, source)),
        "shap": page.number(f"{source}/shap", signed=True, digits=3),
        "share": page.number(f"{source}/share", percent=True, digits=0),
    }


def _value_words(page: Page, source: str) -> tuple[str, dict[str, Fact]]:
    """Key and facts of a value in original units, with the unit where one is known."""
    name, number = page.value(source)["name"], in_units(page, f"{source}/value")
    if name not in page.words.units:
        return "value_alone", {"value": number}
    return "value_with_unit", {"value": number, "unit": page.words.units[name]}


def _draw_all(page: Page) -> None:
    ranking = page.value("shapley#/ranking")
    arrays, split = page.saved["shapley"].arrays(), page.saved["split"].arrays()
    columns = [str(name) for name in split["feature_names"]]
    order = [columns.index(name) for name in ranking[:SWARM_ROWS]]
    figure = beeswarm(
        arrays["values"][:, order],
        split["x_test"][:, order],
        arrays["swarm"],
        [page.feature(name) for name in ranking[:SWARM_ROWS]],
        page.words.language,
        xlabel=page.words.text("axis.shap"),
        importance_label=page.words.text("axis.importance"),
        colour_label=page.words.text("axis.feature_value"),
        colour_ends=(page.words.text("axis.low"), page.words.text("axis.high")),
    )
    page.figure("beeswarm", figure)
    sampled = "swarm" in page.saved["shapley"].values
    if sampled:
        page.facts["points"] = page.number("shapley#/swarm")
        page.footnote("beeswarm")
    page.say("all", "all.sampled" if sampled else "all.every")
    page.say("all", "all.reading")
    rows: list[list[Fact]] = []
    for name in ranking:
        key = pointer(name)
        defined = page.value("shapley#/direction")[name] is not None
        rows.append(
            [
                page.feature(name),
                page.number(f"shapley#/mean_abs/{key}", digits=3),
                page.number(f"shapley#/share/{key}", percent=True, digits=1),
                page.number(f"shapley#/direction/{key}", signed=True, digits=2)
                if defined
                else page.words.html("common.undefined"),
            ]
        )
    page.table("importance", COLUMNS, rows)
    _directions(page, ranking)


def _directions(page: Page, ranking: list[str]) -> None:
    """Which features raise the probability as they grow, which lower it, and which do neither clearly."""
    groups: dict[str, list[str]] = {"up": [], "down": [], "mixed": []}
    for name in ranking:
        rho = page.value("shapley#/direction")[name]
        clear = rho is not None and verdicts.correlation(rho) in ("moderate", "strong")
        groups[verdicts.direction(rho) if clear else "mixed"].append(page.feature(name))
    for group, names in groups.items():
        if names:
            page.say("directions", f"directions.{group}", features=join(page, names))
