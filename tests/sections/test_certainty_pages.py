"""Pages on certainty: every variant in both languages, the same numbers, warnings where they belong."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from certainty_pages import CASES, CHANGED, LANGUAGES, Pages, in_text, plain, sentence
from PIL import Image
from sweep_steps import FEATURES, METRICS, MODELS, drawn

from report_builder import verdicts
from report_builder.pipeline.step import Saved


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Pages]:
    @cache
    def made(name: str) -> Pages:
        return Pages(tmp_path_factory.mktemp("pages"), **CASES[name])

    return made


@pytest.mark.parametrize("name", CASES)
def test_both_languages_say_the_same_and_change_nothing(pages: Callable[[str], Pages], name: str) -> None:
    drawn_pages = pages(name)
    assert drawn_pages.unchanged
    english, persian = (drawn_pages.values[language] for language in LANGUAGES)
    assert english["numbers"] == persian["numbers"]
    assert len(english["findings"]) == len(persian["findings"]) > 0
    anchors = [re.findall(r' id="([^"]+)"', drawn_pages.html[language]) for language in LANGUAGES]
    assert anchors[0] == anchors[1]


@pytest.mark.parametrize("name", CASES)
def test_every_number_is_the_saved_one(pages: Callable[[str], Pages], name: str) -> None:
    drawn_pages = pages(name)
    for source, value in drawn_pages.values["en"]["numbers"]:
        step, _, pointer = source.partition("#")
        found: Any = verdicts.PRINTED if step == "verdicts" else drawn_pages.saved[step].values
        for key in pointer.split("/")[1:]:
            part = key.replace("~1", "/").replace("~0", "~")
            found = found[int(part)] if isinstance(found, list) else found[part]
        assert float(value) == (len(found) if isinstance(found, list | dict) else found), source


@pytest.mark.parametrize("name", CASES)
def test_persian_prose_has_persian_digits(pages: Callable[[str], Pages], name: str) -> None:
    html = re.sub(
        r'<bdi dir="ltr">.*?</bdi>|<svg.*?</svg>|<math.*?</math>|<code.*?</code>', "", pages(name).html["fa"]
    )
    prose = plain(re.sub(r'data-from="[^"]*"|value="[^"]*"', "", html))
    assert not re.search(r"[يك]", prose)
    assert not re.search(r"(?<![\w.])[0-9]+(?![\w.])", prose)


@pytest.mark.parametrize("name", CASES)
def test_warnings_stand_exactly_where_they_belong(pages: Callable[[str], Pages], name: str) -> None:
    drawn_pages, case = pages(name), CASES[name]
    values = drawn_pages.saved["certainty"].values
    outdated = case.get("outdated") or {"code": False, "settings": []}
    seeds, gridded = values["main"]["seeds"], values["grid"] is not None
    assert drawn_pages.says("outdated.settings") == bool(outdated["settings"])
    assert drawn_pages.says("outdated.code") == outdated["code"]
    assert drawn_pages.says("outdated.remedy") == (outdated["code"] or bool(outdated["settings"]))
    foreign = not case.get("own", True)
    assert drawn_pages.says("foreign") == (foreign and gridded)
    assert drawn_pages.says("foreign_one") == (foreign and not gridded)
    assert drawn_pages.says("alone") == drawn_pages.says("finding.alone") == (seeds == 1)
    assert drawn_pages.says("finding.nothing") == (seeds == 0)
    assert drawn_pages.says("careful") == (seeds > 1)
    measured = bool(values["metrics"])
    assert drawn_pages.says("luck.few") == (1 < seeds < 10 and measured)
    assert drawn_pages.says("luck.resampled") == (seeds > 1 and "tabular" in values["metrics"])
    chosen = gridded and values["grid"]["best"] is not None
    other = chosen and values["grid"]["best_on_test"] != values["grid"]["best"]
    assert drawn_pages.says("grid.cheat.other") == other
    lucky = chosen and round(values["grid"]["optimism"], 3) > 0
    assert drawn_pages.says("grid.cheat.same") == (chosen and not other and lucky)
    assert drawn_pages.says("grid.cheat.nothing") == (chosen and not other and not lucky)
    assert drawn_pages.says("grid.untrained") == (gridded and not chosen)


def test_what_choosing_on_the_test_set_would_gain_is_told_from_nothing(pages: Callable[[str], Pages]) -> None:
    assert pages("two settings").says("grid.cheat.other")
    assert pages("lucky").says("grid.cheat.same")
    assert pages("foreign cell").says("grid.cheat.nothing")


@pytest.mark.parametrize("name", CASES)
def test_every_failed_run_is_named_with_its_reason(pages: Callable[[str], Pages], name: str) -> None:
    drawn_pages = pages(name)
    failed = drawn_pages.saved["certainty"].values["failed"]
    assert len(failed) == len(CASES[name].get("failed", ()))
    assert drawn_pages.text().count("RuntimeError") == len({(f["cell"], f["error"]) for f in failed})
    for place, run in enumerate(failed):
        assert run["error"] in drawn_pages.text()
        numbers = dict(drawn_pages.values["en"]["numbers"])
        assert float(numbers[f"certainty#/failed/{place}/seed"]) == run["seed"]


def test_outdated_settings_are_listed(pages: Callable[[str], Pages]) -> None:
    for language in LANGUAGES:
        text = pages("outdated").text(language)
        for part in CHANGED[0].values():
            assert part in text


def test_planted_difference_is_found_and_a_tie_is_not(pages: Callable[[str], Pages]) -> None:
    found = pages("all")
    assert found.says("apart.some")
    assert found.says("finding.apart.some")
    better = [finding for finding in found.values["en"]["findings"] if "the random forest over" in finding]
    assert len(better) == 1
    assert all(
        plain(better[0]).count(f"the random forest over {name}") == 1 for name in ("the MLP", "the NAM")
    )
    tied = pages("tied")
    assert tied.says("apart.none")
    assert tied.says("finding.apart.none")
    assert not tied.says("apart.some")


def test_explanations_are_judged_by_their_values(pages: Callable[[str], Pages]) -> None:
    steady, unsteady = pages("tabular"), pages("unstable")
    assert steady.says("finding.again.all")
    assert steady.says("draws.below")
    assert unsteady.says("finding.again.some")
    assert unsteady.says("draws.within")
    assert "LIME" in plain(unsteady.values["en"]["findings"][-1]).partition("not at all")[2]
    assert steady.says("flips.some")
    assert FEATURES[-1] in steady.text()


def test_metrics_of_all_models_stand_with_spread_and_interval(pages: Callable[[str], Pages]) -> None:
    numbers = {source for source, _ in pages("all").values["en"]["numbers"]}
    for model in MODELS:
        for metric in METRICS:
            place = f"certainty#/metrics/tabular/{model}/{metric}"
            assert {f"{place}/mean", f"{place}/sd", f"{place}/interval/0", f"{place}/interval/1"} <= numbers
        assert f"certainty#/metrics/reference/{model}/accuracy/mean" in numbers
    for part, name in (("signals", "lstm"), ("signals", "cnn"), ("own_cnn", "test"), ("own_cnn", "hard")):
        assert f"certainty#/metrics/{part}/{name}/accuracy/interval/1" in numbers


def test_one_seed_has_no_interval_no_comparison_and_no_stability(pages: Callable[[str], Pages]) -> None:
    for name in ("one", "one left", "one seed of a grid"):
        alone = pages(name)
        sources = [source for source, _ in alone.values["en"]["numbers"]]
        assert not [s for s in sources if "interval" in s or s.endswith("/sd") or "/pairs/" in s]
        assert "±" not in alone.text()
        for kind, block in (("tab", "pairs"), ("tab", "importance"), ("fig", "runs"), ("fig", "dependence")):
            assert not alone.has(kind, block)


@pytest.mark.parametrize(
    ("name", "figure", "held"),
    [
        ("all", None, False),
        ("one setting", "cells", False),
        ("two settings", "cells", False),
        ("three settings", "cells", True),
        ("four settings", "cells", True),
        ("untrained grid", "cells_unchosen", False),
        ("lost cell", "cells", False),
    ],
)
def test_a_grid_has_a_table_and_a_heat_map(
    pages: Callable[[str], Pages], name: str, figure: str | None, held: bool
) -> None:
    drawn_pages = pages(name)
    assert drawn_pages.has("tab", "grid") == (figure is not None)
    for each in ("cells", "cells_unchosen"):
        assert drawn_pages.has("fig", each) == (each == figure)
    assert drawn_pages.says("grid.others") == held


def test_of_many_cells_the_best_and_the_cheat_are_listed(pages: Callable[[str], Pages]) -> None:
    many = pages("three settings")
    grid = many.saved["certainty"].values["grid"]
    shown = {
        int(source.split("/")[3])
        for source, _ in many.values["en"]["numbers"]
        if re.fullmatch(r"certainty#/grid/cells/\d+/seeds", source)
    }
    assert many.says("grid.cut")
    assert {grid["best"], grid["best_on_test"]} <= shown
    assert len(grid["cells"]) > len(shown) >= 10


def test_parts_that_were_not_swept_are_not_mentioned(pages: Callable[[str], Pages]) -> None:
    mentions = {
        "changes.tabular": ("tabular", "all"),
        "changes.vision": ("vision", "all"),
        "changes.signals.simulated": ("signals", "all"),
        "changes.own_cnn": ("own network", "all"),
    }
    for key, names in mentions.items():
        for name in ("tabular", "vision", "signals", "own network", "all"):
            assert pages(name).says(key) == (name in names), (key, name)


def test_a_table_that_the_seed_draws_anew_is_not_said_to_be_shared(
    pages: Callable[[str], Pages], tmp_path: Path
) -> None:
    saved = pages("tabular").saved
    values = json.loads(json.dumps(saved["certainty"].values))
    values["data"]["tabular"]["kind"] = "simulated"
    changed = {**saved, "certainty": Saved("certainty", values, saved["certainty"].folder)}
    for language in LANGUAGES:
        text = plain(drawn(language, changed, tmp_path / language)[1])
        for key in ("changes.standin", "luck.standin", "apart.test_standin"):
            assert in_text(text, sentence(key, language))
            assert not in_text(pages("tabular").text(language), sentence(key, language))
        for key in ("changes.tabular", "luck.resampled", "apart.test"):
            assert not in_text(text, sentence(key, language))


def test_maps_that_agree_in_their_strong_points_only_are_called_so(
    pages: Callable[[str], Pages], tmp_path: Path
) -> None:
    saved = pages("vision").saved
    values = json.loads(json.dumps(saved["certainty"].values))
    for likeness, mean in (("similarity", 0.3), ("cosine", 0.9)):
        values["vision"]["lime_image"][likeness]["mean"] = mean
    changed = {**saved, "certainty": Saved("certainty", values, saved["certainty"].folder)}
    text = plain(drawn("en", changed, tmp_path)[1])
    assert in_text(text, sentence("maps_more.strong", "en"))
    assert not in_text(text, sentence("maps_more.not", "en"))


def test_a_report_with_the_photographs_shows_them_beside_the_maps(
    pages: Callable[[str], Pages], tmp_path: Path
) -> None:
    drawn_pages = pages("vision")
    saved = drawn_pages.saved["certainty"]
    pixels = np.random.default_rng(0).random((3, 3, 24, 24)).astype(np.float32)
    np.savez(tmp_path / "arrays.npz", pixels=pixels)
    images = [{"file": file} for file in saved.values["vision"]["files"]]
    sizes = {}
    for name, listed in (("same", images), ("other", [{"file": "elsewhere.png"}] * 3)):
        photographs = Saved("photographs", {"images": listed}, tmp_path)
        folder = tmp_path / name
        drawn("en", {**drawn_pages.saved, "photographs": photographs}, folder)
        with Image.open(folder / "figures/certainty-seen.en.jpg") as picture:
            sizes[name] = np.asarray(picture.convert("L")) < 250
    assert sizes["same"].sum() > sizes["other"].sum()
