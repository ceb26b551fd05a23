"""Signals with a class each, from a user's CSV or NPZ file, or a sentence that says why not."""

from __future__ import annotations

import math
import zipfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from report_builder.datasets.table import nearest, number_in, quoted, read_cells
from report_builder.errors import InputError

Integers = npt.NDArray[np.int64]

ARRAY = "signals"
FEWEST_SAMPLES = 16
FEWEST_SIGNALS = 5  # of a class: one to test on, one to validate on, and some to learn from


@dataclass(frozen=True)
class SignalTable:
    """signals: (n, channels, samples) float32. labels: (n,) indices into `classes`, which are in order."""

    signals: npt.NDArray[np.float32]
    labels: Integers
    classes: tuple[str, ...]


def read_signals(path: Path, label: str) -> SignalTable:
    """The signals of a file.

    A CSV file has a header and a row per signal: the column `label` holds its class, all others its samples
    in their order. An NPZ file has an array "signals" (n, samples) or (n, channels, samples) and an array
    `label` (n,), both without pickle. Raises InputError, with one sentence, for a file that is not so.
    """
    called = path.name
    read = _read_npz if path.suffix.lower() == ".npz" else _read_csv
    signals, labels = read(path, label)
    _check_signals(signals, called)
    return SignalTable(signals.astype(np.float32), *_classes(labels, label, called))


def _read_csv(path: Path, label: str) -> tuple[npt.NDArray[np.float64], list[str]]:
    called = path.name
    names, numbers, rows = read_cells(path)
    if label not in names:
        hint = " (are its columns separated by commas?)" if len(names) == 1 else nearest(label, names[:20])
        raise InputError(f"{called} has no column named '{label}', as signals.label asks{hint}.")
    place = names.index(label)
    if not rows:
        raise InputError(f"{called} has column names, but no signals.")
    labels = [row.pop(place).strip() for row in rows]
    columns = [column for position, column in enumerate(names) if position != place]
    if not columns:
        raise InputError(f"{called} has no samples beside the classes '{label}'.")
    try:
        values = np.array(rows).astype(np.float64)
    except ValueError:
        values = np.array(
            [[math.nan if (n := number_in(cell)) is None else n for cell in row] for row in rows]
        )
    bad = np.argwhere(~np.isfinite(values))
    if len(bad):
        row, column = bad[0]
        raise InputError(
            f"Row {numbers[row]} of {called} has {_what(rows[row][column])} in the column "
            f"'{columns[column]}'; all signals need equally many samples, each a finite number."
        )
    return values[:, None], labels


def _number(cell: str) -> float:
    number = number_in(cell)
    return math.nan if number is None else number


def _what(cell: str) -> str:
    return f"'{cell.strip()}'" if cell.strip() else "no value"


def _read_npz(path: Path, label: str) -> tuple[npt.NDArray[np.float64], list[str]]:
    called = path.name
    try:
        with np.load(path, allow_pickle=False) as archive:
            found = set(archive.files)
            for name, setting in ((ARRAY, ""), (label, ", as signals.label asks")):
                if name not in found:
                    raise InputError(
                        f"{called} has no array named '{name}'{setting}; there are {quoted(sorted(found))}."
                    )
            arrays = {name: _plain_array(archive, name, called) for name in (ARRAY, label)}
    except InputError:
        raise
    except (OSError, ValueError, TypeError, EOFError, AttributeError, zipfile.BadZipFile):
        raise InputError(f"{called} cannot be read as an NPZ file of arrays.") from None
    signals, labels = arrays[ARRAY], arrays[label]
    if signals.dtype.kind not in "biuf":
        raise InputError(f"The array '{ARRAY}' of {called} does not hold numbers.")
    if signals.ndim not in (2, 3) or labels.ndim != 1 or len(labels) != len(signals):
        raise InputError(
            f"{called} needs an array '{ARRAY}' of n x samples or n x channels x samples and an array "
            f"'{label}' of n classes, but has shapes {signals.shape} and {labels.shape}."
        )
    if not np.isfinite(signals).all():
        row = np.argwhere(~np.isfinite(signals))[0][0]
        raise InputError(f"Signal {row + 1} of {called} has values that are missing or infinite.")
    values = signals.astype(np.float64)
    return values if values.ndim == 3 else values[:, None], [str(value).strip() for value in labels.tolist()]


def _plain_array(archive: np.lib.npyio.NpzFile, name: str, called: str) -> np.ndarray:
    try:
        array: np.ndarray = archive[name]
    except ValueError:  # an array of Python objects: what NumPy makes of lists of several lengths
        raise InputError(
            f"The array '{name}' of {called} holds Python objects; signals need equally many samples and "
            "classes plain text or numbers."
        ) from None
    return array


def _check_signals(signals: npt.NDArray[np.float64], called: str) -> None:
    count, channels, samples = signals.shape
    if not count or not channels:
        raise InputError(f"{called} holds no signals.")
    if samples < FEWEST_SAMPLES:
        raise InputError(
            f"The signals of {called} have {samples} samples each; at least {FEWEST_SAMPLES} are needed."
        )
    flat = np.flatnonzero((np.ptp(signals, axis=2) == 0).all(1))
    if len(flat):
        raise InputError(f"Signal {flat[0] + 1} of {called} is constant; nothing can be told from it.")


def _classes(labels: list[str], label: str, called: str) -> tuple[Integers, tuple[str, ...]]:
    """Indices (n,), and the classes: numbers by value, then text by the alphabet."""
    if "" in labels:
        raise InputError(f"Signal {labels.index('') + 1} of {called} has no class in '{label}'.")
    counts = Counter(labels)
    order = sorted(counts, key=_rank)
    if len(order) < 2:
        raise InputError(f"'{label}' of {called} holds one class only ({quoted(order)}); two are needed.")
    few = [name for name in order if counts[name] < FEWEST_SIGNALS]
    if few:
        raise InputError(
            f"{called} has fewer than {FEWEST_SIGNALS} signals of the class {quoted(few, most=6)}; "
            "is the right column named as signals.label?"
        )
    places = {name: index for index, name in enumerate(order)}
    return np.array([places[name] for name in labels], dtype=np.int64), tuple(order)


def _rank(name: str) -> tuple[bool, float, str]:
    number = number_in(name)
    if number is None or not math.isfinite(number):
        return True, 0.0, name
    return False, number, name
