"""The dependence step on small networks with known effects, and its pages in both languages."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from sklearn.inspection import partial_dependence
from sklearn.linear_model import LogisticRegression

from report_builder.methods.dependence import DependenceCurves, dependence
from report_builder.models.mlp import MLP
from report_builder.models.nam import NAM
from report_builder.models.weights import save_weights
from report_builder.pipeline.step import Saved, Work
from report_builder.render.fragment import PROJECT, draw_section, fragment_step
from report_builder.sections.dependence import SECTION
from report_builder.sections.dependence.compute import _described, _relation, correlation, explain
from report_builder.verdicts import ADDITIVITY_TOLERANCE, curve_shape

NAMES = ("size", "weight $", "<kind>", "constant")
HIDDEN = (8, 4)
SETTINGS = {"seed": 3, "dependence.grid": 15, "dependence.ice_curves": 12, "nam.hidden": HIDDEN}
STATISTICS = {"auc": 0.8, "accuracy": 0.75}


def saved(name: str, values: dict, folder: Path) -> Saved:
    """A result as the store gives it back: its keys are sorted."""
    folder.mkdir(exist_ok=True)
    return Saved(name, json.loads(json.dumps(values, allow_nan=False, sort_keys=True)), folder)


def needs(folder: Path, names: tuple[str, ...] = NAMES, rows: int = 40) -> dict[str, Saved]:
    """A split and two untrained networks; the third column has two values, the one named constant has one."""
    generator = np.random.default_rng(0)
    x = generator.normal(size=(rows, len(names)))
    if "constant" in names:
        x[:, names.index("constant")] = 0.0
    x[:, 2] = generator.integers(0, 2, rows)
    y = np.arange(rows) % 2
    index = np.arange(rows)
    kinds = ("train", "validation", "test")
    parts = {f"{k}_{part}": v for part in kinds for k, v in (("x", x), ("y", y), ("rows", index))}
    split = saved("split", {}, folder / "split")
    np.savez(
        split.file("arrays.npz"),
        **parts,
        means=np.linspace(10, 20, len(names)),
        stds=np.linspace(1, 3, len(names)),
        fill=np.full(len(names), np.nan),
        feature_names=np.array(names),
        smote_neighbours=np.array(5),
    )
    torch.manual_seed(1)
    mlp, nam = MLP(len(names)), NAM(len(names), hidden=HIDDEN)
    with torch.no_grad():  # untrained outputs hardly move: make them move
        mlp.layers[-1].weight.mul_(40)
        nam.networks[-1].weight.mul_(8)
    found = {
        "split": split,
        "mlp": saved("mlp", {"test": STATISTICS}, folder / "mlp"),
        "nam": saved(
            "nam",
            {"test": STATISTICS, "importance": {n: 1.0 / (i + 1) for i, n in enumerate(names)}},
            folder / "nam",
        ),
    }
    save_weights(mlp, found["mlp"].file("weights.npz"))
    save_weights(nam, found["nam"].file("weights.npz"))
    return found


def run(folder: Path, names: tuple[str, ...] = NAMES, **settings: object) -> dict[str, Saved]:
    """The step's result beside what it needed."""
    known = needs(folder, names)
    step = saved("dependence", {}, folder / "dependence")
    values = explain(Work(step.folder, settings={**SETTINGS, **settings}, needs=known))
    return {**known, "dependence": saved("dependence", values, step.folder)}


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Saved]:
    return run(tmp_path_factory.mktemp("dependence"))


def test_the_additive_network_has_parallel_curves_in_logits(result: dict[str, Saved]) -> None:
    additive = result["dependence"].values["additive"]
    assert additive["nam"] <= ADDITIVITY_TOLERANCE
    assert additive["identity_error"] <= ADDITIVITY_TOLERANCE
    assert additive["mlp"] > 1000 * additive["nam"]
    assert additive["nam_probability"] > 1000 * additive["nam"]
    assert all(found["opposite"] == 0 for found in result["dependence"].values["nam"].values())


