"""LIME for images on a picture of every class, and on the pictures behind the confusion matrix."""

from report_builder.sections.declaration import Section, compute, on_own_network

SECTION = Section(
    name="class_segments",
    steps=(
        on_own_network(
            "class_segments",
            compute("class_segments", "explain"),
            settings=(
                "seed",
                "class_segments",
                "lime_image.segments",
                "lime_image.features",
                "lime_image.minimum_weight",
            ),
        ),
    ),
    reads=("own_pictures", "own_cnn", "class_segments"),
    settings=("lime_image.segments", "lime_image.features", "lime_image.minimum_weight"),
    answers=("C04", "C05"),
)
