"""A small build of the whole report, made once for all tests that read its files."""

from __future__ import annotations

import os

import pytest
from filelock import FileLock
from small_report import SmallBuild, run_build, small_csv


@pytest.fixture(scope="session")
def small_build(tmp_path_factory: pytest.TempPathFactory) -> SmallBuild:
    """Built by the first worker that needs it; the others wait for it."""
    parallel = "PYTEST_XDIST_WORKER" in os.environ
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if parallel else base) / "small-build"
    with FileLock(f"{folder}.lock"):
        folder.mkdir(exist_ok=True)
        build = SmallBuild(folder / "out", folder / "table.csv", "")
        printed = folder / "printed.txt"
        if not printed.exists():
            small_csv(build.csv)
            done = run_build(*build.arguments())
            printed.write_text(f"{done.returncode}\n{done.stdout}{done.stderr}", encoding="utf-8")
    text = printed.read_text(encoding="utf-8")
    assert text.startswith("0\n"), text
    return SmallBuild(build.out, build.csv, text)
