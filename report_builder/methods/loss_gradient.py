"""The gradient of the classification loss beside that of the class logit, from one forward pass."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from report_builder.methods.batching import MemoryBudget, image_cost
from report_builder.methods.hooks import as_input, check_inputs, class_scores, frozen


@dataclass(frozen=True)
class ClassGradients:
    """Gradients (n, 3, h, w) with respect to n images, each of its own class c.

    logits: (n, k). logit: of the class logit z_c. loss: of the cross-entropy -log p_c.
    """

    logits: Tensor
    classes: Tensor
    logit: Tensor
    loss: Tensor

    @property
    def scores(self) -> Tensor:
        """(n,): z_c."""
        return class_scores(self.logits, self.classes)

    @property
    def probabilities(self) -> Tensor:
        """(n,): p_c, the softmax of the class."""
        return class_scores(self.logits.softmax(1), self.classes)

    @property
    def probability(self) -> Tensor:
        """(n, 3, h, w): the gradient of p_c, which is -p_c times that of the loss."""
        return -self.probabilities[:, None, None, None] * self.loss


def class_gradients(
    network: nn.Module, images: Tensor, classes: Tensor, memory: MemoryBudget | None = None
) -> ClassGradients:
    """The gradients of the class logit and of the cross-entropy: two backward passes through one forward.

    images: (n, 3, h, w) in the space the network sees. classes: (n,) int64. Raises ValueError for inputs that
    do not fit.

    The loss's gradient is the sum over the classes j of (p_j - [j = c]) times the gradient of z_j: it
    vanishes as p_c goes to one, however strongly the logit depends on the image (Simonyan et al. 2014
    therefore explain the logit).
    """
    check_inputs(images, classes)
    memory = memory or MemoryBudget.of(images.device)

    def block_of(block: slice) -> tuple[Tensor, Tensor, Tensor]:
        with frozen(network):
            x = as_input(images[block]).requires_grad_()
            logits = network(x)
            scores = class_scores(logits, classes[block])
            (of_logit,) = torch.autograd.grad(scores.sum(), x, retain_graph=True)
            (of_loss,) = torch.autograd.grad(logits, x, loss_slopes(logits.detach(), classes[block]))
        return logits.detach(), of_logit.contiguous(), of_loss.contiguous()

    parts = zip(*memory.run(len(images), image_cost(network, images), block_of), strict=True)
    logits, of_logit, of_loss = (torch.cat(part) for part in parts)
    return ClassGradients(logits, classes, of_logit, of_loss)


def loss_slopes(logits: Tensor, classes: Tensor) -> Tensor:
    """(n, k): derivatives of the cross-entropy by the logits, p_j - [j = c].

    That of the class is the sum of the others' with a minus: where p_c is one up to rounding, the difference
    p_c - 1 would be lost.
    """
    others = logits.softmax(1).scatter(1, classes[:, None], 0.0)
    return others.scatter(1, classes[:, None], -others.sum(1, keepdim=True))
