"""`python build.py clean`: the report that is there can still be rebuilt without computing anything."""

import json
import shutil

import pytest
from small_report import SmallBuild, run_build

from report_builder.pipeline.store import Store


@pytest.fixture
def own_copy(small_build: SmallBuild, tmp_path) -> SmallBuild:
    out = tmp_path / "out"
    shutil.copytree(small_build.out, out)
    return SmallBuild(out, small_build.csv, "")


def clean(out, *more):
    return run_build("clean", "--out", str(out), *more)


def test_a_cleaned_report_is_rebuilt_without_computing_anything(own_copy):
    other = Store(own_copy.out / "cache")
    other.load_or_compute("other-1", "other", {}, lambda folder: {"x": 1})
    planned = clean(own_copy.out, "--older-than", "0", "--dry-run")
    assert "would remove 1 results" in planned.stdout
    assert other.load("other-1")
    done = clean(own_copy.out, "--older-than", "0")
    assert done.returncode == 0
    assert done.stdout == planned.stdout.replace("would remove", "removed")
    assert other.load("other-1") is None
    rebuilt = run_build(*own_copy.arguments("--verbose"))
    assert rebuilt.returncode == 0, rebuilt.stderr
    log = (own_copy.out / "cache" / "steps.jsonl").read_text(encoding="utf-8")
    assert {json.loads(line)["event"] for line in log.splitlines()} == {"cached"}


def test_nothing_is_cleaned_under_a_run_or_beside_a_damaged_manifest(own_copy, tmp_path):
    store = Store(own_copy.out / "cache")
    with store.in_use():
        refused = clean(own_copy.out, "--older-than", "0")
    assert refused.returncode == 2
    assert "clean when it has ended" in refused.stderr
    (own_copy.out / "manifest.json").write_text("{")
    refused = clean(own_copy.out, "--older-than", "0")
    assert refused.returncode == 2
    assert "manifest.json is damaged" in refused.stderr
    assert clean(tmp_path / "nothing").returncode == 2
