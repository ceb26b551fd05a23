import json
import re
from importlib import import_module

import numpy as np
import pytest
from chromium import DIGITS, Watched, in_browser, overflow, violations
from explained_run import PROJECT, drawn, results, run

from report_builder.sections.all_samples.draw import PER_PAGE
from report_builder.sections.sampling import spaced

MANY = 1250  # rows of a table with 250 test samples: three pages


def blocks(html):
    """The explorer's data by name, in the order of the page."""
    found = re.findall(r'id="data-all_samples-(\w+)">(.*?)</script>', html, re.DOTALL)
    return {name: json.loads(text) for name, text in found}


def samples_of(found):
    return [sample for name, page in found.items() if name != "explorer" for sample in page]


@pytest.fixture(scope="module")
def sampled(tmp_path_factory):
    """A run of more test samples than the atlas and the explorer take."""
    saved = dict(results(rows=MANY))
    compute = import_module("report_builder.sections.all_samples.compute")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(compute, "MOST_ROWS", 60)
        patch.setattr(compute, "MOST_EXPLORED", 120)
        saved["atlas"] = run("atlas", tmp_path_factory.mktemp("sampled"), saved)
    return saved


def test_rows_are_sorted_by_prediction():
    saved = results()
    rows = saved["atlas"].arrays()["rows"]
    predictions = saved["shapley"].arrays()["predictions"]
    assert sorted(rows) == list(range(len(predictions)))
    assert (np.diff(predictions[rows]) <= 0).all()


def test_many_rows_are_spaced_evenly_with_both_ends():
    kept = spaced(np.arange(1001), 401)
    assert len(kept) == 401
    assert (kept[0], kept[-1]) == (0, 1000)
    assert set(np.diff(kept)) <= {2, 3}
    assert spaced(np.arange(7), 400).tolist() == list(range(7))


def test_the_groups_count_every_row_once():
    atlas = results()["atlas"].values
    assert sum(group["count"] for group in atlas["groups"].values()) == atlas["rows"]
    for method in ("lime", "shap"):
        assert sum(leader[method] for leader in atlas["leaders"].values()) == pytest.approx(1)


@pytest.mark.parametrize("language", ["en", "fa"])
def test_the_explorer_holds_every_sample_in_original_units(language, tmp_path):
    saved = results()
    values, html = drawn("all_samples", language, tmp_path, saved)
    assert values["items"] == ["T20"]
    found = blocks(html)
    split, shapley = saved["split"].arrays(), saved["shapley"]
    assert [sample["index"] for sample in samples_of(found)] == list(range(len(split["y_test"])))
    units = split["x_test"] * split["stds"] + split["means"]
    names = [str(name) for name in split["feature_names"]]
    for sample in samples_of(found):
        for j, name in enumerate(shapley.values["ranking"]):
            assert sample["values"][j] == pytest.approx(units[sample["index"], names.index(name)], abs=1e-4)
        assert found["explorer"]["base"] + sum(sample["shap"]) == pytest.approx(
            sample["probability"], abs=1e-3
        )


def test_the_explorer_has_its_samples_in_pages(tmp_path):
    saved = results(rows=MANY)
    found = blocks(drawn("all_samples", "en", tmp_path, saved)[1])
    assert list(found) == ["explorer", "page_1", "page_2", "page_3"]
    assert "samples" not in found["explorer"]
    pages = [found[f"page_{i}"] for i in (1, 2, 3)]
    assert [len(page) for page in pages] == [PER_PAGE, PER_PAGE, 250 - 2 * PER_PAGE]
    assert found["explorer"]["pages"] == [page[0]["index"] for page in pages]
    assert [sample["index"] for sample in samples_of(found)] == list(range(250))


def test_what_is_drawn_is_bounded_and_spread_over_the_predictions(sampled):
    atlas, predictions = sampled["atlas"], sampled["shapley"].arrays()["predictions"]
    rows, explored = (atlas.arrays()[key] for key in ("rows", "explored"))
    assert len(predictions) == 250
    assert atlas.values["shown"] == len(rows) == 60
    assert atlas.values["explored"] == len(explored) <= 120 + 3
    assert {row["index"] for row in sampled["chosen"].values["rows"]} <= set(explored)
    order = np.argsort(-predictions, kind="stable")
    for kept, most in ((rows, 60), (explored, 120)):
        places = np.flatnonzero(np.isin(order, kept))
        assert places[0] == 0
        assert places[-1] == 249
        assert np.diff(places).max() <= np.ceil(249 / (most - 1))
    assert sum(group["count"] for group in atlas.values["groups"].values()) == 250


