"""data/README.md documents every file and folder of the project's data with its hash."""

from __future__ import annotations

import re
from hashlib import sha256

import pytest

from report_builder.assets.diabetes import STANDIN_PARAMETERS
from report_builder.pipeline.file_hashes import file_digest

FOLDER = STANDIN_PARAMETERS.parent
TEXT = (FOLDER / "README.md").read_text(encoding="utf-8")
DOCUMENTED: dict[str, str] = dict(
    re.findall(r"^\| `([^`\s]+)` \| `([0-9a-f]{64})` \|$", TEXT, flags=re.MULTILINE)
)
# this text, and what is the user's
OWN = {"README.md", "diabetes.csv", "images/"}


def test_everything_is_documented() -> None:
    there = {f"{path.name}/" if path.is_dir() else path.name for path in FOLDER.iterdir()}
    assert there - OWN == DOCUMENTED.keys()


@pytest.mark.parametrize("name", DOCUMENTED)
def test_the_hash_is_right(name: str) -> None:
    path = FOLDER / name
    if path.is_dir():  # of what `sha256sum *` prints there
        inner = sorted(path.iterdir(), key=lambda file: file.name)
        assert all(file.is_file() for file in inner)
        lines = "".join(f"{file_digest(file)}  {file.name}\n" for file in inner)
        assert sha256(lines.encode()).hexdigest() == DOCUMENTED[name]
    else:
        assert file_digest(path) == DOCUMENTED[name]
