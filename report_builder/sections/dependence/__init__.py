"""Partial dependence and ICE curves of every feature in both networks, and whether the additive one helps."""

from report_builder.pipeline.step import Step
from report_builder.sections.declaration import Section, compute

SECTION = Section(
    name="dependence",
    steps=(
        Step(
            "dependence",
            compute("dependence", "explain"),
            needs=("split", "mlp", "nam"),
            settings=("seed", "dependence.grid", "dependence.ice_curves", "nam.hidden"),
            on_device=True,
        ),
    ),
    reads=("table", "dependence", "mlp", "nam", "performance", "writeup"),
    answers=("T24",),
)
