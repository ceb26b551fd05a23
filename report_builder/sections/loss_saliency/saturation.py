"""Is the gradient saturated? Logit and probability followed from a baseline to the picture."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from report_builder.methods.path_profile import Profile, path_profile
from report_builder.pipeline.step import Values, Work
from report_builder.sections.loss_saliency.compute import first_of_classes
from report_builder.sections.own_network import held_out, load_own

FOLLOWED = 13  # pictures, of as many classes as possible
# Dense where the path leaves the baseline: there the answer of a network changes most
POSITIONS = tuple(k / 64 for k in (0, 1, 2, 3, 4, 5, 6, 8, 10, 12, 16, 20, 24, 32, 48, 64))
HALF_WAY = POSITIONS.index(0.5)
QUARTILES = (0.25, 0.5, 0.75)


def follow(work: Work) -> Values:
    """For a black picture and the mean colour as baseline: how much of the change of logit and probability
    happens where on the way, and how much of it the gradient at the picture accounts for.
    """
    network = load_own(work)
    seen = held_out(work, first_of_classes(work.needs["own_pictures"], FOLLOWED))
    mean = seen.pixels.mean((0, 2, 3))[:, None, None].expand_as(seen.pixels[0])
    arrays: dict[str, NDArray[np.float64]] = {"positions": np.array(POSITIONS)}
    baselines = {}
    for name, baseline in (("black", torch.zeros_like(mean)), ("mean_colour", mean)):
        found = path_profile(network.module, seen.pixels, seen.labels, positions=POSITIONS, baseline=baseline)
        rising = (found.logit.change > 0) & (found.probability.change > 0)
        profiles = {"logit": found.logit, "probability": found.probability}
        baselines[name] = {
            "rising": int(rising.sum()),
            "quantities": {key: _described(work, profile, rising) for key, profile in profiles.items()}
            if rising.any()
            else None,
        }
        for key, profile in profiles.items() if rising.any() else ():
            arrays |= {f"{name}.{key}.{part}": values for part, values in _curves(profile, rising).items()}
    work.save(**arrays)
    return {"pictures": len(seen.labels), "points": len(POSITIONS), "baselines": baselines}


def _described(work: Work, profile: Profile, rising: Tensor) -> Values:
    """Ratios of sums over the pictures whose logit and probability rise on the way."""
    change = _numbers(profile.change, rising)
    half = _numbers(profile.values[:, HALF_WAY] - profile.values[:, 0], rising)
    missed = _numbers((profile.integral - profile.change).abs(), rising)
    sizes = _numbers(profile.sizes[:, -1], rising)
    return {
        "change": float(change.mean()),
        "missed": float(missed.sum() / change.sum()),
        "local": _ratio(work, _numbers(profile.slopes[:, -1], rising), change),
        "before_half": _ratio(work, half, change),
        "size": _ratio(work, sizes, _numbers(profile.mean_size, rising)),
    }


def _curves(profile: Profile, rising: Tensor) -> dict[str, NDArray[np.float64]]:
    """Quartiles (3, m) over the pictures: share of the change so far, and the gradient's length as a multiple
    of its mean along the path.
    """
    share = (profile.values - profile.values[:, :1]) / profile.change[:, None]
    size = profile.sizes / profile.mean_size[:, None]
    return {
        "change": np.quantile(_numbers(share, rising), QUARTILES, axis=0),
        "size": np.quantile(_numbers(size, rising), QUARTILES, axis=0),
    }


def _ratio(work: Work, parts: NDArray[np.float64], wholes: NDArray[np.float64]) -> Values:
    """Sum of the parts over that of the wholes, which are positive, with its 95 % bootstrap interval."""
    n = len(parts)
    draws = np.random.default_rng(work.settings["seed"]).multinomial(
        n, np.full(n, 1 / n), size=work.settings["evaluation.bootstrap_draws"]
    )
    low, high = np.percentile(draws @ parts / (draws @ wholes), [2.5, 97.5])
    return {"value": float(parts.sum() / wholes.sum()), "interval": [float(low), float(high)]}


def _numbers(values: Tensor, rising: Tensor) -> NDArray[np.float64]:
    found: NDArray[np.float64] = values[rising].double().cpu().numpy()
    return found
