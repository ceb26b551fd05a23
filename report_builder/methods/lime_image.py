"""LIME for images: a linear surrogate on which superpixels are shown.

Sources: Ribeiro, Singh and Guestrin 2016, "Why Should I Trust You?": Explaining the Predictions of Any
Classifier; Achanta et al. 2012, SLIC Superpixels Compared to State-of-the-Art Superpixel Methods. Details as
in `lime.lime_image.LimeImageExplainer` with its defaults; the segments are SLIC's.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from skimage.segmentation import slic
from torch import Tensor

from report_builder.methods.batching import MemoryBudget, images_at_once

Predict = Callable[[Tensor], Tensor]

RIDGE = 1.0
KERNEL_WIDTH = 0.25


@dataclass(frozen=True)
class LimeImageExplanation:
    """Surrogates of one image for `c` classes over `k` segments; float64 on the CPU.

    A coefficient is what the surrogate adds to the class's output while the segment is shown.
    """

    segments: Tensor  # (h, w) int64, numbers from 0 to k - 1
    coefficients: Tensor  # (c, k)
    intercept: Tensor  # (c,)
    local_prediction: Tensor  # (c,) the surrogate at the image
    prediction: Tensor  # (c,) the network at the image
    r2: Tensor  # (c,) weighted R^2 of the surrogate; 1 where the output is constant, as in scikit-learn

    @property
    def maps(self) -> Tensor:
        """(c, h, w): each pixel's coefficient is that of its segment."""
        return self.coefficients[:, self.segments]

    def strongest(self, count: int, minimum: float = 0.0) -> Tensor:
        """(c, h, w) int64: the sign of the coefficient where it is one of the `count` largest, else 0.

        Size counts without its sign; coefficients below `minimum` in size are left out.
        """
        size = self.coefficients.abs()
        place = size.argsort(dim=1, descending=True, stable=True).argsort(dim=1)
        chosen = (place < count) & (size >= minimum)
        return (self.coefficients.sign() * chosen).long()[:, self.segments]


def superpixels(pixels: Tensor, *, count: int = 100, compactness: float = 20.0) -> Tensor:
    """SLIC segments (h, w) of an RGB image (3, h, w) in [0, 1], numbered from 0; about `count` of them.

    Compactness weighs nearness against colour; with the library's 10 many fewer segments come out than asked.
    Raises ValueError if the image has another shape or range.
    """
    if pixels.ndim != 3 or len(pixels) != 3 or pixels.min() < 0 or pixels.max() > 1:
        raise ValueError(f"an RGB image (3, h, w) in [0, 1] is needed, not {tuple(pixels.shape)}")
    image = pixels.detach().cpu().double().permute(1, 2, 0).numpy()
    # The default start_label is 1: LIME counts segments from 0 and would never hide the last one.
    return torch.from_numpy(slic(image, n_segments=count, compactness=compactness, start_label=0)).long()


def explain_image(
    predict: Predict,
    image: Tensor,
    segments: Tensor,
    classes: Tensor,
    *,
    seed: int,
    samples: int = 1000,
    batch: int | None = None,
) -> LimeImageExplanation:
    """Explain the outputs `classes` (c,) of one image (3, h, w) by its segments (h, w).

    A sample hides each segment with probability 1/2, behind the segment's mean colour; the first sample hides
    none. predict: (m, 3, h, w) -> (m, outputs), probabilities as a rule. The draws are those of
    `LimeImageExplainer(random_state=seed)`.

    Raises ValueError if the segments do not fit the image or are not numbered 0, 1, ..., or if `samples` is
    below 2.
    """
    numbers = torch.unique(segments)
    if segments.shape != image.shape[1:] or not torch.equal(numbers.cpu(), torch.arange(len(numbers))):
        raise ValueError(
            "the segments must have the image's height and width and be numbered from 0 without gaps"
        )
    if samples < 2:
        raise ValueError(f"LIME needs at least 2 samples, not {samples}")
    shown = _draw(samples, len(numbers), seed)
    where = segments.to(image.device)
    hidden = mean_colours(image, where)
    visible = shown.to(image.device)

    def outputs(block: slice) -> Tensor:
        return predict(torch.where(visible[block][:, where][:, None], image, hidden))[:, classes]

    with torch.no_grad():
        y = torch.cat(MemoryBudget(batch or images_at_once(image)).run(samples, 1, outputs)).cpu().double()
    coefficients, intercept, r2 = _fit(shown.double(), y)
    return LimeImageExplanation(
        segments=segments.cpu().long(),
        coefficients=coefficients,
        intercept=intercept,
        local_prediction=intercept + coefficients.sum(1),
        prediction=y[0],
        r2=r2,
    )


def _draw(samples: int, segments: int, seed: int) -> Tensor:
    """(samples, segments) bool, in the library's order of draws."""
    random = np.random.RandomState(seed)
    random.randint(0, 1000)  # the library draws a seed for its segmentation first
    shown = random.randint(0, 2, samples * segments).reshape(samples, segments) == 1
    shown[0] = True
    return torch.from_numpy(shown)


def mean_colours(image: Tensor, segments: Tensor) -> Tensor:
    """The image (3, h, w) with each segment in its mean colour."""
    index = segments.flatten()
    pixels = image.flatten(1)
    sums = torch.zeros(3, int(index.max()) + 1, dtype=image.dtype, device=image.device).index_add_(
        1, index, pixels
    )
    return (sums / index.bincount())[:, index].view_as(image)


def _fit(shown: Tensor, y: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Weighted ridge regression of `y` (m, c) on `shown` (m, k), intercept free.

    Coefficients (c, k), intercept (c,), R^2 (c,).
    """
    # The cosine of a 0/1 vector with the vector of ones is the root of its share of ones.
    distance = 1 - shown.mean(1).sqrt()
    weights = torch.exp(-(distance**2) / (2 * KERNEL_WIDTH**2))[:, None]
    # Measured from the image's own output, a constant output is exactly zero.
    first, y = y[0], y - y[0]
    x_mean, y_mean = ((weights * values).sum(0) / weights.sum() for values in (shown, y))
    x, y = shown - x_mean, y - y_mean
    gram = x.T @ (weights * x)
    ridge = RIDGE * torch.eye(len(gram), dtype=gram.dtype)
    slopes = torch.linalg.solve(gram + ridge, x.T @ (weights * y))
    left, total = (weights * (y - x @ slopes) ** 2).sum(0), (weights * y**2).sum(0)
    r2 = torch.where(total > 0, 1 - left / total.clamp_min(torch.finfo(total.dtype).tiny), 1.0)
    return slopes.T, first + y_mean - x_mean @ slopes, r2
