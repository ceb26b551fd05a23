"""The cost of each method's map, from the settings of the run."""

import numpy as np
import pytest

from report_builder.contents import load_section
from report_builder.pipeline.step import Saved, Work
from report_builder.sections.map_grid.draw import NEEDS
from report_builder.sections.map_methods import ORDER

# One card for both: the same mean over noisy copies, of another map
SHARED_CARDS = {"smooth_guided": "smooth_grad"}
(COSTS,) = load_section("map_grid").steps

RESULTS = {
    "gradient_maps": {"left_out": {}},
    "class_activation": {"left_out": {"cam": "cam_no_global_pooling"}, "channels": 128},
    "smoothing": {"samples": 50, "left_out": {}},
    "path_maps": {"steps": 40, "samples": 30, "left_out": {}},
    "occlusion_maps": {"windows": 169, "left_out": {"incremental_occlusion": "not_sequential"}},
    "lime_maps": {"samples": 1000},
}


OF_STEP = {
    "gradient_maps": (*ORDER[:4], "grad_cam", "guided_grad_cam"),
    "class_activation": ("cam", "score_cam"),
    "smoothing": tuple(name for name in ORDER if name.startswith("smooth")),
    "path_maps": ("integrated_gradients", "gradient_shap", "deeplift"),
    "occlusion_maps": ("occlusion",),
    "lime_maps": ("lime_image",),
}


def costs(tmp_path, **changed):
    rng = np.random.default_rng(0)
    shared = rng.random((2, 56, 56))
    needs = {}
    for name in COSTS.needs:
        folder = tmp_path / f"{name}{len(changed)}"
        folder.mkdir()
        maps = {method: rng.standard_normal((2, 3, 56, 56)) for method in OF_STEP[name]}
        maps |= {method: shared[:, ::8, ::8] for method in OF_STEP[name] if method == "grad_cam"}
        maps |= {method: -(shared[:, ::8, ::8] ** 3) for method in OF_STEP[name] if method == "score_cam"}
        np.savez(folder / "arrays.npz", **maps)
        needs[name] = Saved(name, {**RESULTS[name], **changed.get(name, {})}, folder)
    return COSTS.load()(Work(tmp_path, needs=needs))


def test_costs_follow_the_settings(tmp_path):
    methods = costs(tmp_path)["methods"]
    assert methods["saliency"] == {"forward": 1, "backward": 1, "total": 2}
    assert methods["smooth_grad"]["total"] == 100
    assert methods["integrated_gradients"]["backward"] == 40
    assert methods["gradient_shap"]["backward"] == 30
    assert methods["occlusion"] == {"forward": 170, "backward": 0, "total": 170}
    assert methods["lime_image"]["forward"] == 1000
    assert methods["score_cam"]["forward"] == 130


def test_what_is_left_out_has_no_cost_but_a_reason(tmp_path):
    values = costs(tmp_path)
    assert values["left_out"] == {"cam": "cam_no_global_pooling"}
    assert set(values["methods"]) == set(ORDER) - {"cam"}
    assert values["count"] == len(ORDER) - 1
    assert values["least"] == 2
    assert values["most"] == 1000
    gated = dict.fromkeys(("guided_backpropagation", "deconvnet", "guided_grad_cam"), "no_rectifier")
    fewer = costs(tmp_path, gradient_maps={"left_out": gated})
    assert fewer["count"] == len(ORDER) - 4


def test_agreement_is_over_the_sizes_of_all_pairs(tmp_path):
    found = costs(tmp_path)["agreement"]
    assert found["nearest"]["methods"] == ["grad_cam", "score_cam"]
    assert found["nearest"]["correlation"] > 0.9
    assert found["farthest"]["correlation"] < found["mean"] < found["nearest"]["correlation"]
    assert abs(found["mean"]) < 0.1, "noise agrees with noise by accident only"


@pytest.mark.parametrize("method", ORDER)
def test_every_method_has_a_card_in_its_section(method):
    from report_builder.report import PROJECT

    _, section = NEEDS[method]
    template = (PROJECT / "templates" / "sections" / f"{section}.html").read_text(encoding="utf-8")
    assert f'card("{SHARED_CARDS.get(method, method)}"' in template
