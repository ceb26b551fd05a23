"""SmoothGrad of two maps over the same noisy copies; of two classes; over the copies and the noise."""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Tensor, nn

from report_builder.methods.applicability import NotApplicable
from report_builder.methods.cam import guided_grad_cam
from report_builder.methods.gradients import gradient, stacked
from report_builder.methods.power_spectrum import high_frequency_share
from report_builder.methods.rank_correlation import rank_correlation
from report_builder.methods.scores import magnitude, mass_accuracy
from report_builder.methods.smoothing import smooth_grad, smooth_grad_sweep
from report_builder.pipeline.step import Values, Work
from report_builder.sections.seen import Pictures, averaged_module, load, logits_of, pair_of, pictures

IMAGENET_MEAN, IMAGENET_STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
FINE = 0.25  # cycles per pixel: details of less than four pixels
CHECKED = 2  # pictures on which bfloat16 is compared with float32, and copies without noise
PAIR_PICTURES = 2
SWEPT = 4  # pictures whose maps are measured over the copies and the noise
# What the sweep tries, as shares of the number of copies and multiples of the noise that the settings name
SHARES, MULTIPLES = (0.1, 0.3, 1.0), (0.25, 0.5, 1.0, 2.0, 4.0)


def smooth(work: Work) -> Values:
    """SmoothGrad of the gradient (absolute value of the mean) and of guided backpropagation (signed), the
    latter also times Grad-CAM; what a network cannot do is left out.
    """
    network = load(work)
    seen = pictures(work, network)
    single = work.needs["gradient_maps"]
    options: dict[str, Any] = _noise(work) | {"samples": work.settings["smooth_grad.samples"]}
    averaged = averaged_module(work, network)
    left_out: dict[str, str] = {}
    maps: dict[str, Tensor] = {}
    try:
        both = smooth_grad(
            averaged, seen.images, seen.targets, map_of=stacked("gradient", "guided"), **options
        )
        signed, maps["smooth_guided"] = both[:, 0], both[:, 1]
    except NotApplicable as error:
        signed = smooth_grad(averaged, seen.images, seen.targets, **options)
        left_out["smooth_guided"] = left_out["smooth_guided_grad_cam"] = error.key
    maps["smooth_grad"] = signed.abs()
    before = {name: torch.from_numpy(array).to(work.device) for name, array in single.arrays().items()}
    if "smooth_guided" in maps and "grad_cam" in before:
        maps["smooth_guided_grad_cam"] = guided_grad_cam(maps["smooth_guided"], before["grad_cam"])
    elif "smooth_guided" in maps:
        left_out["smooth_guided_grad_cam"] = single.values["left_out"]["grad_cam"]
    work.save(**{name: values.cpu().numpy() for name, values in maps.items()})
    compared = {
        name: before[name] for name in ("saliency", "guided_backpropagation") if name in before
    } | maps
    return {
        "samples": options["samples"],
        "sigma": options["sigma"],
        "left_out": left_out,
        "zero_noise_error": _zero_noise_error(network.module, seen),
        "clipping": _clipping(seen.pixels),
        "bfloat16_cosine": _cosine(work, network.module, signed, seen, options),
        "measures": {name: _measures(values, seen.objects) for name, values in compared.items()},
    }


def compare_pair(work: Work) -> Values:
    """SmoothGrad for both classes of the pair, on the pictures that show one of them."""
    network = load(work)
    seen = pictures(work, network)
    pair = pair_of(work, network)
    probabilities = logits_of(network, seen.images).softmax(1)[:, list(pair)]
    chosen = _pictures_of_pair(seen.targets, pair, probabilities)
    images = seen.images[chosen]
    samples = work.settings["smooth_grad.pair_samples"]
    averaged = averaged_module(work, network)
    signed = [
        smooth_grad(
            averaged,
            images,
            torch.full((len(images),), index, device=images.device),
            samples=samples,
            **_noise(work),
        )
        for index in pair
    ]
    maps = torch.stack([magnitude(values) for values in signed], dim=1)
    work.save(maps=maps.cpu().numpy(), chosen=chosen.cpu().numpy())
    ranks = rank_correlation(maps[:, 0].cpu(), maps[:, 1].cpu())
    alike = nn.functional.cosine_similarity(signed[0].flatten(1), signed[1].flatten(1))
    rows = zip(chosen.tolist(), probabilities[chosen].tolist(), ranks, alike.tolist(), strict=True)
    return {
        "samples": samples,
        "sigma": work.settings["smooth_grad.sigma"],
        "classes": [{"index": index, "name": network.class_names[index]} for index in pair],
        "pictures": [
            {"picture": picture, "probabilities": both, "rank_correlation": rank, "cosine": cosine}
            for picture, both, rank, cosine in rows
        ],
        "rank_correlation": ranks.mean(),
        "cosine": alike.mean(),
    }


