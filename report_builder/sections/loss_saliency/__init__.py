"""The gradient of the loss: where its bright points are, and whether the gradient is saturated."""

from report_builder.sections.declaration import Section, compute, on_own_network

SECTION = Section(
    name="loss_saliency",
    steps=(
        on_own_network(
            "loss_saliency",
            compute("loss_saliency", "place"),
            settings=("seed", "evaluation.bootstrap_draws"),
        ),
        on_own_network(
            "saturation",
            "report_builder.sections.loss_saliency.saturation:follow",
            settings=("seed", "evaluation.bootstrap_draws"),
        ),
    ),
    reads=("own_pictures", "loss_saliency", "saturation"),
    answers=("C02",),
)
