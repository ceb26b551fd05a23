"""Laws that every sentence catalog keeps."""

import re

import pytest

from report_builder.render.catalog import CatalogError, load_catalog, read_sentences
from report_builder.render.fragment import PROJECT

TEMPLATES = PROJECT / "templates"
TRIAL = PROJECT / "tests/render/trial"
CATALOGS = sorted(path for path in TEMPLATES.rglob("*.toml") if path.name != "formulas.toml")
CATALOGS += sorted(TRIAL.glob("*.toml"))
SENTENCES = [
    pytest.param(key, texts, id=f"{path.stem}:{key}")
    for path in CATALOGS
    for key, texts in read_sentences(path).items()
]
PLACEHOLDER = re.compile(r"\{(@?[\w-]+)\}")
MARKUP = re.compile(r"\$[^$]+\$|`[^`]+`|\[\[[a-z_]+\||\{@?[\w-]+\}")
CITATION_YEAR = re.compile(r"(?<=[,،] )[12۱۲]\d{3}(?=[);؛])")
LATIN_NAME = re.compile(r"[A-Za-z][A-Za-z0-9.+\-²]*")


@pytest.mark.parametrize(("key", "texts"), SENTENCES)
def test_a_sentence_stands_in_both_languages_with_the_same_placeholders(key, texts):
    assert set(texts) == {"en", "fa"}
    assert all(texts.values())
    assert set(PLACEHOLDER.findall(texts["en"])) == set(PLACEHOLDER.findall(texts["fa"]))


@pytest.mark.parametrize(("key", "texts"), SENTENCES)
def test_persian_is_written_in_persian_letters(key, texts):
    prose = MARKUP.sub("", texts["fa"])
    if texts["fa"] != texts["en"] and prose.strip(" .,()-\u200f"):
        assert re.search("[\u0600-\u06ff]", prose), "a Latin name is the same in both languages"
    assert not set("يكى") & set(texts["fa"]), "Arabic yeh or kaf"


@pytest.mark.parametrize(("key", "texts"), SENTENCES)
def test_numbers_come_from_results(key, texts):
    if key.split(".")[-1] == "paper":  # a citation's year and pages are no results
        return
    for text in texts.values():
        prose = LATIN_NAME.sub("", CITATION_YEAR.sub("", MARKUP.sub("", text)))
        assert not re.search(r"\d", prose), f"digits typed into prose: {text}"


@pytest.mark.parametrize("path", sorted((TEMPLATES / "sections").glob("*.toml")), ids=lambda path: path.stem)
def test_a_section_does_not_redefine_common_words(path):
    for language in ("en", "fa"):
        assert load_catalog([TEMPLATES / "words.toml", path], language)["title"]


def test_every_glossary_term_that_is_used_exists():
    terms = set(read_sentences(TEMPLATES / "glossary.toml"))
    for path in CATALOGS:
        for texts in read_sentences(path).values():
            for text in texts.values():
                assert set(re.findall(r"\[\[([a-z_]+)", text)) <= terms, f"{path.name}: {text}"


def test_an_unknown_key_is_an_error():
    with pytest.raises(CatalogError, match="no sentence 'nowhere'"):
        load_catalog([TEMPLATES / "words.toml"], "en")["nowhere"]
