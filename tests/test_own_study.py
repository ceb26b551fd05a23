"""Whole reports of a user's own data, made of three public data sets that come with scikit-learn."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from PIL import Image
from sklearn.datasets import load_breast_cancer, load_digits, load_wine
from small_report import SMALL, run_build

from report_builder.cli import main
from report_builder.contents import CHAPTERS
from report_builder.inventory import ITEMS, ITEMS_OF
from report_builder.report import PROJECT

# What only the project's own examples are about, in both languages
FOREIGN = re.compile(
    r"\b(?:pima|diabet\w*|hens?|rooster|farmyard|farmnet|insulin|glucose|write-up)\b"
    r"|مرغ|خروس|مزرعه|دیابت|انسولین|گلوکز|گزارش مرجع",
    re.IGNORECASE,
)
ABSENT = re.compile("a part that this build leaves out|بخشی که در این اجرا نیامده است")
TAG = re.compile(r"<style.*?</style>|<script.*?</script>|<[^>]*>", re.DOTALL)
EXAMPLE = PROJECT / "docs/own-sections/single_columns"


def digits(folder: Path, classes: int = 4, each: int = 24) -> Path:
    """A folder of pictures with a folder per class."""
    data = load_digits()
    for label in range(classes):
        place = folder / f"digit {label}"
        place.mkdir(parents=True)
        for number, image in enumerate(data.images[data.target == label][:each]):
            Image.fromarray((image * (255 / 16)).astype(np.uint8)).save(place / f"{number}.png")
    return folder


def waves(path: Path) -> Path:
    """Signals of two classes that differ in their frequency."""
    generator = np.random.default_rng(4)
    times = np.linspace(0, 1, 64)
    rows = [",".join(["kind", *(f"t{i}" for i in range(len(times)))])]
    for number in range(120):
        slow = number % 2 == 0
        wave = np.sin(2 * np.pi * (3 if slow else 6) * times + generator.uniform(0, 6))
        wave += 0.2 * generator.normal(size=len(times))
        rows.append(",".join(["slow" if slow else "fast", *(f"{value:.3f}" for value in wave)]))
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return path


def study(
    folder: Path, *options: str, settings: tuple[str, ...] = (), formats: tuple[str, ...] = ("html",)
) -> Path:
    """The output folder of a study that `init` began."""
    begun = CliRunner().invoke(main, ["init", str(folder), "--title", "My own study", *options])
    assert begun.exit_code == 0, begun.output
    chosen = [part for setting in (*SMALL, *settings) for part in ("--set", setting)]
    wanted = [part for kind in formats for part in ("--format", kind)]
    config = str(folder / "report.toml")
    done = run_build("--config", config, "--out", str(folder / "out"), "--offline", *wanted, *chosen)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder / "out"


def check(out: Path, parts: set[str], titles: set[str]) -> None:
    """What holds for every study: its parts and no others, every reference right, no foreign word."""
    results = json.loads((out / "results.json").read_text(encoding="utf-8"))
    asked = {item for part in parts for item in ITEMS_OF[part]}
    assert {item for item in ITEMS if item in results["checklist"]} == asked
    assert all(results["checklist"][item]["answered"] for item in asked)
    assert results["audit"]["summary"]["failed"] == []
    for language in ("en", "fa"):
        html = (out / f"report.{language}.html").read_text(encoding="utf-8")
        text = TAG.sub(" ", html)
        assert not (found := FOREIGN.search(text)), text[max(0, found.start() - 200) : found.end() + 100]
        assert not (found := ABSENT.search(text)), text[max(0, found.start() - 200) : found.end() + 100]
        identifiers = set(re.findall(r' id="([^"]+)"', html))
        assert set(re.findall(r'href="#([^"]+)"', html)) <= identifiers
        chapters = {name.removeprefix("chapter-") for name in identifiers if name.startswith("chapter-")}
        assert chapters == {c.name for c in CHAPTERS if c.part is None or c.part in parts} | titles
        assert {name.removeprefix("item-") for name in identifiers if name.startswith("item-")} == asked
        numbers = re.findall(r'<h2[^>]*>.*?<span class="label"[^>]*>([^<]*)</span>', html, re.DOTALL)
        assert len(set(numbers)) == len(numbers)


def test_a_table_pictures_and_signals(tmp_path: Path) -> None:
    """Breast cancer as a table with two classes, digits as a folder of pictures, and signals."""
    table = tmp_path / "tumours.csv"
    load_breast_cancer(as_frame=True).frame.iloc[::2].to_csv(table, index=False)
    data = ["--table", str(table), "--target", "target", "--positive", "0"]
    data += ["--images", str(digits(tmp_path / "digits"))]
    data += ["--signals", str(waves(tmp_path / "waves.csv")), "--label", "kind", "--sampling-rate", "64"]
    out = study(tmp_path / "study", *data, formats=("html", "pdf"))
    check(out, {"tabular", "own_cnn", "signals"}, set())
    assert (out / "report.fa.pdf").stat().st_size > 100_000
    cover = TAG.sub(" ", (out / "report.en.html").read_text(encoding="utf-8").partition('id="findings"')[0])
    assert all(name in cover for name in ("My own study", "tumours.csv", "digits", "waves.csv"))


def test_a_table_alone_with_a_section_of_one_s_own(tmp_path: Path) -> None:
    """Wine, one kind against the two others."""
    table = tmp_path / "wine.csv"
    load_wine(as_frame=True).frame.to_csv(table, index=False)
    data = ("--table", str(table), "--positive", "1", "--author", "A. N. Other")
    out = study(tmp_path / "study", *data, settings=(f'report.sections=["{EXAMPLE.as_posix()}"]',))
    check(out, {"tabular"}, {"own_sections"})
    results = json.loads((out / "results.json").read_text(encoding="utf-8"))
    assert len(results["single_columns"]["columns"]) == 13
    assert results["run"]["settings"]["report.sections"] == '["single_columns"]'  # no path of this machine
    assert "How far one column gets" in (out / "report.en.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("part", ["own_cnn", "signals"])
def test_one_part_alone(tmp_path: Path, part: str) -> None:
    options = {
        "own_cnn": ("--images", str(digits(tmp_path / "two", classes=2, each=12))),
        "signals": ("--signals", str(waves(tmp_path / "waves.csv")), "--label", "kind"),
    }
    check(study(tmp_path / "study", *options[part]), {part}, set())
