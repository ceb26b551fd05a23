"""A finished report that a test may falsify."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from report_builder.verify.folder import Results, open_results


@dataclass(frozen=True)
class Report:
    """A finished report in a folder of its own."""

    folder: Path

    def read(self, name: str) -> str:
        return (self.folder / name).read_text(encoding="utf-8")

    def write(self, name: str, text: str) -> None:
        (self.folder / name).write_text(text, encoding="utf-8")

    def replace(self, name: str, old: str, new: str) -> None:
        """Once, and it must be there."""
        text = self.read(name)
        assert old in text, old
        self.write(name, text.replace(old, new, 1))

    def values(self) -> dict[str, Any]:
        return json.loads(self.read("results.json"))

    def seal(self) -> None:
        """Make the manifest agree with the files as they are."""
        manifest = json.loads(self.read("manifest.json"))
        for name in manifest["outputs"]:
            manifest["outputs"][name] = hashlib.sha256((self.folder / name).read_bytes()).hexdigest()
        self.write("manifest.json", json.dumps(manifest))

    def open(self) -> Results:
        return open_results(self.folder)
