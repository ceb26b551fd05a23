"""The Pima Indians diabetes table: its columns, its origin, and a hash of what it says.

The same 768 rows travel as CSV and as ARFF, with different names, line ends and class labels. They are
therefore compared by a canonical text: one line per row in the original order, the nine numbers in
their shortest form, 1 for tested positive.

Source: Smith, Everhart, Dickson, Knowler and Johannes (1988), Using the ADAP learning algorithm to
forecast the onset of diabetes mellitus, Proc. Symp. Computer Applications in Medical Care, 261-265.
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections.abc import Sequence

COLUMNS = (
    "Pregnancies",
    "Glucose",
    "BloodPressure",
    "SkinThickness",
    "Insulin",
    "BMI",
    "DiabetesPedigreeFunction",
    "Age",
    "Outcome",
)
OPENML_COLUMNS = ("preg", "plas", "pres", "skin", "insu", "mass", "pedi", "age", "class")
OPENML_CLASSES = {"tested_negative": "0", "tested_positive": "1"}
OPENML_ADDRESS = "https://www.openml.org/data/v1/download/37/diabetes.arff"
CONTENT_SHA256 = "f13233e93c8feb469d27f9a201fd6e2e781c8ebb3de483454783377491ebc684"
LICENCE = "Public (the licence field of OpenML data set 37)"
SOURCE = (
    "Pima Indians Diabetes Database, National Institute of Diabetes and Digestive and Kidney Diseases, 1990"
)

_ATTRIBUTE = re.compile(r"@attribute\s+(?:'([^']*)'|\"([^\"]*)\"|(\S+))\s", re.IGNORECASE)


def canonical_lines(rows: Sequence[Sequence[str]]) -> list[str]:
    """Rows of number texts as canonical lines. Raises ValueError for a cell that is no number or a
    row that has not nine cells."""
    lines = []
    for row in rows:
        if len(row) != len(COLUMNS):
            raise ValueError(f"a row has {len(row)} cells instead of {len(COLUMNS)}")
        lines.append(",".join(f"{float(cell):.12g}" for cell in row))
    return lines


def content_sha256(lines: Sequence[str]) -> str:
    """SHA-256 of canonical lines joined by line feeds, in hexadecimal."""
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def parse_csv(text: str) -> list[str]:
    """Canonical lines of a CSV with exactly the nine columns. Raises ValueError for anything else."""
    header, *rows = [row for row in csv.reader(io.StringIO(text, newline="")) if row] or [[]]
    if tuple(header) != COLUMNS:
        raise ValueError("its columns are not the nine of the Pima table")
    return canonical_lines(rows)


def parse_arff(text: str) -> list[str]:
    """Canonical lines of OpenML's ARFF file. Raises ValueError where it is not such a file.

    Source: https://waikato.github.io/weka-wiki/formats_and_processing/arff_stable/
    """
    lines = [line.strip() for line in text.splitlines()]
    lines = [line for line in lines if line and not line.startswith("%")]
    starts = [number for number, line in enumerate(lines) if line.lower() == "@data"]
    if not starts:
        raise ValueError("it has no @data line")
    found = [_ATTRIBUTE.match(line + " ") for line in lines[: starts[0]]]
    names = tuple(next(group for group in match.groups() if group is not None) for match in found if match)
    if names != OPENML_COLUMNS:
        raise ValueError("its attributes are not the nine of OpenML data set 37")
    rows = []
    for line in lines[starts[0] + 1 :]:
        *numbers, label = [cell.strip().strip("'\"") for cell in line.split(",")]
        if label not in OPENML_CLASSES:
            raise ValueError(f"the class {label!r} is unknown")
        rows.append([*numbers, OPENML_CLASSES[label]])
    return canonical_lines(rows)


def csv_text(lines: Sequence[str]) -> str:
    """Canonical lines as a CSV file with the nine column names."""
    return "\n".join([",".join(COLUMNS), *lines]) + "\n"
