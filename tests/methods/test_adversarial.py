import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from report_builder.methods.adversarial import fgsm, loss_sign, outcome, pgd, random_sign, step

N, SIDE = 5, 8
torch.manual_seed(0)
MEAN, STD = torch.tensor([0.485, 0.456, 0.406]).double(), torch.tensor([0.229, 0.224, 0.225]).double()
LINEAR = nn.Sequential(nn.Flatten(), nn.Linear(3 * SIDE**2, 2)).double()
NETWORK = (
    nn.Sequential(nn.Conv2d(3, 8, 3), nn.Tanh(), nn.AdaptiveAvgPool2d(2), nn.Flatten(), nn.Linear(32, 4))
    .double()
    .eval()
)
PIXELS = torch.rand(N, 3, SIDE, SIDE).double()
PIXELS[:, :, 0] = 0.0  # at the ends of the range, where the clamp works
PIXELS[:, :, 1] = 1.0
CLASSES = torch.tensor([0, 1, 1, 0, 1])
MASK = torch.zeros(N, SIDE, SIDE, dtype=torch.bool)
MASK[:, 2:5, 3:7] = True


def normalise(pixels):
    return (pixels - MEAN[:, None, None]) / STD[:, None, None]


def attack(kind, network, pixels, classes, epsilon, **changes):
    if kind is pgd:
        changes = {"seed": 0} | changes
    return kind(network, pixels, classes, epsilon, preprocess=normalise, **changes)


def test_fgsm_of_a_linear_network_in_closed_form():
    """With two classes the loss grows along the difference of their weights, other class less true one; the
    normalisation divides by a positive number and keeps the sign."""
    weights = LINEAR[1].weight.view(2, 3, SIDE, SIDE)
    direction = (weights[1 - CLASSES] - weights[CLASSES]).sign()
    for epsilon in (0.0, 2 / 255, 0.1, 1.5):
        ours = attack(fgsm, LINEAR, PIXELS, CLASSES, epsilon)
        torch.testing.assert_close(ours, (PIXELS + epsilon * direction).clamp(0, 1), rtol=0, atol=0)


def test_pgd_of_a_linear_network_reaches_the_corner_that_fgsm_reaches():
    for epsilon in (2 / 255, 0.1):
        ours = attack(pgd, LINEAR, PIXELS, CLASSES, epsilon)
        torch.testing.assert_close(ours, attack(fgsm, LINEAR, PIXELS, CLASSES, epsilon), rtol=0, atol=1e-12)


def test_epsilon_zero_changes_no_pixel():
    for kind in (fgsm, pgd):
        assert torch.equal(attack(kind, NETWORK, PIXELS, CLASSES, 0.0), PIXELS)
    assert torch.equal(step(PIXELS, random_sign(PIXELS, seed=0), 0.0), PIXELS)


@settings(max_examples=15, deadline=None)
@given(st.floats(0, 1), st.sampled_from([fgsm, pgd]), st.booleans())
def test_stays_within_epsilon_the_range_and_the_mask(epsilon, kind, masked):
    ours = attack(kind, NETWORK, PIXELS, CLASSES, epsilon, mask=MASK if masked else None)
    assert ours.min() >= 0
    assert ours.max() <= 1
    assert (ours - PIXELS).abs().max() <= epsilon + 1e-15
    if masked:
        outside = ~MASK[:, None].expand_as(PIXELS)
        assert torch.equal(ours[outside], PIXELS[outside])


def test_object_and_background_make_up_the_whole_step():
    sign = loss_sign(NETWORK, PIXELS, CLASSES, preprocess=normalise)
    whole, inside, outside = (step(PIXELS, sign, 0.05, mask) for mask in (None, MASK, ~MASK))
    torch.testing.assert_close(inside + outside - PIXELS, whole, rtol=0, atol=1e-15)


def loss(pixels):
    return nn.functional.cross_entropy(NETWORK(normalise(pixels)), CLASSES, reduction="none")


def test_small_steps_raise_the_loss_and_more_than_random_ones():
    epsilon = 1e-4
    gained = loss(attack(fgsm, NETWORK, PIXELS, CLASSES, epsilon)) - loss(PIXELS)
    assert (gained > 0).all()
    for seed in range(20):
        control = loss(step(PIXELS, random_sign(PIXELS, seed=seed), epsilon)) - loss(PIXELS)
        assert (control < gained).all()
    # to first order no step of this size gains more
    iterated = loss(attack(pgd, NETWORK, PIXELS, CLASSES, epsilon)) - loss(PIXELS)
    torch.testing.assert_close(iterated, gained, rtol=1e-2, atol=0)


def test_random_signs_are_one_in_size_and_balanced():
    signs = random_sign(torch.zeros(20, 3, 32, 32).double(), seed=0)
    assert set(signs.unique().tolist()) == {-1.0, 1.0}
    assert signs.mean().abs() < 0.02
    assert torch.equal(signs, random_sign(signs, seed=0))
    assert not torch.equal(signs, random_sign(signs, seed=1))


def test_images_do_not_depend_on_their_batch():
    whole = attack(fgsm, NETWORK, PIXELS, CLASSES, 0.05)
    assert torch.equal(whole[3:4], attack(fgsm, NETWORK, PIXELS[3:4], CLASSES[3:4], 0.05))
    assert torch.equal(whole, attack(fgsm, NETWORK, PIXELS, CLASSES, 0.05, batch=2))


@pytest.mark.parametrize("mode", [torch.no_grad, torch.inference_mode, torch.enable_grad])
def test_nothing_is_left_behind(mode):
    parameters = [p.clone() for p in NETWORK.parameters()]
    before = PIXELS.clone()
    with mode():
        ours = attack(pgd, NETWORK, PIXELS, CLASSES, 0.05)
        attack(fgsm, NETWORK, PIXELS, CLASSES, 0.05)
    assert torch.equal(before, PIXELS)
    assert not ours.requires_grad
    assert PIXELS.grad is None
    assert all(
        p.grad is None and torch.equal(p, q) for p, q in zip(NETWORK.parameters(), parameters, strict=True)
    )
    assert not any(m._forward_hooks or m._backward_hooks for m in NETWORK.modules())


def test_outcome_by_hand():
    attacked = attack(fgsm, NETWORK, PIXELS, CLASSES, 0.2)
    result = outcome(NETWORK, PIXELS, attacked, CLASSES, preprocess=normalise, batch=2)
    for i in range(N):
        probability = NETWORK(normalise(attacked[i : i + 1])).softmax(1)[0]
        others = probability.clone()
        others[CLASSES[i]] = 0
        assert result.prediction[i] == probability.argmax()
        assert result.success[i] == (probability.argmax() != CLASSES[i])
        assert result.true_probability[i].item() == pytest.approx(probability[CLASSES[i]].item())
        assert result.wrong_probability[i].item() == pytest.approx(others.max().item())
        assert result.wrong_class[i] == others.argmax()
        assert result.largest_change[i].item() == pytest.approx((attacked - PIXELS)[i].abs().max().item())
        assert result.distance[i].item() == pytest.approx((attacked - PIXELS)[i].norm().item())


def test_rejects_what_is_not_in_pixel_space():
    for pixels in (normalise(PIXELS), PIXELS * 255):
        for kind in (fgsm, pgd):
            with pytest.raises(ValueError, match="must lie in"):
                attack(kind, NETWORK, pixels, CLASSES, 0.1)
    with pytest.raises(ValueError, match="must not be negative"):
        step(PIXELS, torch.ones_like(PIXELS), -0.1)
