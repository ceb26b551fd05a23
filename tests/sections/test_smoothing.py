import numpy as np
import pytest
from vision_steps import farmyard_run, photograph_run

from report_builder.sections.gradients import SECTION as GRADIENTS
from report_builder.sections.photographs import SECTION as PHOTOGRAPHS
from report_builder.sections.smoothing import SECTION

SMOOTHING, PAIR, SWEEP = SECTION.steps
BEFORE = (*PHOTOGRAPHS.steps, *(step for step in GRADIENTS.steps if step.name == "gradient_maps"))


@pytest.fixture(scope="module")
def farmyard(tmp_path_factory):
    run = farmyard_run(tmp_path_factory.mktemp("farmyard"))
    for step in (*BEFORE, *SECTION.steps):
        run.run(step)
    return run


@pytest.fixture(scope="module")
def photographs(tmp_path_factory):
    run = photograph_run(tmp_path_factory.mktemp("photographs"))
    for step in (*BEFORE, *SECTION.steps):
        run.run(step)
    return run


def test_without_noise_it_is_the_gradient(farmyard):
    assert farmyard.saved["smoothing"].values["zero_noise_error"] < 1e-4
    arrays = farmyard.run(SMOOTHING, {"smooth_grad.sigma": 0.0}).arrays()
    before = farmyard.saved["gradient_maps"].arrays()
    for smoothed, plain in (("smooth_grad", "saliency"), ("smooth_guided", "guided_backpropagation")):
        np.testing.assert_allclose(arrays[smoothed], before[plain], atol=1e-4 * np.abs(before[plain]).max())
    farmyard.run(SMOOTHING)


def test_the_product_is_of_raw_maps(farmyard):
    arrays = farmyard.saved["smoothing"].arrays()
    cam = farmyard.saved["gradient_maps"].arrays()["grad_cam"]
    product, guided = arrays["smooth_guided_grad_cam"], arrays["smooth_guided"]
    assert (arrays["smooth_grad"] >= 0).all()
    assert (np.sign(product) * np.sign(guided) >= 0).all()
    corner = (slice(None), slice(None), 0, 0)  # there the interpolated value is the first one
    np.testing.assert_allclose(product[corner], guided[corner] * cam[:, :1, 0], rtol=1e-4, atol=1e-9)


def test_clipping_changes_most_values_of_a_normalised_picture(farmyard):
    pixels = farmyard.saved["photographs"].arrays()["pixels"]
    mean, std = np.array([0.485, 0.456, 0.406]), np.array([0.229, 0.224, 0.225])
    normalised = (pixels - mean[:, None, None]) / std[:, None, None]
    changed = ((normalised < 0) | (normalised > 1)).mean()
    assert farmyard.saved["smoothing"].values["clipping"]["changed"] == pytest.approx(changed, abs=1e-4)


def test_the_pair_is_shown_where_one_of_its_classes_is(farmyard):
    values = farmyard.run(PAIR, {"vision.pair": ["hen", "cat"]}).values
    assert [entry["name"] for entry in values["classes"]] == ["hen", "cat"]
    names = [image["target_name"] for image in farmyard.saved["photographs"].values["images"]]
    assert [names[picture["picture"]] for picture in values["pictures"]] == ["hen", "cat"]


def test_where_no_picture_shows_the_pair_the_likeliest_is_taken(farmyard):
    values = farmyard.run(PAIR, {"vision.pair": ["fish", "rabbit"]}).values
    assert len(values["pictures"]) == 1


def test_a_class_with_itself_is_the_same_map(farmyard):
    values = farmyard.run(PAIR, {"vision.pair": ["cat", "cat"]}).values
    assert values["rank_correlation"] == pytest.approx(1)
    assert values["cosine"] == pytest.approx(1, abs=1e-5)


@pytest.mark.parametrize(("pictures", "measure"), [("farmyard", "mass"), ("photographs", "rank")])
def test_the_sweep_has_a_cell_for_every_count_and_noise(pictures, measure, request):
    saved = request.getfixturevalue(pictures).saved["smooth_sweep"]
    values = saved.values
    assert values["measure"] == measure
    assert values["counts"] == sorted(set(values["counts"]))
    cells = np.array(values["cells"])
    assert cells.shape == (len(values["sigmas"]), len(values["counts"]))
    assert saved.arrays()["maps"].shape[:2] == cells.shape
    if measure == "rank":
        np.testing.assert_allclose(cells[:, -1], 1)


def test_the_sweep_holds_the_map_of_the_settings(farmyard):
    """Its cell at the settings' noise and copies is the map shown, the sum over channels aside."""
    values, maps = farmyard.saved["smooth_sweep"].values, farmyard.saved["smooth_sweep"].arrays()["maps"]
    shown = farmyard.saved["smoothing"].arrays()["smooth_grad"][0].sum(0)
    row = values["sigmas"].index(farmyard.saved["smoothing"].values["sigma"])
    np.testing.assert_allclose(maps[row, -1], shown, atol=1e-4 * shown.max())


def test_in_bfloat16_the_maps_stay_alike(farmyard):
    values = farmyard.run(SMOOTHING, {"vision.precision": "bf16"}).values
    assert 0.8 < values["bfloat16_cosine"] < 1
    farmyard.run(SMOOTHING)
