"""`compare` as a user runs it, on made-up runs and on a small build."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest
from chromium import Watched, in_browser, overflow, violations
from click.testing import CliRunner
from two_runs import results, with_maps, write_maps, write_run

from report_builder.cli import main
from report_builder.compare.pages.origins.draw import NAMED
from report_builder.render.languages import LANGUAGES

NUMBER = re.compile(r'<data value="([^"]*)" data-from="([^"]*)">')
DIGIT = re.compile(r"[0-9]")


def compare(*arguments):
    return CliRunner().invoke(main, ["compare", *map(str, arguments)])


def pages(out: Path) -> dict[str, str]:
    return {code: (out / f"comparison.{code}.html").read_text(encoding="utf-8") for code in LANGUAGES}


def numbers(html: str) -> list[tuple[str, str]]:
    return sorted(NUMBER.findall(html))


def place_in(values, source):
    """The value at the pointer of a source."""
    step, _, pointer = source.partition("#")
    for key in (*step.split("."), *pointer.split("/")[1:]):
        values = values[int(key)] if isinstance(values, list) else values[key]
    return values


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Two runs that differ in everything, the first with a sweep, and what the command made of them."""
    folder = tmp_path_factory.mktemp("compared")
    first = with_maps(results(1, sweep=(0.004, 10)))
    second = with_maps(results(2))
    second["settings"] |= {f"other_{i}": i for i in range(NAMED)}
    second["assets"]["table"]["sha256"] = "f" * 64
    second["run"]["device"] = "cuda"
    for name, values, noise in (("first", first, 0.0), ("second", second, 0.5)):
        write_run(folder / name, values)
        write_maps(folder / name, noise=noise)
    done = compare(folder / "first", folder / "second", "--out", folder / "out")
    assert done.exit_code == 0, done.output
    return folder, done.output, pages(folder / "out")


def test_both_languages_print_the_same_numbers(made):
    _, _, html = made
    assert numbers(html["en"]) == numbers(html["fa"]) != []


def test_every_number_stands_in_the_results_that_it_names(made):
    folder, _, html = made
    runs = {
        label: json.loads((folder / name / "results.json").read_text("utf-8"))
        for label, name in (("A", "first"), ("B", "second"))
    }
    named = [(source.partition(":"), value) for value, source in numbers(html["en"])]
    traced = [(place[0], place[2], value) for place, value in named if place[1]]
    assert {label for label, _, _ in traced} == {"A", "B"}
    for label, source, value in traced:
        assert float(value) == place_in(runs[label], source)


def test_persian_numbers_have_persian_digits(made):
    _, _, html = made
    shown = re.findall(r"<data [^>]*>(.*?)</data>", html["fa"])
    assert shown
    assert not any(DIGIT.search(re.sub(r"<[^>]*>", "", text)) for text in shown)


def test_the_pages_are_self_contained_and_link_to_each_other(made):
    _, _, html = made
    assert 'href="comparison.fa.html"' in html["en"]
    assert 'href="comparison.en.html"' in html["fa"]
    for text in html.values():
        assert not re.findall(r'(?:src|href)="(?!#|data:|comparison\.)[^"]*"', text)


def test_the_verdict_comes_first_in_the_terminal_and_on_the_page(made):
    _, printed, html = made
    lines = printed.splitlines()
    assert lines[0].startswith("Settings that differ")
    assert lines[1].startswith("Metrics that differ beyond the noise of the seed")
    top = html["en"].index('id="findings"'), html["en"].index('id="chapter-comparison"')
    assert top[0] < html["en"].index("Metrics that differ beyond the noise of the seed") < top[1]


def test_a_pipe_gets_plain_text(made):
    _, printed, _ = made
    assert "\x1b" not in printed
    assert "\N{MINUS SIGN}" not in printed
    for word in ("other_0", "beyond the noise", "10 seeds", "Places gained", "SmoothGrad", "device"):
        assert word in printed


def test_what_is_beyond_in_the_values_is_beyond_in_the_table(made):
    _, printed, _ = made
    found = re.search(r"which a sweep measured: (\d+) of (\d+)", printed)
    assert found is not None
    assert printed.count("beyond the noise*") == int(found[1])


def test_the_same_run_twice(made):
    folder, _, _ = made
    done = compare(folder / "first", folder / "first" / "results.json", "--out", folder / "same")
    assert done.exit_code == 0, done.output
    assert "Nothing differs" in done.output.splitlines()[0]
    assert "beyond" not in done.output
    assert "هیچ چیز متفاوت نیست" in pages(folder / "same")["fa"]


