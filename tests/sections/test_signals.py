"""The two steps on simulated heartbeats and on a user's file, and what is printed of them."""

import re

import numpy as np
import pytest
import torch
from signal_steps import FILE_CLASSES, FILE_LENGTH, SMALL_SIGNALS, SignalRun, bumps_csv, file_run, signal_run

from report_builder.datasets.heartbeats import CLASSES
from report_builder.errors import InputError
from report_builder.pipeline.step import Step
from report_builder.sections import own_signals
from report_builder.sections.signals import KINDS, SECTION

PREPARE, LSTM, CNN, COMPARISON = SECTION.steps
PARTS = ("train", "validation", "test")


@pytest.fixture(scope="module")
def simulated(tmp_path_factory):
    return signal_run(tmp_path_factory.mktemp("simulated"))


@pytest.fixture(scope="module")
def own(tmp_path_factory):
    return file_run(tmp_path_factory.mktemp("own"))


@pytest.fixture(params=["simulated", "own"])
def run(request):
    return request.getfixturevalue(request.param)


def reader(kind):
    """A step of another section that reads the network and the signals."""
    return Step("reader", "any:thing", needs=("signals", f"signal_models.{kind}"))


def test_every_signal_is_in_one_part_with_its_class(run):
    saved = run.saved["signals"]
    arrays, values = saved.arrays(), saved.values
    assert sum(values["counts"].values()) == values["total"]
    for part in PARTS:
        x, y = arrays[f"{part}_x"], arrays[f"{part}_y"]
        assert x.shape == (len(y), values["channels"], values["length"])
        assert x.dtype == np.float32
        assert values["counts"][part] == len(y)
        assert np.bincount(y, minlength=len(values["classes"])).tolist() == values["per_class"][part]
        assert set(y) == set(range(len(values["classes"])))
    everything = np.concatenate([arrays[f"{part}_x"] for part in PARTS])
    assert len(np.unique(everything, axis=0)) == values["total"]


def test_signals_are_shown_class_after_class(run):
    values, labels = run.saved["signals"].values, run.saved["signals"].arrays()["test_y"]
    shown = labels[values["shown"]]
    assert (np.diff(shown) >= 0).all()
    assert np.bincount(shown).tolist() == [SMALL_SIGNALS["signals.shown_per_class"]] * len(values["classes"])


def test_simulated_signals_are_scored_where_something_is_planted(simulated):
    values, arrays = simulated.saved["signals"].values, simulated.saved["signals"].arrays()
    assert values["classes"] == list(CLASSES)
    planted, labels = arrays["test_planted"], arrays["test_y"]
    assert planted.shape == (len(labels), values["length"])
    np.testing.assert_array_equal(planted.any(1), labels != CLASSES.index("normal"))
    assert planted[values["scored"]].any(1).all()
    assert np.bincount(labels[values["scored"]]).tolist() == [0, 3, 3, 3]
    assert values["planted_share"] == pytest.approx(planted.mean())


def test_a_users_file_has_no_truth_about_where(own):
    values = own.saved["signals"].values
    assert values["classes"] == list(FILE_CLASSES)
    assert (values["channels"], values["length"]) == (1, FILE_LENGTH)
    assert values["planted_share"] is None
    assert "test_planted" not in own.saved["signals"].arrays()
    labels = own.saved["signals"].arrays()["test_y"]
    assert set(labels[values["scored"]]) == set(range(len(FILE_CLASSES)))


@pytest.mark.parametrize("kind", KINDS)
def test_the_network_that_was_saved_gives_the_logits(run, kind):
    saved = run.saved[f"signal_models.{kind}"]
    arrays, values = saved.arrays(), saved.values
    work = run.work(reader(kind))
    network = own_signals.load_signal_network(work, kind)
    count = run.saved["signals"].values["counts"]["test"]
    found = own_signals.test_signals(work, range(count))
    with torch.no_grad():
        logits = network(found.signals)
    np.testing.assert_allclose(logits, arrays["test_logits"], rtol=1e-4, atol=1e-5)
    right = logits.argmax(1) == found.labels
    assert values["accuracy"] == pytest.approx(right.float().mean().item())
    low, high = values["interval"]
    assert low <= values["accuracy"] <= high
    assert np.array(values["confusion"]).sum() == count
    assert np.trace(values["confusion"]) == right.sum() == count - values["errors"]
    assert len(arrays["validation_loss"]) == values["epochs"] == SMALL_SIGNALS["signals.epochs"]
    assert values["kept_epoch"] == np.argmin(arrays["validation_loss"]) + 1


