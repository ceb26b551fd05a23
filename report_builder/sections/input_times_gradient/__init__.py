"""Gradient times input, in grey scale, and what DeepLIFT and Integrated Gradients make better."""

from report_builder.sections.declaration import Section, compute, on_own_network

SECTION = Section(
    name="input_times_gradient",
    steps=(
        on_own_network(
            "input_times_gradient",
            compute("input_times_gradient", "compare"),
            settings=(
                "seed",
                "integrated_gradients.steps",
                "map_scores.deletion_steps",
                "evaluation.bootstrap_draws",
            ),
        ),
    ),
    reads=("own_pictures", "input_times_gradient"),
    answers=("C07", "C08"),
)
