import numpy as np
import pytest

from report_builder.datasets.signal_split import split_signals

LABELS = np.repeat([0, 1, 2], [40, 12, 5])


def test_every_signal_is_in_one_part_and_every_class_in_all():
    split = split_signals(LABELS, test_share=0.25, validation_share=0.2, seed=1)
    parts = (split.train, split.validation, split.test)
    np.testing.assert_array_equal(np.sort(np.concatenate(parts)), np.arange(len(LABELS)))
    for part in parts:
        assert set(LABELS[part]) == {0, 1, 2}
    np.testing.assert_array_equal(np.bincount(LABELS[split.test]), [10, 3, 1])
    np.testing.assert_array_equal(np.bincount(LABELS[split.validation]), [6, 2, 1])


def test_the_seed_decides():
    splits = [split_signals(LABELS, test_share=0.25, validation_share=0.2, seed=seed) for seed in (1, 1, 2)]
    np.testing.assert_array_equal(splits[0].test, splits[1].test)
    assert not np.array_equal(splits[0].test, splits[2].test)


def test_even_a_large_share_leaves_something_to_learn_from():
    split = split_signals(LABELS, test_share=0.99, validation_share=0.99, seed=1)
    assert set(LABELS[split.train]) == {0, 1, 2}


def test_a_class_of_two_cannot_be_split():
    with pytest.raises(ValueError, match="class 1"):
        split_signals(np.array([0, 0, 0, 1, 1]), test_share=0.5, validation_share=0.5, seed=1)
