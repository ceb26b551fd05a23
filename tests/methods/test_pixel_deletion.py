import numpy as np
import pytest
import torch
from torch import nn

from report_builder.methods.pixel_deletion import area_under_curve, deletion_curves, pixel_order

SIDE = 6
torch.manual_seed(0)
LINEAR = nn.Sequential(nn.Flatten(), nn.Linear(3 * SIDE**2, 2)).double().requires_grad_(False)
IMAGES, CLASSES = torch.rand(4, 3, SIDE, SIDE).double(), torch.tensor([0, 1, 1, 0])
WEIGHTS = LINEAR[1].weight.view(2, 3, SIDE, SIDE)
# What each pixel adds to the margin of the target over the other class: the truth for a zero baseline.
MARGIN = ((WEIGHTS[CLASSES] - WEIGHTS[1 - CLASSES]) * IMAGES).sum(1)


def curves(maps, seed=0, **changes):
    given = {"baseline": 0.0, "steps": SIDE**2} | changes
    return deletion_curves(LINEAR, IMAGES, CLASSES, pixel_order(maps, seed=seed), **given)


@pytest.mark.parametrize("direction", ["deletion", "insertion"])
@pytest.mark.parametrize("steps", [1, 5, 36])
def test_equals_flipping_pixels_one_after_the_other(direction, steps):
    maps = torch.rand(4, SIDE, SIDE).double()
    ours = curves(maps, direction=direction, steps=steps, baseline=0.3)
    for i, values in enumerate(maps):
        start, end = (IMAGES[i], torch.full_like(IMAGES[i], 0.3))[:: 1 if direction == "deletion" else -1]
        image, order, done = start.clone(), values.flatten().argsort(descending=True), 0
        for stage in range(steps + 1):
            until = int(np.rint(stage * SIDE**2 / steps))
            for pixel in order[done:until].tolist():
                image[:, pixel // SIDE, pixel % SIDE] = end[:, pixel // SIDE, pixel % SIDE]
            done = until
            expected = LINEAR(image[None]).softmax(1)[0, CLASSES[i]]
            torch.testing.assert_close(ours[i, stage], expected, rtol=0, atol=1e-14)


def test_the_true_order_of_a_linear_network_has_the_lowest_deletion_curve():
    best = curves(MARGIN)
    worst = curves(-MARGIN)
    for seed in range(20):
        other = curves(torch.rand(MARGIN.shape, generator=torch.Generator().manual_seed(seed)).double())
        assert (best <= other + 1e-12).all()
        assert (worst >= other - 1e-12).all()
        assert (area_under_curve(best) < area_under_curve(other)).all()


def test_the_true_order_has_the_highest_insertion_curve():
    best = curves(MARGIN, direction="insertion")
    other = curves(torch.rand_like(MARGIN), direction="insertion")
    assert (best >= other - 1e-12).all()


def test_insertion_is_deletion_backwards():
    maps = torch.rand_like(MARGIN)
    forwards, backwards = curves(maps), curves(-maps, direction="insertion")
    torch.testing.assert_close(forwards, backwards.flip(1), rtol=0, atol=1e-14)


def test_curves_run_from_the_image_to_the_baseline():
    blurred = nn.functional.avg_pool2d(IMAGES, 3, 1, 1)
    result = curves(MARGIN, steps=4, baseline=blurred, batch=3)
    row = torch.arange(4)
    torch.testing.assert_close(result[:, 0], LINEAR(IMAGES).softmax(1)[row, CLASSES], rtol=0, atol=1e-14)
    torch.testing.assert_close(result[:, -1], LINEAR(blurred).softmax(1)[row, CLASSES], rtol=0, atol=1e-14)


def test_only_the_order_of_a_map_counts():
    torch.testing.assert_close(curves(MARGIN), curves(MARGIN.exp() * 7), rtol=0, atol=1e-14)


def test_places_are_a_permutation_in_the_order_of_the_values():
    values = torch.rand(2, 5, 7).double()
    places = pixel_order(values, seed=0)
    assert all(torch.equal(p.flatten().sort().values, torch.arange(35)) for p in places)
    assert (values[0].flatten()[places[0].flatten().argsort()].diff() <= 0).all()


def test_equal_values_come_in_random_order():
    flat = torch.zeros(1, 20, 20)
    assert torch.equal(pixel_order(flat, seed=1), pixel_order(flat, seed=1))
    top_half = [(pixel_order(flat, seed=s)[0, :10] < 200).double().mean().item() for s in range(10)]
    assert all(0.35 < share < 0.65 for share in top_half)


def test_area_of_known_curves():
    constant, line = torch.full((1, 5), 0.4), torch.linspace(1, 0, 5)[None]
    assert area_under_curve(constant).item() == pytest.approx(0.4)
    assert area_under_curve(line).item() == pytest.approx(0.5)


def test_rejects_what_does_not_fit():
    with pytest.raises(ValueError, match="do not fit"):
        curves(MARGIN[:2])
    with pytest.raises(ValueError, match="do not fit"):
        curves(MARGIN, steps=37)
