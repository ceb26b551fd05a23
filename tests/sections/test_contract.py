"""What every section keeps: finite values, both languages drawn alike, results unchanged by drawing."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

import numpy as np
import pytest
from small_report import SmallBuild

from report_builder.contents import CHAPTERS, SWEEP, contents_of, load_section, section_names
from report_builder.pipeline.step import Saved, Work
from report_builder.pipeline.store import Store
from report_builder.publish import GIVEN
from report_builder.render.fragment import draw_section, fragment_step
from report_builder.report import PROJECT
from report_builder.settings import PARTS

TAG = re.compile(r"<[^>]*>")


@pytest.fixture(scope="module")
def saved(small_build: SmallBuild) -> dict[str, Saved]:
    """Every result of the small build, by step."""
    manifest = json.loads((small_build.out / "manifest.json").read_text(encoding="utf-8"))
    store = Store(small_build.out / "cache")
    loaded = {name: store.load(step["key"]) for name, step in manifest["steps"].items()}
    given = {name: manifest[name] for name in GIVEN}
    return {name: entry.saved for name, entry in loaded.items() if entry} | {
        name: Saved.given(name, values) for name, values in given.items()
    }


@pytest.fixture(scope="module")
def settings(small_build: SmallBuild) -> dict:
    return json.loads((small_build.out / "manifest.json").read_text(encoding="utf-8"))["settings"]


def digests(folder: Path) -> dict[str, str]:
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_every_section_stands_once_in_the_contents() -> None:
    folders = {path.parent.name for path in (PROJECT / "report_builder/sections").glob("*/draw.py")}
    assert sorted(section_names()) == sorted(folders)
    assert len({chapter.name for chapter in CHAPTERS}) == len(CHAPTERS)


@pytest.mark.parametrize("step", contents_of((*PARTS, SWEEP)).analyses)
def test_arrays_are_finite(saved: dict[str, Saved], step: str) -> None:
    for file in saved[step].folder.glob("*.npz"):
        for name, array in saved[step].arrays(file.stem).items():
            if (
                np.issubdtype(array.dtype, np.floating) and name != "fill"
            ):  # NaN in fill: nothing was replaced
                assert np.isfinite(array).all(), f"{file.name}: {name}"


@pytest.mark.parametrize("language", ["en", "fa"])
@pytest.mark.parametrize("name", section_names())
def test_drawing_again_changes_nothing(
    saved: dict[str, Saved], settings: dict, name: str, language: str, tmp_path: Path
) -> None:
    section = load_section(name)
    step = fragment_step(section, language)
    flat = {key: _pick(settings, key) for key in step.settings}
    needs = (*step.needs, *(need for need in step.needs_if_there if need in saved))
    before = {need: digests(saved[need].folder) for need in needs if saved[need].folder.is_dir()}
    work = Work(
        tmp_path,
        settings=flat,
        needs={need: saved[need] for need in needs},
        files={file: PROJECT / file for file in step.files},
        parameters=step.parameters,
    )
    values = draw_section(work)
    assert {need: digests(saved[need].folder) for need in before} == before
    kept = saved[step.name]
    assert json.loads(json.dumps(values)) == kept.values
    drawn = digests(tmp_path)
    assert drawn == {file: digest for file, digest in digests(kept.folder).items() if file != "meta.json"}


@pytest.mark.parametrize("name", section_names())
def test_both_languages_hold_the_same_blocks(saved: dict[str, Saved], name: str) -> None:
    def blocks(language: str) -> list[str]:
        html = saved[f"fragment.{name}.{language}"].file("fragment.html").read_text(encoding="utf-8")
        return re.findall(r'id="((?:fig|tab|eq|question|listing|item|heading)-[^"]+)"', html)

    assert blocks("en") == blocks("fa")


@pytest.mark.parametrize("name", section_names())
def test_the_persian_text_is_persian(saved: dict[str, Saved], name: str) -> None:
    html = saved[f"fragment.{name}.fa"].file("fragment.html").read_text(encoding="utf-8")
    prose = " ".join(re.findall(r"<p>(.*?)</p>", html, re.DOTALL))
    text = TAG.sub(
        "", re.sub(r'<bdi dir="ltr">.*?</bdi>|<svg.*?</svg>|<math.*?</math>|<code.*?</code>', "", prose)
    )
    assert not re.search(r"[يك]", text)
    assert not re.search(r"(?<![\w.])[0-9]+(?![\w.])", text), "Latin digits in Persian prose"


def _pick(settings: dict, dotted: str) -> object:
    value: object = settings
    for part in dotted.split("."):
        assert isinstance(value, dict)
        value = value[part]
    return value
