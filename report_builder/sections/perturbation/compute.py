"""What the output of the network does when parts of the pictures are hidden."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor

from report_builder.methods.applicability import NotApplicable
from report_builder.methods.incremental_occlusion import incremental_occlusion
from report_builder.methods.lime_image import LimeImageExplanation, explain_image, superpixels
from report_builder.methods.occlusion import Windows, occlusion
from report_builder.methods.rank_correlation import rank_correlation
from report_builder.methods.scores import mass_accuracy, pointing_game
from report_builder.models.networks import Network
from report_builder.pipeline.step import Values, Work
from report_builder.sections.seen import Pictures, averaged_module, load, logits_of, pictures

GREY = 0.5  # of the pixels' range: what a window shows
PURPOSE = 23  # tells the seeds of this section from those of others
REPEATED = 1  # pictures that LIME explains a second time, with other draws


def cover(work: Work) -> Values:
    """Occlusion maps of the logit, by the incremental method where the network is a sequence of layers."""
    network = load(work)
    seen = pictures(work, network)
    height, width = seen.images.shape[2:]
    window = min(work.settings["occlusion"]["window"], height, width)
    stride = min(work.settings["occlusion"]["stride"], window)
    grey = network.normalise(torch.full((1, 3, 1, 1), GREY, device=work.device))[0]
    maps, left_out = _occlude(network, seen, window, stride, grey)
    logits = logits_of(network, seen.images).gather(1, seen.targets[:, None])[:, 0]
    work.save(occlusion=maps.cpu().numpy())
    described = [
        {"logit": float(logits[i]), "drop": float(maps[i].max()), "rise": float((-maps[i]).max())}
        | _inside(maps[i], seen, i)
        for i in range(len(maps))
    ]
    return {
        "window": window,
        "stride": stride,
        "windows": len(Windows(height, width, window, stride).boxes),
        "left_out": left_out,
        "pictures": described,
        "means": _means(described),
    }


def _occlude(
    network: Network, seen: Pictures, window: int, stride: int, grey: Tensor
) -> tuple[Tensor, dict[str, str]]:
    """The maps, and why the incremental method was left out where it was."""
    try:
        maps = incremental_occlusion(
            network.module, seen.images, seen.targets, window=window, stride=stride, baseline=grey
        )
        return maps, {}
    except NotApplicable as reason:
        maps = occlusion(
            network.module, seen.images, seen.targets, window=window, stride=stride, baseline=grey
        )
        return maps, {"incremental_occlusion": reason.key}


def _inside(values: Tensor, seen: Pictures, i: int) -> Values:
    """Of the positive part of a map (h, w): its share on the object of picture i, whether its peak lies there
    (its share of equal peaks), and the object's share of the area; nothing where no object is known.
    """
    if seen.objects is None or not seen.objects[i].any():
        return {}
    mask = seen.objects[i : i + 1]
    speaks_for = values[None].clamp_min(0).to(mask.device)
    return {
        "mass": float(mass_accuracy(speaks_for, mask)),
        "peak": float(pointing_game(speaks_for, mask)),
        "area": float(mask.float().mean()),
    }


def _means(described: list[Values]) -> Values:
    """Mean shares over the pictures whose object is known; nothing where there are none."""
    known = [picture for picture in described if "mass" in picture]
    return {
        key: float(np.mean([picture[key] for picture in known])) for key in ("mass", "peak", "area") if known
    }


def hide_segments(work: Work) -> Values:
    """LIME over SLIC superpixels for the probability of the class explained; some pictures with two seeds."""
    network = load(work)
    seen = pictures(work, network)
    chosen = work.settings["lime_image"]
    module = averaged_module(work, network)
    seeds = np.random.SeedSequence([work.settings["seed"], PURPOSE]).generate_state(
        len(seen.images) + REPEATED
    )

    def explain(i: int, segments: Tensor, seed: int) -> LimeImageExplanation:
        return explain_image(
            lambda images: module(images).softmax(1),
            seen.images[i],
            segments,
            seen.targets[i : i + 1],
            seed=int(seed),
            samples=chosen["samples"],
        )

    found = [
        explain(i, superpixels(seen.pixels[i], count=chosen["segments"]), seeds[i])
        for i in range(len(seen.images))
    ]
    again = [explain(i, found[i].segments, seeds[len(found) + i]) for i in range(min(REPEATED, len(found)))]
    maps = torch.cat([explanation.maps for explanation in found])
    strongest = torch.cat([e.strongest(chosen["features"], chosen["minimum_weight"]) for e in found])
    work.save(
        lime_image=maps.float().numpy(),
        segments=torch.stack([explanation.segments for explanation in found]).to(torch.int16).numpy(),
        strongest=strongest.to(torch.int8).numpy(),
    )
    described = [_describe(e, strongest[i]) | _inside(maps[i], seen, i) for i, e in enumerate(found)]
    fits = [picture["r2"] for picture in described]
    return {
        "samples": chosen["samples"],
        "features": chosen["features"],
        "minimum_weight": chosen["minimum_weight"],
        "pictures": described,
        "r2": {"mean": float(np.mean(fits)), "least": min(fits), "most": max(fits)},
        "means": _means(described),
        "empty": sum(picture["shown"] == 0 for picture in described),
        "seeds": _stability(
            found, again, lambda e: e.strongest(chosen["features"], chosen["minimum_weight"])[0]
        ),
    }


def _describe(explanation: LimeImageExplanation, strongest: Tensor) -> Values:
    """strongest: (h, w), signs of the segments that are shown."""
    coefficients = explanation.coefficients[0]
    signs = {
        side: len(torch.unique(explanation.segments[strongest == sign]))
        for side, sign in (("for", 1), ("against", -1))
    }
    return {
        "segments": len(coefficients),
        "shown": sum(signs.values()),
        **signs,
        "largest": float(coefficients[coefficients.abs().argmax()]),
        "prediction": float(explanation.prediction[0]),
        "local_prediction": float(explanation.local_prediction[0]),
        "r2": float(explanation.r2[0]),
    }


def _stability(
    first: list[LimeImageExplanation],
    second: list[LimeImageExplanation],
    strongest: Callable[[LimeImageExplanation], Tensor],
) -> Values:
    """How alike the weights of the same segments are with other draws.

    rank_correlation: mean over the pictures, each over all its segments. same_strongest: pictures whose
    strongest segment is the same. shown, kept: segments shown, and those of them that are shown again with
    the same sign. strongest: signs (h, w) of the segments shown.
    """
    correlations, shown, kept, same = [], 0, 0, 0
    for a, b in zip(first, second, strict=False):
        correlations.append(float(rank_correlation(a.coefficients.numpy(), b.coefficients.numpy())[0]))
        same += int(a.coefficients.abs().argmax() == b.coefficients.abs().argmax())
        signs, signs_again = strongest(a), strongest(b)
        shown += len(torch.unique(a.segments[signs != 0]))
        kept += len(torch.unique(a.segments[(signs != 0) & (signs == signs_again)]))
    return {
        "pictures": len(correlations),
        "rank_correlation": float(np.mean(correlations)),
        "same_strongest": same,
        "shown": shown,
        "kept": kept,
    }
