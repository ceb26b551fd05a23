"""What `python -m benchmarks vision` works on: VGG16 with random weights and smooth random pictures.

Time does not hang on what a network has learnt. The peers get the network as torchvision makes it, but for
rectifiers in place, which captum cannot explain.
"""

from __future__ import annotations

import copy
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import torch
from pytorch_grad_cam.utils.model_targets import ClassifierOutputTarget
from torch import Tensor, nn

from benchmarks.side_by_side import Floats
from report_builder.methods.batching import images_at_once
from report_builder.models.networks import Network, in_bfloat16, load_network

SEED = 0
LAYER = "features.29"
BACKGROUND = 4


@dataclass(frozen=True)
class Sizes:
    """How much of each task is done. Where images are not counted, it is one.

    images: for the maps of one or few passes. score_layer: whose feature maps Score-CAM weighs.
    """

    images: int
    stride: int
    samples: int
    steps: int
    score_layer: str
    lime_samples: int
    shap_samples: int


FULL = Sizes(6, 8, 50, 50, LAYER, 1000, 50)
QUICK = Sizes(2, 16, 10, 20, "features.8", 100, 10)


@dataclass(frozen=True)
class Setup:
    """One network on both sides, and one set of pictures.

    ours: frozen, channels_last. reduced: ours in bfloat16. theirs: as torchvision makes it. pixels, images:
    (n, 3, h, w). classes: (n,), the predicted ones. at_once: the size of the blocks that the peers are told
    to take, the same as ours.
    """

    sizes: Sizes
    network: Network
    ours: nn.Module
    reduced: nn.Module
    theirs: nn.Module
    pixels: Tensor
    images: Tensor
    classes: Tensor
    background: Tensor
    at_once: int

    @property
    def image(self) -> Tensor:
        """The first image (1, 3, h, w), for the tasks that take long."""
        return self.images[:1]

    @property
    def target(self) -> Tensor:
        """Its class (1,)."""
        return self.classes[:1]

    @classmethod
    def of(cls, sizes: Sizes, device: torch.device) -> Setup:
        """On that device, always the same."""
        network = load_network("vgg16", random_seed=SEED, device=device)
        generator = torch.Generator().manual_seed(SEED)
        coarse = torch.rand((sizes.images + BACKGROUND, 3, 14, 14), generator=generator)
        pixels = nn.functional.interpolate(coarse, size=network.size, mode="bicubic").clamp(0, 1).to(device)
        images, background = torch.split(network.normalise(pixels), [sizes.images, BACKGROUND])
        with torch.no_grad():
            classes = network.module(images).argmax(1)
        return cls(
            sizes=sizes,
            network=network,
            ours=network.module,
            reduced=in_bfloat16(network.module),
            theirs=_as_torchvision_makes_it(network.module),
            pixels=pixels[: sizes.images],
            images=images,
            classes=classes,
            background=background,
            at_once=images_at_once(images),
        )


def _as_torchvision_makes_it(network: nn.Module) -> nn.Module:
    """Parameters that could be trained, in PyTorch's usual memory order."""
    plain = copy.deepcopy(network).to(memory_format=torch.contiguous_format)  # type: ignore[call-overload]
    return plain.requires_grad_(True)  # type: ignore[no-any-return]


def arrays(*maps: Tensor) -> list[Floats]:
    """On the CPU, so that whatever was started on a GPU has ended."""
    return [m.detach().double().cpu().numpy() for m in maps]


def peer_targets(classes: Tensor) -> list[ClassifierOutputTarget]:
    """The classes as pytorch-grad-cam wants them."""
    return [ClassifierOutputTarget(int(c)) for c in classes]


@contextmanager
def quiet() -> Iterator[None]:
    """captum warns that it sets hooks and asks for gradients: that is what it is called for."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        yield