def test_turned_round_every_difference_has_the_other_sign(made):
    folder, _, html = made
    done = compare(folder / "second", folder / "first", "--out", folder / "back", "--quiet")
    assert done.exit_code == 0, done.output
    assert len(done.output.splitlines()) == len(LANGUAGES)

    def differences(text: str) -> list[float]:
        signed = re.compile(r"/difference$|/features/\d+/moved$")
        return sorted(float(value) for value, source in numbers(text) if signed.search(source))

    back = differences(pages(folder / "back")["en"])
    assert differences(html["en"]) == pytest.approx(sorted(-value for value in back))


def test_without_a_sweep_the_weaker_noise_and_the_command_that_measures_it_are_named(tmp_path):
    for name, seed in (("a", 1), ("b", 2)):
        write_run(tmp_path / name, results(seed))
    done = compare(tmp_path / "a", tmp_path / "b", "--out", tmp_path / "out")
    assert done.exit_code == 0, done.output
    assert "No sweep measured the noise of the seed" in done.output
    assert "python build.py sweep --seeds 0:20 --out" in done.output
    assert "test samples" in done.output


def damaged(folder: Path, text: str) -> Path:
    folder.mkdir()
    (folder / "results.json").write_text(text, encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (None, "no such folder"),
        ("", "damaged"),
        ('{"settings": {', "damaged"),
        ('{"settings": {}, "run": {"seed": NaN}}', "damaged"),
        ("[]", "not the results"),
        ('{"settings": 3}', "not the results"),
    ],
    ids=["nowhere", "empty", "cut", "NaN", "a list", "no settings"],
)
def test_what_is_no_run_is_said_in_one_sentence(tmp_path, text, words):
    good = write_run(tmp_path / "good", results(1)).folder
    bad = tmp_path / "bad" if text is None else damaged(tmp_path / "bad", text)
    for pair in ((good, bad), (bad, good)):
        done = compare(*pair, "--out", tmp_path / "out")
        assert done.exit_code == 2
        assert words in done.output
        assert len(done.output.strip().splitlines()) == 1
    assert not (tmp_path / "out").exists()


def test_a_folder_without_results_is_said_in_one_sentence(tmp_path):
    good = write_run(tmp_path / "good", results(1)).folder
    (tmp_path / "empty").mkdir()
    done = compare(good, tmp_path / "empty", "--out", tmp_path / "out")
    assert done.exit_code == 2
    assert "no results.json" in done.output


def test_an_output_folder_that_cannot_be_written(tmp_path):
    good = write_run(tmp_path / "good", results(1)).folder
    (tmp_path / "taken").touch()
    done = compare(good, good, "--out", tmp_path / "taken")
    assert done.exit_code == 2
    assert "cannot be written" in done.output


def test_a_small_build_and_a_copy_with_another_result(small_build, tmp_path):
    second = tmp_path / "second"
    shutil.copytree(small_build.out, second, ignore=shutil.ignore_patterns("figures", "report.*"))
    same = compare(small_build.out, second, "--out", tmp_path / "same")
    assert same.exit_code == 0, same.output
    lines = same.output.splitlines()
    assert lines[0].startswith("Nothing differs")
    assert "The maps of all" in lines[3]

    values = json.loads((second / "results.json").read_text("utf-8"))
    values["mlp"]["test"]["accuracy"] = 0.0
    values["mlp"]["intervals"]["accuracy"] = [0.0, 0.0]
    values["settings"]["mlp"]["epochs"] += 1
    (second / "results.json").write_text(json.dumps(values), encoding="utf-8")
    done = compare(small_build.out, second, "--out", tmp_path / "out")
    assert done.exit_code == 0, done.output
    assert "mlp.epochs" in done.output
    assert re.search(r"noise of the seed, which a sweep measured: 1 of \d+", done.output)
    html = pages(tmp_path / "out")
    assert numbers(html["en"]) == numbers(html["fa"])


@in_browser
@pytest.mark.parametrize("language", list(LANGUAGES))
@pytest.mark.parametrize("width", [360, 1280])
def test_nothing_is_found_asked_for_or_too_wide(browser, made, language, width):
    folder, _, _ = made
    address = (folder / "out" / f"comparison.{language}.html").as_uri()
    page = browser.new_page(viewport={"width": width, "height": 900})
    watched = Watched(page)
    page.goto(address)
    page.evaluate("document.fonts.ready.then(() => new Promise((done) => setTimeout(done)))")
    found, wide = violations(page), overflow(page)
    page.close()
    assert found == []
    assert wide <= 0
    assert watched.foreign(address) == []
    assert watched.errors == []
