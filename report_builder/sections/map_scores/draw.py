"""The ranking of all methods beside maps that look at no network, and what can be read from it."""

from __future__ import annotations

from collections.abc import Sequence

from report_builder import verdicts
from report_builder.plots.score_dots import ScorePanel, score_dots
from report_builder.render.numbers import Number
from report_builder.render.page import Cell, Column, Page
from report_builder.render.words import Fact
from report_builder.sections.map_methods import REFERENCES
from report_builder.sections.map_scores.picture_table import draw_pictures
from report_builder.sections.map_scores.printed import SHARES, TO_BEAT, as_score, key_of, name_of
from report_builder.sections.sample_words import join

SCORES = ("pointing", "mass", "pointing_part", "part_importance", "deletion", "insertion")
SMALL_IS_GOOD = frozenset({"deletion"})
DRAWN = ("mass", "part_importance", "insertion")  # of each kind one
LEADERS, LAST = 3, 2


def draw(page: Page) -> None:
    ranked = page.value("map_scores#/ranked")
    page.facts |= {
        "scenes": page.number("scenes#/count"),
        "level": page.number("verdicts#/confidence_level", percent=True, digits=0),
        "classes": page.number("scenes#/classes"),
        "accuracy": page.number("scenes#/accuracy", percent=True),
        "area": page.number("scenes#/area", percent=True),
        "removed": page.number("scenes#/parts_removed"),
        "methods": page.number("map_scores#/methods"),
        "samples": page.number("settings#/map_scores/samples"),
        "few": page.number("map_scores#/scores/deletion/count"),
        "steps": page.number("settings#/map_scores/deletion_steps"),
        "window": page.number("map_scores#/reduced/window"),
        "segments": page.number("map_scores#/reduced/lime_segments"),
        "lime_samples": page.number("map_scores#/reduced/lime_samples"),
        "score_cam_maps": page.number("map_scores#/reduced/score_cam_maps"),
        "background": page.number("map_scores#/reduced/background"),
    }
    on_farmyard = page.value("vision#/network") == "farmnet"
    page.say("intro", "intro.farmyard" if on_farmyard else "intro.photographs")
    drawn = page.number("settings#/map_scores/scenes")
    if drawn.value != page.value("scenes#/count"):
        page.say("intro", "intro.left_out", drawn=drawn, none=page.words.html("common.class.none"))
    if not on_farmyard:
        page.find("finding.other_network")
    _table(page, ranked)
    _figure(page, ranked)
    _ranking(page, ranked)
    _location(page, ranked)
    _parts(page)
    _faithfulness(page, ranked)
    _baseline(page)
    _disagreement(page)
    _randomness(page)
    _warning(page, ranked)
    draw_pictures(page)


def _number(page: Page, score: str, method: str) -> Number:
    return as_score(page, score, f"map_scores#/scores/{score}/means/{method}/value")


def _names(page: Page, methods: Sequence[str]) -> Fact:
    return join(page, [name_of(page, name) for name in methods])


def _table(page: Page, ranked: list[str]) -> None:
    best = {score: page.value(f"map_scores#/scores/{score}/best") for score in SCORES}
    top = {score: _number(page, score, method).plain for score, method in best.items()}
    rows: list[list[Cell | Fact]] = []
    for method in (*ranked, *REFERENCES):
        row: list[Cell | Fact] = [name_of(page, method)]
        if method in ranked:
            row.append(page.number(f"map_scores#/mean_ranks/{method}", digits=1))
        else:
            row.append(page.words.html("no_rank"))
        for score in SCORES:
            interval = page.interval(
                f"map_scores#/scores/{score}/means/{method}/interval",
                digits=0 if score in SHARES else 2,
                percent=score in SHARES,
            )
            value = _number(page, score, method)
            row.append(Cell(value, interval, method in ranked and value.plain == top[score]))
        rows.append(row)
    columns = [Column("column.method", numeric=False), Column("column.rank")]
    page.table("ranking", [*columns, *(Column(f"column.{score}") for score in SCORES)], rows)


