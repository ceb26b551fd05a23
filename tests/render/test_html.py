import re

import pytest

from report_builder.render.html import self_contained


@pytest.fixture(scope="module", params=["en", "fa"])
def page(request, documents, files):
    return self_contained(documents[request.param, False], files), request.param


def test_no_host_is_asked(page):
    html, _ = page
    for address in re.findall(r'(?:src|href)="([^"]*)"|url\("?([^")]*)', html):
        found = "".join(address)
        assert found.startswith(("data:", "#", "report.")), found[:80]
    assert "@import" not in html


def test_the_language_and_the_other_language_are_declared(page):
    html, language = page
    assert f'<html lang="{language}" dir="{"rtl" if language == "fa" else "ltr"}">' in html
    other = "en" if language == "fa" else "fa"
    assert f'<link rel="alternate" hreflang="{other}" href="report.{other}.html">' in html


def test_the_fonts_stay_small(page):
    html, _ = page
    fonts = sum(len(font) for font in re.findall(r'url\("data:font/woff2;base64,([^"]*)"', html))
    assert 0 < fonts < 300_000


def test_the_same_document_gives_the_same_bytes(page, documents, files):
    html, language = page
    assert self_contained(documents[language, False], files) == html
