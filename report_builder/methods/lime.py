"""LIME for tables: local linear surrogates on quartile bins, for all rows at once.

Source: Ribeiro, Singh and Guestrin 2016, "Why Should I Trust You?": Explaining the Predictions of Any
Classifier; details as in `lime.lime_tabular.LimeTabularExplainer` (quartile discretiser, every feature kept).

A perturbation draws a quartile bin per feature, independently and with the bin's training frequency, and then
a value inside it. The surrogate sees one indicator per feature: is the drawn bin the bin of the explained
row?
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.stats import truncnorm
from torch import Tensor

Predict = Callable[[Tensor], Tensor]
Floats = NDArray[np.float64]

RIDGE = 1.0
# Numbers held in one block of the weighted regressions: 4 MB in float64, which stays in a processor's cache.
BLOCK = 2**19


@dataclass(frozen=True)
class Condition:
    """`lower < x <= upper` for one feature, in the units of the training data; None: that side is open."""

    feature: int
    lower: float | None
    upper: float | None


@dataclass(frozen=True)
class LimeExplanation:
    """Surrogates of `n` rows with `d` features; tensors are float64 on the CPU, in units of the prediction.

    A coefficient is what the surrogate adds while the feature stays in the bin that `conditions` names.
    """

    coefficients: Tensor  # (n, d)
    intercept: Tensor  # (n,)
    local_prediction: Tensor  # (n,) the surrogate at the row
    prediction: Tensor  # (n,) the model at the row
    r2: Tensor  # (n,) weighted R^2 of the surrogate; 1 where the prediction is constant, as in scikit-learn
    conditions: tuple[tuple[Condition, ...], ...]  # n times d


@dataclass(frozen=True)
class _Bins:
    """The quartile bins of one feature; arrays over the bins that hold training values."""

    edges: Floats
    index: NDArray[np.intp]
    share: Floats
    lower: Floats
    upper: Floats
    mean: Floats
    std: Floats

    @classmethod
    def fit(cls, column: Floats) -> "_Bins":
        edges = np.unique(np.percentile(column, [25, 50, 75]))
        bin_of = np.searchsorted(edges, column)
        index, counts = np.unique(bin_of, return_counts=True)
        members = [column[bin_of == i] for i in index]
        return cls(
            edges=edges,
            index=index,
            share=counts / len(column),
            lower=np.concatenate([[column.min()], edges])[index],
            upper=np.concatenate([edges, [column.max()]])[index],
            mean=np.array([np.mean(values) for values in members]),
            # The summand is the library's; it keeps a bin with one distinct value from dividing by zero.
            std=np.array([np.std(values) for values in members]) + 1e-11,
        )

    def condition(self, feature: int, bin_index: int) -> Condition:
        return Condition(
            feature,
            lower=float(self.edges[bin_index - 1]) if bin_index > 0 else None,
            upper=float(self.edges[bin_index]) if bin_index < len(self.edges) else None,
        )

    def sample(self, which: NDArray[np.intp], library_sampler: bool, random: np.random.RandomState) -> Floats:
        """A value for each entry of `which` (positions in `index`): truncated normal inside the bin."""
        lower, upper = self.lower[which], self.upper[which]
        mean, std = self.mean[which], self.std[which]
        low, high = (lower - mean) / std, (upper - mean) / std
        values = low if library_sampler else lower.copy()
        wide = low != high
        values[wide] = truncnorm.rvs(
            low[wide], high[wide], loc=mean[wide], scale=std[wide], random_state=random
        )
        return values


def explain_rows(
    predict: Predict,
    rows: Tensor,
    training: Tensor,
    *,
    seed: int,
    samples: int = 5000,
    kernel_width: float | None = None,
    library_sampler: bool = False,
) -> LimeExplanation:
    """Explain `rows` (n, d) with one perturbation set shared by all of them.

    The shared set costs `samples - 1 + n` model evaluations instead of `samples * n`; its sampling noise is
    therefore correlated across rows. Use `explain_each` where single rows are shown.

    predict: (m, d) -> (m,), called with the dtype and device of `rows`. training: (m, d), the units of
    `rows`. samples: size of each row's neighbourhood, the row itself included. kernel_width: of the
    exponential kernel over the distance sqrt(number of features that left their bin); 0.75 sqrt(d) by
    default. library_sampler: repeat the fault of lime 0.2.0.1, which puts the z-score 0 in place of the value
    where a bin has one value only; with it, every row equals the library's explainer built with
    `random_state=seed`.

    Raises ValueError if the widths of `rows` and `training` differ, or if `samples` is below 2.
    """
    if rows.ndim != 2 or training.ndim != 2 or rows.shape[1] != training.shape[1]:
        raise ValueError(
            f"rows {tuple(rows.shape)} and training {tuple(training.shape)} must share their features"
        )
    if samples < 2:
        raise ValueError(f"LIME needs at least 2 samples, not {samples}")
    width = kernel_width if kernel_width is not None else 0.75 * rows.shape[1] ** 0.5
    bins = [_Bins.fit(column) for column in training.detach().cpu().double().numpy().T]
    drawn, values = _perturb(bins, samples, library_sampler, np.random.RandomState(seed))
    neighbours = torch.from_numpy(values).to(rows)
    points = rows.detach().cpu().double().numpy()
    row_bins = np.stack([np.searchsorted(b.edges, points[:, j]) for j, b in enumerate(bins)], axis=1)
    with torch.no_grad():
        prediction = predict(rows).cpu().double()
        neighbour_prediction = predict(neighbours).cpu().double()
    coefficients, intercept, r2 = _fit(
        torch.from_numpy(drawn), torch.from_numpy(row_bins), neighbour_prediction, prediction, width
    )
    return LimeExplanation(
        coefficients=coefficients,
        intercept=intercept,
        local_prediction=intercept + coefficients.sum(1),
        prediction=prediction,
        r2=r2,
        conditions=_conditions(bins, row_bins),
    )


def explain_each(
    predict: Predict,
    rows: Tensor,
    training: Tensor,
    *,
    seeds: Sequence[int],
    samples: int = 5000,
    kernel_width: float | None = None,
    library_sampler: bool = False,
) -> LimeExplanation:
    """Explain each of `rows` (n, d) with its own perturbation set, drawn with its own one of the n `seeds`.

    The other arguments and the result are those of `explain_rows`. Raises ValueError for no rows, or where
    the number of seeds is not n.
    """
    if len(rows) == 0 or len(seeds) != len(rows):
        raise ValueError(f"{len(rows)} rows need as many seeds, at least one; got {len(seeds)}")
    parts = [
        explain_rows(
            predict,
            row[None],
            training,
            seed=seed,
            samples=samples,
            kernel_width=kernel_width,
            library_sampler=library_sampler,
        )
        for row, seed in zip(rows, seeds, strict=True)
    ]
    return LimeExplanation(
        coefficients=torch.cat([part.coefficients for part in parts]),
        intercept=torch.cat([part.intercept for part in parts]),
        local_prediction=torch.cat([part.local_prediction for part in parts]),
        prediction=torch.cat([part.prediction for part in parts]),
        r2=torch.cat([part.r2 for part in parts]),
        conditions=tuple(part.conditions[0] for part in parts),
    )


def _conditions(bins: list[_Bins], row_bins: NDArray[np.intp]) -> tuple[tuple[Condition, ...], ...]:
    """That of each row and feature (n, d); rows in one bin share the object."""
    known = [[b.condition(j, i) for i in range(len(b.edges) + 1)] for j, b in enumerate(bins)]
    return tuple(tuple(of[i] for of, i in zip(known, row, strict=True)) for row in row_bins.tolist())


def _perturb(
    bins: list[_Bins], samples: int, library_sampler: bool, random: np.random.RandomState
) -> tuple[NDArray[np.intp], Floats]:
    """Bin numbers and values, both (samples - 1, d): every sample but the row itself.

    Draws in the library's order, all bins first, so that one seed gives both the same numbers; the library
    draws a bin for the row itself too and drops it.
    """
    positions = [random.choice(len(b.index), size=samples, p=b.share)[1:] for b in bins]
    values = [b.sample(which, library_sampler, random) for b, which in zip(bins, positions, strict=True)]
    drawn = [b.index[which] for b, which in zip(bins, positions, strict=True)]
    return np.stack(drawn, axis=1), np.stack(values, axis=1)


def _fit(
    drawn: Tensor, row_bins: Tensor, neighbour_prediction: Tensor, prediction: Tensor, width: float
) -> tuple[Tensor, Tensor, Tensor]:
    """Weighted ridge regression per row, intercept free: coefficients (n, d), intercept (n,), R^2 (n,)."""
    d = row_bins.shape[1]
    moments = _moments(drawn, row_bins, neighbour_prediction, prediction, width)
    weight, z, y = moments[:, 0, 0], moments[:, 0, 1:-1], moments[:, 0, -1]
    gram = moments[:, 1:-1, 1:-1] - z[:, :, None] * z[:, None, :] / weight[:, None, None]
    cross = moments[:, 1:-1, -1] - z * (y / weight)[:, None]
    total = moments[:, -1, -1] - y**2 / weight
    ridge = RIDGE * torch.eye(d, dtype=gram.dtype)
    coefficients = torch.linalg.solve(gram + ridge, cross)
    explained = 2 * (coefficients * cross).sum(1) - torch.einsum(
        "ri,rij,rj->r", coefficients, gram, coefficients
    )
    r2 = torch.where(total > 0, explained / total.clamp_min(torch.finfo(total.dtype).tiny), 1.0)
    return coefficients, prediction + (y - (z * coefficients).sum(1)) / weight, r2


def _moments(
    drawn: Tensor, row_bins: Tensor, neighbour_prediction: Tensor, prediction: Tensor, width: float
) -> Tensor:
    """Weighted second moments of (1, indicators, y - y of the row), (n, d + 2, d + 2).

    Measuring y from the row's own prediction keeps the moments small, and a constant prediction exactly zero.
    """
    # Made before the blocks: small results kept between large ones that go leave the heap full of holes
    moments = torch.empty(len(row_bins), drawn.shape[1] + 2, drawn.shape[1] + 2, dtype=torch.float64)
    samples, d = drawn.shape
    size = max(1, BLOCK // (samples * (d + 2)))
    itself = torch.ones(d + 2, dtype=torch.float64)
    itself[-1] = 0.0
    # Features first: the long axis is then contiguous, for the comparison as for the matrix product.
    drawn, row_bins = drawn.T.contiguous().to(torch.uint8), row_bins.to(torch.uint8)
    kernel = torch.exp(-torch.arange(d + 1, dtype=torch.float64) / (2 * width**2))
    blocks = (torch.split(part, size) for part in (row_bins, prediction, moments))
    for own, y, out in zip(*blocks, strict=True):
        same = drawn == own[:, :, None]
        weights = kernel[d - same.sum(1)]
        columns = torch.ones(len(own), d + 2, samples, dtype=torch.float64)
        columns[:, 1:-1] = same
        columns[:, -1] = neighbour_prediction - y[:, None]
        out[:] = (columns * weights[:, None]) @ columns.mT + itself[:, None] * itself
    return moments
