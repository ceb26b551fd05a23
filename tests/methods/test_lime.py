import time
import timeit

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from lime.lime_tabular import LimeTabularExplainer

from report_builder.methods.lime import Condition, LimeExplanation, explain_each, explain_rows

FEATURES = 8
ATOM = (
    -0.7
)  # the value that 45 % of the training rows share in one column, as missing values coded 0 do once scaled


def table(rows, seed):
    random = np.random.default_rng(seed)
    values = random.normal(size=(rows, FEATURES))
    values[:, 4] = np.where(random.random(rows) < 0.45, ATOM, np.abs(values[:, 4]))
    values[:, 6] = random.integers(0, 3, rows)
    return torch.from_numpy(values)


TRAINING, ROWS = table(400, 1), table(30, 2)
torch.manual_seed(0)
NETWORK = torch.nn.Sequential(
    torch.nn.Linear(FEATURES, 16), torch.nn.Tanh(), torch.nn.Linear(16, 1), torch.nn.Sigmoid()
).double()


def network(x):
    return NETWORK(x).squeeze(-1)


def two_classes(x):
    with torch.no_grad():
        positive = network(torch.from_numpy(x)).numpy()
    return np.stack([1 - positive, positive], axis=1)


def library(row, seed, samples=1000, **settings):
    explainer = LimeTabularExplainer(
        TRAINING.numpy(), random_state=seed, feature_selection="none", **settings
    )
    result = explainer.explain_instance(row.numpy(), two_classes, num_features=FEATURES, num_samples=samples)
    coefficients = np.zeros(FEATURES)
    for feature, value in result.local_exp[1]:
        coefficients[feature] = value
    return result, coefficients


def assert_equal(ours: LimeExplanation, i, result, coefficients):
    np.testing.assert_allclose(ours.coefficients[i], coefficients, rtol=0, atol=1e-12)
    np.testing.assert_allclose(ours.intercept[i], result.intercept[1], rtol=0, atol=1e-12)
    np.testing.assert_allclose(ours.local_prediction[i], result.local_pred[0], rtol=0, atol=1e-12)
    np.testing.assert_allclose(ours.prediction[i], result.predict_proba[1], rtol=0, atol=1e-12)
    np.testing.assert_allclose(ours.r2[i], result.score, rtol=0, atol=1e-12)


@pytest.mark.parametrize("seed", [0, 7])
def test_every_row_equals_the_library_with_its_sampler(seed):
    ours = explain_rows(network, ROWS, TRAINING, seed=seed, samples=1000, library_sampler=True)
    for i, row in enumerate(ROWS):
        assert_equal(ours, i, *library(row, seed))


def test_own_draws_equal_the_library_with_each_seed():
    seeds = [3, 14, 15]
    ours = explain_each(network, ROWS[:3], TRAINING, seeds=seeds, samples=1000, library_sampler=True)
    for i, seed in enumerate(seeds):
        assert_equal(ours, i, *library(ROWS[i], seed))


def test_kernel_width_equals_the_library():
    ours = explain_rows(
        network, ROWS[:2], TRAINING, seed=0, samples=500, kernel_width=0.8, library_sampler=True
    )
    for i in range(2):
        assert_equal(ours, i, *library(ROWS[i], 0, samples=500, kernel_width=0.8))


def test_rows_beyond_the_training_range_equal_the_library():
    far = torch.stack([TRAINING.max(0).values + 1, TRAINING.min(0).values - 1])
    ours = explain_rows(network, far, TRAINING, seed=5, samples=500, library_sampler=True)
    for i in range(2):
        assert_equal(ours, i, *library(far[i], 5, samples=500))


def test_conditions_are_those_of_the_library():
    ours = explain_rows(network, ROWS, TRAINING, seed=0, samples=50)

    def text(c: Condition):
        if c.lower is None:
            return f"{c.feature} <= {c.upper:.2f}"
        if c.upper is None:
            return f"{c.feature} > {c.lower:.2f}"
        return f"{c.lower:.2f} < {c.feature} <= {c.upper:.2f}"

    for i, row in enumerate(ROWS):
        result, _ = library(row, 0, samples=50)
        assert [text(c) for c in ours.conditions[i]] == result.domain_mapper.discretized_feature_names


@settings(max_examples=30, deadline=None)
@given(st.lists(st.floats(-4, 4), min_size=FEATURES, max_size=FEATURES))
def test_conditions_hold_at_the_row(values):
    row = torch.tensor([values], dtype=torch.float64)
    (conditions,) = explain_rows(network, row, TRAINING, seed=0, samples=10).conditions
    for feature, condition in enumerate(conditions):
        assert condition.feature == feature
        assert condition.lower is None or values[feature] > condition.lower
        assert condition.upper is None or values[feature] <= condition.upper


def perturbations(**settings):
    seen = []

    def watch(x):
        seen.append(x.clone())
        return network(x)

    explain_rows(watch, ROWS[:1], TRAINING, seed=0, samples=2000, **settings)
    return max(seen, key=len)


def test_corrected_sampler_draws_training_values_where_the_library_puts_a_z_score():
    correct, faulty = perturbations()[:, 4], perturbations(library_sampler=True)[:, 4]
    share = float((TRAINING[:, 4] == ATOM).double().mean())
    assert float((correct == ATOM).double().mean()) == pytest.approx(share, abs=0.05)
    assert not (faulty == ATOM).any()
    # The two draw the same numbers everywhere else.
    torch.testing.assert_close(correct[correct != ATOM], faulty[correct != ATOM], rtol=0, atol=0)


def test_perturbations_stay_within_the_training_range():
    drawn = perturbations()
    assert (drawn >= TRAINING.min(0).values).all()
    assert (drawn <= TRAINING.max(0).values).all()


