"""The printed figures of the reference write-up, where they are about this run's data."""

from __future__ import annotations

import tomllib

from report_builder.assets.pima import COLUMNS
from report_builder.pipeline.step import Values, Work

# Normal quantile of a two-sided 95 % interval.
NORMAL_QUANTILE = 1.959963984540054


def read(work: Work) -> Values:
    """The figures of the file "writeup", with `applies`: whether this run's table has the Pima columns.

    difference: NAM minus MLP in accuracy, with the interval that two independent test sets of those sizes
    allow (normal approximation), and whether it leaves out zero.
    """
    figures: Values = tomllib.loads(work.files["data/writeup.toml"].read_text(encoding="utf-8"))
    accuracy = {name: figures[name]["test"]["accuracy"] for name in ("mlp", "nam")}
    rows = {name: figures[name]["rows"]["test"] for name in ("mlp", "nam")}
    difference = accuracy["nam"] - accuracy["mlp"]
    error = sum(accuracy[name] * (1 - accuracy[name]) / rows[name] for name in accuracy) ** 0.5
    low, high = difference - NORMAL_QUANTILE * error, difference + NORMAL_QUANTILE * error
    return {
        "applies": tuple(work.needs["table"].values["features"]) == COLUMNS[:-1],
        **figures,
        "difference": {
            "accuracy": difference,
            "standard_error": error,
            "interval": [low, high],
            "told_apart": low > 0 or high < 0,
        },
    }
