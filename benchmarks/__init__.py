"""Ours beside its peers, and the report beside itself, measured on one machine: `python -m benchmarks`."""

from report_builder.torchvision_shim import declare_missing_operators

declare_missing_operators()  # pytorch-grad-cam imports torchvision
