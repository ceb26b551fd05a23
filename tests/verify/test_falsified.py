"""What somebody could change in a finished report, and which check finds it."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys

import pytest
from pypdf import PdfReader, PdfWriter
from pypdf.generic import NameObject, StreamObject
from small_report import PROJECT

from report_builder.render.languages import LANGUAGES
from report_builder.verify.bare_digits import check_bare_digits
from report_builder.verify.documents import check_documents, read_papers
from report_builder.verify.figures import check_figures
from report_builder.verify.files import check_files
from report_builder.verify.page_data import EXPLORER, check_page_data
from report_builder.verify.sources import check_sources

DATA = re.compile(r'<data value="(?P<value>[^"]*)" data-from="(?P<source>[^"]*)">(?P<text>[^<]*)</data>')


def command(*arguments):
    """`python build.py verify …`"""
    return subprocess.run(
        [sys.executable, "-W", "error", "build.py", "verify", *map(str, arguments)],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        encoding="utf-8",
    )


def another(text, language):
    """The text with its last digit changed."""
    digits = LANGUAGES[language].digits
    place = max(i for i, character in enumerate(text) if character in digits)
    other = digits[(digits.index(text[place]) + 5) % 10]
    return text[:place] + other + text[place + 1 :]


def a_number(report, language):
    """A printed number with decimals, in running text."""
    html = report.read(f"report.{language}.html")
    start = html.index('id="section-mlp"')
    return next(
        found
        for found in DATA.finditer(html, start)
        if LANGUAGES[language].decimal_mark in found["text"] and html.count(found[0]) == 1
    )


def test_an_untouched_report_has_no_fault(report):
    done = command(report.folder)
    assert done.returncode == 0, done.stdout + done.stderr
    assert len(done.stdout.splitlines()) == 6
    assert all(": ok (" in line for line in done.stdout.splitlines())


def test_what_is_no_results_folder_is_said(tmp_path):
    done = command(tmp_path)
    assert done.returncode == 2
    assert done.stderr == f"error: {tmp_path} is no results folder: it holds no manifest.json.\n"


@pytest.mark.parametrize("language", ["en", "fa"])
def test_a_changed_digit_is_found_though_the_manifest_agrees(report, papers, language):
    found = a_number(report, language)
    changed = found[0].replace(f">{found['text']}<", f">{another(found['text'], language)}<")
    report.replace(f"report.{language}.html", found[0], changed)
    assert [fault for fault in check_files(report.open()).faults if f"report.{language}.html" in fault]
    report.seal()
    results = report.open()
    assert check_files(results).faults == []
    said = check_sources(results).faults
    assert any(found["source"] in fault for fault in said)
    (fault,) = check_documents(results, papers).faults
    assert fault.startswith(f"report.{language}.pdf: the HTML says")


def test_a_changed_result_is_found(report):
    values = report.values()
    values["mlp"]["test"]["accuracy"] += 0.01
    report.write("results.json", json.dumps(values))
    report.seal()
    assert any("mlp#/test/accuracy" in fault for fault in check_sources(report.open()).faults)


def test_digits_of_every_kind_are_looked_at(report):
    """In a sentence, the numbering, a reference, a name, a year, a date."""
    html = report.read("report.en.html")
    changes = {
        "bare": ("<p>", "<p>In 17 of 20 cases. "),
        "label": ('<span class="label">Figure 2<', '<span class="label">Figure 3<'),
        "reference": (r'<a class="ref" href="#fig-[^"]*">Figure\u00a0)2<', r"\g<1>7<"),
        "name": ("features.3", "features.99"),
        "prose": ("an F1 of", "an F7 of"),
        "year": ("(Simonyan and others, 2014)", "(Simonyan and others, 2017)"),
        "date": (">31 January 2026<", ">30 January 2026<"),
    }
    for kind, (old, new) in changes.items():
        altered = re.sub(f"({old}", new, html, count=1) if kind == "reference" else html.replace(old, new, 1)
        assert altered != html, kind
        report.write("report.en.html", altered)
        assert check_bare_digits(report.open()).faults, kind


def test_a_changed_time_of_a_step_and_a_changed_setting_are_found(report):
    html = report.read("report.en.html")
    times = html.index('id="tab-provenance-times"')
    row = re.compile(r'<td class="num">(\d+\.\d\d)<').search(html, times)
    report.write("report.en.html", html[: row.start(1)] + "98.76" + html[row.end(1) :])
    assert any("98.76" in fault for fault in check_bare_digits(report.open()).faults)
    settings = html.index('id="tab-provenance-settings"')
    setting = re.compile(r'mlp\.epochs</code></t[hd]>\s*<td><code dir="ltr">(3)<').search(html, settings)
    report.write("report.en.html", html[: setting.start(1)] + "15" + html[setting.end(1) :])
    assert any("mlp.epochs" in fault for fault in check_bare_digits(report.open()).faults)


def test_a_missing_and_an_added_file_are_found(report):
    (report.folder / "figures/mlp-curves.en.png").rename(report.folder / "figures/other.en.png")
    assert check_files(report.open()).faults == [
        "figures/mlp-curves.en.png is missing.",
        "figures/other.en.png is not named by the manifest.",
    ]


@pytest.mark.parametrize("sealed", [False, True])
def test_swapped_files_of_figures_are_found(report, papers, sealed):
    first, second = (report.folder / f"figures/{name}-curves.en.png" for name in ("mlp", "nam"))
    before = first.read_bytes()
    first.write_bytes(second.read_bytes())
    second.write_bytes(before)
    if sealed:
        report.seal()
    results = report.open()
    assert len(check_files(results).faults) == (0 if sealed else 2)
    faults = check_figures(results, papers).faults
    assert len([fault for fault in faults if "report.en.html" in fault]) == 2
    assert len([fault for fault in faults if "report.en.pdf" in fault]) == 2


def test_figures_swapped_within_the_html_are_found(report, papers):
    html = report.read("report.en.html")
    sources = [
        re.compile(r'src="(data:image/[^"]*)"').search(html, html.index(f'<figure id="fig-{name}-curves"'))[1]
        for name in ("mlp", "nam")
    ]
    html = html.replace(sources[0], "FIRST").replace(sources[1], sources[0]).replace("FIRST", sources[1])
    report.write("report.en.html", html)
    report.seal()
    faults = check_figures(report.open(), papers).faults
    assert [fault.split()[1] for fault in faults] == ["fig-mlp-curves", "fig-nam-curves"]


@pytest.mark.parametrize(("language", "old", "new"), [("en", " not ", " now "), ("fa", " است", " نیست")])
def test_a_changed_word_is_found(report, papers, language, old, new):
    name = f"report.{language}.html"
    html = report.read(name)
    start = html.index("<p>", html.index('id="section-nam"'))
    place = html.index(old, start)
    report.write(name, html[:place] + new + html[place + len(old) :])
    (fault,) = check_documents(report.open(), {language: papers[language]}).faults
    assert "section-nam" in fault


def test_a_changed_word_in_the_pdf_is_found(report):
    path = report.folder / "report.en.pdf"
    writer = PdfWriter(clone_from=PdfReader(path))
    page = writer.pages[12]
    content = page.get_contents().get_data()
    glyphs = re.compile(rb"(<)([0-9a-f]{4})(>[^<\]]*<)([0-9a-f]{4})(>)")
    longest = max(re.findall(rb"\[[^\]]*\] ?TJ", content), key=len)
    swapped = next(
        found for found in glyphs.finditer(longest) if found[2] != found[4] and b"<0003>" not in found[0]
    )
    altered = longest.replace(swapped[0], b"<" + swapped[4] + swapped[3] + swapped[2] + b">", 1)
    stream = StreamObject()
    stream.set_data(content.replace(longest, altered, 1))
    page[NameObject("/Contents")] = writer._add_object(stream)
    writer.write(path)
    report.seal()
    results = report.open()
    papers, unread = read_papers(results)
    assert not unread
    (fault,) = check_documents(results, {"en": papers["en"]}).faults
    assert "the HTML says" in fault


def test_a_pdf_that_is_none_is_said(report):
    shutil.copy(report.folder / "report.en.html", report.folder / "report.en.pdf")
    report.seal()
    papers, unread = read_papers(report.open())
    assert papers.keys() == {"fa"}
    assert len(unread) == 1


def test_a_page_of_the_explorer_that_begins_elsewhere_is_found(report):
    for name in ("report.en.html", "report.fa.html"):
        html = report.read(name)
        assert html.count('"pages":[0') == 1
        report.write(name, html.replace('"pages":[0', '"pages":[1'))
    faults = check_page_data(report.open()).faults
    assert any("pages begin with the samples [0" in fault for fault in faults)


def test_changed_data_of_the_explorer_are_found(report):
    html = report.read("report.fa.html")
    start = html.index(f'id="{EXPLORER}"')
    place = re.compile(r'"probability":(0\.\d+)').search(html, start)
    report.write("report.fa.html", html[: place.start(1)] + "0.123" + html[place.end(1) :])
    faults = check_page_data(report.open()).faults
    assert any("0.123 in fa" in fault for fault in faults)
    assert any("SHAP values of sample" in fault for fault in faults)
