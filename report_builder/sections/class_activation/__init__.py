"""Class activation maps: CAM, Grad-CAM, Guided Grad-CAM, Score-CAM."""

from report_builder.pipeline.step import Step
from report_builder.sections.declaration import Section, compute

SECTION = Section(
    name="class_activation",
    steps=(
        Step(
            "class_activation",
            compute("class_activation", "explain"),
            needs=("vision", "photographs", "gradient_maps"),
            settings=("vision.precision",),
            files=("network",),
            on_device=True,
        ),
    ),
    reads=("vision", "photographs", "gradient_maps", "class_activation"),
    answers=("V02", "V04", "V20"),
    settings=("vision.layer",),
    listings=("report_builder.methods.passes:class_map",),
)
