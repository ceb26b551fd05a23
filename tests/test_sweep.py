"""`python build.py sweep`: trials in the cache of the build, a chapter in the report, nothing twice."""

import json
import re
import shutil

import numpy as np
import pytest
from small_report import run_build, small_arguments, small_csv

TABULAR = ("report.parts=['tabular']",)


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    """Arguments of a small tabular study, its folder, and what its first sweep printed."""
    folder = tmp_path_factory.mktemp("sweep")
    csv = small_csv(folder / "table.csv")
    settings = (*TABULAR, f"tabular.csv={csv}")

    def sweep(*more, out=folder / "out", before=(), settings=settings):
        arguments = small_arguments("--out", str(out), *before, settings=settings)
        return run_build(*arguments, "sweep", "--jobs", "2", *more)

    first = sweep("--seeds", "0:3", before=("--only", "certainty"))
    assert first.returncode == 0, first.stderr
    return sweep, folder / "out", first.stdout, settings


def trials(out):
    return json.loads((out / "sweep" / "trials.json").read_text("utf-8"))


def test_every_seed_is_a_run_and_none_is_run_twice(study):
    sweep, out, printed, _ = study
    assert len(re.findall(r"\d of 3  seed \d: .* steps ran", printed)) == 3
    assert re.search(r"about \d+ s left", printed)
    before = (out / "sweep" / "trials.json").read_bytes(), (out / "sweep" / "arrays.npz").read_bytes()
    again = sweep("--seeds", "0:3", before=("--only", "certainty"))
    assert re.findall(r"\((\d+) steps ran", again.stdout) == ["0", "0", "0"]
    assert (
        (out / "sweep" / "trials.json").read_bytes(),
        (out / "sweep" / "arrays.npz").read_bytes(),
    ) == before


def test_a_trial_is_the_report_of_its_seed(study, tmp_path):
    _, out, _, settings = study
    shutil.copytree(out, tmp_path / "out")
    shutil.rmtree(tmp_path / "out" / "sweep")
    built = run_build(*small_arguments("--out", str(tmp_path / "out"), "--seed", "1", settings=settings))
    assert built.returncode == 0, built.stderr
    assert not re.search(
        r"^ran +(mlp|lime|shapley|nam) ", built.stdout, re.MULTILINE
    )  # shared with the sweep
    results = json.loads((tmp_path / "out" / "results.json").read_text("utf-8"))
    values = trials(out)["trials"][1]["values"]["tabular"]
    assert values["metrics"]["mlp"] == results["mlp"]["test"]
    assert values["reference"]["nam"] == results["reference"]["nam"]["test"]
    assert values["importance"]["shap"] == results["shapley"]["mean_abs"]
    assert "certainty" not in results
    assert "certainty" not in (tmp_path / "out" / "report.en.html").read_text("utf-8")


def test_the_report_has_a_chapter_with_the_sweep_and_none_without(study, tmp_path):
    _, out, _, settings = study
    shutil.copytree(out, tmp_path / "out")
    arguments = small_arguments("--out", str(tmp_path / "out"), settings=settings)
    built = run_build(*arguments)
    assert built.returncode == 0, built.stderr
    results = json.loads((tmp_path / "out" / "results.json").read_text("utf-8"))
    metrics = [t["values"]["tabular"]["metrics"]["mlp"]["accuracy"] for t in trials(out)["trials"]]
    swept = results["certainty"]["metrics"]["tabular"]["mlp"]["accuracy"]
    assert swept["mean"] == pytest.approx(np.mean(metrics))
    assert swept["sd"] == pytest.approx(np.std(metrics, ddof=1))
    assert results["sweep"]["outdated"] == {"code": False, "settings": []}
    for language in ("en", "fa"):
        assert 'id="section-certainty"' in (tmp_path / "out" / f"report.{language}.html").read_text("utf-8")
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text("utf-8"))
    assert {"sweep/trials.json", "sweep/arrays.npz"} <= set(manifest["outputs"])

    other = run_build(*arguments, "--set", "mlp.epochs=4")
    assert other.returncode == 0, other.stderr
    results = json.loads((tmp_path / "out" / "results.json").read_text("utf-8"))
    assert results["sweep"]["outdated"]["settings"] == [{"name": "mlp.epochs", "then": "3", "now": "4"}]


def test_a_grid_has_a_cell_for_every_combination(study, tmp_path):
    sweep, _, _, _ = study
    done = sweep(
        *("--seeds", "0:2", "--grid", "mlp.epochs=2,3", "--grid", "mlp.lr=1e-3,3e-3"),
        out=tmp_path / "out",
        before=("--only", "certainty"),
    )
    assert done.returncode == 0, done.stderr
    record = trials(tmp_path / "out")
    assert [(trial["cell"], trial["seed"]) for trial in record["trials"]] == [
        (cell, seed) for cell in range(4) for seed in range(2)
    ]
    assert record["cells"][record["main"]] == {"mlp.epochs": 3, "mlp.learning_rate": 1e-3}
    assert record["main_is_own"]
    # once a seed: the table, both splits, the NAM and the baselines on each; in every cell: both MLPs, the
    # rows chosen, LIME, SHAP, their agreement and the trial's own step
    log = json.loads((tmp_path / "out" / "sweep" / "log.json").read_text("utf-8"))
    assert sum(trial["ran"] for trial in log) == 2 * (7 + 4 * 7)


def test_a_sweep_that_is_interrupted_goes_on_where_it_was(study, tmp_path):
    sweep, out, _, _ = study
    shutil.copytree(out, tmp_path / "out")
    shutil.rmtree(tmp_path / "out" / "sweep")
    results = tmp_path / "out" / "cache" / "results"
    for lost in (*results.glob("trial.tabular-*"), *list(results.glob("lime-*"))[:1]):
        shutil.rmtree(lost)
    again = sweep("--seeds", "0:3", out=tmp_path / "out", before=("--only", "certainty"))
    assert again.returncode == 0, again.stderr
    assert sorted(re.findall(r"\((\d+) steps ran", again.stdout)) == ["1", "1", "2"]
    for name in ("trials.json", "arrays.npz"):
        assert (tmp_path / "out" / "sweep" / name).read_bytes() == (out / "sweep" / name).read_bytes()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--seeds", "x"), "--seeds x: write it as 0:20"),
        (("--seeds", "0:2", "--grid", "mlp.epoch=1"), "did you mean mlp.epochs"),
        (("--seeds", "0:2", "--part", "vision"), "there are tabular"),
        (("--seeds", "0:2", "--tls", "a", "b", "c"), "it needs --dask"),
        (("--seeds", "0:2", "--grid", "mlp.epochs=2,2"), "stands there twice"),
    ],
)
def test_what_cannot_be_is_one_sentence(study, tmp_path, arguments, said):
    sweep, _, _, _ = study
    refused = sweep(*arguments, out=tmp_path / "out")
    assert refused.returncode == 2
    assert said in refused.stderr
    assert refused.stderr.count("\n") == 1


def test_where_every_trial_fails_the_command_says_so_and_no_report_is_built(study, tmp_path):
    sweep, _, _, settings = study
    done = sweep("--seeds", "0:2", out=tmp_path / "out", settings=(*settings, "explain.samples=[9999]"))
    assert done.returncode == 1
    assert "there is no test row 9999" in done.stderr
    assert "2 of 2 trials failed" in done.stdout
    assert not (tmp_path / "out" / "sweep").exists()
    assert not (tmp_path / "out" / "report.en.html").exists()
