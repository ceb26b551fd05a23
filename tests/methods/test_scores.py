import itertools

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from report_builder.methods.scores import (
    difference_of_means,
    magnitude,
    mass_accuracy,
    means_with_intervals,
    part_importance,
    part_sums,
    pointing_game,
    rank_accuracy,
)

HEIGHT, WIDTH = 9, 11
SCORES = {"pointing": pointing_game, "mass": mass_accuracy, "rank": rank_accuracy}


def maps_and_masks(n, seed):
    random = torch.Generator().manual_seed(seed)
    maps = torch.rand(n, HEIGHT, WIDTH, generator=random).double()
    masks = torch.rand(n, HEIGHT, WIDTH, generator=random) < 0.2
    masks[:, 0, 0] = True
    return maps, masks


def test_by_hand_without_ties():
    """As in quantus' PointingGame, RelevanceMassAccuracy and RelevanceRankAccuracy."""
    maps, masks = maps_and_masks(30, seed=0)
    for i, (values, inside) in enumerate(zip(maps.numpy(), masks.numpy(), strict=True)):
        order = np.argsort(-values, axis=None)
        k = inside.sum()
        assert pointing_game(maps, masks)[i] == float(inside.flat[order[0]])
        assert mass_accuracy(maps, masks)[i].item() == pytest.approx(values[inside].sum() / values.sum())
        assert rank_accuracy(maps, masks)[i].item() == pytest.approx(inside.flat[order[:k]].sum() / k)


@pytest.mark.parametrize("score", SCORES.values(), ids=SCORES)
@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.floats(1e-6, 1e6))
def test_bounds_and_scale(score, seed, scale):
    maps, masks = maps_and_masks(3, seed)
    result = score(maps, masks)
    assert ((result >= 0) & (result <= 1)).all()
    torch.testing.assert_close(score(scale * maps, masks), result, rtol=0, atol=1e-12)


@pytest.mark.parametrize("score", SCORES.values(), ids=SCORES)
def test_the_mask_itself_scores_one_and_its_complement_zero(score):
    _, masks = maps_and_masks(5, seed=1)
    assert (score(masks.double(), masks) == 1).all()
    assert (score((~masks).double(), masks) == 0).all()


def test_a_map_inside_the_mask_has_all_its_mass_there():
    maps, masks = maps_and_masks(5, seed=2)
    assert (mass_accuracy(maps * masks, masks) == 1).all()
    assert (mass_accuracy(1e-300 * maps * masks, masks) == 1).all()  # not lost to underflow


@pytest.mark.parametrize("score", SCORES.values(), ids=SCORES)
@pytest.mark.parametrize("level", [0.0, 3.0])
def test_a_constant_map_scores_the_share_of_the_area(score, level):
    maps, masks = maps_and_masks(5, seed=3)
    area = masks.double().mean((1, 2))
    torch.testing.assert_close(score(torch.full_like(maps, level), masks), area, rtol=0, atol=1e-12)


@pytest.mark.parametrize("score", SCORES.values(), ids=SCORES)
def test_a_random_map_scores_the_share_of_the_area_in_expectation(score):
    maps, _ = maps_and_masks(4000, seed=4)
    mask = torch.zeros(HEIGHT, WIDTH, dtype=torch.bool)
    mask[2:6, 3:8] = True
    result = score(maps, mask.expand_as(maps))
    error = 4 * result.std() / len(maps) ** 0.5
    assert result.mean().item() == pytest.approx(mask.double().mean().item(), abs=error.item())


