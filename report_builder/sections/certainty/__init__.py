"""How sure the report's numbers and explanations are: what many runs with other seeds give."""

from report_builder.pipeline.step import Step
from report_builder.sections.declaration import Section, compute

SECTION = Section(
    name="certainty",
    steps=(
        Step(
            "certainty",
            compute("certainty", "measure"),
            files=("sweep", "sweep_arrays"),
        ),
    ),
    reads=("sweep", "certainty"),
    reads_if_there=("table", "mlp", "nam", "baselines", "photographs", "signals", "own_pictures"),
)
