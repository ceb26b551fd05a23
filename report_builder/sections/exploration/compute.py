"""Reading the table, and what can be said about it before any model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from itertools import combinations

import numpy as np

from report_builder.datasets.cleaning import clean, missing_mask
from report_builder.datasets.exploration import (
    Outliers,
    class_counts,
    correlation_matrix,
    histogram,
    summaries,
    tukey_outliers,
)
from report_builder.datasets.outlier_effect import REPEATS, TreatmentEffect, outlier_effect
from report_builder.datasets.standin import draw_standin, read_parameters
from report_builder.datasets.table import Floats, Table, number_in, read_csv_table
from report_builder.errors import InputError
from report_builder.pipeline.step import Values, Work
from report_builder.sections.zero_columns import zero_columns
from report_builder.verdicts import CONFIDENCE_LEVEL

SHOWN_PAIRS = 6  # correlated pairs that the table lists
PAIR_PLOT_FEATURES = 8  # columns of the pair plot: its panels grow with the square
PAIR_PLOT_POINTS = 2000  # rows in a panel, which is smaller than a stamp
FOLDS = 5


def load(work: Work) -> Values:
    """The asset as a table, nothing cleaned. Arrays, in table.npz: those of `Table.to_arrays`.

    Raises InputError for a file that is no such table, and for a target that the stand-in does not have.
    """
    asset = work.needs["assets"].values["table"]
    target, positive = work.settings["tabular.target"], str(work.settings["tabular.positive"])
    if asset["origin"] == "standin":
        table = draw_standin(read_parameters(work.files["table"]), seed=work.settings["seed"])
        if target != table.target_name or number_in(positive) != number_in(table.positive):
            raise InputError(
                f"The stand-in data has the target '{table.target_name}' with the positive value "
                f"'{table.positive}', but the settings name '{target}' and '{positive}'."
            )
    else:
        table = read_csv_table(work.files["table"], target, positive)
        if len(table.feature_names) < 2:
            raise InputError(
                f"{asset['file']} has only one column beside the target '{target}': the report compares "
                "features, so it needs at least two."
            )
    work.save("table", **table.to_arrays())
    return {
        "rows": len(table),
        "features": list(table.feature_names),
        "feature_count": len(table.feature_names),
        "target": table.target_name,
        "positive": table.positive,
        "origin": asset["origin"],
        "source": asset["source"],
        "licence": asset["licence"],
        "zeros": {
            name: int((column == 0).sum())
            for name, column in zip(table.feature_names, table.features.T, strict=True)
        },
    }


def explore(work: Work) -> Values:
    """The table in numbers. All of it is about the table as it came, but the correlations: they are taken
    without the rows that have a zero in a column of `drop_zero`.

    Arrays: edges_<i> (bins + 1,) and counts_<i> (2, bins), the histogram by class of column i.
    """
    table = Table.from_arrays(work.needs["table"].arrays("table"))
    zeros = zero_columns(work.settings, table.feature_names)
    kept = clean(table, zeros.drop, zeros.missing).table
    outliers = tukey_outliers(table)
    histograms = [histogram(table, name) for name in table.feature_names]
    work.save(
        **{f"edges_{i}": found.edges for i, found in enumerate(histograms)},
        **{f"counts_{i}": found.counts for i, found in enumerate(histograms)},
    )
    correlation = correlation_matrix(kept)
    shown = _most_telling(correlation)
    return {
        "rows": len(table),
        "correlated_rows": len(kept),
        "dropped_rows": len(table) - len(kept),
        "never_zero": list(zeros.drop),
        "zero_is_missing": list(zeros.missing),
        "classes": _classes(table),
        "columns": _columns(table),
        "correlation": _correlations(kept, correlation, zeros.missing),
        "pair_plot": _pair_plot(table, shown),
        "boxes": _boxes(table),
        "outliers": _outliers(table, outliers),
        "outlier_effect": _effects(
            outlier_effect(table, seed=work.settings["seed"], folds=FOLDS), table.feature_names
        ),
    }


def _classes(table: Table) -> Values:
    counts = class_counts(table)
    return {**asdict(counts), "majority_share": max(counts.share, 1 - counts.share)}


def _columns(table: Table) -> list[Values]:
    """Summaries, skewness, and the distance of the class means in standard deviations within the classes."""
    columns = []
    for summary, column in zip(summaries(table), table.features.T, strict=True):
        negative, positive = column[table.target == 0], column[table.target == 1]
        groups = (negative, positive)
        within = np.sqrt(sum(((group - group.mean()) ** 2).sum() for group in groups) / len(column))
        spread = column.std()
        columns.append(
            {
                **asdict(summary),
                "skewness": float(np.mean((column - column.mean()) ** 3) / spread**3) if spread else 0.0,
                "mean_negative": float(negative.mean()),
                "mean_positive": float(positive.mean()),
                "shift": float((positive.mean() - negative.mean()) / within) if within else 0.0,
            }
        )
    return columns


def _boxes(table: Table) -> list[Values]:
    """Per column and class: quartiles, and low and high, the outermost values inside Tukey's fences."""
    boxes: list[Values] = [{} for _ in table.feature_names]
    for label, name in enumerate(("negative", "positive")):
        group = table.take(table.target == label)
        found = tukey_outliers(group)
        quartiles = np.quantile(group.features, (0.25, 0.5, 0.75), axis=0)
        for i, box in enumerate(boxes):
            lower, median, upper = (float(q) for q in quartiles[:, i])
            ends = {"low": float(found.low_whisker[i]), "high": float(found.high_whisker[i])}
            box[name] = {"lower": lower, "median": median, "upper": upper, **ends}
    return boxes


