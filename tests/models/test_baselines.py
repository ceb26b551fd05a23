"""The baselines give seeded probabilities that are better than chance."""

import numpy as np
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import roc_auc_score

from report_builder.models.baselines import logistic_regression, random_forest


def data():
    generator = np.random.default_rng(0)
    x = generator.normal(size=(300, 4))
    y = (x[:, 0] - x[:, 1] + generator.normal(size=300) > 0).astype(np.int64)
    return x[:200], y[:200], x[200:], y[200:]


def test_logistic_regression_recovers_a_linear_boundary():
    x_train, y_train, x, y = data()
    p = logistic_regression(x_train, y_train, x)
    assert p.shape == (100,)
    assert roc_auc_score(y, p) > 0.8
    logit = np.log(p / (1 - p))
    slopes = np.linalg.lstsq(np.c_[x, np.ones(100)], logit, rcond=None)
    np.testing.assert_allclose(np.c_[x, np.ones(100)] @ slopes[0], logit, atol=1e-8)


def test_random_forest_follows_its_seed():
    x_train, y_train, x, y = data()
    p = random_forest(x_train, y_train, x, seed=1, trees=50)
    assert roc_auc_score(y, p) > 0.75
    assert (p == random_forest(x_train, y_train, x, seed=1, trees=50)).all()
    assert (p != random_forest(x_train, y_train, x, seed=2, trees=50)).any()
    assert 0 <= p.min() <= p.max() <= 1


def test_a_forest_grown_in_parts_is_that_of_scikit_learn():
    x_train, y_train, x, _ = data()
    whole = RandomForestClassifier(n_estimators=50, random_state=3).fit(x_train, y_train)
    p = random_forest(x_train, y_train, x, seed=3, trees=50)
    assert (p == whole.predict_proba(x)[:, 1]).all()
