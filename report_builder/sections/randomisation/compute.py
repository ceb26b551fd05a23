"""How far the maps of FarmNet change when its weights are drawn anew, from the classifier to the input."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from report_builder.datasets.farmyard.labels import CLASSES
from report_builder.methods.cam import upsample
from report_builder.methods.randomisation import cascade, layers_from_output, randomisation_test, randomised
from report_builder.models.farmnet import FarmNet
from report_builder.models.image_training import to_tensor
from report_builder.pipeline.step import Values, Work
from report_builder.sections.scene_maps import (
    Budget,
    gradient_family,
    path_family,
    scored_network,
    smoothing_family,
)

SCENES = 8
SAVED = 2  # maps of so many networks are made with the samples of the scores divided by this
SHOWN = ("saliency", "guided_backpropagation", "grad_cam", "guided_grad_cam")


def cascade_test(work: Work) -> Values:
    """Per method and stage, the mean rank correlation with the trained network's maps; maps of one scene.

    A stage draws the weights of one more block anew: the classifier, then the blocks of convolutions from the
    last to the first. Arrays: the scene (h, w, 3) and `<stage>.<method>` maps (h, w) of it for "trained" and
    the stages.
    """
    network = scored_network(work.files["data/farmnet.safetensors"], work.device)
    scenes = work.needs["scenes"].arrays()
    images = to_tensor(scenes["images"][:SCENES]).to(work.device)
    classes = torch.from_numpy(scenes["labels"][:SCENES]).to(work.device)
    samples = -(-work.settings["map_scores.samples"] // SAVED)
    budget = Budget(samples, work.settings["smooth_grad.sigma"], work.settings["seed"])

    def explain() -> dict[str, Tensor]:
        return {
            **gradient_family(network, images, classes, budget),
            **smoothing_family(network, images, classes, budget),
            **path_family(network, images, classes, budget),
        }

    blocks = _blocks(network)
    stages = [tuple(name for block in so_far for name in block) for so_far in cascade(blocks)]
    seed = work.settings["seed"]
    found = randomisation_test(network, explain, stages, seed=seed)
    work.save(**_pictures(network, images[:1], classes[:1], budget, stages, seed), scene=scenes["images"][0])
    means = {name: rows.mean(1) for name, rows in found.items()}
    return {
        "scenes": len(images),
        "samples": samples,
        "methods": len(means),
        "scene_class": CLASSES[int(classes[0])],
        "stages": [
            {"layers": list(block), "kind": "head" if i == 0 else "block", "number": len(blocks) - i}
            for i, block in enumerate(blocks)
        ],
        "correlations": {name: [float(value) for value in rows] for name, rows in means.items()},
        "head": {name: float(rows[0]) for name, rows in means.items()},
        "all": {name: float(rows[-1]) for name, rows in means.items()},
        "most_stable": max(means, key=lambda name: means[name][0]),
        "least_stable": min(means, key=lambda name: means[name][0]),
    }


def _blocks(network: FarmNet) -> list[tuple[str, ...]]:
    """The layers with weights, from the output: those of the classifier, then those of each block between two
    poolings.
    """
    pooled = [i for i, layer in enumerate(network.features) if isinstance(layer, torch.nn.MaxPool2d)]
    groups: dict[int, list[str]] = {}
    for name in layers_from_output(network):
        room, _, number = name.partition(".")
        group = 0 if room == "classifier" else len(pooled) - sum(int(number) > end for end in pooled)
        groups.setdefault(group, []).append(name)
    return [tuple(groups[key]) for key in sorted(groups)]


def _pictures(
    network: FarmNet,
    image: Tensor,
    classes: Tensor,
    budget: Budget,
    stages: list[tuple[str, ...]],
    seed: int,
) -> dict[str, np.ndarray]:
    arrays = {}
    for number, stage in enumerate([(), *stages]):
        with randomised(network, stage, seed=seed):
            maps = gradient_family(network, image, classes, budget)
        name = "trained" if number == 0 else f"stage_{number}"
        for method in SHOWN:
            values = maps[method]
            values = values.sum(1) if values.ndim == 4 else upsample(values, image.shape[-2:])
            arrays[f"{name}.{method}"] = values[0].cpu().numpy()
    return arrays
