"""How much of the test part a model has seen in training."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from report_builder.datasets.splitting import Split
from report_builder.datasets.table import Floats, Integers

# What a row on a segment may be off it by rounding, in the size of the values
_ROUNDING = 1e-9
# Bounds on the memory of the search for parents
_ROWS_AT_ONCE, _PAIRS_AT_ONCE = 256, 2**15


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

    A row on the segment of a pair lies no further from the first parent than that one's last neighbour
    does, so only the few rows that reach so far are tried: the time grows with the rows and not with
    their square. A row on no segment is compared with all pairs.
    """
    from sklearn.neighbors import KDTree, NearestNeighbors

    if not len(synthetic):
        return np.empty((0, 2), dtype=np.int64)
    index = NearestNeighbors(n_neighbors=neighbours + 1).fit(real)
    distance, found = index.kneighbors(real)
    straight = np.linalg.norm(real[:, None] - real[found], axis=2)
    rounding = _ROUNDING * max(1.0, float(np.abs(real).max()))
    reach = distance[:, -1] + rounding
    tree = KDTree(synthetic)
    detour = np.full(len(synthetic), np.inf)
    # of both parents: the first one's row times (neighbours + 1), plus the second one's place beside it
    pair = np.zeros(len(synthetic), dtype=np.int64)
    for start in range(0, len(real), _ROWS_AT_ONCE):
        block = slice(start, start + _ROWS_AT_ONCE)
        near = tree.query_radius(real[block], reach[block])
        first = np.repeat(np.arange(start, start + len(near)), [len(members) for members in near])
        second = np.concatenate(near).astype(np.int64)
        for part in range(0, len(first), _PAIRS_AT_ONCE):
            tried = slice(part, part + _PAIRS_AT_ONCE)
            _improve(detour, pair, first[tried], second[tried], synthetic, real, found, straight)
    for row in np.flatnonzero(detour > rounding):
        to = np.linalg.norm(real - synthetic[row], axis=1)
        pair[row] = np.argmin(to[:, None] + to[found] - straight)
    first = pair // (neighbours + 1)
    return np.stack([first, found[first, pair % (neighbours + 1)]], axis=1)


def _improve(
    detour: Floats,
    pair: Integers,
    parents: Integers,
    children: Integers,
    synthetic: Floats,
    real: Floats,
    found: Integers,
    straight: Floats,
) -> None:
    """Put the smaller detours of children (c,) over the pairs of parents (c,) into `detour` and `pair`.

    Of equal ones the first pair stays: parents ascend from call to call.
    """
    rows = synthetic[children]
    own = np.linalg.norm(real[parents] - rows, axis=1)
    other = np.linalg.norm(real[found[parents]] - rows[:, None], axis=2)
    length = own[:, None] + other - straight[parents]
    place = length.argmin(axis=1)
    length = length[np.arange(len(length)), place]
    order = np.lexsort((parents, length, children))
    best = order[np.flatnonzero(np.diff(children[order], prepend=-1))]
    best = best[length[best] < detour[children[best]]]
    detour[children[best]] = length[best]
    pair[children[best]] = parents[best] * found.shape[1] + place[best]
