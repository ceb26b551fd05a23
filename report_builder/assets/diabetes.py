"""Where the diabetes table comes from: the first of six places that has it.

In this order: the file that the settings name; data/diabetes.csv in the project; diabetes.csv in the
folder that the environment variable REPORT_DATA names; the cache; OpenML; the synthetic stand-in.
Only the standard library is imported, and that sparingly: an unchanged rebuild passes here.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

from report_builder.assets import pima
from report_builder.assets.asset import Asset, Cause, Origin, Place, Reason, file_sha256
from report_builder.assets.download import DownloadError, fetch
from report_builder.errors import InputError

NAME = "diabetes"
FILE_NAME = "diabetes.csv"
STANDIN_PARAMETERS = Path(__file__).resolve().parents[2] / "data" / "standin_parameters.json"
STANDIN_LICENCE = "The project's own: parameters fitted to the Pima table, without any of its rows"
STANDIN_SOURCE = "Synthetic cohort drawn from a class-conditional Gaussian copula (data/README.md)"
USER_LICENCE = "not known: a file of the user's"
PATIENCE = 10.0
RETRY_AFTER = 3600.0


@dataclass(frozen=True)
class Remote:
    """A downloadable copy: its address, the hash of its canonical content, and the patience in seconds.

    retry_after: seconds for which a failed download is not tried again, so that a machine without a
    network does not wait at every build.
    """

    address: str = pima.OPENML_ADDRESS
    content_sha256: str = pima.CONTENT_SHA256
    patience: float = PATIENCE
    retry_after: float = RETRY_AFTER


def resolve_table(
    settings_path: Path | None,
    project: Path,
    environ: Mapping[str, str],
    cache: Path,
    offline: bool,
    remote: Remote | None = None,
    standin: Path = STANDIN_PARAMETERS,
) -> Asset:
    """The diabetes table's file, or the stand-in's parameters file (origin "standin").

    A relative `settings_path` is relative to `project`. A cached file whose content is not the
    expected one is passed over. A failed download is recorded in the result's `reasons`.
    Raises InputError if the settings name a file that is not there.
    """
    remote = remote or Remote()
    reasons: list[Reason] = []
    for origin, path, reason in _local_places(settings_path, project, environ, cache, remote):
        if origin == "settings" and path is not None and reason is not None:
            raise InputError(f"The settings name the table {path}, and {reason.detail}.")
        if path is not None and reason is None:
            return _table_asset(path, origin, remote, tuple(reasons))
        if reason is not None:
            reasons.append(reason)
    target = cache / FILE_NAME
    failure = _refusal(cache, offline, remote) or _download(target, remote)
    if failure is None:
        return _table_asset(target, "download", remote, tuple(reasons))
    if not standin.is_file():
        raise InputError(f"The parameters of the stand-in data are missing: {standin} is not there.")
    return Asset(
        NAME, standin, "standin", file_sha256(standin), STANDIN_LICENCE, STANDIN_SOURCE, (*reasons, failure)
    )


def describe_assets(
    settings_path: Path | None,
    project: Path,
    environ: Mapping[str, str],
    cache: Path,
    offline: bool,
    remote: Remote | None = None,
    standin: Path = STANDIN_PARAMETERS,
) -> tuple[Place, ...]:
    """All six places in their order, with the one that a build would use; nothing is downloaded."""
    remote = remote or Remote()
    found: list[tuple[Origin, str, Reason | None]] = [
        (origin, "" if path is None else str(path), reason)
        for origin, path, reason in _local_places(settings_path, project, environ, cache, remote)
    ]
    found.append(("download", remote.address, _refusal(cache, offline, remote)))
    missing = None if standin.is_file() else Reason("standin", "absent", "the file is not there")
    found.append(("standin", str(standin), missing))
    # a file that the settings name is used or the build stops; no other place is asked then
    stops = settings_path is not None and found[0][2] is not None
    used = None if stops else next((origin for origin, _, reason in found if reason is None), None)
    return tuple(
        Place(origin, location, reason is None, origin == used, "" if reason is None else reason.detail)
        for origin, location, reason in found
    )


def _local_places(
    settings_path: Path | None, project: Path, environ: Mapping[str, str], cache: Path, remote: Remote
) -> Iterator[tuple[Origin, Path | None, Reason | None]]:
    """Each local place as (origin, path, why it does not serve or None)."""
    if settings_path is None:
        yield "settings", None, Reason("settings", "unset", "the settings name no file")
    else:
        yield _existing("settings", project / settings_path)
    yield _existing("project", project / "data" / FILE_NAME)
    folder = environ.get("REPORT_DATA")
    if folder:
        yield _existing("environment", Path(folder) / FILE_NAME)
    else:
        yield "environment", None, Reason("environment", "unset", "REPORT_DATA is not set")
    origin, path, reason = _existing("cache", cache / FILE_NAME)
    if reason is None and _content(path) != remote.content_sha256:
        reason = Reason("cache", "damaged", f"{path} does not hold the expected rows")
    yield origin, path, reason


def _existing(origin: Origin, path: Path) -> tuple[Origin, Path, Reason | None]:
    if path.is_file():
        return origin, path, None
    detail = f"{path} is not a file" if path.exists() else f"{path} is not there"
    return origin, path, Reason(origin, "absent", detail)


def _content(path: Path) -> str | None:
    """The hash of a Pima table's content, or None for any other file."""
    try:
        return pima.content_sha256(pima.parse_csv(path.read_text(encoding="utf-8-sig")))
    except (OSError, ValueError):
        return None


