"""Copies of the small build that a test may falsify."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from falsified_report import Report
from small_report import SmallBuild

from report_builder.verify.documents import read_papers
from report_builder.verify.folder import open_results
from report_builder.verify.paper import Paper


@pytest.fixture
def report(small_build: SmallBuild, tmp_path: Path) -> Report:
    shutil.copytree(small_build.out, tmp_path / "out", ignore=shutil.ignore_patterns("cache"))
    return Report(tmp_path / "out")


@pytest.fixture(scope="session")
def papers(small_build: SmallBuild) -> dict[str, Paper]:
    """The untouched PDFs, read once."""
    read, unread = read_papers(open_results(small_build.out))
    assert not unread
    return read
