import dataclasses
import re

import numpy as np
import pytest
import torch
from vision_steps import farmyard_run, photograph_run

from report_builder.pipeline.step import Saved
from report_builder.sections.class_activation import SECTION
from report_builder.sections.class_activation.compute import _normalised_first, explain
from report_builder.sections.gradients import SECTION as GRADIENTS
from report_builder.sections.photographs import SECTION as PHOTOGRAPHS

(MAPS,) = SECTION.steps
BEFORE = (*PHOTOGRAPHS.steps, *GRADIENTS.steps)


@pytest.fixture(scope="module")
def farmyard(tmp_path_factory):
    run = farmyard_run(tmp_path_factory.mktemp("farmyard"))
    for step in (*BEFORE, MAPS):
        run.run(step)
    return run


@pytest.fixture(scope="module")
def photographs(tmp_path_factory):
    run = photograph_run(tmp_path_factory.mktemp("photographs"))
    for step in BEFORE:
        run.run(step)
    blank = torch.zeros(run.saved["gradient_maps"].arrays()["grad_cam"].shape)
    with pytest.MonkeyPatch.context() as patch:  # hundreds of passes that these tests do not look at
        patch.setattr("report_builder.sections.class_activation.compute.score_cam", lambda *_: blank)
        run.run(MAPS)
    return run


def test_cam_does_not_apply_to_two_linear_layers(farmyard):
    saved = farmyard.saved["class_activation"]
    assert saved.values["left_out"] == {"cam": "cam_not_linear_after_pooling"}
    assert saved.values["grad_cam_off_cam"] is None
    assert set(saved.arrays()) == {"score_cam"}


def test_where_cam_applies_grad_cam_is_cam(photographs):
    values = photographs.saved["class_activation"].values
    assert values["left_out"] == {}
    assert values["grad_cam_off_cam"] < 1e-5
    cam = photographs.saved["class_activation"].arrays()["cam"]
    grad_cam = photographs.saved["gradient_maps"].arrays()["grad_cam"]
    np.testing.assert_allclose(
        cam.clip(min=0) / cam.max((1, 2), keepdims=True),
        grad_cam / grad_cam.max((1, 2), keepdims=True),
        atol=1e-5,
    )


def test_the_weights_of_a_class_are_the_same_on_every_picture_only_where_cam_applies(farmyard, photographs):
    assert photographs.saved["class_activation"].values["weights_alike"] == pytest.approx(1)
    assert farmyard.saved["class_activation"].values["weights_alike"] < 0.99


def test_score_cam_has_the_size_of_grad_cam_and_no_negative_values(farmyard):
    saved = farmyard.saved["class_activation"]
    score_cam = saved.arrays()["score_cam"]
    assert score_cam.shape == farmyard.saved["gradient_maps"].arrays()["grad_cam"].shape
    assert (score_cam >= 0).all()
    assert saved.values["channels"] == 128
    assert -1 <= saved.values["rank_of_score_cam"] <= 1
    objects = farmyard.saved["photographs"].arrays()["objects"]
    assert saved.values["inside"]["areas"] == pytest.approx(list(objects.mean((1, 2))))


def test_the_order_of_product_and_normalisation_matters_for_signed_maps_only():
    generator = torch.Generator().manual_seed(4)
    cam = torch.rand(2, 4, 4, generator=generator)
    cam[:, 0, 0] = 0
    signed = torch.randn(2, 1, 8, 8, generator=generator)
    positive = signed.abs()
    positive[:, :, 0, 0] = 0  # a map whose least value is zero keeps its zero

    def rank(guided):
        product = guided * torch.nn.functional.interpolate(cam[:, None], size=(8, 8), mode="bilinear")
        arrays = {"guided_backpropagation": guided, "grad_cam": cam, "guided_grad_cam": product}
        return _normalised_first({name: values.numpy() for name, values in arrays.items()})

    assert rank(positive) == pytest.approx(1, abs=1e-3)
    assert rank(signed) < 0.95
    assert _normalised_first({}) is None


def test_without_a_layer_of_maps_it_says_why(farmyard, tmp_path):
    work = dataclasses.replace(farmyard.work(MAPS), folder=tmp_path)
    before = work.needs["gradient_maps"]
    values = before.values | {"layer": None, "left_out": {"grad_cam": "layer_without_maps"}}
    work.needs["gradient_maps"] = Saved("gradient_maps", values, before.folder)
    result = explain(work)
    assert result["left_out"]["score_cam"] == "layer_without_maps"
    assert "weights_alike" not in result


@pytest.mark.parametrize("language", ["en", "fa"])
@pytest.mark.parametrize("pictures", ["farmyard", "photographs"])
def test_the_pages_are_drawn(pictures, language, request):
    run = request.getfixturevalue(pictures)
    values, html = run.draw("class_activation", language)
    assert set(values["figures"]) == {f"class_activation-maps.{language}.jpg"}
    assert ('id="tab-class_activation-inside"' in html) == (pictures == "farmyard")
    assert "{layer}" not in html
    if language == "en":
        text = re.sub(r"<[^>]*>", "", html)
        assert ("CAM does not apply" in text) == (pictures == "farmyard")
        assert ("Grad-CAM is the same map" in text) == (pictures == "photographs")
