"""Methods whose attributions add up to a change of the logit: along a path, over a background, by a rule."""

from report_builder.pipeline.step import Step
from report_builder.sections.declaration import Section, compute

SECTION = Section(
    name="path_methods",
    steps=(
        Step(
            "path_maps",
            compute("path_methods", "attribute"),
            needs=("vision", "photographs"),
            settings=("seed", "integrated_gradients.steps", "gradient_shap.samples", "vision.precision"),
            files=("network",),
            on_device=True,
        ),
        Step(
            "layer_shap",
            compute("path_methods", "attribute_to_layers"),
            needs=("vision", "photographs"),
            settings=("seed", "gradient_shap.samples", "vision.precision"),
            files=("network",),
            on_device=True,
        ),
    ),
    reads=("vision", "photographs", "path_maps", "layer_shap"),
    answers=("V12", "V21"),
)
