"""A run of the vision part, reduced to what runs are compared by."""

from __future__ import annotations

import numpy as np

from report_builder.pipeline.step import Values, Work

MOST = 12  # pictures whose maps are kept: a sweep has them as often as it has seeds


def reduce(work: Work) -> Values:
    """The maps of the first pictures shown, which are the same with every seed, and the first picture of
    the class.

    Arrays: smooth_grad (n, s, s) float16, sizes summed over the channels, and lime_image (n, s, s) float16,
    signed, each map divided by its largest size; hen (s, s, 3) uint8.
    """
    smooth = work.needs["smoothing"].arrays()["smooth_grad"][:MOST]
    lime = work.needs["lime_maps"].arrays()["lime_image"][:MOST]
    hen = work.needs["hens"].arrays()["pixels"][0]
    work.save(
        smooth_grad=_scaled(np.abs(smooth).sum(1)),
        lime_image=_scaled(lime),
        hen=np.round(np.moveaxis(hen, 0, -1).clip(0, 1) * 255).astype(np.uint8),
    )
    images, hens = work.needs["photographs"].values["images"][:MOST], work.needs["hens"].values
    return {
        "pictures": len(images),
        "names": [image["target_name"] for image in images],
        "files": [image["file"] for image in images],
        "hens": {
            "class": hens["class"]["name"],
            "probability": hens["images"][0]["probability"],
            "robust": hens["images"][0]["robust"],
        },
    }


def _scaled(maps: np.ndarray) -> np.ndarray:
    """Maps (n, s, s) by their largest size; a map of zeros stays one."""
    sizes = np.abs(maps).max((1, 2), keepdims=True)
    scaled: np.ndarray = np.divide(maps, sizes, out=np.zeros_like(maps), where=sizes > 0).astype(np.float16)
    return scaled
