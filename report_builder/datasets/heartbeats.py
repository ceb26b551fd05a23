"""Windows of simulated ECG, some with one abnormal beat whose place is known.

The model is the dynamical one of McSharry, Clifford, Tarassenko and Smith (2003), "A dynamical model for
generating synthetic electrocardiogram signals", IEEE Transactions on Biomedical Engineering 50(3): a point
(x, y) runs around the unit circle once per beat, and five events at fixed angles, the waves P, Q, R, S and T,
push z away from a baseline that breathing moves:

    x' = (1 - r) x - w y,   y' = (1 - r) y + w x,   r = sqrt(x^2 + y^2)
    z' = -sum_i a_i d_i exp(-d_i^2 / (2 b_i^2)) - (z - z0(t)),   d_i = (angle(x, y) - angle_i) mod 2 pi

The abnormal beats are this project's: the model with other events, and for the premature beat another
speed w.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from report_builder.datasets.heart_rhythm import Rhythm, draw_rhythm

Floats = npt.NDArray[np.float64]

CLASSES = ("normal", "premature", "st_elevation", "missing_p")
WAVES = ("P", "Q", "R", "S", "T")
# The paper's Table I: angles in radians (R at zero), sizes a and widths b
ANGLES = np.array([-np.pi / 3, -np.pi / 12, 0.0, np.pi / 12, np.pi / 2])
SIZES = np.array([1.2, -5.0, 30.0, -7.5, 0.75])
WIDTHS = np.array([0.25, 0.1, 0.1, 0.1, 0.4])
P, Q, R, S, T = range(5)
ELEVATION = 5  # place of the sixth event, which only an elevated ST segment has
ELEVATION_ANGLE, ELEVATION_WIDTH = 0.8, 0.22
BASELINE = 0.15  # millivolt: the paper's amplitude of the baseline
# Millivolts per unit of z: R is 1.2 mV high at 60 beats per minute, as the authors' program scales it
MILLIVOLTS = 1.2 / (SIZES[R] * WIDTHS[R] ** 2 / (2 * np.pi))
SECONDS = 2.5
LOWEST_RATE = 50.0  # samples per second: at fewer, QRS falls between them
WARM_UP = 1.0  # seconds before the window in which the start is forgotten: z relaxes within one
REACH = 2.5  # widths on each side of an event that its planted interval holds
# A premature beat: one wave, so many times as wide as R, for QRS; T inverted, at this angle and this wide
WIDER, LATE_T_ANGLE, LATE_T_WIDTH = 2.0, 2.35, 0.17


@dataclass(frozen=True)
class Heartbeats:
    """n windows of t samples.

    signals: (n, t) float32, millivolts. labels: (n,) int64 into CLASSES. planted: (n, t) bool, the interval
    in which an abnormal window differs from the same one drawn without its abnormality: the event that is
    added or left out, or the premature beat with the pause after it. What is left of the difference after
    it fades as z relaxes. peaks: (n, beats) seconds from the start of the window at which R has its angle,
    some of them outside the window.
    """

    signals: npt.NDArray[np.float32]
    labels: npt.NDArray[np.int64]
    planted: npt.NDArray[np.bool_]
    peaks: Floats


@dataclass(frozen=True)
class _Events:
    """Sizes, angles and widths, each (n, beats, 6); the last event is the elevation of ST."""

    sizes: Floats
    angles: Floats
    widths: Floats


def simulate(
    labels: Sequence[int] | npt.NDArray[np.int64], *, seed: int, sampling_rate: float = 128.0
) -> Heartbeats:
    """One window of SECONDS for each label. The same seed draws the same hearts, whatever the labels are.

    Heart rate and its variability, sizes and widths of the waves, baseline, noise, and which of the beats is
    the abnormal one are drawn per window. Raises ValueError for a sampling rate below LOWEST_RATE and for a
    label that is none.
    """
    chosen = np.asarray(labels, dtype=np.int64)
    if sampling_rate < LOWEST_RATE:
        raise ValueError(f"{sampling_rate} samples per second are too few for a QRS complex")
    if len(chosen) and not (chosen.min() >= 0 and chosen.max() < len(CLASSES)):
        raise ValueError(f"labels go from 0 to {len(CLASSES) - 1}")
    generator = np.random.default_rng(seed)
    substeps = int(np.ceil(256 / sampling_rate))
    step = 1 / (sampling_rate * substeps)
    rhythm = draw_rhythm(len(chosen), SECONDS, WARM_UP, step, generator)
    events = _draw_events(rhythm.starts.shape, generator)
    wander = generator.uniform(0, BASELINE, len(chosen))
    noise = generator.uniform(0.005, 0.03, len(chosen))
    samples = round(SECONDS * sampling_rate)
    rhythm, events = _make_abnormal(chosen, rhythm, events, generator)
    disturbance = generator.standard_normal((len(chosen), samples))
    z = _integrate(rhythm, events, wander, samples * substeps)[:, ::substeps]
    signals = z * MILLIVOLTS + noise[:, None] * disturbance
    times = np.arange(samples) / sampling_rate
    return Heartbeats(
        signals.astype(np.float32), chosen, _planted(chosen, rhythm, events, times), rhythm.peaks - WARM_UP
    )


def _draw_events(shape: tuple[int, ...], generator: np.random.Generator) -> _Events:
    """The paper's waves, in each window a little larger or smaller, wider or narrower."""
    n, beats = shape[0], shape[1]
    sizes = SIZES * generator.uniform(0.8, 1.2, (n, 5)) * generator.uniform(0.85, 1.15, (n, 1))
    widths = WIDTHS * generator.uniform(0.9, 1.1, (n, 5))
    sixth = np.zeros((n, 1))
    tables = (
        np.hstack([sizes, sixth]),
        np.broadcast_to(np.append(ANGLES, ELEVATION_ANGLE), (n, 6)),
        np.hstack([widths, sixth + ELEVATION_WIDTH]),
    )
    return _Events(*(np.repeat(table[:, None], beats, axis=1) for table in tables))


