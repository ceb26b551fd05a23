"""The maps of each family of methods on the scenes, of fewer copies and samples than on the pictures."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn

from report_builder.datasets.farmyard.splits import split_scenes
from report_builder.methods.cam import default_layer, guided_grad_cam
from report_builder.methods.deeplift import deeplift
from report_builder.methods.gradient_shap import gradient_shap
from report_builder.methods.gradients import stacked
from report_builder.methods.incremental_occlusion import incremental_occlusion
from report_builder.methods.integrated_gradients import integrated_gradients
from report_builder.methods.lime_image import explain_image, superpixels
from report_builder.methods.passes import shared_passes
from report_builder.methods.reference_maps import centre_prior, edge_maps, random_maps
from report_builder.methods.score_cam import score_cam
from report_builder.methods.smoothing import smooth_grad
from report_builder.models.farmnet import FarmNet, load_farmnet
from report_builder.models.image_training import to_tensor

OCCLUSION_WINDOW = 16  # pixels; windows side by side
LIME_SEGMENTS = 25
LIME_SAMPLES = 36
SCORE_CAM_MAPS = 16  # of 128; the result has a mean cosine of .998 with that of all
BACKGROUND = 16  # validation scenes
GREY = 0.5


@dataclass(frozen=True)
class Budget:
    """samples: noisy copies, steps, points; sigma: of SmoothGrad's noise, times the range of the image."""

    samples: int
    sigma: float
    seed: int


def scored_network(weights: Path, device: str) -> FarmNet:
    """FarmNet in the memory order in which its convolutions take half the time."""
    network = load_farmnet(weights).to(device)
    return network.to(memory_format=torch.channels_last)  # type: ignore[call-overload,no-any-return]


Maps = dict[str, Tensor]
Family = Callable[[nn.Module, Tensor, Tensor, Budget], Maps]


def gradient_family(network: nn.Module, images: Tensor, classes: Tensor, _budget: Budget) -> Maps:
    layer = default_layer(network)
    passes = shared_passes(
        network, images, classes, rules=("gradient", "guided", "deconvnet"), layers=(layer,)
    )
    cam = passes.grad_cams[layer]
    return {
        "saliency": passes.gradients["gradient"].abs(),
        "input_x_gradient": images * passes.gradients["gradient"],
        "guided_backpropagation": passes.gradients["guided"],
        "deconvnet": passes.gradients["deconvnet"],
        "grad_cam": cam,
        "guided_grad_cam": guided_grad_cam(passes.gradients["guided"], cam),
    }


def cam_family(network: nn.Module, images: Tensor, classes: Tensor, _budget: Budget) -> Maps:
    return {
        "score_cam": score_cam(network, images, classes, default_layer(network), strongest=SCORE_CAM_MAPS)
    }


def smoothing_family(network: nn.Module, images: Tensor, classes: Tensor, budget: Budget) -> Maps:
    layer = default_layer(network)
    both = smooth_grad(
        network,
        images,
        classes,
        samples=budget.samples,
        sigma=budget.sigma,
        seed=budget.seed,
        map_of=stacked("gradient", "guided"),
    )
    cam = shared_passes(network, images, classes, rules=(), layers=(layer,)).grad_cams[layer]
    return {
        "smooth_grad": both[:, 0].abs(),
        "smooth_guided": both[:, 1],
        "smooth_guided_grad_cam": guided_grad_cam(both[:, 1], cam),
    }


def path_family(network: nn.Module, images: Tensor, classes: Tensor, budget: Budget) -> Maps:
    background = to_tensor(split_scenes("validation", BACKGROUND).images).to(images)
    samples, seed = budget.samples, budget.seed
    mean = images.mean((2, 3), keepdim=True).expand_as(images)
    return {
        "integrated_gradients": integrated_gradients(network, images, classes, steps=samples).attributions,
        "from_mean_colour": integrated_gradients(
            network, images, classes, baseline=mean, steps=samples
        ).attributions,
        "gradient_shap": gradient_shap(
            network, images, classes, background, samples=samples, seed=seed
        ).attributions,
        "deeplift": deeplift(network, images, classes).attributions,
    }


def perturbation_family(network: nn.Module, images: Tensor, classes: Tensor, budget: Budget) -> Maps:
    covered = incremental_occlusion(
        network, images, classes, window=OCCLUSION_WINDOW, stride=OCCLUSION_WINDOW, baseline=GREY
    )
    explained = []
    for image, target in zip(images, classes, strict=True):
        found = explain_image(
            lambda x: network(x).softmax(1),
            image,
            superpixels(image, count=LIME_SEGMENTS),
            target[None],
            seed=budget.seed,
            samples=LIME_SAMPLES,
        )
        explained.append(found.maps[0])
    return {"occlusion": covered, "lime_image": torch.stack(explained).to(images)}


def reference_family(_network: nn.Module, images: Tensor, _classes: Tensor, budget: Budget) -> Maps:
    height, width = images.shape[-2:]
    return {
        "random": random_maps(len(images), height, width, seed=budget.seed).to(images),
        "centre_prior": centre_prior(height, width).to(images).expand(len(images), -1, -1),
        "edges": edge_maps(images),
    }


MAPS: Mapping[str, Family] = {
    "gradient": gradient_family,
    "cam": cam_family,
    "smoothing": smoothing_family,
    "path": path_family,
    "perturbation": perturbation_family,
    "reference": reference_family,
}
# Families whose maps depend on the seed
RANDOM_FAMILIES = frozenset({"smoothing", "path", "perturbation"})
RANDOM_METHODS = frozenset(
    {"smooth_grad", "smooth_guided", "smooth_guided_grad_cam", "gradient_shap", "lime_image"}
)
