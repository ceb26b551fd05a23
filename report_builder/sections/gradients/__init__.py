"""Maps of the gradient: saliency, Input x Gradient, guided backpropagation, DeconvNet."""

from report_builder.sections.declaration import Section, compute, on_pictures

SECTION = Section(
    name="gradients",
    steps=(
        on_pictures(
            "gradient_maps",
            compute("gradients", "explain"),
            settings=("vision.layer",),
        ),
    ),
    reads=("vision", "photographs", "gradient_maps"),
    listings=("report_builder.methods.rectifiers:_Gate",),
    answers=("V22", "V03", "V19"),
)
