"""Interventional Shapley values: exact for few features, sampled with a standard error for many.

The value of a coalition S is the mean prediction with the features in S taken from the row and the others
from each background row. Sources: Shapley 1953; Lundberg and Lee 2017, A Unified Approach to Interpreting
Model Predictions; antithetic permutations: Mitchell, Cooper, Frank and Holmes 2022, Sampling Permutations for
Shapley Value Estimation.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import comb
from typing import Literal

import numpy as np
import torch
from torch import Tensor

Predict = Callable[[Tensor], Tensor]

MAX_EXACT_FEATURES = 12


@dataclass(frozen=True)
class ShapleyValues:
    """Values of `n` rows with `d` features; tensors are float64 on the CPU, in units of the prediction.

    `values.sum(1) + base == predictions`, to rounding, for both estimators.
    """

    values: Tensor  # (n, d)
    base: float  # mean prediction over the background
    predictions: Tensor  # (n,)
    estimator: Literal["exact", "permutation"]
    standard_error: Tensor | None  # (n, d), of the sampling of permutations; None where exact


def shapley_values(
    predict: Predict, rows: Tensor, background: Tensor, *, seed: int, pairs: int = 4, batch: int = 8192
) -> ShapleyValues:
    """Shapley values of `rows` (n, d): exact up to 12 features, by sampled permutations above.

    See `exact` and `permutation` for the arguments and errors.
    """
    if rows.shape[1] <= MAX_EXACT_FEATURES:
        return exact(predict, rows, background, batch=batch)
    return permutation(predict, rows, background, seed=seed, pairs=pairs, batch=batch)


def exact(predict: Predict, rows: Tensor, background: Tensor, *, batch: int = 8192) -> ShapleyValues:
    """All 2^d coalitions of `rows` (n, d) with each row of `background` (b, d).

    predict: (m, d) -> (m,), on the dtype and device of `rows`. batch: rows that one call of `predict` gets at
    most (at least one row with all its coalitions, 2^d). Where a row and a background row share a feature's
    value, the coalitions with and without it are one input and are evaluated once.

    Raises ValueError if the shapes do not fit, the background is empty or d is above 12.
    """
    _check(rows, background)
    d = rows.shape[1]
    if d > MAX_EXACT_FEATURES:
        raise ValueError(f"exact Shapley values take at most {MAX_EXACT_FEATURES} features, not {d}")
    codes = torch.arange(2**d, device=rows.device)
    bits = 2 ** torch.arange(d, device=rows.device)
    inside = (codes[:, None] & bits) != 0
    with torch.no_grad():
        sums = torch.zeros(len(rows), 2**d, dtype=torch.float64)
        for row_block, background_block in _blocks(len(rows), len(background), batch // 2**d):
            x, b = rows[row_block, None, :], background[None, background_block]
            inputs = torch.where(inside, x[:, :, None], b[:, :, None])
            ties = ((x == b) * bits).sum(-1, keepdim=True)
            values = _evaluate_untied(predict, inputs, codes, ties)
            sums[row_block] += values.sum(1).cpu().double()
        coalitions = sums / len(background)
        base, predictions = _ends(predict, rows, background)
    # The two ends hold for all rows alike; taking them from one call each makes additivity exact.
    coalitions[:, 0], coalitions[:, -1] = base, predictions
    values = coalitions @ _coalition_weights(inside.cpu())
    return ShapleyValues(values, base, predictions, "exact", None)


def permutation(
    predict: Predict, rows: Tensor, background: Tensor, *, seed: int, pairs: int = 4, batch: int = 8192
) -> ShapleyValues:
    """Marginal contributions along random orders of the features, each order walked forwards and backwards.

    Every background row gets `pairs` such antithetic pairs for every row: 2 d `pairs` b evaluations a row.
    Because each background row counts alike, the values add up to the prediction by construction. The
    standard error is that of the stratified mean: from the spread of the pairs within each background row.
    batch: rows that one call of `predict` gets at most (at least `pairs` pairs of walks); it does not change
    the orders that are drawn.

    Raises ValueError if the shapes do not fit, the background is empty or `pairs` is below 2.
    """
    _check(rows, background)
    if pairs < 2:
        raise ValueError(f"a standard error needs at least 2 pairs of permutations, not {pairs}")
    n, d = rows.shape
    random = np.random.default_rng(seed)
    total = torch.zeros(n, d, dtype=torch.float64)
    variance = torch.zeros(n, d, dtype=torch.float64)
    with torch.no_grad():
        for row_block, background_block in _blocks(n, len(background), batch // (2 * pairs * (d + 1))):
            x, b = rows[row_block], background[background_block]
            # An order is the place of each feature in it; the reverse order counts the places from the end.
            keys = random.random((len(x), len(b), pairs, d))
            place = torch.from_numpy(keys.argsort(-1).argsort(-1)).to(rows.device)
            contributions = _walk(predict, x, b, torch.stack([place, d - 1 - place], dim=2)).mean(2)
            total[row_block] += contributions.mean(2).sum(1)
            variance[row_block] += contributions.var(2).sum(1) / pairs
        base, predictions = _ends(predict, rows, background)
    values = total / len(background)
    return ShapleyValues(values, base, predictions, "permutation", variance.sqrt() / len(background))


def _check(rows: Tensor, background: Tensor) -> None:
    if rows.ndim != 2 or background.ndim != 2 or rows.shape[1] != background.shape[1]:
        raise ValueError(
            f"rows {tuple(rows.shape)} and background {tuple(background.shape)} must share their features"
        )
    if len(background) == 0:
        raise ValueError("the background holds no rows")


def _ends(predict: Predict, rows: Tensor, background: Tensor) -> tuple[float, Tensor]:
    return float(predict(background).cpu().double().mean()), predict(rows).cpu().double()


def _blocks(n: int, b: int, budget: int) -> Iterator[tuple[slice, slice]]:
    """Blocks of at most `budget` pairs (at least one) of a row and a background row, in row-major order."""
    row_step, background_step = max(1, budget // b), max(1, min(b, budget))
    for start in range(0, n, row_step):
        for first in range(0, b, background_step):
            yield slice(start, start + row_step), slice(first, first + background_step)


def _evaluate_untied(predict: Predict, inputs: Tensor, codes: Tensor, ties: Tensor) -> Tensor:
    """Predictions (rows, background, 2^d) of `inputs` (rows, background, 2^d, d), equal ones evaluated once.

    ties: (rows, background, 1), the features with the same value in both as a sum of powers of two.
    """
    if not ties.any():
        return predict(inputs.flatten(0, 2)).view(inputs.shape[:3])
    needed = (codes & ties) == 0
    outputs = predict(inputs[needed])
    values = outputs.new_zeros(needed.shape)
    values[needed] = outputs
    return values.gather(2, codes & ~ties)


def _coalition_weights(inside: Tensor) -> Tensor:
    """Matrix (2^d, d) that takes coalition values to Shapley values: +-1 / (d C(d - 1, size without j))."""
    d = inside.shape[1]
    scale = torch.tensor([1 / (d * comb(d - 1, size)) for size in range(d)], dtype=torch.float64)
    without = inside.sum(1, keepdim=True) - inside.long()
    return torch.where(inside, 1.0, -1.0) * scale[without.clamp_max(d - 1)]


def _walk(predict: Predict, x: Tensor, b: Tensor, place: Tensor) -> Tensor:
    """What each feature adds as the features turn from `b` (m, d) to `x` (n, d) in the order `place`.

    place: (n, m, ..., d), each feature's place in the order. Returns its shape, float64 on the CPU.
    """
    d = x.shape[1]
    steps = torch.arange(d + 1, device=x.device)
    turned = place[..., None, :] < steps[:, None]
    middle = (1,) * (turned.ndim - 3)
    inputs = torch.where(turned, x.view(len(x), 1, *middle, d), b.view(1, len(b), *middle, d))
    outputs = predict(inputs.flatten(0, -2)).view(turned.shape[:-1]).cpu().double()
    return outputs.diff(dim=-1).gather(-1, place.cpu())
