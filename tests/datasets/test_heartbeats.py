import numpy as np
import pytest

from report_builder.datasets.heartbeats import CLASSES, SECONDS, simulate

RATE = 256.0
LABELS = np.arange(80) % len(CLASSES)


@pytest.fixture(scope="module")
def beats():
    return simulate(LABELS, seed=3, sampling_rate=RATE)


@pytest.fixture(scope="module")
def healthy():
    return simulate(np.zeros_like(LABELS), seed=3, sampling_rate=RATE)


def _at(signal, seconds, half_width):
    middle, reach = round(seconds * RATE), round(half_width * RATE)
    return signal[max(middle - reach, 0) : middle + reach + 1]


def test_every_class_is_drawn_as_asked(beats):
    assert beats.signals.shape == beats.planted.shape == (len(LABELS), round(SECONDS * RATE))
    assert beats.signals.dtype == np.float32
    assert np.isfinite(beats.signals).all()
    np.testing.assert_array_equal(beats.labels, LABELS)


def test_the_seed_decides(beats):
    again = simulate(LABELS, seed=3, sampling_rate=RATE)
    np.testing.assert_array_equal(again.signals, beats.signals)
    assert not np.array_equal(simulate(LABELS, seed=4, sampling_rate=RATE).signals, beats.signals)


def test_waves_stand_in_their_order_and_r_is_the_highest(healthy):
    for signal, peaks in zip(healthy.signals, healthy.peaks, strict=True):
        for before, peak, after in zip(peaks, peaks[1:], peaks[2:], strict=False):
            start, end = peak - (peak - before) / 2, peak + (after - peak) / 2
            if start < 0 or end > SECONDS:
                continue
            beat = signal[round(start * RATE) : round(end * RATE)]
            assert np.argmax(beat) == pytest.approx((peak - start) * RATE, abs=3)
            length = end - start
            q, s = (_at(signal, peak + sign * length / 24, 0.01).min() for sign in (-1, 1))
            p, t = (_at(signal, peak + length * turn, 0.05).max() for turn in (-1 / 6, 1 / 4))
            assert max(q, s) < min(p, t) < beat.max()


def test_intervals_between_peaks_are_those_of_the_heart_rate(healthy):
    intervals = np.diff(healthy.peaks, axis=1)
    rates = 60 / intervals.mean(1)
    assert 57 < rates.min() < 65
    assert 80 < rates.max() < 89
    assert (np.ptp(intervals, axis=1) > 0).all()
    for signal, peaks in zip(healthy.signals, healthy.peaks, strict=True):
        seen = peaks[(peaks > 0.1) & (peaks < SECONDS - 0.1)]
        found = [round((p - 0.1) * RATE) + np.argmax(_at(signal, p, 0.1)) for p in seen]
        np.testing.assert_allclose(np.diff(found) / RATE, np.diff(seen), atol=0.02)


def test_only_abnormal_windows_have_a_planted_interval(beats):
    lengths = beats.planted.sum(1)
    assert (lengths[CLASSES.index("normal") :: len(CLASSES)] == 0).all()
    assert (lengths[CLASSES.index("normal") != LABELS] > 0.05 * RATE).all()
    edges = np.abs(np.diff(beats.planted.astype(int), axis=1)).sum(1)
    assert (edges <= 2).all()  # one interval each


def test_an_abnormality_is_in_its_interval(beats, healthy):
    """Before it the window is that of the healthy heart; after it what is left fades."""
    differences = np.abs(beats.signals - healthy.signals)
    for difference, planted, label in zip(differences, beats.planted, LABELS, strict=True):
        if label == CLASSES.index("normal"):
            assert (difference == 0).all()
            continue
        start, end = np.flatnonzero(planted)[[0, -1]]
        largest = difference[planted].max()
        assert largest > 0.1  # millivolt
        assert (difference[:start] < 0.08 * largest).all()
        after = difference[end + 1 :]
        assert (after < 0.2 * largest).all()
        assert (after[round(RATE / 2) :] < 0.15 * largest).all()


def test_an_elevation_raises_and_a_missing_wave_lowers(beats, healthy):
    difference = beats.signals - healthy.signals
    for name, sign in (("st_elevation", 1), ("missing_p", -1)):
        for row in np.flatnonzero(CLASSES.index(name) == LABELS):
            assert sign * difference[row][beats.planted[row]].mean() > 0.05


def test_a_premature_beat_comes_early_and_moves_no_other(beats, healthy):
    rows = np.flatnonzero(CLASSES.index("premature") == LABELS)
    moved = healthy.peaks[rows] - beats.peaks[rows]
    assert ((moved > 0.1).sum(1) == 1).all()
    assert ((np.abs(moved) < 1e-9).sum(1) == moved.shape[1] - 1).all()
    others = np.setdiff1d(np.arange(len(LABELS)), rows)
    np.testing.assert_array_equal(beats.peaks[others], healthy.peaks[others])


def test_the_sampling_rate_changes_no_wave():
    quiet = [simulate([1, 2, 3], seed=5, sampling_rate=rate) for rate in (128.0, 256.0)]
    np.testing.assert_allclose(quiet[0].peaks, quiet[1].peaks, atol=1e-9)
    np.testing.assert_allclose(quiet[0].signals, quiet[1].signals[:, ::2], atol=0.2)  # noise is drawn anew
    np.testing.assert_array_equal(quiet[0].planted, quiet[1].planted[:, ::2])


def test_what_cannot_be_drawn_is_refused():
    with pytest.raises(ValueError, match="too few"):
        simulate([0], seed=1, sampling_rate=20)
    with pytest.raises(ValueError, match="labels"):
        simulate([len(CLASSES)], seed=1)
