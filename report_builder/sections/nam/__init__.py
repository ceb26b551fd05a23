"""The neural additive model: question 8a, code, training, test results, shape functions."""

from report_builder.pipeline.step import Step
from report_builder.sections.declaration import Section, compute

_SETTINGS = (
    "seed",
    "nam.epochs",
    "nam.batch_size",
    "nam.learning_rate",
    "nam.weight_decay",
    "nam.hidden",
    "nam.dropout",
    "nam.feature_dropout",
    "nam.output_penalty",
    "nam.early_stopping",
    "evaluation.bootstrap_draws",
)

SECTION = Section(
    name="nam",
    steps=tuple(
        Step(
            f"{prefix}nam",
            compute("nam", "train"),
            needs=(f"{prefix}split",),
            settings=_SETTINGS,
            on_device=True,
        )
        for prefix in ("", "reference.")
    ),
    reads=("table", "nam", "reference.nam", "mlp", "baselines", "performance", "writeup"),
    settings=_SETTINGS,
    listings=("report_builder.models.nam:NAM",),
    answers=("T21", "T22", "T23"),
)
