"""What went into the two runs, and where it differs."""

from report_builder.sections.declaration import Section

SECTION = Section(name="origins", package=__name__)
