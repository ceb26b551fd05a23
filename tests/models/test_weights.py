"""Weights survive a round trip exactly, and nothing else is let in."""

import numpy as np
import pytest
import torch

from report_builder.models.mlp import MLP
from report_builder.models.nam import NAM
from report_builder.models.weights import load_weights, save_weights


@pytest.mark.parametrize("make", [MLP, NAM])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_round_trip_keeps_every_value_and_type(make, dtype, tmp_path):
    model, other = make(8).to(dtype), make(8).to(dtype)
    model(torch.randn(5, 8, dtype=dtype))
    save_weights(model, tmp_path / "weights.npz")
    load_weights(other, tmp_path / "weights.npz")
    for name, value in model.state_dict().items():
        loaded = other.state_dict()[name]
        assert loaded.dtype == value.dtype
        assert torch.equal(loaded, value)


def test_a_centred_nam_stays_centred(tmp_path):
    model, other, x = NAM(8).eval(), NAM(8).eval(), torch.randn(20, 8)
    model.centre(x)
    save_weights(model, tmp_path / "weights.npz")
    load_weights(other, tmp_path / "weights.npz")
    assert torch.equal(other.contributions(x), model.contributions(x))


def test_equal_weights_give_equal_bytes(tmp_path):
    model = MLP(8)
    for name in ("a.npz", "b.npz"):
        save_weights(model, tmp_path / name)
    assert (tmp_path / "a.npz").read_bytes() == (tmp_path / "b.npz").read_bytes()


def test_other_shapes_names_and_types_are_refused(tmp_path):
    path = tmp_path / "weights.npz"
    save_weights(MLP(8), path)
    with pytest.raises(RuntimeError, match="size mismatch"):
        load_weights(MLP(7), path)
    with pytest.raises(RuntimeError, match="Missing key"):
        load_weights(NAM(8), path)
    with pytest.raises(TypeError, match=r"float32 in weights\.npz"):
        load_weights(MLP(8).double(), path)


def test_pickles_are_refused(tmp_path):
    path = tmp_path / "weights.npz"
    np.savez(path, **{"layers.0.weight": np.array([{}], dtype=object)})
    with pytest.raises(ValueError, match="allow_pickle"):
        load_weights(MLP(8), path)
