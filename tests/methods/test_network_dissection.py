import pytest
import torch

from report_builder.methods.network_dissection import (
    TOP,
    PartCells,
    active,
    counts_per_cell,
    part_overlap,
    share_inside,
)


def scenes(n=8, size=28):
    """Part maps: label 1 a square that moves, label 2 a small one, elsewhere 0."""
    parts = torch.zeros(n, size, size, dtype=torch.uint8)
    for i in range(n):
        parts[i, 2 + i : 12 + i, 4:14] = 1
        parts[i, 3 + i : 5 + i, 20:22] = 2
    return parts


def test_active_is_the_top_share_of_a_filter_s_values():
    maps = torch.rand(10, 3, 20, 20, generator=torch.Generator().manual_seed(0))
    found = active(maps)
    assert found.float().mean((0, 2, 3)).tolist() == pytest.approx([TOP] * 3)
    for k in range(3):
        assert maps[:, k][found[:, k]].min() > maps[:, k][~found[:, k]].max()
    torch.testing.assert_close(active(maps * torch.tensor([3.0, 0.1, 7.0])[:, None, None]), found)


def test_a_silent_filter_is_never_active_and_a_sparse_one_where_it_is_positive():
    maps = torch.full((4, 2, 20, 20), -1.0)
    maps[0, 1, 3, 4] = 0.5
    found = active(maps)
    assert found.nonzero().tolist() == [[0, 1, 3, 4]]


def overlap_of(found, parts, labels, order=None):
    return part_overlap(found, PartCells.of(parts, labels, *found.shape[2:]), order)


def test_a_map_equal_to_a_part_has_overlap_one_and_none_with_others():
    parts = scenes()
    found = torch.stack([parts == 1, parts == 2, parts == 0], dim=1)
    overlap = overlap_of(found, parts, [1, 2, 3])
    torch.testing.assert_close(overlap, torch.tensor([[1.0, 0, 0], [0, 1, 0], [0, 0, 0]]))


@pytest.mark.parametrize("cells", [7, 14, 9])
def test_coarser_maps_overlap_as_their_enlargement_does(cells):
    parts = scenes()
    coarse = torch.rand(8, 3, cells, cells, generator=torch.Generator().manual_seed(1)) > 0.7
    place = torch.arange(28) * cells // 28
    torch.testing.assert_close(
        overlap_of(coarse, parts, [1, 2]), overlap_of(coarse[:, :, place][..., place], parts, [1, 2])
    )
    maps = torch.rand(8, 3, cells, cells)
    torch.testing.assert_close(
        share_inside(maps, parts == 1), share_inside(maps[:, :, place][..., place], parts == 1)
    )


def test_parts_of_other_pictures_overlap_less():
    parts = scenes()
    found = (parts == 1)[:, None]
    order = torch.arange(8).roll(1)
    itself, other = (overlap_of(found, parts, [1], each).item() for each in (None, order))
    assert other < itself == 1
    assert overlap_of(found, parts, [1], torch.arange(8)).item() == 1
    torch.testing.assert_close(overlap_of(found, parts, [1], order), overlap_of(found, parts[order], [1]))


def test_every_pixel_is_counted_once():
    masks = scenes() == 1
    for height, width in ((7, 7), (5, 9), (28, 28)):
        assert counts_per_cell(masks, height, width).sum((1, 2)).tolist() == [100] * 8


def test_share_inside_by_hand():
    maps = torch.zeros(2, 3, 4, 4)
    maps[0, 0, 0, 0], maps[1, 0, 3, 3], maps[:, 1] = 3.0, 1.0, 5.0
    maps[0, 0, 2, 2] = -9.0
    masks = torch.zeros(2, 8, 8, dtype=torch.bool)
    masks[:, :4] = True
    found = share_inside(maps, masks)
    assert found[:2].tolist() == pytest.approx([0.75, 0.5])
    assert found[2].isnan()
