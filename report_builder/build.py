"""One build: from the request, through the steps, to the files in out/."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import click

from report_builder.assets.download import Progress
from report_builder.assets.inputs import Inputs
from report_builder.assets.sweep import Sweep, find_sweep
from report_builder.assets.vision import Surroundings
from report_builder.config import plain
from report_builder.contents import Contents
from report_builder.errors import InputError, input_fault
from report_builder.pango import HOW_TO_INSTALL, missing_libraries
from report_builder.pipeline.step import Saved, Step
from report_builder.pipeline.store import Store
from report_builder.render.languages import LANGUAGES
from report_builder.report import FORMATS, PROJECT, chosen, document_stem, report_steps, step_files
from report_builder.settings import Settings

if TYPE_CHECKING:
    from report_builder.pipeline.log import Listener
    from report_builder.pipeline.run import Outcome


@dataclass(frozen=True)
class Request:
    """What the user asked for; an empty `languages`, `formats` or `only` stands for all."""

    settings: Settings
    out: Path
    languages: tuple[str, ...] = ()
    formats: tuple[str, ...] = ()
    only: tuple[str, ...] = ()
    jobs: int = 1
    offline: bool = False

    @property
    def cache(self) -> Path:
        return self.out / "cache"

    @property
    def surroundings(self) -> Surroundings:
        return Surroundings(PROJECT, os.environ, self.cache, self.offline)

    @property
    def stem(self) -> str:
        return document_stem(self.only)


@dataclass(frozen=True)
class Prepared:
    """Everything that the pipeline is given."""

    steps: Sequence[Step]
    targets: Sequence[str]
    settings: Mapping[str, Any]
    files: Mapping[str, Path]
    given: Mapping[str, Saved]
    device: str
    inputs: Inputs
    contents: Contents
    sweep: Sweep | None

    @property
    def lines(self) -> list[str]:
        """What is used, for the command's first lines."""
        return [*self.inputs.lines, *([str(self.sweep)] if self.sweep else [])]

    def run(
        self,
        request: Request,
        targets: Sequence[str],
        *,
        listener: Listener | None = None,
        log: Path | None = None,
    ) -> Outcome:
        """Bring the targets up to date in the request's cache; see `report_builder.pipeline.run.run`."""
        from report_builder.pipeline.run import run

        return run(
            self.steps,
            settings=self.settings,
            files=self.files,
            store=Store(request.cache),
            device=self.device,
            jobs=request.jobs,
            targets=targets,
            given=self.given,
            listener=listener,
            log=log,
            # the user puts it right and starts again: no minutes of other steps before it is said
            ends_run=lambda report: input_fault(report.error) is not None,
        )


def prepare(request: Request, progress: Progress | None = None) -> Prepared:
    """Resolve inputs and device and declare the steps. Raises InputError for what the user can put right."""
    from report_builder.assets.inputs import resolve_inputs
    from report_builder.contents import SWEEP, contents_of
    from report_builder.given import front_values, run_values, sweep_values
    from report_builder.models.device import detect_device_type
    from report_builder.own_sections import own_sections

    languages = chosen("lang", request.languages, tuple(LANGUAGES))
    formats = chosen("format", request.formats, FORMATS)
    if "pdf" in formats and missing_libraries():
        raise InputError(HOW_TO_INSTALL)
    parts = request.settings.report.parts
    sweep = find_sweep(request.out)
    contents = contents_of(
        (*parts, SWEEP) if sweep else parts, own_sections(request.settings.report.sections)
    )
    contents.chapters_with(request.only)  # a wrong name is said before anything is looked for
    device = detect_device_type(request.cache / "device.json", request.settings.device)
    inputs = resolve_inputs(request.settings, request.surroundings, progress)
    settings = plain(request.settings)
    given = {
        **inputs.given,
        "study": Saved.given("study", {"parts": list(parts)}),
        "run": Saved.given("run", run_values(settings, device)),
        "front": Saved.given("front", front_values(request.settings, inputs)),
    }
    if sweep is not None:
        given["sweep"] = Saved.given("sweep", sweep_values(sweep, settings, contents, given, request.cache))
    steps, targets = report_steps(contents, given, request.only, languages, formats)
    files = step_files(steps, {**inputs.files, **(sweep.files if sweep else {})}, contents)
    return Prepared(steps, targets, settings, files, given, device, inputs, contents, sweep)


