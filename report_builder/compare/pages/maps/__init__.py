"""How alike the maps of both runs are."""

from report_builder.sections.declaration import Section

SECTION = Section(name="maps", package=__name__)
