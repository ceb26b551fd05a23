import json
import re

import numpy as np
import pytest
from chromium import DIGITS, Watched, in_browser, overflow, violations
from explained_run import PROJECT, drawn, results

from report_builder.sections.all_samples.compute import spaced


def explorer(html):
    return json.loads(re.search(r'id="data-all_samples-explorer">(.*?)</script>', html, re.DOTALL)[1])


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
    data = explorer(html)
    split, shapley = saved["split"].arrays(), saved["shapley"]
    assert [sample["index"] for sample in data["samples"]] == list(range(len(split["y_test"])))
    units = split["x_test"] * split["stds"] + split["means"]
    names = [str(name) for name in split["feature_names"]]
    for sample in data["samples"]:
        for j, name in enumerate(shapley.values["ranking"]):
            assert sample["values"][j] == pytest.approx(units[sample["index"], names.index(name)], abs=1e-4)
        assert data["base"] + sum(sample["shap"]) == pytest.approx(sample["probability"], abs=1e-3)


def test_the_explorer_data_cannot_close_its_script(tmp_path):
    _, html = drawn("all_samples", "en", tmp_path, results())
    block = re.search(r'id="data-all_samples-explorer">(.*?)</script>', html, re.DOTALL)[1]
    assert "<" not in block
    assert "innerHTML" not in html


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    """The section alone as an HTML page, by language."""
    folder = tmp_path_factory.mktemp("pages")
    css = "".join(
        (PROJECT / f"templates/css/{name}.css").read_text() for name in ("base", "screen", "explorer")
    )
    for language, direction in (("en", "ltr"), ("fa", "rtl")):
        _, html = drawn("all_samples", language, folder / language, results())
        page = (
            f'<!doctype html><html lang="{language}" dir="{direction}"><meta charset="utf-8">'
            f"<title>test</title><style>{css}</style><main><h1>test</h1>{html}</main></html>"
        )
        (folder / language / "page.html").write_text(page, encoding="utf-8")
    return folder


@in_browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["en", "fa"])
def test_the_explorer_in_a_browser(browser, pages, language, scheme):
    page = browser.new_page(viewport={"width": 360, "height": 700}, color_scheme=scheme)
    watched = Watched(page)
    page.goto((pages / language / "page.html").as_uri() + "#sample=7")
    summary = page.locator(".explorer-summary")
    assert "7".translate(DIGITS[language]) in summary.text_content()
    page.evaluate("location.hash = '#sample=0'")
    page.wait_for_function("document.querySelector('#explorer select').selectedIndex === 0")
    assert page.locator("#explorer tbody tr").count() == 5
    assert overflow(page) <= 0
    assert violations(page, context="#explorer") == []
    assert watched.errors == []
    page.close()
