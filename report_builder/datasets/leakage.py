"""How much of the test part a model has seen in training."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from report_builder.datasets.splitting import Split
from report_builder.datasets.table import Floats, Integers


@dataclass(frozen=True)
class Leakage:
    """Counts of rows that tie the training and the test part together.

    shared_rows: rows of the table that are in both parts (by index).
    identical_rows: test rows whose every value equals a training row's.
    synthetic_test_rows: test rows made by SMOTE.
    tested_on_relatives: synthetic test rows with at least one parent in the training part.
    trained_on_relatives: synthetic training rows with at least one parent in the test part.
    """

    shared_rows: int
    identical_rows: int
    synthetic_test_rows: int
    tested_on_relatives: int
    trained_on_relatives: int


def leaked_rows(split: Split) -> Leakage:
    """Count what leaks between training and test.

    SMOTE puts a synthetic row on the segment between two real rows of one class, one of them among the
    other's nearest neighbours; the parents are found again as the pair whose segment it lies on.
    """
    x = np.concatenate([split.x_train, split.x_validation, split.x_test])
    y = np.concatenate([split.y_train, split.y_validation, split.y_test])
    rows = np.concatenate([split.rows_train, split.rows_validation, split.rows_test])
    synthetic = np.flatnonzero(rows < 0)
    train_count, test_start = len(split.y_train), len(split.y_train) + len(split.y_validation)
    parents = np.empty((len(synthetic), 2), dtype=np.int64)
    for label in np.unique(y[synthetic]):
        mine = y[synthetic] == label
        # SMOTE drew parents from the rows it was fitted on: all real rows, or those of training only
        pool = np.flatnonzero((rows >= 0) & (y == label))
        if np.all(synthetic < train_count):
            pool = pool[pool < train_count]
        found = synthetic_parents(x[synthetic[mine]], x[pool], split.smote_neighbours)
        parents[mine] = pool[found]
    in_train = (parents < train_count).any(axis=1)
    in_test = (parents >= test_start).any(axis=1)
    trained = {row.tobytes() for row in split.x_train}
    real_train = split.rows_train[split.rows_train >= 0]
    return Leakage(
        shared_rows=int(np.isin(split.rows_test[split.rows_test >= 0], real_train).sum()),
        identical_rows=sum(row.tobytes() in trained for row in split.x_test),
        synthetic_test_rows=int(split.test_synthetic.sum()),
        tested_on_relatives=int((in_train & (synthetic >= test_start)).sum()),
        trained_on_relatives=int((in_test & (synthetic < train_count)).sum()),
    )


def synthetic_parents(synthetic: Floats, real: Floats, neighbours: int) -> Integers:
    """The two rows of `real` (m, d) between which each synthetic row (s, d) lies, (s, 2).

    Only a row and one of its nearest `neighbours` can be parents; of those pairs the one is taken for
    which the way over the synthetic row is least longer than the straight one.
    """
    from sklearn.neighbors import NearestNeighbors

    if not len(synthetic):
        return np.empty((0, 2), dtype=np.int64)
    found = NearestNeighbors(n_neighbors=neighbours + 1).fit(real).kneighbors(real, return_distance=False)
    first = np.repeat(np.arange(len(real)), neighbours + 1)
    pairs = np.stack([first, found.ravel()], axis=1)
    straight = np.linalg.norm(real[pairs[:, 0]] - real[pairs[:, 1]], axis=1)
    parents = np.empty((len(synthetic), 2), dtype=np.int64)
    for index, row in enumerate(synthetic):
        distance = np.linalg.norm(real - row, axis=1)
        detour = distance[pairs[:, 0]] + distance[pairs[:, 1]] - straight
        parents[index] = pairs[np.argmin(detour)]
    return parents
