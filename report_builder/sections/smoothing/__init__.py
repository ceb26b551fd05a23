"""SmoothGrad, of the gradient and of guided backpropagation, alone and times Grad-CAM."""

from report_builder.pipeline.step import Step
from report_builder.sections.declaration import Section, compute

SECTION = Section(
    name="smoothing",
    steps=(
        Step(
            "smoothing",
            compute("smoothing", "smooth"),
            needs=("vision", "photographs", "gradient_maps"),
            settings=("seed", "smooth_grad.samples", "smooth_grad.sigma", "vision.precision"),
            files=("network",),
            on_device=True,
        ),
        Step(
            "smooth_pair",
            compute("smoothing", "compare_pair"),
            needs=("vision", "photographs"),
            settings=(
                "seed",
                "smooth_grad.pair_samples",
                "smooth_grad.sigma",
                "vision.precision",
                "vision.pair",
            ),
            files=("network",),
            on_device=True,
        ),
        Step(
            "smooth_sweep",
            compute("smoothing", "sweep"),
            needs=("vision", "photographs"),
            settings=("seed", "smooth_grad.samples", "smooth_grad.sigma", "vision.precision"),
            files=("network",),
            on_device=True,
        ),
    ),
    reads=("vision", "photographs", "gradient_maps", "smoothing", "smooth_pair", "smooth_sweep"),
    settings=("vision.precision",),
    answers=("V05", "V06", "V17"),
)
