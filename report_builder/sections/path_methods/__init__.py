"""Methods whose attributions add up to a change of the logit: along a path, over a background, by a rule."""

from report_builder.sections.declaration import Section, compute, on_pictures

SECTION = Section(
    name="path_methods",
    steps=(
        on_pictures(
            "path_maps",
            compute("path_methods", "attribute"),
            settings=("seed", "integrated_gradients.steps", "gradient_shap.samples", "vision.precision"),
        ),
        on_pictures(
            "layer_shap",
            compute("path_methods", "attribute_to_layers"),
            settings=("seed", "gradient_shap.samples", "vision.precision"),
        ),
    ),
    reads=("vision", "photographs", "path_maps", "layer_shap"),
    answers=("V12", "V21"),
)
