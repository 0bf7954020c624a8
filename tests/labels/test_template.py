from __future__ import annotations

import json
import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocoptrace.errors import LabelError
from ocoptrace.labels import Template, load_template, template_names
from ocoptrace.labels.codes import whole_dots
from ocoptrace.labels.elements import SMALL_FIELDS, TextBox
from ocoptrace.labels.symbols import Matrix

PLAIN = """
format = "ocop-label/1"
size = [50, 30]
bleed = 2
[style.name]
x_height = 1.5
face = "bold"
[[element]]
kind = "qr"
at = [1.5, 1.5]
side = 24
[[element]]
kind = "text"
at = [26, 2]
size = [22, 20]
row = [{ text = "{product}", style = "name" }]
[[element]]
kind = "box"
at = [-2, -2]
size = [54, 34]
stroke = 0
fill = [0, 0, 20, 0]
"""


def dots_of(name: str, modules: int, dpi: int) -> int:
    """Return the dots of a module of a QR symbol in a template."""
    template = load_template(name)
    matrix = Matrix("qr", modules, modules, bytes(modules * modules), "")
    return whole_dots(matrix, template.symbols[0].box(*template.size), dpi=dpi)


@pytest.mark.parametrize("name", template_names())
def test_built_in_templates_keep_mandatory_text_legible(name: str) -> None:
    rows = [
        row
        for element in load_template(name).element
        if isinstance(element, TextBox)
        for row in element.row
    ]
    for row in rows:
        if not row.shown <= SMALL_FIELDS:
            assert row.least >= 900


@pytest.mark.parametrize("name", ["ocop-50x30", "ocop-70x37"])
@pytest.mark.parametrize(("dpi", "least"), [(203, 3), (300, 5), (600, 10)])
def test_the_room_holds_version_8_at_a_good_module_size(name: str, dpi: int, least: int) -> None:
    assert dots_of(name, 49, dpi) >= least


@pytest.mark.parametrize(("dpi", "least"), [(203, 3), (300, 4), (600, 8)])
def test_the_smallest_sticker_holds_a_sealed_symbol(dpi: int, least: int) -> None:
    assert dots_of("ocop-35x22", 45, dpi) >= least


def test_lengths_are_read_as_micrometres_and_a_row_takes_its_style() -> None:
    template = Template.parse(PLAIN, name="plain")
    text = template.element[1]
    assert isinstance(text, TextBox)
    assert (template.width, text.row[0].x_height, text.row[0].face) == (50_000, 1_500, "bold")
    assert text.row[0].least == 900
    assert template.element[2].box(*template.size) == (-2_000, -2_000, 52_000, 32_000)


def test_a_template_in_json_says_the_same() -> None:
    toml = Template.parse(PLAIN, name="plain")
    as_json = Template.parse(json.dumps(tomllib.loads(PLAIN)), name="plain")
    assert as_json == toml
    assert as_json.sha256 == toml.sha256
    assert toml.sha256 != Template.parse(PLAIN.replace("26, 2]", "26, 3]"), name="plain").sha256


def test_a_text_of_one_row_may_be_written_without_one() -> None:
    short = PLAIN.replace('row = [{ text = "{product}", style = "name" }]', 'text = "{product}"')
    text = Template.parse(short, name="plain").element[1]
    assert isinstance(text, TextBox)
    assert [str(pattern) for pattern in text.row[0].text] == ["{product}"]


@pytest.mark.parametrize(
    ("anchor", "box"),
    [
        ("top-left", (1_000, 2_000, 11_000, 7_000)),
        ("top", (21_000, 2_000, 31_000, 7_000)),
        ("bottom-right", (39_000, 23_000, 49_000, 28_000)),
        ("centre", (21_000, 14_500, 31_000, 19_500)),
    ],
)
def test_an_anchor_says_from_where_a_place_is_measured(
    anchor: str, box: tuple[int, int, int, int]
) -> None:
    line = f'[[element]]\nkind = "line"\nat = [1, 2]\nsize = [10, 5]\nanchor = "{anchor}"\n'
    assert Template.parse(PLAIN + line, name="plain").element[3].box(50_000, 30_000) == box


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ("side = 24", "side = 40", ""),
        ("bleed = 2", "bleed = 1", ""),
        ('format = "ocop-label/1"', "", "/format"),
        ('format = "ocop-label/1"', 'format = "ocop-label/2"', "/format"),
        ("side = 24", "", "/element/0/side"),
        ("side = 24", "side = 24\ncolour = 'red'", "/element/0/colour"),
        ("side = 24", "side = nan", "/element/0/side"),
        ('kind = "qr"', 'kind = "photo"', "/element/0"),
        ("size = [50, 30]", "size = ['50', 30]", "/size/0"),
        ("size = [50, 30]", "size = [50, -1]", "/size/1"),
        ("size = [50, 30]", "size = [50]", "/size/1"),
        ("x_height = 1.5", "x_height = 0.5", "/style/name"),
        ("x_height = 1.5", "x_height = 1.5\nleast = 0.7", "/element/1/row/0"),
        ('"{product}"', '"{Product}"', "/element/1/row/0/text"),
        ('"{product}"', '"{product"', "/element/1/row/0/text"),
        ('"{product}"', '"*{product}"', "/element/1/row/0/text"),
        ('"{product}"', "[]", "/element/1/row/0/text"),
        ('"{product}"', '["{lot}", "{made}"], stars = true', "/element/1/row/0"),
        ('style = "name"', 'style = "title"', "/element/1/row/0/style"),
        ('style = "name"', 'when = "not Lot"', "/element/1/row/0/when"),
        ('style = "name"', 'language = "fr"', "/element/1/row/0/language"),
        ("fill = [0, 0, 20, 0]", "fill = [0, 0, 120, 0]", "/element/2/fill/2"),
    ],
)
def test_a_wrong_value_is_refused_with_its_place(old: str, new: str, place: str) -> None:
    assert old in PLAIN
    with pytest.raises(LabelError) as refused:
        Template.parse(PLAIN.replace(old, new, 1), name="plain")
    assert refused.value.code == "label.plan_value"
    assert place in {finding.place for finding in refused.value.findings}  # type: ignore[attr-defined]


def test_all_wrong_values_are_told_at_once() -> None:
    wrong = PLAIN.replace("side = 24", "side = nan").replace("bleed = 2", "bleed = 'x'")
    with pytest.raises(LabelError) as refused:
        Template.parse(wrong, name="plain")
    places = {finding.place for finding in refused.value.findings}  # type: ignore[attr-defined]
    assert places == {"/element/0/side", "/bleed"}


@given(st.text(max_size=80))
def test_any_text_raises_label_errors_only(text: str) -> None:
    with pytest.raises(LabelError):
        Template.parse(text, name="any")


@pytest.mark.parametrize("sign", ["[", '{"a":'])
def test_deep_nesting_is_refused(sign: str) -> None:
    text = "a = " + "[" * 5000 + "]" * 5000 if sign == "[" else sign * 5000
    with pytest.raises(LabelError):
        Template.parse(text, name="deep")


@pytest.mark.parametrize("text", ['{"title": {"vi": "\\ud800"}}', 'format = "\ud800"'])
def test_half_of_a_character_is_refused(text: str) -> None:
    with pytest.raises(LabelError) as refused:
        Template.parse(text, name="half")
    assert refused.value.code == "label.plan_syntax"


def test_an_unknown_name_lists_the_known_ones() -> None:
    with pytest.raises(LabelError) as unknown:
        load_template("../stock")
    assert unknown.value.code == "label.unknown_template"
    assert "ocop-50x30" in unknown.value.remedy("vi")
