"""What the steps of the two networks have in common: fit on a split, measure on its test rows, keep."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from report_builder.datasets.splitting import Split
from report_builder.models.evaluation import confusion_matrix, metrics_with_intervals
from report_builder.models.training import History, train
from report_builder.models.weights import save_weights
from report_builder.pipeline.step import Values, Work
from report_builder.verdicts import CONFIDENCE_LEVEL, overfitting

if TYPE_CHECKING:
    from torch import Tensor, nn


def only_split(work: Work) -> Split:
    """The split of the step's protocol: the one result that it needs."""
    (saved,) = work.needs.values()
    return Split.from_arrays(saved.arrays())


def measured(y: np.ndarray, p: np.ndarray, *, seed: int, draws: int) -> Values:
    """Test metrics with their intervals, and the confusion matrix [[tn, fp], [fn, tp]].

    y, p: (rows,) outcomes of 0 and 1 and predicted probabilities of 1. The seed makes every model of a
    run meet the same bootstrap samples. majority: the accuracy of always naming the more frequent class.
    """
    intervals = metrics_with_intervals(y, p, seed=seed, draws=draws, level=CONFIDENCE_LEVEL)
    positives = int(y.sum())
    return {
        "level": CONFIDENCE_LEVEL,
        "classes": {"negative": len(y) - positives, "positive": positives},
        "majority": max(positives, len(y) - positives) / len(y),
        "test": {name: interval.value for name, interval in intervals.items()},
        "intervals": {name: [interval.low, interval.high] for name, interval in intervals.items()},
        "confusion": confusion_matrix(y, p).tolist(),
    }


def fit(
    model: nn.Module, split: Split, work: Work, table: str, penalty: Callable[[Tensor], Tensor] | None = None
) -> History:
    """Train the model in place by the settings of `table` ("mlp" or "nam")."""
    patience = work.settings[f"{table}.early_stopping"]
    return train(
        model,
        (split.x_train, split.y_train),
        (split.x_validation, split.y_validation),
        epochs=work.settings[f"{table}.epochs"],
        batch_size=work.settings[f"{table}.batch_size"],
        learning_rate=work.settings[f"{table}.learning_rate"],
        weight_decay=work.settings[f"{table}.weight_decay"],
        seed=work.settings["seed"],
        device=work.device,
        penalty=penalty,
        early_stopping=patience or None,
    )


def keep(model: nn.Module, probability: np.ndarray, split: Split, history: History, work: Work) -> Values:
    """Save the weights to weights.npz and return what the pages print of any network.

    probability: (test rows,). The caller saves `test_arrays` and its own arrays.
    """
    save_weights(model, work.folder / "weights.npz")
    return {
        **measured(
            split.y_test,
            probability,
            seed=work.settings["seed"],
            draws=work.settings["evaluation.bootstrap_draws"],
        ),
        "rows": {
            "train": len(split.y_train),
            "validation": len(split.y_validation),
            "test": len(split.y_test),
        },
        "features": len(split.feature_names),
        "parameters": sum(parameter.numel() for parameter in model.parameters()),
        **_course(history),
    }


def test_arrays(split: Split, probability: np.ndarray, history: History) -> dict[str, np.ndarray]:
    """The curves, and the test rows with what the model says of them."""
    return {
        "test_probability": probability,
        "test_target": split.y_test,
        "test_inputs": split.x_test,
        "test_rows": split.rows_test,
        **history.to_arrays(),
    }


def _course(history: History) -> Values:
    """The epoch whose weights are kept, and how training and validation differ there.

    loss_gap: validation minus training loss, relative to the training loss.
    rise: how far the validation loss lies above its lowest point, relative to that.
    """
    kept = history.kept_epoch - 1
    lowest = int(np.argmin(history.validation_loss))
    train_loss, validation_loss = history.train_loss[kept], history.validation_loss[kept]
    smallest = history.validation_loss[lowest]
    return {
        "epochs": len(history.train_loss),
        "kept_epoch": history.kept_epoch,
        "first": {"train_loss": history.train_loss[0], "validation_loss": history.validation_loss[0]},
        "final": {
            "train_loss": train_loss,
            "train_accuracy": history.train_accuracy[kept],
            "validation_loss": validation_loss,
            "validation_accuracy": history.validation_accuracy[kept],
        },
        "lowest": {"epoch": lowest + 1, "validation_loss": smallest},
        "loss_gap": (validation_loss - train_loss) / max(train_loss, 1e-12),
        "gap_bounds": list(overfitting.bounds),
        "rise": (validation_loss - smallest) / max(smallest, 1e-12),
    }
