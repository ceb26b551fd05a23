"""The checklist: what is counted, and that what stands in for something else is said."""

import re

import pytest
from vision_steps import VisionRun

from report_builder.contents import load_section
from report_builder.inventory import ITEMS, ITEMS_OF, TABULAR, VISION
from report_builder.pipeline.step import Saved

(CHECKLIST,) = load_section("checklist").steps


def checked(folder, answered, network="farmnet", origin="standin", parts=tuple(ITEMS_OF), farmyard=True):
    """A run with these items on the pages of one section in both languages."""
    run = VisionRun(folder, {"network": network, "farmyard": network == "farmnet"}, {})
    run.saved["study"] = Saved.given("study", {"parts": list(parts)})
    run.saved["table"] = Saved.given("table", {"origin": origin, "features": []})
    run.saved["own"] = Saved.given("own", {"farmyard": farmyard})
    pages = {f"fragment.trust.{language}": {"items": list(answered)} for language in ("en", "fa")}
    work = run.work(CHECKLIST)
    work.needs.update({name: Saved.given(name, values) for name, values in pages.items()})
    run.saved["checklist"] = Saved.given("checklist", CHECKLIST.load()(work))
    return run


def test_answered_and_missing_items_are_all_items(tmp_path):
    counts = checked(tmp_path, [*TABULAR, *VISION]).saved["checklist"].values["counts"]
    assert counts["vision"] == {"answered": len(VISION), "total": len(VISION)}
    assert counts["all"]["answered"] + counts["all"]["missing"] == counts["all"]["total"] == len(ITEMS)


@pytest.mark.parametrize("part", ITEMS_OF)
def test_a_study_of_one_part_is_asked_its_items_only(tmp_path, part):
    run = checked(tmp_path, ITEMS_OF[part], parts=(part,))
    values = run.saved["checklist"].values
    assert {name for name in values if name != "counts"} == set(ITEMS_OF[part])
    assert values["counts"]["all"] == {
        "answered": len(ITEMS_OF[part]),
        "missing": 0,
        "total": len(ITEMS_OF[part]),
    }
    _, html = run.draw("checklist", "en")
    assert set(re.findall(r'href="#item-(\w+)"', html)) == set(ITEMS_OF[part])


@pytest.mark.parametrize("language", ["en", "fa"])
@pytest.mark.parametrize(("answered", "lines"), [((*TABULAR, *VISION), 5), (ITEMS, 1)])
def test_missing_items_are_said_in_short(tmp_path, language, answered, lines):
    values, _ = checked(tmp_path, answered, network="vgg16").draw("checklist", language)
    assert len(values["findings"]) == lines


def test_what_stands_in_for_something_else_is_said(tmp_path):
    def text(**changed):
        return re.sub(r"<[^>]*>", "", checked(tmp_path, ITEMS, **changed).draw("checklist", "en")[1])

    assert "stands in for VGG16" in text()
    assert "six photographs of V01" in text()
    assert "synthetic stand-in" in text()
    assert "name no folder of pictures" in text()
    plain = text(network="vgg16", origin="download", farmyard=False)
    assert "stands in" not in plain
    assert "stand-in" not in plain
    assert "folder of pictures" not in plain
