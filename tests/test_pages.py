"""The finished report of a small build in a real browser."""

import re
import shutil

import pytest
from chromium import DIGITS, Watched, in_browser, overflow, violations
from small_report import run_build

LANGUAGES = ("en", "fa")
BOXES = ".table-box, .paper, .drawn, pre"


@pytest.fixture(params=LANGUAGES)
def language(request):
    return request.param


@pytest.fixture
def opened(browser, small_build, language):
    """Open the report of the language; the pages are closed after the test."""
    address = (small_build.out / f"report.{language}.html").as_uri()
    pages = []

    def open_page(fragment="", width=1280, scheme="light"):
        page = browser.new_page(color_scheme=scheme, viewport={"width": width, "height": 900})
        pages.append(page)
        watched = Watched(page)
        page.goto(address + fragment)
        page.evaluate("document.fonts.ready.then(() => new Promise((done) => setTimeout(done)))")
        return page, watched

    yield open_page
    for page in pages:
        page.close()


@in_browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_nothing_is_found_asked_for_or_too_wide(opened, small_build, language, width, scheme):
    page, watched = opened(width=width, scheme=scheme)
    assert violations(page) == []
    assert overflow(page) <= 0
    assert watched.foreign((small_build.out / f"report.{language}.html").as_uri()) == []
    assert watched.errors == []


@in_browser
def test_exactly_the_boxes_that_scroll_are_stops_of_the_keyboard(opened):
    page, _ = opened(width=360)
    boxes = page.evaluate(
        """(boxes) => [...document.querySelectorAll(boxes)].map((box) => [
            box.tabIndex === 0,
            box.scrollWidth > box.clientWidth || box.scrollHeight > box.clientHeight])""",
        BOXES,
    )
    assert [stop for stop, _ in boxes] == [scrolls for _, scrolls in boxes]
    assert {stop for stop, _ in boxes} == {True, False}


@in_browser
def test_the_caption_of_a_wide_table_is_read_without_scrolling(opened):
    page, _ = opened(width=360)
    right = page.evaluate(
        "Math.max(...[...document.querySelectorAll('.table-box caption')]"
        ".map((caption) => caption.getBoundingClientRect().width))"
    )
    assert right <= 360


@in_browser
def test_the_contents_stay_beside_the_text(opened):
    page, _ = opened()
    page.evaluate("window.scrollTo({ top: document.body.scrollHeight / 2, behavior: 'instant' })")
    box = page.locator(".side").bounding_box()
    assert 0 <= box["y"] < 60


@in_browser
def test_the_explorer_by_keyboard(opened, language):
    page, watched = opened(width=360, scheme="dark")
    digits = DIGITS[language]
    summary, number = page.locator(".explorer-summary"), page.locator("#explorer input")
    number.focus()
    number.fill("7".translate(digits))
    page.keyboard.press("Enter")
    assert page.evaluate("location.hash") == "#sample=7"
    assert re.search(rf"\b{'7'.translate(digits)}\b", summary.text_content())
    page.keyboard.press("Tab")  # previous
    page.keyboard.press("Tab")  # next
    page.keyboard.press("Enter")
    assert page.evaluate("location.hash") == "#sample=8"
    assert number.input_value() == "8".translate(digits)
    page.locator("#explorer select").focus()
    page.keyboard.press("ArrowDown")
    assert page.evaluate("location.hash") == "#sample=9"
    number.focus()
    number.fill("12345")
    page.keyboard.press("Enter")
    assert number.get_attribute("aria-invalid") == "true"
    assert "12345" in summary.text_content()
    assert page.evaluate("location.hash") == "#sample=9"
    assert summary.get_attribute("aria-live") == "polite"
    assert violations(page, context="#explorer") == []
    assert watched.errors == []


@in_browser
@pytest.mark.parametrize("width", [360, 1280])
def test_a_link_to_a_sample_opens_it(opened, language, width):
    page, _ = opened("#sample=7", width=width)
    assert page.locator("#explorer input").input_value() == "7".translate(DIGITS[language])
    assert 0 <= page.locator("#explorer").bounding_box()["y"] < 200


@in_browser
def test_bars_point_to_their_side_in_both_directions_of_writing(opened):
    page, _ = opened()
    bars = page.evaluate(
        """[...document.querySelectorAll('#explorer .track')].map((track) => {
            const middle = track.getBoundingClientRect().x + track.getBoundingClientRect().width / 2;
            const bar = track.firstElementChild, box = bar.getBoundingClientRect();
            return [bar.className, box.x + box.width / 2 - middle, box.width];
        })"""
    )
    shown = [(side, offset) for side, offset, width in bars if width > 1]
    assert shown
    assert all((offset > 0) == (side == "raises") for side, offset in shown)


@in_browser
def test_the_languages_link_to_each_other(opened, small_build, language):
    page, _ = opened()
    other = "fa" if language == "en" else "en"
    page.click(f".languages a[hreflang={other}]")
    assert page.url == (small_build.out / f"report.{other}.html").as_uri()
    assert page.get_attribute("html", "lang") == other
    assert page.get_attribute("html", "dir") == ("rtl" if other == "fa" else "ltr")


@in_browser
def test_print_leaves_out_what_is_for_screens(opened):
    page, _ = opened(scheme="dark")
    page.emulate_media(media="print")
    for selector in (".bar", ".side", ".skip", "#explorer"):
        assert not page.locator(selector).is_visible(), selector
    paper = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    assert paper == "rgb(255, 255, 255)"


def hrefs(file):
    html = file.read_text(encoding="utf-8")
    return set(re.findall(r'href="((?:report|draft)[^"]*)"', html))


def test_drafts_link_to_drafts_and_one_language_to_none(small_build, tmp_path):
    out = tmp_path / "out"
    shutil.copytree(small_build.out / "cache", out / "cache")
    arguments = small_build.arguments("--format", "html", "--out", str(out))
    done = run_build(*arguments, "--only", "exploration")
    assert done.returncode == 0, done.stderr
    assert hrefs(out / "draft.en.html") == {"draft.fa.html"}
    assert hrefs(out / "draft.fa.html") == {"draft.en.html"}
    done = run_build(*arguments, "--lang", "en")
    assert done.returncode == 0, done.stderr
    assert hrefs(out / "report.en.html") == set()
    assert not (out / "report.fa.html").exists()
    assert hrefs(small_build.out / "report.en.html") == {"report.fa.html"}
