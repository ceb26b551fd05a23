"""The steps of the networks, the baselines and their comparison, run on a small table."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
from small_report import PROJECT

from report_builder.datasets.splitting import Split, clean_split, reference_split
from report_builder.datasets.table import Table
from report_builder.pipeline.step import Saved, Step, Values, Work, plain, stable_json
from report_builder.render.fragment import draw_section, fragment_step
from report_builder.sections.declaration import Section

NAMES = ("size", "weight", "noise", "age")
SETTINGS = {
    "seed": 5,
    "mlp.epochs": 4,
    "mlp.batch_size": 32,
    "mlp.learning_rate": 5e-3,
    "mlp.weight_decay": 0.0,
    "mlp.early_stopping": False,
    "nam.epochs": 6,
    "nam.batch_size": 32,
    "nam.learning_rate": 5e-3,
    "nam.weight_decay": 0.0,
    "nam.hidden": [16, 8],
    "nam.dropout": 0.1,
    "nam.feature_dropout": 0.05,
    "nam.output_penalty": 1e-3,
    "nam.early_stopping": False,
    "evaluation.bootstrap_draws": 200,
    "tabular.names_fa": {},
}


def small_table(rows: int = 160, names: tuple[str, ...] = NAMES) -> Table:
    """A table whose target depends on the first two columns."""
    generator = np.random.default_rng(3)
    x = generator.normal(size=(rows, len(names))) * 10 + 40
    y = (x[:, 0] - 0.7 * x[:, 1] + 9 * generator.normal(size=rows) > 15).astype(np.int64)
    return Table(x, y, names, "Outcome", "1")


def splits(folder: Path, table: Table) -> dict[str, Saved]:
    made = {"split": clean_split(table, seed=5), "reference.split": reference_split(table, seed=5)}
    kept = {name: keep_split(folder / name, name, split) for name, split in made.items()}
    return {**kept, "table": Saved.given("table", {"features": list(table.feature_names)})}


def keep_split(folder: Path, name: str, split: Split) -> Saved:
    folder.mkdir(parents=True)
    Work(folder).save(**split.to_arrays())
    return Saved(name, {}, folder)


def run(step: Step, saved: dict[str, Saved], folder: Path, **settings: object) -> Saved:
    """The step's result, kept in a folder of its own."""
    place = folder / step.name
    place.mkdir(parents=True)
    known = {**SETTINGS, **settings}
    work = Work(
        place,
        settings={name: known[name] for name in step.settings},
        needs={name: saved[name] for name in step.needs},
        files={name: PROJECT / name for name in step.files},
        parameters=step.parameters,
    )
    # through JSON with sorted keys, as the store keeps them: the order of columns is not in the keys
    values: Values = json.loads(stable_json(plain(step.load()(work), step.name)))
    return Saved(step.name, values, place)


def run_all(
    sections: tuple[Section, ...], folder: Path, table: Table, **settings: object
) -> dict[str, Saved]:
    """The results of all steps of the sections, in their order, by name."""
    saved = splits(folder, table)
    for section in sections:
        for step in section.steps:
            saved[step.name] = run(step, saved, folder, **settings)
    return saved


def draw(
    section: Section, language: str, saved: dict[str, Saved], folder: Path, **values: object
) -> tuple[Values, str]:
    """The values of the fragment step and its HTML."""
    step = fragment_step(section, language)
    known = {**SETTINGS, **values}
    work = Work(
        folder,
        settings={name: known[name] for name in step.settings},
        needs={name: saved[name] for name in step.needs},
        files={name: PROJECT / name for name in step.files},
        parameters=step.parameters,
    )
    return draw_section(work), (folder / "fragment.html").read_text(encoding="utf-8")


def with_values(saved: dict[str, Saved], step: str, **changes: object) -> dict[str, Saved]:
    """The results with some values of one step replaced: to ask which sentence they choose."""
    return {**saved, step: replace(saved[step], values={**saved[step].values, **changes})}
