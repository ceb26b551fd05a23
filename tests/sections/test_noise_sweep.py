"""The noise sweep: its cells are SmoothGrad's as the assignment lists them; no noise is the gradient."""

import numpy as np
import pytest
import torch
from own_steps import folder_run, own_run
from small_vision import images, targets, vgg

from report_builder.methods.gradients import gradient
from report_builder.methods.smoothing import smooth_grad
from report_builder.sections.noise_sweep import SECTION
from report_builder.sections.noise_sweep.compute import gradient_and_answer
from report_builder.sections.own_network import held_out, load_own

(SWEEP,) = SECTION.steps
SMALL = {"noise_sweep.pictures": 2}


@pytest.fixture(scope="module")
def farmyard(tmp_path_factory):
    run = own_run(tmp_path_factory.mktemp("farmyard"))
    run.run(SWEEP, SMALL)
    return run


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    run = folder_run(tmp_path_factory.mktemp("folder"))
    run.run(SWEEP, SMALL)
    return run


@pytest.mark.parametrize("pictures", ["farmyard", "folder"])
@pytest.mark.parametrize("language", ["en", "fa"])
def test_it_is_drawn_in_both_languages(pictures, language, request):
    values, html = request.getfixturevalue(pictures).draw("noise_sweep", language)
    assert values["items"] == ["C06"]
    assert len(values["findings"]) == 1
    assert ("animal" in html or "جانور" in html) == (pictures == "farmyard")


def test_the_cells_are_those_of_the_assignment(farmyard):
    cells = [(cell["copies"], cell["sigma"]) for cell in farmyard.saved["noise_sweep"].values["cells"]]
    assert sorted(cells) == [(1, 0.0), (10, 1.0), (10, 2.0), (10, 3.0), (10, 4.0), (50, 0.75)]


def test_maps_are_smooth_grads_with_the_seed_of_the_report(farmyard):
    work = farmyard.work(SWEEP, SMALL)
    network = load_own(work).module
    seen = held_out(work, work.needs["own_pictures"].values["shown"][:2])
    maps = farmyard.saved["noise_sweep"].arrays()["maps"].astype(np.float32)
    cells = farmyard.saved["noise_sweep"].values["cells"]
    place = next(i for i, cell in enumerate(cells) if cell["sigma"] == 2)
    for index, expected in (
        (0, gradient(network, seen.pixels, seen.labels)),
        (
            place,
            smooth_grad(network, seen.pixels, seen.labels, samples=10, sigma=2.0, seed=work.settings["seed"]),
        ),
    ):
        sizes = expected.abs().sum(1)
        np.testing.assert_allclose(maps[index], sizes / sizes.amax((1, 2), keepdim=True), atol=2e-3)


def test_without_noise_nothing_breaks(farmyard):
    plain, *noisy = farmyard.saved["noise_sweep"].values["cells"]
    assert plain["rank"]["value"] == pytest.approx(1)
    assert plain["repeated"] is None
    assert all(cell["rank"]["value"] < 1 for cell in noisy)
    assert all(0 <= cell["kept"] <= 1 and 0 <= cell["probability"] <= 1 for cell in (plain, *noisy))


def test_without_masks_there_is_no_score_of_place(folder):
    values = folder.saved["noise_sweep"].values
    assert values["area"] is None
    assert all(cell["mass"] is None and cell["hits"] is None for cell in values["cells"])


def test_one_picture_has_no_other_to_be_like(farmyard):
    run = farmyard.run(SWEEP, {"noise_sweep.pictures": 1})
    assert all(cell["others"] is None for cell in run.values["cells"])
    farmyard.draw("noise_sweep", "en")
    farmyard.run(SWEEP, SMALL)


def test_the_answer_comes_with_the_gradient():
    network, x, classes = vgg(), images(), targets()
    found = gradient_and_answer(network, x, classes)
    logits = network(x)
    torch.testing.assert_close(found[:, : x[0].numel()].view_as(x), gradient(network, x, classes))
    torch.testing.assert_close(found[:, x[0].numel()], logits.softmax(1)[range(len(x)), classes])
    assert found[:, x[0].numel() + 1 :].argmax(1).tolist() == logits.argmax(1).tolist()
    assert (found[:, x[0].numel() + 1 :].sum(1) == 1).all()