def build(request: Request, *, begun: float, quiet: bool, verbose: bool) -> bool:
    """Build the report; whether it is complete. Says what was used, what was done, and where it lies."""
    from report_builder.pipeline.process import prepare_process
    from report_builder.progress import download_bar, listener
    from report_builder.publish import publish

    prepare_process()  # first of all: finding the device may load torch
    for folder in (request.out, request.cache):
        check_writable(folder)
    with download_bar(quiet=quiet) as progress:
        prepared = prepare(request, progress)
    if not quiet:
        for line in prepared.lines:
            click.echo(line)
        click.echo(f"device: {prepared.device}; seed: {request.settings.seed}")
    terminal = sys.stdout.isatty()
    with (
        _clear_about(request.out),
        listener(quiet=quiet, verbose=verbose, terminal=terminal, store=request.cache) as told,
    ):
        log = request.cache / "steps.jsonl"
        outcome = prepared.run(request, prepared.targets, listener=told, log=log)
    for report in outcome.failed:
        if message := input_fault(report.error):
            raise InputError(message)
        click.echo(f"step {report.name} failed: {report.error} (traceback: {report.traceback})", err=True)
    with _clear_about(request.out):
        paths = publish(request, prepared, outcome)
    for path in paths:
        if not quiet:
            click.echo(f"{path}  {_size(path)}")
    failed_checks = _failed_checks(outcome.results)
    if failed_checks:
        click.echo(f"audit: {failed_checks}")
    click.echo(
        f"{'complete' if outcome.complete else 'INCOMPLETE'} after {time.perf_counter() - begun:.1f} s"
    )
    return outcome.complete


def show_plan(request: Request) -> None:
    """Say for each step whether it is cached or would run, and why; nothing is downloaded, run or written."""
    from report_builder.pipeline.run import plan

    if not request.cache.is_dir():
        with TemporaryDirectory() as nowhere:
            empty = replace(request, out=Path(nowhere))
            empty.cache.mkdir()
            show_plan(empty)
        return
    prepared = prepare(replace(request, offline=True))
    reports = plan(
        prepared.steps,
        settings=prepared.settings,
        files=prepared.files,
        store=Store(request.cache),
        device=prepared.device,
        targets=prepared.targets,
        given=prepared.given,
    )
    for report in reports.values():
        because = f"  ({'; '.join(map(str, report.reasons))})" if report.reasons else ""
        click.echo(f"{report.status:<7} {report.name}{because}")


def check_writable(folder: Path) -> None:
    """Make the folder. Raises InputError where it cannot be made or written."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(prefix=".writable", dir=folder):
            pass
    except OSError as error:
        raise InputError(f"The folder {folder} cannot be written ({error.strerror}).") from None


@contextmanager
def _clear_about(out: Path) -> Iterator[None]:
    """Files in out/ that another user owns, or another program holds open, are the user's to put right."""
    try:
        yield
    except OSError as error:
        file = error.filename2 or error.filename
        if file and Path(file).absolute().is_relative_to(out.absolute()):
            raise InputError(f"{file} cannot be used ({error.strerror}).") from None
        raise


def _failed_checks(results: Mapping[str, Saved]) -> str:
    if "audit" not in results:
        return ""
    return ", ".join(f"{name} FAILED" for name in results["audit"].values["summary"]["failed"])


def _size(path: Path) -> str:
    size = path.stat().st_size
    return f"{size / 1e6:.1f} MB" if size >= 1e6 else f"{size / 1e3:.0f} kB"
