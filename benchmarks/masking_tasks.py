"""The tasks of `python -m benchmarks vision` that show the network parts of the picture only."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from unittest.mock import patch

import numpy as np
import torch
from captum.attr import Occlusion
from lime.lime_image import LimeImageExplainer
from pytorch_grad_cam import ScoreCAM
from torch import Tensor, nn

from benchmarks.side_by_side import Comparison, Floats
from benchmarks.vision_setup import SEED, Setup, arrays, peer_targets
from report_builder.methods.cam import display
from report_builder.methods.hooks import layer_output
from report_builder.methods.incremental_occlusion import incremental_occlusion
from report_builder.methods.lime_image import explain_image, superpixels
from report_builder.methods.score_cam import score_cam

WINDOW = 16


def masking_tasks(setup: Setup) -> Iterator[Comparison]:
    """In the order in which they are run."""
    yield _occlusion(setup)
    yield _score_cam(setup)
    yield _lime(setup)


def _occlusion(setup: Setup) -> Comparison:
    stride = setup.sizes.stride
    windows = (-(-(setup.network.size - WINDOW) // stride) + 1) ** 2

    def ours() -> list[Floats]:
        return arrays(
            incremental_occlusion(setup.ours, setup.image, setup.target, window=WINDOW, stride=stride)
        )

    def theirs() -> list[Floats]:
        with torch.no_grad():
            maps = Occlusion(setup.theirs).attribute(
                setup.image,
                sliding_window_shapes=(3, WINDOW, WINDOW),
                strides=(3, stride, stride),
                target=setup.target,
                perturbations_per_eval=setup.at_once,
            )
        return arrays(maps[:, 0])

    return Comparison("occlusion", "Occlusion, exact", "captum", ours, theirs, {"windows": windows})


def _score_cam(setup: Setup) -> Comparison:
    layer, size = setup.sizes.score_layer, setup.image.shape[-2:]
    module = setup.theirs.get_submodule(layer)
    maps = layer_output(setup.ours, setup.image, layer).shape[1]

    def ours() -> list[Floats]:
        return arrays(display(score_cam(setup.ours, setup.image, setup.target, layer), size))

    def theirs() -> list[Floats]:
        with ScoreCAM(setup.theirs, [module]) as peer, patch("tqdm.tqdm", _silent):
            return [peer(setup.image, peer_targets(setup.target)).astype(np.float64)]

    return Comparison("score_cam", "Score-CAM", "pytorch-grad-cam", ours, theirs, {"maps": maps})


def _lime(setup: Setup) -> Comparison:
    samples, picture = setup.sizes.lime_samples, setup.pixels[0]
    segments = superpixels(picture)

    def probabilities(network: nn.Module, pixels: Tensor) -> Tensor:
        with torch.no_grad():
            logits: Tensor = network(setup.network.normalise(pixels))
        return logits.softmax(1)

    def ours() -> list[Floats]:
        predict = partial(probabilities, setup.ours)
        found = explain_image(predict, picture, segments, setup.target, seed=SEED, samples=samples)
        return arrays(found.coefficients)

    def predict_arrays(pictures: np.ndarray) -> np.ndarray:
        pixels = torch.from_numpy(pictures).to(setup.pixels.device).float().permute(0, 3, 1, 2)
        return probabilities(setup.theirs, pixels).double().cpu().numpy()

    def theirs() -> list[Floats]:
        label = int(setup.target)
        with patch("lime.lime_image.tqdm", _silent):
            found = LimeImageExplainer(random_state=SEED).explain_instance(
                picture.permute(1, 2, 0).cpu().double().numpy(),
                predict_arrays,
                labels=(label,),
                top_labels=None,
                num_samples=samples,
                batch_size=setup.at_once,
                segmentation_fn=lambda _: segments.numpy(),
            )
        strengths = dict(found.local_exp[label])
        return [np.array([[strengths[k] for k in sorted(strengths)]])]

    return Comparison("lime_image", "LIME for images", "lime", ours, theirs, {"samples": samples})


def _silent(items: Sequence[object], *_: object) -> Sequence[object]:
    """In the place of tqdm's progress bar."""
    return items
