"""What is explained: the trained MLP, the rows that it learned from and the rows that it is asked about."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from report_builder.datasets.splitting import Split
from report_builder.models.mlp import MLP
from report_builder.models.weights import load_weights
from report_builder.pipeline.step import Saved, Work

if TYPE_CHECKING:
    from torch import Tensor


class Explained:
    """The MLP of the clean protocol, as a function of standardised rows, with the rows around it.

    split: the split that it was trained and tested on.
    training: (m, d) the real training rows, on the device; SMOTE's synthetic rows are nobody's data, so no
    explanation compares with them.
    test: (n, d) the test rows, on the device.
    evaluations: rows that the model was asked about so far.
    """

    def __init__(self, work: Work) -> None:
        import torch

        self.split = Split.from_arrays(work.needs["split"].arrays())
        self._model = MLP(len(self.split.feature_names))
        load_weights(self._model, work.needs["mlp"].file("weights.npz"))
        self._model.to(work.device).eval()
        real = self.split.x_train[~self.split.train_synthetic]
        self.training = torch.as_tensor(real, dtype=torch.float32, device=work.device)
        self.test = torch.as_tensor(self.split.x_test, dtype=torch.float32, device=work.device)
        self.evaluations = 0

    def predict(self, rows: Tensor) -> Tensor:
        """Probability of the positive class (m,) of standardised rows (m, d)."""
        self.evaluations += len(rows)
        return self._model.probability(rows)

    def units(self, rows: np.ndarray | list[int]) -> np.ndarray:
        """Test rows in the units of the table."""
        return self.split.in_units(self.split.x_test[rows])


def chosen_rows(chosen: Saved) -> list[int]:
    """Positions, among the test rows, of the samples that the report shows one by one."""
    return [row["index"] for row in chosen.values["rows"]]


def derived_seeds(seed: int, count: int, purpose: int) -> list[int]:
    """Seeds that follow from the run's seed; different purposes give independent ones."""
    return [int(state) for state in np.random.SeedSequence([seed, purpose]).generate_state(count)]


def tidy(value: float) -> float:
    """A value in the table's units without the rounding of single precision and of the scaler."""
    return float(f"{value:.7g}")
