"""The loss's saliency: shares that add up, a path whose slopes add up, with and without masks."""

import json

import numpy as np
import pytest
from own_steps import folder_run, own_run

from report_builder import verdicts
from report_builder.methods.loss_gradient import class_gradients
from report_builder.pipeline.step import Saved
from report_builder.sections.loss_saliency import SECTION
from report_builder.sections.loss_saliency.compute import MOST_CLASSES, first_of_classes, shown_places
from report_builder.sections.own_network import held_out, load_own

MAPS, SATURATION = SECTION.steps


def done(run):
    for step in SECTION.steps:
        run.run(step)
    return run


@pytest.fixture(scope="module")
def farmyard(tmp_path_factory):
    return done(own_run(tmp_path_factory.mktemp("farmyard")))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return done(folder_run(tmp_path_factory.mktemp("folder")))


@pytest.mark.parametrize("pictures", ["farmyard", "folder"])
@pytest.mark.parametrize("language", ["en", "fa"])
def test_it_is_drawn_in_both_languages(pictures, language, request):
    values, html = request.getfixturevalue(pictures).draw("loss_saliency", language)
    assert values["items"] == ["C02"]
    assert len(values["findings"]) == 2
    assert ("animal" in html or "جانور" in html) == (pictures == "farmyard")


def test_maps_are_those_of_the_loss_each_divided_by_its_maximum(farmyard):
    work = farmyard.work(MAPS)
    arrays = farmyard.saved["loss_saliency"].arrays()
    seen = held_out(work, arrays["shown"][:3].tolist())
    expected = class_gradients(load_own(work).module, seen.pixels, seen.labels).loss.abs().amax(1)
    expected = (expected / expected.amax((1, 2), keepdim=True)).numpy()
    np.testing.assert_allclose(arrays["maps"][:3].astype(np.float32), expected, atol=2e-3)


def test_every_class_shows_the_pictures_chosen(farmyard):
    values, chosen = farmyard.saved["loss_saliency"], farmyard.saved["own_pictures"].values["chosen"]
    assert values.arrays()["shown"].tolist() == chosen
    assert values.values["shown"] == len(chosen)


def test_the_regions_share_out_the_bright_points_and_the_area(farmyard):
    found = farmyard.saved["loss_saliency"].values["on_object"]
    regions = found["regions"]
    assert sum(region["area"] for region in regions.values()) == pytest.approx(1)
    assert sum(region["bright"]["value"] for region in regions.values()) == pytest.approx(1)
    of_object = regions["object_edges"], regions["object_inside"]
    assert sum(region["bright"]["value"] for region in of_object) == pytest.approx(found["bright"]["value"])
    assert sum(region["area"] for region in of_object) == pytest.approx(found["area"])


def test_a_class_without_an_animal_has_no_share_on_it(farmyard):
    names = farmyard.saved["own_pictures"].values["classes"]
    rows = {names[row["class"]]: row for row in farmyard.saved["loss_saliency"].values["per_class"]}
    assert rows["none"]["object"] is None
    assert all(0 <= row["object"] <= 1 for name, row in rows.items() if name != "none")


def test_the_loss_loses_its_gradient_where_the_network_is_sure_and_the_logit_does_not(farmyard):
    sizes = farmyard.saved["loss_saliency"].values["sizes"]
    assert sizes["loss"]["rank"] < -0.7
    loss, logit = (sizes[name]["unsure"] / sizes[name]["sure"] for name in ("loss", "logit"))
    assert loss > 2 * logit


def test_without_masks_only_edges_are_counted(folder):
    values = folder.saved["loss_saliency"].values
    assert values["on_object"] is None
    assert all("object" not in row for row in values["per_class"])
    assert 0 < values["on_edges"]["bright"]["value"] < 1


@pytest.mark.parametrize("pictures", ["farmyard", "folder"])
def test_what_the_path_adds_up_to(pictures, request):
    values = request.getfixturevalue(pictures).saved["saturation"].values
    for baseline in values["baselines"].values():
        assert baseline["rising"] <= values["pictures"]
        for found in (baseline["quantities"] or {}).values():
            assert found["change"] > 0
            assert found["missed"] < 0.25
            for share in ("local", "before_half", "size"):
                low, high = found[share]["interval"]
                assert low <= found[share]["value"] <= high


def test_curves_begin_at_the_baseline_and_end_at_the_picture(farmyard):
    arrays = farmyard.saved["saturation"].arrays()
    for key in ("logit", "probability"):
        change = arrays[f"black.{key}.change"]
        np.testing.assert_allclose(change[:, 0], 0, atol=1e-6)
        np.testing.assert_allclose(change[:, -1], 1, atol=1e-6)
        assert (np.diff(change, axis=0) >= -1e-9).all()  # quartiles in their order


def test_a_network_whose_logit_never_rises_has_no_answer(farmyard):
    saved = farmyard.saved["saturation"]
    nothing = {name: {"rising": 0, "quantities": None} for name in saved.values["baselines"]}
    farmyard.saved["saturation"] = Saved("saturation", {**saved.values, "baselines": nothing}, saved.folder)
    values, html = farmyard.draw("loss_saliency", "en")
    farmyard.saved["saturation"] = saved
    assert len(values["findings"]) == 1
    assert "no answer" in html
    assert "loss_saliency-path" not in json.dumps(values["figures"])


@pytest.mark.parametrize("language", ["en", "fa"])
@pytest.mark.parametrize(
    ("share", "verdict"), [(-0.3, "falling"), (0.03, "saturated"), (0.2, "partly"), (0.9, "free")]
)
def test_every_verdict_has_its_sentences(farmyard, share, verdict, language):
    assert verdicts.saturation(share) == verdict
    saved = farmyard.saved["saturation"]
    values = json.loads(json.dumps(saved.values))
    for key, found in values["baselines"]["black"]["quantities"].items():
        found["local"]["value"] = share if key == "logit" else 0.03
    farmyard.saved["saturation"] = Saved("saturation", values, saved.folder)
    found, _ = farmyard.draw("loss_saliency", language)
    farmyard.saved["saturation"] = saved
    assert len(found["findings"]) == 2


@pytest.mark.parametrize(
    ("share", "ending"), [(-0.3, "brought it about"), (0.2, "only part"), (0.9, "no bad summary")]
)
def test_a_gradient_that_tells_part_of_the_way_is_not_called_a_summary(farmyard, share, ending):
    saved = farmyard.saved["saturation"]
    values = json.loads(json.dumps(saved.values))
    for key, found in values["baselines"]["black"]["quantities"].items():
        found["local"]["value"] = share if key == "logit" else 0.9
    farmyard.saved["saturation"] = Saved("saturation", values, saved.folder)
    _, html = farmyard.draw("loss_saliency", "en")
    farmyard.saved["saturation"] = saved
    assert ending in html


def test_many_classes_are_cut_to_those_with_room():
    labels = np.repeat(np.arange(40), 5)
    chosen = [place for label in range(40) for place in range(5 * label, 5 * label + 3)]
    shown = shown_places(chosen, labels)
    assert shown == chosen[: 3 * MOST_CLASSES]


def test_scored_pictures_take_turns_through_the_classes_of_the_first_split():
    class Pictures:
        @staticmethod
        def arrays():
            return {
                "labels": np.array([2, 0, 0, 0, 1, 2, 0, 1]),
                "splits": np.array([0, 0, 0, 0, 0, 0, 1, 1]),
            }

    assert first_of_classes(Pictures, 4) == [1, 4, 0, 2]
    assert first_of_classes(Pictures, 99) == [1, 4, 0, 2, 5, 3]
