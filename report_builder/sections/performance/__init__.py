"""The four models beside each other, in both protocols, and beside what the reference write-up prints."""

from report_builder.pipeline.step import Step
from report_builder.sections.declaration import Section, compute

_PROTOCOLS = ("", "reference.")
_MODELS = tuple(f"{prefix}{name}" for prefix in _PROTOCOLS for name in ("mlp", "nam", "baselines"))

SECTION = Section(
    name="performance",
    steps=(
        *(
            Step(
                f"{prefix}baselines",
                compute("performance", "baselines"),
                needs=(f"{prefix}split",),
                settings=("seed", "evaluation.bootstrap_draws"),
            )
            for prefix in _PROTOCOLS
        ),
        Step(
            "performance",
            compute("performance", "compare"),
            needs=_MODELS,
            settings=("seed", "evaluation.bootstrap_draws"),
        ),
        Step(
            "writeup",
            "report_builder.sections.performance.writeup:read",
            needs=("table",),
            files=("data/writeup.toml",),
        ),
    ),
    reads=(*_MODELS, "performance", "writeup"),
    settings=("evaluation.bootstrap_draws",),
)
