"""SmoothGrad, of the gradient and of guided backpropagation, alone and times Grad-CAM."""

from report_builder.sections.declaration import Section, compute, on_pictures

SECTION = Section(
    name="smoothing",
    steps=(
        on_pictures(
            "smoothing",
            compute("smoothing", "smooth"),
            needs=("gradient_maps",),
            settings=("seed", "smooth_grad.samples", "smooth_grad.sigma", "vision.precision"),
        ),
        on_pictures(
            "smooth_pair",
            compute("smoothing", "compare_pair"),
            settings=(
                "seed",
                "smooth_grad.pair_samples",
                "smooth_grad.sigma",
                "vision.precision",
                "vision.pair",
            ),
        ),
        on_pictures(
            "smooth_sweep",
            compute("smoothing", "sweep"),
            settings=("seed", "smooth_grad.samples", "smooth_grad.sigma", "vision.precision"),
        ),
    ),
    reads=("vision", "photographs", "gradient_maps", "smoothing", "smooth_pair", "smooth_sweep"),
    settings=("vision.precision",),
    answers=("V05", "V06", "V17"),
)
