import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.inspection import partial_dependence

from report_builder.methods.dependence import DependenceCurves, dependence

torch.manual_seed(0)
NETWORK = torch.nn.Sequential(
    torch.nn.Linear(5, 16), torch.nn.Tanh(), torch.nn.Linear(16, 1), torch.nn.Sigmoid()
).double()


class Additive(torch.nn.Module):
    """A neural additive model: one small network per feature, summed to a logit."""

    def __init__(self, features):
        super().__init__()
        self.shapes = torch.nn.ModuleList(
            torch.nn.Sequential(torch.nn.Linear(1, 8), torch.nn.Tanh(), torch.nn.Linear(8, 1))
            for _ in range(features)
        )

    def forward(self, x):
        return sum(shape(x[:, j : j + 1]) for j, shape in enumerate(self.shapes)).squeeze(-1)


class Wrapped(RegressorMixin, BaseEstimator):
    def fit(self, X, y):
        self.n_features_in_ = X.shape[1]
        return self

    def predict(self, X):
        with torch.no_grad():
            return network(torch.from_numpy(np.ascontiguousarray(X))).numpy()


def network(x):
    return NETWORK(x).squeeze(-1)


def table(n=60):
    random = np.random.default_rng(0)
    values = random.normal(size=(n, 5))
    values[:, 1] = random.integers(0, 4, n)
    values[:, 2] = np.where(random.random(n) < 0.5, 0, values[:, 2])
    return torch.from_numpy(values)


def curve(grid, *ice):
    return DependenceCurves(0, torch.tensor(grid).double(), torch.tensor(ice).double())


@pytest.mark.parametrize("percentiles", [(0.05, 0.95), (0.0, 1.0), (0.2, 0.9)])
@pytest.mark.parametrize("resolution", [7, 20, 100])
def test_equals_scikit_learn(resolution, percentiles):
    rows = table()
    estimator = Wrapped().fit(rows.numpy(), None)
    for ours in dependence(network, rows, grid_resolution=resolution, percentiles=percentiles):
        theirs = partial_dependence(
            estimator,
            rows.numpy(),
            [ours.feature],
            kind="both",
            grid_resolution=resolution,
            percentiles=percentiles,
        )
        np.testing.assert_allclose(ours.grid, theirs["grid_values"][0], rtol=0, atol=1e-12)
        np.testing.assert_allclose(ours.ice, theirs["individual"][0], rtol=0, atol=1e-12)
        np.testing.assert_allclose(ours.average, theirs["average"][0], rtol=0, atol=1e-12)


@pytest.mark.parametrize("batch", [1, 50, 1000])
def test_batch_bounds_a_call_and_changes_nothing(batch):
    sizes = []

    def watched(x):
        sizes.append(len(x))
        return network(x)

    plain = dependence(network, table(), grid_resolution=20)
    for one, two in zip(plain, dependence(watched, table(), grid_resolution=20, batch=batch), strict=True):
        torch.testing.assert_close(one.ice, two.ice, rtol=0, atol=1e-14)
    assert max(sizes) <= max(batch, 20)


def test_curve_passes_through_the_prediction_at_the_rows_own_value():
    rows = table()
    ours = dependence(network, rows)[1]  # four distinct values: they are the grid
    place = torch.searchsorted(ours.grid, rows[:, 1].contiguous())
    torch.testing.assert_close(ours.ice[torch.arange(len(rows)), place], network(rows).detach())


def test_leaves_the_rows_as_they_were():
    rows = table()
    dependence(network, rows, grid_resolution=5)
    torch.testing.assert_close(rows, table(), rtol=0, atol=0)


def test_centred_logit_curves_of_an_additive_model_coincide():
    torch.manual_seed(1)
    model = Additive(5).double()
    for ours in dependence(model, table()):
        torch.testing.assert_close(
            ours.centred_ice, ours.centred_ice[:1].expand_as(ours.ice), rtol=0, atol=1e-13
        )
        assert ours.heterogeneity < 1e-13
        effect = model.shapes[ours.feature](ours.grid[:, None])[:, 0].detach()
        torch.testing.assert_close(ours.average - ours.average[0], effect - effect[0], rtol=0, atol=1e-13)
    # In probabilities the same model's curves do differ.
    assert max(c.heterogeneity for c in dependence(lambda x: model(x).sigmoid(), table())) > 1e-4


