"""Rows in blocks give what they give together, and no block is larger than it may be."""

import torch

from report_builder.models import blocks
from report_builder.models.nam import NAM, importance


def test_blocks_are_bounded_and_their_results_in_order(monkeypatch):
    monkeypatch.setattr(blocks, "ROWS_AT_ONCE", 16)
    rows, sizes = torch.randn(50, 3), []

    def double(block):
        sizes.append(len(block))
        return 2 * block

    assert torch.equal(blocks.by_blocks(double, rows), 2 * rows)
    assert sizes == [16, 16, 16, 2]


def test_an_additive_model_is_centred_alike_in_blocks(monkeypatch):
    x = torch.randn(200, 3)
    whole = NAM(3, hidden=(8, 4)).eval()
    parts = NAM(3, hidden=(8, 4)).eval()
    parts.load_state_dict(whole.state_dict())
    whole.centre(x)
    weights = importance(whole, x)
    monkeypatch.setattr(blocks, "ROWS_AT_ONCE", 32)
    parts.centre(x)
    torch.testing.assert_close(parts.means, whole.means)
    torch.testing.assert_close(importance(parts, x), weights)
