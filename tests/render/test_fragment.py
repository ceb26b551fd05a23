import re

import pytest

from report_builder.pipeline.step import Saved, Work
from report_builder.render.environment import PlacementError
from report_builder.render.fragment import PROJECT, draw_section, fragment_step


def read(fragments, language, section="trial"):
    return fragments[language][section].file("fragment.html").read_text(encoding="utf-8")


def test_the_step_declares_all_that_it_reads(sections):
    step = fragment_step(sections["trial"], "fa")
    assert step.name == "fragment.trial.fa"
    assert step.needs == ("trial",)
    assert "report_builder/render/numbers.py" in step.files, "the source of a listing"
    assert "templates/blocks/figure.html" in step.files
    assert step.imports == ("report_builder.sections.trial", "report_builder.sections.trial.draw")


def test_both_languages_print_the_same_numbers(fragments, sections):
    for section in sections:
        assert fragments["en"][section].values["numbers"] == fragments["fa"][section].values["numbers"]
    assert ["trial#/accuracy", "0.7532"] in fragments["en"]["trial"].values["numbers"]


def test_what_a_fragment_tells_of_itself(fragments):
    values = fragments["en"]["trial"].values
    assert values["items"] == ["T98"]
    assert len(values["findings"]) == 2
    assert values["title"] == "A trial of every block"
    for file in values["figures"]:
        assert fragments["en"]["trial"].file(f"figures/{file}").is_file()


@pytest.mark.parametrize("language", ["en", "fa"])
def test_nothing_from_outside_breaks_out(fragments, language):
    html = read(fragments, language)
    assert "<b>a" not in html
    assert html.count("<script") == html.count("</script>") == 1, "the data block alone"
    assert "\\u003c/script" in html
    assert re.search(r'alt="[^"<>]+"', html)


def test_numbers_of_a_column_meet_at_the_decimal_mark(fragments):
    shifts = [float(text) for text in re.findall(r"padding-right:([\d.]+)em", read(fragments, "en"))]
    assert shifts == pytest.approx([1.2, 2.072])  # two digits; three digits and the point


def test_drawing_without_placing_is_an_error(sections, result, files, trial_modules, tmp_path):
    step = fragment_step(sections["trial"], "en")
    files = {name: files.get(name, PROJECT / name) for name in step.files}
    shorter = tmp_path / "trial.html"
    shorter.write_text(
        files["templates/sections/trial.html"].read_text().replace('{{ figure("curves") }}', "")
    )
    files["templates/sections/trial.html"] = shorter
    needs = {"trial": Saved("trial", result, tmp_path)}
    work = Work(tmp_path, {"tabular.names_fa": {}}, needs, files, step.parameters)
    with pytest.raises(PlacementError, match="curves"):
        draw_section(work)
