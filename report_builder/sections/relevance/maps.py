"""The relevance of every sample by four methods, and by two rules that look at no network."""

from __future__ import annotations

from dataclasses import dataclass, replace

import torch
from torch import Tensor, nn

from report_builder.methods.gradient_shap import gradient_shap
from report_builder.methods.gradients import gradient
from report_builder.methods.integrated_gradients import Complete, integrated_gradients
from report_builder.methods.one_row import OneRow
from report_builder.methods.signal_occlusion import occlusion_in_time
from report_builder.methods.smoothing import smooth_grad
from report_builder.verdicts import COMPLETENESS_TOLERANCE

WINDOW = 0.1  # seconds that occlusion covers: the length of a P wave
WINDOWS_PER_SAMPLE = 4
FINER = 4  # times as many steps of Integrated Gradients for signals whose sums miss the logit's change
ROUNDS = 2  # of that at most


@dataclass(frozen=True)
class Budget:
    """Steps of Integrated Gradients at first; noisy copies of SmoothGrad and the noise as a share of a
    signal's range; draws of Gradient SHAP.
    """

    steps: int
    copies: int
    sigma: float
    draws: int
    seed: int

    def reduced(self, most: int) -> Budget:
        """With at most so many copies and draws."""
        return replace(self, copies=min(self.copies, most), draws=min(self.draws, most))


@dataclass(frozen=True)
class Relevance:
    """maps: by method (n, t), summed over the channels; SmoothGrad's the size, the others signed.

    slopes: (n, t) size of the logit's gradient at the signal itself. rounds: see `from_rest`.
    """

    maps: dict[str, Tensor]
    slopes: Tensor
    rounds: list[Complete]


def occlusion_window(sampling_rate: float, length: int) -> tuple[int, int]:
    """Samples of a window and of its stride."""
    window = min(max(round(WINDOW * sampling_rate), 2), max(length // 4, 1))
    return window, max(window // WINDOWS_PER_SAMPLE, 1)


def relevance(
    network: nn.Module,
    signals: Tensor,
    classes: Tensor,
    background: Tensor,
    budget: Budget,
    window: tuple[int, int],
) -> Relevance:
    """Of the logits of `classes` (n,) for signals (n, c, t); background: (b, c, t), what a signal may be."""
    rows, wrapped = signals.unsqueeze(2), OneRow(network)
    rounds = from_rest(network, signals, classes, budget.steps)
    smooth = smooth_grad(wrapped, rows, classes, samples=budget.copies, sigma=budget.sigma, seed=budget.seed)
    shares = gradient_shap(
        wrapped, rows, classes, background.unsqueeze(2), samples=budget.draws, seed=budget.seed
    )
    size, stride = window
    covered = occlusion_in_time(network, signals, classes, window=size, stride=stride, fill=at_rest(signals))
    maps = {
        "integrated_gradients": rounds[-1].attributions.sum((1, 2)),
        "smooth_grad": smooth.abs().sum((1, 2)),
        "occlusion": covered,
        "gradient_shap": shares.attributions.sum((1, 2)),
    }
    return Relevance(maps, gradient(wrapped, rows, classes).abs().sum((1, 2)), rounds)


def from_rest(network: nn.Module, signals: Tensor, classes: Tensor, steps: int) -> list[Complete]:
    """Integrated Gradients (n, c, 1, t) from each signal at rest, first with `steps` steps; then the signals
    whose sums miss the logit's change get FINER times as many, in up to ROUNDS rounds. Each entry is of all
    signals. A recurrent network's logit swings along the way, and few steps leave out most of its swings.
    """
    rows, start, wrapped = signals.unsqueeze(2), at_rest(signals).unsqueeze(2), OneRow(network)
    rounds = [integrated_gradients(wrapped, rows, classes, baseline=start, steps=steps)]
    for _ in range(ROUNDS):
        last, steps = rounds[-1], FINER * steps
        open_ones = ~kept(last)
        if not open_ones.any():
            break
        found = integrated_gradients(
            wrapped, rows[open_ones], classes[open_ones], baseline=start[open_ones], steps=steps
        )
        attributions = last.attributions.clone()
        attributions[open_ones] = found.attributions
        rounds.append(Complete.of(attributions, last.change))
    return rounds


def kept(path: Complete) -> Tensor:
    """Where (n,) the sums agree with the logit's change: up to a share of its mean size, as a single change
    may be next to nothing.
    """
    return path.error.abs() <= COMPLETENESS_TOLERANCE * path.change.abs().mean()


def at_rest(signals: Tensor) -> Tensor:
    """The flat signal at the median of each one, which in an ECG is the line between the waves."""
    return signals.median(-1, keepdim=True).values.expand_as(signals).contiguous()


def references(signals: Tensor, seed: int) -> dict[str, Tensor]:
    """Maps (n, t), not negative, that need no network: how far a sample is from rest, and random numbers."""
    away = (signals - at_rest(signals)).square().sum(1)
    generator = torch.Generator().manual_seed(seed)
    random = torch.rand(away.shape, generator=generator).to(signals)
    return {"energy": away, "random": random}


def heat(maps: Tensor) -> Tensor:
    """What a map says is the reason, (n, t) and not negative: what speaks for the class."""
    return maps.clamp_min(0)
