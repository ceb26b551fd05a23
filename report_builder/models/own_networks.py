"""Networks of one's own: made anew for some classes, trained elsewhere, read back ready to be explained.

All take pixels in [0, 1] and normalise by themselves.
"""

from __future__ import annotations

import difflib
from pathlib import Path
from typing import Any

import torch
from safetensors import safe_open
from safetensors.torch import save
from torch import Tensor, nn

from report_builder.errors import InputError
from report_builder.models import farmnet
from report_builder.models.farmnet import FarmNet
from report_builder.models.networks import fill, ready, torchvision_models
from report_builder.models.training import seeded
from report_builder.models.weight_files import read_state

SMALL_VGG = "small_vgg"
# A second output, of use in training only, would change what the network returns there
_WITHOUT_SECOND_OUTPUT = {"aux_logits": False, "init_weights": True}
_OPTIONS = {"googlenet": _WITHOUT_SECOND_OUTPUT, "inception_v3": _WITHOUT_SECOND_OUTPUT}


def new_network(architecture: str, classes: int, seed: int, *, size: int) -> nn.Module:
    """An untrained network: pixels (n, 3, size, size) in [0, 1] to logits (n, classes).

    architecture: SMALL_VGG, FarmNet's, here with batch norm for its training, or a classifier of
    torchvision, whose layers keep their names. Raises InputError for an unknown name, with those near to it,
    and for a network that pictures of that size are too small for.
    """
    with seeded(seed):
        module = _made(architecture, classes, size)
    try:
        with torch.no_grad():
            module.eval()(torch.zeros(1, 3, size, size))
    except (RuntimeError, ValueError, AssertionError):
        raise InputError(
            f"own_cnn.architecture = {architecture!r} does not work on pictures of {size} x {size} pixels "
            "(own_cnn.size)."
        ) from None
    return module


def finished(network: nn.Module) -> nn.Module:
    """What is saved of a trained network; FarmNet's batch norm goes into its convolutions."""
    return farmnet.folded(network) if isinstance(network, FarmNet) else network


def save_own_network(network: nn.Module, path: Path, *, size: int) -> None:
    """Write the weights of a finished network as safetensors."""
    # clone: safetensors takes no tensor that shares its memory with another
    state = {name: value.detach().cpu().clone().contiguous() for name, value in network.state_dict().items()}
    path.write_bytes(save(state, {"size": str(size)}))


def load_own_network(
    architecture: str, file: Path, *, classes: int, device: torch.device | str = "cpu"
) -> nn.Module:
    """A trained network, frozen and in evaluation mode: pixels in [0, 1] to logits (n, classes).

    Raises InputError for an unknown architecture, and for weights that cannot be read or do not fit.
    """
    state = read_state(file)
    with torch.device("meta"):  # no numbers are drawn that the file would overwrite
        module = _made(architecture, classes, _size(file), batch_norm=False)
    fill(module, state, file)
    return ready(module, device)


def _made(architecture: str, classes: int, size: int, *, batch_norm: bool = True) -> nn.Module:
    if architecture == SMALL_VGG:
        return FarmNet(classes, batch_norm=batch_norm)
    models = torchvision_models()
    known = models.list_models(module=models)
    if architecture not in known:
        near = difflib.get_close_matches(architecture, [SMALL_VGG, *known], n=3, cutoff=0.4)
        raise InputError(
            f"own_cnn.architecture = {architecture!r}: there is no such network; "
            f"near: {', '.join(near) or f'{SMALL_VGG}, resnet18, mobilenet_v3_small'}."
        )
    options: dict[str, Any] = dict(_OPTIONS.get(architecture, {}))
    if architecture.startswith("vit_"):
        options["image_size"] = size
    elif architecture == "maxvit_t":
        options["input_size"] = (size, size)
    try:
        module: nn.Module = models.get_model(architecture, weights=None, num_classes=classes, **options)
    except (RuntimeError, ValueError, AssertionError):
        raise InputError(
            f"own_cnn.architecture = {architecture!r} cannot be made for {size} x {size} pixels "
            "(own_cnn.size)."
        ) from None
    for part in module.modules():
        if getattr(part, "inplace", False):
            part.inplace = False  # type: ignore[assignment]
    # a hook, not a layer around it: the layers keep the names by which their place is known
    module.register_forward_pre_hook(_normalise)
    return module


def _normalise(_module: nn.Module, inputs: tuple[Tensor, ...]) -> tuple[Tensor]:
    return ((inputs[0] - farmnet.MEAN) / farmnet.STD,)


def _size(file: Path) -> int:
    """The size that the weights were saved for; FarmNet's where the file does not say."""
    if file.suffix != ".safetensors":
        return farmnet.INPUT_SIZE
    with safe_open(file, framework="pt") as opened:
        return int((opened.metadata() or {}).get("size", farmnet.INPUT_SIZE))
