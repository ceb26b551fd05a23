"""From the table to standardised, balanced parts, by both protocols."""

from report_builder.pipeline.step import Step
from report_builder.sections.declaration import Section, compute

_SETTINGS = (
    "seed",
    "tabular.drop_zero",
    "tabular.zero_is_missing",
    "tabular.test_share",
    "tabular.validation_share",
    "tabular.smote_neighbours",
)

SECTION = Section(
    name="preparation",
    steps=tuple(
        Step(
            name,
            compute("preparation", "split"),
            needs=("table",),
            settings=_SETTINGS,
            parameters={"protocol": protocol},
        )
        for name, protocol in (("split", "clean"), ("reference.split", "reference"))
    ),
    reads=("table", "split", "reference.split", "writeup"),
    settings=("tabular.smote_neighbours",),
    answers=("T07", "T08", "T09", "T10"),
)
