"""Laws that hold for every method on images: nothing left behind, each image by itself, any block size."""

import pytest
import torch
from small_vision import functional_net, images, resnet, targets, traces, vgg
from torch import nn

from report_builder.methods import gradients
from report_builder.methods.activations import activations
from report_builder.methods.batching import MemoryBudget, image_cost
from report_builder.methods.cam import class_activation_map, default_layer, grad_cam
from report_builder.methods.deeplift import deeplift
from report_builder.methods.gradient_shap import gradient_shap
from report_builder.methods.integrated_gradients import integrated_gradients
from report_builder.methods.passes import shared_passes
from report_builder.methods.score_cam import score_cam
from report_builder.methods.smoothing import smooth_grad
from report_builder.models.networks import in_bfloat16

X, T, BACKGROUND = images(), targets(), images(4, seed=9)


def _all_rules(network, x, t, memory):
    rules = ("gradient", "guided", "deconvnet")
    passes = shared_passes(network, x, t, rules=rules, layers=[default_layer(network)], memory=memory)
    return torch.cat([passes.gradients[rule] for rule in rules], 1)


METHODS = {
    "saliency": lambda n, x, t, m: gradients.saliency(n, x, t, m),
    "input_x_gradient": lambda n, x, t, m: gradients.input_x_gradient(n, x, t, m),
    "guided_backpropagation": lambda n, x, t, m: gradients.guided_backpropagation(n, x, t, m),
    "deconvnet": lambda n, x, t, m: gradients.deconvnet(n, x, t, m),
    "shared": _all_rules,
    "grad_cam": lambda n, x, t, m: grad_cam(n, x, t, [default_layer(n)], m)[default_layer(n)],
    "cam": lambda n, x, t, m: class_activation_map(n, x, t, m),
    "score_cam": lambda n, x, t, m: score_cam(n, x, t, default_layer(n), m),
    "smooth_grad": lambda n, x, t, m: smooth_grad(n, x, t, samples=5, sigma=0.2, seed=3, memory=m),
    "smooth_guided": lambda n, x, t, m: smooth_grad(
        n, x, t, samples=5, sigma=0.2, seed=3, map_of=gradients.guided_backpropagation, memory=m
    ),
    "integrated_gradients": lambda n, x, t, m: integrated_gradients(n, x, t, steps=7, memory=m).attributions,
    "gradient_shap": lambda n, x, t, m: (
        gradient_shap(n, x, t, BACKGROUND, samples=6, seed=3, memory=m).attributions
    ),
    "gradient_shap_at_layer": lambda n, x, t, m: (
        gradient_shap(n, x, t, BACKGROUND, samples=6, seed=3, layer=default_layer(n), memory=m).attributions
    ),
    "deeplift": lambda n, x, t, m: deeplift(n, x, t, memory=m).attributions,
    "activations": lambda n, x, _, m: activations(n, x, default_layer(n), m),
}
CASES = [
    pytest.param(method, network, id=f"{name}-{kind}")
    for name, method in METHODS.items()
    for kind, network in {"vgg": vgg(inplace=True), "resnet": resnet()}.items()
    if (name, kind) != ("cam", "vgg")
]


@pytest.mark.parametrize(("method", "network"), CASES)
def test_each_image_alone_gives_what_it_gives_in_the_batch(method, network):
    together = method(network, X, T, None)
    alone = torch.cat([method(network, X[i : i + 1], T[i : i + 1], None) for i in range(len(X))])
    assert torch.isfinite(together).all()
    assert together.abs().max() > 0
    assert together.dtype == X.dtype
    torch.testing.assert_close(together, alone, rtol=0, atol=1e-12)


@pytest.mark.parametrize(("method", "network"), CASES)
def test_the_size_of_the_blocks_changes_nothing(method, network):
    whole = method(network, X, T, MemoryBudget(10**12))
    for blocks in (1, 2, 4):
        memory = MemoryBudget(blocks * image_cost(network, X))
        torch.testing.assert_close(method(network, X, T, memory), whole, rtol=0, atol=1e-12)


@pytest.mark.parametrize(("method", "network"), CASES)
def test_nothing_is_left_behind(method, network):
    network.train().requires_grad_(True)
    network.get_submodule(default_layer(network)).eval()
    x = X.clone().requires_grad_()
    try:
        before = traces(network)
        in_training = method(network, x, T, None)
        assert traces(network) == before
        assert x.grad is None
        assert x._version == 0
        assert torch.equal(x, X)
        assert not in_training.requires_grad
    finally:
        network.eval().requires_grad_(False)
    torch.testing.assert_close(in_training, method(network, X, T, None), rtol=0, atol=0)


@pytest.mark.parametrize(("method", "network"), CASES)
def test_nothing_is_left_behind_after_an_error(method, network):
    network.train().requires_grad_(True)

    def fail(module: nn.Module, inputs: tuple[torch.Tensor, ...]) -> None:
        if inputs[0].device.type != "meta":
            raise KeyError("on purpose")

    inner = [module for module in network.modules() if isinstance(module, nn.Conv2d)][-1]
    image_cost(network, X)
    handle = inner.register_forward_pre_hook(fail)
    try:
        before = traces(network)
        with pytest.raises(KeyError, match="on purpose"):
            method(network, X, T, None)
        assert traces(network) == before
    finally:
        handle.remove()
        network.eval().requires_grad_(False)


@pytest.mark.parametrize(("method", "network"), CASES)
def test_the_caller_s_autograd_mode_does_not_matter(method, network):
    expected = method(network, X, T, None)
    with torch.no_grad():
        assert torch.equal(method(network, X, T, None), expected)
    with torch.inference_mode():
        assert torch.equal(method(network, X, T, None), expected)


@pytest.mark.parametrize(("method", "network"), CASES)
def test_a_device_that_runs_out_of_memory_gets_smaller_blocks(method, network):
    """Simulated: the device holds one image, the budget thinks that it holds them all."""
    expected = method(network, X, T, None)

    def full(module: nn.Module, inputs: tuple[torch.Tensor, ...]) -> None:
        if len(inputs[0]) > 1 and inputs[0].device.type != "meta":
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 1.00 GiB.")

    memory = MemoryBudget(10**12)
    image_cost(network, X)
    handle = network.register_forward_pre_hook(full)
    try:
        torch.testing.assert_close(method(network, X, T, memory), expected, rtol=0, atol=1e-12)
    finally:
        handle.remove()


@pytest.mark.parametrize(("method", "network"), CASES)
def test_reduced_precision_comes_back_in_the_images_type(method, network):
    reduced = in_bfloat16(network.float())
    network.double()
    maps = method(reduced, X.float(), T, None)
    assert maps.dtype == torch.float32
    assert torch.isfinite(maps).all()
    assert maps.shape == method(network, X, T, None).shape


def test_inference_tensors_serve_as_images():
    with torch.inference_mode():
        x = images()
    assert torch.equal(gradients.gradient(vgg(), x, T), gradients.gradient(vgg(), X, T))


def test_an_overwriting_network_and_its_plain_twin_agree():
    for name in ("saliency", "smooth_grad", "integrated_gradients"):
        one, two = (METHODS[name](functional_net(in_place), X, T, None) for in_place in (False, True))
        torch.testing.assert_close(one, two, rtol=0, atol=1e-14)
