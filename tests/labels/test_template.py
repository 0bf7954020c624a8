from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocoptrace.errors import LabelError
from ocoptrace.labels import Template, load_template, template_names
from ocoptrace.labels.layout import dots_per_module

PLAIN = """
width = 50.0
height = 30.0
[symbol]
x = 1.5
y = 1.5
side = 24.0
[[block]]
x = 26.0
y = 2.0
width = 22.0
height = 20.0
[[block.row]]
show = ["product"]
x_height = 1.5
"""


@pytest.mark.parametrize("name", template_names())
def test_built_in_templates_keep_mandatory_text_legible(name: str) -> None:
    rows = [row for block in load_template(name).block for row in block.row]
    assert rows
    for row in rows:
        if {"stars", "serial", "foot", "site"}.isdisjoint(row.show):
            assert row.least >= 900


@pytest.mark.parametrize("name", ["ocop-50x30", "ocop-70x37"])
@pytest.mark.parametrize(("dpi", "least"), [(203, 3), (300, 5), (600, 10)])
def test_the_room_holds_version_8_at_a_good_module_size(name: str, dpi: int, least: int) -> None:
    assert dots_per_module(49, load_template(name).symbol, dpi=dpi) >= least


@pytest.mark.parametrize(("dpi", "least"), [(203, 3), (300, 4), (600, 8)])
def test_the_smallest_sticker_holds_a_sealed_symbol(dpi: int, least: int) -> None:
    assert dots_per_module(45, load_template("ocop-35x22").symbol, dpi=dpi) >= least


def test_lengths_are_read_as_micrometres() -> None:
    template = Template.parse(PLAIN, name="plain")
    assert (template.width, template.block[0].row[0].x_height) == (50_000, 1_500)
    assert template.block[0].row[0].least == 900


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ("side = 24.0", "side = 40.0", ""),
        ("side = 24.0", "", "/symbol/side"),
        ("side = 24.0", "side = 24.0\ncolour = 'red'", "/symbol/colour"),
        ("side = 24.0", "side = nan", "/symbol/side"),
        ("width = 50.0", "width = '50'", "/width"),
        ("height = 30.0", "height = -1", "/height"),
        ("x_height = 1.5", "x_height = 0.5", "/block/0/row/0"),
        ("x_height = 1.5", "x_height = 1.5\nleast = 0.7", "/block/0/row/0"),
        ('show = ["product"]', 'show = ["price"]', "/block/0/row/0/show/0"),
        ('show = ["product"]', "show = []", "/block/0/row/0/show"),
        ('show = ["product"]', 'show = ["stars", "lot"]', "/block/0/row/0"),
    ],
)
def test_a_wrong_value_is_refused_with_its_place(old: str, new: str, place: str) -> None:
    assert old in PLAIN
    with pytest.raises(LabelError) as refused:
        Template.parse(PLAIN.replace(old, new, 1), name="plain")
    assert (refused.value.code, refused.value.place) == ("label.plan_value", place)


@given(st.text(max_size=80))
def test_any_text_raises_label_errors_only(text: str) -> None:
    with pytest.raises(LabelError):
        Template.parse(text, name="any")


def test_deep_nesting_is_refused() -> None:
    with pytest.raises(LabelError):
        Template.parse("a = " + "[" * 5000 + "]" * 5000, name="deep")


def test_an_unknown_name_lists_the_known_ones() -> None:
    with pytest.raises(LabelError) as unknown:
        load_template("../stock")
    assert unknown.value.code == "label.unknown_template"
    assert "ocop-50x30" in unknown.value.remedy("vi")
