"""Performing one step, in this process or in a worker: its function is called, its result stored."""

from __future__ import annotations

import sys
import time
import traceback
from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

from report_builder.pipeline.file_hashes import MEMORY, remembered_digest
from report_builder.pipeline.fingerprint import Codebase
from report_builder.pipeline.keys import Parts, Reason
from report_builder.pipeline.long_steps import Teller, resumes
from report_builder.pipeline.step import Saved, Step, Values, Work
from report_builder.pipeline.store import Store


class ChangedMeanwhileError(RuntimeError):
    """Code or an input file was edited while the run went on: the result would not be that of its key."""


@dataclass(frozen=True)
class Task:
    """A step that must run, with all that it may see and the reasons; it travels to a worker."""

    step: Step
    key: str
    parts: Parts
    reasons: tuple[Reason, ...]
    settings: Mapping[str, object]
    needs: Mapping[str, Saved]
    files: Mapping[str, Path]
    device: str
    roots: frozenset[str]
    store: Path
    code_cache: Path


@dataclass(frozen=True)
class Ran:
    """computed: False where another process had just computed the same result."""

    computed: bool


@dataclass(frozen=True)
class Failed:
    error: str
    traceback: str
    seconds: float = 0.0


# The hashes of the project modules as this process loaded them: a module is not loaded a second time,
# so after an edit this process would compute with the old code under the key of the new.
_loaded: dict[str, str] = {}


def perform(task: Task) -> Ran | Failed:
    """Compute the task's result into the store; what its function raises comes back as text."""
    begun = time.perf_counter()
    try:
        _, computed = Store(task.store).load_or_compute(
            task.key, task.step.name, task.parts, lambda folder: _compute(task, folder)
        )
    except (Exception, SystemExit) as error:
        line = "".join(traceback.format_exception_only(error)).strip().splitlines()[-1]
        return Failed(line, traceback.format_exc(), time.perf_counter() - begun)
    return Ran(computed)


def _compute(task: Task, folder: Path) -> Values:
    code = task.parts["code"]
    for module in code:
        if module in sys.modules and _loaded.get(module, code[module]) != code[module]:
            raise ChangedMeanwhileError(f"{module} was edited after it was loaded; start the build again")
    function = task.step.load()
    teller = Teller(task.store, task.step.name)
    try:
        with resumes(task.store, task.key) if task.step.resumes else nullcontext() as left:
            values = function(
                Work(
                    folder,
                    task.settings,
                    task.needs,
                    task.files,
                    task.step.parameters,
                    task.device,
                    left,
                    teller,
                )
            )
    finally:
        teller.end()
        for module in code:
            if module in sys.modules:
                _loaded.setdefault(module, code[module])
    if Codebase(task.roots, task.code_cache).modules(task.step.module, *task.step.imports)[0] != code:
        raise ChangedMeanwhileError("its code was edited during the run; start the build again")
    for name, file in task.files.items():
        if remembered_digest(file, task.store / MEMORY) != task.parts["files"][name]:
            raise ChangedMeanwhileError(f"the file {name} was changed during the run; start the build again")
    return values
