"""Begun."""

from report_builder.sections.declaration import Section

SECTION = Section(name="class_segments")
