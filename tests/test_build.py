"""The whole command on a small table: what it writes, and what it redoes after a change."""

from __future__ import annotations

import json
import re
import shutil
import signal
import subprocess
import sys
import time
from html import escape
from pathlib import Path

import pytest
from pypdf import PdfReader
from small_report import PROJECT, SmallBuild, run_build, small_arguments, small_csv, start_build

from report_builder.inventory import ITEMS

DATA = re.compile(r'<data value="([^"]*)" data-from="([^"]*)">')


def results(build: SmallBuild) -> dict:
    return json.loads((build.out / "results.json").read_text(encoding="utf-8"))


def events(out: Path) -> dict[str, str]:
    """What the last build did with each step."""
    lines = (out / "cache" / "steps.jsonl").read_text(encoding="utf-8").splitlines()
    ended = (json.loads(line) for line in lines)
    return {e["step"]: e["event"] for e in ended if e["event"] != "started"}


def ran(out: Path) -> set[str]:
    return {step for step, event in events(out).items() if event != "cached"}


def copy_of_project(folder: Path) -> Path:
    """A project that a test may edit."""
    for name in ("report_builder", "templates", "data", "docs"):
        shutil.copytree(PROJECT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__", "*.csv"))
    shutil.copy(PROJECT / "build.py", folder)
    return folder


@pytest.fixture
def own_copy(small_build: SmallBuild, tmp_path: Path) -> SmallBuild:
    """The small build with an output folder that the test may change."""
    shutil.copytree(small_build.out, tmp_path / "out")
    return SmallBuild(tmp_path / "out", small_build.csv, small_build.printed)


def test_writes_every_file(small_build: SmallBuild) -> None:
    written = {path.name for path in small_build.out.iterdir()}
    documents = {f"report.{language}.{kind}" for language in ("en", "fa") for kind in ("html", "pdf")}
    assert written >= documents | {"results.json", "manifest.json", "figures", "cache"}


def test_results_hold_what_users_look_for(small_build: SmallBuild) -> None:
    values = results(small_build)
    for place in (values, values["reference"]):
        for model in ("mlp", "nam"):
            assert {"accuracy", "precision", "recall", "f1", "auc"} <= place[model]["test"].keys()
    assert {"spearman", "sign", "top3_jaccard"} <= values["agreement"].keys()
    for name, check in values["audit"].items():
        assert name == "summary" or check.keys() == {"value", "passed"}
    assert all(values["checklist"][item].keys() == {"section", "answered"} for item in ITEMS)


def test_every_item_is_answered(small_build: SmallBuild) -> None:
    checklist = results(small_build)["checklist"]
    assert len([item for item in ITEMS if checklist[item]["answered"]]) == len(ITEMS) == 58


def test_the_audit_passes(small_build: SmallBuild) -> None:
    assert results(small_build)["audit"]["summary"]["failed"] == []


@pytest.mark.parametrize("language", ["en", "fa"])
def test_every_printed_number_stands_in_the_results(small_build: SmallBuild, language: str) -> None:
    values = results(small_build)
    printed = DATA.findall((small_build.out / f"report.{language}.html").read_text(encoding="utf-8"))
    assert len(printed) > 300
    for text, source in printed:
        step, _, pointer = source.partition("#/")
        place = values
        for key in [*step.split("."), *pointer.split("/")]:
            key = key.replace("~1", "/").replace("~0", "~")
            place = place[int(key)] if isinstance(place, list) else place[key]
        assert repr(len(place) if isinstance(place, list | dict) else place) == text, source


def test_both_languages_state_the_same_numbers(small_build: SmallBuild) -> None:
    english, persian = (
        sorted(DATA.findall((small_build.out / f"report.{language}.html").read_text(encoding="utf-8")))
        for language in ("en", "fa")
    )
    assert english == persian


@pytest.mark.parametrize("language", ["en", "fa"])
def test_html_asks_no_host_for_anything(small_build: SmallBuild, language: str) -> None:
    html = (small_build.out / f"report.{language}.html").read_text(encoding="utf-8")
    assert not re.findall(r"""(?:src|href)=["'](?:https?:)?//""", html)
    assert not re.findall(r"url\((?!['\"]?data:)", html)
    assert not re.findall(r"@import|fetch\(|XMLHttpRequest|WebSocket", html)


@pytest.mark.parametrize("language", ["en", "fa"])
def test_every_figure_has_an_alternative_text(small_build: SmallBuild, language: str) -> None:
    html = (small_build.out / f"report.{language}.html").read_text(encoding="utf-8")
    images = re.findall(r"<img\b[^>]*>", html)
    assert len(images) > 10
    assert all(re.search(r'alt="[^"]{20,}"', image) for image in images)


def test_manifest_names_the_hash_of_every_output(small_build: SmallBuild) -> None:
    import hashlib

    manifest = json.loads((small_build.out / "manifest.json").read_text(encoding="utf-8"))
    assert "report.fa.pdf" in manifest["outputs"]
    for name, digest in manifest["outputs"].items():
        assert hashlib.sha256((small_build.out / name).read_bytes()).hexdigest() == digest
    assert manifest["settings"]["mlp"]["epochs"] == 3
    assert manifest["steps"]["mlp"]["key"]


def test_unchanged_rebuild_computes_nothing_and_imports_no_torch(own_copy: SmallBuild) -> None:
    before = {path: path.stat().st_mtime_ns for path in own_copy.out.glob("report.*")}
    program = "import sys; sys.argv[0] = 'build.py'\nfrom report_builder.cli import main\n"
    program += "try: main()\nexcept SystemExit as end: assert end.code == 0, end.code\n"
    program += "heavy = {'torch', 'matplotlib', 'weasyprint', 'sklearn', 'pandas'} & set(sys.modules)\n"
    program += "assert not heavy, heavy"
    seconds = []
    for _ in range(3):
        begun = time.perf_counter()
        done = subprocess.run(
            [sys.executable, "-c", program, *own_copy.arguments()],
            cwd=PROJECT,
            capture_output=True,
            text=True,
        )
        seconds.append(time.perf_counter() - begun)
        assert done.returncode == 0, done.stderr
    assert ran(own_copy.out) == set()
    assert {path: path.stat().st_mtime_ns for path in own_copy.out.glob("report.*")} == before
    # 1.5 s is the promise on an idle machine; beside the other tests the best of three may take twice that
    assert min(seconds) < 3.0


def test_a_changed_lime_setting_reruns_lime_and_what_needs_it(own_copy: SmallBuild) -> None:
    done = run_build(*own_copy.arguments(settings=("lime.perturbations=310",)))
    assert done.returncode == 0, done.stderr
    again = ran(own_copy.out)
    assert {"lime", "agreement"} <= again
    assert not again & {"table", "split", "mlp", "nam", "baselines", "shapley", "dependence", "exploration"}
    assert not any(
        step.startswith(("fragment.mlp", "fragment.exploration", "fragment.dependence")) for step in again
    )


def test_a_changed_sentence_reruns_its_section_and_the_documents(
    own_copy: SmallBuild, tmp_path: Path
) -> None:
    project = copy_of_project(tmp_path / "project")
    assert run_build(*own_copy.arguments(), project=project).returncode == 0
    assert ran(own_copy.out) == set()
    catalog = project / "templates/sections/preparation.toml"
    text = catalog.read_text(encoding="utf-8")
    catalog.write_text(text.replace('[title]\nen = "', '[title]\nen = "Changed '), encoding="utf-8")
    assert run_build(*own_copy.arguments(), project=project).returncode == 0
    analyses = {step for step in ran(own_copy.out) if not step.startswith(("fragment.", "html.", "pdf."))}
    # the audit and the checklist read the pages; they may look again, the analyses may not
    assert analyses <= {"audit", "checklist"}
    fragments = {step for step in ran(own_copy.out) if step.startswith("fragment.")}
    assert "fragment.preparation.en" in fragments
    assert not any(
        step.startswith(("fragment.mlp", "fragment.lime", "fragment.exploration")) for step in fragments
    )
    assert "Changed " in (own_copy.out / "report.en.html").read_text(encoding="utf-8")


def test_same_seed_gives_same_results_and_same_text(small_build: SmallBuild, tmp_path: Path) -> None:
    other = SmallBuild(tmp_path / "out", small_build.csv, "")
    shutil.copytree(small_build.out / "sweep", other.out / "sweep")
    assert run_build(*other.arguments("--jobs", "1", "--format", "pdf")).returncode == 0
    assert (other.out / "results.json").read_bytes() == (small_build.out / "results.json").read_bytes()
    for language in ("en", "fa"):
        first, second = (PdfReader(b.out / f"report.{language}.pdf") for b in (small_build, other))
        assert [p.extract_text() for p in first.pages] == [p.extract_text() for p in second.pages]


def test_a_failing_step_is_named_and_the_rest_is_kept(own_copy: SmallBuild, tmp_path: Path) -> None:
    project = copy_of_project(tmp_path / "project")
    module = project / "report_builder/sections/dependence/compute.py"
    module.write_text(
        module.read_text(encoding="utf-8") + "\nraise RuntimeError('broken on purpose')\n", "utf-8"
    )
    report = (own_copy.out / "report.en.pdf").read_bytes()
    done = run_build(*own_copy.arguments(settings=("lime.perturbations=305",)), project=project)
    assert done.returncode == 1
    assert "dependence failed" in done.stderr
    assert "broken on purpose" in done.stderr
    named = re.search(r"traceback: ([^)]+)\)", done.stderr)
    assert named
    assert "broken on purpose" in Path(named[1]).read_text(encoding="utf-8")
    assert events(own_copy.out)["agreement"] == "finished"
    assert (own_copy.out / "report.en.pdf").read_bytes() == report


def test_a_draft_leaves_the_report_as_it_is(own_copy: SmallBuild) -> None:
    before = {path.name: path.read_bytes() for path in own_copy.out.iterdir() if path.is_file()}
    done = run_build(*own_copy.arguments("--only", "preparation", "--lang", "en", "--format", "html"))
    assert done.returncode == 0, done.stderr
    assert (own_copy.out / "draft.en.html").is_file()
    assert {name: (own_copy.out / name).read_bytes() for name in before} == before


def draft_arguments(csv: Path, out: Path) -> list[str]:
    """A build of a few steps."""
    draft = ("--only", "preparation", "--lang", "en", "--format", "html", "--out", str(out))
    return small_arguments(*draft, settings=(f"tabular.csv={csv}",))


def test_of_two_builds_at_once_each_step_is_computed_by_one(small_build: SmallBuild, tmp_path: Path) -> None:
    both = [start_build(*draft_arguments(small_build.csv, tmp_path / "out")) for _ in range(2)]
    printed = [process.communicate(timeout=600) for process in both]
    assert [process.returncode for process in both] == [0, 0], printed
    first, second = (set(re.findall(r"^ran +(\S+)", text, re.MULTILINE)) for text, _ in printed)
    assert not first & second
    assert first | second >= {"table", "split", "fragment.preparation.en", "html.en"}


def test_an_interrupted_build_goes_on_where_it_was(small_build: SmallBuild, tmp_path: Path) -> None:
    arguments = draft_arguments(small_build.csv, tmp_path / "out")
    with start_build(*arguments, "--jobs", "1") as process:
        assert process.stdout is not None
        for line in process.stdout:
            if line.startswith("ran     table"):
                process.send_signal(signal.SIGINT)
                break
        _, errors = process.communicate(timeout=60)
    assert process.returncode == 1
    assert errors.split() == ["Aborted!"]
    assert not (tmp_path / "out/draft.en.html").exists()
    done = run_build(*arguments)
    assert done.returncode == 0, done.stderr
    assert "table" not in ran(tmp_path / "out")
    assert (tmp_path / "out/draft.en.html").is_file()


def test_dry_run_writes_nothing(small_build: SmallBuild, tmp_path: Path) -> None:
    out = tmp_path / "out"
    done = run_build(
        *small_arguments("--dry-run", "--out", str(out), settings=(f"tabular.csv={small_build.csv}",))
    )
    assert done.returncode == 0, done.stderr
    assert re.search(r"^due +table", done.stdout, re.MULTILINE)
    assert not out.exists()


def test_names_with_markup_appear_as_themselves(tmp_path: Path) -> None:
    names = ("<b>x</b>", "a&b $c$", "back\\slash_1^2", "سن \u200f(y)", "🙂 {0}", "50%")
    csv = small_csv(tmp_path / "<&$_.csv", names=names)
    written = {"en": r"<i>A & B</i> $x$ \1", "fa": "<i>سارا</i> & \u200fب $y$"}
    authors = tuple(f"report.author.{language}='{name}'" for language, name in written.items())
    done = run_build(
        *small_arguments("--out", str(tmp_path / "out"), settings=(f"tabular.csv={csv}", *authors)),
    )
    assert done.returncode == 0, done.stdout + done.stderr
    for language in ("en", "fa"):
        html = (tmp_path / f"out/report.{language}.html").read_text(encoding="utf-8")
        for name in (*names, csv.name, written[language]):
            assert escape(name, quote=False) in html, name
        assert "<b>x</b>" not in html
        assert "<i>A" not in html
        pages = PdfReader(tmp_path / f"out/report.{language}.pdf").pages
        text = "".join(page.extract_text() for page in pages)
        # extraction may reorder a name that mixes directions: that one is looked for in parts
        for name in ("<b>x</b>", "a&b $c$", "back\\slash_1^2", "50%", csv.name, "🙂", "سن", "(y)"):
            assert name in text, name
