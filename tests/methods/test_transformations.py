import pytest
import torch

from report_builder.methods.transformations import Jitter, jittered

IMAGES = torch.rand(3, 3, 20, 24, generator=torch.Generator().manual_seed(0)).double()
INNER = (slice(None), slice(None), slice(6, -6), slice(6, -6))


def generators(*seeds):
    return [torch.Generator().manual_seed(seed) for seed in seeds]


def test_no_jitter_is_the_image():
    assert torch.equal(jittered(IMAGES, Jitter(), generators(0, 1, 2)), IMAGES)


def test_a_shift_moves_the_image_by_whole_pixels():
    for seed in range(20):
        moved = jittered(IMAGES[:1], Jitter(shift=3), generators(seed))
        found = [
            (y, x)
            for y in range(-3, 4)
            for x in range(-3, 4)
            if torch.equal(moved[INNER], IMAGES[:1].roll((y, x), (2, 3))[INNER])
        ]
        assert len(found) == 1


def test_the_border_is_mirrored():
    ramp = torch.arange(24.0).expand(1, 3, 20, 24).double()
    moved = jittered(ramp, Jitter(shift=4), generators(0))
    assert moved.min() >= 0
    assert moved.max() <= 23
    assert (moved.diff(dim=3).abs() == 1).all()


@pytest.mark.parametrize("jitter", [Jitter(shift=3), Jitter(shift=2, scale=0.2), Jitter(degrees=15)])
def test_each_image_moves_by_its_own_draw(jitter):
    together = jittered(IMAGES, jitter, generators(4, 5, 6))
    alone = jittered(IMAGES[1:2], jitter, generators(5))
    torch.testing.assert_close(together[1:2], alone, rtol=0, atol=1e-12)
    same = jittered(IMAGES[:1].expand(2, -1, -1, -1), jitter, generators(4, 5))
    assert not torch.allclose(same[0], same[1])


def turned(jitter, seed, image):
    """The position of a bright disc after the movement, from the centre, in pixels (down, right)."""
    moved = jittered(image, jitter, generators(seed))[0, 0]
    grid = [torch.arange(n).double() - (n - 1) / 2 for n in moved.shape]
    return torch.stack([(moved * grid[0][:, None]).sum(), (moved * grid[1]).sum()]) / moved.sum()


def disc(down, right, height=61, width=41):
    y, x = (torch.arange(n).double() - (n - 1) / 2 for n in (height, width))
    return torch.exp(-((y[:, None] - down) ** 2 + (x - right) ** 2) / 8)[None, None]


@pytest.mark.parametrize("seed", range(5))
def test_a_rotation_keeps_the_distance_to_the_centre_in_an_oblong_image(seed):
    start = torch.tensor([10.0, 6.0]).double()
    end = turned(Jitter(degrees=30), seed, disc(*start))
    assert end.norm().item() == pytest.approx(start.norm().item(), rel=0.01)
    angle = torch.atan2(end[0], end[1]) - torch.atan2(start[0], start[1])
    assert 0 < abs(angle.rad2deg().item()) <= 30


@pytest.mark.parametrize("seed", range(5))
def test_a_scaling_changes_the_distance_by_its_factor_only(seed):
    start = torch.tensor([10.0, 6.0]).double()
    end = turned(Jitter(scale=0.3), seed, disc(*start))
    factor = end.norm() / start.norm()
    assert 0.7 <= factor <= 1.3
    torch.testing.assert_close(end / end.norm(), start / start.norm(), rtol=0, atol=0.01)


def test_a_fine_shift_with_a_tiny_scaling_is_the_whole_shift():
    """The two ways to compute a shift agree on its direction."""
    whole = turned(Jitter(shift=4), 3, disc(0, 0))
    fine = turned(Jitter(shift=4, scale=1e-9), 3, disc(0, 0))
    assert whole.abs().max() > 1
    assert (whole - fine).abs().max() <= 0.51


def test_differentiable():
    x = IMAGES.clone().requires_grad_()
    jittered(x, Jitter(shift=2, scale=0.1, degrees=5), generators(0, 1, 2)).sum().backward()
    assert torch.isfinite(x.grad).all()


@pytest.mark.parametrize("settings", [{"shift": -1}, {"scale": 1.0}, {"degrees": -5}])
def test_rejects_impossible_movements(settings):
    with pytest.raises(ValueError, match="must not be negative"):
        Jitter(**settings)
