"""The attribution methods of the report by key, in the order in which the report shows them; how many
pictures it shows them on.
"""

from __future__ import annotations

MOST_DRAWN = 12  # pictures in a figure, and rows of a table by picture; numbers over pictures are over all
ORDER = (
    "saliency",
    "input_x_gradient",
    "guided_backpropagation",
    "deconvnet",
    "cam",
    "grad_cam",
    "guided_grad_cam",
    "score_cam",
    "smooth_grad",
    "smooth_guided",
    "smooth_guided_grad_cam",
    "integrated_gradients",
    "gradient_shap",
    "deeplift",
    "occlusion",
    "lime_image",
)
# Maps that look at no network: what a method must beat to have told anything.
REFERENCES = ("random", "centre_prior", "edges")
# Methods whose maps have a sign: for and against the class. The others are not negative.
SIGNED = frozenset(
    {
        "input_x_gradient",
        "guided_backpropagation",
        "deconvnet",
        "cam",
        "guided_grad_cam",
        "smooth_guided",
        "smooth_guided_grad_cam",
        "integrated_gradients",
        "gradient_shap",
        "deeplift",
        "occlusion",
        "lime_image",
    }
)
