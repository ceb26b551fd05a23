"""What this run is: inputs, settings, seed, device, versions."""

from report_builder.sections.declaration import Section

# "run" is given by the build, not computed: it describes the machine and the command.
SECTION = Section(name="provenance", reads=("assets", "run"), reads_if_there=("table",))
