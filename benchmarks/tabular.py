"""The tabular methods side by side with their peers: `python -m benchmarks.tabular [--json PATH]`.

Synthetic data (8 features, two of them with a share of equal values, as zeros for missing are) and a small
MLP fitted to them here. Ours and the peer run in turn in one process, so the ratios compare like with like.
"""

import json
import statistics
import time
import warnings
from collections.abc import Callable
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path

import click
import numpy as np
import torch
from lime.lime_tabular import LimeTabularExplainer
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.inspection import partial_dependence
from torch import Tensor

from report_builder.methods.dependence import dependence
from report_builder.methods.lime import explain_rows
from report_builder.methods.shapley import exact

with warnings.catch_warnings():
    # shap 0.51 builds its colour maps with calls that Matplotlib is about to deprecate.
    warnings.filterwarnings("ignore", r"The set_\w+ function will be deprecated", PendingDeprecationWarning)
    import shap

Floats = NDArray[np.float64]

FEATURES, TRAINING, ROWS, BACKGROUND = 8, 453, 151, 100
SAMPLES = 5000
SEED = 0


@dataclass(frozen=True)
class Comparison:
    """One task done twice; both functions return the attributions or curves as one array."""

    task: str
    peer: str
    ours: Callable[[], Floats]
    theirs: Callable[[], Floats]


@dataclass(frozen=True)
class Outcome:
    """Seconds are medians over the runs; a ratio is the peer's seconds by ours, within one run."""

    task: str
    peer: str
    ours_seconds: float
    peer_seconds: float
    ratio: float
    ratio_low: float
    ratio_high: float
    runs: int
    largest_difference: float


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

    shapley = f"Shapley values, {ROWS} rows x {BACKGROUND} background rows"
    return [
        Comparison(shapley, "shap Exact", ours_shapley, lambda: exact_peer(rows, silent=True).values),
        Comparison(shapley, "shap Kernel", ours_shapley, lambda: kernel_peer.shap_values(rows, silent=True)),
        Comparison(
            shapley, "shap Permutation", ours_shapley, lambda: permutation_peer(rows, silent=True).values
        ),
        Comparison(f"LIME, {ROWS} rows x {SAMPLES} samples", "lime", ours_lime, theirs_lime),
        Comparison(f"PDP and ICE, {ROWS} rows x 100 points", "scikit-learn", ours_curves, theirs_curves),
    ]


def measure(comparison: Comparison, runs: int) -> Outcome:
    """Time both sides in turn, after one run each that warms them up and is compared."""
    difference = float(np.abs(comparison.ours() - comparison.theirs()).max())
    pairs = [(_seconds(comparison.ours), _seconds(comparison.theirs)) for _ in range(runs)]
    ratios = [theirs / ours for ours, theirs in pairs]
    return Outcome(
        task=comparison.task,
        peer=comparison.peer,
        ours_seconds=statistics.median(ours for ours, _ in pairs),
        peer_seconds=statistics.median(theirs for _, theirs in pairs),
        ratio=statistics.median(ratios),
        ratio_low=min(ratios),
        ratio_high=max(ratios),
        runs=runs,
        largest_difference=difference,
    )


def _seconds(function: Callable[[], Floats]) -> float:
    start = time.perf_counter()
    function()
    return time.perf_counter() - start


@click.command()
@click.option("--runs", default=5, show_default=True, type=click.IntRange(min=1), help="Timed runs per side.")
@click.option("--threads", default=1, show_default=True, type=click.IntRange(min=1), help="Threads of torch.")
@click.option("--json", "path", type=click.Path(path_type=Path), help="Also write the outcomes to this file.")
def main(runs: int, threads: int, path: Path | None) -> None:
    """Compare the tabular methods with shap, lime and scikit-learn; above 1, ours is faster."""
    torch.set_num_threads(threads)
    outcomes = []
    for comparison in comparisons():
        outcome = measure(comparison, runs)
        outcomes.append(outcome)
        click.echo(
            f"{outcome.task:<47} {outcome.peer:<17}"
            f" {outcome.ours_seconds:7.3f} s {outcome.peer_seconds:7.3f} s"
            f"  x{outcome.ratio:.2f} [{outcome.ratio_low:.2f}, {outcome.ratio_high:.2f}]"
            f"  differs by {outcome.largest_difference:.1e}"
        )
    if path is not None:
        packages = {name: version(name) for name in ("torch", "numpy", "shap", "lime", "scikit-learn")}
        report = {
            "threads": threads,
            "versions": packages,
            "outcomes": [asdict(outcome) for outcome in outcomes],
        }
        path.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
