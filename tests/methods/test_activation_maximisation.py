import pytest
import torch
from torch import nn

from report_builder.methods.activation_maximisation import (
    Recipe,
    class_logit,
    colour_basis,
    filter_mean,
    maximise,
    robust_probability,
    total_variation,
)
from report_builder.methods.power_spectrum import high_frequency_share
from report_builder.methods.transformations import Jitter

torch.manual_seed(0)
NETWORK = (
    nn.Sequential(
        nn.Conv2d(3, 8, 3, padding=1),
        nn.Tanh(),
        nn.Conv2d(8, 6, 3),
        nn.ReLU(),
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
        nn.Linear(6, 4),
    )
    .double()
    .eval()
)
HERE = torch.empty(0, dtype=torch.float64)
RECIPES = {
    "plain": Recipe(steps=30),
    "variation": Recipe(steps=30, total_variation=5.0),
    "shift": Recipe(steps=30, jitter=Jitter(shift=2)),
    "blur": Recipe(steps=30, blur=1.0, blur_every=5),
    "fourier": Recipe(steps=30, fourier=True),
    "all": Recipe(steps=30, total_variation=1.0, jitter=Jitter(2, 0.1, 5), blur=0.5, fourier=True),
}


def classes(*numbers):
    return class_logit(NETWORK, torch.tensor(numbers))


def run(objective, recipe, seeds=(0, 1), **changes):
    given = {"height": 16, "width": 13, "preprocess": lambda x: x / 0.5 - 1, "like": HERE} | changes
    return maximise(objective, recipe, seeds=seeds, **given)


@pytest.mark.parametrize("recipe", RECIPES.values(), ids=RECIPES)
def test_pixels_stay_in_range_and_the_activation_grows(recipe):
    result = run(classes(1, 2), recipe)
    assert result.pixels.shape == (2, 3, 16, 13)
    assert result.pixels.dtype == torch.float64
    assert ((result.pixels >= 0) & (result.pixels <= 1)).all()
    assert result.history.shape == result.variation.shape == (30, 2)
    assert (result.activation > result.history[0]).all()


@pytest.mark.parametrize("recipe", RECIPES.values(), ids=RECIPES)
def test_an_image_does_not_depend_on_the_batch_it_is_found_in(recipe):
    together = run(classes(1, 1, 2), recipe, seeds=(5, 6, 7))
    alone = run(classes(1), recipe, seeds=(6,))
    torch.testing.assert_close(together.pixels[1:2], alone.pixels, rtol=0, atol=1e-9)
    assert not torch.allclose(together.pixels[0], together.pixels[1])


def test_a_linear_objective_is_maximised_by_its_sign():
    direction = torch.randn(3, 6, 6, generator=torch.Generator().manual_seed(0)).double()
    result = run(lambda x: (x * direction).sum((1, 2, 3)), Recipe(steps=300, rate=0.2), height=6, width=6)
    assert ((result.pixels - 0.5).sign() == direction.sign()).all()
    assert (result.pixels - 0.5).abs().min() > 0.45


def test_the_history_is_the_objective_of_the_images_on_the_way():
    seen = []

    def watched(images):
        values = classes(1, 2)(images)
        seen.append(values.detach())
        return values

    result = run(watched, Recipe(steps=4, jitter=Jitter(shift=2)))
    assert torch.equal(result.history, torch.stack(seen[:-1]))
    assert torch.equal(result.activation, seen[-1])
    torch.testing.assert_close(result.activation, classes(1, 2)(result.pixels / 0.5 - 1))


def test_each_regulariser_makes_smoother_images():
    def shares(recipe):
        result = run(classes(1, 2), recipe, height=32, width=32)
        return high_frequency_share(result.pixels), total_variation(result.pixels)

    plain_share, plain_variation = shares(RECIPES["plain"])
    for name in ("variation", "blur", "fourier"):
        share, variation = shares(RECIPES[name])
        assert (share < plain_share).all(), name
        if name != "fourier":
            assert (variation < plain_variation).all(), name


def test_a_filter_is_maximised_like_the_network_cut_off_behind_it():
    channels = torch.tensor([0, 3])
    cut = nn.Sequential(*NETWORK[:3])
    ours = run(filter_mean(NETWORK, "2", channels), RECIPES["plain"])
    by_hand = run(lambda x: cut(x)[torch.arange(2), channels].mean((1, 2)), RECIPES["plain"])
    torch.testing.assert_close(ours.pixels, by_hand.pixels, rtol=0, atol=1e-9)
    with pytest.raises(ValueError, match="no layer"):
        filter_mean(NETWORK, "9", channels)(torch.zeros(2, 3, 8, 8).double())


