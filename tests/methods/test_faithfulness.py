import numpy as np
import pytest
import torch

from report_builder.methods.faithfulness import deletion_curves, deletion_error, deletion_score, support_order
from report_builder.methods.shapley import shapley_values

RANDOM = np.random.default_rng(3)
WEIGHTS = torch.tensor([2.0, -1.0, 0.5, 0.1], dtype=torch.float64)
ROWS = torch.as_tensor(RANDOM.normal(size=(7, 4)))
BACKGROUND = torch.as_tensor(RANDOM.normal(size=(9, 4)))


def linear(rows):
    return rows @ WEIGHTS


def test_curves_go_from_the_prediction_to_the_mean_of_the_background():
    orders = RANDOM.random((7, 4)).argsort(-1)
    curves = deletion_curves(linear, ROWS, BACKGROUND, orders)
    assert curves[:, 0] == pytest.approx(linear(ROWS).numpy())
    assert curves[:, -1] == pytest.approx(np.full(7, linear(BACKGROUND).mean().item()))


def test_curves_do_not_depend_on_the_batch():
    orders = RANDOM.random((7, 4)).argsort(-1)
    whole = deletion_curves(linear, ROWS, BACKGROUND, orders)
    assert deletion_curves(linear, ROWS, BACKGROUND, orders, batch=1) == pytest.approx(whole, abs=1e-12)


def test_shapley_values_of_a_linear_model_foresee_every_deletion():
    values = shapley_values(linear, ROWS, BACKGROUND, seed=0).values.numpy()
    orders = support_order(values, linear(ROWS).numpy())
    curves = deletion_curves(linear, ROWS, BACKGROUND, orders)
    assert deletion_error(curves, values, orders) == pytest.approx(np.zeros(7), abs=1e-12)
    assert (deletion_error(curves, values + 0.1, orders) > 0.05).all()


def test_the_true_order_of_a_linear_model_moves_the_prediction_furthest():
    values = shapley_values(linear, ROWS, BACKGROUND, seed=0).values.numpy()
    best = support_order(values, linear(ROWS).numpy())
    score = deletion_score(deletion_curves(linear, ROWS, BACKGROUND, best))
    for _ in range(10):
        other = RANDOM.random((7, 4)).argsort(-1)
        assert (deletion_score(deletion_curves(linear, ROWS, BACKGROUND, other)) <= score + 1e-12).all()


def test_support_is_for_the_predicted_class():
    attributions = np.array([[0.3, -0.2, 0.1], [0.3, -0.2, 0.1]])
    orders = support_order(attributions, np.array([0.9, 0.1]))
    assert orders.tolist() == [[0, 2, 1], [1, 2, 0]]


def test_shapes_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match="do not fit"):
        deletion_curves(linear, ROWS, BACKGROUND, np.zeros((7, 3), dtype=int))
    with pytest.raises(ValueError, match="do not fit"):
        deletion_curves(linear, ROWS, BACKGROUND[:0], np.zeros((7, 4), dtype=int))
