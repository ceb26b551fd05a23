"""Measured checks that the report's numbers can be trusted."""

from report_builder.pipeline.step import Step
from report_builder.sections.declaration import Section, compute

SECTION = Section(
    name="audit",
    steps=(
        # It also needs the pages of all other sections, which the plan of the report adds.
        Step(
            "audit",
            compute("audit", "run"),
            needs=("study",),
            needs_if_there=(
                *("split", "mlp", "nam", "shapley"),
                *("network_checks", "gradient_maps", "smoothing", "path_maps", "adversarial"),
                *("own_pictures", "signals"),
            ),
            settings=("tabular.zero_is_missing", "tabular.drop_zero"),
        ),
    ),
    reads=("audit", "study"),
    reads_if_there=("photographs",),
)
