"""A results folder as it lies on the disk."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from report_builder.errors import InputError
from report_builder.render.languages import LANGUAGES
from report_builder.verify.tree import Element, parse

NO_PAGES = "the report was built without HTML"


@dataclass(frozen=True)
class Results:
    """manifest, values: the contents of manifest.json and results.json."""

    folder: Path
    manifest: dict[str, Any]
    values: dict[str, Any]

    @property
    def outputs(self) -> dict[str, str]:
        """The files of the report with their hashes, as the manifest has them."""
        outputs: dict[str, str] = self.manifest["outputs"]
        return outputs

    def document(self, language: str, kind: str) -> Path | None:
        """The report in a language, where it was built and lies there."""
        name = f"report.{language}.{kind}"
        path = self.folder / name
        return path if name in self.outputs and path.is_file() else None

    @cached_property
    def pages(self) -> dict[str, Element]:
        """Each language's HTML as a tree."""
        found = {language: self.document(language, "html") for language in LANGUAGES}
        return {
            language: parse(path.read_text(encoding="utf-8"))
            for language, path in found.items()
            if path is not None
        }

    def figures(self, language: str) -> dict[str, str]:
        """Of the figures of a language, the id on its page -> the path in the folder."""
        found = {}
        for name in self.outputs:
            stem, *suffixes = name.removeprefix("figures/").split(".")
            if name.startswith("figures/") and len(suffixes) >= 2 and suffixes[-2] == language:
                found["-".join(["fig-" + stem, *suffixes[:-2]])] = name
        return found


def open_results(folder: Path) -> Results:
    """Raises InputError where the folder holds no finished report."""
    contents = []
    for name in ("manifest.json", "results.json"):
        try:
            contents.append(json.loads((folder / name).read_text(encoding="utf-8")))
        except FileNotFoundError:
            raise InputError(f"{folder} is no results folder: it holds no {name}.") from None
        except OSError as error:
            raise InputError(f"{folder / name} cannot be read ({error.strerror}).") from None
        except ValueError:
            raise InputError(f"{folder / name} is not JSON.") from None
    manifest, values = contents
    fields = {"outputs", "settings", "front", "steps", "run"}
    if not isinstance(manifest, dict) or not isinstance(values, dict) or not fields <= manifest.keys():
        raise InputError(f"{folder} is no results folder: its manifest.json is not one of a report.")
    return Results(folder, manifest, values)
