"""The trials of a sweep, ready to be run, and what the finished sweep says of itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from report_builder.assets.inputs import resolve_inputs
from report_builder.config import plain
from report_builder.contents import contents_of
from report_builder.errors import InputError
from report_builder.models.device import detect_device_type
from report_builder.pipeline.keys import pick
from report_builder.pipeline.step import Saved
from report_builder.report import step_files
from report_builder.sweep.cells import Axis
from report_builder.sweep.trial import Trial
from report_builder.trials import code_digests, swept_parts, trial_steps

if TYPE_CHECKING:
    from report_builder.build import Request
    from report_builder.settings import Settings


@dataclass(frozen=True)
class Plan:
    """trials: by cell and seed. about: what trials.json says beside them. lines: the inputs, for people."""

    trials: Sequence[Trial]
    about: Mapping[str, Any]
    lines: Sequence[str]
    device: str


def plan_sweep(
    request: Request,
    cells: Sequence[Settings],
    axes: Sequence[Axis],
    seeds: Sequence[int],
    wanted: Sequence[str],
    *,
    elsewhere: bool = False,
) -> Plan:
    """Every seed in every cell.

    cells: the settings of each cell of the grid of `axes`. wanted: parts of the study, all where it is empty.
    elsewhere: the trials run on other machines, which have the device that the settings name.
    Raises InputError for inputs that cannot be had, and for two cells that are the same.
    """
    parts = swept_parts(request.settings, wanted)
    named = request.settings.device
    device = (
        named if elsewhere and named != "auto" else detect_device_type(request.cache / "device.json", named)
    )
    trials: list[Trial] = []
    lines: list[str] = []
    code: dict[str, str] = {}
    for number, settings in enumerate(cells):
        inputs = resolve_inputs(settings, request.surroundings)
        given = {**inputs.given, "study": Saved.given("study", {"parts": list(settings.report.parts)})}
        contents = contents_of(settings.report.parts)
        steps, targets = trial_steps(contents, given, parts)
        if number == 0:
            lines, code = inputs.lines, code_digests(contents, given, parts, request.cache)
        files = step_files(steps, inputs.files, contents)
        trials += [
            Trial(
                number,
                seed,
                steps,
                targets,
                plain(settings) | {"seed": seed},
                {name: path.absolute() for name, path in files.items()},
                given,
                device,
                request.cache.absolute(),
            )
            for seed in seeds
        ]
    base = plain(request.settings)
    varied = [{axis.setting: pick(plain(cell), axis.setting) for axis in axes} for cell in cells]
    for cell in varied:
        if varied.count(cell) > 1:
            raise InputError(f"--grid: {cell} stands there twice.")
    own = {axis.setting: pick(base, axis.setting) for axis in axes}
    about = {
        "base": base,
        "parts": list(parts),
        "seeds": list(seeds),
        "grid": [
            {"setting": axis.setting, "values": _distinct([cell[axis.setting] for cell in varied])}
            for axis in axes
        ],
        "cells": varied,
        "main": varied.index(own) if own in varied else 0,
        "main_is_own": own in varied,
        "code": code,
    }
    return Plan(trials, about, lines, device)


def _distinct(values: Sequence[Any]) -> list[Any]:
    kept: list[Any] = []
    for value in values:
        if value not in kept:
            kept.append(value)
    return kept
