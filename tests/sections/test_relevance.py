"""Relevance of samples: laws of the maps and scores, with the truth and on a user's file without it."""

import re

import numpy as np
import pytest
import torch
from signal_steps import file_run, signal_run
from small_signals import cnn, lstm, signals, targets

from report_builder.methods.integrated_gradients import Complete, integrated_gradients
from report_builder.methods.one_row import OneRow
from report_builder.sections.relevance import METHODS, NETWORKS, REFERENCES, SECTION
from report_builder.sections.relevance.fading import by_third, fading
from report_builder.sections.relevance.maps import (
    FINER,
    Budget,
    at_rest,
    from_rest,
    kept,
    occlusion_window,
    references,
    relevance,
)

SCORES = "relevance.scores"


def done(run):
    for step in SECTION.steps:
        run.run(step)
    return run


@pytest.fixture(scope="module")
def simulated(tmp_path_factory):
    return done(signal_run(tmp_path_factory.mktemp("simulated")))


@pytest.fixture(scope="module")
def own(tmp_path_factory):
    return done(file_run(tmp_path_factory.mktemp("own")))


@pytest.fixture(scope="module")
def two_classes(tmp_path_factory):
    return done(file_run(tmp_path_factory.mktemp("two"), ("low", "high")))


@pytest.mark.parametrize("network", [lstm(), cnn()], ids=["lstm", "cnn"])
def test_every_sample_of_every_signal_has_a_number(network):
    x = signals(3)
    found = relevance(network, x, targets(3), signals(4, seed=5), Budget(5, 4, 0.1, 4, 7), (6, 3))
    assert tuple(found.maps) == METHODS
    for values in (*found.maps.values(), found.slopes):
        assert values.shape == (3, x.shape[2])
    assert (found.maps["smooth_grad"] >= 0).all()
    last = found.rounds[-1]
    torch.testing.assert_close(
        found.maps["integrated_gradients"].sum(1) - last.change, last.error, rtol=0, atol=1e-12
    )


@pytest.mark.parametrize("network", [lstm(), cnn()], ids=["lstm", "cnn"])
def test_a_signal_at_rest_has_nothing_to_share_out(network):
    flat = torch.full((1, 2, 24), 0.7, dtype=torch.float64)
    found = relevance(network, flat, targets(1), flat, Budget(5, 4, 0.1, 4, 7), (6, 3))
    for name in ("integrated_gradients", "occlusion", "gradient_shap"):
        assert found.maps[name].abs().max() < 1e-12


class Swinging(torch.nn.Module):
    """A logit that swings along the way from rest, the faster the higher the signal."""

    def forward(self, x):
        high = x.sum((1, 2))
        return torch.stack([torch.sin(high) + high, -high], 1)


def test_only_signals_whose_sums_miss_the_logit_get_more_steps():
    x = torch.zeros(3, 1, 8, dtype=torch.float64)
    x[:, 0, 5] = torch.tensor([1.0, 60.0, 150.0])
    classes = torch.zeros(3, dtype=torch.long)
    rounds = from_rest(Swinging(), x, classes, 8)
    held = [kept(each) for each in rounds]
    assert len(rounds) > 1
    assert held[0].tolist() == [True, True, False]
    assert held[-1].all()
    for before, after, ready in zip(rounds, rounds[1:], held, strict=False):
        assert torch.equal(before.attributions[ready], after.attributions[ready])
    assert len(from_rest(Swinging(), x, classes, 200)) == 1
    most = 8 * FINER ** (len(rounds) - 1)
    last = integrated_gradients(OneRow(Swinging()), x.unsqueeze(2), classes, steps=most)
    torch.testing.assert_close(rounds[-1].attributions[-1], last.attributions[-1])


def test_a_change_that_is_next_to_nothing_is_measured_against_the_others():
    path = Complete.of(torch.tensor([[10.2], [0.02]]), torch.tensor([10.0, 0.001]))
    assert kept(path).all()


def test_the_rules_ask_no_network():
    x = torch.zeros(1, 1, 20)
    x[0, 0, 12] = -3.0
    assert at_rest(x).abs().max() == 0
    maps = references(x, seed=3)
    assert tuple(maps) == REFERENCES
    assert maps["energy"].argmax() == 12
    assert maps["energy"].sum() == 9
    assert torch.equal(maps["random"], references(x, seed=3)["random"])


@pytest.mark.parametrize(
    ("rate", "length", "expected"), [(128, 320, (13, 3)), (1, 43, (2, 1)), (9e4, 43, (10, 2))]
)
def test_the_window_of_occlusion_fits_any_signal(rate, length, expected):
    assert occlusion_window(rate, length) == expected


