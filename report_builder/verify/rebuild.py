"""Does a rebuild from the manifest, with an empty cache, come to the same results?"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from pydantic import ValidationError

from report_builder.errors import InputError, input_fault
from report_builder.verify.check import Check
from report_builder.verify.folder import Results

SHOWN = 20
# Of the results, what describes the machine, and where on it the inputs were found
MACHINE = ("/run/device", "/run/platform", "/run/python", "/run/versions")
SEARCH = ("origin", "reasons", "passed_over")
_ABSENT = "nothing"


def check_rebuild(results: Results, jobs: int) -> Check:
    """All analyses once more, from the settings of the manifest, without any document."""
    check = Check("rebuild")
    with TemporaryDirectory(prefix="verify-") as folder:
        try:
            values, device, failed = _rebuilt(results, Path(folder), jobs)
        except (InputError, ValidationError) as error:
            check.faults.append(f"The report cannot be rebuilt here. {error}")
            return check
    if failed:
        check.faults += failed
        return check
    before = results.values.get("run", {}).get("device")
    check.remarks.append(f"built on {before}, rebuilt on {device}")
    different = list(differences(results.values, values, ""))
    machine = [found for found in different if found[0].startswith(MACHINE)]
    found_elsewhere = [found for found in different if _of_search(found[0])]
    check.remarks += [f"{place} was {then}, is {now}" for place, then, now in (*machine, *found_elsewhere)]
    faults = [found for found in different if found not in machine and found not in found_elsewhere]
    check.faults += [
        f"{place} is {then} in results.json, {now} when rebuilt." for place, then, now in faults[:SHOWN]
    ]
    if len(faults) > SHOWN:
        check.faults.append(f"{len(faults)} values differ in all.")
    if largest := max((_relative(then, now) for _, then, now in faults), default=0.0):
        check.faults.append(f"The largest relative difference of a number is {largest:.2g}.")
    check.said = f"{sum(1 for _ in _leaves(values))} values of all analyses, computed again"
    return check


def differences(then: Any, now: Any, place: str) -> Iterator[tuple[str, Any, Any]]:
    """JSON pointer and both values of all that two results do not share."""
    if isinstance(then, dict) and isinstance(now, dict):
        for key in sorted(then.keys() | now.keys()):
            inner = f"{place}/{key.replace('~', '~0').replace('/', '~1')}"
            yield from differences(then.get(key, _ABSENT), now.get(key, _ABSENT), inner)
    elif isinstance(then, list) and isinstance(now, list) and len(then) == len(now):
        for index, (first, second) in enumerate(zip(then, now, strict=True)):
            yield from differences(first, second, f"{place}/{index}")
    elif then != now or type(then) is not type(now):
        yield place, then, now


def _rebuilt(results: Results, folder: Path, jobs: int) -> tuple[dict[str, Any], str, list[str]]:
    """The results, the device, and what failed. Raises InputError for inputs that are not to be had."""
    from report_builder.build import Request, prepare
    from report_builder.pipeline.process import prepare_process
    from report_builder.publish import json_text, results_values
    from report_builder.settings import Settings

    prepare_process()
    settings = Settings.model_validate(results.manifest["settings"])
    _lend(results.folder, folder)
    request = Request(settings=settings, out=folder, formats=("html",), jobs=jobs, offline=True)
    prepared = prepare(request)
    if moved := list(_other_inputs(results.manifest.get("assets", {}), prepared.given)):
        raise InputError(" ".join(moved))
    outcome = prepared.run(request, prepared.contents.analyses)
    failed = [
        f"The step {report.name} failed: {input_fault(report.error) or report.error}."
        for report in outcome.failed
    ]
    values = results_values(outcome.results, prepared.settings, prepared.contents.analyses)
    return json.loads(json_text(values)), prepared.device, failed


def _lend(results: Path, folder: Path) -> None:
    """What a build with an empty cache may take over: the sweep, and inputs that were downloaded."""
    for name in ("sweep", "cache/assets"):
        if (results / name).is_dir():
            shutil.copytree(results / name, folder / name)
    (folder / "cache").mkdir(exist_ok=True)


def _other_inputs(then: Mapping[str, Any], given: Mapping[str, Any]) -> Iterator[str]:
    """Which inputs are not those of the manifest."""
    now = given["assets"].values if "assets" in given else {}
    for name in sorted(then.keys() | now.keys()):
        first, second = then.get(name, {}), now.get(name, {})
        if first.get("sha256") != second.get("sha256"):
            yield (
                f"The {name.replace('_', ' ')} of the report cannot be had any more: it was "
                f"{first.get('file') or first.get('origin', _ABSENT)}, here it would be "
                f"{second.get('file') or second.get('origin', _ABSENT)}."
            )


def _of_search(place: str) -> bool:
    """Whether it says where an input was found, which is the same input by its hash."""
    parts = place.split("/")
    return parts[1] == "assets" and len(parts) > 3 and parts[3] in SEARCH


def _relative(then: Any, now: Any) -> float:
    if isinstance(then, bool) or isinstance(now, bool):
        return 0.0
    if not isinstance(then, int | float) or not isinstance(now, int | float):
        return 0.0
    return abs(then - now) / max(abs(then), abs(now))


def _leaves(value: Any) -> Iterator[Any]:
    if isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _leaves(inner)
    else:
        yield value
