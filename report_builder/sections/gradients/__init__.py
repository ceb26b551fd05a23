"""Maps of the gradient: saliency, Input x Gradient, guided backpropagation, DeconvNet."""

from report_builder.pipeline.step import Step
from report_builder.sections.declaration import Section, compute

SECTION = Section(
    name="gradients",
    steps=(
        Step(
            "gradient_maps",
            compute("gradients", "explain"),
            needs=("vision", "photographs"),
            settings=("vision.layer",),
            files=("network",),
            on_device=True,
        ),
    ),
    reads=("vision", "photographs", "gradient_maps"),
    listings=("report_builder.methods.rectifiers:_Gate",),
    answers=("V22", "V03", "V19"),
)
