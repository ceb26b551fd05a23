"""A synthetic cohort that stands in for the diabetes table where that cannot be had.

A class-conditional Gaussian copula: per class, a normal vector with a fitted correlation matrix gives
each column its rank, the column's share of exact zeros takes the lowest ranks, and a quantile table
turns the others into values. The draw is stratified (each column's ranks fill the unit interval evenly,
as in Latin hypercube sampling; McKay, Beckman and Conover 1979), so that shares come out as fitted
instead of varying from draw to draw; for the same reason the normal vectors of a draw have the fitted
correlations exactly.

Source of the copula: Nelsen (2006), An Introduction to Copulas, 2nd ed., Springer.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from report_builder.datasets.table import Floats, Integers, Table
from report_builder.errors import InputError

ROWS = 768
LEVELS = (0, 0.01, 0.025, *(round(0.05 * step, 2) for step in range(1, 20)), 0.975, 0.99, 1)


def read_parameters(path: Path) -> dict[str, Any]:
    """The fitted parameters. Raises InputError if the file is missing or is not what the fit wrote."""
    try:
        parameters: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        parameters["classes"]["1"]["correlation"]
    except OSError as error:
        raise InputError(f"The stand-in's parameters {path} cannot be read: {error.strerror}.") from None
    except (ValueError, KeyError, TypeError):
        raise InputError(f"The stand-in's parameters {path} are damaged; restore the file.") from None
    return parameters


def draw_standin(parameters: Mapping[str, Any], rows: int = ROWS, *, seed: int) -> Table:
    """`rows` synthetic people with the fitted share of positives, in random order.

    Each column has the decimals of the original, so that counts stay whole numbers.
    Raises ValueError for fewer rows of a class than the correlations need.
    """
    generator = np.random.default_rng(seed)
    positives = round(rows * float(parameters["positive_share"]))
    counts = (rows - positives, positives)
    names = tuple(str(name) for name in parameters["columns"])
    if min(counts) < len(names) + 2:
        raise ValueError(f"{rows} rows are too few to draw {len(names)} correlated columns per class")
    features = np.concatenate(
        [
            draw_class(parameters["classes"][label], parameters["levels"], count, generator)
            for label, count in zip(("0", "1"), counts, strict=True)
        ]
    )
    features = np.column_stack(
        [np.round(column, places) for column, places in zip(features.T, parameters["decimals"], strict=True)]
    )
    target = np.repeat([0, 1], counts).astype(np.int64)
    order = generator.permutation(rows)
    return Table(features[order], target[order], names, str(parameters["target"]), "1")


def draw_class(
    fitted: Mapping[str, Any], levels: Sequence[float], rows: int, generator: np.random.Generator
) -> Floats:
    """Unrounded features (rows, d) of one class: `fitted` holds its zero_share, quantiles, correlation."""
    correlation = np.asarray(fitted["correlation"], dtype=np.float64)
    normal = _exactly_correlated(generator.standard_normal((rows, len(correlation))), correlation)
    uniform = stratified_ranks(normal, generator)
    columns = zip(uniform.T, fitted["zero_share"], fitted["quantiles"], strict=True)
    return np.column_stack(
        [
            _values(ranks, zero_share, np.asarray(levels), np.asarray(table))
            for ranks, zero_share, table in columns
        ]
    )


def _exactly_correlated(normal: Floats, correlation: Floats) -> Floats:
    """Independent normal rows (rows, d) turned into rows whose sample correlation is `correlation`."""
    centred = normal - normal.mean(axis=0)
    sample = np.linalg.cholesky(np.cov(centred, rowvar=False))
    return np.asarray(np.linalg.solve(sample, centred.T).T @ np.linalg.cholesky(correlation).T)


def stratified_ranks(scores: Floats, generator: np.random.Generator) -> Floats:
    """Scores (rows, d) as numbers in (0, 1) in the same order, one in each of `rows` equal intervals."""
    ranks: Integers = np.argsort(np.argsort(scores, axis=0), axis=0)
    return np.asarray((ranks + generator.random(scores.shape)) / len(scores))


def _values(uniform: Floats, zero_share: float, levels: Floats, quantiles: Floats) -> Floats:
    """Values of one column (rows,): zeros for the lowest `zero_share`, quantiles for the rest."""
    rest = np.clip((uniform - zero_share) / (1 - zero_share), 0, 1)
    return np.where(uniform < zero_share, 0.0, np.interp(rest, levels, quantiles))
