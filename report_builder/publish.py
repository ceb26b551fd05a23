"""Writing out/: the documents, the figures, results.json and manifest.json, each whole or not at all."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from report_builder.pipeline.file_hashes import file_digest
from report_builder.pipeline.run import Outcome
from report_builder.pipeline.step import Saved
from report_builder.render.step_times import fill_in
from report_builder.verdicts import PRINTED

if TYPE_CHECKING:
    from report_builder.build import Prepared, Request

# What comes from outside the pipeline and stands beside its results
GIVEN = ("run", "study", "assets", "vision", "own", "signal_source", "sweep")


def publish(request: Request, prepared: Prepared, outcome: Outcome) -> list[Path]:
    """Bring out/ up to date and return the documents; what could not be built leaves what was there."""
    documents = []
    analyses = prepared.contents.analyses
    for name, saved in outcome.results.items():
        kind, _, language = name.partition(".")
        if kind not in ("html", "pdf"):
            continue
        target = request.out / f"{request.stem}.{language}.{kind}"
        content = saved.file(f"report.{kind}").read_bytes()
        if kind == "html":
            times = [(step, outcome.reports[step].seconds) for step in analyses if step in outcome.reports]
            content = fill_in(content.decode(), times, language).encode()
        write_whole(target, content)
        documents.append(target)
    if not request.only and outcome.complete:
        figures = _figures(request.out / "figures", outcome.results)
        results = request.out / "results.json"
        write_whole(results, json_text(results_values(outcome.results, prepared.settings, analyses)).encode())
        sweep = [] if prepared.sweep is None else list(prepared.sweep.files.values())
        outputs = [*documents, results, *figures, *sweep]
        manifest = request.out / "manifest.json"
        write_whole(manifest, json_text(_manifest(request, prepared, outcome, outputs)).encode())
        documents += [results, manifest]
    return documents


def results_values(
    results: Mapping[str, Saved], settings: Mapping[str, Any], analyses: Iterable[str]
) -> dict[str, Any]:
    """Every value of every analysis by the dotted name of its step, and what was given."""
    values: dict[str, Any] = {"settings": settings, "verdicts": PRINTED}
    for name in (*GIVEN, *analyses):
        if name in results:
            place = values
            *tables, last = name.split(".")
            for table in tables:
                place = place.setdefault(table, {})
            place[last] = {**place.get(last, {}), **results[name].values}
    return values


def json_text(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True, allow_nan=False) + "\n"


def write_whole(path: Path, content: bytes) -> None:
    """Write through a file beside it, so that a reader never sees half; an unchanged file is left alone."""
    if path.is_file() and path.read_bytes() == content:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    unfinished.write_bytes(content)
    unfinished.replace(path)


def _figures(folder: Path, results: Mapping[str, Saved]) -> list[Path]:
    """The figures of all pages in one folder; those of earlier runs that no page shows are removed."""
    shown: dict[str, Path] = {}
    for name, saved in results.items():
        if name.startswith("fragment."):
            shown |= {file: saved.folder / "figures" / file for file in saved.values["figures"]}
    for file, source in shown.items():
        write_whole(folder / file, source.read_bytes())
    for stale in {*folder.glob("*.png"), *folder.glob("*.jpg")} - {folder / file for file in shown}:
        stale.unlink()
    return [folder / file for file in sorted(shown)]


def _manifest(
    request: Request, prepared: Prepared, outcome: Outcome, outputs: Iterable[Path]
) -> dict[str, Any]:
    reports = outcome.reports.values()
    return {
        "settings": prepared.settings,
        "front": prepared.given["front"].values,
        **{name: prepared.given[name].values for name in GIVEN if name in prepared.given},
        "steps": {
            report.name: {"key": report.key, "seconds": round(report.seconds, 3)} for report in reports
        },
        "outputs": {path.relative_to(request.out).as_posix(): file_digest(path) for path in outputs},
    }
