"""data/README.md documents every file of the folder with its hash."""

from __future__ import annotations

import re

from report_builder.pipeline.file_hashes import file_digest
from report_builder.assets.diabetes import STANDIN_PARAMETERS


def test_every_embedded_file_is_documented_with_its_hash() -> None:
    folder = STANDIN_PARAMETERS.parent
    text = (folder / "README.md").read_text(encoding="utf-8")
    documented = dict(re.findall(r"`([^`\s]+)`[^`\n]*`([0-9a-f]{64})`", text))
    own = {"README.md", "diabetes.csv"}  # this text, and the user's table
    assert {path.name for path in folder.iterdir() if path.is_file()} - own == documented.keys()
    for name, digest in documented.items():
        assert file_digest(folder / name) == digest