def test_the_networks_are_compared_signal_by_signal(run):
    labels = run.saved["signals"].arrays()["test_y"]
    lstm, cnn = (
        run.saved[f"signal_models.{kind}"].arrays()["test_logits"].argmax(1) == labels for kind in KINDS
    )
    values = run.saved[COMPARISON.name].values
    assert values["only_lstm"] == (lstm & ~cnn).sum()
    assert values["only_cnn"] == (cnn & ~lstm).sum()
    assert values["told_apart"] == (values["p"] < 0.05)


def test_chosen_test_signals_come_with_their_truth(simulated, own):
    places = [3, 1]
    found = own_signals.test_signals(simulated.work(reader("cnn")), places)
    arrays = simulated.saved["signals"].arrays()
    np.testing.assert_array_equal(found.signals, arrays["test_x"][places])
    np.testing.assert_array_equal(found.labels, arrays["test_y"][places])
    np.testing.assert_array_equal(found.planted, arrays["test_planted"][places])
    assert own_signals.test_signals(own.work(reader("cnn")), places).planted is None


def test_the_networks_learn_what_is_in_a_file(own):
    values = own.run(CNN, {"signals.epochs": 40, "signals.hidden": 24}).values
    own.run(CNN)
    assert values["accuracy"] > 0.9


def test_a_file_that_cannot_serve_ends_with_a_sentence(tmp_path):
    run = SignalRun(tmp_path, bumps_csv(tmp_path / "bumps.csv"), simulated=False)
    with pytest.raises(InputError, match=r"bumps\.csv has no column named 'kind'"):
        run.run(PREPARE, {"signals.label": "kind"})


def test_too_few_samples_per_second_end_with_a_sentence(simulated):
    with pytest.raises(InputError, match="at least 50 samples per second"):
        simulated.run(PREPARE, {"signals.sampling_rate": 20.0})


@pytest.mark.parametrize("language", ["en", "fa"])
def test_signals_of_several_channels_are_read_together(tmp_path, language):
    generator = np.random.default_rng(1)
    signals = generator.normal(size=(30, 2, 21)) + np.arange(30)[:, None, None] % 3
    file = tmp_path / "two.npz"
    np.savez(file, signals=signals, label=np.arange(30) % 3)
    run = SignalRun(tmp_path, file, simulated=False)
    for step in SECTION.steps:
        run.run(step)
    assert run.saved["signals"].values["channels"] == 2
    assert run.saved["signals"].values["classes"] == ["0", "1", "2"]
    _, html = run.draw("signals", language)
    assert {"en": "2 channels", "fa": "۲ کانال"}[language] in re.sub("<[^>]*>", "", html)


@pytest.mark.parametrize("language", ["en", "fa"])
def test_what_is_printed_is_of_the_signals_at_hand(run, language):
    before = run.saved["signals"].values
    _, html = run.draw("signals", language)
    simulated = before["simulated"]
    for word in (
        "ECG",
        "McSharry" if language == "en" else "مک‌شری",
        "voltage" if language == "en" else "ضربان",
    ):
        assert (word in html) == simulated
    assert "signals-examples" in html
    assert "signals-confusion_lstm" in html
    assert not re.search(r"\bnan\b|None", html)


@pytest.mark.parametrize("count", [2, 14])
def test_few_and_many_classes_can_be_printed(tmp_path, count):
    run = file_run(tmp_path, tuple(f"class {n}" for n in range(count)))
    values = run.saved["signals"].values
    assert values["shown_classes"] == min(count, 12)
    assert len(values["shown"]) == values["shown_classes"]
    _, html = run.draw("signals", "en")
    assert ("signals-confusion_lstm" in html) == (count == 2)


def test_the_file_s_own_word_for_the_classes_is_printed(own):
    _, html = own.draw("signals", "en")
    assert "<em>label</em>" in html
