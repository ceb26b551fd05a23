"""Fit the stand-in's parameters to the real diabetes table.

    python -m report_builder.datasets.fit_standin diabetes.csv

writes data/standin_parameters.json: quantile tables, shares of zeros and correlations, no rows.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np

from report_builder.datasets.cleaning import clean
from report_builder.datasets.standin import LEVELS, draw_class
from report_builder.datasets.table import Floats, Table, read_csv_table
from report_builder.errors import InputError

OUTPUT = Path(__file__).resolve().parents[2] / "data" / "standin_parameters.json"
TARGET = "Outcome"
DROP_ZERO = ("BMI", "Glucose")
CALIBRATION_ROUNDS = 10
CALIBRATION_ROWS = 50_000


def fit_parameters(table: Table) -> dict[str, Any]:
    """The parameters of `standin.draw_standin`, and what the fitted table measures for comparison."""
    decimals = [_decimals(column) for column in table.features.T]
    return {
        "source": "Pima Indians Diabetes Database (OpenML data set 37)",
        "rows": len(table),
        "positive_share": float(np.mean(table.target)),
        "columns": list(table.feature_names),
        "target": table.target_name,
        "decimals": decimals,
        "levels": list(LEVELS),
        "classes": {
            str(label): _fit_class(table.features[table.target == label], decimals) for label in (0, 1)
        },
        "measured": {
            "correlations": _rounded(all_correlations(table), 4),
            "zeros": {name: int((table.column(name) == 0).sum()) for name in table.feature_names},
            "logistic_regression_auc": round(logistic_regression_auc(table), 4),
        },
    }


def all_correlations(table: Table) -> Floats:
    """Pearson correlations of the features and, last, the target, (d + 1, d + 1)."""
    return np.corrcoef(np.column_stack([table.features, table.target]), rowvar=False)


def logistic_regression_auc(table: Table) -> float:
    """AUC of a logistic regression on standardised columns, out of fold, rows with a zero BMI or Glucose
    dropped: the mean over ten stratified five-fold cross-validations."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import RepeatedStratifiedKFold, cross_val_score
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    kept = clean(table, DROP_ZERO).table
    folds = RepeatedStratifiedKFold(n_splits=5, n_repeats=10, random_state=0)
    model = make_pipeline(StandardScaler(), LogisticRegression(solver="newton-cholesky"))
    return float(np.mean(cross_val_score(model, kept.features, kept.target, cv=folds, scoring="roc_auc")))


def _fit_class(features: Floats, decimals: list[int]) -> dict[str, Any]:
    """Zero shares (d,), quantiles of the other values (d, levels), correlation of normal scores (d, d)."""
    from scipy.stats import norm, rankdata

    quantiles = [
        _rounded(np.quantile(column[column != 0], LEVELS), places + 1)
        for column, places in zip(features.T, decimals, strict=True)
    ]
    scores = norm.ppf((rankdata(features, axis=0) - 0.5) / len(features))
    fitted = {
        "rows": len(features),
        "zero_share": _rounded((features == 0).mean(axis=0), 6),
        "quantiles": quantiles,
        "correlation": np.corrcoef(scores, rowvar=False),
    }
    return {**fitted, "correlation": _rounded(_calibrated(fitted, features), 3)}


def _calibrated(fitted: dict[str, Any], features: Floats) -> Floats:
    """The correlation (d, d) of the normal scores for which drawn columns correlate as the real ones do.

    The many tied zeros make the scores' own correlation a biased start; it is moved by the difference
    that a large draw shows. Source: Cario and Nelson (1997), Modeling and generating random vectors with
    arbitrary marginal distributions and correlation matrix.
    """
    wanted = np.corrcoef(features, rowvar=False)
    correlation: Floats = fitted["correlation"]
    for _ in range(CALIBRATION_ROUNDS):
        drawn = draw_class(
            {**fitted, "correlation": correlation}, LEVELS, CALIBRATION_ROWS, np.random.default_rng(0)
        )
        correlation = _nearest_correlation(correlation + wanted - np.corrcoef(drawn, rowvar=False))
    return correlation


def _nearest_correlation(matrix: Floats) -> Floats:
    """A positive definite matrix with unit diagonal, by raising small eigenvalues."""
    values, vectors = np.linalg.eigh(matrix)
    positive = (vectors * np.maximum(values, 1e-2)) @ vectors.T
    scale = np.sqrt(np.diag(positive))
    return np.asarray(positive / np.outer(scale, scale))


def _decimals(column: Floats) -> int:
    """The fewest decimals that write every value of a column."""
    return next(
        (places for places in range(10) if np.allclose(np.round(column, places), column, atol=1e-12)), 10
    )


def _rounded(values: Floats, places: int) -> list[Any]:
    rounded: list[Any] = np.round(values, places).tolist()
    return rounded


def main(arguments: list[str]) -> int:
    """The command; returns the exit code."""
    if len(arguments) != 1:
        print("usage: python -m report_builder.datasets.fit_standin diabetes.csv", file=sys.stderr)
        return 2
    try:
        parameters = fit_parameters(read_csv_table(Path(arguments[0]), TARGET, "1"))
    except InputError as error:
        print(error, file=sys.stderr)
        return 2
    OUTPUT.write_text(json.dumps(parameters, indent=1) + "\n", encoding="utf-8")
    print(f"wrote {OUTPUT}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
