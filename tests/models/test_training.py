"""Laws of training: it learns, it repeats, it leaves the caller's state alone."""

import numpy as np
import pytest
import torch
from sklearn.metrics import accuracy_score, log_loss

from report_builder.models.mlp import MLP
from report_builder.models.nam import NAM
from report_builder.models.training import _batches, seeded, train


def split(n, seed, features=4):
    """Outcomes that depend on two of the features, with noise."""
    generator = np.random.default_rng(seed)
    x = generator.normal(size=(n, features))
    return x, (x[:, 0] - x[:, 1] + 0.5 * generator.normal(size=n) > 0).astype(np.int64)


TRAIN, VALIDATION = split(200, 0), split(60, 1)
SETTINGS = {"epochs": 4, "batch_size": 32, "learning_rate": 3e-3}


def fitted(make=MLP, seed=0, train_rows=TRAIN, **settings):
    with seeded(seed):
        model = make(4)
    return model, train(model, train_rows, VALIDATION, **(SETTINGS | {"seed": seed} | settings))


def same_weights(a, b):
    return all(torch.equal(v, b.state_dict()[k]) for k, v in a.state_dict().items())


@pytest.mark.parametrize("make", [MLP, NAM])
def test_it_learns(make):
    _, history = fitted(make, epochs=20)
    assert history.train_loss[-1] < history.train_loss[0]
    assert history.validation_accuracy[-1] > 0.8
    assert history.kept_epoch == 20


@pytest.mark.parametrize("make", [MLP, NAM])
def test_same_seed_same_weights_and_another_seed_others(make):
    (first, history), (again, history_again), (other, _) = fitted(make), fitted(make), fitted(make, seed=1)
    assert same_weights(first, again)
    assert history == history_again
    assert not same_weights(first, other)


def test_the_number_of_threads_changes_nothing():
    threads = torch.get_num_threads()
    results = []
    try:
        for count in (1, 2, 3):
            torch.set_num_threads(count)
            results.append(fitted())
            assert torch.get_num_threads() == count
    finally:
        torch.set_num_threads(threads)
    assert results[0][1] == results[1][1] == results[2][1]
    assert same_weights(results[0][0], results[2][0])


def test_the_callers_random_state_neither_matters_nor_changes():
    torch.manual_seed(5)
    before = torch.get_rng_state()
    first, _ = fitted()
    assert torch.equal(torch.get_rng_state(), before)
    torch.manual_seed(6)
    assert same_weights(first, fitted()[0])


def test_the_last_point_of_the_curves_is_the_model_in_eval_mode():
    model, history = fitted()
    assert not model.training
    for (x, y), loss, accuracy in (
        (TRAIN, history.train_loss[-1], history.train_accuracy[-1]),
        (VALIDATION, history.validation_loss[-1], history.validation_accuracy[-1]),
    ):
        p = model.probability(torch.tensor(x, dtype=torch.float32)).detach().double().numpy()
        assert loss == pytest.approx(log_loss(y, p), abs=1e-6)
        assert accuracy == pytest.approx(accuracy_score(y, p >= 0.5), abs=1e-7)


@pytest.mark.parametrize("n", [2, 3, 33, 65])
def test_no_batch_has_a_single_row(n):
    rows = tuple(part[:n] for part in TRAIN)
    _, history = fitted(train_rows=rows)
    assert np.isfinite(history.train_loss).all()


@pytest.mark.parametrize("n", [2, 3, 31, 32, 33, 64, 65, 200])
def test_batches_hold_every_row_once_and_are_even(n):
    batches = _batches(n, 32, torch.Generator().manual_seed(0))
    sizes = [len(batch) for batch in batches]
    assert sorted(torch.cat(batches).tolist()) == list(range(n))
    assert max(sizes) - min(sizes) <= 1
    assert 2 <= min(sizes) <= max(sizes) <= 32


def test_early_stopping_puts_the_best_weights_back():
    noise = TRAIN[0], np.random.default_rng(2).integers(0, 2, len(TRAIN[0]))
    model, stopped = fitted(train_rows=noise, epochs=60, learning_rate=1e-2, early_stopping=3)
    epochs = len(stopped.validation_loss)
    assert epochs == stopped.kept_epoch + 3 < 60
    assert stopped.kept_epoch == 1 + int(np.argmin(stopped.validation_loss))
    until_best, _ = fitted(train_rows=noise, epochs=stopped.kept_epoch, learning_rate=1e-2)
    assert same_weights(model, until_best)


def test_a_penalty_on_the_outputs_shrinks_them():
    def size(weight):
        with seeded(0):
            model = NAM(4)
        train(
            model,
            TRAIN,
            VALIDATION,
            seed=0,
            **(SETTINGS | {"epochs": 15}),
            penalty=lambda x: weight * model.output_penalty(x),
        )
        return model.output_penalty(torch.tensor(TRAIN[0], dtype=torch.float32)).item()

    assert size(1.0) < 0.5 * size(0.0)


def test_weight_decay_shrinks_the_weights():
    def size(decay):
        return sum(p.square().sum().item() for p in fitted(weight_decay=decay)[0].parameters())

    assert size(0.5) < size(0.0)


def test_a_model_in_float64_is_trained_in_float64():
    with seeded(0):
        model = MLP(4).double()
    train(model, TRAIN, VALIDATION, seed=0, **SETTINGS)
    assert {p.dtype for p in model.parameters()} == {torch.float64}


def test_history_as_arrays():
    _, history = fitted()
    arrays = history.to_arrays()
    assert {name: value.shape for name, value in arrays.items()} == {
        "train_loss": (4,),
        "train_accuracy": (4,),
        "validation_loss": (4,),
        "validation_accuracy": (4,),
        "kept_epoch": (),
    }


def test_too_few_rows_and_a_loss_that_explodes_are_errors():
    with pytest.raises(ValueError, match="too few rows: 1 "):
        fitted(train_rows=(TRAIN[0][:1], TRAIN[1][:1]))
    with pytest.raises(FloatingPointError, match="after epoch 1"):
        fitted(train_rows=(TRAIN[0] * np.inf, TRAIN[1]))