def test_interaction_shows_in_the_heterogeneity():
    first, second, third, *_ = dependence(lambda x: x[:, 0] * x[:, 1] + x[:, 2], table())
    assert first.heterogeneity > 0.1
    assert second.heterogeneity > 0.1
    assert third.heterogeneity < 1e-13


@settings(max_examples=25, deadline=None)
@given(st.lists(st.floats(-10, 10), min_size=5, max_size=5))
def test_linear_model_returns_its_slopes(weights):
    w = torch.tensor(weights, dtype=torch.float64)
    for ours, weight in zip(dependence(lambda x: x @ w, table(20), grid_resolution=5), weights, strict=True):
        assert ours.slope == pytest.approx(weight, abs=1e-9)
        assert ours.range == pytest.approx(abs(weight) * float(ours.grid[-1] - ours.grid[0]), abs=1e-9)


def test_slope_is_the_least_squares_line():
    ours = dependence(network, table())[0]
    assert ours.slope == pytest.approx(np.polyfit(ours.grid, ours.average, 1)[0], abs=1e-12)


def test_rising_and_falling_steps():
    ours = curve([0, 1, 2, 3, 4], [0, 1, 1, 3, 2], [0, 1, 1, 3, 2])
    assert (ours.rising, ours.falling) == (0.5, 0.25)
    assert ours.range == 3


def test_ignored_feature_is_flat():
    ours = dependence(lambda x: x[:, 0], table())[3]
    assert (ours.rising, ours.falling, ours.heterogeneity) == (0, 0, 0)
    assert abs(ours.slope) < 1e-15
    assert ours.range < 1e-15


def test_rounding_of_float32_is_no_step():
    ours = dependence(lambda x: 0.3 + 1e-8 * torch.sin(40 * x[:, 0]), table())[0]
    assert (ours.rising, ours.falling) == (0, 0)


def test_constant_feature_has_a_grid_of_one_point():
    ours = dependence(lambda x: x.sum(1), torch.ones(6, 2))[0]
    assert ours.grid.tolist() == [1]
    assert (ours.slope, ours.range, ours.rising, ours.falling) == (0, 0, 0, 0)


def test_grid_spans_everything_where_the_percentiles_coincide():
    rows = torch.zeros(200, 1, dtype=torch.float64)
    rows[:8, 0] = torch.arange(1.0, 9.0)
    ours = dependence(lambda x: x[:, 0], rows, grid_resolution=5)[0]
    assert ours.grid.tolist() == [0, 2, 4, 6, 8]


def test_rejects_what_does_not_fit():
    with pytest.raises(ValueError, match="needs rows"):
        dependence(network, table()[:0])
    with pytest.raises(ValueError, match="at least 2 points"):
        dependence(network, table(), grid_resolution=1)
    with pytest.raises(ValueError, match="ascend"):
        dependence(network, table(), percentiles=(0.9, 0.1))


def test_given_grids_replace_its_own_and_give_the_same_curves_there():
    rows = table()
    own = dependence(network, rows, grid_resolution=20)
    again = dependence(network, rows, grids=[curves.grid for curves in own])
    for a, b in zip(own, again, strict=True):
        assert torch.equal(a.grid, b.grid)
        assert torch.equal(a.ice, b.ice)
    with pytest.raises(ValueError, match="as many grids"):
        dependence(network, rows, grids=[own[0].grid])


def test_features_can_be_asked_for_alone():
    every = dependence(network, table(), grid_resolution=9)
    for feature, curves in enumerate(every):
        (alone,) = dependence(network, table(), grid_resolution=9, features=(feature,))
        assert alone.feature == feature
        assert torch.equal(alone.grid, curves.grid)
        assert torch.equal(alone.ice, curves.ice)
