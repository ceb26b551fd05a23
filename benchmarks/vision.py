"""The vision methods side by side with their peers: `python -m benchmarks vision [--quick] [--json PATH]`."""

from __future__ import annotations

import json
import time
from dataclasses import asdict
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from typing import Any

import click
import torch

from benchmarks.gradient_tasks import gradient_tasks
from benchmarks.machine import description, flops, peak, versions
from benchmarks.masking_tasks import masking_tasks
from benchmarks.side_by_side import Comparison, Outcome, measure
from benchmarks.vision_setup import FULL, QUICK, Setup
from benchmarks.written import markdown
from report_builder.models.device import DEVICE_TYPES, choose_device

PACKAGES = ("torch", "torchvision", "captum", "grad-cam", "lime", "shap")
ENOUGH = 30.0  # seconds of a task after which two runs will do in the quick benchmark


@click.command()
@click.option("--quick", is_flag=True, help="Fewer images, windows and samples: minutes instead of an hour.")
@click.option("--device", "requested", default="cpu", show_default=True, type=click.Choice(DEVICE_TYPES))
@click.option("--runs", default=3, show_default=True, type=click.IntRange(min=2), help="Timed runs per side.")
@click.option("--threads", default=1, show_default=True, type=click.IntRange(min=1), help="Threads of torch.")
@click.option("--shared", is_flag=True, help="Say in the results that other work ran on the machine.")
@click.option("--json", "path", type=click.Path(path_type=Path), help="Write it there, a table beside it.")
def main(quick: bool, requested: str, runs: int, threads: int, shared: bool, path: Path | None) -> None:
    """Compare the vision methods with captum, pytorch-grad-cam, lime and shap; above 1, ours is faster."""
    torch.set_num_threads(threads)
    device = choose_device(requested)
    # One thread's wall time is its processor time, but for what other programs take from it
    processor_time = device.type == "cpu" and threads == 1
    clock = time.process_time if processor_time else time.perf_counter
    report: dict[str, Any] = {
        "date": datetime.now(UTC).date().isoformat(),
        "machine": description(device) | {"shared": shared},
        "threads": threads,
        "clock": "processor" if processor_time else "wall",
        "versions": versions(*PACKAGES),
        "network": "vgg16",
        "quick": quick,
    }
    peaks = {}
    if device.type == "cuda":
        peaks = {str(t).removeprefix("torch."): peak(device, t) for t in (torch.float32, torch.bfloat16)}
        report["peak_flops"] = peaks
    setup = Setup.of(QUICK if quick else FULL, device)
    outcomes = []
    for comparison in chain(gradient_tasks(setup), masking_tasks(setup)):
        outcome = measure(comparison, runs, enough=ENOUGH if quick else float("inf"), clock=clock)
        outcomes.append(asdict(outcome))
        click.echo(outcome)
        if peaks:
            share = _share_of_peak(comparison, outcome, peaks)
            outcomes[-1]["share_of_peak"] = share
            click.echo(f"{'':<49} {share:.0%} of the measured peak")
    report["outcomes"] = outcomes
    if path is not None:
        path.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
        path.with_suffix(".md").write_text(markdown(report), encoding="utf-8")


def _share_of_peak(comparison: Comparison, outcome: Outcome, peaks: dict[str, float]) -> float:
    """The rate of the convolutions and products that ours computes, by the measured peak."""
    precision = "bfloat16" if comparison.key.endswith("_bf16") else "float32"
    return flops(comparison.ours) / outcome.ours_seconds / peaks[precision]
