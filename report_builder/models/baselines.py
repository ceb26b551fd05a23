"""The two models that a network has to beat: a linear one and a forest."""

from __future__ import annotations

from typing import cast

import numpy as np
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression

TREES_AT_ONCE = 20


def logistic_regression(x_train: np.ndarray, y_train: np.ndarray, x: np.ndarray) -> np.ndarray:
    """Probability of outcome 1 for the rows x (n, features): (n,). Its optimum is unique: no seed."""
    model = LogisticRegression(max_iter=1000).fit(x_train, y_train)
    return cast(np.ndarray, model.predict_proba(x)[:, 1])


def random_forest(
    x_train: np.ndarray, y_train: np.ndarray, x: np.ndarray, *, seed: int, trees: int = 500
) -> np.ndarray:
    """Probability of outcome 1 for the rows x (n, features): (n,). Breiman (2001), Machine Learning 45.

    The forest is that of `RandomForestClassifier(trees, random_state=seed)`, grown and asked a few trees at a
    time: whole, its trees take as much memory as some hundred copies of the table.
    """
    drawn = np.random.RandomState(seed)  # each part goes on where the last one stopped
    rows = x.astype(np.float32)  # as trees compare them
    total = np.zeros(len(x))
    for start in range(0, trees, TREES_AT_ONCE):
        part = RandomForestClassifier(n_estimators=min(TREES_AT_ONCE, trees - start), random_state=drawn)
        for tree in part.fit(x_train, y_train).estimators_:
            total += tree.predict_proba(rows)[:, 1]
    return total / trees