def _table_asset(path: Path, origin: Origin, remote: Remote, reasons: tuple[Reason, ...]) -> Asset:
    try:
        digest = file_sha256(path)
    except OSError as error:
        raise InputError(f"The table {path} cannot be read: {error.strerror}.") from None
    known = _content(path) == remote.content_sha256
    licence, source = (
        (pima.LICENCE, pima.SOURCE) if known else (USER_LICENCE, f"{path.name}, a file of the user's")
    )
    return Asset(NAME, path, origin, digest, licence, source, reasons)


def _failure_record(cache: Path) -> Path:
    return cache / "diabetes.download-failed.json"


def _refusal(cache: Path, offline: bool, remote: Remote) -> Reason | None:
    """Why no download is tried: offline, or a recent attempt at the same address failed."""
    if offline:
        return Reason("download", "offline", "the build is offline")
    record = _failure_record(cache)
    try:
        values = json.loads(record.read_text(encoding="utf-8"))
        recent = abs(time.time() - record.stat().st_mtime) < remote.retry_after
        cause: Cause | None = values["cause"] if values["cause"] in get_args(Cause) else None
        if recent and cause and values["address"] == remote.address:
            return Reason("download", cause, str(values["detail"]))
    except (OSError, ValueError, KeyError, TypeError):
        pass  # no record, or a broken one: try the download
    return None


def _download(target: Path, remote: Remote) -> Reason | None:
    """Put the downloaded table at `target`, or say why not (and remember that for `retry_after`)."""
    lines, reason = _fetch_lines(remote)
    try:
        if reason is None:
            _write_atomically(target, pima.csv_text(lines))
            _failure_record(target.parent).unlink(missing_ok=True)
        else:
            record = {"address": remote.address, "cause": reason.cause, "detail": reason.detail}
            _write_atomically(_failure_record(target.parent), json.dumps(record))
    except OSError as error:
        # a failure that cannot be recorded only means that the next build tries again
        return reason or Reason(
            "download", "unwritable", f"{target.parent} cannot be written ({error.strerror})"
        )
    return reason


def _fetch_lines(remote: Remote) -> tuple[list[str], Reason | None]:
    """The downloaded rows as canonical lines, or none and the reason."""
    try:
        lines = pima.parse_arff(fetch(remote.address, remote.patience).decode("utf-8"))
    except DownloadError as error:
        return [], Reason("download", error.cause, str(error))
    except ValueError as error:
        return [], Reason("download", "damaged", f"what {remote.address} sent cannot be read: {error}")
    if pima.content_sha256(lines) != remote.content_sha256:
        return [], Reason(
            "download", "wrong content", f"{remote.address} sent other rows than the expected ones"
        )
    return lines, None


def _write_atomically(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        temporary.write_bytes(text.encode())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
