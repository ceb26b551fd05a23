"""The multilayer perceptron: architecture, training, test results."""

from report_builder.pipeline.step import Step
from report_builder.sections.declaration import Section, compute

_SETTINGS = (
    "seed",
    "mlp.epochs",
    "mlp.batch_size",
    "mlp.learning_rate",
    "mlp.weight_decay",
    "mlp.early_stopping",
    "evaluation.bootstrap_draws",
)

SECTION = Section(
    name="mlp",
    steps=tuple(
        Step(
            f"{prefix}mlp",
            compute("mlp", "train"),
            needs=(f"{prefix}split",),
            settings=_SETTINGS,
            on_device=True,
        )
        for prefix in ("", "reference.")
    ),
    reads=("table", "mlp", "reference.mlp", "writeup"),
    settings=_SETTINGS,
    listings=("report_builder.models.mlp:MLP",),
    answers=("T11", "T12", "T13", "T14"),
)
