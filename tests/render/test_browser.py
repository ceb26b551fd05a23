"""The pages in a real browser: axe, narrow screens, dark mode."""

from pathlib import Path

import pytest
from chromium import CHROMIUM, Watched, overflow, violations

from report_builder.render.html import self_contained

pytestmark = [pytest.mark.browser, pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")]


@pytest.fixture(scope="module")
def addresses(documents, files, tmp_path_factory):
    folder = tmp_path_factory.mktemp("pages")
    for language in ("en", "fa"):
        page = self_contained(documents[language, False], files)
        (folder / f"report.{language}.html").write_text(page, encoding="utf-8")
    return {language: (folder / f"report.{language}.html").as_uri() for language in ("en", "fa")}


@pytest.fixture(params=["en", "fa"])
def language(request):
    return request.param


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_axe_finds_nothing(browser, addresses, language, scheme, width):
    page = browser.new_page(color_scheme=scheme, viewport={"width": width, "height": 900})
    page.goto(addresses[language])
    found = violations(page)
    page.close()
    assert found == []


@pytest.mark.parametrize("width", [360, 768, 1280])
def test_the_page_is_never_wider_than_the_screen(browser, addresses, language, width):
    page = browser.new_page(viewport={"width": width, "height": 800})
    page.goto(addresses[language])
    assert overflow(page) <= 0
    page.close()


def test_no_request_leaves_the_machine_and_no_error_is_written(browser, addresses, language):
    page = browser.new_page()
    watched = Watched(page)
    page.goto(addresses[language])
    page.mouse.wheel(0, 100_000)
    page.wait_for_timeout(100)
    page.close()
    assert watched.foreign(addresses[language]) == []
    assert watched.errors == []


def test_contents_fold_on_a_narrow_screen_only(browser, addresses, language):
    for width, opened in ((360, False), (1280, True)):
        page = browser.new_page(viewport={"width": width, "height": 800})
        page.goto(addresses[language])
        assert page.evaluate("document.querySelector('.side details').open") is opened
        page.close()


def test_the_skip_link_comes_first(browser, addresses, language):
    page = browser.new_page()
    page.goto(addresses[language])
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.close()


def test_a_picture_of_each_page_is_drawn(browser, addresses, language, tmp_path):
    page = browser.new_page(color_scheme="dark", viewport={"width": 360, "height": 800})
    page.goto(addresses[language])
    picture = Path(tmp_path / "page.png")
    page.screenshot(path=picture, full_page=True)
    colour = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    page.close()
    assert picture.stat().st_size > 10_000
    assert colour == "rgb(20, 24, 28)"
