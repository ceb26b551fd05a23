"""Blocks cover everything once, fit the budget, and shrink when memory runs out."""

import gc
import weakref

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from small_vision import images, vgg
from torch import nn

from report_builder.methods.batching import CPU_BYTES, MemoryBudget, image_cost, images_at_once


@settings(max_examples=100, deadline=None)
@given(st.integers(1, 20), st.integers(1, 9), st.integers(1, 300))
def test_blocks_cover_every_image_once_in_order(count, cost, limit):
    blocks = MemoryBudget(limit).run(count, cost, lambda block: block)
    assert [i for block in blocks for i in range(count)[block]] == list(range(count))
    assert all(b.stop - b.start == 1 or (b.stop - b.start) * cost <= limit for b in blocks)


@settings(max_examples=100, deadline=None)
@given(st.integers(1, 6), st.integers(1, 9), st.integers(1, 60), st.integers(1, 60))
def test_every_sample_of_every_image_is_summed_once(count, samples, limit, capacity):
    """Also when the device turns out to hold fewer than the limit says."""
    values = torch.arange(float(count * samples)).view(count, samples)
    memory = MemoryBudget(limit)

    def work(i, s):
        if values[i, s].numel() > capacity:
            raise torch.OutOfMemoryError("out of memory")
        return values[i, s].sum(1)

    assert torch.equal(memory.sum_over_samples(count, samples, 1, work), values.sum(1))


def test_the_limit_is_halved_and_stays_so():
    memory, sizes = MemoryBudget(1000), []

    def work(block):
        sizes.append(block.stop - block.start)
        if sizes[-1] > 3:
            raise RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory")
        return sizes[-1]

    assert sum(memory.run(10, 100, work)) == 10
    assert sizes == [10, 5, 2, 2, 2, 2, 2]
    sizes.clear()
    memory.run(4, 100, work)
    assert sizes == [2, 2]


def test_a_single_image_that_is_too_much_is_an_error():
    def work(block):
        raise torch.OutOfMemoryError("CUDA out of memory")

    with pytest.raises(torch.OutOfMemoryError):
        MemoryBudget(1000).run(3, 1, work)


def test_other_errors_pass_through():
    def work(block):
        raise RuntimeError("shapes differ")

    with pytest.raises(RuntimeError, match="shapes differ"):
        MemoryBudget(1000).run(3, 1, work)


def test_the_cost_counts_what_autograd_keeps():
    """By hand, in float64: a convolution keeps its input, a rectifier its output."""
    network = nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU(), nn.Conv2d(4, 5, 3)).double()
    x = images(size=10)
    kept = 8 * (3 * 10 * 10 + 4 * 8 * 8)
    assert image_cost(network, x) == int(1.5 * (8 * 300 + kept)) or image_cost(network, x) == int(1.5 * kept)


def test_the_cost_grows_with_the_image_and_shrinks_with_the_type():
    network = vgg()
    assert image_cost(network, images(size=32)) > 3 * image_cost(network, images(size=16))
    assert image_cost(network.float(), images().float()) < image_cost(vgg(), images())


def test_a_network_whose_cost_was_counted_is_freed():
    network = vgg()
    image_cost(network, images())
    weight = weakref.ref(next(network.parameters()))
    del network
    gc.collect()
    assert weight() is None


def test_the_default_on_the_cpu():
    assert MemoryBudget.of(torch.device("cpu")).limit == CPU_BYTES


def test_the_smaller_the_images_the_more_at_once():
    sizes = [16, 112, 224, 10_000]
    at_once = [images_at_once(torch.empty(1, 3, size, size, device="meta")) for size in sizes]
    assert at_once == sorted(at_once, reverse=True)
    assert at_once[1] == 4 * at_once[2]
    assert at_once[-1] == 1
