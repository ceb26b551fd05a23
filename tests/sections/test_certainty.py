"""The section `certainty`: what the step says of synthetic sweeps in which the truth is planted."""

import json

import numpy as np
import pytest
from scipy import stats
from sweep_steps import FEATURES, GAIN, GRID, METRICS, MODELS, NAMES, SHIFT, certainty, measured, write_sweep

from report_builder.methods.rank_correlation import rank_correlation
from report_builder.settings import PARTS


@pytest.fixture(scope="module")
def plain(tmp_path_factory):
    return measured(tmp_path_factory.mktemp("plain"), seeds=range(10))


def test_a_metric_has_the_corrected_interval_of_its_mean(plain):
    runs = plain.arrays("runs")
    for part, ratio in (("tabular", 32 / 112), ("reference", 40 / 140)):
        for model in MODELS:
            for metric in METRICS:
                x = runs[f"{part}.{model}.{metric}"]
                found = plain.values["metrics"][part][model][metric]
                half = stats.t.ppf(0.975, 9) * x.std(ddof=1) * np.sqrt(1 / 10 + ratio)
                assert found["interval"] == pytest.approx([x.mean() - half, x.mean() + half])
                assert (found["low"], found["high"], found["seeds"]) == (x.min(), x.max(), 10)
    assert plain.values["data"]["tabular"]["ratio"] == pytest.approx(32 / 112)


def test_runs_on_data_of_their_own_have_the_plain_interval(plain):
    for part, model in (("signals", "lstm"), ("own_cnn", "hard")):
        x = plain.arrays("runs")[f"{part}.{model}.accuracy"]
        expected = stats.ttest_1samp(x, 0).confidence_interval(0.95)
        assert plain.values["metrics"][part][model]["accuracy"]["interval"] == pytest.approx(list(expected))
        assert plain.values["data"][part]["ratio"] == 0


def test_an_interval_ends_where_the_metric_does(tmp_path):
    def change(cell, seed, values, arrays):
        for metric, value in (("auc", 0.99), ("brier", 0.01)):
            values["tabular"]["metrics"]["mlp"][metric] = value + 0.01 * (-1) ** seed

    found = measured(tmp_path, seeds=range(2), parts=["tabular"], change=change).values["metrics"]["tabular"]
    assert found["mlp"]["auc"]["interval"][1] == 1
    assert found["mlp"]["brier"]["interval"][0] == 0


def test_a_planted_difference_is_told_apart_and_noise_is_not(plain):
    pairs = plain.values["pairs"]["tabular"]
    assert len(pairs) == 6
    for name, metrics in pairs.items():
        for metric, pair in metrics.items():
            assert pair["p_holm"] >= pair["p"]
            assert sum(pair["wins"]) == 10
            if name.endswith("forest"):
                gain = GAIN if metric == "brier" else -GAIN
                assert pair["difference"] == pytest.approx(gain, abs=0.01)
                assert pair["wins"] == [0, 0, 10]
                assert (pair["told_apart"], pair["better"]) == (True, "forest")
    wrong = [each for each in plain.values["told_apart"] if "forest" not in each["pair"]]
    assert {each["part"] for each in wrong} <= {"signals"}
    assert plain.values["pairs"]["signals"]["lstm_cnn"]["accuracy"]["better"] == "cnn"


def test_models_that_are_equal_in_every_run_tie(tmp_path):
    def change(cell, seed, values, arrays):
        values["tabular"]["metrics"]["nam"] = values["tabular"]["metrics"]["mlp"]

    pair = measured(tmp_path, change=change).values["pairs"]["tabular"]["mlp_nam"]["auc"]
    assert (pair["difference"], pair["p"], pair["p_holm"], pair["wins"]) == (0, 1, 1, [0, 6, 0])
    assert (pair["better"], pair["told_apart"]) == (None, False)


