import numpy as np
import pytest
from vision_steps import farmyard_run, photograph_run

from report_builder.sections.path_methods import SECTION
from report_builder.sections.photographs import SECTION as PHOTOGRAPHS

MAPS, LAYERS = SECTION.steps


@pytest.fixture(scope="module")
def farmyard(tmp_path_factory):
    run = farmyard_run(tmp_path_factory.mktemp("farmyard"))
    for step in (*PHOTOGRAPHS.steps, *SECTION.steps):
        run.run(step)
    return run


@pytest.fixture(scope="module")
def photographs(tmp_path_factory):
    run = photograph_run(tmp_path_factory.mktemp("photographs"))
    for step in (*PHOTOGRAPHS.steps, *SECTION.steps):
        run.run(step)
    return run


@pytest.mark.parametrize("method", ["integrated_gradients", "gradient_shap", "deeplift"])
def test_the_error_is_the_maps_sum_minus_the_change(farmyard, method):
    saved = farmyard.saved["path_maps"]
    result = saved.values["completeness"][method]
    sums = saved.arrays()[method].astype(np.float64).sum((1, 2, 3))
    assert result["error"] == pytest.approx(sums - result["change"], abs=1e-4)
    assert result["largest_error"] == max(abs(error) for error in result["error"])


def test_deeplift_is_complete_and_its_change_is_that_of_integrated_gradients(farmyard):
    completeness = farmyard.saved["path_maps"].values["completeness"]
    assert completeness["deeplift"]["relative_error"] < 1e-4
    changes = [completeness[name]["change"] for name in ("deeplift", "integrated_gradients")]
    assert changes[0] == pytest.approx(changes[1], abs=1e-4)


def test_the_change_that_gradient_shap_is_held_against_is_printed(farmyard):
    values = farmyard.saved["path_maps"].values
    assert values["checked"] == 2
    html = farmyard.draw("path_methods", "en")[1]
    for name in ("integrated_gradients", "gradient_shap"):
        assert f'data-from="path_maps#/completeness/{name}/change/0"' in html


def test_more_steps_come_nearer(farmyard):
    rules = farmyard.run(MAPS, {"integrated_gradients.steps": 40}).values["rules"]
    assert rules[-1]["steps"] == 40
    for rule in ("gauss_legendre", "midpoint", "right"):
        assert rules[-1][rule] < rules[0][rule]


def test_from_zero_a_black_pixel_gets_nothing(farmyard):
    saved = farmyard.saved["path_maps"]
    assert saved.values["zero_is_black"]
    black = farmyard.saved["photographs"].arrays()["pixels"] == 0
    assert (saved.arrays()["integrated_gradients"][black] == 0).all()
    masses = saved.values["nearest"]["mass"]
    assert 0 < masses["zero"] < masses["mean_colour"] < 1


def test_parts_are_ordered_by_brightness(farmyard):
    parts = farmyard.saved["path_maps"].values["parts"]
    brightness = [row["brightness"] for row in parts["rows"]]
    assert brightness == sorted(brightness)
    assert {"background", "distractor"}.isdisjoint(row["part"] for row in parts["rows"])
    assert parts["correlation"]["zero"] > parts["correlation"]["mean_colour"]


def test_photographs_have_a_mean_colour_as_zero_and_no_parts(photographs):
    values = photographs.saved["path_maps"].values
    assert not values["zero_is_black"]
    assert values["parts"] is None
    assert "from_mean_colour" not in photographs.saved["path_maps"].arrays()
    assert set(values["nearest"]["mass"]) == {"zero"}


@pytest.mark.parametrize("pictures", ["farmyard", "photographs"])
def test_layers_are_explained_for_the_most_probable_classes(pictures, request):
    saved = request.getfixturevalue(pictures).saved["layer_shap"]
    images = request.getfixturevalue(pictures).saved["photographs"].values["images"]
    for classes, image in zip(saved.values["classes"], images, strict=True):
        assert [entry["index"] for entry in classes] == [entry["index"] for entry in image["top"][:2]]
    shallow, deep = saved.values["layers"]
    arrays = saved.arrays()
    assert shallow["shape"][1] > deep["shape"][1]
    for place, layer in (("shallow", shallow), ("deep", deep)):
        assert arrays[place].shape == (len(images), 2, *layer["shape"][1:])


def test_in_bfloat16_the_maps_stay_alike(farmyard):
    values = farmyard.run(MAPS, {"vision.precision": "bf16", "integrated_gradients.steps": 20}).values
    assert 0.9 < values["bfloat16_cosine"] < 1
