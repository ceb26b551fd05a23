"""Pictures that a class of the network answers most strongly to, with and without regularisation."""

from report_builder.pipeline.step import Step
from report_builder.sections.declaration import Section, compute, on_pictures

_COMMON = ("seed", "feature_visualisation")

SECTION = Section(
    name="feature_visualisation",
    steps=(
        on_pictures(
            "unregularised",
            compute("feature_visualisation", "unregularised"),
            settings=_COMMON,
        ),
        on_pictures(
            "hens",
            compute("feature_visualisation", "regularised"),
            settings=_COMMON,
        ),
        Step(
            "ablation",
            compute("feature_visualisation", "ablation"),
            needs=("vision", "unregularised", "hens"),
            settings=_COMMON,
            files=("network",),
            on_device=True,
        ),
    ),
    reads=("vision", "photographs", "unregularised", "ablation", "hens"),
    settings=("feature_visualisation.class_name", "feature_visualisation.steps"),
    listings=("report_builder.methods.activation_maximisation:maximise",),
    answers=("V08", "V09", "V10", "V11"),
)
