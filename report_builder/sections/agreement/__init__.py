"""LIME, SHAP and the correlation with the target: where they agree and which is more accurate."""

from report_builder.pipeline.step import Step
from report_builder.sections.declaration import Section, compute

SECTION = Section(
    name="agreement",
    steps=(
        Step(
            "agreement",
            compute("agreement", "compare"),
            needs=("split", "mlp", "chosen", "lime", "shapley"),
            settings=("seed", "lime.perturbations", "lime.kernel_width", "evaluation.bootstrap_draws"),
            on_device=True,
        ),
    ),
    reads=("table", "chosen", "lime", "shapley", "agreement"),
    settings=("lime.perturbations", "shapley.background"),
    answers=("T17", "T18", "T19"),
)
