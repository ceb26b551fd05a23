"""More pictures than the pages show: maps that do not depend on the others, blocks, pages that stay short."""

import numpy as np
import pytest
import torch
from vision_steps import farmyard_run

from report_builder.contents import load_section
from report_builder.pipeline.step import Saved
from report_builder.sections.map_methods import MOST_DRAWN
from report_builder.sections.seen import BLOCK, blocks

SECTIONS = (
    *("photographs", "gradients", "class_activation", "smoothing", "path_methods"),
    *("perturbation", "depth", "map_grid", "adversarial", "map_scores"),
)
# those of one picture, or of the scenes
WITHOUT = ("network_checks", "smooth_sweep", "adversarial.scenes", "scenes", "map_scores")
MANY, FEW = BLOCK + 1, 2
# The layer has few feature maps: Score-CAM takes a pass for each
BUDGET = {
    "lime_image.samples": 8,
    "lime_image.segments": 6,
    "gradient_shap.samples": 2,
    "vision.layer": "features.3",
}


def steps():
    for section in SECTIONS:
        for step in load_section(section).steps:
            if step.name not in WITHOUT and not step.name.startswith("scene_scores."):
                yield step


def with_weights(folder):
    run = farmyard_run(folder)
    known = {**run.saved["vision"].values, "weights": {"official": True}}
    run.saved["vision"] = Saved.given("vision", known)
    return run


def explained(folder, shown):
    run = with_weights(folder)
    for step in steps():
        run.run(step, {"vision.shown": shown, **BUDGET})
    return run


@pytest.fixture(scope="module")
def many(tmp_path_factory):
    return explained(tmp_path_factory.mktemp("many"), MANY)


@pytest.fixture(scope="module")
def few(tmp_path_factory):
    return explained(tmp_path_factory.mktemp("few"), FEW)


def test_blocks_cover_every_picture_once():
    for count in (1, BLOCK, BLOCK + 1, 5 * BLOCK):
        covered = [i for block in blocks(count) for i in range(count)[block]]
        assert covered == list(range(count))
        assert all(block.stop - block.start <= BLOCK for block in blocks(count))


@pytest.mark.parametrize(
    "step",
    ["gradient_maps", "class_activation", "smoothing", "occlusion_maps", "lime_maps", "adversarial"],
)
def test_a_picture_s_maps_do_not_depend_on_the_others(many, few, step):
    found, alone = (run.saved[step].arrays() for run in (many, few))
    assert MANY > BLOCK > FEW
    for name, values in alone.items():
        if len(values) != FEW:  # of the one picture that is shown under attack
            continue
        np.testing.assert_allclose(
            found[name][:FEW], values, rtol=1e-3, atol=1e-4 * np.abs(values).max(), err_msg=name
        )


def test_paths_from_zero_do_not_depend_on_the_other_pictures(many, few):
    """Those over a background set do: the pictures beside the ones explained are that set."""
    for name in ("integrated_gradients", "deeplift"):
        found, alone = (run.saved["path_maps"].arrays()[name] for run in (many, few))
        np.testing.assert_allclose(found[:FEW], alone, rtol=1e-3, atol=1e-4 * np.abs(alone).max())


@pytest.mark.parametrize("step", ["photographs", "layer_shap", "depth", "picture_scores", "adversarial"])
def test_no_more_than_a_block_goes_through_the_network_at_once(many, monkeypatch, step, tmp_path):
    most = 0
    convolve = torch.nn.functional.conv2d

    def counted(images, *arguments, **more):
        nonlocal most
        most = max(most, len(images))
        return convolve(images, *arguments, **more)

    monkeypatch.setattr(torch.nn.functional, "conv2d", counted)
    run = farmyard_run(tmp_path)
    run.saved = dict(many.saved)
    (declared,) = (one for one in steps() if one.name == step)
    run.run(declared, {"vision.shown": MANY, **BUDGET, "gradient_shap.samples": 1})
    at_once = 16  # of 112 x 112 pixels: methods.batching, for functions of unknown cost
    assert 0 < most <= max(BLOCK, at_once)


@pytest.mark.parametrize("language", ["en", "fa"])
def test_pages_show_the_first_pictures(many, language):
    _, page = many.draw("photographs", language)
    assert many.saved["photographs"].values["drawn"] == MOST_DRAWN < MANY
    words = {"en": "hold the first", "fa": "تصویر نخست را در بر دارند"}
    assert words[language] in page
    assert rows(page) == MOST_DRAWN + len(many.saved["photographs"].values["index_faults"]) + 2
    for section, tables in (("gradients", 1), ("class_activation", 1), ("perturbation", 2)):
        _, page = many.draw(section, language)
        means = 0 if section == "perturbation" else 1
        assert rows(page) == tables * (MOST_DRAWN + 1 + means)


def test_figures_are_as_large_as_those_of_the_most_that_are_drawn(many, tmp_path):
    from PIL import Image

    twelve = explained_photographs(tmp_path / "twelve", MOST_DRAWN)
    twelve.draw("photographs", "en")
    many.draw("photographs", "en")
    sizes = []
    for run in (twelve, many):
        with Image.open(next(run.folder.glob("**/photographs-pictures.en.jpg"))) as figure:
            sizes.append(figure.size)
    assert sizes[0] == sizes[1]


def test_few_pictures_need_no_word_about_it(few):
    _, page = few.draw("photographs", "en")
    assert "hold the first" not in page
    assert "drawn" not in few.saved["photographs"].values


def explained_photographs(folder, shown):
    folder.mkdir()
    run = with_weights(folder)
    run.run(load_section("photographs").steps[0], {"vision.shown": shown})
    return run


def rows(page):
    return page.count("<tr")