def test_curves_are_those_of_scikit_learn(tmp_path: Path) -> None:
    """On a logistic regression asked by both: the range and the slope over the same grid."""
    generator = np.random.default_rng(2)
    x = generator.normal(size=(80, 3))
    model = LogisticRegression().fit(x, (x @ [2.0, -1.0, 0.0] + generator.normal(size=80) > 0).astype(int))
    weights, bias = torch.as_tensor(model.coef_[0]), float(model.intercept_[0])
    curves = dependence(lambda rows: rows @ weights + bias, torch.as_tensor(x), grid_resolution=20)
    for feature, logit in enumerate(curves):
        probability = DependenceCurves(feature, logit.grid, torch.sigmoid(logit.ice))
        oracle = partial_dependence(model, x, [feature], grid_resolution=20, response_method="predict_proba")
        average = oracle["average"][0]
        found = _described(probability, logit, 0.0, 1.0)
        assert found["range"] == pytest.approx(np.ptp(average), abs=1e-9)
        assert found["slope"] == pytest.approx(np.polyfit(oracle["grid_values"][0], average, 1)[0], abs=1e-9)
        assert found["at_low"] == pytest.approx(average[0], abs=1e-9)
        assert found["heterogeneity"] < 1e-12


@pytest.mark.parametrize(
    ("curve", "shape"),
    [
        (np.linspace(0.2, 0.8, 30), "up"),
        (np.linspace(0.8, 0.2, 30), "down"),
        (0.5 + 0.3 * np.sin(np.linspace(0, 6, 30)), "mixed"),
        (0.5 + 0.01 * np.linspace(0, 1, 30), "flat"),
        (np.full(30, 0.5), "flat"),
    ],
)
def test_the_shape_of_a_curve_is_read_from_it(curve: np.ndarray, shape: str) -> None:
    grid = torch.linspace(-2, 2, len(curve), dtype=torch.float64)
    probability = DependenceCurves(0, grid, torch.as_tensor(np.stack([curve, curve])))
    logit = DependenceCurves(0, grid, torch.logit(probability.ice))
    found = _described(probability, logit, 100.0, 5.0)
    assert found["shape"] == shape == curve_shape(found["range"], found["trend"])
    assert (found["low"], found["high"]) == (90.0, 110.0)
    assert found["lowest"] <= min(found["at_low"], found["at_high"])
    assert found["highest"] - found["lowest"] == pytest.approx(found["range"])
    assert 0 <= found["rising_share"] <= 1


def test_rows_that_run_against_the_average_are_counted() -> None:
    grid = torch.linspace(0, 1, 10, dtype=torch.float64)
    slopes = torch.tensor([2.0, 2.0, 2.0, -1.0], dtype=torch.float64)
    logit = DependenceCurves(0, grid, slopes[:, None] * grid)
    probability = DependenceCurves(0, grid, torch.sigmoid(logit.ice))
    assert _described(probability, logit, 0.0, 1.0)["opposite"] == 0.25


def test_correlation_of_curves() -> None:
    line = np.linspace(0, 1, 20)
    assert correlation(line, 3 * line + 1) == pytest.approx(1)
    assert correlation(line, -line) == pytest.approx(-1)
    assert correlation(line, np.full(20, 0.3)) is None


@pytest.mark.parametrize(
    ("shapes", "r", "relation"),
    [
        (("up", "up"), 0.9, "alike"),
        (("up", "mixed"), 0.5, "partly"),
        (("up", "mixed"), 0.1, "different"),
        (("up", "down"), -0.9, "opposite"),
        (("flat", "flat"), 0.9, "unused"),
        (("flat", "up"), 0.9, "only_nam"),
        (("up", "flat"), None, "only_mlp"),
    ],
)
def test_how_two_curves_compare(shapes: tuple[str, str], r: float | None, relation: str) -> None:
    assert _relation(shapes, r) == relation


def test_a_constant_feature_moves_nothing(result: dict[str, Saved]) -> None:
    values = result["dependence"].values
    for model in ("mlp", "nam"):
        found = values[model]["constant"]
        assert (found["slope"], found["range"], found["heterogeneity"]) == (0, 0, 0)
        assert found["shape"] == "flat"
    assert values["agreement"]["constant"] is None
    assert values["relation"]["constant"] == "unused"
    assert values["ranking"][-1] == "constant"


