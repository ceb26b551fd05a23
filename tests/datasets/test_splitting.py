"""Laws of the two protocols and of what leaks in each."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from report_builder.datasets import leakage
from report_builder.datasets.cleaning import clean
from report_builder.datasets.leakage import leaked_rows, synthetic_parents
from report_builder.datasets.splitting import Split, clean_split, reference_split
from report_builder.datasets.table import Table
from report_builder.errors import InputError

MISSING = ("Insulin", "SkinThickness", "BloodPressure")


@pytest.fixture(scope="module")
def table(cohort: Table) -> Table:
    return clean(cohort, ["BMI", "Glucose"]).table


@pytest.fixture(scope="module")
def honest(table: Table) -> Split:
    return clean_split(table, seed=3, zero_is_missing=MISSING)


@pytest.fixture(scope="module")
def leaky(table: Table) -> Split:
    return reference_split(table, seed=3)


def synthetic_table(negatives: int, positives: int, seed: int = 0) -> Table:
    generator = np.random.default_rng(seed)
    target = generator.permutation(np.repeat([0, 1], [negatives, positives]))
    return Table(generator.normal(3, 2, (len(target), 3)), target, ("a", "b", "c"), "y", "1")


@settings(max_examples=40, deadline=None)
@example(negatives=60, positives=60, test=0.10000000000000002, validation=0.05000000000000001, seed=0)
@given(
    negatives=st.integers(60, 300),
    positives=st.integers(60, 300),
    test=st.floats(0.1, 0.4),
    validation=st.floats(0.05, 0.2),
    seed=st.integers(0, 2**31),
)
def test_clean_split_is_a_stratified_partition(
    negatives: int, positives: int, test: float, validation: float, seed: int
) -> None:
    table = synthetic_table(negatives, positives)
    split = clean_split(table, test, validation, seed=seed)
    real_train = split.rows_train[~split.train_synthetic]
    everything = np.concatenate([real_train, split.rows_validation, split.rows_test])
    assert np.array_equal(np.sort(everything), np.arange(len(table)))
    for rows in (real_train, split.rows_validation, split.rows_test):
        assert abs(table.target[rows].sum() - len(rows) * table.target.mean()) <= 1
    # rounded up, but a product that floating point brings a hair above a whole number takes no further row
    hair = 1e-9
    assert -hair <= len(split.rows_test) - test * len(table) < 1
    assert -hair <= len(split.rows_validation) - validation * len(table) < 1


def test_rows_point_into_the_table(table: Table, honest: Split, leaky: Split) -> None:
    for split in (honest, leaky):
        for part in ("train", "validation", "test"):
            rows = getattr(split, f"rows_{part}")
            real = rows >= 0
            values = split.in_units(getattr(split, f"x_{part}")[real])
            raw = table.features[rows[real]]
            measured = np.isnan(split.fill) | (raw != 0)
            np.testing.assert_allclose(values[measured], raw[measured], atol=1e-9)
            assert np.array_equal(getattr(split, f"y_{part}")[real], table.target[rows[real]])
            np.testing.assert_allclose(
                values[~measured], np.broadcast_to(split.fill, raw.shape)[~measured], atol=1e-9
            )


def test_clean_scaler_and_fill_are_fitted_on_the_real_training_rows(table: Table, honest: Split) -> None:
    real = honest.x_train[~honest.train_synthetic]
    np.testing.assert_allclose(real.mean(axis=0), 0, atol=1e-12)
    np.testing.assert_allclose(real.std(axis=0), 1, atol=1e-12)
    train = table.features[honest.rows_train[~honest.train_synthetic]]
    for name in MISSING:
        position = table.position(name)
        measured = train[train[:, position] > 0, position]
        assert honest.fill[position] == np.median(measured)


def test_test_rows_do_not_touch_what_is_fitted(table: Table, honest: Split) -> None:
    changed = table.features.copy()
    changed[np.concatenate([honest.rows_test, honest.rows_validation])] *= 7
    other = Table(changed, table.target, table.feature_names, table.target_name, table.positive)
    again = clean_split(other, seed=3, zero_is_missing=MISSING)
    assert np.array_equal(again.x_train, honest.x_train)
    assert np.array_equal(again.means, honest.means)


def test_smote_balances_and_stays_in_training(honest: Split) -> None:
    assert np.bincount(honest.y_train)[0] == np.bincount(honest.y_train)[1]
    assert honest.train_synthetic.any()
    assert not honest.test_synthetic.any()
    assert not honest.validation_synthetic.any()
    assert np.all(honest.y_train[honest.train_synthetic] == 1)


def test_synthetic_rows_lie_between_two_training_rows_of_their_class(honest: Split) -> None:
    synthetic = honest.x_train[honest.train_synthetic]
    real = honest.x_train[~honest.train_synthetic & (honest.y_train == 1)]
    first, second = real[synthetic_parents(synthetic, real, 5).T]
    way = second - first
    position = ((synthetic - first) * way).sum(axis=1) / np.maximum((way**2).sum(axis=1), 1e-300)
    np.testing.assert_allclose(synthetic, first + position[:, None] * way, atol=1e-9)
    assert np.all((position >= -1e-9) & (position <= 1 + 1e-9))


def test_reference_scales_and_balances_before_it_splits(table: Table, leaky: Split) -> None:
    np.testing.assert_allclose(leaky.means, table.features.mean(axis=0))
    np.testing.assert_allclose(leaky.stds, table.features.std(axis=0))
    target = np.concatenate([leaky.y_train, leaky.y_validation, leaky.y_test])
    assert np.bincount(target)[0] == np.bincount(target)[1] == (table.target == 0).sum()
    rows = np.concatenate([leaky.rows_train, leaky.rows_validation, leaky.rows_test])
    assert np.array_equal(np.sort(rows[rows >= 0]), np.arange(len(table)))


def test_the_reference_sizes_are_those_of_the_write_up(real: Table) -> None:
    assert len(reference_split(real, seed=0).y_test) == 200
    dropped = clean(real, ["BMI", "Glucose"]).table
    assert len(reference_split(dropped, seed=0).y_test) == 196
    assert len(clean_split(dropped, seed=0).y_test) == 151


def test_only_the_reference_protocol_leaks(honest: Split, leaky: Split) -> None:
    nothing = leaked_rows(honest)
    assert (nothing.shared_rows, nothing.identical_rows, nothing.synthetic_test_rows) == (0, 0, 0)
    assert (nothing.tested_on_relatives, nothing.trained_on_relatives) == (0, 0)
    leak = leaked_rows(leaky)
    assert leak.synthetic_test_rows == leaky.test_synthetic.sum() > 0
    assert 0 < leak.tested_on_relatives <= leak.synthetic_test_rows
    assert 0 < leak.trained_on_relatives <= leaky.train_synthetic.sum()
    assert leak.shared_rows == 0


def test_parents_are_found_again() -> None:
    generator = np.random.default_rng(0)
    real = generator.normal(size=(60, 4))
    distance = np.linalg.norm(real[:, None] - real[None], axis=2)
    neighbours = np.argsort(distance, axis=1)[:, 1:4]
    first = generator.integers(0, 60, 100)
    second = neighbours[first, generator.integers(0, 3, 100)]
    synthetic = real[first] + generator.uniform(0.1, 0.9, (100, 1)) * (real[second] - real[first])
    found = synthetic_parents(synthetic, real, 3)
    assert np.array_equal(np.sort(found, axis=1), np.sort(np.stack([first, second], axis=1), axis=1))


def _all_pairs(synthetic: np.ndarray, real: np.ndarray, neighbours: int) -> np.ndarray:
    """The smallest detour of each synthetic row (s,), over every row and its nearest neighbours."""
    distance = np.linalg.norm(real[:, None] - real[None], axis=2)
    near = np.argsort(distance, axis=1)[:, : neighbours + 1]
    to = np.linalg.norm(synthetic[:, None] - real[None], axis=2)
    detour = to[:, :, None] + to[:, near] - np.take_along_axis(distance, near, axis=1)
    smallest: np.ndarray = detour.min(axis=(1, 2))
    return smallest


@pytest.mark.parametrize("kind", ["on segments", "anywhere"])
def test_no_pair_of_rows_is_a_better_parent(kind: str) -> None:
    generator = np.random.default_rng(2)
    real = generator.normal(size=(80, 3))
    synthetic = generator.normal(size=(40, 3))
    if kind == "on segments":
        synthetic = (real[:40] + real[synthetic_parents(real[:40], real, 3)[:, 1]]) / 2
    first, second = real[synthetic_parents(synthetic, real, 4).T]
    found = (
        np.linalg.norm(synthetic - first, axis=1)
        + np.linalg.norm(synthetic - second, axis=1)
        - np.linalg.norm(first - second, axis=1)
    )
    np.testing.assert_allclose(found, _all_pairs(synthetic, real, 4), atol=1e-12)


def test_the_pairs_that_are_tried_grow_with_the_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[int] = []
    improve = leakage._improve

    def counted(*arguments: Any) -> None:
        tried.append(len(arguments[2]))
        improve(*arguments)

    monkeypatch.setattr(leakage, "_improve", counted)
    per_row = []
    for rows in (300, 3000):
        tried.clear()
        leakage.leaked_rows(reference_split(synthetic_table(2 * rows, rows), seed=0))
        per_row.append(sum(tried) / rows)
        assert max(tried) <= leakage._PAIRS_AT_ONCE
    assert per_row[1] < 1.3 * per_row[0]


def test_copied_rows_are_counted_as_identical() -> None:
    table = synthetic_table(100, 100)
    doubled = Table(np.tile(table.features, (2, 1)), np.tile(table.target, 2), table.feature_names, "y", "1")
    split = clean_split(doubled, seed=0)
    train = set(split.rows_train % 200)
    assert leaked_rows(split).identical_rows == sum(row % 200 in train for row in split.rows_test) > 0


def test_a_seed_is_one_split(table: Table, honest: Split) -> None:
    again = clean_split(table, seed=3, zero_is_missing=MISSING)
    assert np.array_equal(again.x_train, honest.x_train)
    assert not np.array_equal(clean_split(table, seed=4).rows_test, honest.rows_test)


def test_arrays_give_the_split_back(honest: Split, tmp_path: Path) -> None:
    np.savez(tmp_path / "split.npz", allow_pickle=False, **honest.to_arrays())
    with np.load(tmp_path / "split.npz", allow_pickle=False) as archive:
        back = Split.from_arrays(archive)
    for field in fields(Split):
        np.testing.assert_array_equal(getattr(back, field.name), getattr(honest, field.name))
    assert isinstance(back.feature_names, tuple)
    assert isinstance(back.smote_neighbours, int)


def test_a_constant_column_is_left_at_zero() -> None:
    table = synthetic_table(50, 30)
    features = np.column_stack([table.features, np.full(80, 7.0)])
    split = clean_split(Table(features, table.target, ("a", "b", "c", "d"), "y", "1"), seed=0)
    assert np.all(split.x_train[:, 3] == 0)
    assert split.stds[3] == 1


@pytest.mark.parametrize(
    ("sizes", "problem"),
    [
        ((200, 3), "class 1 has 3 of 203 rows, too few"),
        ((200, 7), "SMOTE with 5 neighbours needs at least 6"),
    ],
)
def test_too_few_rows_of_a_class(sizes: tuple[int, int], problem: str) -> None:
    with pytest.raises(InputError, match=problem):
        clean_split(synthetic_table(*sizes), seed=0)


def test_too_few_rows_for_the_reference_protocol() -> None:
    with pytest.raises(InputError, match="SMOTE with 5 neighbours"):
        reference_split(synthetic_table(50, 5), seed=0)
    with pytest.raises(InputError, match="one class of 'y' only"):
        reference_split(synthetic_table(5, 5), seed=0)


@pytest.mark.parametrize("shares", [(0.0, 0.1), (0.2, 0.0), (0.6, 0.4), (1.2, 0.1)])
def test_impossible_shares(shares: tuple[float, float]) -> None:
    with pytest.raises(InputError, match="shares"):
        clean_split(synthetic_table(50, 50), *shares, seed=0)
