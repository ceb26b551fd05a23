"""Cleaning, splitting, scaling and balancing, with everything measured that the pages say about it."""

from __future__ import annotations

import numpy as np

from report_builder.datasets.cleaning import Cleaned, clean, missing_mask
from report_builder.datasets.leakage import leaked_rows
from report_builder.datasets.splitting import Split, clean_split, reference_split
from report_builder.datasets.table import Floats, Integers, Table
from report_builder.pipeline.step import Values, Work
from report_builder.sections.sampling import spaced
from report_builder.sections.zero_columns import ZeroColumns, zero_columns

PARTS = ("train", "validation", "test")
MOST_POINTS = 2000  # training rows in the SMOTE figure


def split(work: Work) -> Values:
    """The table split by the protocol of the step: "clean" or "reference".

    Arrays: those of `Split`; kept_rows (rows,), the place in the table of each row that was split, to
    which `rows_*` point; in the clean protocol also, for the SMOTE figure, projection (rows of x_train, 2)
    and shown, the rows of x_train that it draws.
    Values: `sizes.train` counts the training part before balancing, `train_balanced` after it; the
    reference protocol balances before it splits, so there the two are equal.
    """
    table = Table.from_arrays(work.needs["table"].arrays("table"))
    zeros = zero_columns(work.settings, table.feature_names)
    cleaned = clean(table, zeros.drop, zeros.missing)
    is_clean = work.parameters["protocol"] == "clean"
    shares = (work.settings["tabular.test_share"], work.settings["tabular.validation_share"])
    options = {"seed": work.settings["seed"], "smote_neighbours": work.settings["tabular.smote_neighbours"]}
    if is_clean:
        result = clean_split(cleaned.table, *shares, **options, zero_is_missing=zeros.missing)
    else:
        result = reference_split(cleaned.table, *shares, **options)
    values = {
        "protocol": work.parameters["protocol"],
        **_zeros(cleaned, zeros, table),
        **_sizes(result, is_clean),
        "leak": leaked_rows(result).__dict__,
        "scaling": _scaling(cleaned.table, result),
    }
    arrays = {**result.to_arrays(), "kept_rows": cleaned.kept_rows}
    if is_clean:
        arrays["projection"], shares_of_variance = _projection(result)
        shown = spaced(np.arange(len(result.y_train)), MOST_POINTS)
        arrays["shown"] = shown
        values |= {
            "fill": {
                name: float(value)
                for name, value in zip(result.feature_names, result.fill, strict=True)
                if not np.isnan(value)
            },
            "smote": {**_synthetic(cleaned.table, result), "variance": shares_of_variance},
        }
        if len(shown) < len(result.y_train):
            made = int(result.train_synthetic[shown].sum())
            values["smote"]["points"] = {"real": len(shown) - made, "synthetic": made}
    work.save(**arrays)
    return values


def _zeros(cleaned: Cleaned, zeros: ZeroColumns, table: Table) -> Values:
    gaps = int(missing_mask(cleaned.table, zeros.missing).any(axis=1).sum())
    return {
        "rows": len(table),
        "kept_rows": len(cleaned.kept_rows),
        "dropped_rows": cleaned.dropped_rows,
        "dropped": cleaned.dropped,
        "missing_before": cleaned.missing_before,
        "missing": cleaned.missing,
        "missing_share": {name: count / len(cleaned.kept_rows) for name, count in cleaned.missing.items()},
        "rows_with_missing": gaps,
        "rows_with_missing_share": gaps / len(cleaned.kept_rows),
        "absent": list(zeros.absent),
    }


def _counts(target: Integers) -> Values:
    negative, positive = (int(count) for count in np.bincount(target, minlength=2))
    return {"negative": negative, "positive": positive}


def _sizes(result: Split, is_clean: bool) -> Values:
    targets = {"train": result.y_train, "validation": result.y_validation, "test": result.y_test}
    balanced = targets["train"]
    if is_clean:
        targets["train"] = balanced[~result.train_synthetic]
    total = sum(len(target) for target in targets.values())
    synthetic = (result.train_synthetic, result.validation_synthetic, result.test_synthetic)
    return {
        "sizes": {
            **{part: len(target) for part, target in targets.items()},
            "train_balanced": len(balanced),
            "total": total,
        },
        "shares": {part: len(target) / total for part, target in targets.items()},
        "classes": {
            **{part: _counts(target) for part, target in targets.items()},
            "train_balanced": _counts(balanced),
        },
        "synthetic": {part: int(rows.sum()) for part, rows in zip(PARTS, synthetic, strict=True)},
    }


def _scaling(table: Table, result: Split) -> list[Values]:
    """Per column: mean and standard deviation that scale it (after missing values were filled), and those of
    the scaled real training and test rows."""
    real = result.x_train[~result.train_synthetic]
    return [
        {
            "name": name,
            "mean": float(result.means[i]),
            "std": float(result.stds[i]),
            "train_mean": float(real[:, i].mean()),
            "train_std": float(real[:, i].std()),
            "test_mean": float(result.x_test[:, i].mean()),
            "test_std": float(result.x_test[:, i].std()),
        }
        for i, name in enumerate(table.feature_names)
    ]


def _projection(result: Split) -> tuple[Floats, list[float]]:
    """Training rows on the first two principal components of the real ones; the shares of variance."""
    real = result.x_train[~result.train_synthetic]
    centre = real.mean(axis=0)
    _, lengths, axes = np.linalg.svd(real - centre, full_matrices=False)
    largest = axes[np.arange(len(axes)), np.abs(axes).argmax(axis=1)]
    axes = axes * np.sign(largest)[:, None]  # so that a rerun elsewhere does not mirror the figure
    shares = lengths**2 / (lengths**2).sum()
    projected = (result.x_train - centre) @ axes[:2].T
    if projected.shape[1] == 1:
        projected, shares = np.column_stack([projected, np.zeros(len(projected))]), np.array([1.0, 0.0])
    return projected, [float(share) for share in shares[:2]]


def _synthetic(table: Table, result: Split) -> Values:
    """What the synthetic training rows are like.

    among_others: share of them whose nearest real training row is of the other class; real_among_others: the
    same for the real rows of the class that was filled up. whole_columns: columns of whole numbers;
    fractional: share of the synthetic rows with a fraction in at least one of these columns.
    """
    from sklearn.neighbors import NearestNeighbors

    made = result.train_synthetic
    x, y = result.x_train[~made], result.y_train[~made]
    minority = int(np.bincount(y, minlength=2).argmin())
    values: Values = {"synthetic": int(made.sum()), "minority": "positive" if minority else "negative"}
    if not made.any():
        return values
    index = NearestNeighbors(n_neighbors=2).fit(x)
    nearest = index.kneighbors(result.x_train[made], n_neighbors=1, return_distance=False)[:, 0]
    own = index.kneighbors(x[y == minority], n_neighbors=2, return_distance=False)[:, 1]
    # a column whose missing values a fraction replaced is no longer one of whole numbers
    filled_whole = np.isnan(result.fill) | (result.fill == np.round(result.fill))
    whole = (table.features == np.round(table.features)).all(axis=0) & filled_whole
    units = result.in_units(result.x_train[made])[:, whole]
    fractional = np.abs(units - np.round(units)) > 1e-6
    return {
        **values,
        "among_others": float((y[nearest] != minority).mean()),
        "real_among_others": float((y[own] != minority).mean()),
        "whole_columns": int(whole.sum()),
        "fractional": float(fractional.any(axis=1).mean()),
    }
