"""Deletion: does the prediction follow the features that an explanation names, and as far as it says?

Sources: Samek et al. 2017, Evaluating the Visualization of What a Deep Neural Network Has Learned (deletion
in the order of relevance, against random orders); Yeh et al. 2019, On the (In)fidelity and Sensitivity of
Explanations (what an explanation predicts of a perturbation against what happens).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor

Predict = Callable[[Tensor], Tensor]


def support_order(attributions: np.ndarray, predictions: np.ndarray) -> np.ndarray:
    """Features (n, d) of each row, from the strongest for its predicted class to the strongest against it.

    attributions: (n, d), of the probability `predictions` (n,); a row with at least .5 is predicted positive.
    """
    towards = np.where(predictions >= 0.5, 1.0, -1.0)[:, None]
    return np.argsort(-towards * attributions, axis=1, kind="stable")


def deletion_curves(
    predict: Predict, rows: Tensor, background: Tensor, orders: np.ndarray, *, batch: int = 16_384
) -> np.ndarray:
    """Mean prediction (n, d + 1) after the first 0, 1, ..., d features of each row's order were taken out.

    Taking a feature out means giving it the value of each row of `background` (b, d) in turn.
    predict: (m, d) -> (m,). rows: (n, d). orders: (n, d), a permutation of the features for each row.
    batch: rows that one call of `predict` gets at most (at least one row's d + 1 stages times b).

    Raises ValueError if the shapes do not fit or the background is empty.
    """
    n, d = rows.shape
    if orders.shape != (n, d) or background.ndim != 2 or background.shape[1] != d or len(background) == 0:
        raise ValueError(
            f"rows {tuple(rows.shape)}, orders {orders.shape}, background {(*background.shape,)} do not fit"
        )
    place = torch.as_tensor(np.argsort(orders, axis=1), device=rows.device)
    stages = torch.arange(d + 1, device=rows.device)[:, None]
    step = max(1, batch // ((d + 1) * len(background)))
    # made before the blocks, as small results kept between large ones leave the heap full of holes
    curves = torch.empty(n, d + 1, dtype=torch.float64)
    blocks = (torch.split(part, step) for part in (rows, place, curves))
    with torch.no_grad():
        for x, p, found in zip(*blocks, strict=True):
            out = (p[:, None, :] < stages)[:, :, None, :]
            inputs = torch.where(out, background, x[:, None, None, :])
            outputs = predict(inputs.flatten(0, 2)).view(len(x), d + 1, len(background))
            found[:] = outputs.cpu().double().mean(2)
    return curves.numpy()


def deletion_score(curves: np.ndarray) -> np.ndarray:
    """How far each prediction moves (n,) from its class, averaged over 1 to d - 1 deleted features.

    Larger is better. After d deletions all orders meet, so the last stage tells nothing; d is 2 or more.
    """
    start = curves[:, :1]
    towards = np.where(start >= 0.5, 1.0, -1.0)
    score: np.ndarray = (towards * (start - curves[:, 1:-1])).mean(1)
    return score


def deletion_error(curves: np.ndarray, attributions: np.ndarray, orders: np.ndarray) -> np.ndarray:
    """Mean absolute difference (n,) of the change by deletion and the sum of the attributions deleted."""
    promised = np.cumsum(np.take_along_axis(attributions, orders, axis=1), axis=1)
    error: np.ndarray = np.abs(curves[:, :1] - curves[:, 1:] - promised).mean(1)
    return error
