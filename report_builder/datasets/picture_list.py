"""A list of the pictures in a folder: JSON entries, and beside it where the folder lies.

The two are apart so that a folder that moves leaves the list, and what was learned from it, as it was.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

LOCATION = "folder.txt"


def read_entries(listed: Path) -> list[dict[str, Any]]:
    """The entries (file, sha256, class, split), each with its `path`."""
    folder = Path((listed.parent / LOCATION).read_text(encoding="utf-8"))
    entries: list[dict[str, Any]] = json.loads(listed.read_text(encoding="utf-8"))
    return [{**entry, "path": folder / entry["file"]} for entry in entries]
