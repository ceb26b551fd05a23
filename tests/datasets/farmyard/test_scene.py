"""Laws of a scene: the same again, masks exact, one part at a time."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.ndimage import binary_dilation, maximum_filter, minimum_filter

from report_builder.datasets.farmyard.anatomy import LOOKS, Beast, Bird
from report_builder.datasets.farmyard.labels import (
    BACKGROUND,
    CLASSES,
    DEFINING_PART,
    DISTRACTOR,
    OBJECT_PARTS,
    PARTS,
    PARTS_OF,
    REMOVABLE_PARTS,
)
from report_builder.datasets.farmyard.scene import DIFFICULTIES, Scene, render

ANIMALS = [name for name in CLASSES if name != "none"]
SEEDS = range(9_000_000, 9_000_004)


def changed(first: Scene, second: Scene) -> np.ndarray:
    return (first.image != second.image).any(axis=2)


@pytest.mark.parametrize("name", CLASSES)
def test_same_seed_same_scene_and_another_seed_another(name: str) -> None:
    first, again, other = render(name, 1), render(name, 1), render(name, 2)
    for array in ("image", "object", "parts"):
        np.testing.assert_array_equal(getattr(first, array), getattr(again, array))
    assert changed(first, other).mean() > 0.5


@pytest.mark.parametrize("name", ANIMALS)
@pytest.mark.parametrize("difficulty", [None, *DIFFICULTIES])
def test_outside_the_mask_the_animal_changes_no_pixel(name: str, difficulty: str | None) -> None:
    for seed in SEEDS:
        scene = render(name, seed, difficulty=difficulty)
        empty = render(name, seed, difficulty=difficulty, drop=OBJECT_PARTS)
        assert not changed(scene, empty)[~scene.object].any()
        assert not empty.object.any()


@pytest.mark.parametrize("name", ANIMALS)
def test_inside_the_mask_the_animal_is_seen(name: str) -> None:
    shares = []
    for seed in SEEDS:
        scene, empty = render(name, seed), render(name, seed, drop=OBJECT_PARTS)
        shares.append(changed(scene, empty)[scene.object].mean())
    assert min(shares) > 0.9


@pytest.mark.parametrize("name", ANIMALS)
def test_without_a_part_only_that_part_changes(name: str) -> None:
    """Apart from pixels on an edge, where two parts share a pixel that carries one label."""
    for seed in SEEDS:
        scene = render(name, seed)
        edge = maximum_filter(scene.parts, 3) != minimum_filter(scene.parts, 3)
        for part in PARTS_OF[name]:
            without = render(name, seed, drop={part})
            assert PARTS.index(part) not in without.parts
            near = binary_dilation(scene.parts == PARTS.index(part), np.ones((3, 3)))
            change = np.abs(scene.image.astype(int) - without.image).sum(axis=2)
            elsewhere = change[~near & ~edge]
            assert np.count_nonzero(elsewhere) <= 6, (seed, part)
            assert elsewhere.sum() <= 0.02 * change.sum() + 1, (seed, part)


@pytest.mark.parametrize("name", CLASSES)
@pytest.mark.parametrize("difficulty", [None, "occlusion"])
def test_parts_and_object_agree(name: str, difficulty: str | None) -> None:
    for seed in SEEDS:
        scene = render(name, seed, difficulty=difficulty)
        np.testing.assert_array_equal(scene.object, (scene.parts != BACKGROUND) & (scene.parts != DISTRACTOR))
        seen = {PARTS[i] for i in np.unique(scene.parts)} & OBJECT_PARTS
        assert seen <= PARTS_OF[name]
        if difficulty is None and name != "none":
            assert {"body", "head"} <= seen


@pytest.mark.parametrize("name", ANIMALS)
def test_every_part_of_a_class_is_seen_somewhere(name: str) -> None:
    seen: set[int] = set()
    for seed in range(12):
        seen |= set(np.unique(render(name, seed).parts).tolist())
    assert {PARTS.index(part) for part in PARTS_OF[name]} <= seen


def test_a_tabby_without_stripes_is_the_cat_of_the_same_seed() -> None:
    for seed in SEEDS:
        cat, plain = render("cat", seed), render("tabby", seed, drop={"stripes"})
        np.testing.assert_array_equal(cat.image, plain.image)
        np.testing.assert_array_equal(cat.parts, plain.parts)


def test_all_classes_of_one_seed_share_background_and_clutter() -> None:
    for seed in SEEDS:
        empty = render("none", seed)
        for name in ANIMALS:
            np.testing.assert_array_equal(render(name, seed, drop=OBJECT_PARTS).image, empty.image)


def test_clutter_moves_neither_animal_nor_light() -> None:
    for seed in SEEDS:
        bare, full = render("dog", seed, clutter=0), render("dog", seed, clutter=8)
        both = bare.object & full.object
        share = both.sum() / bare.object.sum()
        assert share > 0.95
        assert changed(bare, full)[both].mean() < 0.1  # the animal's rim lets the things behind shine through
        assert (full.parts == DISTRACTOR).sum() > (bare.parts == DISTRACTOR).sum()


def test_the_masks_of_two_sizes_agree() -> None:
    for seed in SEEDS:
        small, large = render("lion", seed, 56), render("lion", seed, 112)
        halved = large.object.reshape(56, 2, 56, 2).mean((1, 3))
        assert abs(halved.mean() - small.object.mean()) < 0.02


def test_animals_are_spread_over_the_picture_and_small() -> None:
    masks = np.stack([render(ANIMALS[seed % 12], seed, 48).object for seed in range(240)])
    assert 0.06 < masks.mean() < 0.16
    where = masks.mean(0)
    assert where[24, 24] < 0.45
    assert where[6:42, 6:42].min() > 0.01


def test_hard_scenes_are_hidden_dark_or_mixed() -> None:
    for seed in SEEDS:
        plain = render("hen", seed)
        assert render("hen", seed, difficulty="occlusion").object.sum() < plain.object.sum()
        assert render("hen", seed, difficulty="darkness").image.mean() < 0.6 * plain.image.mean()
        assert changed(render("hen", seed, difficulty="chimera"), plain).any()


def test_only_parts_that_do_not_make_the_class_may_be_missing() -> None:
    for name in ANIMALS:
        assert DEFINING_PART[name] in PARTS_OF[name]
        assert set(REMOVABLE_PARTS[name]) == PARTS_OF[name] - {"body", "head", DEFINING_PART[name]}


def test_what_cannot_be_rendered_is_refused() -> None:
    for arguments, keywords in (
        (("cow", 1), {}),
        (("hen", 1), {"drop": {"hoof"}}),
        (("hen", 1), {"drop": {"background"}}),
        (("hen", 1), {"difficulty": "fog"}),
        (("hen", 1, 8), {}),
    ):
        with pytest.raises(ValueError, match=r"unknown|small"):
            render(*arguments, **keywords)


def test_hen_and_duck_have_tails_in_common() -> None:
    tails = {name: {look.tail for look in LOOKS[name] if isinstance(look, Bird)} for name in ("hen", "duck")}
    assert tails["hen"] & tails["duck"]


def test_cat_tabby_and_lynx_share_their_colours() -> None:
    coats = {
        look.coats for name in ("cat", "tabby", "lynx") for look in LOOKS[name] if isinstance(look, Beast)
    }
    assert len(coats) == 1
