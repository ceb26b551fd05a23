"""Finished runs made up for comparisons: small results.json files, with maps in a cache where wanted."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from report_builder.compare.runs import Run

MODELS = ("mlp", "nam", "logistic", "forest")
METRICS = ("accuracy", "precision", "recall", "f1", "auc", "brier")
FEATURES = ("size", "weight", "noise", "age")
PICTURES = ("hen", "cat")
SIDE = 8

Results = dict[str, Any]


def results(
    seed: int = 0, *, features: tuple[str, ...] = FEATURES, sweep: tuple[float, int] | None = None
) -> Results:
    """A tabular run whose numbers are drawn from the seed.

    sweep: the standard deviation of every metric over how many seeds, as the section `certainty` has it.
    """
    random = np.random.default_rng(seed)

    def model() -> Results:
        test = {metric: float(random.normal(0.8, 0.01)) for metric in METRICS}
        return {
            "test": test,
            "intervals": {name: [value - 0.06, value + 0.05] for name, value in test.items()},
        }

    def importance() -> dict[str, float]:
        return {
            name: float(value) for name, value in zip(features, random.random(len(features)), strict=True)
        }

    def protocol() -> Results:
        return {"mlp": model(), "nam": model(), "baselines": {"logistic": model(), "forest": model()}}

    found = protocol() | {"reference": protocol()}
    found["nam"]["importance"] = importance()
    found |= {"shapley": {"mean_abs": importance()}, "lime": {"mean_abs": importance()}}
    found |= {
        "settings": {"seed": seed, "mlp": {"epochs": 15}, "tabular": {"names_fa": {}}},
        "run": {"seed": seed, "device": "cpu", "versions": {"torch": "2.13.0"}, "settings": {}},
        "assets": {"table": {"origin": "settings", "sha256": "0123456789abcdef" * 4, "reasons": [seed]}},
    }
    if sweep is not None:
        found["certainty"] = certainty(*sweep, features)
    return found


def certainty(sd: float, seeds: int, features: tuple[str, ...] = FEATURES) -> Results:
    spread = {"mean": 0.8, "sd": sd, "seeds": seeds}
    metrics = {model: dict.fromkeys(METRICS, spread) for model in MODELS}
    ranks = {name: {"best_rank": 1, "worst_rank": 2 + place} for place, name in enumerate(features)}
    method = {"rank_correlation": {"mean": 0.7, "low": 0.2}, "features": ranks}
    return {
        "main": {"own": True, "seeds": seeds},
        "metrics": {"tabular": metrics, "reference": metrics},
        "importance": {"shap": method, "lime": method},
        "vision": {"smooth_grad": {"similarity": {"mean": 0.6, "low": 0.5}}},
    }


def run_of(values: Mapping[str, Any], folder: Path = Path("nowhere")) -> Run:
    return Run(folder, values)


def with_maps(values: Results) -> Results:
    """The same of a run that shows two pictures."""
    images = [{"name": name, "target": place} for place, name in enumerate(PICTURES)]
    return {**values, "photographs": {"images": images}, "gradient_maps": {"n": 2}, "smoothing": {"n": 2}}


def write_run(folder: Path, values: Results) -> Run:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "results.json").write_text(json.dumps(values), encoding="utf-8")
    return Run(folder, values)


def write_maps(
    folder: Path, *, seed: int = 0, side: int = SIDE, noise: float = 0.0
) -> dict[str, dict[str, np.ndarray]]:
    """manifest.json and a cache with pictures and maps; `noise` changes SmoothGrad's."""
    random = np.random.default_rng(seed)
    n = len(PICTURES)
    arrays = {
        "photographs": {
            "pixels": random.random((n, 3, side, side), dtype=np.float32),
            "targets": np.arange(n),
        },
        "gradient_maps": {
            "saliency": random.random((n, 3, side, side), dtype=np.float32),
            "input_x_gradient": random.normal(size=(n, 3, side, side)).astype(np.float32),
            "gradient": np.zeros((n, 3, side, side), np.float32),
        },
        "smoothing": {"smooth_grad": random.random((n, 3, side, side), dtype=np.float32)},
    }
    arrays["smoothing"]["smooth_grad"] += np.float32(noise) * random.random(
        (n, 3, side, side), dtype=np.float32
    )
    save_maps(folder, arrays)
    return arrays


def save_maps(folder: Path, arrays: Mapping[str, Mapping[str, np.ndarray]]) -> None:
    steps = {}
    for step, values in arrays.items():
        steps[step] = {"key": f"{step}-0"}
        place = folder / "cache" / "results" / f"{step}-0"
        place.mkdir(parents=True, exist_ok=True)
        np.savez(place / "arrays.npz", **values)
    (folder / "manifest.json").write_text(json.dumps({"steps": steps}), encoding="utf-8")
