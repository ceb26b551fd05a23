"""The provenance page: which sentence is said of the weights, and of a table that stands in."""

import re

import pytest
from vision_steps import VisionRun

from report_builder.pipeline.step import Saved

ABSENT = [{"place": "settings", "cause": "unset"}, {"place": "cache", "cause": "absent"}]


def text(folder, language="en", *, network="farmnet", official=True, origin="standin"):
    run = VisionRun(folder, {}, {})
    plain = {"file": "file", "sha256": "00", "licence": "free", "source": "somewhere"}
    assets = {
        "table": {**plain, "origin": origin, "reasons": ABSENT},
        "network": {
            **plain,
            "name": network,
            "official": official,
            "origin": "embedded",
            "passed_over": [],
        },
        "photographs": {**plain, "origin": "embedded", "farmyard": True, "count": 3},
    }
    ran = {"seed": 7, "device": "cpu", "platform": "a", "python": "b", "versions": {}, "settings": {}}
    for name, values in {"assets": assets, "run": ran, "table": {"rows": 5, "features": []}}.items():
        run.saved[name] = Saved.given(name, values)
    return re.sub(r"<[^>]*>", "", run.draw("provenance", language)[1])


@pytest.mark.parametrize(
    ("network", "official", "sentence"),
    [
        ("farmnet", True, "the project’s own"),
        ("farmnet", False, "not the project’s own"),
        ("vgg16", True, "the hash is the publisher’s"),
        ("vgg16", False, "not the published ones"),
    ],
)
def test_only_published_weights_have_a_publisher(tmp_path, network, official, sentence):
    said = text(tmp_path, network=network, official=official)
    assert sentence in said
    assert ("publisher" in said) == (network == "vgg16" and official)


@pytest.mark.parametrize("language", ["en", "fa"])
def test_the_user_s_files_have_tables_and_what_the_build_makes_a_sentence(tmp_path, language):
    made = {"origin": "embedded", "file": "", "sha256": "", "licence": "own"}
    own = {"origin": "settings", "file": "folder", "sha256": "77aa", "licence": "?", "count": 41}
    plain = {"seed": 7, "device": "cpu", "platform": "a", "python": "b", "versions": {}, "settings": {}}
    for assets, tables in (
        ({"own_images": own, "signals": own}, 2),
        ({"own_images": made, "signals": own}, 1),
        ({"own_images": made, "signals": made}, 0),
    ):
        run = VisionRun(tmp_path, {}, {})
        run.saved |= {"assets": Saved.given("assets", assets), "run": Saved.given("run", plain)}
        _, html = run.draw("provenance", language)
        assert html.count("77aa") == tables
        assert 'id="tab-provenance-input"' not in html


@pytest.mark.parametrize("language", ["en", "fa"])
def test_reasons_are_given_for_a_table_that_stands_in(tmp_path, language):
    real, standin = (text(tmp_path, language, origin=origin) for origin in ("download", "standin"))
    lead = {"en": "The real data set could not be had.", "fa": "دادهٔ واقعی در دسترس نبود."}[language]
    assert lead in standin
    assert lead not in real
