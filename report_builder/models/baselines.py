"""The two models that a network has to beat: a linear one and a forest."""

from __future__ import annotations

from typing import cast

import numpy as np
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression


def logistic_regression(x_train: np.ndarray, y_train: np.ndarray, x: np.ndarray) -> np.ndarray:
    """Probability of outcome 1 for the rows x (n, features): (n,). Its optimum is unique: no seed."""
    model = LogisticRegression(max_iter=1000).fit(x_train, y_train)
    return cast(np.ndarray, model.predict_proba(x)[:, 1])


def random_forest(
    x_train: np.ndarray, y_train: np.ndarray, x: np.ndarray, *, seed: int, trees: int = 500
) -> np.ndarray:
    """Probability of outcome 1 for the rows x (n, features): (n,). Breiman (2001), Machine Learning 45."""
    model = RandomForestClassifier(n_estimators=trees, random_state=seed).fit(x_train, y_train)
    return cast(np.ndarray, model.predict_proba(x)[:, 1])
