import io
import re
from dataclasses import replace

import numpy as np
import pytest
from pdfua import validate
from PIL import Image
from pypdf import PdfReader

from report_builder.render.pdf import PdfWarning, write_pdf


@pytest.fixture(scope="module")
def papers(documents, files, tmp_path_factory):
    folder = tmp_path_factory.mktemp("pdf")
    for language in ("en", "fa"):
        write_pdf(documents[language, True], files, folder / f"{language}.pdf")
    return {language: folder / f"{language}.pdf" for language in ("en", "fa")}


@pytest.fixture(scope="module")
def readers(papers):
    return {language: PdfReader(io.BytesIO(path.read_bytes())) for language, path in papers.items()}


def objects(reader):
    for number in range(1, reader.trailer["/Size"]):
        found = reader.get_object(number)
        if isinstance(found, dict):
            yield found


def searched(reader):
    """The text as a search box compares it: without line breaks and zero-width non-joiners."""
    text = " ".join(page.extract_text() for page in reader.pages)
    return re.sub(r"\s+", " ", text).replace("\u200c", "")


def test_text_can_be_extracted_and_searched(readers):
    pages = {
        language: " ".join(page.extract_text() for page in reader.pages)
        for language, reader in readers.items()
    }
    texts = {language: re.sub(r"\s+", " ", text).replace("\u200c", "") for language, text in pages.items()}
    assert "The loss falls in both panels." in texts["en"]
    assert "0.753" in texts["en"]
    assert "شواهد" in texts["fa"]
    assert "۰٫۷۵۳" in texts["fa"]
    assert "همبستگی به معنای علیت نیست" in texts["fa"]


def test_figures_of_few_colours_keep_every_pixel_as_indexed_images(readers, documents):
    found = {image.name: image for page in readers["en"].pages for image in page.images}
    files = [path for name, path in documents["en", True].figures.items() if name.endswith(".png")]
    kept = [np.asarray(Image.open(file).convert("RGB")) for file in files]
    assert len(found) == len(files) > 0
    for image in found.values():
        assert image.indirect_reference.get_object()["/ColorSpace"][0] == "/Indexed"
        drawn = np.asarray(image.image.convert("RGB"))
        assert any(np.array_equal(drawn, pixels) for pixels in kept)


@pytest.mark.parametrize(("language", "direction"), [("en", None), ("fa", "/R2L")])
def test_tagged_with_language_title_and_direction(readers, language, direction):
    root = readers[language].trailer["/Root"]
    assert root["/Lang"] == language
    assert root["/MarkInfo"]["/Marked"]
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert root["/ViewerPreferences"].get("/Direction") == direction
    assert readers[language].metadata.title


def test_header_cells_have_a_scope_links_print_and_figures_an_alternative_text(readers):
    for reader in readers.values():
        found = list(objects(reader))
        cells = [item for item in found if item.get("/S") == "/TH"]
        assert {cell["/A"]["/Scope"] for cell in cells} == {"/Row", "/Column"}
        links = [item for item in found if item.get("/Subtype") == "/Link"]
        assert links
        assert all(link["/F"] & 4 for link in links)
        figures = [item for item in found if item.get("/S") == "/Figure"]
        assert len(figures) >= 3
        assert all(figure["/Alt"] for figure in figures)


def test_bookmarks_follow_the_contents(readers):
    def titles(outline):
        for entry in outline:
            if isinstance(entry, list):
                yield from titles(entry)
            else:
                yield entry.title

    found = list(titles(readers["en"].outline))
    assert found[:2] == ["Findings", "Contents"]
    assert "1.1 A trial of every block" in found
    assert "Evidence" in found


def test_two_runs_give_the_same_bytes(documents, files, papers, tmp_path):
    write_pdf(documents["fa", True], files, tmp_path / "again.pdf")
    assert (tmp_path / "again.pdf").read_bytes() == papers["fa"].read_bytes()


def test_no_heading_stands_alone_at_the_foot(readers):
    for page in readers["en"].pages:
        lines = [line for line in page.extract_text().splitlines() if line.strip()]
        assert lines[-2 if lines[-1].strip().isdigit() else -1] not in ("Evidence", "Names from outside")


def test_complaints_become_warnings(documents, files, tmp_path):
    document = documents["en", True]
    broken = replace(document, html=document.html.replace("<p>", '<p style="no-such: 1">'))
    with pytest.warns(PdfWarning, match="no-such"):
        write_pdf(broken, files, tmp_path / "broken.pdf")


def test_pdfua_finds_no_fault(papers):
    for path in papers.values():
        found = validate(str(path)).findings
        assert [f"{fault.rule_id}: {fault.message}" for fault in found] == []
