"""The ids of everything that the source documents ask for; ids never change."""

from __future__ import annotations

TABULAR = tuple(f"T{number:02}" for number in range(1, 25))
VISION = tuple(f"V{number:02}" for number in range(1, 26))
OWN_CNN = tuple(f"C{number:02}" for number in range(1, 9))
SIGNALS = ("S01",)
ITEMS = TABULAR + VISION + OWN_CNN + SIGNALS