def test_planted_flips_and_ranks_are_counted(plain):
    values = plain.values
    assert values["sign_flips"]["lime"] == dict.fromkeys(FEATURES, 0.0) | {FEATURES[-1]: 0.2}
    assert set(values["sign_flips"]["shap"].values()) == {0.0}
    for method in ("shap", "lime", "nam"):
        found = values["importance"][method]
        assert found["rank_correlation"] == pytest.approx({"mean": 1.0, "low": 1.0})
        assert found["top3_overlap"] == 1
        assert found["top3_counts"] == dict(zip(FEATURES, [10, 10, 10, 0], strict=True))
        assert [found["features"][name]["worst_rank"] for name in FEATURES] == [1, 2, 3, 4]
        assert sum(found["features"][name]["share_mean"] for name in FEATURES) == pytest.approx(1)
    last = values["importance"]["lime"]["features"][FEATURES[-1]]
    assert (last["positive"], last["negative"]) == (8, 2)


def test_importance_at_random_is_not_stable(tmp_path):
    def change(cell, seed, values, arrays):
        sizes = np.random.default_rng(seed).uniform(size=len(FEATURES))
        values["tabular"]["importance"]["shap"] = dict(zip(FEATURES, sizes.tolist(), strict=True))

    found = measured(tmp_path, seeds=range(40), parts=["tabular"], change=change).values["importance"]["shap"]
    assert abs(found["rank_correlation"]["mean"]) < 0.1
    # two sets of three of four features share two or three of them
    assert found["top3_overlap"] == pytest.approx(0.25 * 1 + 0.75 * 0.5, abs=0.05)


def test_the_band_holds_what_the_seeds_shift(plain, tmp_path):
    found = measured(tmp_path, seeds=range(100), parts=["tabular"])
    width = 2 * stats.norm.ppf(0.975) * SHIFT
    for model in ("mlp", "nam"):
        for each in found.values["dependence"][model].values():
            assert each["range"] == pytest.approx(0.6)
            assert each["width"] == pytest.approx(width, rel=0.25)
            assert each["ratio"] == pytest.approx(each["width"] / each["range"])
        arrays = found.arrays()
        assert (arrays[f"{model}_low"] <= arrays[f"{model}_mean"]).all()
        assert (arrays[f"{model}_mean"] <= arrays[f"{model}_high"]).all()


def test_equal_seeds_are_alike(tmp_path):
    first = {}

    def change(cell, seed, values, arrays):
        first.setdefault("values", json.loads(json.dumps(values)))
        first.setdefault("arrays", dict(arrays))
        values |= first["values"]
        arrays |= first["arrays"]

    values = measured(tmp_path, change=change).values
    for method in ("smooth_grad", "lime_image"):
        assert values["vision"][method]["similarity"] == pytest.approx({"mean": 1, "low": 1})
        assert values["vision"][method]["cosine"] == pytest.approx({"mean": 1, "low": 1}, abs=1e-6)
    assert values["vision"]["hens"]["likeness"] == pytest.approx({"mean": 1, "low": 1})
    assert values["metrics"]["tabular"]["mlp"]["auc"]["sd"] == 0
    assert values["dependence"]["mlp"][FEATURES[0]]["width"] == pytest.approx(0, abs=1e-12)


def test_maps_of_noise_are_unlike_and_maps_of_a_pattern_alike(plain):
    vision, arrays = plain.values["vision"], plain.arrays()
    for method, least in (("smooth_grad", 0.9), ("lime_image", 0.6)):
        each = vision[method]["each"]
        assert min(each[:-1]) > least
        assert abs(each[-1]) < 0.05
        assert vision[method]["examples"]["least"] == len(NAMES) - 1
        assert arrays[f"{method}_similarity"].shape == (3, 10, 10)
        assert arrays[f"{method}_examples"].shape == (2, 5, 16, 16)
    assert abs(vision["hens"]["likeness"]["mean"]) < 0.05
    assert arrays["hens"].shape == (10, 16, 16, 3)


def test_a_similarity_is_the_rank_correlation_of_two_maps(tmp_path):
    sweep = write_sweep(tmp_path, seeds=[3, 8], parts=["vision"])
    found = certainty(sweep, tmp_path / "step")["certainty"].values["vision"]["lime_image"]
    with np.load(sweep.arrays) as arrays:
        expected = rank_correlation(arrays["0.vision.lime_image"], arrays["1.vision.lime_image"])
    assert found["each"] == pytest.approx(expected.tolist())
    assert found["examples"]["seeds"] == [3, 8]


