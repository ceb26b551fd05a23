"""The steps of the data chapter and their pages, run on a given table."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from report_builder.config import plain
from report_builder.pipeline.step import Saved, Work
from report_builder.render.fragment import draw_section, fragment_step
from report_builder.report import PROJECT
from report_builder.sections.exploration import SECTION as EXPLORATION
from report_builder.sections.performance import writeup
from report_builder.sections.preparation import SECTION as PREPARATION
from report_builder.settings import Settings

PIMA = (
    "Pregnancies",
    "Glucose",
    "BloodPressure",
    "SkinThickness",
    "Insulin",
    "BMI",
    "DiabetesPedigreeFunction",
    "Age",
)


def write_csv(
    path: Path, names: tuple[str, ...], x: np.ndarray, y: np.ndarray, target: str = "Outcome"
) -> Path:
    header = ",".join('"' + name.replace('"', '""') + '"' for name in (*names, "Outcome"))
    rows = [",".join([*map(repr, map(float, row)), str(int(label))]) for row, label in zip(x, y, strict=True)]
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return path


def pima_like(path: Path, rows: int = 120) -> Path:
    """The Pima columns with zeros where the real ones have them, and skin thickness tied to BMI."""
    generator = np.random.default_rng(5)
    x = np.abs(generator.normal(size=(rows, 8))).round(3) + 1
    x[:, 3] = x[:, 5] + 0.1 * generator.random(rows)
    y = (x[:, 1] + generator.normal(size=rows) > 2.8).astype(int)
    x[:40, 4] = 0
    x[40:70, 3] = 0
    x[3, 1] = x[7, 5] = x[9, 5] = 0
    return write_csv(path, PIMA, x, y)


def run_steps(path: Path, folder: Path, *, origin: str = "settings", **tabular: Any) -> dict[str, Saved]:
    """Every step of the two sections, and the write-up's figures; by name."""
    settings = plain(Settings.model_validate({"tabular": tabular}))
    asset = {"origin": origin, "source": "a test", "licence": "none", "sha256": "", "reasons": []}
    saved = {"assets": Saved.given("assets", {"table": asset})}
    for step in (*EXPLORATION.steps, *PREPARATION.steps):
        place = folder / step.name
        place.mkdir(parents=True)
        work = Work(
            place,
            settings={key: setting(settings, key) for key in step.settings},
            needs={need: saved[need] for need in step.needs},
            files=dict.fromkeys(step.files, path),
            parameters=step.parameters,
        )
        saved[step.name] = Saved(step.name, json.loads(json.dumps(step.load()(work), allow_nan=False)), place)
    figures = PROJECT / "data/writeup.toml"
    values = writeup.read(Work(folder, needs={"table": saved["table"]}, files={"data/writeup.toml": figures}))
    return {**saved, "writeup": Saved.given("writeup", values)}


def draw_pages(saved: dict[str, Saved], folder: Path, language: str, **tabular: Any) -> dict[str, str]:
    """The HTML of both sections, by name."""
    settings = plain(Settings.model_validate({"tabular": tabular}))
    pages = {}
    for section in (EXPLORATION, PREPARATION):
        step = fragment_step(section, language)
        place = folder / step.name
        place.mkdir(parents=True)
        work = Work(
            place,
            settings={key: setting(settings, key) for key in step.settings},
            needs={need: saved[need] for need in step.needs},
            files={name: PROJECT / name for name in step.files},
            parameters=step.parameters,
        )
        draw_section(work)
        pages[section.name] = (place / "fragment.html").read_text(encoding="utf-8")
    return pages


def setting(settings: dict[str, Any], key: str) -> Any:
    value: Any = settings
    for part in key.split("."):
        value = value[part]
    return value
