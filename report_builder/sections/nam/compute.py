"""Training the neural additive model on one split, measuring it, and reading its shape functions."""

from __future__ import annotations

import numpy as np
import torch
from scipy.stats import rankdata
from torch import Tensor

from report_builder.models.blocks import by_blocks
from report_builder.models.nam import NAM, importance, shape_functions
from report_builder.models.training import seeded
from report_builder.pipeline.step import Values, Work
from report_builder.sections.networks import fit, keep, only_split, test_arrays

# The ends of the range in which most of the data lie; a shape function is described between them.
BULK = (0.05, 0.95)


def train(work: Work) -> Values:
    """Arrays: test_arrays; grid and shapes (points, d), grid in the table's units and shapes in logits;
    training (m, d), the real training rows in the table's units; contributions (test rows, d) in logits.
    Weights: weights.npz.

    The f_i have mean 0 over the real training rows, and importance is the mean |f_i| over the same rows:
    SMOTE's synthetic rows are nobody's data.
    """
    split = only_split(work)
    with seeded(work.settings["seed"]):
        network = NAM(
            len(split.feature_names),
            hidden=tuple(work.settings["nam.hidden"]),
            dropout=work.settings["nam.dropout"],
            feature_dropout=work.settings["nam.feature_dropout"],
        )
    weight = work.settings["nam.output_penalty"]
    history = fit(network, split, work, "nam", penalty=lambda x: weight * network.output_penalty(x))
    rows = split.x_train[~split.train_synthetic]
    bulk = np.quantile(rows, BULK, axis=0)
    real, test = _tensor(rows, work), _tensor(split.x_test, work)
    network.centre(real)
    with torch.no_grad():
        probability = by_blocks(network.probability, test).cpu().double().numpy()
        contributions = by_blocks(network.contributions, test).cpu().double().numpy()
        grid, shapes = (part.cpu().double().numpy() for part in shape_functions(network, real))
        mean_abs = importance(network, real).cpu().double().numpy()
        ends = network.contributions(_tensor(bulk, work)).cpu().double().numpy()
    work.save(
        **test_arrays(split, probability, history),
        grid=split.in_units(grid),
        shapes=shapes,
        training=split.in_units(rows),
        contributions=contributions,
    )
    names = split.feature_names
    share = mean_abs / max(float(mean_abs.sum()), 1e-12)
    limits = split.in_units(bulk)
    inside = (split.in_units(grid) >= limits[0]) & (split.in_units(grid) <= limits[1])
    order = np.argsort(-mean_abs, kind="stable")
    return {
        **keep(network, probability, split, history, work),
        "parameters_per_feature": sum(p.numel() for p in network.networks.parameters()) // len(names),
        "bias": network.bias.item(),
        "additivity_error": additivity_error(network, test),
        "importance": dict(zip(names, mean_abs.tolist(), strict=True)),
        "ranking": [names[i] for i in order],
        "top_share": float(share[order[:3]].sum()),
        "bulk": list(BULK),
        "shape": {
            name: {
                "share": float(share[i]),
                "low": float(limits[0, i]),
                "high": float(limits[1, i]),
                "at_low": float(ends[0, i]),
                "at_high": float(ends[1, i]),
                "trend": trend(shapes[inside[:, i], i]),
            }
            for i, name in enumerate(names)
        },
    }


def _tensor(x: np.ndarray, work: Work) -> Tensor:
    return torch.as_tensor(x, dtype=torch.float32, device=work.device)


@torch.no_grad()
def additivity_error(model: NAM, x: Tensor) -> float:
    """Largest |bias + sum of f_i(x_i) - logit(x)| over rows x (n, d), in logits.

    Each f_i is asked alone, with every other column at 0, and the sum is taken in float64: the error is
    large if a network looks at a column that is not its own.
    """
    total = model.bias.double().expand(len(x)).clone()
    for i in range(x.shape[1]):
        alone = torch.zeros_like(x)
        alone[:, i] = x[:, i]
        total += by_blocks(model.contributions, alone)[:, i].double()
    return float((total - by_blocks(model, x).double()).abs().max())


def trend(curve: np.ndarray) -> float:
    """Spearman correlation of a curve (points,) with its own order: 1 rises throughout, -1 falls; 0 if flat.

    A curve of fewer than two points is flat.
    """
    if len(curve) < 2 or np.ptp(curve) == 0:
        return 0.0
    return float(np.corrcoef(np.arange(len(curve)), rankdata(curve))[0, 1])
