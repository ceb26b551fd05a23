import time
import timeit
import warnings
from itertools import permutations
from math import factorial

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from report_builder.methods.shapley import exact, permutation, shapley_values

with warnings.catch_warnings():
    # shap 0.51 builds its colour maps with calls that Matplotlib is about to deprecate.
    warnings.filterwarnings("ignore", r"The set_\w+ function will be deprecated", PendingDeprecationWarning)
    import shap


def network(features, dtype=torch.float64, hidden=16):
    torch.manual_seed(0)
    layers = torch.nn.Sequential(
        torch.nn.Linear(features, hidden),
        torch.nn.ReLU(),
        torch.nn.Linear(hidden, hidden),
        torch.nn.ReLU(),
        torch.nn.Linear(hidden, 1),
        torch.nn.Sigmoid(),
    ).to(dtype)
    return lambda x: layers(x).squeeze(-1)


def normal(*shape, seed=0, dtype=torch.float64):
    return torch.from_numpy(np.random.default_rng(seed).normal(size=shape)).to(dtype)


def whole_numbers(*shape, seed=0):
    """Rows of few distinct values: many of them tie with the background."""
    return torch.from_numpy(np.random.default_rng(seed).integers(0, 3, shape)).double()


def counted(predict):
    counts = []

    def count(x):
        counts.append(len(x))
        return predict(x)

    return count, counts


def from_the_definition(predict, row, background):
    """Mean marginal contribution over all orders, one coalition at a time."""
    values = torch.zeros(len(row), dtype=torch.float64)
    for order in permutations(range(len(row))):
        mixed = background.clone()
        before = predict(mixed).mean()
        for feature in order:
            mixed[:, feature] = row[feature]
            after = predict(mixed).mean()
            values[feature] += after - before
            before = after
    return (values / factorial(len(row))).detach()


def library(predict, rows, background):
    dtype = rows.dtype

    def on_arrays(x):
        with torch.no_grad():
            return predict(torch.from_numpy(x).to(dtype)).numpy()

    masker = shap.maskers.Independent(background.double().numpy(), max_samples=100)
    explainer = shap.explainers.ExactExplainer(on_arrays, masker)
    return lambda: explainer(rows.double().numpy(), silent=True)


@pytest.mark.parametrize("make", [normal, whole_numbers])
@pytest.mark.parametrize("features", [1, 2, 5])
def test_exact_equals_the_definition(features, make):
    predict, rows, background = network(features), make(4, features), make(7, features, seed=1)
    ours = exact(predict, rows, background)
    expected = torch.stack([from_the_definition(predict, row, background) for row in rows])
    torch.testing.assert_close(ours.values, expected, rtol=0, atol=1e-13)


@pytest.mark.parametrize(("dtype", "tolerance"), [(torch.float64, 1e-12), (torch.float32, 1e-6)])
def test_exact_equals_shap(dtype, tolerance):
    predict = network(8, dtype)
    rows, background = normal(20, 8, dtype=dtype), normal(100, 8, seed=1, dtype=dtype)
    rows[:, 2] = background[0, 2]  # ties with the background, for both
    ours, theirs = exact(predict, rows, background), library(predict, rows, background)()
    np.testing.assert_allclose(ours.values, theirs.values, rtol=0, atol=tolerance)
    np.testing.assert_allclose(ours.base, theirs.base_values, rtol=0, atol=tolerance)


def test_ties_spare_evaluations_and_change_nothing():
    rows, background = whole_numbers(5, 8), whole_numbers(40, 8, seed=1)
    predict, counts = counted(network(8))
    tied = exact(predict, rows, background)
    assert sum(counts) < 0.4 * 5 * 40 * 2**8
    # A shift too small to matter parts the ties.
    parted = exact(network(8), rows + 1e-13, background)
    torch.testing.assert_close(tied.values, parted.values, rtol=0, atol=1e-12)


@pytest.mark.parametrize("batch", [1, 300, 1000, 10**6])
@pytest.mark.parametrize("estimator", [exact, lambda *a, **k: permutation(*a, seed=3, pairs=2, **k)])
def test_batch_bounds_a_call_and_changes_nothing(estimator, batch):
    rows, background = normal(9, 4), normal(11, 4, seed=1)
    predict, counts = counted(network(4))
    ours = estimator(predict, rows, background, batch=batch)
    torch.testing.assert_close(
        ours.values, estimator(network(4), rows, background).values, rtol=0, atol=1e-13
    )
    smallest = 2 * 2 * (4 + 1)  # two pairs of walks; more than the 2^4 coalitions of one row
    assert max(counts) <= max(batch, smallest, len(background))


@pytest.mark.parametrize("features", [3, 8, 14])
def test_additive(features):
    rows, background = normal(6, features), normal(30, features, seed=1)
    ours = shapley_values(network(features), rows, background, seed=0)
    torch.testing.assert_close(ours.values.sum(1) + ours.base, ours.predictions, rtol=0, atol=1e-13)
    torch.testing.assert_close(ours.predictions, network(features)(rows).detach())


