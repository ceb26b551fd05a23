"""The tabular methods side by side with their peers: `python -m benchmarks tabular [--quick] [--json PATH]`.

Synthetic data (8 features, two of them with a share of equal values, as zeros for missing are) and a small
MLP fitted to them here.
"""

import warnings
from collections.abc import Callable
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

import click
import numpy as np
import torch
from lime.lime_tabular import LimeTabularExplainer
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.inspection import partial_dependence
from torch import Tensor

from benchmarks.machine import about
from benchmarks.options import json_option, quick_option, runs_option, shared_option, threads_option
from benchmarks.side_by_side import CLOCKS, Comparison, Floats, measure
from benchmarks.written import write
from report_builder.methods.dependence import dependence
from report_builder.methods.lime import explain_rows
from report_builder.methods.shapley import exact

with warnings.catch_warnings():
    # shap 0.51 builds its colour maps with calls that Matplotlib is about to deprecate.
    warnings.filterwarnings("ignore", r"The set_\w+ function will be deprecated", PendingDeprecationWarning)
    import shap

FEATURES, TRAINING, ROWS, BACKGROUND = 8, 453, 151, 100
SAMPLES = 5000
SEED = 0
PACKAGES = ("torch", "numpy", "shap", "lime", "scikit-learn")
ENOUGH = 10.0  # seconds of a task after which two runs will do in the quick benchmark


class Model(RegressorMixin, BaseEstimator):  # type: ignore[misc]
    """The fitted MLP, for tensors (`__call__`) and, for the peers, for arrays as an estimator (`predict`)."""

    def __init__(self, network: torch.nn.Module | None = None) -> None:
        self.network = network

    def fit(self, X: Floats, y: Floats) -> "Model":
        torch.manual_seed(SEED)
        self.network = torch.nn.Sequential(
            torch.nn.Linear(X.shape[1], 32),
            torch.nn.ReLU(),
            torch.nn.Linear(32, 16),
            torch.nn.ReLU(),
            torch.nn.Linear(16, 1),
            torch.nn.Flatten(0),
        )
        optimiser = torch.optim.Adam(self.network.parameters(), lr=0.01)
        inputs, targets = torch.from_numpy(X).float(), torch.from_numpy(y).float()
        for _ in range(200):
            optimiser.zero_grad()
            torch.nn.functional.binary_cross_entropy_with_logits(self.network(inputs), targets).backward()  # type: ignore[no-untyped-call]
            optimiser.step()
        self.is_fitted_ = True
        return self

    def __call__(self, x: Tensor) -> Tensor:
        assert self.network is not None
        probability: Tensor = self.network(x).sigmoid()
        return probability

    def predict(self, X: Floats) -> Floats:
        with torch.no_grad():
            return self(torch.from_numpy(X).float()).double().numpy()

    def predict_proba(self, X: Floats) -> Floats:
        positive = self.predict(X)
        return np.stack([1 - positive, positive], axis=1)


def synthetic(rows: int, random: np.random.Generator) -> tuple[Floats, Floats]:
    """Features (rows, 8), exact in float32 so that both sides see the same, and a target of two classes."""
    X = random.normal(size=(rows, FEATURES)).astype(np.float32).astype(np.float64)
    for column, share in [(3, 0.3), (4, 0.48)]:
        X[random.random(rows) < share, column] = -1.0
    logit = X[:, 0] + 0.7 * X[:, 1] * X[:, 5] + np.abs(X[:, 4]) - 1
    return X, (random.random(rows) < 1 / (1 + np.exp(-logit))).astype(np.float64)


def comparisons() -> list[Comparison]:
    """Every task with its peer, on one model and one set of rows."""
    random = np.random.default_rng(SEED)
    training, target = synthetic(TRAINING, random)
    rows, _ = synthetic(ROWS, random)
    background = training[:BACKGROUND]
    model = Model().fit(training, target)
    rows_tensor, training_tensor, background_tensor = (
        torch.from_numpy(array).float() for array in (rows, training, background)
    )
    masker = shap.maskers.Independent(background, max_samples=BACKGROUND)
    exact_peer = shap.explainers.ExactExplainer(model.predict, masker)
    permutation_peer = shap.explainers.PermutationExplainer(model.predict, masker, seed=SEED)
    kernel_peer = shap.KernelExplainer(model.predict, background)
    lime_peer = LimeTabularExplainer(training, random_state=SEED, feature_selection="none")

    def ours_shapley() -> Floats:
        return exact(model, rows_tensor, background_tensor).values.numpy()

    def ours_lime() -> Floats:
        explanation = explain_rows(
            model, rows_tensor, training_tensor, seed=SEED, samples=SAMPLES, library_sampler=True
        )
        return explanation.coefficients.numpy()

    def theirs_lime() -> Floats:
        coefficients = np.zeros((ROWS, FEATURES))
        for i, row in enumerate(rows):
            lime_peer.random_state.seed(SEED)
            found = lime_peer.explain_instance(
                row, model.predict_proba, num_features=FEATURES, num_samples=SAMPLES
            )
            for feature, value in found.local_exp[1]:
                coefficients[i, feature] = value
        return coefficients

    def ours_curves() -> Floats:
        return np.concatenate([curves.ice.numpy() for curves in dependence(model, rows_tensor)], axis=1)

    def theirs_curves() -> Floats:
        curves = [partial_dependence(model, rows, [j], kind="both")["individual"][0] for j in range(FEATURES)]
        return np.concatenate(curves, axis=1)

    shapley = partial(compared, "shapley", f"Shapley values, {ROWS} rows x {BACKGROUND} background rows")
    curves = f"PDP and ICE, {ROWS} rows x 100 points"
    return [
        shapley("shap Exact", ours_shapley, lambda: exact_peer(rows, silent=True).values),
        shapley("shap Kernel", ours_shapley, lambda: kernel_peer.shap_values(rows, silent=True)),
        shapley("shap Permutation", ours_shapley, lambda: permutation_peer(rows, silent=True).values),
        compared("lime", f"LIME, {ROWS} rows x {SAMPLES} samples", "lime", ours_lime, theirs_lime),
        compared("dependence", curves, "scikit-learn", ours_curves, theirs_curves),
    ]


def compared(
    key: str, task: str, peer: str, ours: Callable[[], Floats], theirs: Callable[[], Floats]
) -> Comparison:
    """A comparison of two functions that return one array each."""
    return Comparison(key, task, peer, lambda: [ours()], lambda: [theirs()])


@click.command()
@quick_option
@runs_option
@threads_option
@shared_option
@json_option
def main(quick: bool, runs: int, threads: int, shared: bool, path: Path | None) -> None:
    """Compare the tabular methods with shap, lime and scikit-learn; above 1, ours is faster."""
    report = results(quick=quick, runs=runs, threads=threads, shared=shared)
    if path is not None:
        write(path, {"tabular": report})


def results(*, quick: bool, runs: int, threads: int, shared: bool) -> dict[str, Any]:
    """All of the part's figures, printed as they come."""
    torch.set_num_threads(threads)
    report = about(PACKAGES, quick=quick, shared=shared, device=torch.device("cpu"), threads=threads)
    outcomes = []
    enough, clock = ENOUGH if quick else float("inf"), CLOCKS[report["clock"]]
    for comparison in comparisons():
        outcomes.append(measure(comparison, runs, enough=enough, clock=clock))
        click.echo(outcomes[-1])
    return report | {"outcomes": [asdict(outcome) for outcome in outcomes]}
