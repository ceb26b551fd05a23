"""A numeric table with a binary target, and how it is read from a CSV file."""

from __future__ import annotations

import difflib
import io
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from report_builder.errors import InputError

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Table:
    """Numeric features with a binary target.

    features: float64 (rows, d), in the units of the source.
    target: int64 (rows,), 1 where the row has the value `positive` in the target column.
    """

    features: Floats
    target: Integers
    feature_names: tuple[str, ...]
    target_name: str
    positive: str

    def __len__(self) -> int:
        return len(self.target)

    def column(self, name: str) -> Floats:
        """One feature, (rows,). Raises InputError for an unknown name."""
        return self.features[:, self.position(name)]

    def position(self, name: str) -> int:
        """The index of a feature. Raises InputError for an unknown name, with the nearest one."""
        if name not in self.feature_names:
            raise InputError(f"There is no feature named '{name}'{nearest(name, self.feature_names)}.")
        return self.feature_names.index(name)

    def take(self, rows: npt.NDArray[np.int64] | npt.NDArray[np.bool_]) -> Table:
        """The table of some rows, given as indices or as a mask (rows,)."""
        return Table(
            self.features[rows], self.target[rows], self.feature_names, self.target_name, self.positive
        )

    def to_arrays(self) -> dict[str, np.ndarray]:
        """The table as arrays that `numpy.savez` writes without pickle."""
        return {
            "features": self.features,
            "target": self.target,
            "feature_names": np.array(self.feature_names, dtype=np.str_),
            "target_name": np.array(self.target_name),
            "positive": np.array(self.positive),
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, np.ndarray]) -> Table:
        """The inverse of `to_arrays`; other keys are left alone."""
        return cls(
            arrays["features"],
            arrays["target"],
            tuple(str(name) for name in arrays["feature_names"]),
            str(arrays["target_name"]),
            str(arrays["positive"]),
        )


def nearest(name: str, names: Sequence[str]) -> str:
    """What may have been meant by `name`, in brackets: the nearest of `names`, or all if none is near."""
    by_lower = {candidate.lower(): candidate for candidate in reversed(names)}
    close = difflib.get_close_matches(name.lower(), by_lower, n=1)
    if close:
        return f" (the nearest name is '{by_lower[close[0]]}')"
    return f" (there are {quoted(names)})"


def quoted(names: Sequence[str], most: int = 20) -> str:
    """Names in quotation marks, shortened after `most`."""
    listed = ", ".join(f"'{name}'" for name in names[:most])
    return listed if len(names) <= most else f"{listed} and {len(names) - most} more"


def read_csv_table(path: Path, target: str, positive: str | None = None) -> Table:
    """Read a comma-separated UTF-8 file (with or without byte order mark) whose first row has the names.

    Every column but `target` is a feature and must hold finite numbers. `positive` is the value of the
    target column that counts as 1 (numbers are compared as numbers); without it the target must have
    two values, and the greater one, or the later one in the alphabet, is taken. Names are kept as they
    are. Rows that are wholly blank are passed over; rows are numbered as in the file, names being row 1.

    Raises InputError, with one sentence, for a file that cannot be read so.
    """
    names, numbers, rows = read_cells(path)
    if target not in names:
        hint = " (are its columns separated by commas?)" if len(names) == 1 else nearest(target, names)
        raise InputError(f"{path.name} has no column named '{target}'{hint}.")
    place = names.index(target)
    features = [position for position in range(len(names)) if position != place]
    if not features:
        raise InputError(f"{path.name} has no column beside the target '{target}'.")
    if not rows:
        raise InputError(f"{path.name} has column names, but no rows.")
    values = _numeric_columns(
        path, [names[p] for p in features], [[row[p] for row in rows] for p in features], numbers
    )
    labels, chosen = _binary_target(path, target, positive, [row[place] for row in rows], numbers)
    return Table(values, labels, tuple(names[p] for p in features), target, chosen)


def column_names(path: Path) -> list[str]:
    """The names in a table's first row. Raises InputError as `read_csv_table` does."""
    return read_cells(path)[0]


