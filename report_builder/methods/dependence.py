"""Partial dependence and individual conditional expectation (ICE) of every feature, and what the curves say.

Sources: Friedman 2001, Greedy Function Approximation (partial dependence); Goldstein, Kapelner, Bleich and
Pitkin 2015, Peeking Inside the Black Box (ICE, centred ICE). Grids as in
`sklearn.inspection.partial_dependence`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.stats.mstats import mquantiles
from torch import Tensor

Predict = Callable[[Tensor], Tensor]

# A step below this share of the curve's largest value is the rounding of float32 predictions, not a slope.
ROUNDING = 1e-6


@dataclass(frozen=True)
class DependenceCurves:
    """Curves of one feature over a grid of `g` points, for `n` rows; float64 on the CPU.

    The unit of the curves is the prediction's (probability or logit), that of the grid the feature's.
    """

    feature: int
    grid: Tensor  # (g,) ascending
    ice: Tensor  # (n, g)

    @property
    def average(self) -> Tensor:
        """Partial dependence (g,): the mean of the ICE curves."""
        return self.ice.mean(0)

    @property
    def centred_ice(self) -> Tensor:
        """ICE curves less their value at the first grid point (n, g)."""
        return self.ice - self.ice[:, :1]

    @property
    def slope(self) -> float:
        """Least-squares slope of the partial dependence per unit of the feature; 0 on a grid of one point."""
        offset = self.grid - self.grid.mean()
        spread = float((offset**2).sum())
        return float((offset * self.average).sum()) / spread if spread > 0 else 0.0

    @property
    def range(self) -> float:
        """Largest less smallest value of the partial dependence."""
        return float(self.average.max() - self.average.min())

    @property
    def rising(self) -> float:
        """Share of the grid's steps on which the partial dependence rises; 0 on a grid of one point."""
        return _share(self._steps > 0)

    @property
    def falling(self) -> float:
        """Share of the grid's steps on which the partial dependence falls; 0 on a grid of one point."""
        return _share(self._steps < 0)

    @property
    def heterogeneity(self) -> float:
        """Mean over the grid of the standard deviation over rows of centred ICE; 0 without interactions."""
        return float(self.centred_ice.std(0, correction=0).mean())

    @property
    def _steps(self) -> Tensor:
        steps = self.average.diff()
        return torch.where(steps.abs() > ROUNDING * self.average.abs().max(), steps, 0.0)


def dependence(
    predict: Predict,
    rows: Tensor,
    *,
    grid_resolution: int = 100,
    percentiles: tuple[float, float] = (0.05, 0.95),
    grids: Sequence[Tensor] | None = None,
    features: Sequence[int] | None = None,
    batch: int = 4096,
) -> tuple[DependenceCurves, ...]:
    """Curves of the `features`, by default of all columns of `rows` (n, d) in their order.

    predict: (m, d) -> (m,), on the dtype and device of `rows`; give it logits to read additivity off the
    curves. A feature with fewer distinct values than `grid_resolution` has these as its grid; the others have
    `grid_resolution` equal steps between the two percentiles (shares in [0, 1]), or from the smallest to the
    largest value where both percentiles coincide (scikit-learn raises there). grids: (g,) of each column in
    their place, where curves of several models or splits are to be compared point by point. batch: rows that
    one call of `predict` gets at most (at least one grid).

    Raises ValueError for no rows, a resolution below 2, percentiles that do not ascend within [0, 1], or
    grids for another number of features.
    """
    if rows.ndim != 2 or len(rows) == 0:
        raise ValueError(f"dependence needs rows (n, d), not {tuple(rows.shape)}")
    if grid_resolution < 2:
        raise ValueError(f"a grid has at least 2 points, not {grid_resolution}")
    if not 0 <= percentiles[0] < percentiles[1] <= 1:
        raise ValueError(f"percentiles must ascend within [0, 1], not {percentiles}")
    if grids is not None and len(grids) != rows.shape[1]:
        raise ValueError(f"{rows.shape[1]} features need as many grids, not {len(grids)}")

    def curves(feature: int) -> DependenceCurves:
        if grids is not None:
            grid = grids[feature]
        else:
            column = rows[:, feature].detach().cpu().double().numpy()
            grid = torch.from_numpy(_grid(column, grid_resolution, percentiles))
        return DependenceCurves(feature, grid, _ice(predict, rows, feature, grid.to(rows), batch))

    with torch.no_grad():
        return tuple(curves(feature) for feature in (range(rows.shape[1]) if features is None else features))


def _grid(
    column: NDArray[np.float64], resolution: int, percentiles: tuple[float, float]
) -> NDArray[np.float64]:
    distinct = np.unique(column)
    if len(distinct) < resolution:
        return distinct
    low, high = np.asarray(mquantiles(column, prob=percentiles))
    if np.allclose(low, high):
        low, high = distinct[0], distinct[-1]
    return np.linspace(low, high, resolution)


def _ice(predict: Predict, rows: Tensor, feature: int, grid: Tensor, batch: int) -> Tensor:
    # made before the blocks, as small results kept between large ones leave the heap full of holes
    curves = torch.empty(len(rows), len(grid), dtype=torch.float64)
    step = max(1, batch // len(grid))
    for block, out in zip(torch.split(rows, step), torch.split(curves, step), strict=True):
        inputs = block[:, None, :].repeat(1, len(grid), 1)
        inputs[:, :, feature] = grid
        out[:] = predict(inputs.flatten(0, 1)).view(len(block), len(grid))
    return curves


def _share(steps: Tensor) -> float:
    return float(steps.double().mean()) if len(steps) else 0.0
