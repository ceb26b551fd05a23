"""A small build of the whole report, and a browser, each made once for all tests that need it."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from chromium import CHROMIUM
from filelock import FileLock
from small_report import SmallBuild, run_build, small_csv
from sweep_steps import write_sweep

if TYPE_CHECKING:
    from playwright.sync_api import Browser

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # A shell that starts the tests in the background makes them, and the builds they start, deaf to Ctrl-C.
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def small_build(tmp_path_factory: pytest.TempPathFactory) -> SmallBuild:
    """With the chapter on certainty, over runs with planted truths; built by the first worker that needs it,
    the others wait for it.
    """
    parallel = "PYTEST_XDIST_WORKER" in os.environ
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if parallel else base) / "small-build"
    with FileLock(f"{folder}.lock"):
        folder.mkdir(exist_ok=True)
        build = SmallBuild(folder / "out", folder / "table.csv", "")
        printed = folder / "printed.txt"
        if not printed.exists():
            small_csv(build.csv)
            write_sweep(
                build.out / "sweep",
                seeds=range(4),
                parts=("tabular", "vision", "signals"),
                grid={"mlp.epochs": (2, 3)},
                failed=[(1, 2)],
            )
            done = run_build(*build.arguments())
            printed.write_text(f"{done.returncode}\n{done.stdout}{done.stderr}", encoding="utf-8")
    text = printed.read_text(encoding="utf-8")
    assert text.startswith("0\n"), text
    return SmallBuild(build.out, build.csv, text)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Headless Chromium; each test opens and closes its own pages."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield opened
        opened.close()
