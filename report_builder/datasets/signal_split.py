"""Signals to learn from, to validate on and to test on, with equal shares of every class."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Integers = npt.NDArray[np.int64]


@dataclass(frozen=True)
class SignalSplit:
    """Indices of the signals, ascending; together each signal once."""

    train: Integers
    validation: Integers
    test: Integers


def split_signals(labels: Integers, *, test_share: float, validation_share: float, seed: int) -> SignalSplit:
    """A share of every class to test on, a share of its rest to validate on; at least one signal each.

    Raises ValueError for a class of fewer than three signals.
    """
    generator = np.random.default_rng(seed)
    parts: tuple[list[Integers], list[Integers], list[Integers]] = ([], [], [])
    for index in np.unique(labels):
        members = generator.permutation(np.flatnonzero(labels == index))
        if len(members) < 3:
            raise ValueError(f"class {index} has {len(members)} signals, too few for three parts")
        test = min(max(round(test_share * len(members)), 1), len(members) - 2)
        rest = len(members) - test
        validation = min(max(round(validation_share * rest), 1), rest - 1)
        for part, rows in zip(parts, np.split(members, [test, test + validation]), strict=True):
            part.append(rows)
    test_rows, validation_rows, train_rows = (np.sort(np.concatenate(part)) for part in parts)
    return SignalSplit(train_rows, validation_rows, test_rows)