def sweep(work: Work) -> Values:
    """SmoothGrad over numbers of copies and sizes of noise; each cell with the mass inside the object, or
    without masks the rank correlation with the most copies of the same noise.
    """
    network = load(work)
    seen = pictures(work, network)
    most, sigma = work.settings["smooth_grad.samples"], work.settings["smooth_grad.sigma"]
    counts = sorted({1, *(math.ceil(share * most) for share in SHARES)})
    sigmas = [sigma * multiple for multiple in MULTIPLES]
    averaged = averaged_module(work, network)
    scored = min(SWEPT, len(seen.images)) if seen.objects is not None else 1
    objects = None if seen.objects is None else seen.objects[:scored]
    rows, cells = [], []
    for size in sigmas:
        signed = smooth_grad_sweep(
            averaged,
            seen.images[:scored],
            seen.targets[:scored],
            counts=counts,
            sigma=size,
            seed=work.settings["seed"],
        )
        maps = [magnitude(values) for values in signed]
        rows.append(torch.stack([values[0] for values in maps]))
        cells.append([_cell(values, maps[-1], objects) for values in maps])
    work.save(maps=torch.stack(rows).cpu().numpy())
    return {
        "counts": counts,
        "sigmas": sigmas,
        "cells": cells,
        "measure": "mass" if objects is not None else "rank",
        "area": float(objects.float().mean()) if objects is not None else None,
        "scored": scored,
    }


def _noise(work: Work) -> dict[str, Any]:
    return {"sigma": work.settings["smooth_grad.sigma"], "seed": work.settings["seed"]}


def _zero_noise_error(network: nn.Module, seen: Pictures) -> float:
    """Largest difference of SmoothGrad without noise from the gradient, as a share of its largest value."""
    plain = gradient(network, seen.images, seen.targets)
    noiseless = smooth_grad(network, seen.images, seen.targets, samples=CHECKED, sigma=0.0, seed=0)
    tops = plain.abs().amax((1, 2, 3)).clamp_min(torch.finfo(plain.dtype).tiny)
    return float(((noiseless - plain).abs().amax((1, 2, 3)) / tops).max())


def _clipping(pixels: Tensor) -> dict[str, float]:
    """What clipping to [0, 1] does to pictures normalised for ImageNet's networks, before any noise."""
    mean, std = (pixels.new_tensor(v)[:, None, None] for v in (IMAGENET_MEAN, IMAGENET_STD))
    normalised = (pixels - mean) / std
    changed = normalised.clamp(0, 1) != normalised
    return {"changed": float(changed.float().mean()), "largest": float(normalised.abs().max())}


def _cosine(
    work: Work, full: nn.Module, reduced: Tensor, seen: Pictures, options: dict[str, Any]
) -> float | None:
    """Smallest cosine of the maps in bfloat16 with those in float32 on some pictures; None in float32."""
    if work.settings["vision.precision"] != "bf16":
        return None
    exact = smooth_grad(full, seen.images[:CHECKED], seen.targets[:CHECKED], **options)
    return float(nn.functional.cosine_similarity(exact.flatten(1), reduced[:CHECKED].flatten(1)).min())


def _measures(maps: Tensor, objects: Tensor | None) -> dict[str, float | None]:
    """Means over the pictures: power of the map in fine detail, mass inside the object where it is known."""
    sizes = magnitude(maps)
    fine = high_frequency_share(sizes[:, None], above=FINE)
    known = fine[fine.isfinite()]  # a map of zeros has no power
    return {
        "fine": float(known.mean()) if len(known) else None,
        "mass": float(mass_accuracy(sizes, objects).mean()) if objects is not None else None,
    }


def _pictures_of_pair(targets: Tensor, pair: tuple[int, int], probabilities: Tensor) -> Tensor:
    """The first picture of each class of the pair, else the one that the network most takes for the pair."""
    found = [int(rows[0]) for index in pair if len(rows := (targets == index).nonzero())]
    chosen = sorted(set(found))[:PAIR_PICTURES] or [int(probabilities.sum(1).argmax())]
    return torch.tensor(chosen, device=targets.device)


def _cell(maps: Tensor, most: Tensor, objects: Tensor | None) -> float:
    if objects is not None:
        return float(mass_accuracy(maps, objects).mean())
    return float(rank_correlation(maps.cpu(), most.cpu()).mean())