def test_curves_end_where_the_data_thin_out(result: dict[str, Saved]) -> None:
    split, arrays = result["split"].arrays(), result["dependence"].arrays()
    for i in range(len(NAMES)):
        column = split["x_test"][:, i] * split["stds"][i] + split["means"][i]
        assert arrays[f"grid_{i}"].min() >= column.min() - 1e-4
        assert arrays[f"grid_{i}"].max() <= column.max() + 1e-4
    assert arrays["grid_0"].min() == pytest.approx(np.quantile(split["x_test"][:, 0], 0.05) + 10, abs=0.2)
    assert len(arrays["grid_2"]) == 2  # a column of two values has these as its grid


def test_ice_curves_are_a_sample_and_the_numbers_are_not(tmp_path: Path, result: dict[str, Saved]) -> None:
    arrays = result["dependence"].arrays()
    assert len(arrays["ice_rows"]) == len(set(arrays["ice_rows"])) == 12
    assert arrays["mlp_ice_0"].shape == (12, len(arrays["grid_0"]))
    other = run(tmp_path, **{"seed": 4, "dependence.ice_curves": 1000})["dependence"]
    assert len(other.arrays()["ice_rows"]) == 40  # no more than there are test rows
    assert other.values["mlp"] == result["dependence"].values["mlp"]
    assert other.arrays()["mlp_ice_0"].mean(0) == pytest.approx(arrays["mlp_0"], abs=1e-9)


def test_the_same_seed_gives_the_same_result(tmp_path: Path, result: dict[str, Saved]) -> None:
    again = run(tmp_path)["dependence"]
    assert again.values == result["dependence"].values
    first, second = again.file("arrays.npz"), result["dependence"].file("arrays.npz")
    assert first.read_bytes() == second.read_bytes()


def pages(known: dict[str, Saved], folder: Path, language: str, apart: bool = False) -> SimpleNamespace:
    """The section drawn in one language, with the values of other sections that it prints."""
    pair = {
        "difference": {"auc": -0.1, "accuracy": 0.01},
        "intervals": {"auc": [-0.2, -0.01] if apart else [-0.2, 0.1], "accuracy": [-0.1, 0.1]},
        "told_apart": {"auc": apart, "accuracy": False},
    }
    given = {
        "table": {"features": list(known["dependence"].values["mlp"])},
        "performance": {"level": 0.95, "clean": {"pairs": {"mlp_nam": pair}}},
        "writeup": {"applies": apart},
    }
    drawn = folder / f"{language}-{apart}"
    drawn.mkdir()
    step = fragment_step(SECTION, language)
    assert set(step.needs) <= set(known) | set(given)
    work = Work(
        drawn,
        settings={"tabular.names_fa": {}},
        needs={name: known[name] if name in known else Saved.given(name, given[name]) for name in step.needs},
        files={file: PROJECT / file for file in step.files},
        parameters=step.parameters,
    )
    values = draw_section(work)
    html = (drawn / "fragment.html").read_text(encoding="utf-8")
    return SimpleNamespace(values=values, html=html, folder=drawn)


def digest(folder: Path) -> dict[str, str]:
    return {
        str(p): hashlib.sha256(p.read_bytes()).hexdigest() for p in sorted(folder.rglob("*")) if p.is_file()
    }


def test_both_languages_print_the_same_numbers(tmp_path: Path, result: dict[str, Saved]) -> None:
    before = digest(result["dependence"].folder)
    english, persian = (pages(result, tmp_path, language) for language in ("en", "fa"))
    assert english.values["numbers"] == persian.values["numbers"]
    assert english.values["items"] == ["T24"]
    assert len(english.values["findings"]) == 2
    assert "&lt;kind&gt;" in english.html
    assert digest(result["dependence"].folder) == before


@pytest.mark.parametrize("language", ["en", "fa"])
def test_the_answer_follows_the_comparison(tmp_path: Path, result: dict[str, Saved], language: str) -> None:
    same, better = (pages(result, tmp_path, language, apart) for apart in (False, True))
    assert same.values["findings"][0] != better.values["findings"][0]
    assert len(better.html) != len(same.html)


def test_of_many_features_the_widest_are_drawn_and_all_are_listed(tmp_path: Path) -> None:
    names = tuple(f"v{i}" for i in range(14))
    known = run(tmp_path, names, **{"dependence.grid": 6})
    values = known["dependence"].values
    assert values["shown"] == values["ranking"][:12]
    drawn = pages(known, tmp_path, "en")
    assert drawn.html.count("<li>") == 12
    assert drawn.html.count("<tr>") == 1 + 14
    assert "The table has" in drawn.html