def _figure(page: Page, ranked: list[str]) -> None:
    rows = [*ranked, *REFERENCES]
    panels = []
    for score in DRAWN:
        means = page.value(f"map_scores#/scores/{score}/means")
        panels.append(
            ScorePanel(
                page.words.text(f"axis.{score}"),
                [means[name]["value"] for name in rows],
                [tuple(means[name]["interval"]) for name in rows],
                means[TO_BEAT]["value"],
            )
        )
    names = [page.words.text(key_of(name)) for name in rows]
    page.figure("dots", score_dots(panels, names, len(ranked), page.words.language))


def _ranking(page: Page, ranked: list[str]) -> None:
    """The first and the last, with all that share their mean rank; no order among equals is claimed."""
    means = page.value("map_scores#/mean_ranks")
    leaders = [name for name in ranked if means[name] <= means[ranked[:LEADERS][-1]]]
    last = [name for name in ranked if means[name] >= means[ranked[-LAST:][0]]]
    order = "ordered" if len({means[name] for name in leaders}) == len(leaders) else "tied"
    facts: dict[str, Fact] = {
        "leaders": _names(page, leaders),
        "last": _names(page, last),
        "first": name_of(page, ranked[0]),
        "rank": page.number(f"map_scores#/mean_ranks/{ranked[0]}", digits=1),
    }
    page.say("ranking_read", f"ranking_read.{order}", **facts)
    page.say("ranking_read", "ranking_read.weighs")
    page.find(f"finding.ranking.{order}", **facts)


def _best(page: Page, score: str) -> list[str]:
    """The methods that have the best mean of a score: several where they are equal."""
    found = page.value(f"map_scores#/scores/{score}")
    means = {name: found["means"][name]["value"] for name in page.value("map_scores#/ranked")}
    return [name for name, value in means.items() if value == means[found["best"]]]


def _behind(page: Page, ranked: list[str], score: str, reference: str) -> list[str]:
    """Methods that are not clearly ahead of the reference on the same scenes."""
    ahead = page.value(f"map_scores#/scores/{score}/ahead_of/{reference}")
    return [name for name in ranked if ahead[name]["interval"][0] <= 0]


def _location(page: Page, ranked: list[str]) -> None:
    """Where the maps look, against chance, the middle of the picture, and edges."""
    mass = page.value("map_scores#/scores/mass")
    page.say(
        "location",
        "location.best",
        best=name_of(page, mass["best"]),
        mass=_number(page, "mass", mass["best"]),
        pointing=_number(page, "pointing", mass["best"]),
    )
    page.say("location", "location.chance", **_of_references(page, "pointing"))
    for score in ("pointing", "mass"):
        behind = _behind(page, ranked, score, TO_BEAT)
        key = "none" if not behind else "some"
        facts: dict[str, Fact] = {
            "edges": _number(page, score, TO_BEAT),
            "beat_random": page.number(f"map_scores#/scores/{score}/beaten/random"),
            "beat_edges": page.number(f"map_scores#/scores/{score}/beaten/{TO_BEAT}"),
        }
        if behind:
            facts["names"] = _names(page, behind)
        page.say("location", f"location.{score}.{key}", **facts)
        if score == "mass":
            page.find(f"finding.edges.{key}", **facts)


def _of_references(page: Page, score: str) -> dict[str, Fact]:
    return {name: _number(page, score, name) for name in REFERENCES}


def _parts(page: Page) -> None:
    defining = _best(page, "pointing_part")
    page.say(
        "parts",
        "parts.defining",
        best=_names(page, defining),
        value=_number(page, "pointing_part", defining[0]),
        **_of_references(page, "pointing_part"),
    )
    found = page.value("map_scores#/scores/part_importance")
    page.say(
        "parts",
        "parts.importance",
        best=_names(page, _best(page, "part_importance")),
        value=_number(page, "part_importance", found["best"]),
        worst=name_of(page, found["worst"]),
        worst_value=_number(page, "part_importance", found["worst"]),
        **_of_references(page, "part_importance"),
    )
    clear = verdicts.agreement(found["means"][found["best"]]["value"])
    page.say("parts", f"parts.strength.{clear}")


