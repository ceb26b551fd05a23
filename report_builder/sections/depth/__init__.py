"""What the layers hold: feature maps of one of them, and Grad-CAM at three depths for two classes."""

from report_builder.pipeline.step import Step
from report_builder.sections.declaration import Section, compute

SECTION = Section(
    name="depth",
    steps=(
        Step(
            "depth",
            compute("depth", "look"),
            needs=("vision", "photographs"),
            settings=("vision.pair", "vision.layer"),
            files=("network",),
            on_device=True,
        ),
    ),
    reads=("vision", "photographs", "depth"),
    answers=("V14", "V16"),
)
