"""A relevance for every sample of a signal, drawn as a heat map, scored, and how it fades into the past."""

from report_builder.pipeline.step import Step
from report_builder.sections.declaration import Section, compute

NETWORKS = ("lstm", "cnn")
METHODS = ("integrated_gradients", "smooth_grad", "occlusion", "gradient_shap")
REFERENCES = ("energy", "random")  # rules that look at no network

_EACH = tuple(f"{step}.{kind}" for step in ("signal_models", "relevance") for kind in NETWORKS)

SECTION = Section(
    name="relevance",
    steps=(
        *(
            Step(
                f"relevance.{kind}",
                compute("relevance", "attribute"),
                needs=("signals", f"signal_models.{kind}"),
                settings=(
                    "seed",
                    "integrated_gradients.steps",
                    "smooth_grad.samples",
                    "smooth_grad.sigma",
                    "gradient_shap.samples",
                ),
                parameters={"kind": kind},
                on_device=True,
            )
            for kind in NETWORKS
        ),
        Step(
            "relevance.scores",
            compute("relevance", "compare"),
            needs=("signals", *_EACH),
            settings=("seed", "evaluation.bootstrap_draws"),
        ),
    ),
    reads=("signals", *_EACH, "relevance.scores"),
    answers=("S01",),
)
