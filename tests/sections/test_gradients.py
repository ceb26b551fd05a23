import dataclasses

import numpy as np
import pytest
import torch
from vision_steps import farmyard_run, photograph_run

from report_builder.sections.gradients import SECTION
from report_builder.sections.gradients.compute import explain, load
from report_builder.sections.on_object import on_object
from report_builder.sections.photographs import SECTION as PHOTOGRAPHS

(MAPS,) = SECTION.steps


@pytest.fixture(scope="module")
def farmyard(tmp_path_factory):
    run = farmyard_run(tmp_path_factory.mktemp("farmyard"))
    for step in (*PHOTOGRAPHS.steps, MAPS):
        run.run(step)
    return run


def test_maps_of_the_gradient_belong_together(farmyard):
    saved = farmyard.saved["gradient_maps"]
    arrays = saved.arrays()
    pixels = farmyard.saved["photographs"].arrays()["pixels"]
    np.testing.assert_array_equal(arrays["saliency"], np.abs(arrays["gradient"]))
    assert (arrays["input_x_gradient"][pixels == 0] == 0).all()  # FarmNet sees pixels as they are
    assert saved.values["rectifiers"] == 11
    assert saved.values["layer"] == "features.22"
    assert saved.values["maps_size"] == [14, 14]


def test_guided_grad_cam_is_a_product_of_raw_maps(farmyard):
    arrays = farmyard.saved["gradient_maps"].arrays()
    guided, product = arrays["guided_backpropagation"], arrays["guided_grad_cam"]
    assert (np.sign(product) * np.sign(guided) >= 0).all()
    corner = (slice(None), slice(None), 0, 0)  # there the interpolated value is the first one
    np.testing.assert_allclose(product[corner], guided[corner] * arrays["grad_cam"][:, :1, 0], rtol=1e-4)


def test_cosines_are_those_of_the_arrays(farmyard):
    saved = farmyard.saved["gradient_maps"]
    arrays = {name: a.reshape(len(a), -1).astype(float) for name, a in saved.arrays().items()}
    guided = arrays["guided_backpropagation"]
    for name, other in (
        ("gradient", arrays["gradient"]),
        ("deconvnet", arrays["deconvnet"]),
        ("clipped_at_the_input", arrays["gradient"].clip(min=0)),
    ):
        products = (guided * other).sum(1) / np.linalg.norm(guided, axis=1) / np.linalg.norm(other, axis=1)
        assert saved.values["cosine"][name] == pytest.approx(products.mean(), abs=1e-5)


def test_shares_inside_the_object(farmyard):
    saved = farmyard.saved["gradient_maps"]
    inside = saved.values["inside"]
    objects = farmyard.saved["photographs"].arrays()["objects"]
    assert inside["area"] == pytest.approx(objects.mean())
    for name in ("saliency", "guided_grad_cam"):
        sizes = np.abs(saved.arrays()[name]).sum(1, dtype=float)
        shares = (sizes * objects).sum((1, 2)) / sizes.sum((1, 2))
        assert inside["methods"][name]["masses"] == pytest.approx(list(shares), rel=1e-4)
        assert 0 <= inside["methods"][name]["hits"] <= len(objects)


def test_a_picture_without_an_object_is_left_out():
    objects = torch.zeros(2, 4, 4, dtype=torch.bool)
    objects[0, :2] = True
    maps = torch.zeros(2, 2, 2)
    maps[:, 0] = 1
    found = on_object({"cam": maps}, objects)
    assert found["pictures"] == 1
    assert found["areas"] == [0.5, None]
    assert found["methods"]["cam"]["masses"][0] > 0.8
    assert found["methods"]["cam"]["masses"][1] is None
    assert on_object({"cam": maps}, None) == on_object({"cam": maps}, torch.zeros_like(objects)) == {}


def test_photographs_have_no_masks(tmp_path):
    run = photograph_run(tmp_path)
    for step in (*PHOTOGRAPHS.steps, MAPS):
        run.run(step)
    values = run.saved["gradient_maps"].values
    assert values["inside"] == {}
    assert values["layer"] == "features"
    assert set(run.saved["gradient_maps"].arrays()) >= {"deconvnet", "grad_cam", "guided_grad_cam"}


def test_what_a_network_cannot_do_is_left_out_with_its_reason(farmyard, monkeypatch, tmp_path):
    class Smooth(torch.nn.Module):
        """Without rectifiers and without feature maps where Grad-CAM is asked for them."""

        def __init__(self):
            super().__init__()
            self.flat = torch.nn.Linear(3, 13)

        def forward(self, images):
            return self.flat(torch.tanh(images).mean((2, 3)))

    def smooth(work):
        return dataclasses.replace(load(work), module=Smooth().eval())

    monkeypatch.setattr("report_builder.sections.gradients.compute.load", smooth)
    for layer in ("flat", "auto"):
        work = dataclasses.replace(farmyard.work(MAPS, {"vision.layer": layer}), folder=tmp_path)
        values = explain(work)
        assert values["layer"] is None
        assert values["rectifiers"] == 0
        assert values["left_out"]["guided_backpropagation"] == "no_rectifier"
        assert values["left_out"]["grad_cam"] in ("layer_without_maps", "no_default_layer")
        assert set(values["inside"]["methods"]) == {"saliency", "input_x_gradient"}


@pytest.mark.parametrize("language", ["en", "fa"])
def test_the_pages_are_drawn(farmyard, language):
    values, html = farmyard.draw("gradients", language)
    assert set(values["figures"]) == {f"gradients-maps.{language}.jpg"}
    assert 'id="tab-gradients-inside"' in html
    assert html.count('class="card"') == 4


def test_the_pages_are_drawn_without_masks_and_without_rectifiers(tmp_path):
    run = photograph_run(tmp_path)
    for step in (*PHOTOGRAPHS.steps, MAPS):
        run.run(step)
    _, html = run.draw("gradients", "en")
    assert 'id="tab-gradients-inside"' not in html
    assert "animals cover" not in html
    saved = run.saved["gradient_maps"]
    gone = {"left_out": dict.fromkeys(("guided_backpropagation", "deconvnet"), "no_rectifier")}
    values = saved.values | gone | {"cosine": {}, "negative": {}, "rectifiers": 0}
    run.saved["gradient_maps"] = dataclasses.replace(saved, values=values)
    for language in ("en", "fa"):
        _, html = run.draw("gradients", language)
    assert "rectifiers of the network were gated" not in html