def _faithfulness(page: Page, ranked: list[str]) -> None:
    for score in ("deletion", "insertion"):
        best = _best(page, score)
        worst = page.value(f"map_scores#/scores/{score}/worst")
        page.say(
            "faithfulness",
            f"faithfulness.{score}",
            best=_names(page, best),
            value=_number(page, score, best[0]),
            worst=name_of(page, worst),
            worst_value=_number(page, score, worst),
            **_of_references(page, score),
        )
    page.say(
        "faithfulness",
        "faithfulness.apart",
        deletion=page.number("map_scores#/scores/deletion/tied"),
        insertion=page.number("map_scores#/scores/insertion/tied"),
    )
    behind = [
        name
        for name in ranked
        if all(name in _behind(page, ranked, score, TO_BEAT) for score in ("deletion", "insertion"))
    ]
    facts: dict[str, Fact] = {"names": _names(page, behind)} if behind else {}
    page.say("faithfulness", f"faithfulness.{'some' if behind else 'all'}", **facts)


def _baseline(page: Page) -> None:
    """Whether the colour from which Integrated Gradients start changes what they are worth."""
    gain = page.value("map_scores#/baseline/part_importance")
    clear = verdicts.differs(gain["interval"])
    better = "same" if not clear else verdicts.direction(gain["value"])
    page.say(
        "baseline",
        f"baseline.{better}",
        black=_number(page, "part_importance", "integrated_gradients"),
        mean=_number(page, "part_importance", "from_mean_colour"),
        black_deletion=_number(page, "deletion", "integrated_gradients"),
        mean_deletion=_number(page, "deletion", "from_mean_colour"),
        random=_number(page, "deletion", "random"),
    )


def _disagreement(page: Page) -> None:
    """The two scores that order the methods least alike, and where the best of one stands in the other."""
    pair = page.value("map_scores#/agreement/0")
    verdict = verdicts.agreement(pair["correlation"])
    best = _best(page, pair["first"])
    source = f"map_scores#/ranks/{best[0]}/{pair['second']}"
    facts: dict[str, Fact] = {
        "first": page.words.html(f"name.{pair['first']}"),
        "second": page.words.html(f"name.{pair['second']}"),
        "correlation": page.number("map_scores#/agreement/0/correlation", digits=2, signed=True),
        "best": name_of(page, best[0]),
        "place": page.number(source, digits=0 if page.value(source) % 1 == 0 else 1),
    }
    page.say("disagreement", f"disagreement.{verdict}", **facts)
    page.say("disagreement", f"disagreement.place.{'sole' if len(best) == 1 else 'shared'}", **facts)
    page.say("disagreement", f"disagreement.then.{verdict}")


def _randomness(page: Page) -> None:
    order = page.value("map_scores#/seeds_order")
    least, most = order[0], order[-1]
    page.say(
        "seeds",
        f"seeds.{verdicts.agreement(page.value(f'map_scores#/seeds/{least}'))}",
        reseeded=page.number("map_scores#/reseeded"),
        least=name_of(page, least),
        least_value=page.number(f"map_scores#/seeds/{least}", digits=2),
        most=name_of(page, most),
        most_value=page.number(f"map_scores#/seeds/{most}", digits=2),
    )


def _warning(page: Page, ranked: list[str]) -> None:
    """A high place says little of a method whose maps outlive the weights that they should explain."""
    random_head = page.value("map_scores#/random_head")
    kept = [
        name
        for name in ranked[: len(ranked) // 2]
        if name in random_head and verdicts.survival(random_head[name]) == "kept"
    ]
    if kept:
        page.say(
            "warning",
            "warning.kept",
            names=_names(page, kept),
            value=page.number(f"map_scores#/random_head/{kept[0]}", digits=2),
            first=name_of(page, kept[0]),
        )
    else:
        page.say("warning", "warning.none")