@pytest.mark.parametrize("language", ["en", "fa"])
def test_footnotes_say_what_was_sampled(language, sampled, tmp_path):
    _, html = drawn("all_samples", language, tmp_path / "some", sampled)
    explored = sampled["atlas"].values["explored"]
    footnote = re.search(r'<span class="footnote">(.*?)</span></figcaption>', html, re.DOTALL)[1]
    for text, count in ((footnote, 60), (html.partition('<div class="screen-only">')[2], explored)):
        sources = re.findall(r'data value="([^"]*)" data-from="([^"]*)"', text)
        assert {value for value, source in sources if source in ("atlas#/shown", "atlas#/explored")} == {
            str(count)
        }
        assert ("250", "atlas#/rows") in sources
    assert len(samples_of(blocks(html))) == explored
    _, whole = drawn("all_samples", language, tmp_path / "all", results())
    assert "footnote" not in whole
    assert "atlas#/explored" not in whole


def test_the_explorer_data_cannot_close_its_script(tmp_path):
    _, html = drawn("all_samples", "en", tmp_path, results())
    texts = re.findall(r'id="data-all_samples-\w+">(.*?)</script>', html, re.DOTALL)
    assert len(texts) == 2
    assert not any("<" in text for text in texts)
    assert "innerHTML" not in html


@pytest.fixture(scope="module")
def pages(tmp_path_factory, sampled):
    """The section alone as an HTML page, by language: an explorer of two pages."""
    folder = tmp_path_factory.mktemp("pages")
    css = "".join(
        (PROJECT / f"templates/css/{name}.css").read_text() for name in ("base", "screen", "explorer")
    )
    for language, direction in (("en", "ltr"), ("fa", "rtl")):
        _, html = drawn("all_samples", language, folder / language, sampled)
        page = (
            f'<!doctype html><html lang="{language}" dir="{direction}"><meta charset="utf-8">'
            f"<title>test</title><style>{css}</style><main><h1>test</h1>{html}</main></html>"
        )
        (folder / language / "page.html").write_text(page, encoding="utf-8")
    return folder


@in_browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["en", "fa"])
def test_the_explorer_in_a_browser(browser, pages, language, scheme, sampled):
    page = browser.new_page(viewport={"width": 360, "height": 700}, color_scheme=scheme)
    watched = Watched(page)
    known = sampled["atlas"].arrays()["explored"].tolist()
    page.goto((pages / language / "page.html").as_uri() + f"#sample={known[7]}")
    summary, place = page.locator(".explorer-summary"), page.locator(".explorer-page")
    assert str(known[7]).translate(DIGITS[language]) in summary.text_content()
    page.evaluate(f"location.hash = '#sample={known[0]}'")
    page.wait_for_function("document.querySelector('#explorer select').selectedIndex === 0")
    assert page.locator("#explorer tbody tr").count() == 5
    assert page.locator("#explorer option").count() == PER_PAGE
    assert str(known[PER_PAGE - 1]).translate(DIGITS[language]) in place.text_content()
    assert overflow(page) <= 0
    assert violations(page, context="#explorer") == []
    assert watched.errors == []
    page.close()


@in_browser
@pytest.mark.parametrize("language", ["en", "fa"])
def test_pages_are_turned_by_keyboard_and_by_number(browser, pages, language, sampled):
    known = sampled["atlas"].arrays()["explored"].tolist()
    page = browser.new_page()
    watched = Watched(page)
    page.goto((pages / language / "page.html").as_uri() + f"#sample={known[PER_PAGE - 1]}")
    options = page.locator("#explorer option")

    def at():
        return page.evaluate("location.hash"), options.count()

    rest = len(known) - PER_PAGE
    page.locator("[data-step='1']").focus()
    page.keyboard.press("Enter")  # over the edge of the page
    assert at() == (f"#sample={known[PER_PAGE]}", rest)
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")  # and back
    assert at() == (f"#sample={known[PER_PAGE - 1]}", PER_PAGE)
    page.locator("[data-turn='1']").focus()
    page.keyboard.press("Enter")
    assert at() == (f"#sample={known[PER_PAGE]}", rest)
    assert page.evaluate("document.activeElement.dataset.turn") == "1"
    page.keyboard.press("Enter")  # round the end
    assert at() == (f"#sample={known[0]}", PER_PAGE)
    number = page.locator("#explorer input")
    number.fill(str(known[-1]).translate(DIGITS[language]))
    number.press("Enter")  # on the other page
    assert at() == (f"#sample={known[-1]}", rest)
    absent = next(index for index in range(250) if index not in known)
    number.fill(str(absent))
    number.press("Enter")
    assert number.get_attribute("aria-invalid") == "true"
    assert at() == (f"#sample={known[-1]}", rest)
    assert watched.errors == []
    page.close()


@in_browser
def test_a_page_is_read_when_it_is_first_shown(browser, pages):
    page = browser.new_page()
    page.add_init_script(
        "window.read = []; const parse = JSON.parse;"
        "JSON.parse = (text) => {"
        "  const value = parse(text); window.read.push(value.length ?? 0); return value; };"
    )
    page.goto((pages / "en" / "page.html").as_uri() + "#sample=0")
    assert page.evaluate("window.read") == [0, PER_PAGE]
    page.locator("[data-turn='1']").click()
    assert len(page.evaluate("window.read")) == 3
    page.locator("[data-turn='1']").click()
    assert len(page.evaluate("window.read")) == 3
    page.close()
