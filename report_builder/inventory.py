"""The ids of everything that the source documents ask for; ids never change."""

from __future__ import annotations

TABULAR = tuple(f"T{number:02}" for number in range(1, 25))
VISION = tuple(f"V{number:02}" for number in range(1, 26))
OWN_CNN = tuple(f"C{number:02}" for number in range(1, 9))
SIGNALS = ("S01",)
ITEMS = TABULAR + VISION + OWN_CNN + SIGNALS
# By the part of the study that answers them
ITEMS_OF = {"tabular": TABULAR, "vision": VISION, "own_cnn": OWN_CNN, "signals": SIGNALS}
