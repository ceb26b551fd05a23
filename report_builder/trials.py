"""The steps of a trial: a study's analyses as far as a sweep needs them, and the steps that reduce them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from report_builder.contents import Contents
from report_builder.errors import InputError
from report_builder.pipeline.fingerprint import Codebase
from report_builder.pipeline.step import Step
from report_builder.report import analysis_steps
from report_builder.sections.certainty.trials import TRIAL_STEPS

if TYPE_CHECKING:
    from report_builder.settings import Settings


def swept_parts(settings: Settings, wanted: Sequence[str] = ()) -> tuple[str, ...]:
    """The parts of the study that depend on the seed, or those of them that are wanted.

    A network of the user's own does where it is trained here. Raises InputError for a wanted part that is not
    among them, and where there is none.
    """
    own = settings.own_cnn
    trained_here = own.images is not None or own.retrain
    there = tuple(
        part for part in TRIAL_STEPS if part in settings.report.parts and (part != "own_cnn" or trained_here)
    )
    for part in wanted:
        if part not in there:
            raise InputError(
                f"--part {part}: this study has no such part that depends on the seed; "
                f"there are {', '.join(there)}."
            )
    if not there:
        raise InputError("No part of this study depends on the seed: there is nothing to sweep.")
    return tuple(part for part in there if part in wanted) or there


def trial_steps(
    contents: Contents, given: Collection[str], parts: Sequence[str]
) -> tuple[list[Step], dict[str, str]]:
    """The steps that a trial of these parts may run, and the names of those that it must, by part."""
    reducing = {part: TRIAL_STEPS[part] for part in parts}
    steps = [*analysis_steps(contents, given), *reducing.values()]
    return _needed(steps, [step.name for step in reducing.values()]), {
        part: step.name for part, step in reducing.items()
    }


def code_digests(
    contents: Contents, given: Collection[str], parts: Sequence[str], cache: Path
) -> dict[str, str]:
    """By part, the digest of all code that its trials run, and of the versions of the packages it imports.

    cache: the folder in which what was parsed is kept.
    """
    codebase = Codebase(cache=cache / "code.json")
    digests = {}
    for part in parts:
        steps, _ = trial_steps(contents, given, [part])
        modules = dict.fromkeys(module for step in steps for module in (step.module, *step.imports))
        digests[part] = codebase.fingerprint(*modules).digest
    codebase.keep()
    return digests


def _needed(steps: Sequence[Step], targets: Sequence[str]) -> list[Step]:
    named = {step.name: step for step in steps}
    waiting, wanted = list(targets), set[str]()
    while waiting:
        name = waiting.pop()
        if name in named and name not in wanted:  # the others are given
            wanted.add(name)
            waiting += named[name].needs
    return [step for step in steps if step.name in wanted]
