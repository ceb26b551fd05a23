"""What each class is built of, so that a chimera is one class with a feature of another."""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Bird:
    """A bird seen from the side."""

    tail: str  # "fan", "sickle", "wedge", "curl" (a wedge with a curl)
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

_HEN = Bird("fan", comb=1.3, wattle=1.2, beak="pointed")
_ROOSTER = Bird("sickle", comb=1.8, wattle=1.6, beak="pointed")
_DUCK = Bird("curl", comb=0.0, wattle=0.0, beak="flat")
_CAT = Beast(("ginger", "grey", "brown", "sand"), "pointed", "long", "short", patched=True, whiskers=True)
_TABBY = replace(_CAT, stripes=True)
_LYNX = replace(_CAT, tail="stub", spots=True, tufts=True)
_LION = Beast(("sand", "ginger", "brown"), "round", "tasselled", "short", mane=True)
_DOG = Beast(("brown", "white", "grey", "black", "ginger", "sand"), "folded", "thin", "blunt", patched=True)
_FOX = Beast(("ginger", "ginger", "brown", "grey"), "pointed", "brush", "wedge")
_RABBIT = Beast(
    ("brown", "white", "grey", "black", "sand"), "long", "puff", "short", patched=True, whiskers=True
)
# How each class looks. Hen and duck in two ways, so that their heads tell them apart and not their tails;
# cat, tabby and lynx in the same colours, so that only their markings and ears do
LOOKS: dict[str, tuple[Anatomy, ...]] = {
    "hen": (_HEN, replace(_HEN, tail="wedge")),
    "rooster": (_ROOSTER,),
    "duck": (_DUCK, replace(_DUCK, tail="fan")),
    "owl": (Owl(),),
    "cat": (_CAT,),
    "tabby": (_TABBY,),
    "lynx": (_LYNX,),
    "lion": (_LION,),
    "dog": (_DOG,),
    "fox": (_FOX,),
    "rabbit": (_RABBIT,),
    "fish": (Fish(),),
}
# A feature of another class that confuses; each keeps the label of the animal that wears it
CHIMERAS: dict[str, tuple[Anatomy, ...]] = {
    "hen": (replace(_HEN, tail="sickle"), replace(_HEN, beak="flat")),
    "rooster": (replace(_ROOSTER, tail="fan"), replace(_ROOSTER, comb=0.0, wattle=0.0)),
    "duck": (replace(_DUCK, tail="sickle"), replace(_DUCK, beak="pointed")),
    "cat": (replace(_CAT, tail="stub"), replace(_CAT, tail="brush")),
    "tabby": (replace(_TABBY, tail="stub"), replace(_TABBY, tufts=True)),
    "lynx": (replace(_LYNX, tail="long"), replace(_LYNX, stripes=True)),
    "lion": (replace(_LION, tail="brush"), replace(_LION, ears="pointed")),
    "dog": (replace(_DOG, tail="brush"), replace(_DOG, ears="pointed")),
    "fox": (replace(_FOX, tail="thin"), replace(_FOX, ears="folded")),
    "rabbit": (replace(_RABBIT, tail="brush"), replace(_RABBIT, ears="pointed")),
}
