"""LIME for three test samples, and for all test rows."""

from report_builder.pipeline.step import Step
from report_builder.sections.declaration import Section, compute

SECTION = Section(
    name="lime",
    steps=(
        Step(
            "chosen",
            compute("lime", "choose"),
            needs=("split", "mlp"),
            settings=("explain.samples",),
            on_device=True,
        ),
        Step(
            "lime",
            compute("lime", "explain"),
            needs=("split", "mlp", "chosen"),
            settings=("seed", "lime.perturbations", "lime.kernel_width"),
            on_device=True,
        ),
    ),
    reads=("table", "chosen", "lime"),
    settings=("lime.perturbations", "lime.kernel_width"),
    answers=("T15",),
)
