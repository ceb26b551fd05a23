"""Which item of the inventory is answered where."""

from report_builder.pipeline.step import Step
from report_builder.sections.declaration import Section, compute

SECTION = Section(
    name="checklist",
    # It needs the pages of all other sections, which the plan of the report adds.
    steps=(Step("checklist", compute("checklist", "run"), needs=("study",)),),
    reads=("checklist", "study"),
    reads_if_there=("vision", "table", "own"),
)
