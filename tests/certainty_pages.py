"""Sweeps of every kind, drawn in both languages: what the tests of the pages on certainty look at."""

from __future__ import annotations

import hashlib
import html as markup
import json
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from sweep_steps import GAIN, METRICS, certainty, drawn, write_sweep

from report_builder.pipeline.step import Saved
from report_builder.render.catalog import load_catalog
from report_builder.render.fragment import PROJECT

Values = dict[str, Any]
LANGUAGES = ("en", "fa")
TWO = {"mlp.epochs": [15, 30], "mlp.learning_rate": [0.001, 0.003]}
CHANGED = [{"name": "mlp.dropout", "then": "0.2", "now": "0.3"}]


def tie(cell: int, seed: int, values: Values, arrays: Any) -> None:
    """The forest without its gain: all models differ by noise only."""
    for protocol in ("metrics", "reference"):
        for metric in METRICS:
            values["tabular"][protocol]["forest"][metric] += GAIN if metric == "brier" else -GAIN


def unstable(cell: int, seed: int, values: Values, arrays: Any) -> None:
    """LIME's order of the features turns round with every other seed, and its draws explain all of it."""
    sizes = values["tabular"]["importance"]["lime"]
    if seed % 2:
        values["tabular"]["importance"]["lime"] = dict(zip(sizes, reversed(sizes.values()), strict=True))
    values["tabular"]["ceiling"] = dict(values["tabular"]["agreement"])


def lucky(cell: int, seed: int, values: Values, arrays: Any) -> None:
    """With one seed the first cell tests better than the second, which is otherwise the best."""
    if cell == 0 and seed == 1:
        values["tabular"]["metrics"]["mlp"]["accuracy"] = 0.8


CASES: dict[str, Values] = {
    "all": {"seeds": range(12)},
    "tied": {"parts": ("tabular",), "change": tie},
    "unstable": {"parts": ("tabular",), "change": unstable},
    "one": {"seeds": [7]},
    "one left": {"seeds": [0, 1], "failed": [(0, 1)]},
    "nothing left": {"seeds": [0, 1], "failed": [(0, 0), (0, 1)]},
    "tabular": {"parts": ("tabular",)},
    "vision": {"parts": ("vision",)},
    "signals": {"parts": ("signals",)},
    "own network": {"parts": ("own_cnn",)},
    "failures": {"parts": ("tabular",), "failed": [(0, 2), (0, 4)]},
    "one setting": {"parts": ("tabular",), "grid": {"nam.epochs": [15, 30, 60]}},
    "lucky": {"parts": ("tabular",), "grid": {"mlp.epochs": [15, 30]}, "change": lucky},
    "two settings": {"parts": ("tabular", "vision"), "grid": TWO, "failed": [(1, 3), (2, 0)]},
    "three settings": {
        "seeds": range(3),
        "parts": ("tabular",),
        "grid": TWO | {"mlp.hidden": [[16], [32, 16], [64]]},
    },
    "four settings": {
        "seeds": range(2),
        "parts": ("tabular",),
        "grid": {**TWO, "mlp.dropout": [0.1, 0.2], "mlp.weight_decay": [1e-9, 0.0]},
    },
    "untrained grid": {
        "seeds": range(3),
        "parts": ("tabular", "vision"),
        "grid": {"lime.perturbations": [500, 5000]},
    },
    "grid of signals": {"parts": ("signals",), "grid": {"signals.epochs": [5, 10]}},
    "lost cell": {
        "seeds": range(2),
        "parts": ("tabular",),
        "grid": {"mlp.epochs": [15, 30, 60]},
        "failed": [(1, 0), (1, 1)],
    },
    "one seed of a grid": {"seeds": [0], "parts": ("tabular",), "grid": TWO},
    "foreign": {"parts": ("tabular",), "own": False},
    "foreign cell": {"parts": ("tabular",), "own": False, "grid": {"mlp.epochs": [15, 30]}},
    "outdated": {"parts": ("tabular",), "outdated": {"code": True, "settings": CHANGED}},
    "other program": {"parts": ("tabular",), "outdated": {"code": True, "settings": []}},
}


class Pages:
    """The pages of one synthetic sweep in both languages."""

    def __init__(self, folder: Path, **case: Any) -> None:
        outdated = case.pop("outdated", None)
        self.sweep = write_sweep(folder / "sweep", **case)
        self.folder = folder / "certainty"
        self.saved: Mapping[str, Saved] = certainty(self.sweep, self.folder, outdated=outdated)
        before = self._digests(), json.dumps(self.saved["certainty"].values)
        both = {language: drawn(language, self.saved, folder / language) for language in LANGUAGES}
        self.unchanged = before == (self._digests(), json.dumps(self.saved["certainty"].values))
        self.values = {language: values for language, (values, _) in both.items()}
        self.html = {language: html for language, (_, html) in both.items()}

    def _digests(self) -> dict[str, str]:
        files = sorted(path for path in self.folder.rglob("*") if path.is_file())
        return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}

    def text(self, language: str = "en") -> str:
        return plain(self.html[language])

    def says(self, key: str) -> bool:
        """Whether the sentence is on the pages; of both languages or of none."""
        found = {language: in_text(self.text(language), sentence(key, language)) for language in LANGUAGES}
        assert len(set(found.values())) == 1, f"{key} is said in one language only"
        return found["en"]

    def has(self, kind: str, name: str) -> bool:
        return f'id="{kind}-certainty-{name}"' in self.html["en"]


def plain(html: str) -> str:
    return " ".join(markup.unescape(re.sub(r"<[^>]*>", "", html)).split())


@cache
def sentence(key: str, language: str) -> str:
    return load_catalog([PROJECT / "templates/sections/certainty.toml"], language)[key]


def in_text(text: str, written: str) -> bool:
    """Whether the fixed parts of a sentence stand in the text, one after the other and near each other."""
    written = re.sub(r"\[\[[a-z_]+\|([^\]]+)\]\]", r"\1", written.replace("*", "").replace("`", ""))
    parts = re.split(r"\{@?[\w-]+\}|\$[^$]+\$|\[\[[a-z_]+\]\]", written)
    pattern = ".{0,400}?".join(re.escape(" ".join(part.split())) for part in parts if len(part.strip()) > 1)
    return re.search(pattern.replace(r"\ ", r"\s*"), text) is not None
