"""Where the diabetes table comes from: the first of six places that has it.

In this order: the file that the settings name; data/diabetes.csv in the project; diabetes.csv in the
folder that the environment variable REPORT_DATA names; the cache; OpenML; the synthetic stand-in.
Only the standard library is imported, and that sparingly: an unchanged rebuild passes here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from report_builder.assets import pima
from report_builder.assets.asset import Asset, Origin, Place, Reason, list_places, write_atomically
from report_builder.assets.attempts import PATIENCE, RETRY_AFTER, Attempt
from report_builder.assets.download import DownloadError, fetch
from report_builder.errors import InputError
from report_builder.pipeline.file_hashes import file_digest

NAME = "diabetes"
FILE_NAME = "diabetes.csv"
STANDIN_PARAMETERS = Path(__file__).resolve().parents[2] / "data" / "standin_parameters.json"
STANDIN_LICENCE = "The project's own: parameters fitted to the Pima table, without any of its rows"
STANDIN_SOURCE = "Synthetic cohort drawn from a class-conditional Gaussian copula (data/README.md)"
USER_LICENCE = "not known: a file of the user's"


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
    attempt = _attempt(cache, offline, remote)
    failure = attempt.refusal() or _download(target, remote, attempt)
    if failure is None:
        return _table_asset(target, "download", remote, tuple(reasons))
    if not standin.is_file():
        raise InputError(f"The parameters of the stand-in data are missing: {standin} is not there.")
    return Asset(
        NAME, standin, "standin", file_digest(standin), STANDIN_LICENCE, STANDIN_SOURCE, (*reasons, failure)
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
    found.append(("download", remote.address, _attempt(cache, offline, remote).refusal()))
    missing = None if standin.is_file() else Reason("standin", "absent", "the file is not there")
    found.append(("standin", str(standin), missing))
    return list_places(found, settings_path is not None)


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
        digest = file_digest(path)
    except OSError as error:
        raise InputError(f"The table {path} cannot be read: {error.strerror}.") from None
    known = _content(path) == remote.content_sha256
    licence, source = (
        (pima.LICENCE, pima.SOURCE) if known else (USER_LICENCE, f"{path.name}, a file of the user's")
    )
    return Asset(NAME, path, origin, digest, licence, source, reasons)


def _attempt(cache: Path, offline: bool, remote: Remote) -> Attempt:
    return Attempt(remote.address, cache / "diabetes.download-failed.json", offline, remote.retry_after)


def _download(target: Path, remote: Remote, attempt: Attempt) -> Reason | None:
    """Put the downloaded table at `target`, or say why not (and remember that for `retry_after`)."""
    lines, reason = _fetch_lines(remote)
    try:
        if reason is None:
            write_atomically(target, pima.csv_text(lines))
        attempt.remember(reason)
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
