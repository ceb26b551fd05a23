"""What each class is built of, so that a chimera is one class with a feature of another."""

from __future__ import annotations

from dataclasses import dataclass, replace

CAT_COATS = (
    "ginger",
    "grey",
    "brown",
    "sand",
)  # shared by cat, tabby and lynx: colour must not tell them apart


@dataclass(frozen=True)
class Bird:
    """A bird seen from the side."""

    tail: str  # "fan", "sickle", "curl"
    comb: float  # 0: none
    wattle: float
    beak: str  # "pointed", "flat"


@dataclass(frozen=True)
class Beast:
    """A four-legged animal."""

    coats: tuple[str, ...]
    ears: str  # "pointed", "folded", "round", "long"
    tail: str  # "long", "thin", "tasselled", "stub", "brush", "puff"
    muzzle: str  # "short", "blunt", "wedge"
    patched: bool = False
    whiskers: bool = False
    stripes: bool = False
    spots: bool = False
    tufts: bool = False
    mane: bool = False


@dataclass(frozen=True)
class Owl:
    """An owl from the front."""


@dataclass(frozen=True)
class Fish:
    """A fish from the side."""


Anatomy = Bird | Beast | Owl | Fish

_CAT = Beast(CAT_COATS, "pointed", "long", "short", patched=True, whiskers=True)
ANATOMY: dict[str, Anatomy] = {
    "hen": Bird("fan", comb=1.0, wattle=1.0, beak="pointed"),
    "rooster": Bird("sickle", comb=1.7, wattle=1.6, beak="pointed"),
    "duck": Bird("curl", comb=0.0, wattle=0.0, beak="flat"),
    "owl": Owl(),
    "cat": _CAT,
    "tabby": replace(_CAT, stripes=True),
    "lynx": replace(_CAT, tail="stub", spots=True, tufts=True),
    "lion": Beast(("sand", "ginger", "brown"), "round", "tasselled", "short", mane=True),
    "dog": Beast(
        ("brown", "white", "grey", "black", "ginger", "sand"), "folded", "thin", "blunt", patched=True
    ),
    "fox": Beast(("ginger", "ginger", "brown", "grey"), "pointed", "brush", "wedge"),
    "rabbit": Beast(
        ("brown", "white", "grey", "black", "sand"), "long", "puff", "short", patched=True, whiskers=True
    ),
    "fish": Fish(),
}
# A feature of another class that confuses; each keeps the label of the animal that wears it
CHIMERAS: dict[str, tuple[Anatomy, ...]] = {
    "hen": (
        Bird("sickle", comb=1.0, wattle=1.0, beak="pointed"),
        Bird("fan", comb=1.0, wattle=1.0, beak="flat"),
        Bird("curl", comb=1.0, wattle=0.0, beak="flat"),
    ),
    "rooster": (
        Bird("fan", comb=1.7, wattle=1.6, beak="pointed"),
        Bird("sickle", comb=0.0, wattle=0.0, beak="flat"),
    ),
    "duck": (
        Bird("fan", comb=0.0, wattle=0.0, beak="flat"),
        Bird("curl", comb=1.0, wattle=1.0, beak="flat"),
        Bird("sickle", comb=0.0, wattle=0.0, beak="flat"),
    ),
    "cat": (replace(_CAT, tail="stub"), replace(_CAT, tail="brush"), replace(_CAT, ears="round")),
    "tabby": (replace(_CAT, stripes=True, tail="stub"), replace(_CAT, stripes=True, tufts=True)),
    "lynx": (
        replace(_CAT, tail="long", spots=True, tufts=True),
        replace(_CAT, tail="stub", stripes=True, tufts=True),
    ),
    "lion": (
        Beast(("sand", "ginger", "brown"), "round", "long", "blunt", mane=True),
        Beast(("sand", "ginger"), "pointed", "brush", "short", mane=True),
    ),
    "dog": (
        Beast(("brown", "ginger", "sand"), "folded", "brush", "blunt"),
        Beast(("brown", "black", "grey"), "pointed", "thin", "blunt", patched=True),
    ),
    "fox": (
        Beast(("ginger", "brown"), "pointed", "thin", "wedge"),
        Beast(("ginger", "brown"), "folded", "brush", "wedge"),
    ),
    "rabbit": (
        Beast(("brown", "grey", "sand"), "long", "brush", "short", whiskers=True),
        Beast(("brown", "grey", "white"), "long", "thin", "blunt", patched=True),
    ),
}
