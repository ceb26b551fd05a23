"""Class activation maps: CAM, Grad-CAM, Guided Grad-CAM, Score-CAM."""

from report_builder.sections.declaration import Section, compute, on_pictures

SECTION = Section(
    name="class_activation",
    steps=(
        on_pictures(
            "class_activation",
            compute("class_activation", "explain"),
            needs=("gradient_maps",),
            settings=("vision.precision",),
        ),
    ),
    reads=("vision", "photographs", "gradient_maps", "class_activation"),
    answers=("V02", "V04", "V20"),
    settings=("vision.layer",),
    listings=("report_builder.methods.passes:class_map",),
)
