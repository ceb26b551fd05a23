"""Explanations by changing the picture: occlusion sensitivity and LIME for images."""

from report_builder.pipeline.step import Step
from report_builder.sections.declaration import Section, compute

SECTION = Section(
    name="perturbation",
    steps=(
        Step(
            "occlusion_maps",
            compute("perturbation", "cover"),
            needs=("vision", "photographs"),
            settings=("occlusion",),
            files=("network",),
            on_device=True,
        ),
        Step(
            "lime_maps",
            compute("perturbation", "hide_segments"),
            needs=("vision", "photographs"),
            settings=("seed", "lime_image", "vision.precision"),
            files=("network",),
            on_device=True,
        ),
    ),
    reads=("vision", "photographs", "occlusion_maps", "lime_maps"),
    listings=(
        "report_builder.methods.occlusion:Windows.spread",
        "report_builder.methods.lime_image:_fit",
    ),
    answers=("V15", "V23"),
)