def _make_abnormal(
    labels: npt.NDArray[np.int64], rhythm: Rhythm, events: _Events, generator: np.random.Generator
) -> tuple[Rhythm, _Events]:
    """The chosen beat of each window as its label says; all random numbers are drawn whatever the labels."""
    n = len(labels)
    height, early, big = (generator.uniform(*ends, n) for ends in ((0.15, 0.3), (0.45, 0.6), (0.8, 1.2)))
    sizes, angles, widths = (table.copy() for table in (events.sizes, events.angles, events.widths))

    rows = np.flatnonzero(labels == CLASSES.index("missing_p"))
    sizes[rows, rhythm.chosen[rows], P] = 0

    rows = np.flatnonzero(labels == CLASSES.index("st_elevation"))
    beats = rhythm.chosen[rows]
    # a wave of size a and width b is a b^2 / w high
    speed = rhythm.speed_before[rows, beats]
    sizes[rows, beats, ELEVATION] = height[rows] / MILLIVOLTS * speed / ELEVATION_WIDTH**2

    rows = np.flatnonzero(labels == CLASSES.index("premature"))
    beats = rhythm.chosen[rows]
    usual = rhythm.speed_before[rows, beats]
    rhythm = rhythm.hurried(rows, early[rows])
    first, second = rhythm.speed_before[rows, beats], rhythm.speed_after[rows, beats]
    sizes[rows, beats, P] = 0
    sizes[rows, beats, Q] = sizes[rows, beats, S] = 0
    wider = WIDER * first / usual  # at a higher speed an angle passes in less time
    widths[rows, beats, R] *= wider
    sizes[rows, beats, R] *= big[rows] * (first / usual) / wider**2
    inverted = -(widths[rows, beats, T] ** 2) / LATE_T_WIDTH**2 * second / usual
    sizes[rows, beats, T] *= inverted
    angles[rows, beats, T], widths[rows, beats, T] = LATE_T_ANGLE, LATE_T_WIDTH
    return rhythm, replace(events, sizes=sizes, angles=angles, widths=widths)


def _integrate(rhythm: Rhythm, events: _Events, wander: Floats, steps: int) -> Floats:
    """z (n, steps) after the warm-up, by the fourth-order Runge-Kutta method.

    Beats begin, and their speed changes, at whole steps, so that no step spans a jump.
    """
    n = len(wander)
    every = np.arange(n)
    state = np.stack([-np.ones(n), np.zeros(n), np.zeros(n)])
    drift = wander / MILLIVOLTS
    h, before = rhythm.step, rhythm.steps - steps
    kept = np.empty((n, steps))
    for number in range(rhythm.steps):
        beat, speed = rhythm.at(number)
        tables = tuple(table[every, beat] for table in (events.sizes, events.angles, events.widths))
        if number == 0:  # begin on the circle, at the angle that the rhythm has there
            state[:2] = np.cos(rhythm.first_angle), np.sin(rhythm.first_angle)
        if number >= before:
            kept[:, number - before] = state[2]
        now = number * h
        k1 = _slope(state, speed, tables, drift * np.sin(rhythm.breathing(now)))
        middle = drift * np.sin(rhythm.breathing(now + h / 2))
        k2 = _slope(state + h / 2 * k1, speed, tables, middle)
        k3 = _slope(state + h / 2 * k2, speed, tables, middle)
        k4 = _slope(state + h * k3, speed, tables, drift * np.sin(rhythm.breathing(now + h)))
        state = state + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
    return kept


def _slope(state: Floats, speed: Floats, tables: tuple[Floats, ...], baseline: Floats) -> Floats:
    """The right-hand side of the three equations, (3, n)."""
    x, y, z = state
    sizes, angles, widths = tables
    pull = 1 - np.hypot(x, y)
    away = np.arctan2(y, x)[:, None] - angles
    away -= 2 * np.pi * np.rint(away / (2 * np.pi))
    pushed = (sizes * away * np.exp(-0.5 * (away / widths) ** 2)).sum(1)
    slope: Floats = np.stack([pull * x - speed * y, pull * y + speed * x, -pushed - (z - baseline)])
    return slope


def _planted(labels: npt.NDArray[np.int64], rhythm: Rhythm, events: _Events, times: Floats) -> np.ndarray:
    """Whether a sample lies in the interval of the abnormality, (n, t)."""
    every = np.arange(len(labels))
    start = rhythm.starts[every, rhythm.chosen] * rhythm.step - WARM_UP
    end = rhythm.starts[every, rhythm.chosen + 1] * rhythm.step - WARM_UP
    low, high = start.copy(), end.copy()
    for name, event in (("st_elevation", ELEVATION), ("missing_p", P)):
        rows = np.flatnonzero(labels == CLASSES.index(name))
        beats = rhythm.chosen[rows]
        angle, width = events.angles[rows, beats, event], events.widths[rows, beats, event]
        for edge, sign in ((low, -1), (high, 1)):
            turn = (angle + sign * REACH * width + np.pi) / (2 * np.pi)
            edge[rows] = start[rows] + turn * (end[rows] - start[rows])
    inside = (times >= low[:, None]) & (times <= high[:, None])
    planted: np.ndarray = inside & (labels != CLASSES.index("normal"))[:, None]
    return planted
