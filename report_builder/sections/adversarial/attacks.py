"""What both steps of the section share: the sizes tried, and a network under attack."""

from __future__ import annotations

import torch
from torch import Tensor

from report_builder.methods.adversarial import Outcome, outcome, pgd
from report_builder.methods.cam import upsample
from report_builder.methods.passes import shared_passes
from report_builder.methods.scores import magnitude
from report_builder.models.networks import Network
from report_builder.pipeline.step import Work

EPSILONS = (0, 1, 2, 4, 8, 16)  # in 255ths
LEVELS = 255

# Images at a time: on a processor, what its caches hold
BATCH = {"cpu": 8}
GPU_BATCH = 64

Maps = dict[str, Tensor]


def epsilons_with(chosen: int) -> tuple[int, ...]:
    return tuple(sorted({*EPSILONS, chosen}))


def batch_size(pixels: Tensor) -> int:
    return BATCH.get(pixels.device.type, GPU_BATCH)


def predict(network: Network, pixels: Tensor) -> Tensor:
    """Probabilities (n, classes)."""
    size = batch_size(pixels)
    blocks = [pixels[start : start + size] for start in range(0, len(pixels), size)]
    with torch.no_grad():
        return torch.cat([network.module(network.normalise(block)).softmax(1) for block in blocks])


def outcome_of(network: Network, pixels: Tensor, attacked: Tensor, classes: Tensor) -> Outcome:
    return outcome(
        network.module, pixels, attacked, classes, preprocess=network.normalise, batch=batch_size(pixels)
    )


def pgd_at(work: Work, network: Network, pixels: Tensor, classes: Tensor, epsilon: int) -> Tensor:
    if epsilon == 0:
        return pixels
    return pgd(
        network.module,
        pixels,
        classes,
        epsilon / LEVELS,
        preprocess=network.normalise,
        seed=work.settings["seed"],
        steps=work.settings["adversarial"]["pgd_steps"],
        batch=batch_size(pixels),
    )


def explain(network: Network, pixels: Tensor, classes: Tensor, layer: str) -> Maps:
    """Grad-CAM and saliency (n, s, s)."""
    passes = shared_passes(network.module, network.normalise(pixels), classes, layers=(layer,))
    return {
        "grad_cam": upsample(passes.grad_cams[layer], pixels.shape[-2:]).clamp_min(0),
        "saliency": magnitude(passes.gradients["gradient"]),
    }


def centre_of_mass(maps: Tensor) -> Tensor:
    """Centre of mass (n, 2) in units of the picture's sides; the middle for a map of zeros."""
    mass = maps.double().cpu()
    mass = torch.where(mass.sum((1, 2), keepdim=True) > 0, mass, torch.ones_like(mass))
    mass = mass / mass.sum((1, 2), keepdim=True)
    places = [(torch.arange(n, dtype=torch.float64) + 0.5) / n for n in maps.shape[1:]]
    return torch.stack([mass.sum(2) @ places[0], mass.sum(1) @ places[1]], dim=1)
