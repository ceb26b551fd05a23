"""The canonical content does not depend on how the numbers are written."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from report_builder.assets import pima


def test_csv_text_reads_back() -> None:
    lines = ["6,148,72,35,0,33.6,0.627,50,1"]
    assert pima.parse_csv(pima.csv_text(lines)) == lines


def test_line_ends_and_trailing_zeros_do_not_count() -> None:
    text = ",".join(pima.COLUMNS) + "\r\n6,148.0,72,35,0,33.60,.627,50,1\r\n"
    assert pima.parse_csv(text) == ["6,148,72,35,0,33.6,0.627,50,1"]


@pytest.mark.parametrize("text", ["", "a,b\n1,2\n", ",".join(pima.COLUMNS) + "\n1,2\n"])
def test_other_files_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"columns|cells"):
        pima.parse_csv(text)


def test_the_real_table_has_the_expected_content() -> None:
    path = Path(os.environ.get("REPORT_DATA", "")) / "diabetes.csv"
    if not path.is_file():
        pytest.skip("REPORT_DATA names no folder with diabetes.csv")
    assert pima.content_sha256(pima.parse_csv(path.read_text())) == pima.CONTENT_SHA256