def _correlations(kept: Table, matrix: Floats, missing_columns: Sequence[str]) -> Values:
    """The matrix, target last; the strongest pairs of features; every feature with the target.

    measured: the same coefficient over the rows in which neither value is missing, measured_rows of them.
    """
    names = [*kept.feature_names, kept.target_name]
    values = np.column_stack([kept.features, kept.target])
    missing = np.column_stack([missing_mask(kept, missing_columns), np.zeros(len(kept), dtype=bool)])

    def pair(first: int, second: int) -> Values:
        measured = ~(missing[:, first] | missing[:, second])
        both = values[measured][:, [first, second]]
        varies = len(both) > 2 and bool((np.ptp(both, axis=0) > 0).all())
        return {
            "first": names[first],
            "second": names[second],
            "r": float(matrix[first, second]),
            "measured": float(np.corrcoef(both.T)[0, 1]) if varies else 0.0,
            "measured_rows": int(measured.sum()),
        }

    features, target = range(len(names) - 1), len(names) - 1
    strongest = sorted(combinations(features, 2), key=lambda places: -abs(matrix[places]))
    pairs = [pair(i, j) for i, j in strongest[:SHOWN_PAIRS]]
    with_target = [pair(i, target) for i in sorted(features, key=lambda i: -abs(matrix[i, target]))]
    return {"names": names, "matrix": matrix.tolist(), "pairs": pairs, "with_target": with_target}


def _most_telling(correlation: Floats) -> list[int]:
    """Columns of the pair plot, in the table's order: all, or those that correlate most with the target."""
    order = np.argsort(-np.abs(correlation[:-1, -1]), kind="stable")
    return sorted(int(i) for i in order[:PAIR_PLOT_FEATURES])


def _pair_plot(table: Table, shown: Sequence[int]) -> Values:
    """How well one column, and a straight line through a panel of two, separate the classes: areas under
    the ROC curve on the rows themselves (a little too good, as nothing is held out)."""
    single = {i: _auc(table.features[:, i], table.target) for i in shown}
    best = max(shown, key=lambda i: single[i])
    values: Values = {
        "features": [table.feature_names[i] for i in shown],
        "all": len(shown) == len(table.feature_names),
        "shown": len(shown),
        "single": {"name": table.feature_names[best], "auc": single[best]},
        **({"points": PAIR_PLOT_POINTS} if len(table) > PAIR_PLOT_POINTS else {}),  # where they are sampled
    }
    if len(shown) > 1:
        lines = {
            p: _auc(_discriminant(table.features[:, p], table.target), table.target)
            for p in combinations(shown, 2)
        }
        first, second = max(lines, key=lambda p: lines[p])
        values["pair"] = {
            "first": table.feature_names[first],
            "second": table.feature_names[second],
            "auc": lines[first, second],
        }
    return values


