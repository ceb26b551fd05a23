"""A long, narrow table as a short, wide one."""

from __future__ import annotations

from collections.abc import Sequence

from report_builder.render.page import Cell
from report_builder.render.words import Fact


def side_by_side(rows: Sequence[Sequence[Cell | Fact]], across: int) -> list[list[Cell | Fact]]:
    """The rows in `across` blocks beside each other, read down one block after the other.

    The last block ends with empty cells where the rows do not fill it.
    """
    height = -(-len(rows) // across)
    empty: list[Cell | Fact] = [""] * (len(rows[0]) if rows else 0)
    filled = [*rows, *[empty] * (height * across - len(rows))]
    return [[cell for block in range(across) for cell in filled[block * height + i]] for i in range(height)]
