"""Networks as their authors write them; a network that is not listed is printed by torchvision's name."""

from __future__ import annotations

_NAMES = {"farmnet": "FarmNet", "small_vgg": "SmallVGG", "vgg16": "VGG16"}


def network_name(name: str) -> str:
    """The printed name of a network."""
    return _NAMES.get(name, name)
