"""The trials of a sweep: the last step of each part, which reduces a run to what runs are compared by."""

from __future__ import annotations

from collections.abc import Mapping

from report_builder.pipeline.step import Step

_HERE = "report_builder.sections.certainty"
_TESTED = ("mlp", "nam", "baselines")
_SIGNAL_NETWORKS = ("lstm", "cnn")

# By the part of the study. Every one of them gives plain values; arrays as its function says.
TRIAL_STEPS: Mapping[str, Step] = {
    "tabular": Step(
        "trial.tabular",
        f"{_HERE}.trial_tabular:reduce",
        needs=(
            "table",
            "split",
            *_TESTED,
            *(f"reference.{name}" for name in _TESTED),
            "lime",
            "shapley",
            "agreement",
        ),
        settings=("nam.hidden", "tabular.drop_zero", "tabular.zero_is_missing"),
        on_device=True,
    ),
    "vision": Step(
        "trial.vision",
        f"{_HERE}.trial_vision:reduce",
        needs=("photographs", "smoothing", "lime_maps", "hens"),
    ),
    "signals": Step(
        "trial.signals",
        f"{_HERE}.trial_signals:reduce",
        needs=(
            "signals",
            *(f"signal_models.{kind}" for kind in _SIGNAL_NETWORKS),
            "relevance.scores",
        ),
    ),
    "own_cnn": Step(
        "trial.own_cnn",
        f"{_HERE}.trial_own_cnn:reduce",
        needs=("own_pictures", "own_cnn"),
    ),
}
