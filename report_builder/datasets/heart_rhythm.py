"""When the beats of simulated windows begin, and how fast the point runs through each of them."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

RATES = (60.0, 85.0)  # beats per minute, the mean of a window
# Centres of the two bands of heart rate variability in McSharry et al. (2003): blood pressure and breathing
LOW, HIGH = 0.1, 0.25
SLOW_ANGLE = 1.6  # from here on the point is slow in a premature beat: its T wave comes late, then the pause


@dataclass(frozen=True)
class Rhythm:
    """Beats of n windows, on a grid of time steps that begins with the warm-up.

    starts: (n, beats + 1) the step at which each beat begins, at the angle minus pi; the first is not after
    step 0 and the last is after all steps. turns: (n, beats) the step at which the speed changes.
    speed_before, speed_after: (n, beats) radians per second. chosen: (n,) a beat that lies wholly in the
    window. frequency, phase: (n,) of breathing. step: seconds.
    """

    starts: Integers
    turns: Integers
    speed_before: Floats
    speed_after: Floats
    chosen: Integers
    frequency: Floats
    phase: Floats
    step: float
    steps: int

    @property
    def first_angle(self) -> Floats:
        """The angle at step 0, (n,)."""
        angle: Floats = -np.pi - self.starts[:, 0] * self.step * self.speed_before[:, 0]
        return angle

    @property
    def peaks(self) -> Floats:
        """Seconds at which the angle is zero, (n, beats): there is R."""
        seconds: Floats = self.starts[:, :-1] * self.step + np.pi / self.speed_before
        return seconds

    def at(self, step: int) -> tuple[Integers, Floats]:
        """The beat (n,) of a step and the speed in it (n,)."""
        every = np.arange(len(self.starts))
        beat = (self.starts[:, 1:] <= step).sum(1)
        slow = step >= self.turns[every, beat]
        return beat, np.where(slow, self.speed_after[every, beat], self.speed_before[every, beat])

    def breathing(self, seconds: float) -> Floats:
        """The phase of breathing, (n,)."""
        phase: Floats = 2 * np.pi * self.frequency * seconds + self.phase
        return phase

    def hurried(self, rows: Integers, early: Floats) -> Rhythm:
        """With the chosen beat of these windows premature: R comes at the share early / 2 of the beat, in
        place of one half, and what follows lasts longer by as much, so that no other beat moves (a full
        compensatory pause).
        """
        before, after, turns = self.speed_before.copy(), self.speed_after.copy(), self.turns.copy()
        beats = self.chosen[rows]
        start, length = self.starts[rows, beats], self.starts[rows, beats + 1] - self.starts[rows, beats]
        fast = np.rint(early * length * (np.pi + SLOW_ANGLE) / (2 * np.pi)).astype(np.int64)
        turns[rows, beats] = start + fast
        before[rows, beats] = (np.pi + SLOW_ANGLE) / (fast * self.step)
        after[rows, beats] = (np.pi - SLOW_ANGLE) / ((length - fast) * self.step)
        return replace(self, speed_before=before, speed_after=after, turns=turns)


def draw_rhythm(
    n: int, seconds: float, warm_up: float, step: float, generator: np.random.Generator
) -> Rhythm:
    """Beats that fill the warm-up and the window after it.

    A beat lasts 60 over the heart rate, times one plus a slow and a breathing oscillation of a few percent,
    with half as much power in the slow one, as the paper's spectrum has it.
    """
    mean = 60 / generator.uniform(*RATES, n)
    variability = generator.uniform(0.01, 0.05, n)
    frequency = generator.uniform(0.8, 1.2, n) * HIGH
    phases = generator.uniform(0, 2 * np.pi, (2, n))
    start = np.rint(-generator.uniform(0, 1, n) * mean / step).astype(np.int64)
    steps = round((warm_up + seconds) / step)
    starts = [start]
    while (starts[-1] <= steps).any():
        now = starts[-1] * step
        slow = np.sin(2 * np.pi * LOW * now + phases[0])
        breathing = np.sin(2 * np.pi * frequency * now + phases[1])
        length = mean * (1 + variability * (np.sqrt(2 / 3) * slow + np.sqrt(4 / 3) * breathing))
        starts.append(starts[-1] + np.rint(length / step).astype(np.int64))
    table = np.stack(starts, axis=1)
    speed = 2 * np.pi / (np.diff(table) * step)
    inside = (table[:, :-1] >= round(warm_up / step)) & (table[:, 1:] <= steps)
    turns = table[:, 1:].copy()
    draw = generator.uniform(0, 1, n)
    rank = np.floor(draw * inside.sum(1)).astype(np.int64)
    chosen = (np.cumsum(inside, axis=1) <= rank[:, None]).sum(1)
    return Rhythm(table, turns, speed, speed, chosen, frequency, phases[1], step, steps)
