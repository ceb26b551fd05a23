"""What outliers do to a model: a logistic regression with, without and with clipped outliers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, NamedTuple, get_args

import numpy as np

from report_builder.datasets.exploration import tukey_fences
from report_builder.datasets.table import Floats, Integers, Table
from report_builder.errors import InputError

Treatment = Literal["kept", "removed", "clipped"]
TREATMENTS: tuple[Treatment, ...] = get_args(Treatment)
REPEATS = 4


@dataclass(frozen=True)
class TreatmentEffect:
    """One way to treat outliers.

    rows: training rows that are left when the whole table is treated.
    coefficients: (d,), log odds per standard deviation of the *untreated* column, so that treatments
    can be compared. auc: (folds * repeats,), each of a test fold; the folds are the same for each
    treatment, so that differences can be taken fold by fold.
    """

    treatment: Treatment
    rows: int
    coefficients: Floats
    auc: Floats


def outlier_effect(table: Table, *, seed: int, folds: int = 5) -> tuple[TreatmentEffect, ...]:
    """Fit a logistic regression (L2, C = 1) for each treatment, in the order kept, removed, clipped.

    removed: training rows with a value outside Tukey's fences are left out; where that would leave one
    class only, on the whole table or in a fold, the result has no such treatment. clipped: values outside
    are moved to the fence, in the test rows too. Fences come from the training folds only, and the test
    folds keep all their rows, so that the AUCs are of the same people.
    Raises InputError where a class has fewer rows than folds.
    """
    from sklearn.model_selection import RepeatedStratifiedKFold

    fewest = int(np.bincount(table.target, minlength=2).min())
    if fewest < folds:
        raise InputError(
            f"The smaller class of '{table.target_name}' has {fewest} rows, but a cross-validation with "
            f"{folds} folds needs at least {folds}."
        )
    plan = RepeatedStratifiedKFold(n_splits=folds, n_repeats=REPEATS, random_state=seed)
    cuts = list(plan.split(table.features, table.target))
    everyone = np.arange(len(table))
    effects = []
    for treatment in TREATMENTS:
        folded = [_treat(treatment, table, train_rows, test_rows) for train_rows, test_rows in cuts]
        whole = _treat(treatment, table, everyone, everyone)
        if any(len(np.unique(treated.y)) < 2 for treated in (whole, *folded)):
            continue
        auc = np.array([_auc(treated) for treated in folded])
        coefficients = _coefficients(whole.x, whole.y, table.features)
        effects.append(TreatmentEffect(treatment, len(whole.y), coefficients, auc))
    return tuple(effects)


class _Treated(NamedTuple):
    """Training rows after the treatment, and test rows as the model will meet them."""

    x: Floats
    y: Integers
    x_test: Floats
    y_test: Integers


def _treat(treatment: Treatment, table: Table, train_rows: Integers, test_rows: Integers) -> _Treated:
    x, y = table.features[train_rows], table.target[train_rows]
    x_test, y_test = table.features[test_rows], table.target[test_rows]
    low, high = tukey_fences(x)
    if treatment == "removed":
        inside = ((x >= low) & (x <= high)).all(axis=1)
        return _Treated(x[inside], y[inside], x_test, y_test)
    if treatment == "clipped":
        return _Treated(np.clip(x, low, high), y, np.clip(x_test, low, high), y_test)
    return _Treated(x, y, x_test, y_test)


def _auc(treated: _Treated) -> float:
    from sklearn.metrics import roc_auc_score
    from sklearn.preprocessing import StandardScaler

    scaler = StandardScaler().fit(treated.x)
    model = _logistic_regression(scaler.transform(treated.x), treated.y)
    return float(roc_auc_score(treated.y_test, model.decision_function(scaler.transform(treated.x_test))))


def _coefficients(x: Floats, y: Integers, untreated: Floats) -> Floats:
    """Coefficients (d,) per standard deviation of the untreated columns."""
    from sklearn.preprocessing import StandardScaler

    return np.asarray(_logistic_regression(StandardScaler().fit(untreated).transform(x), y).coef_[0])


def _logistic_regression(x: Floats, y: Integers) -> Any:
    """A fitted sklearn LogisticRegression. Newton's method: few steps for few columns, where the many
    small steps of the default solver lose their time to the threads of the linear algebra library."""
    from sklearn.linear_model import LogisticRegression

    return LogisticRegression(solver="newton-cholesky", max_iter=100).fit(x, y)
