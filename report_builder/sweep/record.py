"""The finished sweep in out/sweep/: what the report reads, and a log of what it cost."""

from __future__ import annotations

import shutil
import tempfile
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from report_builder.assets.sweep import ARRAYS, FOLDER, TRIALS
from report_builder.pipeline.store import Store
from report_builder.publish import json_text
from report_builder.sweep.trial import Ended

LOG = "log.json"
_BEGINNING = (1980, 1, 1, 0, 0, 0)  # of the times that a zip file can hold: equal arrays, equal bytes


def write_sweep(out: Path, about: Mapping[str, Any], ended: Sequence[Ended], store: Store) -> Path:
    """Write out/sweep/ anew, whole or not at all, and return it.

    about: "base" (all settings), "parts", "seeds", "grid", "cells", "main", "main_is_own" and "code".
    trials.json adds "trials", by cell and seed: {"cell", "seed", "error", "values"}, the error None and the
    values by part, or the error a line and the values None. arrays.npz holds "<trial>.<part>.<array>".
    Both are equal wherever and in whatever order the trials ran; log.json has the times.
    Raises OSError where a result is no longer in the store.
    """
    unfinished = Path(tempfile.mkdtemp(prefix=".sweep-", dir=out))
    try:
        ordered = sorted(ended, key=lambda one: (one.cell, one.seed))
        with zipfile.ZipFile(unfinished / ARRAYS, "w") as archive:
            trials = [_trial(number, one, store, archive) for number, one in enumerate(ordered)]
        (unfinished / TRIALS).write_text(json_text({**about, "trials": trials}), encoding="utf-8")
        (unfinished / LOG).write_text(json_text([asdict(one) for one in ordered]), encoding="utf-8")
        place = out / FOLDER
        if place.exists():
            place.rename(unfinished / "before")
        place.mkdir()
        for name in (ARRAYS, LOG, TRIALS):  # the last one makes it whole
            (unfinished / name).rename(place / name)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    return place


def _trial(number: int, one: Ended, store: Store, archive: zipfile.ZipFile) -> dict[str, Any]:
    if one.error:
        return {"cell": one.cell, "seed": one.seed, "error": one.error, "values": None}
    values = {}
    for part, key in one.keys.items():
        entry = store.load(key)
        if entry is None:
            raise OSError(f"the result {key} of a trial is no longer in {store.root}")
        values[part] = entry.saved.values
        for file in sorted(entry.saved.folder.glob("*.npz")):
            with np.load(file, allow_pickle=False) as arrays:
                for name in arrays.files:
                    member = zipfile.ZipInfo(f"{number}.{part}.{name}.npy", _BEGINNING)
                    with archive.open(member, "w", force_zip64=True) as stream:
                        np.lib.format.write_array(stream, arrays[name], allow_pickle=False)
    return {"cell": one.cell, "seed": one.seed, "error": None, "values": values}
