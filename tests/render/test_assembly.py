import re
from dataclasses import replace
from datetime import date

import pytest

from report_builder.pipeline.step import Saved
from report_builder.render.assembly import AssemblyError, Front, assemble
from report_builder.render.terms import gloss_terms


def text(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", html))


def altered(saved: Saved, folder, old: str, new: str) -> Saved:
    html = saved.file("fragment.html").read_text(encoding="utf-8")
    assert old in html
    (folder / "fragment.html").write_text(html.replace(old, new), encoding="utf-8")
    return replace(saved, folder=folder)


def test_things_are_numbered_in_the_order_of_the_document(documents):
    references = documents["en", False].references
    assert references["section-trial"] == "Section 1.1"
    assert references["section-sequel"] == "Section 2.1"
    assert [references[f"fig-trial-{name}"] for name in ("curves", "left", "right")] == [
        "Figure 1",
        "Figure 2",
        "Figure 3",
    ]
    assert references["tab-trial-names"] == "Table 2"
    assert references["eq-nam"] == "Equation 2"
    assert references["item-T98"] == references["section-trial"]
    assert documents["fa", False].references["fig-trial-right"] == "شکل ۳"


@pytest.mark.parametrize("language", ["en", "fa"])
@pytest.mark.parametrize("paper", [True, False])
def test_every_link_leads_somewhere_and_has_a_text(documents, language, paper):
    html = documents[language, paper].html
    identifiers = re.findall(r' id="([^"]+)"', html)
    assert len(identifiers) == len(set(identifiers))
    for target, shown in re.findall(r'<a[^>]* href="#([^"]+)"[^>]*>(.*?)</a>', html):
        assert target in identifiers
        assert text(shown).strip()
    assert "data-number" not in html
    assert "data-term" not in html


def test_a_lost_reference_is_an_error_in_a_whole_report_and_said_in_a_part(fragments, chapters, files):
    part = {"sequel": fragments["en"]["sequel"]}
    arguments = ("en", chapters[1:], part, Front("T"), files)
    with pytest.raises(AssemblyError, match="fig-trial-curves"):
        assemble(*arguments, paper=False)
    assert "a part that this build leaves out" in assemble(*arguments, paper=False, complete=False).html


def test_a_repeated_id_is_an_error(fragments, chapters, files, tmp_path):
    sequel = altered(fragments["en"]["sequel"], tmp_path, "<p>As", '<p id="eq-nam">As')
    with pytest.raises(AssemblyError, match="eq-nam"):
        assemble("en", chapters, {**fragments["en"], "sequel": sequel}, Front("T"), files, paper=False)


def test_the_latin_term_follows_the_first_use_in_each_chapter(documents):
    html = documents["fa", False].html
    assert html.count('(<bdi dir="ltr" lang="en">accuracy</bdi>)') == 2, "once in each chapter"
    assert html.count('(<bdi dir="ltr" lang="en">loss</bdi>)') == 1
    assert "accuracy</bdi>)" not in documents["en", False].html


def test_headings_show_no_latin_term():
    html = '<h2><span data-term="loss">زیان</span></h2><p><span data-term="loss">زیان</span></p>'
    assert gloss_terms(html, {"loss": "loss"}).startswith("<h2>زیان</h2><p>زیان (")
    assert gloss_terms(html, None) == "<h2>زیان</h2><p>زیان</p>"


def test_a_latin_term_shares_the_bracket_that_follows_it():
    term = '<span data-term="loss">زیان</span>'
    glossed = gloss_terms(f"<p>{term} (PDP) {term} (x)</p>", {"loss": "loss"}, semicolon="؛")
    assert glossed == '<p>زیان (<bdi dir="ltr" lang="en">loss</bdi>؛ PDP) زیان (x)</p>'


def test_paper_has_no_scripts_and_the_screen_no_page_numbers(documents):
    for language in ("en", "fa"):
        assert "<script" not in documents[language, True].html
        assert "<math" not in documents[language, True].html
        assert 'id="contents"' in documents[language, True].html
        assert 'class="page-of"' not in documents[language, False].html


def test_the_cover_says_what_it_knows_and_nothing_else(documents, fragments, chapters, files):
    english = documents["en", False].html
    assert '<h1 class="document-title">Explaining a &lt;network&gt; &amp; more</h1>' in english
    assert "12 July 2025 (21 Tir 1404)" in text(english)
    assert "۲۱ تیر ۱۴۰۴ (۱۲ ژوئیهٔ ۲۰۲۵)" in text(documents["fa", False].html)
    assert "synthetic" not in text(english)
    assert documents["fa", True].html.count("ساختگی") >= 2, "on the cover and in the header"
    assert "a&lt;b&gt;.json" in documents["fa", True].html
    bare = assemble("en", chapters, fragments["en"], Front("T", day=date(2025, 1, 1)), files, paper=False)
    assert "Course" not in text(bare.html)
    assert "Student number" not in text(bare.html)


def test_the_first_finding_of_each_section_refers_to_it(documents):
    page = documents["en", False].html.split('class="findings-page"')[1].split('class="chapter"')[0]
    assert page.count("<li>") == page.count('class="ref where"') == 2