def test_the_first_method_of_every_seed_is_counted(plain):
    signals = plain.values["signals"]
    for kind in ("lstm", "cnn"):
        assert signals["best_counts"][kind]["integrated_gradients"] == 10
        assert signals["best_counts"][kind].keys().isdisjoint(signals["rules"])
        assert set(signals["beating_counts"][kind].values()) == {10}


def test_of_deletion_the_lowest_is_first(tmp_path):
    def change(cell, seed, values, arrays):
        values["signals"]["score"] = "deletion"

    signals = measured(tmp_path, parts=["signals"], change=change).values["signals"]
    assert signals["best_counts"]["lstm"]["gradient_shap"] == 6
    assert set(signals["beating_counts"]["lstm"].values()) == {0}


@pytest.mark.parametrize("seeds", [1, 2])
def test_few_seeds(tmp_path, seeds):
    found = measured(tmp_path, seeds=range(seeds), grid=GRID)
    values = found.values
    metric, pair = values["metrics"]["tabular"]["nam"]["f1"], values["pairs"]["tabular"]["mlp_nam"]["f1"]
    spread = [metric["sd"], metric["interval"], pair["p"], pair["interval"]]
    spread += [values["importance"]["lime"][key] for key in ("rank_correlation", "top3_overlap")]
    spread += [values["dependence"]["mlp"][FEATURES[0]]["width"], values["vision"]["hens"]["likeness"]]
    assert [value is None for value in spread] == [seeds == 1] * len(spread)
    assert ("smooth_grad" in values["vision"]) == ("smooth_grad_examples" in found.arrays()) == (seeds == 2)
    assert len(found.arrays()["hens"]) == seeds
    if seeds == 1:
        assert values["told_apart"] == []
        assert not any(name.endswith("similarity") for name in values["grid"]["measures"])


@pytest.mark.parametrize("part", PARTS)
def test_a_sweep_of_one_part(tmp_path, part):
    values = measured(tmp_path, parts=[part]).values
    assert set(values["metrics"]) == ({"tabular", "reference"} if part == "tabular" else {part} - {"vision"})
    assert ("importance" in values) == ("dependence" in values) == (part == "tabular")
    assert ("vision" in values, "signals" in values) == (part == "vision", part == "signals")
    assert values["grid"] is None


def test_a_sweep_of_which_all_failed(tmp_path):
    values = measured(tmp_path, seeds=range(3), failed=[(0, seed) for seed in range(3)]).values
    assert values["main"]["seeds"] == 0
    assert len(values["failed"]) == 3
    assert values["metrics"] == values["pairs"] == {}


def test_without_arrays_there_are_the_plain_values(tmp_path):
    def change(cell, seed, values, arrays):
        arrays.clear()

    found = measured(tmp_path, change=change)
    assert found.arrays() == {}
    assert "dependence" not in found.values
    assert found.values["importance"]["lime"]["rank_correlation"]["mean"] == pytest.approx(1)
    assert found.values["vision"]["pictures"] == 3


def test_a_feature_without_direction_and_a_table_of_two(tmp_path):
    def change(cell, seed, values, arrays):
        tabular = values["tabular"]
        tabular["features"] = list(FEATURES[:2])
        for table in ("importance", "direction"):
            for method, of in tabular[table].items():
                tabular[table][method] = {name: of[name] for name in FEATURES[:2]}
        for method in ("shap", "lime"):
            tabular["direction"][method][FEATURES[1]] = None
            tabular["importance"][method][FEATURES[1]] = 0.0
        for name in ("grid", "pdp_mlp", "pdp_nam"):
            arrays[f"tabular.{name}"] = arrays[f"tabular.{name}"][:2]
        arrays["tabular.pdp_nam"][1] = 0.5

    values = measured(tmp_path, parts=["tabular"], change=change).values
    assert values["sign_flips"]["lime"] == {FEATURES[0]: 0.0, FEATURES[1]: None}
    assert values["top"] == 2
    assert values["importance"]["shap"]["top3_overlap"] == 1
    assert values["importance"]["shap"]["features"][FEATURES[1]]["positive"] == 0
    assert values["dependence"]["nam"][FEATURES[1]]["ratio"] is None
