"""Measured checks that the report's numbers can be trusted."""

from report_builder.pipeline.step import Step
from report_builder.sections.declaration import Section, compute, on_pictures

SECTION = Section(
    name="audit",
    steps=(
        on_pictures("network_checks", "report_builder.sections.audit.network_checks:check"),
        # It also needs the pages of all other sections, which the plan of the report adds.
        Step(
            "audit",
            compute("audit", "run"),
            needs=(
                "split",
                "reference.split",
                "mlp",
                "nam",
                "shapley",
                "network_checks",
                "gradient_maps",
                "smoothing",
                "path_maps",
                "adversarial",
            ),
            settings=("tabular.zero_is_missing", "tabular.drop_zero"),
        ),
    ),
    reads=("audit", "photographs"),
)
