"""How the features' ranks by importance moved."""

from report_builder.sections.declaration import Section

SECTION = Section(name="importance", package=__name__)