@pytest.mark.parametrize("features", [4, 14])
@settings(max_examples=15, deadline=None)
@given(data=st.data())
def test_linear_model_has_its_closed_form(features, data):
    number = st.floats(-5, 5)
    weights, row = (torch.from_numpy(data.draw(arrays(float, features, elements=number))) for _ in range(2))
    background = normal(10, features)
    ours = shapley_values(lambda x: x @ weights + 0.5, row[None], background, seed=0)
    torch.testing.assert_close(ours.values[0], weights * (row - background.mean(0)), rtol=0, atol=1e-11)
    if ours.standard_error is not None:
        assert ours.standard_error.max() < 1e-11


@pytest.mark.parametrize("features", [5, 14])
def test_dummy_feature_gets_nothing(features):
    predict = network(features - 1)
    rows, background = normal(5, features), normal(20, features, seed=1)
    ours = shapley_values(lambda x: predict(x[:, 1:]), rows, background, seed=0)
    assert ours.values[:, 0].abs().max() < 1e-15


def test_symmetric_features_share_alike():
    predict = network(5)

    def symmetric(x):
        return predict(x) + predict(x[:, [1, 0, 2, 3, 4]])

    rows, background = normal(6, 5), normal(20, 5, seed=1)
    rows[:, 1] = rows[:, 0]
    background = torch.cat([background, background[:, [1, 0, 2, 3, 4]]])
    values = exact(symmetric, rows, background).values
    torch.testing.assert_close(values[:, 0], values[:, 1], rtol=0, atol=1e-14)


def test_equivariant_under_reordering_the_features():
    predict, order = network(6), torch.tensor([4, 2, 0, 5, 1, 3])
    rows, background = normal(6, 6), normal(20, 6, seed=1)
    plain = exact(predict, rows, background).values
    moved = exact(lambda x: predict(x[:, order.argsort()]), rows[:, order], background[:, order]).values
    torch.testing.assert_close(moved, plain[:, order], rtol=0, atol=1e-14)


def test_linear_in_the_model():
    one, rows, background = network(6), normal(6, 6), normal(20, 6, seed=1)
    two = lambda x: (x[:, 0] * x[:, 1]).tanh()  # noqa: E731
    total = exact(lambda x: one(x) + 2 * two(x), rows, background).values
    parts = exact(one, rows, background).values + 2 * exact(two, rows, background).values
    torch.testing.assert_close(total, parts, rtol=0, atol=1e-14)


def test_a_row_on_the_single_background_row_gets_nothing():
    row = normal(1, 6)
    assert exact(network(6), row, row).values.abs().max() < 1e-15


def test_sampled_values_are_unbiased_and_their_error_is_calibrated():
    def interacting(x):
        return (x[:, 0] * x[:, 1] * x[:, 2] + x[:, 3] * x[:, 4] + x[:, 5]).sigmoid() + network_of_8(x)

    network_of_8 = network(8)
    rows, background = normal(60, 8), normal(40, 8, seed=1)
    truth = exact(interacting, rows, background).values
    sampled = permutation(interacting, rows, background, seed=0, pairs=8)
    z = (sampled.values - truth) / sampled.standard_error
    assert 0.85 < float(z.square().mean().sqrt()) < 1.15
    assert abs(float(z.mean())) < 0.15


def test_more_pairs_shrink_the_error():
    rows, background = normal(20, 8), normal(20, 8, seed=1)
    few = permutation(network(8), rows, background, seed=0, pairs=4).standard_error
    many = permutation(network(8), rows, background, seed=0, pairs=64).standard_error
    assert float(few.mean() / many.mean()) == pytest.approx(4, rel=0.15)


def test_estimator_follows_the_number_of_features():
    twelve = shapley_values(network(12), normal(1, 12), normal(2, 12, seed=1), seed=0)
    thirteen = shapley_values(network(13), normal(1, 13), normal(2, 13, seed=1), seed=0)
    assert twelve.estimator == "exact"
    assert twelve.standard_error is None
    assert thirteen.estimator == "permutation"
    assert thirteen.standard_error is not None


def test_rejects_what_does_not_fit():
    with pytest.raises(ValueError, match="share their features"):
        exact(network(3), normal(2, 3), normal(2, 4))
    with pytest.raises(ValueError, match="no rows"):
        exact(network(3), normal(2, 3), normal(0, 3))
    with pytest.raises(ValueError, match="at most 12"):
        exact(network(13), normal(2, 13), normal(2, 13))
    with pytest.raises(ValueError, match="at least 2 pairs"):
        permutation(network(3), normal(2, 3), normal(2, 3), seed=0, pairs=1)


@pytest.fixture
def one_thread():
    """Both sides on one core: on a busy machine the wait of threads for each other would be timed."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.mark.usefixtures("one_thread")
def test_not_slower_than_shap():
    predict = network(8, torch.float32, hidden=32)
    rows = normal(151, 8, dtype=torch.float32)
    background = normal(100, 8, seed=1, dtype=torch.float32)
    theirs = library(predict, rows, background)
    library(predict, rows[:1], background)()  # compiles shap's masker

    def ours():
        exact(predict, rows, background)

    ours()

    def seconds(function):
        """Of the processor, of which a busy machine takes none away."""
        return min(timeit.repeat(function, timer=time.process_time, number=1, repeat=4))

    assert seconds(ours) <= seconds(theirs)
