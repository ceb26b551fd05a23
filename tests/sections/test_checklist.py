"""The checklist: what is counted, and that what stands in for something else is said."""

import re

import pytest
from vision_steps import VisionRun

from report_builder.contents import load_section
from report_builder.inventory import ITEMS, TABULAR, VISION
from report_builder.pipeline.step import Saved

(CHECKLIST,) = load_section("checklist").steps


def checked(folder, answered, network="farmnet", origin="standin"):
    """A run with these items on the pages of one section in both languages."""
    run = VisionRun(folder, {"network": network, "farmyard": network == "farmnet"}, {})
    run.saved["table"] = Saved.given("table", {"origin": origin, "features": []})
    pages = {f"fragment.trust.{language}": {"items": list(answered)} for language in ("en", "fa")}
    work = run.work(CHECKLIST)
    work.needs.update({name: Saved.given(name, values) for name, values in pages.items()})
    run.saved["checklist"] = Saved.given("checklist", CHECKLIST.load()(work))
    return run


def test_answered_and_missing_items_are_all_items(tmp_path):
    counts = checked(tmp_path, [*TABULAR, *VISION]).saved["checklist"].values["counts"]
    assert counts["vision"] == {"answered": len(VISION), "total": len(VISION)}
    assert counts["all"]["answered"] + counts["all"]["missing"] == counts["all"]["total"] == len(ITEMS)


@pytest.mark.parametrize("language", ["en", "fa"])
@pytest.mark.parametrize(("answered", "lines"), [((*TABULAR, *VISION), 3), (ITEMS, 2)])
def test_missing_items_are_said_in_short(tmp_path, language, answered, lines):
    values, _ = checked(tmp_path, answered, network="vgg16").draw("checklist", language)
    assert len(values["findings"]) == lines


def test_what_stands_in_for_something_else_is_said(tmp_path):
    def text(**changed):
        return re.sub(r"<[^>]*>", "", checked(tmp_path, ITEMS, **changed).draw("checklist", "en")[1])

    assert "stands in for VGG16" in text()
    assert "six photographs of V01" in text()
    assert "synthetic stand-in" in text()
    plain = text(network="vgg16", origin="download")
    assert "stands in" not in plain
    assert "stand-in" not in plain