def test_quartile_bins_are_drawn_with_their_training_frequency():
    edges = np.percentile(TRAINING[:, 0], [25, 50, 75])
    counts = np.bincount(np.searchsorted(edges, perturbations()[:, 0].numpy()), minlength=4)
    np.testing.assert_allclose(counts / counts.sum(), 0.25, atol=0.04)


def test_explanation_of_a_row_does_not_depend_on_the_other_rows():
    together = explain_rows(network, ROWS, TRAINING, seed=4, samples=500)
    alone = explain_rows(network, ROWS[11:12], TRAINING, seed=4, samples=500)
    torch.testing.assert_close(together.coefficients[11:12], alone.coefficients, rtol=0, atol=1e-13)


def test_own_draws_with_one_seed_are_the_shared_draw():
    shared = explain_rows(network, ROWS[:4], TRAINING, seed=4, samples=500)
    each = explain_each(network, ROWS[:4], TRAINING, seeds=[4] * 4, samples=500)
    torch.testing.assert_close(shared.coefficients, each.coefficients, rtol=0, atol=1e-13)
    torch.testing.assert_close(shared.r2, each.r2, rtol=0, atol=1e-13)
    assert shared.conditions == each.conditions


def test_own_draws_free_the_rows_from_their_common_noise():
    """Ten copies of one row: one draw gives ten equal explanations, ten draws give ten that scatter."""
    copies = ROWS[:1].repeat(10, 1)
    shared = explain_rows(network, copies, TRAINING, seed=0, samples=500).coefficients
    each = explain_each(network, copies, TRAINING, seeds=range(10), samples=500).coefficients
    assert shared.std(0).max() < 1e-13
    assert each.std(0).min() > 1e-5


@settings(max_examples=10, deadline=None)
@given(st.floats(-3, 3), st.floats(-2, 2))
def test_equivariant_under_affine_maps_of_the_prediction(shift, scale):
    plain = explain_rows(network, ROWS[:3], TRAINING, seed=0, samples=300)
    mapped = explain_rows(lambda x: shift + scale * network(x), ROWS[:3], TRAINING, seed=0, samples=300)
    torch.testing.assert_close(mapped.coefficients, scale * plain.coefficients, rtol=0, atol=1e-11)
    torch.testing.assert_close(mapped.intercept, shift + scale * plain.intercept, rtol=0, atol=1e-11)


def test_constant_prediction_has_no_effects():
    flat = explain_rows(lambda x: torch.full((len(x),), 0.3), ROWS, TRAINING, seed=0, samples=100)
    assert (flat.coefficients == 0).all()
    torch.testing.assert_close(flat.local_prediction, flat.prediction)
    assert (flat.r2 == 1).all()


def test_recovers_a_model_made_of_its_own_conditions():
    (conditions,) = explain_rows(network, ROWS[:1], TRAINING, seed=0, samples=10).conditions
    effects = torch.linspace(-0.4, 0.4, FEATURES, dtype=torch.float64)

    def steps(x):
        inside = [
            (x[:, c.feature] > (-np.inf if c.lower is None else c.lower))
            & (x[:, c.feature] <= (np.inf if c.upper is None else c.upper))
            for c in conditions
        ]
        return torch.stack(inside, dim=1).double() @ effects + 0.1

    ours = explain_rows(steps, ROWS[:1], TRAINING, seed=0, samples=20_000)
    torch.testing.assert_close(ours.coefficients[0], effects, rtol=0, atol=5e-3)
    assert ours.r2[0] > 0.999


def test_keeps_the_dtype_of_the_rows():
    def single_only(x):
        assert x.dtype == torch.float32
        return x.sum(1)

    ours = explain_rows(single_only, ROWS.float(), TRAINING.float(), seed=0, samples=50)
    assert ours.coefficients.dtype == torch.float64


def test_rejects_what_does_not_fit():
    with pytest.raises(ValueError, match="share their features"):
        explain_rows(network, ROWS, TRAINING[:, :3], seed=0)
    with pytest.raises(ValueError, match="at least 2 samples"):
        explain_rows(network, ROWS, TRAINING, seed=0, samples=1)
    with pytest.raises(ValueError, match="as many seeds"):
        explain_each(network, ROWS, TRAINING, seeds=[1])


@pytest.fixture
def one_thread():
    """Both sides on one core: on a busy machine the wait of threads for each other would be timed."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.mark.usefixtures("one_thread")
def test_at_least_eight_times_faster_than_the_library():
    rows = table(151, 3)
    some = rows[:30].numpy()  # the library explains row by row: its time is proportional to their number
    explainer = LimeTabularExplainer(TRAINING.numpy(), random_state=0, feature_selection="none")

    def theirs():
        for row in some:
            explainer.explain_instance(row, two_classes, num_features=FEATURES, num_samples=5000)

    def ours():
        explain_rows(network, rows, TRAINING, seed=0, samples=5000)

    ours()

    def seconds_per_row(function, rows):
        """Of the processor, of which a busy machine takes none away."""
        return min(timeit.repeat(function, timer=time.process_time, number=1, repeat=4)) / len(rows)

    assert seconds_per_row(theirs, some) >= 8 * seconds_per_row(ours, rows)


def test_rows_in_one_bin_share_its_condition():
    rows = table(300, 5)
    conditions = explain_rows(network, rows, TRAINING, seed=1, samples=50).conditions
    assert len({id(condition) for row in conditions for condition in row}) <= 4 * FEATURES
    assert conditions == sum(
        (explain_rows(network, row[None], TRAINING, seed=1, samples=50).conditions for row in rows), ()
    )
