"""How fast the methods of images are beside their peers, from a benchmark that is run by itself."""

from report_builder.pipeline.step import Step
from report_builder.sections.declaration import Section, compute

SECTION = Section(
    name="speed",
    # The figures of a machine are no result of a build: this step reads them.
    steps=(Step("speed", compute("speed", "read"), files=("docs/benchmarks.json",)),),
    reads=("speed",),
)
