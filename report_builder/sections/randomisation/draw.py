"""How far each method's maps outlive the weights of the network, in numbers and in pictures."""

from __future__ import annotations

import numpy as np
from markupsafe import Markup

from report_builder import verdicts
from report_builder.plots.images import MapRow, image_grid
from report_builder.plots.stages import stage_heatmap
from report_builder.render.page import Page
from report_builder.render.words import Fact
from report_builder.sections.map_methods import ORDER, SIGNED
from report_builder.sections.sample_words import join

SHOWN = ("guided_backpropagation", "grad_cam")
NEVER = "cam"  # FarmNet has more than one linear layer after its pooling


def draw(page: Page) -> None:
    head = page.value("randomisation#/head")
    order = sorted(head, key=lambda name: -float(head[name]))
    page.facts |= {
        "scenes": page.number("randomisation#/scenes"),
        "stages": page.count("randomisation#/stages"),
        "samples": page.number("randomisation#/samples"),
        "animal": page.words.text(f"common.class.{page.value('randomisation#/scene_class')}"),
    }
    stages = [
        page.words.text(
            f"stage.{stage['kind']}", {"number": page.number(f"randomisation#/stages/{i}/number")}
        )
        for i, stage in enumerate(page.value("randomisation#/stages"))
    ]
    page.say("how", "how")
    left_out = [method for method in ORDER if method not in head and method != NEVER]
    if left_out:
        methods = page.number("randomisation#/methods")
        page.say("how", "left_out", methods=methods, names=_names(page, left_out))
    page.say("how", "draws")
    _heatmap(page, order, stages)
    _pictures(page, stages)
    if page.value("vision#/network") != "farmnet":
        page.find("finding.other_network")
    for method in SHOWN:
        facts = _facts(page, method)
        verdict = verdicts.survival(head[method])
        page.say("reading", f"{method}.{verdict}", **facts)
        page.find(f"finding.{method}.{verdict}", **facts)
    _others(page, order, head)


def _key(method: str) -> str:
    """Catalog key of a method's name."""
    return method if method == "from_mean_colour" else f"common.method.{method}"


def _name(page: Page, method: str) -> Markup:
    return page.words.html(_key(method))


def _names(page: Page, methods: list[str]) -> Markup:
    return join(page, [_name(page, method) for method in methods])


def _facts(page: Page, method: str) -> dict[str, Fact]:
    return {
        "method": _name(page, method),
        "head": page.number(f"randomisation#/head/{method}", digits=2),
        "all": page.number(f"randomisation#/all/{method}", digits=2),
    }


def _heatmap(page: Page, order: list[str], stages: list[str]) -> None:
    correlations = page.value("randomisation#/correlations")
    figure = stage_heatmap(
        np.array([correlations[name] for name in order]),
        [page.words.text(_key(name)) for name in order],
        stages,
        page.words.text("bar"),
        page.words.language,
    )
    page.figure("stages", figure)


def _pictures(page: Page, stages: list[str]) -> None:
    arrays = page.saved["randomisation"].arrays()
    names = ["trained", *(f"stage_{i + 1}" for i in range(len(stages)))]
    titles = [page.words.text("stage.trained"), *stages]
    scene = np.repeat(arrays["scene"][None] / 255, len(names), axis=0)
    rows: list[MapRow] = []
    for method in SHOWN:
        maps = np.stack([arrays[f"{name}.{method}"] for name in names])
        signed = method in SIGNED
        rows.append(
            MapRow(
                page.words.text(f"row.{method}"),
                maps,
                signed=signed,
                over=None if signed else scene,
                titles=titles if not rows else (),
            )
        )
    bar = page.words.text("common.colour_scale")
    page.figure("maps", image_grid(rows, page.words.language, bar=bar), pictures=True)


def _others(page: Page, order: list[str], head: dict[str, float]) -> None:
    """The other methods by what a random classifier leaves of their maps."""
    others = [name for name in order if name not in SHOWN]
    page.say("others", "others.lead")
    for verdict in ("kept", "changed", "lost"):
        names = [name for name in others if verdicts.survival(head[name]) == verdict]
        if names:
            page.say(
                "others",
                f"others.{verdict}_one" if len(names) == 1 else f"others.{verdict}",
                names=_names(page, names),
                range=_range(page, names[-1], names[0]),
            )
    _back(page, [name for name in others if verdicts.survival(head[name]) == "lost"])
    rest = page.value("randomisation#/all")
    least, most = min(rest, key=rest.get), max(rest, key=rest.get)
    page.say(
        "others",
        "others.all",
        least=_name(page, least),
        low=page.number(f"randomisation#/all/{least}", digits=2),
        most=_name(page, most),
        high=page.number(f"randomisation#/all/{most}", digits=2),
    )


def _range(page: Page, least: str, most: str) -> Fact:
    """What a random classifier leaves of the two, as one number where both are printed alike."""
    low, high = (page.number(f"randomisation#/head/{name}", digits=2) for name in (least, most))
    return low if low.plain == high.plain else page.words.html("interval", {"low": low, "high": high})


def _back(page: Page, lost: list[str]) -> None:
    """A method that a random classifier makes lose its map can come nearer to it again at a later stage."""
    later = {name: page.value(f"randomisation#/correlations/{name}")[1:] for name in lost}
    most = max(lost, key=lambda name: max(later[name]), default=None)
    if most is None or verdicts.survival(max(later[most])) == "lost":
        return
    stage = 1 + later[most].index(max(later[most]))
    page.say(
        "others",
        "others.back",
        most=_name(page, most),
        peak=page.number(f"randomisation#/correlations/{most}/{stage}", digits=2),
    )
