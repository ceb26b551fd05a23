"""The pictures that the network is explained on, and what it says of them."""

from report_builder.pipeline.step import Step
from report_builder.sections.declaration import Section, compute, on_pictures

SECTION = Section(
    name="photographs",
    steps=(
        Step(
            "photographs",
            compute("photographs", "predict"),
            needs=("vision",),
            settings=("vision.shown",),
            files=("network", "photographs"),
            on_device=True,
        ),
        on_pictures("network_checks", "report_builder.sections.photographs.network_checks:check"),
    ),
    reads=("vision", "photographs"),
    answers=("V01", "V13"),
)
