"""Begun."""

from report_builder.sections.declaration import Section

SECTION = Section(name="noise_sweep")
