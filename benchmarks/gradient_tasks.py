"""The tasks of `python -m benchmarks vision` that go back through the network.

Where a method draws at random, both sides get the same draws.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from functools import partial
from unittest.mock import patch

import numpy as np
import torch
from captum.attr import (
    Deconvolution,
    GuidedBackprop,
    GuidedGradCam,
    InputXGradient,
    IntegratedGradients,
    LayerGradCam,
    NoiseTunnel,
    Saliency,
)
from pytorch_grad_cam import GradCAM
from torch import Tensor

from benchmarks.side_by_side import Comparison, Floats
from benchmarks.vision_setup import BACKGROUND, LAYER, SEED, Setup, arrays, peer_targets, quiet
from report_builder.methods.cam import display, grad_cam, guided_grad_cam
from report_builder.methods.gradient_shap import expected_gradients
from report_builder.methods.integrated_gradients import integrated_gradients
from report_builder.methods.passes import shared_passes
from report_builder.methods.smoothing import normal_draws, smooth_grad

with warnings.catch_warnings():
    # shap 0.51 builds its colour maps with calls that Matplotlib is about to deprecate.
    warnings.filterwarnings("ignore", r"The set_\w+ function will be deprecated", PendingDeprecationWarning)
    import shap

SIGMA = 0.15


def gradient_tasks(setup: Setup) -> Iterator[Comparison]:
    """In the order in which they are run."""
    images = {"images": setup.sizes.images}
    ours, theirs = partial(_six, setup), partial(_six_of_captum, setup)
    yield Comparison("six_maps", "Six gradient maps", "captum", ours, theirs, images)
    ours, theirs = partial(_cam, setup), partial(_cam_of_peer, setup)
    yield Comparison("grad_cam", "Grad-CAM", "pytorch-grad-cam", ours, theirs, images)
    for reduced in (False, True):
        yield _smooth_grad(setup, reduced)
    for reduced in (False, True):
        yield _integrated_gradients(setup, reduced)
    yield _gradient_shap(setup)


def _six(setup: Setup) -> list[Floats]:
    passes = shared_passes(
        setup.ours, setup.images, setup.classes, rules=("gradient", "guided", "deconvnet"), layers=(LAYER,)
    )
    gradient, guided, deconvnet = passes.gradients.values()
    cam = passes.grad_cams[LAYER]
    maps = [gradient.abs(), setup.images * gradient, guided, deconvnet, cam]
    return arrays(*maps, guided_grad_cam(guided, cam, mode="nearest"))


def _six_of_captum(setup: Setup) -> list[Floats]:
    network, layer = setup.theirs, setup.theirs.get_submodule(LAYER)
    whole = (Saliency, InputXGradient, GuidedBackprop, Deconvolution)
    explainers: list[Callable[..., Tensor]] = [m(network).attribute for m in whole]
    explainers.append(partial(LayerGradCam(network, layer).attribute, relu_attributions=True))
    explainers.append(GuidedGradCam(network, layer).attribute)
    maps = []
    for explain in explainers:
        with quiet():
            one_by_one = [
                explain(setup.images[i : i + 1].clone().requires_grad_(), target=setup.classes[i])
                for i in range(len(setup.images))
            ]
        maps.append(torch.cat(one_by_one).squeeze(1))
    return arrays(*maps)


def _cam(setup: Setup) -> list[Floats]:
    maps = grad_cam(setup.ours, setup.images, setup.classes, (LAYER,))[LAYER]
    return arrays(display(maps, setup.images.shape[-2:]))


def _cam_of_peer(setup: Setup) -> list[Floats]:
    with GradCAM(setup.theirs, [setup.theirs.get_submodule(LAYER)]) as peer:
        return [peer(setup.images, peer_targets(setup.classes)).astype(np.float64)]


def _smooth_grad(setup: Setup, reduced: bool) -> Comparison:
    samples = setup.sizes.samples
    network = setup.reduced if reduced else setup.ours

    def ours() -> list[Floats]:
        return arrays(
            smooth_grad(network, setup.image, setup.target, samples=samples, sigma=SIGMA, seed=SEED)
        )

    def theirs() -> list[Floats]:
        spread = float(SIGMA * (setup.image.max() - setup.image.min()))
        drawn = 0

        def same_draws(_mean: float, std: Tensor) -> Tensor:
            nonlocal drawn
            drawn += len(std)
            return normal_draws(setup.image, range(drawn - len(std), drawn), SEED) * std

        with quiet(), patch.object(torch, "normal", same_draws):
            maps = NoiseTunnel(Saliency(setup.theirs)).attribute(
                setup.image.clone().requires_grad_(),
                nt_type="smoothgrad",
                nt_samples=samples,
                nt_samples_batch_size=min(setup.at_once, samples),
                stdevs=spread,
                target=setup.target,
                abs=False,
            )
        return arrays(maps)

    return _in_precision("smooth_grad", "SmoothGrad", ours, theirs, {"samples": samples}, reduced)


def _integrated_gradients(setup: Setup, reduced: bool) -> Comparison:
    steps = setup.sizes.steps
    network = setup.reduced if reduced else setup.ours

    def ours() -> list[Floats]:
        return arrays(integrated_gradients(network, setup.image, setup.target, steps=steps).attributions)

    def theirs() -> list[Floats]:
        maps = IntegratedGradients(setup.theirs).attribute(
            setup.image,
            target=setup.target,
            n_steps=steps,
            method="gausslegendre",
            internal_batch_size=min(setup.at_once, steps),
        )
        return arrays(maps)

    key, task = "integrated_gradients", "Integrated Gradients"
    return _in_precision(key, task, ours, theirs, {"steps": steps}, reduced)


def _in_precision(
    key: str,
    task: str,
    ours: Callable[[], list[Floats]],
    theirs: Callable[[], list[Floats]],
    sizes: dict[str, int],
    reduced: bool,
) -> Comparison:
    """Ours in float32 or in bfloat16, the peer in float32 either way."""
    if reduced:
        key, task = f"{key}_bf16", f"{task}, ours in bf16"
    return Comparison(key, task, "captum", ours, theirs, sizes)


def _gradient_shap(setup: Setup) -> Comparison:
    samples = setup.sizes.shap_samples
    random = np.random.RandomState(SEED)  # shap's own draws, in its order
    draws = [(random.choice(BACKGROUND), random.uniform()) for _ in range(samples)]
    picks, positions = torch.tensor([d[0] for d in draws]), torch.tensor([d[1] for d in draws])

    def ours() -> list[Floats]:
        found = expected_gradients(
            setup.ours, setup.image, setup.target, setup.background, picks=picks, positions=positions
        )
        return arrays(found.attributions)

    def theirs() -> list[Floats]:
        explainer = shap.GradientExplainer(setup.theirs, setup.background, batch_size=setup.at_once)
        values, _ = explainer.shap_values(setup.image, nsamples=samples, ranked_outputs=1, rseed=SEED)
        return [np.asarray(values, dtype=np.float64).squeeze(-1)]

    task, peer = "Gradient SHAP", "shap GradientExplainer"
    return Comparison("gradient_shap", task, peer, ours, theirs, {"samples": samples})
