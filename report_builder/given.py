"""What the steps are given that none of them computes: the run, the cover, what a sweep's runs were."""

from __future__ import annotations

import platform
from collections.abc import Mapping
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any

from report_builder.assets.inputs import Inputs
from report_builder.assets.sweep import Sweep
from report_builder.config import as_written
from report_builder.contents import Contents
from report_builder.pipeline.step import Saved
from report_builder.render.languages import LANGUAGES
from report_builder.settings import TABLES, Settings
from report_builder.trials import code_digests

VERSIONS_OF = [
    "torch",
    "torchvision",
    "numpy",
    "pandas",
    "scikit-learn",
    "imbalanced-learn",
    "lime",
    "shap",
    "scikit-image",
    "pillow",
    "matplotlib",
    "jinja2",
    "weasyprint",
    "ziamath",
    "pydantic",
]


def sweep_values(
    sweep: Sweep, settings: Mapping[str, Any], contents: Contents, given: Mapping[str, Saved], cache: Path
) -> dict[str, Any]:
    """Of a part that the report no longer has, nothing is known to have changed."""
    parts = [part for part in sweep.record["parts"] if part in given["study"].values["parts"]]
    return sweep.values(settings, code_digests(contents, given, parts, cache))


def run_values(settings: Mapping[str, Any], device: str) -> dict[str, Any]:
    """What the report prints of the run: of the settings, those that a part of it reads."""
    unread = {
        table
        for part, tables in TABLES.items()
        if part not in settings["report"]["parts"]
        for table in tables
    }
    read = {name: value for name, value in settings.items() if name not in unread}
    return {
        "seed": settings["seed"],
        "device": device,
        "platform": platform.platform(),
        "python": platform.python_version(),
        "versions": {name: version(name) for name in VERSIONS_OF},
        "settings": as_written(read),
    }


def front_values(settings: Settings, inputs: Inputs) -> dict[str, Any]:
    """What the cover prints; nothing of the parts that are left out."""
    report = settings.report
    day = date.today() if report.date == "today" else report.date
    texts = {
        language: {
            "title": getattr(report.title, language),
            "course": getattr(report.course, language),
            "author": getattr(report.author, language),
        }
        for language in LANGUAGES
    }
    table, vision, images, signals = inputs.table, inputs.vision, inputs.images, inputs.signals
    return {
        "texts": texts,
        "student_number": report.student_number,
        "date": day.isoformat(),
        "origin": "" if table is None else table.origin,
        "file": "" if table is None else table.path.name,
        "network": "" if vision is None else vision.network.network,
        "drawn": vision is not None and vision.photographs.farmyard,
        "published": vision is not None and vision.network.official,
        "own_images": "" if images is None or images.folder is None else images.folder.name,
        "signals": "" if signals is None or signals.path is None else signals.path.name,
    }
