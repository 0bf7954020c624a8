"""The sample sticker: it fills every template, in its languages, and nothing is left over."""

from __future__ import annotations

import tomllib
from datetime import date
from importlib.resources import files

import pytest

from ocoptrace.labels import Template, load_template, preflight, template_names
from ocoptrace.labels.captions import captions
from ocoptrace.labels.crop import lone_stock
from ocoptrace.labels.sample import sample_content

DAY = date(2026, 11, 23)
OF_EXTRA = {"ko", "zh-Hant"}
MADE_FOR = [
    (name, language)
    for name in template_names()
    for language in load_template(name).languages
    if language not in OF_EXTRA
]


@pytest.mark.parametrize(("name", "language"), MADE_FOR)
def test_the_sample_is_fit_for_printing_in_the_languages_a_template_is_made_for(
    name: str, language: str
) -> None:
    template = load_template(name)
    content = sample_content(template, today=DAY, language=language)
    found = preflight(
        [content], template=template, stock=lone_stock(template), dpi=300, today=DAY, demo=True
    )
    assert {finding.code for finding in found} == {"label.symbol"}


def test_a_field_of_ones_own_shows_its_name() -> None:
    text = """
    format = "ocop-label/1"
    size = [40, 20]
    [[element]]
    kind = "text"
    at = [1, 1]
    size = [38, 18]
    text = "{do_dam} {lot} {importer} {materials}"
    """
    content = sample_content(Template.parse(text, name="own"), today=DAY)
    assert content.value("do_dam") == "do_dam"
    assert content.value("importer") != "importer"
    assert content.value("materials") is None


def test_every_text_of_the_sample_has_a_caption_and_both_languages() -> None:
    source = files("ocoptrace.labels") / "sample.toml"
    texts = tomllib.loads(source.read_text(encoding="utf-8"))["texts"]
    assert texts.keys() <= captions("vi").keys()
    assert all(set(text) == {"vi", "en"} for text in texts.values() if isinstance(text, dict))
