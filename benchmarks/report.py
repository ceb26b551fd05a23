"""The report's own builds and sweeps: `python -m benchmarks report [--quick] [--json PATH]`.

Every build is a command in processes of its own, as a user starts it, into folders that are removed.
"""

from __future__ import annotations

import statistics
import tempfile
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import click

from benchmarks.builds import Builder
from benchmarks.growth import growth, write_pictures, write_table
from benchmarks.machine import about
from benchmarks.options import json_option, quick_option, runs_option, shared_option
from benchmarks.side_by_side import Spread
from benchmarks.written import write

PACKAGES = ("torch", "numpy", "scikit-learn", "matplotlib", "weasyprint")
ONE_CHANGE = "lime.perturbations=4000"
BACKGROUND = 16  # pictures beside those that are explained
TABULAR, VISION = 'report.parts=["tabular"]', 'report.parts=["vision"]'


@dataclass(frozen=True)
class Sizes:
    """settings: of every build. rows, images: of the growing inputs. seeds: of a sweep over one process and
    over two; trials: of the longer one in which early trials are held against late ones.
    """

    settings: tuple[str, ...]
    rows: tuple[int, ...]
    images: tuple[int, ...]
    seeds: int
    trials: int


FULL = Sizes((), (768, 7_680, 76_800), (6, 60), 8, 24)
QUICK = Sizes(
    (
        *("mlp.epochs=3", "nam.epochs=5", "lime.perturbations=500", "evaluation.bootstrap_draws=200"),
        *("smooth_grad.samples=5", "smooth_grad.pair_samples=5", "integrated_gradients.steps=32"),
        *("gradient_shap.samples=5", "lime_image.samples=50", "feature_visualisation.steps=8"),
        *("map_scores.scenes=26", "map_scores.samples=2", "map_scores.deletion_scenes=4"),
        *("own_cnn.test_scenes=39", "own_cnn.hard_scenes=39", "filters.steps=8", "class_segments.samples=20"),
        *("signals.simulated=200", "signals.epochs=4", "signals.scored=40"),
    ),
    (768, 7_680),
    (6, 24),
    4,
    8,
)


@click.command()
@quick_option
@runs_option
@shared_option
@json_option
def main(quick: bool, runs: int, shared: bool, path: Path | None) -> None:
    """Measure first builds, rebuilds and sweeps, and how they grow with rows and pictures."""
    report = results(quick=quick, runs=runs, shared=shared)
    if path is not None:
        write(path, {"report": report})


def results(*, quick: bool, runs: int, shared: bool) -> dict[str, Any]:
    """All of the part's figures, printed as they come."""
    sizes = QUICK if quick else FULL
    report = about(PACKAGES, quick=quick, shared=shared) | {"runs": runs}
    with tempfile.TemporaryDirectory(prefix="benchmark-") as folder:
        builder = Builder(Path(folder), sizes.settings)
        report["builds"] = rebuilds(builder, runs, click.echo)
        report["sweep"] = scaling(builder, sizes.seeds, runs, click.echo)
        report["trials"] = early_and_late(builder, sizes.trials, click.echo)
        report["rows"] = with_rows(builder, sizes.rows, click.echo)
        report["images"] = with_images(builder, sizes.images, click.echo)
    return report


Tell = Callable[[str], None]


def rebuilds(builder: Builder, runs: int, tell: Tell) -> dict[str, Any]:
    """A build from nothing, the same again, and again with one setting changed, `runs` times.

    Each with the median, lowest and highest seconds, the highest memory and the steps that ran; `times`: how
    many times as long as that the first build of the same run took.
    """
    found: dict[str, list[dict[str, Any]]] = {"first": [], "unchanged": [], "one_change": []}
    for number in range(runs):
        name = f"build-{number}"
        found["first"].append(builder.build(name))
        found["unchanged"].append(builder.build(name))
        found["one_change"].append(builder.build(name, ONE_CHANGE))
    report: dict[str, Any] = {"setting": ONE_CHANGE}
    for kind, builds in found.items():
        pairs = zip(found["first"], builds, strict=True)
        report[kind] = {
            **{key: builds[0][key] for key in ("steps", "computed", "drawn", "cached")},
            "seconds": asdict(Spread.of(build["seconds"] for build in builds)),
            "memory": _most(build["memory"] for build in builds),
            "times": asdict(Spread.of(first["seconds"] / build["seconds"] for first, build in pairs)),
        }
        one = report[kind]
        tell(
            f"{kind:<12} {one['seconds']['median']:8.1f} s  {megabytes(one['memory'])}"
            f"  {one['computed'] + one['drawn']} of {one['steps']} steps ran"
        )
    return report


