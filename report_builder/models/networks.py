"""The networks of the vision half: torchvision's classifiers by name, and FarmNet, ready to be explained.

Preprocessing and class names belong to the network. "Pixels" are RGB in [0, 1] at the network's size;
"images" are what the network sees.
"""

from __future__ import annotations

import copy
import difflib
import re
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path
from textwrap import shorten
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from report_builder.errors import InputError
from report_builder.models import farmnet
from report_builder.models.weight_files import read_state
from report_builder.torchvision_shim import declare_missing_operators

# These were trained on another normalisation; their forward pass converts from ImageNet's
_CONVERTED = {
    "googlenet": {"transform_input": True, "init_weights": False},
    "inception_v3": {"transform_input": True, "init_weights": False},
}
# Names in DenseNet's published weights, from before PyTorch forbade dots in names
_OLD_DENSENET_NAME = re.compile(
    r"^(.*denselayer\d+\.(?:norm|relu|conv))\.([12]\.(?:weight|bias|running_mean|running_var))$"
)


@dataclass(frozen=True)
class Network:
    """A classifier, frozen and in evaluation mode, with all that belongs to it.

    module: images (n, 3, size, size) -> logits (n, classes). mean, std: of the channels, for `normalise`.
    """

    name: str
    module: nn.Module
    class_names: tuple[str, ...]
    size: int
    mean: tuple[float, float, float]
    std: tuple[float, float, float]

    def normalise(self, pixels: Tensor) -> Tensor:
        """Pixels (n, 3, h, w) to images."""
        return (pixels - self._channels(self.mean, pixels)) / self._channels(self.std, pixels)

    def denormalise(self, images: Tensor) -> Tensor:
        """Images (n, 3, h, w) back to pixels."""
        return images * self._channels(self.std, images) + self._channels(self.mean, images)

    def fit(self, picture: Tensor) -> Tensor:
        """A picture (3, h, w) in [0, 1] as pixels (3, size, size): both sides resized, nothing cut off."""
        resized = functional.interpolate(
            picture[None], size=(self.size, self.size), mode="bilinear", antialias=True, align_corners=False
        )
        return resized[0].clamp(0, 1)

    @staticmethod
    def _channels(values: tuple[float, float, float], like: Tensor) -> Tensor:
        return torch.tensor(values, dtype=like.dtype, device=like.device)[:, None, None]


def load_network(
    name: str,
    *,
    file: Path | None = None,
    random_seed: int | None = None,
    device: torch.device | str = "cpu",
) -> Network:
    """The network of that name: "farmnet", or any classifier of torchvision ("vgg16", "resnet50", ...).

    file: its weights; for FarmNet its own without it. random_seed: random weights instead, for trials, not
    for FarmNet. Activations do not work in place; the memory order is channels_last.
    Raises InputError for an unknown name, and for weights that cannot be read or do not fit.
    """
    if name == "farmnet":
        return _farmnet(file or farmnet.WEIGHTS, device)
    published = published_weights(name)
    if file is not None:
        with torch.device("meta"):  # no numbers are drawn that the file would overwrite
            module = torchvision_models().get_model(name, weights=None, **_CONVERTED.get(name, {}))
        fill(module, _with_today_s_names(read_state(file)), file)
    elif random_seed is not None:
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(random_seed)
            options = {"init_weights": True} if name in _CONVERTED else {}
            module = torchvision_models().get_model(name, weights=None, **options)
    else:
        raise ValueError(f"{name} needs a file with weights, or a seed for random ones")
    transforms = published.transforms()
    return Network(
        name,
        ready(module, device),
        tuple(published.meta["categories"]),
        int(transforms.crop_size[0]),
        tuple(transforms.mean),
        tuple(transforms.std),
    )