@pytest.mark.parametrize("fourier", [False, True])
def test_starts_from_faint_noise_and_takes_steps_of_the_rate(fourier):
    """In the root mean square: pixels and frequencies are moved by equal amounts."""
    start = run(
        classes(1, 2), Recipe(steps=1, rate=1e-9, fourier=fourier), height=64, width=64
    ).pixels.logit()
    assert start.std().item() == pytest.approx(0.1, rel=0.15)
    after = run(
        classes(1, 2), Recipe(steps=1, rate=0.01, fourier=fourier), height=64, width=64
    ).pixels.logit()
    assert (after - start).square().mean().sqrt().item() == pytest.approx(0.01, rel=0.15)


def test_total_variation_by_hand():
    assert (total_variation(torch.full((2, 3, 5, 4), 0.7)) == 0).all()
    ramp = torch.arange(4.0).expand(1, 3, 5, 4)
    assert total_variation(ramp).item() == pytest.approx(1.0)
    assert total_variation(-2 * ramp).item() == pytest.approx(2.0)
    assert total_variation(ramp.transpose(2, 3)).item() == pytest.approx(1.0)


def test_total_variation_of_the_start_can_be_differentiated():
    x = torch.zeros(1, 3, 4, 4, requires_grad=True)
    total_variation(x).sum().backward()
    assert torch.isfinite(x.grad).all()


def test_the_colour_basis_makes_colours_of_the_same_covariance():
    colours = torch.randn(3, 3, generator=torch.Generator().manual_seed(0)).double()
    pixels = torch.einsum("ij,njhw->nihw", colours, torch.randn(4, 3, 64, 64).double())
    basis = colour_basis(pixels)
    assert torch.linalg.matrix_norm(basis, 2).item() == pytest.approx(1)
    covariance = pixels.transpose(0, 1).flatten(1).cov()
    ours = basis @ basis.T
    torch.testing.assert_close(ours / ours.trace(), covariance / covariance.trace())


def test_grey_colours_give_grey_images():
    basis = torch.full((3, 3), 1 / 3).double()
    pixels = run(classes(1, 2), RECIPES["plain"], colours=basis).pixels
    torch.testing.assert_close(pixels[:, 0], pixels[:, 1], rtol=0, atol=1e-12)
    torch.testing.assert_close(pixels[:, 0], pixels[:, 2], rtol=0, atol=1e-12)


def test_probability_without_movement_is_the_probability():
    pixels = run(classes(1, 2), RECIPES["plain"]).pixels
    target = torch.tensor([1, 2])
    arguments = {"preprocess": lambda x: x / 0.5 - 1, "seed": 0, "draws": 3}
    still = robust_probability(NETWORK, pixels, target, Jitter(), **arguments)
    expected = NETWORK(pixels / 0.5 - 1).softmax(1)[torch.arange(2), target]
    torch.testing.assert_close(still, expected.detach(), rtol=0, atol=1e-12)
    moved = robust_probability(NETWORK, pixels, target, Jitter(shift=4), **arguments)
    assert ((moved >= 0) & (moved <= 1)).all()
    assert not torch.allclose(moved, still)


@pytest.mark.parametrize("mode", [torch.no_grad, torch.inference_mode])
def test_nothing_is_left_behind(mode):
    state = {name: value.clone() for name, value in NETWORK.state_dict().items()}
    objective = filter_mean(NETWORK, "2", torch.tensor([0, 1]))
    with mode():
        result = run(objective, RECIPES["all"])
    assert not result.pixels.requires_grad
    assert all(p.grad is None and p.requires_grad for p in NETWORK.parameters())
    assert all(torch.equal(value, state[name]) for name, value in NETWORK.state_dict().items())
    assert not any(module._forward_hooks for module in NETWORK.modules())
    assert not NETWORK.training


def test_needs_a_seed():
    with pytest.raises(ValueError, match="at least one seed"):
        run(classes(), Recipe(), seeds=())


def test_free_pixels_start_from_the_same_picture_and_leave_the_range():
    start = [run(classes(1, 2), Recipe(steps=1, rate=1e-9, bounded=b)).pixels for b in (True, False)]
    torch.testing.assert_close(*start)
    free = run(classes(1, 2), Recipe(steps=30, rate=1.0, bounded=False))
    assert free.pixels.max() > 1
    assert free.pixels.min() < 0
    assert (free.activation > run(classes(1, 2), Recipe(steps=30, rate=1.0)).activation).all()
    with pytest.raises(ValueError, match="frequencies"):
        Recipe(fourier=True, bounded=False)


def test_free_pixels_follow_adam_as_written_by_hand():
    objective = classes(1)
    ours = run(objective, Recipe(steps=5, rate=1.0, bounded=False), seeds=(3,))
    pixels = run(objective, Recipe(steps=1, rate=0.0), seeds=(3,)).pixels.requires_grad_()
    optimiser = torch.optim.Adam([pixels], lr=1.0)
    for _ in range(5):
        optimiser.zero_grad()
        (-objective(pixels / 0.5 - 1).sum()).backward()
        optimiser.step()
    torch.testing.assert_close(ours.pixels, pixels.detach())
