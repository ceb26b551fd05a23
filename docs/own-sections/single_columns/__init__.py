"""How far each column gets alone: a section of one's own."""

from report_builder.pipeline.step import Step
from report_builder.sections.declaration import Section

SECTION = Section(
    name="single_columns",
    package=__name__,
    steps=(Step("single_columns", f"{__name__}.compute:rank", needs=("split",)),),
    reads=("single_columns", "table"),
)
