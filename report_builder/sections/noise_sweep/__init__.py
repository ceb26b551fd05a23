"""SmoothGrad under more and more noise: what grows, and what breaks."""

from report_builder.sections.declaration import Section, compute, on_own_network

SECTION = Section(
    name="noise_sweep",
    steps=(
        on_own_network(
            "noise_sweep",
            compute("noise_sweep", "sweep"),
            settings=("seed", "noise_sweep.pictures", "evaluation.bootstrap_draws"),
        ),
    ),
    reads=("own_pictures", "noise_sweep"),
    answers=("C06",),
)
