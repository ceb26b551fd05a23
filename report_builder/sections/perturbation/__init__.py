"""Explanations by changing the picture: occlusion sensitivity and LIME for images."""

from report_builder.sections.declaration import Section, compute, on_pictures

SECTION = Section(
    name="perturbation",
    steps=(
        on_pictures(
            "occlusion_maps",
            compute("perturbation", "cover"),
            settings=("occlusion",),
        ),
        on_pictures(
            "lime_maps",
            compute("perturbation", "hide_segments"),
            settings=("seed", "lime_image", "vision.precision"),
        ),
    ),
    reads=("vision", "photographs", "occlusion_maps", "lime_maps"),
    listings=(
        "report_builder.methods.occlusion:Windows.spread",
        "report_builder.methods.lime_image:_fit",
    ),
    answers=("V15", "V23"),
)
