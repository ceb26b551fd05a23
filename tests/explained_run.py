"""The steps of the explanation sections run on a small table, for the tests of these sections."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

import numpy as np

from report_builder.contents import load_section
from report_builder.datasets.splitting import clean_split
from report_builder.datasets.table import Table
from report_builder.models.mlp import MLP
from report_builder.models.training import seeded, train
from report_builder.models.weights import save_weights
from report_builder.pipeline.step import Saved, Work, stable_json
from report_builder.render.fragment import PROJECT, draw_section, fragment_step

SETTINGS = {
    "seed": 7,
    "explain.samples": "rule",
    "lime.perturbations": 400,
    "lime.kernel_width": 0.75,
    "shapley.background": 15,
    "evaluation.bootstrap_draws": 100,
    "tabular.names_fa": {},
}
SECTIONS = ("lime", "shapley", "agreement", "all_samples")
HOSTILE = (
    "<b>$x_1$ & co / ~a",
    "ستون \u202eدوم",
    "emoji 😀 in a very long name of a column that goes on and on",
)


def table(features: int, rows: int) -> Table:
    """A table whose first column has ties at its least value and whose last column is constant."""
    random = np.random.default_rng(1)
    x = random.normal(size=(rows, features))
    x[:, 0] = np.maximum(x[:, 0], 0) * 10
    x[:, -1] = 5.0
    y = (x[:, 0] / 5 - 2 * x[:, 1] + random.normal(size=rows) > 1).astype(np.int64)
    names = (*HOSTILE, *(f"column {j}" for j in range(3, features)))[:features]
    return Table(x, y, names, "target", "1")


@cache
def results(features: int = 5, rows: int = 160) -> dict[str, Saved]:
    """What the steps of all four sections save, by step name."""
    root = Path(mkdtemp())
    split = clean_split(table(features, rows), seed=7)
    saved = {"table": Saved("table", {"features": list(split.feature_names)}, root)}
    saved["writeup"] = Saved("writeup", {"applies": False}, root)
    with seeded(7):
        model = MLP(features)
    train(
        model,
        (split.x_train, split.y_train),
        (split.x_validation, split.y_validation),
        epochs=6,
        batch_size=32,
        learning_rate=3e-3,
        seed=7,
    )
    for name in ("split", "mlp"):
        (root / name).mkdir()
        saved[name] = Saved(name, {}, root / name)
    np.savez(root / "split/arrays.npz", **split.to_arrays())
    save_weights(model, root / "mlp/weights.npz")
    for section in SECTIONS:
        for step in load_section(section).steps:
            saved[step.name] = run(step.name, root, saved)
    return saved


def run(name: str, root: Path, saved: dict[str, Saved], **changed: object) -> Saved:
    """One step with nothing but what it declares; `changed`: settings with "__" for the dot."""
    steps = {step.name: step for section in SECTIONS for step in load_section(section).steps}
    step = steps[name]
    settings = SETTINGS | {key.replace("__", "."): value for key, value in changed.items()}
    folder = root / name
    folder.mkdir(exist_ok=True)
    work = Work(
        folder,
        settings={key: settings[key] for key in step.settings},
        needs={need: saved[need] for need in step.needs},
        parameters=step.parameters,
    )
    return Saved(name, json.loads(stable_json(step.load()(work))), folder)


def drawn(section: str, language: str, folder: Path, saved: dict[str, Saved]) -> tuple[dict, str]:
    """The values and the HTML of one section's fragment."""
    step = fragment_step(load_section(section), language)
    work = Work(
        folder,
        settings={key: SETTINGS[key] for key in step.settings},
        needs={need: saved[need] for need in step.needs},
        files={file: PROJECT / file for file in step.files},
        parameters=step.parameters,
    )
    values = draw_section(work)
    return values, (folder / "fragment.html").read_text(encoding="utf-8")
