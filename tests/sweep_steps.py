"""The files of a finished sweep with known truths, and the section `certainty` run and drawn on them.

What is planted, unless `change` makes it otherwise:
- the forest is better than the others by GAIN in every metric, far beyond the noise of a seed, and the
  others differ by noise only;
- the importance falls from the first feature to the last; LIME's direction of the last feature is negative
  in the seeds that five divides, and all other directions are positive;
- partial dependence rises with the grid, shifted by a normal offset of standard deviation SHIFT in each seed;
- SmoothGrad's maps are a pattern with little noise, LIME's with more; on the last picture each is pure noise;
- cells: the second has the lowest validation loss, the last the best test metrics.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np

from report_builder.config import plain
from report_builder.contents import load_section
from report_builder.pipeline.keys import pick
from report_builder.pipeline.step import Saved, Work, stable_json
from report_builder.render.fragment import PROJECT, draw_section, fragment_step
from report_builder.settings import PARTS, Settings

FEATURES = ("size", "weight", "noise", "age")
MODELS = ("mlp", "nam", "logistic", "forest")
METRICS = ("accuracy", "precision", "recall", "f1", "auc", "brier")
METHODS = ("integrated_gradients", "smooth_grad", "occlusion", "gradient_shap", "energy", "random")
NAMES = ("hen", "cat", "dog")  # classes of the pictures
GRID = {"mlp.epochs": [15, 30], "mlp.learning_rate": [1e-3, 3e-3]}
GAIN, SHIFT = 0.06, 0.05
POINTS, SIDE = 40, 16

Values = dict[str, Any]
Arrays = dict[str, np.ndarray]
# (cell, seed, values by part, arrays by "<part>.<name>") -> None: changes a trial in place
Change = Callable[[int, int, Values, Arrays], None]


@dataclass(frozen=True)
class Sweep:
    """The two files of a sweep, and the content of the first."""

    trials: Path
    arrays: Path
    content: Values


def write_sweep(
    folder: Path,
    *,
    seeds: Sequence[int] = range(6),
    parts: Sequence[str] = PARTS,
    grid: Mapping[str, Sequence[Any]] | None = None,
    main: int = 0,
    own: bool = True,
    failed: Iterable[tuple[int, int]] = (),
    change: Change | None = None,
) -> Sweep:
    """trials.json and arrays.npz. failed: (cell, seed) of trials that raised."""
    grid = grid or {}
    cells = [dict(zip(grid, values, strict=True)) for values in product(*grid.values())]
    trials: list[Values] = []
    arrays: Arrays = {}
    lost = set(failed)
    for cell, seed in product(range(len(cells)), seeds):
        if (cell, seed) in lost:
            error = f"RuntimeError: planted for seed {seed}"
            trials.append({"cell": cell, "seed": seed, "error": error, "values": None})
            continue
        values: Values = {}
        own_arrays: Arrays = {}
        for part in parts:
            values[part], found = TRIALS[part](cell, len(cells), seed)
            own_arrays |= {f"{part}.{name}": array for name, array in found.items()}
        if change is not None:
            change(cell, seed, values, own_arrays)
        arrays |= {f"{len(trials)}.{name}": array for name, array in own_arrays.items()}
        trials.append({"cell": cell, "seed": seed, "error": None, "values": values})
    content = {
        "base": plain(Settings()),
        "parts": list(parts),
        "seeds": list(seeds),
        "grid": [{"setting": name, "values": list(values)} for name, values in grid.items()],
        "cells": cells,
        "main": main,
        "main_is_own": own,
        "code": dict.fromkeys(parts, "0" * 64),
        "trials": trials,
    }
    folder.mkdir(parents=True, exist_ok=True)
    sweep = Sweep(folder / "trials.json", folder / "arrays.npz", content)
    sweep.trials.write_text(stable_json(content), encoding="utf-8")
    np.savez(sweep.arrays, **arrays)
    return sweep


def tabular_trial(cell: int, cells: int, seed: int) -> tuple[Values, Arrays]:
    random = np.random.default_rng([1, cell, seed])
    metrics = {
        protocol: {
            model: {
                metric: _metric(metric, 0.75 + 0.01 * cell + GAIN * (model == "forest"), random)
                for metric in METRICS
            }
            for model in MODELS
        }
        for protocol in ("metrics", "reference")
    }
    weights = np.array([0.8 / 2**j for j in range(len(FEATURES))])
    importance = {
        method: dict(
            zip(FEATURES, (weights * random.uniform(0.95, 1.05, len(weights))).tolist(), strict=True)
        )
        for method in ("shap", "lime", "nam")
    }
    direction: Values = {method: dict.fromkeys(FEATURES, 0.9) for method in ("shap", "lime")}
    if seed % 5 == 0:
        direction["lime"][FEATURES[-1]] = -0.3
    grid = np.stack([np.linspace(-1, 1 + j, POINTS) for j in range(len(FEATURES))])
    rise = np.linspace(0.2, 0.8, POINTS)[None].repeat(len(FEATURES), 0)
    return {
        "rows": {"train": 112, "validation": 16, "test": 32},
        "reference_rows": {"train": 140, "validation": 20, "test": 40},
        **metrics,
        "validation": {
            model: {"loss": 0.5 + 0.05 * abs(cell - min(1, cells - 1)), "accuracy": 0.75 - 0.01 * cell}
            for model in ("mlp", "nam")
        },
        "importance": importance,
        "direction": direction,
        "agreement": {"spearman": 0.8, "sign": 0.9, "top3_jaccard": 0.7 + 0.01 * random.normal()},
        "ceiling": {"spearman": 0.99, "sign": 0.98, "top3_jaccard": 0.97},
        "features": list(FEATURES),
    }, {
        "grid": grid,
        "pdp_mlp": rise + SHIFT * random.normal(),
        "pdp_nam": rise + SHIFT * random.normal(),
    }


def _metric(metric: str, level: float, random: np.random.Generator) -> float:
    value = level + 0.005 * random.normal()
    return float(1 - value if metric == "brier" else value)  # a lower Brier score is better


def vision_trial(cell: int, cells: int, seed: int) -> tuple[Values, Arrays]:
    random = np.random.default_rng([2, cell, seed])
    pattern = np.random.default_rng(2).normal(size=(len(NAMES), SIDE, SIDE))
    pattern[-1] = 0
    noisy = {
        name: (pattern + share * random.normal(size=pattern.shape))
        for name, share in (("smooth_grad", 0.1), ("lime_image", 0.5))
    }
    noisy["smooth_grad"] = np.abs(noisy["smooth_grad"])
    maps = {
        name: (values / np.abs(values).max((1, 2), keepdims=True)).astype(np.float16)
        for name, values in noisy.items()
    }
    return {
        "pictures": len(NAMES),
        "names": list(NAMES),
        "files": [f"{name}.png" for name in NAMES],
        "hens": {"class": "hen", "probability": 0.99, "robust": float(random.uniform(0.8, 1))},
    }, {**maps, "hen": random.integers(0, 256, (SIDE, SIDE, 3), dtype=np.uint8)}


def signals_trial(cell: int, cells: int, seed: int) -> tuple[Values, Arrays]:
    random = np.random.default_rng([3, cell, seed])
    scores = {
        kind: {name: float(0.8 - 0.1 * place + 0.01 * random.normal()) for place, name in enumerate(METHODS)}
        for kind in ("lstm", "cnn")
    }
    return {
        "accuracy": {"lstm": 0.9 + 0.01 * random.normal(), "cnn": 0.95 + 0.01 * random.normal()},
        "validation": {kind: {"accuracy": 0.9 - 0.01 * abs(cell - 1)} for kind in ("lstm", "cnn")},
        "score": "pointing",
        "scores": scores,
        "rules": ["energy", "random"],
        "rows": {"train": 80, "test": 40},
        "data": "simulated",
    }, {}


def own_cnn_trial(cell: int, cells: int, seed: int) -> tuple[Values, Arrays]:
    random = np.random.default_rng([4, cell, seed])
    return {
        "accuracy": {"test": 0.95 + 0.01 * random.normal(), "hard": 0.8 + 0.02 * random.normal()},
        "validation": {"loss": 0.4 + 0.01 * abs(cell - 1), "accuracy": 0.9 - 0.01 * abs(cell - 1)},
        "rows": {"train": 390, "test": 39, "hard": 39},
        "main": "hard",
        "data": "fixed",
    }, {}


TRIALS: Mapping[str, Callable[[int, int, int], tuple[Values, Arrays]]] = {
    "tabular": tabular_trial,
    "vision": vision_trial,
    "signals": signals_trial,
    "own_cnn": own_cnn_trial,
}


def given(content: Mapping[str, Any], *, outdated: Mapping[str, Any] | None = None) -> dict[str, Saved]:
    """The results that the build gives: "sweep" and "study"."""
    lost = sum(trial["error"] is not None for trial in content["trials"])
    nothing = {"code": False, "settings": []}
    sweep = {"trials": len(content["trials"]), "failed": lost, "outdated": outdated or nothing}
    return {"sweep": Saved.given("sweep", sweep), "study": Saved.given("study", {"parts": content["parts"]})}


def certainty(sweep: Sweep, folder: Path, **more: Any) -> dict[str, Saved]:
    """What is given, and the result of the step `certainty`, by name. more: of `given`."""
    (step,) = load_section("certainty").steps
    saved = given(sweep.content, **more)
    folder.mkdir(parents=True, exist_ok=True)
    work = Work(
        folder,
        needs={name: saved[name] for name in step.needs},
        files={"sweep": sweep.trials, "sweep_arrays": sweep.arrays},
    )
    values = json.loads(stable_json(step.load()(work)))
    return {**saved, "certainty": Saved("certainty", values, folder)}


def measured(folder: Path, **options: Any) -> Saved:
    """The result of the step on a sweep written with these options."""
    return certainty(write_sweep(folder, **options), folder / "step")["certainty"]


def drawn(
    language: str, saved: Mapping[str, Saved], folder: Path, settings: Mapping[str, Any] | None = None
) -> tuple[Values, str]:
    """The values and the HTML of the section's fragment. settings: dotted, beside the defaults."""
    step = fragment_step(load_section("certainty"), language)
    known = plain(Settings())
    there = [name for name in step.needs_if_there if name in saved]
    folder.mkdir(parents=True, exist_ok=True)
    work = Work(
        folder,
        settings={name: (settings or {}).get(name, pick(known, name)) for name in step.settings},
        needs={name: saved[name] for name in (*step.needs, *there)},
        files={name: PROJECT / name for name in step.files},
        parameters=step.parameters,
    )
    return draw_section(work), (folder / "fragment.html").read_text(encoding="utf-8")
