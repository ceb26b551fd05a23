"""How alike the maps of two runs are on the pictures that both show."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from report_builder.compare.runs import MANIFEST, Run
from report_builder.methods.rank_correlation import rank_correlation
from report_builder.pipeline.step import Saved
from report_builder.sections.map_methods import ORDER, SIGNED
from report_builder.verdicts import EQUAL_MAPS

STEPS = ("gradient_maps", "class_activation", "smoothing", "path_maps", "occlusion_maps", "lime_maps")
PICTURES = "photographs"
METHODS = (*ORDER, "from_mean_colour")
Arrays = Mapping[str, np.ndarray]


class NoMapsError(Exception):
    """The maps of a run cannot be read; the reason is the key of a sentence."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def compare_maps(first: Run, second: Run) -> dict[str, Any]:
    """pictures: names of those that both runs show, with the same class explained. methods: per method
    {method, each: per picture {rank_correlation, cosine}, mean, least: of the rank correlations, identical,
    seeds: the mean rank correlation of two seeds where a sweep measured it, else None}.

    apart: the pictures that both name but that could not be compared, each with the reason. only: names that
    one run alone shows. lost: per run, the steps whose maps are not in its cache. reason: why nothing was
    compared, a key and the runs that it is about, or None.
    """
    reasons = []
    read = {}
    for label, run in (("A", first), ("B", second)):
        try:
            read[label] = _Maps(run)
        except NoMapsError as error:
            reasons.append({"key": error.reason, "run": label})
    names = {label: [image["name"] for image in _images(run)] for label, run in (("A", first), ("B", second))}
    nothing: dict[str, Any] = {"pictures": [], "methods": [], "apart": [], "only": {}, "lost": {}}
    if reasons:
        return {**nothing, "reasons": reasons}
    ours, theirs = read["A"], read["B"]
    pairs = [(i, theirs.prints.index(mark)) for i, mark in enumerate(ours.prints) if mark in theirs.prints]
    same = [(i, j) for i, j in pairs if ours.targets[i] == theirs.targets[j]]
    taken = {i for i, _ in pairs}, {j for _, j in pairs}
    apart = [{"picture": names["A"][i], "reason": "class"} for i, j in pairs if (i, j) not in same]
    left = {name: j for j, name in enumerate(names["B"]) if j not in taken[1]}
    for i, name in enumerate(names["A"]):
        if i not in taken[0] and name in left:
            size = ours.pixels[i].shape != theirs.pixels[left[name]].shape
            apart.append({"picture": name, "reason": "size" if size else "content"})
    known = {row["picture"] for row in apart}
    return {
        "pictures": [names["A"][i] for i, _ in same],
        "methods": [row for method in METHODS if (row := _alike(method, ours, theirs, same))] if same else [],
        "apart": apart,
        "only": {
            "A": [n for i, n in enumerate(names["A"]) if i not in taken[0] and n not in known],
            "B": [n for j, n in enumerate(names["B"]) if j not in taken[1] and n not in known],
        },
        "lost": {"A": ours.lost, "B": theirs.lost},
        "reasons": [],
    }


class _Maps:
    """The pictures and maps of a run, read from its cache."""

    def __init__(self, run: Run) -> None:
        if not _images(run):
            raise NoMapsError("no_pictures")
        self._run = run
        self._keys = _keys(run.folder / MANIFEST)
        if not (run.folder / "cache").is_dir():
            raise NoMapsError("no_cache")
        pictures = self._arrays(PICTURES)
        if pictures is None or len(pictures["pixels"]) != len(_images(run)):
            raise NoMapsError("no_pixels")
        self.pixels, self.targets = pictures["pixels"], pictures["targets"].tolist()
        self.prints = [hashlib.sha256(np.ascontiguousarray(p).tobytes()).hexdigest() for p in self.pixels]
        self.maps: dict[str, np.ndarray] = {}
        self.lost: list[str] = []
        for step in STEPS:
            arrays = self._arrays(step) if step in self._keys else None
            if arrays is not None:
                self.maps |= {method: arrays[method] for method in METHODS if method in arrays}
            elif run.table(f"{step}#"):
                self.lost.append(step)

    def reduced(self, method: str, pictures: Sequence[int]) -> np.ndarray:
        """(n, h, w) float64: summed over the channels, without its signs where the method has none."""
        maps = self.maps[method][list(pictures)].astype(np.float64)
        if method not in SIGNED and method != "from_mean_colour":
            maps = np.abs(maps)
        return maps.sum(1) if maps.ndim == 4 else maps

    def seeds(self, method: str) -> float | None:
        return self._run.number(f"certainty#/vision/{method}/similarity/mean")

    def _arrays(self, step: str) -> Arrays | None:
        saved = Saved(step, {}, self._run.folder / "cache" / "results" / str(self._keys.get(step)))
        if not zipfile.is_zipfile(saved.file("arrays.npz")):  # cleaned away, or cut off
            return None
        try:
            return saved.arrays()
        except (OSError, ValueError, zipfile.BadZipFile):
            return None


def _alike(
    method: str, ours: _Maps, theirs: _Maps, pairs: Sequence[tuple[int, int]]
) -> dict[str, Any] | None:
    if method not in ours.maps or method not in theirs.maps:
        return None
    a = ours.reduced(method, [i for i, _ in pairs])
    b = theirs.reduced(method, [j for _, j in pairs])
    if a.shape != b.shape:
        return None
    correlations = rank_correlation(a, b).tolist()
    each = [
        {"rank_correlation": r, "cosine": cosine}
        for r, cosine in zip(correlations, _cosine(a, b).tolist(), strict=True)
    ]
    seeds = [value for maps in (ours, theirs) if (value := maps.seeds(method)) is not None]
    return {
        "method": method,
        "each": each,
        "mean": float(np.mean(correlations)),
        "least": min(correlations),
        "identical": bool(np.abs(a - b).max() <= EQUAL_MAPS * np.abs(a).max()),
        "seeds": seeds[0] if seeds else None,
    }


def _cosine(a: NDArray[np.float64], b: NDArray[np.float64]) -> NDArray[np.float64]:
    """Cosine (n,) of the angle between each map of `a` (n, h, w) and that of `b`; 0 where one is zero."""
    x, y = a.reshape(len(a), -1), b.reshape(len(b), -1)
    norms = np.linalg.norm(x, axis=1) * np.linalg.norm(y, axis=1)
    cosines: NDArray[np.float64] = np.divide((x * y).sum(1), norms, out=np.zeros(len(x)), where=norms > 0)
    return cosines.clip(-1, 1)


def _images(run: Run) -> list[Mapping[str, Any]]:
    images = run.value(f"{PICTURES}#/images")
    return images if isinstance(images, list) else []


def _keys(manifest: Path) -> dict[str, str]:
    """The key of each step's result."""
    try:
        steps = json.loads(manifest.read_text(encoding="utf-8"))["steps"]
        return {name: Path(step["key"]).name for name, step in steps.items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        raise NoMapsError("no_manifest") from None
