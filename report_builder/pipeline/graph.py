"""The declared steps as a whole: checked, in order, each with the parts of its key."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Any

from report_builder.pipeline.file_hashes import MEMORY, remembered_digest
from report_builder.pipeline.fingerprint import PROJECT, Codebase
from report_builder.pipeline.keys import Parts, Reason, own_parts, pick
from report_builder.pipeline.perform import Task
from report_builder.pipeline.step import DeclarationError, Saved, Step
from report_builder.pipeline.store import Store

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,99}")


class Graph:
    """The steps that `targets` need (all where it is None), by name, with the parts of their keys.

    Raises DeclarationError for a bad or repeated name, an unknown need, target, setting, file or module,
    and for steps that need each other in a circle.
    """

    def __init__(
        self,
        steps: Sequence[Step],
        settings: Mapping[str, Any],
        files: Mapping[str, Path],
        store: Store,
        device: str,
        targets: Sequence[str] | None,
        given: Mapping[str, Saved],
    ) -> None:
        self.given = dict(given)
        self.steps = _needed(_by_name(steps, given), given, targets)
        self._files = files
        self._device = device
        self._store = store.root
        self._cache = store.root / "code.json"
        self._roots = frozenset({PROJECT, *(step.module.partition(".")[0] for step in steps)})
        self.order = self._sorted()
        self._settings = {step.name: _settings(step, settings) for step in self.steps.values()}
        self.parts = self._all_parts()

    def sorter(self) -> TopologicalSorter[str]:
        """A sorter over the steps; results that are given count as there."""
        return TopologicalSorter(
            {
                name: [need for need in step.needs if need not in self.given]
                for name, step in self.steps.items()
            }
        )

    def task(
        self, step: Step, key: str, parts: Parts, needs: Mapping[str, Saved], reasons: tuple[Reason, ...]
    ) -> Task:
        return Task(
            step,
            key,
            parts,
            reasons,
            settings=self._settings[step.name],
            needs=needs,
            files={name: Path(self._files[name]).absolute() for name in step.files},
            device=self._device if step.on_device else "cpu",
            roots=self._roots,
            store=self._store,
            code_cache=self._cache,
        )

    def _sorted(self) -> tuple[str, ...]:
        try:
            return tuple(self.sorter().static_order())
        except CycleError as error:
            circle = " -> ".join(reversed(error.args[1]))
            raise DeclarationError(f"steps need each other in a circle: {circle}") from error

    def _all_parts(self) -> dict[str, Parts]:
        codebase = Codebase(self._roots, self._cache)
        hashes: dict[str, str] = {}
        parts = {}
        for name, step in self.steps.items():
            for file in step.files:
                if file not in hashes:
                    hashes[file] = self._hash(file, step)
            parts[name] = own_parts(
                step,
                codebase.fingerprint(step.module, *step.imports),
                self._settings[name],
                {file: hashes[file] for file in step.files},
                self._device,
            )
        codebase.keep()
        return parts

    def _hash(self, file: str, step: Step) -> str:
        if file not in self._files:
            raise DeclarationError(f"step {step.name} reads the unknown file {file}")
        try:
            return remembered_digest(Path(self._files[file]), self._store / MEMORY)
        except OSError as error:
            raise DeclarationError(f"step {step.name} cannot read its file {file}: {error}") from error


def _by_name(steps: Sequence[Step], given: Mapping[str, Saved]) -> dict[str, Step]:
    named: dict[str, Step] = {}
    for step in steps:
        if not _NAME.fullmatch(step.name):
            raise DeclarationError(
                f"step name {step.name!r}: only letters, digits, '_', '.', '-', 100 at most"
            )
        if step.name in named or step.name in given:
            raise DeclarationError(f"two results are named {step.name}")
        named[step.name] = step
    for step in steps:
        for need in step.needs:
            if need not in named and need not in given:
                raise DeclarationError(f"step {step.name} needs the unknown step {need}")
    return named


def _needed(
    steps: Mapping[str, Step], given: Mapping[str, Saved], targets: Sequence[str] | None
) -> dict[str, Step]:
    if targets is None:
        return dict(steps)
    waiting = list(targets)
    for target in waiting:
        if target not in steps and target not in given:
            raise DeclarationError(f"there is no step {target}")
    wanted: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name in steps and name not in wanted:
            wanted.add(name)
            waiting.extend(steps[name].needs)
    return {name: step for name, step in steps.items() if name in wanted}


def _settings(step: Step, settings: Mapping[str, Any]) -> dict[str, Any]:
    try:
        return {dotted: pick(settings, dotted) for dotted in step.settings}
    except DeclarationError as error:
        raise DeclarationError(f"step {step.name}: {error}") from error
