"""How much of a map lies on the object of its picture, where masks are known."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor

from report_builder.methods.cam import upsample
from report_builder.methods.scores import magnitude, mass_accuracy, pointing_game
from report_builder.pipeline.step import Values


def on_object(maps: Mapping[str, Tensor], objects: Tensor | None) -> Values:
    """Scores of maps by method against the masks `objects` (n, s, s); empty where there are none.

    maps: (n, 3, s, s), whose sizes count, or (n, h', w') of which what is positive counts, brought to the
    size of the masks. Pictures without an object are left out of the means and have None in the lists.
    """
    if objects is None:
        return {}
    there = objects.flatten(1).any(1)
    if not there.any():
        return {}
    masks = objects[there]
    found: Values = {
        "pictures": len(masks),
        "area": float(masks.double().mean()),
        "areas": _listed(masks.double().mean((1, 2)), there),
        "methods": {},
    }
    for name, values in maps.items():
        sizes = _sizes(values, masks.shape[-2:])[there].double()
        masses = mass_accuracy(sizes, masks)
        found["methods"][name] = {
            "mass": float(masses.mean()),
            "masses": _listed(masses, there),
            "hits": int((pointing_game(sizes, masks) == 1).sum()),
        }
    return found


def _sizes(values: Tensor, size: torch.Size) -> Tensor:
    return upsample(values.clamp_min(0), size) if values.ndim == 3 else magnitude(values)


def _listed(values: Tensor, there: Tensor) -> list[float | None]:
    """The values in the order of all pictures, None for those that are not there."""
    rest = iter(values.tolist())
    return [next(rest) if known else None for known in there.tolist()]
