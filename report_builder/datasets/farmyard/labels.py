"""Classes and parts of the farmyard, and which part makes a class what it is."""

from __future__ import annotations

CLASSES = (
    "hen", "rooster", "duck", "owl", "cat", "tabby", "lynx", "lion", "dog", "fox", "rabbit", "fish", "none",
)  # fmt: skip
PARTS = (
    "background", "body", "head", "legs", "eye", "wing", "beak", "comb", "wattle", "tail",
    "ears", "tufts", "stripes", "spots", "mane", "whiskers", "muzzle", "disc", "fins", "distractor",
)  # fmt: skip
BACKGROUND = PARTS.index("background")
DISTRACTOR = PARTS.index("distractor")
OBJECT_PARTS = frozenset(PARTS) - {"background", "distractor"}

# The part that tells a class from its nearest neighbour; "none" has no object and so no such part
DEFINING_PART = {
    "hen": "comb", "rooster": "tail", "duck": "beak", "owl": "disc", "cat": "ears", "tabby": "stripes",
    "lynx": "tufts", "lion": "mane", "dog": "ears", "fox": "tail", "rabbit": "ears", "fish": "fins",
}  # fmt: skip

_BIRD = frozenset({"body", "head", "legs", "eye", "wing", "beak", "tail"})
_BEAST = frozenset({"body", "head", "legs", "eye", "tail", "ears", "muzzle"})
PARTS_OF = {
    "hen": _BIRD | {"comb", "wattle"},
    "rooster": _BIRD | {"comb", "wattle"},
    "duck": _BIRD,
    "owl": (_BIRD - {"tail"}) | {"tufts", "disc", "spots"},
    "cat": _BEAST | {"whiskers"},
    "tabby": _BEAST | {"whiskers", "stripes"},
    "lynx": _BEAST | {"whiskers", "tufts", "spots"},
    "lion": _BEAST | {"mane"},
    "dog": _BEAST,
    "fox": _BEAST,
    "rabbit": _BEAST | {"whiskers"},
    "fish": frozenset({"body", "head", "eye", "tail", "fins"}),
    "none": frozenset(),
}
# What training scenes may lack while the class stays what it is
REMOVABLE_PARTS = {
    name: tuple(
        part for part in PARTS if part in parts - {"body", "head"} and part != DEFINING_PART.get(name)
    )
    for name, parts in PARTS_OF.items()
}
