"""Two classifiers of signals: an LSTM that reads them in their order, and a one-dimensional CNN.

Both take signals (n, channels, samples) in the units of the source, normalise by themselves with the mean and
the standard deviation of the training signals, and return logits (n, classes). No activation is shared or
works in place, so that every method of explanation can follow the signal through them.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import torch
from safetensors import safe_open
from safetensors.torch import save
from torch import Tensor, nn
from torch.nn import functional

from report_builder.models.networks import fill
from report_builder.models.training import seeded
from report_builder.models.weight_files import read_state

KINDS = ("lstm", "cnn")
SAMPLES_PER_STEP = 5  # that the LSTM reads at a time
_SHAPE = ("channels", "classes", "hidden")


class SignalNetwork(nn.Module):
    """What both have in common: the normalisation, mean and std (channels, 1)."""

    mean: Tensor
    std: Tensor

    def __init__(self, channels: int, classes: int, hidden: int) -> None:
        super().__init__()
        self.shape = {"channels": channels, "classes": classes, "hidden": hidden}
        self.register_buffer("mean", torch.zeros(channels, 1))
        self.register_buffer("std", torch.ones(channels, 1))

    def fit_normalisation(self, signals: Tensor) -> None:
        """Take mean and standard deviation per channel from training signals (n, channels, samples)."""
        flat = signals.transpose(0, 1).flatten(1).double()
        spread = flat.std(1, keepdim=True)
        self.mean.copy_(flat.mean(1, keepdim=True))
        self.std.copy_(torch.where(spread > 0, spread, 1.0))

    def normalised(self, x: Tensor) -> Tensor:
        return (x - self.mean) / self.std


class SignalLSTM(SignalNetwork):
    """One layer of long short-term memory (Hochreiter and Schmidhuber, 1997) that reads from the first sample
    to the last, SAMPLES_PER_STEP at a time; a linear layer on its last state. The bias of the forget gate
    begins at one (Gers, Schmidhuber and Cummins, 2000), so that it remembers from the start.
    """

    def __init__(self, channels: int, classes: int, hidden: int) -> None:
        super().__init__(channels, classes, hidden)
        self.lstm = nn.LSTM(channels * SAMPLES_PER_STEP, hidden, batch_first=True)
        self.head = nn.Linear(hidden, classes)
        biases = dict(self.lstm.named_parameters())
        with torch.no_grad():
            biases["bias_hh_l0"].zero_()
            biases["bias_ih_l0"].zero_()[hidden : 2 * hidden] = 1

    def forward(self, x: Tensor) -> Tensor:
        n, channels, samples = x.shape
        # what is missing to whole steps stands before the signal, at its mean
        whole = functional.pad(self.normalised(x), (-samples % SAMPLES_PER_STEP, 0))
        steps = whole.unfold(2, SAMPLES_PER_STEP, SAMPLES_PER_STEP).transpose(1, 2)
        with differentiable_lstm(self):
            states, _ = self.lstm(steps.reshape(n, -1, channels * SAMPLES_PER_STEP))
        logits: Tensor = self.head(states[:, -1])
        return logits


class SignalCNN(SignalNetwork):
    """Three convolutions, each with a rectifier, two with a pooling; their mean over time; a linear layer."""

    def __init__(self, channels: int, classes: int, hidden: int) -> None:
        super().__init__(channels, classes, hidden)
        few, many = max(hidden // 3, 4), max(2 * hidden // 3, 8)
        self.features = nn.Sequential(
            nn.Conv1d(channels, few, 9, padding=4),
            nn.ReLU(),
            nn.MaxPool1d(4, ceil_mode=True),  # no sample at the end is passed over
            nn.Conv1d(few, many, 5, padding=2),
            nn.ReLU(),
            nn.MaxPool1d(2, ceil_mode=True),
            nn.Conv1d(many, many, 5, padding=2),
            nn.ReLU(),
        )
        self.head = nn.Linear(many, classes)

    def forward(self, x: Tensor) -> Tensor:
        logits: Tensor = self.head(self.features(self.normalised(x)).mean(2))
        return logits


@contextmanager
def differentiable_lstm(module: nn.Module) -> Iterator[None]:
    """Inside, an LSTM can be differentiated in evaluation mode, too.

    cuDNN keeps what its backward pass needs in training mode only, and raises an error otherwise; PyTorch's
    own kernels have no such limit, so they serve where a gradient of a module in evaluation mode is wanted.
    """
    if module.training or not torch.is_grad_enabled():
        yield
        return
    with torch.backends.cudnn.flags(enabled=False):
        yield


def new_signal_network(kind: str, *, channels: int, classes: int, hidden: int, seed: int) -> SignalNetwork:
    """An untrained network of KINDS. hidden: units of the LSTM; the CNN has a third, then two thirds of them
    as channels.
    """
    with seeded(seed):
        return _made(kind, {"channels": channels, "classes": classes, "hidden": hidden})


def save_signal_network(network: SignalNetwork, path: Path) -> None:
    """Write weights and shape as safetensors."""
    state = {name: value.detach().cpu().clone().contiguous() for name, value in network.state_dict().items()}
    path.write_bytes(save(state, {name: str(value) for name, value in network.shape.items()}))


def load_signal_network(kind: str, path: Path, device: torch.device | str = "cpu") -> SignalNetwork:
    """A saved network of this kind, frozen and in evaluation mode, on the device.

    Raises InputError for weights that do not fit.
    """
    state = read_state(path)
    with safe_open(path, framework="pt") as file:
        noted = file.metadata() or {}
    module = _made(kind, {name: int(noted[name]) for name in _SHAPE})
    fill(module, state, path)
    return module.to(device).eval().requires_grad_(False)


def _made(kind: str, shape: dict[str, int]) -> SignalNetwork:
    return {"lstm": SignalLSTM, "cnn": SignalCNN}[kind](**shape)
