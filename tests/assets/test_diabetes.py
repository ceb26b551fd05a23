"""Six places in order, and a download that may fail in every way."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from report_builder.assets import pima
from report_builder.assets.asset import Asset
from report_builder.assets.diabetes import Remote, describe_assets, resolve_table
from report_builder.errors import InputError

ARFF = """% a comment
@relation pima_diabetes
@attribute 'preg' real
@attribute 'plas' real
@attribute 'pres' real
@attribute 'skin' real
@attribute 'insu' real
@attribute "mass" real
@ATTRIBUTE pedi real
@attribute 'age' real
@attribute 'class' { tested_negative, tested_positive}

@data
6,148,72,35,0,33.60,0.627,50,tested_positive
1,85.0,66,29,0,26.6,0.35,31,tested_negative
"""
LINES = ["6,148,72,35,0,33.6,0.627,50,1", "1,85,66,29,0,26.6,0.35,31,0"]
CONTENT = pima.content_sha256(LINES)
NOWHERE = Remote(address="http://127.0.0.1:9/none", patience=0.2)


@contextmanager
def serving(body: bytes = b"", status: int = 200, silent: float = 0, dribble: bool = False) -> Iterator[str]:
    """A server on loopback that gives one answer to everybody; yields its address."""
    ended = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if silent:
                ended.wait(silent)
                return
            self.send_response(status)
            self.send_header("Content-Length", str(1000 if dribble else len(body)))
            self.end_headers()
            self.wfile.write(body)
            while dribble and not ended.wait(0.05):
                try:
                    self.wfile.write(b"x")
                except OSError:
                    return

        def log_message(self, *arguments: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/diabetes.arff"
    finally:
        ended.set()
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("no_proxy", "127.0.0.1")


def resolve(folder: Path, remote: Remote = NOWHERE, offline: bool = False, **places: object) -> Asset:
    arguments = {"settings_path": None, "environ": {}, **places}
    return resolve_table(
        project=folder / "project", cache=folder / "cache", offline=offline, remote=remote, **arguments
    )


def put(path: Path, text: str = "a,Outcome\n1,0\n2,1\n") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_each_place_goes_before_the_later_ones(tmp_path: Path) -> None:
    remote = Remote(address=NOWHERE.address, content_sha256=CONTENT, patience=0.2)
    environ = {"REPORT_DATA": str(tmp_path / "environment")}
    paths = {
        "cache": put(tmp_path / "cache" / "diabetes.csv", pima.csv_text(LINES)),
        "environment": put(tmp_path / "environment" / "diabetes.csv"),
        "project": put(tmp_path / "project" / "data" / "diabetes.csv"),
        "settings": put(tmp_path / "project" / "mine.csv"),
    }
    for origin in ("settings", "project", "environment", "cache"):
        asset = resolve(
            tmp_path,
            remote,
            environ=environ,
            settings_path=Path("mine.csv") if paths["settings"].exists() else None,
        )
        assert (asset.origin, asset.path) == (origin, paths[origin])
        paths[origin].unlink()
    standin = resolve(tmp_path, remote, environ=environ)
    assert standin.origin == "standin"
    assert standin.path.name == "standin_parameters.json"
    assert [(reason.place, reason.cause) for reason in standin.reasons] == [
        ("settings", "unset"),
        ("project", "absent"),
        ("environment", "absent"),
        ("cache", "absent"),
        ("download", "unreachable"),
    ]


def test_a_file_that_the_settings_name_must_be_there(tmp_path: Path) -> None:
    put(tmp_path / "project" / "data" / "diabetes.csv")
    with pytest.raises(InputError, match=r"mine <&\$_\.csv.* is not there\."):
        resolve(tmp_path, settings_path=Path("mine <&$_.csv"))


def test_download_is_renamed_checked_and_cached(tmp_path: Path) -> None:
    with serving(ARFF.encode()) as address:
        remote = Remote(address=address, content_sha256=CONTENT)
        asset = resolve(tmp_path, remote)
    assert asset.origin == "download"
    assert asset.path == tmp_path / "cache" / "diabetes.csv"
    assert asset.path.read_text().splitlines() == [",".join(pima.COLUMNS), *LINES]
    assert [path.name for path in asset.path.parent.iterdir()] == ["diabetes.csv"]
    assert (asset.licence, asset.source) == (pima.LICENCE, pima.SOURCE)
    again = resolve(tmp_path, remote)  # the server is gone by now
    assert (again.origin, again.sha256) == ("cache", asset.sha256)


@pytest.mark.parametrize(
    ("answer", "cause"),
    [
        ({"body": ARFF.replace("148", "149").encode()}, "wrong content"),
        ({"body": ARFF.encode()[:-60]}, "damaged"),
        ({"body": ARFF.replace("'insu'", "'insulin'").encode()}, "damaged"),
        ({"body": b"<html>down for maintenance</html>"}, "damaged"),
        ({"body": b"\xff\xfe\x00"}, "damaged"),
        ({"body": b""}, "damaged"),
        ({"status": 503}, "unreachable"),
        ({"silent": 5.0}, "silent"),
        ({"body": ARFF.encode(), "dribble": True}, "silent"),
    ],
)
def test_a_failed_download_gives_the_standin_and_the_reason(
    tmp_path: Path, answer: dict[str, object], cause: str
) -> None:
    with serving(**answer) as address:  # type: ignore[arg-type]
        start = time.monotonic()
        asset = resolve(tmp_path, Remote(address=address, content_sha256=CONTENT, patience=0.5))
        assert time.monotonic() - start < 1.5
    assert asset.origin == "standin"
    assert (asset.reasons[-1].place, asset.reasons[-1].cause) == ("download", cause)
    assert address in asset.reasons[-1].detail
    assert not (tmp_path / "cache" / "diabetes.csv").exists()


def test_a_failed_download_is_not_tried_again_at_once(tmp_path: Path) -> None:
    with serving(status=404) as address:
        failed = resolve(tmp_path, Remote(address=address, content_sha256=CONTENT))
    port = address.split(":")[2].split("/")[0]
    with serving(ARFF.encode()) as other:
        moved = Remote(address=other, content_sha256=CONTENT)
        waiting = Remote(address=address, content_sha256=CONTENT)
        assert resolve(tmp_path, waiting).reasons == failed.reasons
        assert port in failed.reasons[-1].detail
        assert resolve(tmp_path, moved).origin == "download"  # another address has not failed
    (tmp_path / "cache" / "diabetes.csv").unlink()
    with serving(ARFF.encode()) as address:
        impatient = Remote(address=address, content_sha256=CONTENT, retry_after=0)
        put(tmp_path / "cache" / "diabetes.download-failed.json", "{broken")
        assert resolve(tmp_path, impatient).origin == "download"


def test_a_damaged_cache_is_replaced(tmp_path: Path) -> None:
    put(tmp_path / "cache" / "diabetes.csv", pima.csv_text(LINES)[:-4])
    with serving(ARFF.encode()) as address:
        asset = resolve(tmp_path, Remote(address=address, content_sha256=CONTENT))
    assert asset.origin == "download"
    assert ("cache", "damaged") in [(reason.place, reason.cause) for reason in asset.reasons]


def test_offline_asks_nobody(tmp_path: Path) -> None:
    with serving(ARFF.encode()) as address:
        asset = resolve(tmp_path, Remote(address=address, content_sha256=CONTENT), offline=True)
    assert asset.origin == "standin"
    assert asset.reasons[-1].cause == "offline"


def test_an_unwritable_cache_gives_the_standin(tmp_path: Path) -> None:
    put(tmp_path / "cache")  # a file where the folder should be
    with serving(ARFF.encode()) as address:
        asset = resolve(tmp_path, Remote(address=address, content_sha256=CONTENT))
    assert asset.reasons[-1].cause == "unwritable"


def test_doctor_lists_what_a_build_would_use(tmp_path: Path) -> None:
    def used(offline: bool = False, settings_path: Path | None = None) -> list[str]:
        places = describe_assets(
            settings_path, tmp_path / "project", {}, tmp_path / "cache", offline, remote=NOWHERE
        )
        assert [place.origin for place in places] == [
            "settings",
            "project",
            "environment",
            "cache",
            "download",
            "standin",
        ]
        assert all(place.available or place.detail for place in places)
        return [place.origin for place in places if place.used]

    assert used() == ["download"]
    assert used(offline=True) == ["standin"]
    assert used(settings_path=Path("absent.csv")) == []
    put(tmp_path / "project" / "data" / "diabetes.csv")
    assert used() == ["project"]


def test_found_files_are_fast_and_nothing_heavy_is_imported(tmp_path: Path) -> None:
    put(tmp_path / "project" / "data" / "diabetes.csv", pima.csv_text(LINES * 384))
    times = []
    for _ in range(5):
        start = time.perf_counter()
        resolve(tmp_path)
        times.append(time.perf_counter() - start)
    assert min(times) < 0.05
    program = (
        "import sys, report_builder.assets.diabetes;"
        "print([name for name in ('numpy', 'pandas', 'torch', 'sklearn', 'ssl') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