def _farmnet(path: Path, device: torch.device | str) -> Network:
    if not path.is_file():
        raise InputError(f"FarmNet's weights {path} are not there.")
    state = read_state(path)
    names = farmnet.read_metadata(path).get("classes", "").split(",")
    if len(names) != len(state.get("classifier.3.bias", ())):
        raise InputError(f"FarmNet's weights {path} do not name their classes.")
    module = farmnet.FarmNet(len(names))
    fill(module, state, path)
    # it normalises by itself: what it sees are pixels
    size, mean, std = farmnet.INPUT_SIZE, (0.0, 0.0, 0.0), (1.0, 1.0, 1.0)
    return Network("farmnet", ready(module, device), tuple(names), size, mean, std)


def fill(module: nn.Module, state: dict[str, Tensor], path: Path) -> None:
    """Put weights into a network. Raises InputError that names their file when they do not fit.

    Safetensors keeps no versions of the modules: they are taken to be today's. A pickled state dict without
    versions is from before there were any.
    """
    if path.suffix == ".safetensors":
        versioned: Any = OrderedDict(state)
        versioned._metadata = getattr(module.state_dict(), "_metadata", None)
        state = versioned
    try:
        module.load_state_dict(state, strict=True, assign=True)
    except RuntimeError as error:
        fault = shorten(str(error).strip().splitlines()[-1].rstrip("."), 200, placeholder=" ...")
        raise InputError(f"The weights {path} do not fit the network: {fault}.") from None


def _with_today_s_names(state: dict[str, Tensor]) -> dict[str, Tensor]:
    named: Any = OrderedDict((_OLD_DENSENET_NAME.sub(r"\1\2", name), value) for name, value in state.items())
    if versions := getattr(state, "_metadata", None):
        named._metadata = versions
    today: dict[str, Tensor] = named
    return today


def ready(module: nn.Module, device: torch.device | str) -> nn.Module:
    """The network on the device, frozen, in evaluation mode, with no activation that works in place."""
    for part in module.modules():
        if getattr(part, "inplace", False):
            part.inplace = False  # type: ignore[assignment]
    module = module.to(device=device, memory_format=torch.channels_last)  # type: ignore[call-overload]
    return module.eval().requires_grad_(False)


def in_bfloat16(network: nn.Module) -> nn.Module:
    """A copy that computes in bfloat16, with images and logits in float32 as before and the same layer names.

    About twice as fast where the processor has bfloat16 units. Safe for maps that are means of many
    gradients and for Grad-CAM, not for a single gradient.
    """
    reduced = copy.deepcopy(network).to(torch.bfloat16)
    reduced.register_forward_pre_hook(lambda _module, inputs: (inputs[0].to(torch.bfloat16),))
    reduced.register_forward_hook(lambda _module, _inputs, output: output.float())
    return reduced


def torchvision_models() -> Any:
    """The module `torchvision.models`."""
    declare_missing_operators()
    import torchvision

    return torchvision.models


def published_weights(name: str) -> Any:
    """torchvision's description of the first weights published for a network, IMAGENET1K_V1.

    Raises InputError for an unknown name, with the names near to it.
    """
    models = torchvision_models()
    known = models.list_models(module=models)
    if name not in known:
        near = difflib.get_close_matches(name, ["auto", "farmnet", *known], n=3, cutoff=0.4)
        raise InputError(f"There is no network {name!r}; near: {', '.join(near) or 'auto, farmnet, vgg16'}.")
    return next(iter(models.get_model_weights(name)))


class IndexFault(NamedTuple):
    """A class index that the reference write-up got wrong."""

    name: str
    written: int
    name_there: str
    right: int


_WRITTEN = {"boxer": 243, "Persian cat": 281, "Leonberg": 208}


def writeup_index_faults() -> tuple[IndexFault, ...]:
    """The write-up's wrong class indices, by the names that the ImageNet weights carry themselves."""
    names = published_weights("vgg16").meta["categories"]
    return tuple(
        IndexFault(name, written, names[written], names.index(name))
        for name, written in _WRITTEN.items()
        if names[written] != name
    )