def test_an_exponential_is_measured_as_what_it_is():
    """Sampled ten times a second and halved every second, from the end back."""
    back = np.arange(120)[::-1] / 10
    found = fading(0.5**back, 10)
    assert found["half"] == pytest.approx(1, abs=1e-9)
    assert found["fit"] == pytest.approx(1)
    assert found["ratio"] == pytest.approx(0.5**8)
    grown = fading(0.5 ** back[::-1], 10)
    assert grown["half"] is None
    assert grown["ratio"] == pytest.approx(2**8)
    assert fading(np.zeros(120), 10) == {"ratio": None, "half": None, "fit": None}


def test_thirds_are_those_of_the_middles():
    planted = np.zeros((4, 9), dtype=bool)
    planted[0, :2] = planted[1, 7:] = planted[2, 3:6] = True  # and nothing in the last one
    hits = {"one": {"m": np.array([1.0, 0.0])}}
    found = by_third(planted, np.array([0, 1]), {"one": np.array([True, False, True, True])}, hits)
    assert [third["count"] for third in found] == [1, 1, 1]
    assert [third["scored"] for third in found] == [1, 0, 1]
    assert [third["accuracy"]["one"] for third in found] == [1, 1, 0]
    assert [third["pointing"]["one"]["m"] for third in found] == [1, None, 0]


def test_the_maps_of_the_signals_shown_are_kept(simulated):
    shown = simulated.saved["signals"].values["shown"]
    length = simulated.saved["signals"].values["length"]
    for kind in NETWORKS:
        arrays = simulated.saved[f"relevance.{kind}"].arrays()
        assert {arrays[f"shown.{name}"].shape for name in METHODS} == {(len(shown), length)}
        assert arrays["fade"].mean() == pytest.approx(1)


def test_scores_against_the_truth_are_shares(simulated):
    values = simulated.saved[SCORES].values
    assert values["truth"]
    assert set(values["scores"]) == {"pointing", "mass"}
    for score, by_network in values["scores"].items():
        for kind in NETWORKS:
            per_signal = simulated.saved[f"relevance.{kind}"].arrays()
            for name in (*METHODS, *REFERENCES):
                found = by_network[kind]["means"][name]
                assert found["value"] == pytest.approx(per_signal[f"{score}.{name}"].mean())
                assert 0 <= found["interval"][0] <= found["value"] <= found["interval"][1] <= 1
    rules = [[values["scores"]["mass"][kind]["means"][name] for name in REFERENCES] for kind in NETWORKS]
    assert rules[0] == rules[1]
    assert sum(each["count"] for each in values["classes"]) == values["count"]
    assert "normal" not in [each["name"] for each in values["classes"]]


def test_without_the_truth_samples_are_masked(own):
    values = own.saved[SCORES].values
    assert not values["truth"]
    assert set(values["scores"]) == {"deletion"}
    assert "thirds" not in values
    cnn_scores = values["scores"]["deletion"]["cnn"]
    assert cnn_scores["best"] == min(METHODS, key=lambda name: cnn_scores["means"][name]["value"])


def test_the_result_does_not_depend_on_a_second_run(simulated):
    step = SECTION.steps[0]
    before = simulated.saved[step.name].arrays()
    again = simulated.run(step).arrays()
    assert all(np.array_equal(before[name], again[name]) for name in before)


@pytest.mark.parametrize("run", ["simulated", "own", "two_classes"])
def test_both_languages_are_drawn(run, request):
    drawn = {language: request.getfixturevalue(run).draw("relevance", language) for language in ("en", "fa")}
    (english, html), (persian, _) = drawn["en"], drawn["fa"]
    assert english["items"] == persian["items"] == ["S01"]
    assert len(english["findings"]) == len(persian["findings"]) >= 2
    assert sorted(map(str, english["numbers"])) == sorted(map(str, persian["numbers"]))
    text = re.sub(r"<[^>]*>", " ", html)
    if run != "simulated":
        assert not re.search(r"ECG|heart|planted|P wave|beat\b", text)


def test_a_network_without_gradients_is_no_reason_to_fail(own):
    """A constant network: everything is zero, and the pages say so."""
    kind = "relevance.lstm"
    saved = own.saved[kind]
    try:
        values = {**saved.values, "fade": {"ratio": None, "half": None, "fit": None}}
        own.saved[kind] = type(saved)(saved.name, values, saved.folder)
        _, html = own.draw("relevance", "en")
        assert "no ratio can be given" in html
    finally:
        own.saved[kind] = saved
