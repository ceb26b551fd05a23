"""Maps before and after the network's weights are drawn anew."""

from report_builder.pipeline.step import Step
from report_builder.sections.declaration import Section, compute

SECTION = Section(
    name="randomisation",
    steps=(
        Step(
            "randomisation",
            compute("randomisation", "cascade_test"),
            needs=("scenes",),
            settings=("seed", "map_scores.samples", "smooth_grad.sigma"),
            files=("data/farmnet.safetensors",),
            on_device=True,
        ),
    ),
    reads=("vision", "scenes", "randomisation"),
    listings=("report_builder.methods.randomisation:randomised",),
)
