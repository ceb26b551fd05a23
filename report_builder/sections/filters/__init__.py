"""What the filters of an early, a middle and a late layer detect."""

from report_builder.sections.declaration import Section, compute, on_own_network

SECTION = Section(
    name="filters",
    steps=(
        on_own_network(
            "filters",
            compute("filters", "look"),
            settings=("seed", "filters", "evaluation.bootstrap_draws"),
        ),
    ),
    reads=("own_pictures", "own_cnn", "filters"),
    settings=("filters.steps", "filters.learning_rate"),
    answers=("C03",),
)
