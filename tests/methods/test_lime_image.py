import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from lime.lime_image import LimeImageExplainer
from torch import nn

from report_builder.methods.lime_image import explain_image, superpixels

torch.manual_seed(0)
SIZE = 32
NETWORK = (
    nn.Sequential(
        nn.Conv2d(3, 6, 5, stride=2), nn.Tanh(), nn.Flatten(), nn.Linear(6 * 14 * 14, 4), nn.Softmax(1)
    )
    .double()
    .requires_grad_(False)
)
IMAGE = nn.functional.interpolate(torch.rand(1, 3, 6, 6), size=SIZE, mode="bicubic").clamp(0, 1)[0].double()
SEGMENTS = superpixels(IMAGE, count=30)
CLASSES = torch.tensor([2, 0])


def ours(**changes):
    given = {"seed": 5, "samples": 200, "batch": 32} | changes
    return explain_image(NETWORK, IMAGE, SEGMENTS, CLASSES, **given)


@pytest.mark.filterwarnings("ignore:IProgress not found")
@pytest.mark.parametrize("seed", [0, 5])
def test_equals_the_library_with_the_same_seed(seed):
    def predict(images):
        return NETWORK(torch.from_numpy(images).permute(0, 3, 1, 2)).numpy()

    library = LimeImageExplainer(random_state=seed).explain_instance(
        IMAGE.permute(1, 2, 0).numpy(),
        predict,
        labels=tuple(CLASSES.tolist()),
        top_labels=None,
        num_samples=200,
        segmentation_fn=lambda image: SEGMENTS.numpy(),
    )
    result = ours(seed=seed)
    for i, label in enumerate(CLASSES.tolist()):
        theirs = np.zeros(result.coefficients.shape[1])
        for segment, value in library.local_exp[label]:
            theirs[segment] = value
        np.testing.assert_allclose(result.coefficients[i], theirs, rtol=0, atol=1e-12)
        np.testing.assert_allclose(result.intercept[i], library.intercept[label], rtol=0, atol=1e-12)
    # the library keeps these two of its last label only
    np.testing.assert_allclose(result.r2[-1], library.score, rtol=0, atol=1e-12)
    np.testing.assert_allclose(result.local_prediction[-1], library.local_pred[0], rtol=0, atol=1e-12)


def test_superpixels_are_numbered_from_zero_without_gaps():
    assert torch.equal(SEGMENTS.unique(), torch.arange(int(SEGMENTS.max()) + 1))
    assert SEGMENTS.shape == IMAGE.shape[1:]
    assert 20 <= len(SEGMENTS.unique()) <= 45


def test_every_segment_is_hidden_in_some_sample_the_last_one_too():
    """With labels from 1, as SLIC gives them by default, the last segment would never be hidden."""
    seen = []

    def watch(images):
        seen.append(images)
        return NETWORK(images)

    explain_image(watch, IMAGE, SEGMENTS, CLASSES, seed=0, samples=60)
    changed = (torch.cat(seen) != IMAGE).any(1)
    assert not changed[0].any()
    assert all(changed[:, segment == SEGMENTS].any() for segment in SEGMENTS.unique())


def test_hidden_segments_show_their_mean_colour():
    flat = torch.zeros_like(IMAGE)
    for segment in SEGMENTS.unique():
        inside = segment == SEGMENTS
        flat[:, inside] = IMAGE[:, inside].mean(1, keepdim=True)

    def watch(images):
        same = (images == IMAGE) | torch.isclose(images, flat, rtol=0, atol=1e-12)
        assert same.all()
        return NETWORK(images)

    explain_image(watch, IMAGE, SEGMENTS, CLASSES, seed=0, samples=20)


def test_recovers_a_network_that_adds_up_segments():
    effects = torch.linspace(-1, 1, int(SEGMENTS.max()) + 1).double()
    pixel = torch.stack([(s == SEGMENTS).double().argmax() for s in range(len(effects))])

    def shown(images):
        visible = (images.flatten(2)[:, :, pixel] == IMAGE.flatten(1)[:, pixel]).all(1).double()
        return torch.stack([visible @ effects + 0.5, visible[:, 0]], dim=1)

    result = explain_image(shown, IMAGE, SEGMENTS, torch.tensor([0]), seed=0, samples=4000)
    torch.testing.assert_close(result.coefficients[0], effects, rtol=0, atol=0.02)
    assert result.r2[0] > 0.999
    # the map carries the coefficients to the pixels, the sign map the largest ones only
    torch.testing.assert_close(result.maps[0][SEGMENTS == 3].mean(), result.coefficients[0, 3])
    signs = result.strongest(2)
    assert set(SEGMENTS[signs[0] != 0].tolist()) == {0, len(effects) - 1}
    assert (signs[0][SEGMENTS == 0] == -1).all()
    assert (result.strongest(len(effects), minimum=2.0) == 0).all()


@settings(max_examples=8, deadline=None)
@given(st.floats(-3, 3), st.floats(-2, 2))
def test_equivariant_under_affine_maps_of_the_output(shift, scale):
    plain = ours(samples=80)
    mapped = explain_image(lambda x: shift + scale * NETWORK(x), IMAGE, SEGMENTS, CLASSES, seed=5, samples=80)
    torch.testing.assert_close(mapped.coefficients, scale * plain.coefficients, rtol=0, atol=1e-11)
    torch.testing.assert_close(mapped.intercept, shift + scale * plain.intercept, rtol=0, atol=1e-11)


def test_constant_output_has_no_effects():
    flat = explain_image(
        lambda x: torch.full((len(x), 3), 0.3).double(), IMAGE, SEGMENTS, CLASSES, seed=0, samples=50
    )
    assert (flat.coefficients == 0).all()
    assert (flat.r2 == 1).all()
    torch.testing.assert_close(flat.local_prediction, flat.prediction)


def test_blocks_and_other_classes_do_not_change_an_explanation():
    torch.testing.assert_close(ours().coefficients, ours(batch=1).coefficients, rtol=0, atol=1e-13)
    alone = explain_image(NETWORK, IMAGE, SEGMENTS, CLASSES[:1], seed=5, samples=200)
    torch.testing.assert_close(alone.coefficients, ours().coefficients[:1], rtol=0, atol=1e-13)


def test_rejects_what_does_not_fit():
    with pytest.raises(ValueError, match="numbered from 0"):
        explain_image(NETWORK, IMAGE, SEGMENTS + 1, CLASSES, seed=0)
    with pytest.raises(ValueError, match="height and width"):
        explain_image(NETWORK, IMAGE, SEGMENTS[:-1], CLASSES, seed=0)
    with pytest.raises(ValueError, match="at least 2 samples"):
        explain_image(NETWORK, IMAGE, SEGMENTS, CLASSES, seed=0, samples=1)
    with pytest.raises(ValueError, match="RGB image"):
        superpixels(IMAGE * 255)
