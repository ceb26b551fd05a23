"""What the scores against the planted interval say, and what no method finds because it is not there."""

from __future__ import annotations

from report_builder import verdicts
from report_builder.render.page import Page
from report_builder.render.words import Fact
from report_builder.sections.relevance import METHODS, NETWORKS
from report_builder.sections.relevance.printed import method_name, network_name, rule_name
from report_builder.sections.sample_words import join
from report_builder.sections.signal_words import class_label

ABSENT = "missing_p"  # the abnormality that leaves nothing to point at
# Methods that share out the change of the logit from a signal at rest, or from a flattened stretch
SHARING = ("integrated_gradients", "occlusion")


def draw_truth(page: Page) -> None:
    page.say("scored", "truth.asked", area=_share(page, "relevance.scores#/area"))
    rule = page.value(f"relevance.scores#/scores/pointing/{NETWORKS[0]}/best_rule")
    facts: dict[str, Fact] = {
        "rule": rule_name(page, rule),
        "rule_value": _mean(page, "pointing", NETWORKS[0], rule),
    }
    leaders, extents = [], []
    for kind in NETWORKS:
        source = f"relevance.scores#/scores/pointing/{kind}"
        best, best_mass = (
            page.value(f"relevance.scores#/scores/{score}/{kind}/best") for score in ("pointing", "mass")
        )
        leaders.append(best)
        facts[f"{kind}_best"] = method_name(page, best)
        facts[f"{kind}_value"] = _mean(page, "pointing", kind, best)
        page.say(
            "results",
            "truth.best",
            network=network_name(page, kind),
            best=method_name(page, best),
            value=_mean(page, "pointing", kind, best),
            best_mass=method_name(page, best_mass),
            mass=_mean(page, "mass", kind, best_mass),
        )
        beating = page.value(f"{source}/beating")
        extents.append("none" if not beating else "all" if len(beating) == len(METHODS) else "some")
        if extents[-1] == "some":
            names = join(page, [method_name(page, name) for name in beating])
            page.say("results", "truth.ahead.some", names=names)
    for extent in ("all", "none"):
        networks = [
            network_name(page, kind) for kind, found in zip(NETWORKS, extents, strict=True) if found == extent
        ]
        if networks:
            page.say("results", f"truth.ahead.{extent}", networks=join(page, networks))
    page.find(f"finding.truth.{'same' if len(set(leaders)) == 1 else 'two'}", **facts)
    _absence(page)


def _absence(page: Page) -> None:
    """The network that knows the absence best, and what its methods point at."""
    names = [each["name"] for each in page.value("relevance.scores#/classes")]
    if ABSENT not in names:
        return
    source = f"relevance.scores#/classes/{names.index(ABSENT)}"
    values = page.value(source)
    kind = max(NETWORKS, key=lambda each: values["accuracy"][each])
    hits = values["pointing"][kind]
    blind = max(hits[name] for name in SHARING) < hits["smooth_grad"] - verdicts.SAME_SHARE
    page.say(
        "absence",
        "absence.blind" if blind else "absence.seen",
        network=network_name(page, kind),
        absent=class_label(page, ABSENT),
        absent_count=page.number(f"{source}/count"),
        accuracy=_share(page, f"{source}/accuracy/{kind}"),
        integrated_gradients=_share(page, f"{source}/pointing/{kind}/integrated_gradients"),
        occlusion=_share(page, f"{source}/pointing/{kind}/occlusion"),
        smooth_grad=_share(page, f"{source}/pointing/{kind}/smooth_grad"),
        absent_area=_share(page, f"{source}/area"),
    )


def _mean(page: Page, score: str, kind: str, name: str) -> Fact:
    return _share(page, f"relevance.scores#/scores/{score}/{kind}/means/{name}/value")


def _share(page: Page, source: str) -> Fact:
    return page.number(source, percent=True, digits=0)
