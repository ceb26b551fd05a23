"""Signals with a class each, and the two networks that tell the classes apart."""

from report_builder.pipeline.step import Step
from report_builder.sections.declaration import Section, compute

KINDS = ("lstm", "cnn")

SECTION = Section(
    name="signals",
    steps=(
        Step(
            "signals",
            compute("signals", "prepare"),
            needs=("signal_source",),
            settings=(
                "seed",
                "signals.label",
                "signals.sampling_rate",
                "signals.simulated",
                "signals.test_share",
                "signals.shown_per_class",
                "signals.scored",
            ),
            files=("signals",),
        ),
        *(
            Step(
                f"signal_models.{kind}",
                compute("signals", "train"),
                needs=("signals",),
                settings=(
                    "seed",
                    "signals.epochs",
                    "signals.batch_size",
                    "signals.learning_rate",
                    "signals.noise",
                    "signals.hidden",
                    "evaluation.bootstrap_draws",
                ),
                parameters={"kind": kind},
                on_device=True,
            )
            for kind in KINDS
        ),
        Step(
            "signal_comparison",
            compute("signals", "compare"),
            needs=("signals", *(f"signal_models.{kind}" for kind in KINDS)),
        ),
    ),
    reads=("signals", *(f"signal_models.{kind}" for kind in KINDS), "signal_comparison"),
    settings=("signals.hidden", "signals.label", "signals.learning_rate", "signals.noise"),
)
