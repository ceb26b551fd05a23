"""The oracle libraries import torchvision: its operators are declared before any of them is imported."""

from report_builder.torchvision_shim import declare_missing_operators

declare_missing_operators()
