"""How many images go through a network at once: as many as a memory budget holds.

The results never depend on it: every method treats each image, and each sample of an image, by itself.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TypeVar
from weakref import WeakKeyDictionary

import torch
from torch import Tensor, nn
from torch.autograd.graph import saved_tensors_hooks

from report_builder.methods.hooks import frozen

T = TypeVar("T")

# Small blocks on a processor: their activations stay near its caches, and the allocator reuses the memory of
# the last block. Blocks of a hundred megabytes were 1.5 times as fast as blocks four times as large.
CPU_BYTES = 128 * 2**20
MPS_BYTES = 2 * 2**30
SHARE_OF_FREE_CUDA_MEMORY = 0.5
# What a pass holds beside the tensors that autograd keeps: gradients in flight, workspaces of convolutions
OVERHEAD = 1.5
# Without autograd a block's size hangs on its pixels alone; that of a function that is not known is guessed
PIXELS_AT_ONCE = {"cpu": 4 * 224**2, "mps": 32 * 224**2, "cuda": 128 * 224**2}

_costs: WeakKeyDictionary[nn.Module, dict[tuple[object, ...], int]] = WeakKeyDictionary()


class MemoryBudget:
    """Bytes that one pass through a network may take; it halves itself when the device runs out of memory.

    One budget may serve many calls: what it learned of the device in one, the next ones know.
    """

    def __init__(self, limit: int) -> None:
        self.limit = limit

    @classmethod
    def of(cls, device: torch.device) -> MemoryBudget:
        """Half of what is free on a CUDA device; a fixed amount elsewhere: large blocks gain nothing."""
        if device.type == "cuda":
            free, _ = torch.cuda.mem_get_info(device)
            return cls(int(free * SHARE_OF_FREE_CUDA_MEMORY))
        return cls(MPS_BYTES if device.type == "mps" else CPU_BYTES)

    def run(self, count: int, cost: int, work: Callable[[slice], T]) -> list[T]:
        """work(block) for consecutive blocks that cover range(count); `cost`: bytes that one image takes.

        Raises what `work` raises; running out of memory only where a single image is too much.
        """
        results: list[T] = []
        start = 0
        while start < count:
            block = slice(start, min(start + self._fitting(cost), count))
            done = self._attempt(block.stop - start, cost, partial(work, block))
            results += done
            start = block.stop if done else start
        return results

    def sum_over_samples(
        self, images: int, samples: int, cost: int, work: Callable[[slice, slice], Tensor]
    ) -> Tensor:
        """Sum over the samples of each image: (images, ...).

        work: a block of images and a block of samples -> (images in the block, ...), summed over its samples.
        A block holds several images with all their samples, or some samples of one image.
        """
        sums: list[Tensor] = []
        image, sample = 0, 0
        while image < images:
            size = self._fitting(cost)
            count = max(1, size // samples) if sample == 0 else 1
            image_block = slice(image, min(image + count, images))
            sample_block = slice(sample, min(sample + size, samples))
            pairs = (image_block.stop - image) * (sample_block.stop - sample)
            done = self._attempt(pairs, cost, partial(work, image_block, sample_block))
            if not done:
                continue
            if sample == 0:
                sums += done
            else:
                sums[-1] = sums[-1] + done[0]
            sample = sample_block.stop
            if sample == samples:
                image, sample = image_block.stop, 0
        return torch.cat(sums)

    def _fitting(self, cost: int) -> int:
        return max(1, self.limit // cost)

    def _attempt(self, size: int, cost: int, work: Callable[[], T]) -> list[T]:
        """The result, or an empty list and half the limit where the device ran out of memory."""
        try:
            return [work()]
        except RuntimeError as error:
            if size == 1 or not _is_out_of_memory(error):
                raise
        # after the handler, so that the traceback holds no tensors any more
        self.limit = size * cost // 2
        if torch.cuda.is_available():
            torch.cuda.empty_cache()
        return []


def _is_out_of_memory(error: RuntimeError) -> bool:
    text = str(error)
    return (
        isinstance(error, torch.OutOfMemoryError)
        or "can't allocate memory" in text
        or "out of memory" in text
    )


def images_at_once(images: Tensor) -> int:
    """How many images of that size, on that device, go at once through a function of unknown cost."""
    pixels = PIXELS_AT_ONCE.get(images.device.type, PIXELS_AT_ONCE["cpu"])
    return max(1, pixels // (images.shape[-2] * images.shape[-1]))


def image_cost(network: nn.Module, images: Tensor) -> int:
    """Bytes that a forward and backward pass takes per image of the shape and type of `images` (n, 3, h, w).

    Counted once per shape, on one image of zeros.
    """
    known = _costs.setdefault(network, {})
    key = (tuple(images.shape[1:]), images.dtype)
    if key not in known:
        known[key] = int(OVERHEAD * _kept_for_backward(network, images))
    return known[key]


def _kept_for_backward(network: nn.Module, images: Tensor) -> int:
    """Bytes that autograd keeps of one image, the image itself included."""
    weights = {value.untyped_storage()._cdata for value in (*network.parameters(), *network.buffers())}
    kept: dict[int, torch.UntypedStorage] = {}

    nothing = torch.empty(0)

    def keep(tensor: Tensor) -> Tensor:
        storage = tensor.untyped_storage()
        kept[storage._cdata] = storage
        # the tensor itself would hold the graph that holds it, and with it the network, for good
        return nothing

    with torch.inference_mode(False), torch.enable_grad(), frozen(network):
        image = torch.zeros_like(images[:1]).requires_grad_()
        with saved_tensors_hooks(keep, lambda tensor: tensor):
            network(image)
    return image.nbytes + sum(storage.nbytes() for key, storage in kept.items() if key not in weights)
