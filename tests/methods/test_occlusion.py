import pytest
import torch
from captum.attr import Occlusion
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from report_builder.methods.occlusion import Windows, occlusion

torch.manual_seed(0)
NETWORK = (
    nn.Sequential(
        nn.Conv2d(3, 6, 3, padding=1), nn.ReLU(), nn.AdaptiveAvgPool2d(2), nn.Flatten(), nn.Linear(24, 4)
    )
    .double()
    .eval()
    .requires_grad_(False)
)
IMAGES, CLASSES = torch.randn(3, 3, 20, 17).double(), torch.tensor([1, 3, 0])


def by_hand(network, images, classes, window, stride, baseline):
    """Every window by itself, in float64 throughout; the library divides in float32."""
    height, width = images.shape[2:]
    total = torch.zeros(len(images), height, width).double()
    count = torch.zeros(height, width).double()
    row = torch.arange(len(images))
    top = 0
    while True:
        left = 0
        while True:
            covered = images.clone()
            covered[:, :, top : top + window, left : left + window] = baseline
            drop = (network(images) - network(covered))[row, classes]
            total[:, top : top + window, left : left + window] += drop[:, None, None]
            count[top : top + window, left : left + window] += 1
            if left + window >= width:
                break
            left += stride
        if top + window >= height:
            break
        top += stride
    return total / count


@pytest.mark.parametrize(
    ("window", "stride", "baseline"), [(4, 2, 0.0), (5, 3, 0.25), (7, 7, -1.5), (17, 1, 0.0)]
)
def test_equals_captum_and_a_loop_over_windows(window, stride, baseline):
    ours = occlusion(NETWORK, IMAGES, CLASSES, window=window, stride=stride, baseline=baseline)
    captum = Occlusion(NETWORK).attribute(
        IMAGES,
        sliding_window_shapes=(3, window, window),
        strides=(3, stride, stride),
        target=CLASSES,
        baselines=baseline,
        perturbations_per_eval=8,
    )
    loop = by_hand(NETWORK, IMAGES, CLASSES, window, stride, baseline)
    torch.testing.assert_close(ours, loop, rtol=0, atol=1e-14)
    for channel in captum.unbind(1):  # float32: captum's own division
        torch.testing.assert_close(ours.float(), channel, rtol=1e-6, atol=1e-8)


def test_blocks_do_not_change_the_map():
    together = occlusion(NETWORK, IMAGES, CLASSES, window=5, stride=3, batch=1000)
    apart = occlusion(NETWORK, IMAGES, CLASSES, window=5, stride=3, batch=1)
    torch.testing.assert_close(together, apart, rtol=0, atol=1e-14)


def test_disjoint_windows_of_a_linear_network_add_up_to_its_output():
    linear = nn.Sequential(nn.Flatten(), nn.Linear(3 * 20 * 17, 4, bias=False)).double().requires_grad_(False)
    maps = occlusion(linear, IMAGES, CLASSES, window=4, stride=4)
    # each value is repeated over the pixels of its window; the last column of windows is one pixel wide
    sums = sum(
        maps[:, top, left]
        for top, _ in Windows(20, 17, 4, 4).rows
        for left, _ in Windows(20, 17, 4, 4).columns
    )
    torch.testing.assert_close(sums, linear(IMAGES)[torch.arange(3), CLASSES], rtol=0, atol=1e-12)


def test_covering_with_the_image_itself_changes_nothing():
    maps = occlusion(NETWORK, IMAGES[:1], CLASSES[:1], window=5, stride=2, baseline=IMAGES[0])
    assert maps.abs().max() < 1e-15  # the rounding of one batch size against another


def test_what_the_network_does_not_see_has_no_effect():
    def left_half(images):
        return images[:, :, :, :8].sum((2, 3))

    maps = occlusion(left_half, IMAGES, torch.tensor([0, 1, 2]), window=4, stride=4)
    assert (maps[:, :, 8:] == 0).all()
    assert (maps[:, :, :8] != 0).all()


@settings(max_examples=50, deadline=None)
@given(st.integers(1, 30), st.integers(1, 30), st.integers(1, 12), st.integers(1, 12))
def test_windows_cover_every_pixel(height, width, size, stride):
    if size > min(height, width) or stride > size:
        with pytest.raises(ValueError, match=r"does not fit|must be within"):
            Windows(height, width, size, stride)
        return
    windows = Windows(height, width, size, stride)
    covered = torch.zeros(height, width)
    for top, bottom, left, right in windows.boxes:
        assert bottom - top <= size
        covered[top:bottom, left:right] += 1
    assert (covered > 0).all()
    # a mean over windows that all say the same is that
    flat = windows.spread(torch.full((1, len(windows.boxes)), 0.5, dtype=torch.float64))
    torch.testing.assert_close(flat, torch.full_like(flat, 0.5), rtol=0, atol=1e-15)


def test_memory_that_runs_out_shrinks_the_blocks():
    def small_device(images):
        if len(images) > 3:
            raise torch.OutOfMemoryError("out of memory")
        return NETWORK(images)

    expected = occlusion(NETWORK, IMAGES, CLASSES, window=5, stride=5)
    ours = occlusion(small_device, IMAGES, CLASSES, window=5, stride=5, batch=64)
    torch.testing.assert_close(ours, expected, rtol=0, atol=1e-14)


def test_other_errors_of_the_network_come_through():
    def broken(images):
        raise RuntimeError("no such kernel")

    with pytest.raises(RuntimeError, match="no such kernel"):
        occlusion(broken, IMAGES, CLASSES)
