"""Computing a report again from its manifest."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys

import pytest
from falsified_report import Report
from small_report import PROJECT, SmallBuild, run_build, small_arguments, small_csv

from report_builder.render.languages import LANGUAGES
from report_builder.render.numbers import format_number
from report_builder.verify.rebuild import differences

SOURCE = "mlp#/test/brier"


def test_differences_name_place_and_both_values():
    then = {"a": [1, 2.0], "b": {"x/y": "z"}, "c": [1], "same": {"n": None}}
    now = {"a": [1, 2.5], "b": {"x/y": "w"}, "c": [1, 2], "same": {"n": None}, "new": 3}
    assert list(differences(then, now, "")) == [
        ("/a/1", 2.0, 2.5),
        ("/b/x~1y", "z", "w"),
        ("/c", [1], [1, 2]),
        ("/new", "nothing", 3),
    ]


@pytest.fixture(scope="module")
def tabular(tmp_path_factory):
    """A report of the table alone, as pages for the screen."""
    folder = tmp_path_factory.mktemp("tabular")
    csv = small_csv(folder / "table.csv")
    settings = (f"tabular.csv={csv}", 'report.parts=["tabular"]')
    done = run_build(*small_arguments("--format", "html", "--out", str(folder / "out"), settings=settings))
    assert done.returncode == 0, done.stdout + done.stderr
    return SmallBuild(folder / "out", csv, done.stdout)


def rebuild(folder):
    return subprocess.run(
        [sys.executable, "-W", "error", "build.py", "verify", str(folder), "--rebuild"],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        encoding="utf-8",
    )


def test_results_altered_everywhere_are_found_by_a_rebuild(tabular, tmp_path):
    shutil.copytree(tabular.out, tmp_path / "out", ignore=shutil.ignore_patterns("cache"))
    report = Report(tmp_path / "out")
    values = report.values()
    right = values["mlp"]["test"]["brier"]
    values["mlp"]["test"]["brier"] = wrong = 0.0125
    values["run"]["platform"] = "Another-5.0"
    report.write("results.json", json.dumps(values))
    for language in LANGUAGES:
        html = report.read(f"report.{language}.html").replace(
            f'value="{right!r}" data-from="{SOURCE}"', f'value="{wrong!r}" data-from="{SOURCE}"'
        )
        shown = format_number(wrong, LANGUAGES[language], digits=3)
        html = re.sub(f'(data-from="{SOURCE}">)[^<]*', rf"\g<1>{shown}", html)
        html = html.replace(values["run"]["platform"], "Another-5.0")
        report.write(f"report.{language}.html", html)
    report.seal()
    done = rebuild(report.folder)
    assert done.returncode == 1, done.stdout + done.stderr
    said = done.stdout[done.stdout.index("rebuild:") :].splitlines()
    assert said[1].strip() == "built on cpu, rebuilt on cpu"
    assert said[2].startswith("  /run/platform was Another-5.0, is ")
    assert [line for line in said if line.startswith("  - ")] == [
        f"  - /mlp/test/brier is {wrong} in results.json, {right} when rebuilt.",
        f"  - The largest relative difference of a number is {abs(right - wrong) / max(right, wrong):.2g}.",
    ]


def test_a_table_that_is_gone_is_said(tabular, tmp_path):
    shutil.copytree(tabular.out, tmp_path / "out", ignore=shutil.ignore_patterns("cache"))
    tabular.csv.rename(tmp_path / "moved.csv")
    try:
        done = rebuild(tmp_path / "out")
    finally:
        (tmp_path / "moved.csv").rename(tabular.csv)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "The report cannot be rebuilt here. " in done.stdout
    assert str(tabular.csv) in done.stdout
