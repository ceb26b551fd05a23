"""The metrics of both runs, and which differences are beyond the noise."""

from report_builder.sections.declaration import Section

SECTION = Section(name="metrics", package=__name__)