def read_cells(path: Path) -> tuple[list[str], list[int], list[list[str]]]:
    """Column names, row numbers as in the file, and the cells as text (absent ones as "")."""
    import pandas as pd

    text = _read_text(path)
    try:
        frame = pd.read_csv(
            io.StringIO(text, newline=""),
            header=None,
            dtype=str,
            keep_default_na=False,
            skip_blank_lines=False,
        )
    except pd.errors.EmptyDataError:
        raise InputError(f"{path.name} is empty.") from None
    except pd.errors.ParserError as error:
        reason = str(error).strip().removeprefix("Error tokenizing data. C error: ").rstrip(".")
        raise InputError(f"{path.name} is not a well-formed CSV file: {reason}.") from None
    cells = [
        ["" if not isinstance(cell, str) else cell for cell in row] for row in frame.to_numpy(dtype=object)
    ]
    names = cells[0]
    repeated = [name for name in dict.fromkeys(names) if names.count(name) > 1 and name.strip()]
    if repeated:
        raise InputError(f"{path.name} has more than one column named {quoted(repeated)}.")
    if not all(name.strip() for name in names):
        position = 1 + next(p for p, name in enumerate(names) if not name.strip())
        raise InputError(f"Column {position} of {path.name} has no name.")
    filled = [(n, row) for n, row in enumerate(cells[1:], start=2) if any(cell.strip() for cell in row)]
    return names, [number for number, _ in filled], [row for _, row in filled]


def _read_text(path: Path) -> str:
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise InputError(f"The file {path} is not there.") from None
    except OSError as error:
        raise InputError(f"The file {path} cannot be read: {error.strerror}.") from None
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise InputError(f"{path.name} is in UTF-16; save it in UTF-8.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        row = content.count(b"\n", 0, error.start) + 1
        raise InputError(
            f"{path.name} is not in UTF-8 (row {row} holds the byte 0x{content[error.start]:02X}, as in "
            "Windows-1252 or another 8-bit encoding); save it in UTF-8."
        ) from None
    if "\0" in text:
        raise InputError(f"{path.name} is not a text file: it holds zero bytes.")
    if not text.strip():
        raise InputError(f"{path.name} is empty.")
    return text


def number_in(text: str) -> float | None:
    """The number that a cell holds (perhaps infinite or NaN), or None for other text."""
    try:
        return None if "_" in text else float(text)  # Python alone reads 1_000 as a number
    except ValueError:
        return None


def _numeric_columns(path: Path, names: list[str], columns: list[list[str]], numbers: list[int]) -> Floats:
    """The columns as float64 (rows, d), or InputError for the first trouble."""
    values = np.full((len(numbers), len(names)), np.nan)
    textual: list[str] = []
    troubles: list[tuple[int, int]] = []
    for position, (name, column) in enumerate(zip(names, columns, strict=True)):
        parsed = [number_in(cell) for cell in column]
        filled = [number for number, cell in zip(parsed, column, strict=True) if cell.strip()]
        if 2 * sum(number is None for number in filled) > len(filled):
            textual.append(name)
        bad = [row for row, number in enumerate(parsed) if number is None or not math.isfinite(number)]
        if bad:
            troubles.append((bad[0], position))
        values[:, position] = [np.nan if number is None else number for number in parsed]
    if textual:
        noun = "column" if len(textual) == 1 else "columns"
        raise InputError(f"{path.name} has text instead of numbers in the {noun} {quoted(textual)}.")
    if troubles:
        row, position = min(troubles)
        what = _describe_cell(columns[position][row])
        raise InputError(
            f"Row {numbers[row]} of {path.name} has {what} in the column '{names[position]}'; "
            "every cell must hold a finite number."
        )
    return values


def _describe_cell(cell: str) -> str:
    if not cell.strip():
        return "a blank cell"
    number = number_in(cell)
    if number is None:
        return f"the text '{cell}'"
    return "NaN (not a number)" if math.isnan(number) else f"an infinite value ('{cell.strip()}')"


def _binary_target(
    path: Path, target: str, positive: str | None, cells: list[str], numbers: list[int]
) -> tuple[Integers, str]:
    """0 or 1 per row, and the value that counts as 1."""
    values = [_class_value(cell) for cell in cells]
    for value, number in zip(values, numbers, strict=True):
        if value == "" or (isinstance(value, float) and not math.isfinite(value)):
            what = "a blank cell" if value == "" else f"the value '{value}'"
            raise InputError(f"Row {number} of {path.name} has {what} in the target column '{target}'.")
    shown = {value: cell.strip() for value, cell in zip(reversed(values), reversed(cells), strict=True)}
    order = sorted(shown, key=lambda value: (isinstance(value, str), value))
    found = quoted([shown[value] for value in order], most=6)
    if len(order) == 1:
        raise InputError(f"The target column '{target}' of {path.name} holds one class only ({found}).")
    if positive is None and len(order) > 2:
        raise InputError(
            f"The target column '{target}' of {path.name} holds {len(order)} classes ({found}); "
            "the setting 'positive' must say which of them counts as positive."
        )
    chosen = order[-1] if positive is None else _class_value(positive)
    if chosen not in shown:
        raise InputError(f"The target column '{target}' of {path.name} never holds '{positive}' but {found}.")
    return np.array([value == chosen for value in values], dtype=np.int64), shown[chosen]


def _class_value(cell: str) -> float | str:
    number = number_in(cell)
    return cell.strip() if number is None else number
