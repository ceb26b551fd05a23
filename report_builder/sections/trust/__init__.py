"""Why a network's decisions have to be explained, and the network that is explained here."""

from report_builder.pipeline.step import Step
from report_builder.sections.declaration import Section, compute

SECTION = Section(
    name="trust",
    steps=(
        Step(
            "summary",
            compute("trust", "summarise_network"),
            needs=("vision",),
            files=("network", "data/farmnet.training.json"),
            on_device=True,
        ),
    ),
    reads=("vision", "summary", "assets"),
    answers=("V24", "V18"),
)
