"""What the layers hold: feature maps of one of them, and Grad-CAM at three depths for two classes."""

from report_builder.sections.declaration import Section, compute, on_pictures

SECTION = Section(
    name="depth",
    steps=(
        on_pictures(
            "depth",
            compute("depth", "look"),
            settings=("vision.pair", "vision.layer"),
        ),
    ),
    reads=("vision", "photographs", "depth"),
    answers=("V14", "V16"),
)
