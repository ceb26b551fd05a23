"""All methods beside each other on the same pictures, and where each is explained."""

from report_builder.pipeline.step import Step
from report_builder.sections.declaration import Section, compute

MAP_STEPS = (
    "gradient_maps",
    "class_activation",
    "smoothing",
    "path_maps",
    "occlusion_maps",
    "lime_maps",
)

SECTION = Section(
    name="map_grid",
    steps=(
        Step(
            "method_comparison",
            compute("map_grid", "compare"),
            needs=(
                "gradient_maps",
                "class_activation",
                "smoothing",
                "path_maps",
                "occlusion_maps",
                "lime_maps",
            ),
        ),
    ),
    reads=("vision", "photographs", *MAP_STEPS, "method_comparison"),
    answers=("V25",),
)
