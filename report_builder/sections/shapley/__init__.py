"""Shapley values of all test rows."""

from report_builder.pipeline.step import Step
from report_builder.sections.declaration import Section, compute

SECTION = Section(
    name="shapley",
    steps=(
        Step(
            "shapley",
            compute("shapley", "explain"),
            needs=("split", "mlp", "chosen"),
            settings=("seed", "shapley.background"),
            on_device=True,
        ),
    ),
    reads=("table", "split", "chosen", "shapley"),
    settings=("shapley.background",),
    answers=("T16",),
)
