"""The vision methods side by side with their peers: `python -m benchmarks vision [--quick] [--json PATH]`."""

from __future__ import annotations

from dataclasses import asdict
from itertools import chain
from pathlib import Path
from typing import Any

import click
import torch

from benchmarks.gradient_tasks import gradient_tasks
from benchmarks.machine import about, flops, peak
from benchmarks.masking_tasks import masking_tasks
from benchmarks.options import (
    device_option,
    json_option,
    quick_option,
    runs_option,
    shared_option,
    threads_option,
)
from benchmarks.side_by_side import CLOCKS, Comparison, Outcome, measure
from benchmarks.vision_setup import FULL, QUICK, Setup
from benchmarks.written import write
from report_builder.models.device import choose_device

PACKAGES = ("torch", "torchvision", "captum", "grad-cam", "lime", "shap")
ENOUGH = 30.0  # seconds of a task after which two runs will do in the quick benchmark


@click.command()
@quick_option
@device_option
@runs_option
@threads_option
@shared_option
@json_option
def main(quick: bool, requested: str, runs: int, threads: int, shared: bool, path: Path | None) -> None:
    """Compare the vision methods with captum, pytorch-grad-cam, lime and shap; above 1, ours is faster."""
    report = results(quick=quick, requested=requested, runs=runs, threads=threads, shared=shared)
    if path is not None:
        write(path, {"vision": report})


def results(*, quick: bool, requested: str, runs: int, threads: int, shared: bool) -> dict[str, Any]:
    """All of the part's figures, printed as they come."""
    torch.set_num_threads(threads)
    device = choose_device(requested)
    report = about(PACKAGES, quick=quick, shared=shared, device=device, threads=threads)
    report["network"] = "vgg16"
    peaks = {}
    if device.type == "cuda":
        peaks = {str(t).removeprefix("torch."): peak(device, t) for t in (torch.float32, torch.bfloat16)}
        report["peak_flops"] = peaks
    setup = Setup.of(QUICK if quick else FULL, device)
    outcomes = []
    enough, clock = ENOUGH if quick else float("inf"), CLOCKS[report["clock"]]
    for comparison in chain(gradient_tasks(setup), masking_tasks(setup)):
        outcome = measure(comparison, runs, enough=enough, clock=clock)
        outcomes.append(asdict(outcome))
        click.echo(outcome)
        if peaks:
            share = _share_of_peak(comparison, outcome, peaks)
            outcomes[-1]["share_of_peak"] = share
            click.echo(f"{'':<49} {share:.0%} of the measured peak")
    return report | {"outcomes": outcomes}


def _share_of_peak(comparison: Comparison, outcome: Outcome, peaks: dict[str, float]) -> float:
    """The rate of the convolutions and products that ours computes, by the measured peak."""
    precision = "bfloat16" if comparison.key.endswith("_bf16") else "float32"
    return flops(comparison.ours) / outcome.ours_seconds / peaks[precision]
