"""The table before any model: correlations, classes, distributions, outliers."""

from report_builder.pipeline.step import Step
from report_builder.sections.declaration import Section, compute

SECTION = Section(
    name="exploration",
    steps=(
        Step(
            "table",
            compute("exploration", "load"),
            needs=("assets",),
            settings=("seed", "tabular.target", "tabular.positive"),
            files=("table",),
        ),
        Step(
            "exploration",
            compute("exploration", "explore"),
            needs=("table",),
            settings=("seed", "tabular.drop_zero", "tabular.zero_is_missing"),
        ),
    ),
    reads=("table", "exploration", "writeup"),
    answers=("T01", "T02", "T03", "T04", "T05", "T06"),
)
