"""Ours beside its peers, timed on one machine: `python -m benchmarks tabular` and `... vision`."""

from report_builder.torchvision_shim import declare_missing_operators

declare_missing_operators()  # pytorch-grad-cam imports torchvision