def scaling(builder: Builder, seeds: int, runs: int, tell: Tell) -> dict[str, Any]:
    """A sweep in one process and in two, each from nothing: seconds, memory, and the ratio of the seconds."""
    pairs = []
    for number in range(runs):
        one, two = (builder.sweep(f"sweep-{number}-{jobs}", seeds, jobs, TABULAR) for jobs in (1, 2))
        pairs.append((one, two))
    ratio = Spread.of(one["seconds"] / two["seconds"] for one, two in pairs)
    report = {
        "seeds": seeds,
        "ratio": asdict(ratio),
        **{
            name: {
                "seconds": asdict(Spread.of(pair[place]["seconds"] for pair in pairs)),
                "memory": _most(pair[place]["memory"] for pair in pairs),
            }
            for place, name in enumerate(("one", "two"))
        },
    }
    tell(f"sweep of {seeds} seeds: two processes are {ratio} times as fast as one")
    return report


def early_and_late(builder: Builder, trials: int, tell: Tell) -> dict[str, Any]:
    """The trials of a long sweep in one process: medians of a tenth of them (at least three) early and late.

    The first trial is left out: the others take from it what no seed changes.
    """
    found = builder.sweep("long-sweep", trials, 1, TABULAR)["trials"]
    count = max(3, trials // 10)
    parts = {"early": found[1 : 1 + count], "late": found[-count:]}
    report: dict[str, Any] = {"trials": trials, "count": count}
    for quantity in ("seconds", "memory"):
        medians = {
            name: statistics.median(trial[quantity] for trial in some)
            for name, some in parts.items()
            if all(trial[quantity] is not None for trial in some)
        }
        known = len(medians) == len(parts)
        report[quantity] = medians | {"ratio": medians["late"] / medians["early"]} if known else None
    for quantity in ("seconds", "memory"):
        if report[quantity]:
            tell(f"{quantity} per trial, late by early: {report[quantity]['ratio']:.2f}")
    return report


def with_rows(builder: Builder, rows: tuple[int, ...], tell: Tell) -> dict[str, Any]:
    """The tabular part on tables of so many rows, each from nothing."""
    points = []
    for count in rows:
        table = write_table(builder.work / f"{count}.csv", count)
        built = builder.build(f"rows-{count}", TABULAR, f"tabular.csv={table}")
        points.append(_point("rows", count, built, tell))
    return _grown(points, tell)


def with_images(builder: Builder, images: tuple[int, ...], tell: Tell) -> dict[str, Any]:
    """The vision part with so many pictures explained, each from nothing, of one folder."""
    folder = write_pictures(builder.work / "pictures", max(images) + BACKGROUND)
    points = []
    for count in images:
        settings = (VISION, f"vision.images={folder}", f"vision.shown={count}")
        points.append(_point("images", count, builder.build(f"images-{count}", *settings), tell))
    return _grown(points, tell)


def _point(what: str, size: int, built: dict[str, Any], tell: Tell) -> dict[str, Any]:
    tell(f"{size:>6,} {what:<6} {built['seconds']:8.1f} s  {megabytes(built['memory'])}")
    return {"size": size, "seconds": built["seconds"], "memory": built["memory"]}


def _grown(points: list[dict[str, Any]], tell: Tell) -> dict[str, Any]:
    report: dict[str, Any] = {"points": points}
    for quantity in ("seconds", "memory"):
        report[quantity] = growth(points, quantity)
        for step in report[quantity]:
            tell(
                f"  {quantity}: x{step['grown']:.2f} for x{step['size']:g} from {step['from']:,} to"
                f" {step['to']:,} (exponent {step['exponent']:.2f})"
            )
    return report


def megabytes(memory: int | None) -> str:
    return "memory not known" if memory is None else f"{memory / 1e6:,.0f} MB"


def _most(memories: Any) -> int | None:
    """The highest; None where one is not known."""
    known = list(memories)
    return None if None in known else max(known)