def test_ties_score_their_mean_over_all_orders():
    values = np.array([2.0, 1.0, 1.0, 1.0, 0.0, 1.0])
    inside = np.array([True, True, False, True, False, False])
    ranks, points = [], []
    for order in itertools.permutations(range(6)):
        by_value = sorted(order, key=lambda i: -values[i])
        ranks.append(inside[by_value[:3]].mean())
        points.append(inside[sorted(order, key=lambda i: -values[i] // 2)[0]])
    maps, masks = torch.from_numpy(values).view(1, 2, 3), torch.from_numpy(inside).view(1, 2, 3)
    assert rank_accuracy(maps, masks).item() == pytest.approx(np.mean(ranks))
    assert pointing_game((maps // 2), masks).item() == 1.0
    assert pointing_game(maps.clamp(max=1), masks).item() == pytest.approx(3 / 5)


@pytest.mark.parametrize("score", SCORES.values(), ids=SCORES)
def test_rejects_what_cannot_be_scored(score):
    maps, masks = maps_and_masks(2, seed=0)
    with pytest.raises(ValueError, match="negative"):
        score(maps - 0.5, masks)
    with pytest.raises(ValueError, match="not finite"):
        score(maps * float("nan"), masks)
    with pytest.raises(ValueError, match="empty"):
        score(maps, masks & False)
    with pytest.raises(ValueError, match="alike"):
        score(maps, masks[:1])


def test_magnitude_adds_up_channels():
    attributions = torch.tensor([[[[1.0]], [[-2.0]], [[0.5]]]])
    assert magnitude(attributions).tolist() == [[[3.5]]]
    assert magnitude(-attributions[:, 1]).tolist() == [[[2.0]]]


def test_part_sums_share_out_the_map():
    maps, _ = maps_and_masks(3, seed=5)
    parts = torch.randint(0, 4, maps.shape, generator=torch.Generator().manual_seed(0))
    sums = part_sums(maps - 0.5, parts, torch.arange(4))
    torch.testing.assert_close(sums.sum(1), (maps - 0.5).sum((1, 2)), rtol=0, atol=1e-12)
    assert sums[1, 2].item() == pytest.approx((maps - 0.5)[1][parts[1] == 2].sum().item())


def test_part_importance_is_the_rank_correlation_over_the_parts_that_are_there():
    nan = float("nan")
    drops = np.array([[3.0, nan, 1.0, 2.0], [1.0, 2.0, nan, nan], [1.0, 1.0, 1.0, 1.0], [1.0, 2.0, 3.0, 4.0]])
    right = np.nan_to_num(drops, nan=99.0) ** 3
    result = part_importance(right, drops)
    assert result[[0, 3]].tolist() == pytest.approx([1.0, 1.0])
    assert np.isnan(result[[1, 2]]).all()  # two parts; drops that cannot be ranked
    assert part_importance(-right, drops)[0] == pytest.approx(-1.0)
    assert part_importance(np.zeros_like(right), drops)[0] == 0.0
    with pytest.raises(ValueError, match="one shape"):
        part_importance(right[:2], drops)


def test_intervals_of_means():
    random = np.random.default_rng(0)
    scores = {"a": random.normal(0.5, 0.1, 400), "b": random.normal(0.2, 0.3, 400), "c": np.full(400, 0.7)}
    result = means_with_intervals(scores, seed=1)
    assert list(result) == ["a", "b", "c"]
    for name, estimate in result.items():
        assert estimate.value == pytest.approx(scores[name].mean())
        half = 1.96 * scores[name].std() / 20
        assert estimate.low == pytest.approx(estimate.value - half, abs=0.15 * half + 1e-12)
        assert estimate.high == pytest.approx(estimate.value + half, abs=0.15 * half + 1e-12)
    # a method's interval does not depend on which others are asked for
    assert means_with_intervals({"b": scores["b"]}, seed=1)["b"].low == pytest.approx(result["b"].low)


def test_interval_of_a_difference_is_paired():
    noise = np.random.default_rng(0).normal(size=200)
    scores = {"good": noise + 1, "worse": noise, "difference": np.ones(200)}
    result = means_with_intervals(scores, seed=0)
    assert result["difference"].low == pytest.approx(result["difference"].high)


def test_intervals_need_scores():
    for scores in ({}, {"a": np.array([])}, {"a": np.array([1.0, np.nan])}):
        with pytest.raises(ValueError, match="finite scores"):
            means_with_intervals(scores, seed=0)


def test_interval_of_the_difference_of_two_samples():
    random = np.random.default_rng(0)
    first, second = random.normal(0.5, 0.1, 300), random.normal(0.2, 0.4, 80)
    found = difference_of_means(first, second, seed=1)
    assert found.value == pytest.approx(first.mean() - second.mean())
    half = 1.96 * np.sqrt(first.var() / 300 + second.var() / 80)
    assert found.low == pytest.approx(found.value - half, abs=0.15 * half)
    assert found.high == pytest.approx(found.value + half, abs=0.15 * half)
    single = difference_of_means(first[:1], second[:1], seed=1)
    assert single.low == single.high == single.value
