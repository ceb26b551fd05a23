"""The brightest pixels: as many as asked for, ties by chance, and shares that are those of a plain count."""

import pytest
import torch

from report_builder.methods.brightest import brightest, share_inside
from report_builder.methods.scores import mass_accuracy, rank_accuracy

MAPS = torch.rand(4, 10, 12, dtype=torch.double, generator=torch.Generator().manual_seed(1))
MASKS = torch.rand(4, 10, 12, generator=torch.Generator().manual_seed(2)) < 0.3


@pytest.mark.parametrize("share", [0.01, 0.05, 0.5, 1.0])
def test_as_many_pixels_as_asked_for_and_none_darker(share):
    found = brightest(MAPS, share)
    assert (found.sum((1, 2)) == round(share * 120)).all()
    for map_, chosen in zip(MAPS, found.bool(), strict=True):
        if not chosen.all():
            assert map_[chosen].min() > map_[~chosen].max()


def test_ties_are_shared():
    torch.testing.assert_close(brightest(torch.ones(1, 10, 10), 0.2), torch.full((1, 10, 10), 0.2))
    few = torch.zeros(1, 10, 10)
    few[0, 0, :3] = 1
    found = brightest(few, 0.1)
    assert (found[0, 0, :3] == 1).all()
    assert float(found.sum()) == pytest.approx(10)


def test_of_as_many_pixels_as_the_mask_it_is_rank_accuracy():
    for map_, mask in zip(MAPS, MASKS, strict=True):
        found = share_inside(brightest(map_[None], int(mask.sum()) / 120), mask[None])
        torch.testing.assert_close(found, rank_accuracy(map_[None], mask[None]))


def test_the_share_of_the_map_itself_is_its_mass():
    torch.testing.assert_close(share_inside(MAPS, MASKS), mass_accuracy(MAPS, MASKS))
    zeros = torch.zeros(4, 10, 12)
    torch.testing.assert_close(share_inside(zeros, MASKS), MASKS.double().mean((1, 2)))


def test_regions_that_cover_the_picture_once_share_it_out():
    edges = brightest(MAPS.flip(1), 0.1)
    regions = [MASKS * edges, MASKS * (1 - edges), ~MASKS * edges, ~MASKS * (1 - edges)]
    shares = sum(share_inside(MAPS, region) for region in regions)
    torch.testing.assert_close(shares, torch.ones(4, dtype=torch.double))


@pytest.mark.parametrize("share", [0.0, -0.1, 1.1])
def test_a_share_outside_its_bounds_is_refused(share):
    with pytest.raises(ValueError, match="within 0 and 1"):
        brightest(MAPS, share)