def _discriminant(features: Floats, target: np.ndarray) -> Floats:
    """Linear discriminant of the two classes (rows,). Source: Fisher (1936), Annals of Eugenics 7."""
    groups = [features[target == label] for label in (0, 1)]
    within = sum(np.cov(group, rowvar=False) * (len(group) - 1) for group in groups if len(group) > 1)
    difference = groups[1].mean(axis=0) - groups[0].mean(axis=0)
    return np.asarray(features @ np.linalg.pinv(np.atleast_2d(within)) @ difference)


def _auc(score: Floats, target: np.ndarray) -> float:
    """Area under the ROC curve, whichever direction of the score stands for the positive class."""
    from sklearn.metrics import roc_auc_score

    area = float(roc_auc_score(target, score))
    return max(area, 1 - area)


def _outliers(table: Table, outliers: Outliers) -> Values:
    """Per column and in all. positive_excess: by how many standard errors the share of positives among the
    rows with an outlier exceeds that of the table."""
    columns = []
    for i, name in enumerate(table.feature_names):
        mask = outliers.mask[:, i]
        columns.append(
            {
                "name": name,
                "low": float(outliers.low[i]),
                "high": float(outliers.high[i]),
                "low_whisker": float(outliers.low_whisker[i]),
                "high_whisker": float(outliers.high_whisker[i]),
                "count": int(outliers.counts[i]),
                "share": float(mask.mean()),
                "negative": int(outliers.counts_by_class[0, i]),
                "positive": int(outliers.counts_by_class[1, i]),
                "zeros": int((table.features[mask, i] == 0).sum()),
            }
        )
    rows = outliers.mask.any(axis=1)
    count, total, share = int(rows.sum()), len(table), float(table.target.mean())
    # standard error of the share of positives among so many rows drawn without putting back
    error = np.sqrt(share * (1 - share) / count * (total - count) / (total - 1)) if count else 0.0
    among = float(table.target[rows].mean()) if count else share
    return {
        "columns": columns,
        "columns_with": int((outliers.counts > 0).sum()),
        "rows": count,
        "row_share": count / total,
        "positive_share": among,
        "positive_excess": float((among - share) / error) if error else 0.0,
    }


def _effects(effects: Sequence[TreatmentEffect], features: Sequence[str]) -> Values:
    """Per treatment: mean AUC over the test folds, its difference from "kept" with an interval, and the
    coefficient that moves most."""
    kept = effects[0]
    treatments = []
    for effect in effects:
        values: Values = {
            "treatment": effect.treatment,
            "rows": effect.rows,
            "auc": float(effect.auc.mean()),
            "auc_std": float(effect.auc.std(ddof=1)),
        }
        if effect is not kept:
            change = effect.coefficients - kept.coefficients
            most = int(np.abs(change).argmax())
            values |= {
                "difference": float((effect.auc - kept.auc).mean()),
                "interval": _resampled_interval(effect.auc - kept.auc),
                "moved": {
                    "name": features[most],
                    "kept": float(kept.coefficients[most]),
                    "treated": float(effect.coefficients[most]),
                },
            }
        treatments.append(values)
    return {"folds": FOLDS, "repeats": REPEATS, "level": CONFIDENCE_LEVEL, "treatments": treatments}


def _resampled_interval(differences: Floats) -> list[float]:
    """Confidence interval of a mean difference over the folds of a repeated cross-validation.

    The folds share training rows, so the plain t interval is too narrow; the variance is corrected by the
    share of test to training rows. Source: Nadeau and Bengio (2003), Machine Learning 52.
    """
    from scipy.stats import t

    count = len(differences)
    error = np.sqrt(differences.var(ddof=1) * (1 / count + 1 / (FOLDS - 1)))
    reach = t.ppf((1 + CONFIDENCE_LEVEL) / 2, count - 1) * error
    mean = differences.mean()
    return [float(mean - reach), float(mean + reach)]
