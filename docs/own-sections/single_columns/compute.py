"""The area under the ROC curve of every column taken alone, on the test rows."""

from __future__ import annotations

import numpy as np
from sklearn.metrics import roc_auc_score

from report_builder.pipeline.step import Values, Work


def rank(work: Work) -> Values:
    """Columns from the best down, a column that orders the classes the other way round counting as well.

    difference: Somers' D, twice the area minus one; negative where smaller values mean the positive class.
    """
    split = work.needs["split"].arrays()
    aucs = [float(roc_auc_score(split["y_test"], column)) for column in split["x_test"].T]
    differences = [2 * auc - 1 for auc in aucs]
    order = np.argsort(np.abs(differences))[::-1].tolist()
    names = [str(name) for name in split["feature_names"]]
    return {
        "columns": [
            {"name": names[i], "auc": max(aucs[i], 1 - aucs[i]), "difference": differences[i]} for i in order
        ]
    }
