"""The headline figures of a run: where each stands in results.json, with what is known of its noise."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from report_builder.compare.noise import Spread
from report_builder.compare.runs import Run, as_number
from report_builder.sections.map_methods import ORDER

TABULAR = ("accuracy", "precision", "recall", "f1", "auc", "brier")
AGREEMENT = ("spearman", "sign", "top3_jaccard")
# Integrated Gradients from the mean colour is scored beside the methods that the pictures show.
SCORED = (*ORDER, "from_mean_colour")
GROUPS = ("tabular", "reference", "agreement", "own_cnn", "signals", "signal_scores", "map_scores")


@dataclass(frozen=True, order=True)
class Name:
    """Of which model, split or method (`of`) a figure says what (`measure`)."""

    group: str
    of: str
    measure: str


@dataclass(frozen=True)
class Headline:
    """source: of the value; interval: of its own 95 % interval; swept: of its spread over a sweep's seeds."""

    name: Name
    source: str
    interval: str
    swept: str


def headlines(run: Run) -> dict[Name, Headline]:
    """Those that the run has, in the order of the report."""
    return {line.name: line for line in _known(run) if run.number(line.source) is not None}


def spread_of(run: Run, line: Headline) -> Spread | None:
    """What the run's sweep says of the figure; None without a sweep of at least two seeds."""
    known = run.table(line.swept)
    mean, sd = as_number(known.get("mean")), as_number(known.get("sd"))
    runs = as_number(known.get("seeds")) or run.number("certainty#/main/seeds")
    if mean is None or sd is None or runs is None or runs < 2:
        return None
    return Spread(mean, sd, int(runs))


def _known(run: Run) -> Iterator[Headline]:
    for group, prefix in (("tabular", ""), ("reference", "reference.")):
        for model, step in (
            ("mlp", "mlp#"),
            ("nam", "nam#"),
            ("logistic", "baselines#/logistic"),
            ("forest", "baselines#/forest"),
        ):
            for metric in TABULAR:
                yield Headline(
                    Name(group, model, metric),
                    f"{prefix}{step}/test/{metric}",
                    f"{prefix}{step}/intervals/{metric}",
                    f"certainty#/metrics/{group}/{model}/{metric}",
                )
    for of, place in (("lime_shap", "agreement#"), ("ceiling", "agreement#/ceiling")):
        for measure in AGREEMENT:
            swept = "agreement" if of == "lime_shap" else "ceiling"
            yield Headline(
                Name("agreement", of, measure),
                f"{place}/{measure}",
                f"{place}/intervals/{measure}",
                f"certainty#/{swept}/{measure}",
            )
    for split in run.table("own_cnn#/splits"):
        place = f"own_cnn#/splits/{split}"
        swept = f"certainty#/metrics/own_cnn/{split}/accuracy"
        yield Headline(Name("own_cnn", split, "accuracy"), f"{place}/accuracy", f"{place}/interval", swept)
    for kind in ("lstm", "cnn"):
        place = f"signal_models.{kind}#"
        swept = f"certainty#/metrics/signals/{kind}/accuracy"
        yield Headline(Name("signals", kind, "accuracy"), f"{place}/accuracy", f"{place}/interval", swept)
    yield from _signal_scores(run)
    for score in run.table("map_scores#/scores"):
        for method in SCORED:
            place = f"map_scores#/scores/{score}/means/{method}"
            yield Headline(Name("map_scores", method, score), f"{place}/value", f"{place}/interval", "")


def _signal_scores(run: Run) -> Iterator[Headline]:
    """How the methods' marks on the signals score; a sweep follows one of the scores."""
    swept = run.value("certainty#/signals/score")
    for score, kinds in run.table("relevance.scores#/scores").items():
        for kind in kinds:
            for method in ORDER:
                place = f"relevance.scores#/scores/{score}/{kind}/means/{method}"
                yield Headline(
                    Name("signal_scores", f"{kind}.{method}", score),
                    f"{place}/value",
                    f"{place}/interval",
                    f"certainty#/signals/scores/{kind}/{method}" if score == swept else "",
                )
