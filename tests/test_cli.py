"""Bad settings and inputs: one clear sentence, exit status 2, and nothing that was built before is lost."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from small_report import small_csv

from report_builder.cli import main


def run(*arguments: str, out: Path) -> Result:
    return CliRunner().invoke(main, ["--offline", "--out", str(out), *arguments])


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--set", "mlp.epoch=3"], ["mlp.epoch", "mlp.epochs"]),
        (["--set", "mpl.epochs=3"], ["mpl", "mlp"]),
        (["--set", "mlp.epochs=many"], ["mlp.epochs", "'many'"]),
        (["--set", "mlp.epochs=0"], ["mlp.epochs", "0"]),
        (["--set", "mlp.early_stopping=often"], ["mlp.early_stopping", "'often'"]),
        (["--set", "tabular.test_share=1.5"], ["tabular.test_share", "1.5"]),
        (["--set", "mlp"], ["table.key=value"]),
        (["--seed", "-1"], ["seed"]),
        (["--only", "mpl"], ["mpl", "mlp", "nam"]),
        (["--lang", "de"], ["de", "en", "fa"]),
        (["--format", "docx"], ["docx", "html", "pdf"]),
        (["--device", "cuda"], ["cuda"]),
        (["--device", "tpu"], ["device", "tpu"]),
        (["--config", "absent.toml"], ["absent.toml"]),
        (["--set", "tabular.csv=absent.csv"], ["absent.csv"]),
    ],
)
def test_wrong_settings(
    arguments: list[str], words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    result = run(*arguments, out=tmp_path / "out")
    assert result.exit_code == 2, result.output
    assert all(word in result.output for word in words), result.output
    assert "Traceback" not in result.output
    assert len(result.output.strip().splitlines()) == 1


def csv_with(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "table.csv"
    path.write_text(text, encoding="utf-8")
    return path


GOOD = "".join(f"{i},{i % 7},{i % 2}\n" for i in range(1, 60))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", ["empty"]),
        ("a,b,Outcome\n", ["row"]),
        ("a,b,Result\n" + GOOD, ["Outcome"]),
        ("a,b,Outcome\n1,red,0\n2,blue,1\n" + GOOD, ["b"]),
        ("a,b,Outcome\n1,inf,0\n" + GOOD, ["Row 2", "'b'"]),
        ("a,b,Outcome\n1,,0\n" + GOOD, ["Row 2", "'b'"]),
        ("a,b,Outcome\n1,nan,0\n" + GOOD, ["Row 2", "'b'"]),
        ("a,Outcome\n" + "".join(f"{i},{i % 2}\n" for i in range(60)), ["table.csv", "at least two"]),
        ("a,b,Outcome\n" + "".join(f"{i},{i % 7},1\n" for i in range(60)), ["Outcome"]),
        ("a,b,Outcome\n1,2,0\n2,3,1\n4,3,1\n3,1,0\n", ["rows"]),
    ],
    ids=[
        "empty",
        "header only",
        "no target",
        "text",
        "infinite",
        "blank",
        "NaN",
        "one feature",
        "one class",
        "too few rows",
    ],
)
def test_wrong_tables(text: str, words: list[str], tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "report.en.html").write_text("built before", encoding="utf-8")
    settings = ["--set", f"tabular.csv={csv_with(tmp_path, text)}", "--jobs", "1"]
    result = run(*settings, out=out)
    assert result.exit_code == 2, result.output
    errors = [line for line in result.output.splitlines() if line.startswith("error:")]
    assert len(errors) == 1, result.output
    assert all(word in errors[0] for word in words), errors
    assert "Traceback" not in result.output
    assert (out / "report.en.html").read_text(encoding="utf-8") == "built before"


def test_without_pango_a_pdf_is_refused_with_the_line_that_installs_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("report_builder.build.missing_libraries", lambda: ["Pango"])
    csv = small_csv(tmp_path / "table.csv")
    result = run("--set", f"tabular.csv={csv}", out=tmp_path / "out")
    assert result.exit_code == 2
    assert all(word in result.output for word in ("Pango", "apt-get install", "dnf", "brew"))


@pytest.mark.parametrize(("taken", "out"), [("out", "out"), ("out", "out/out"), ("out/cache", "out")])
def test_an_output_folder_that_cannot_be_written(taken: str, out: str, tmp_path: Path) -> None:
    """A file stands in the place of a folder, which stops every user; modes do not stop root."""
    (tmp_path / taken).parent.mkdir(exist_ok=True)
    (tmp_path / taken).touch()
    result = run(out=tmp_path / out)
    assert result.exit_code == 2
    assert "cannot be written" in result.output
    assert len(result.output.strip().splitlines()) == 1


@pytest.mark.parametrize("place", ["cache/steps.jsonl", "cache/last.json", "draft.en.html"])
def test_a_file_of_an_earlier_build_that_cannot_be_replaced(place: str, tmp_path: Path) -> None:
    (tmp_path / "out" / place).mkdir(parents=True)
    csv = small_csv(tmp_path / "table.csv")
    draft = ["--only", "exploration", "--lang", "en", "--format", "html", "--jobs", "1"]
    result = run("--set", f"tabular.csv={csv}", *draft, out=tmp_path / "out")
    assert result.exit_code == 2, result.output
    errors = [line for line in result.output.splitlines() if line.startswith("error:")]
    assert len(errors) == 1
    assert place in errors[0]
    assert "Traceback" not in result.output


def test_a_settings_file_names_the_faulty_key(tmp_path: Path) -> None:
    settings = tmp_path / "my.toml"
    settings.write_text("[mlp]\nepochs = 2.5\n", encoding="utf-8")
    result = run("--config", str(settings), out=tmp_path / "out")
    assert result.exit_code == 2
    assert all(word in result.output for word in ("my.toml", "mlp.epochs", "2.5"))


def test_doctor_says_what_this_machine_has(tmp_path: Path) -> None:
    csv = small_csv(tmp_path / "table.csv")
    result = run("--set", f"tabular.csv={csv}", "doctor", out=tmp_path / "out")
    assert result.exit_code == 0, result.output
    for word in ("device", "pango", "fonts", str(csv), "standin"):
        assert word in result.output
