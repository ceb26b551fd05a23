from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from report_builder.assets.diabetes import STANDIN_PARAMETERS
from report_builder.datasets.standin import draw_standin, read_parameters
from report_builder.datasets.table import Table, read_csv_table


@pytest.fixture(scope="session")
def parameters() -> dict[str, Any]:
    return read_parameters(STANDIN_PARAMETERS)


@pytest.fixture(scope="session")
def cohort(parameters: dict[str, Any]) -> Table:
    return draw_standin(parameters, seed=1)


@pytest.fixture(scope="session")
def real() -> Table:
    path = Path(os.environ.get("REPORT_DATA", "")) / "diabetes.csv"
    if not path.is_file():
        pytest.skip("REPORT_DATA names no folder with diabetes.csv")
    return read_csv_table(path, "Outcome", "1")
