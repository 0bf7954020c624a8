from __future__ import annotations

from importlib.resources import files

import pytest

from ocoptrace.labels import template_names
from ocoptrace.labels.template_check import check_template, line_of

GOOD = """format = "ocop-label/1"
size = [50, 30]
require = ["product"]

[style.name]
x_height = 1.5

[[element]]
kind = "qr"
at = [1.5, 1.5]
side = 24

[[element]]
kind = "text"
at = [26, 2]
size = [22, 20]
row = [
    { text = "{product}", style = "name" },
    { text = "{price}" },
]

[[element]]
kind = "line"
at = [26, 25]
size = [20, 0]
"""


def told(text: str) -> list[tuple[str, str, str, object]]:
    return [
        (finding.code, finding.severity, finding.place, finding.facts["line"])
        for finding in check_template(text, name="mine")
        if finding.severity != "info"
    ]


def test_a_good_template_is_told_about_without_fault() -> None:
    assert told(GOOD) == []
    found = {finding.code: finding for finding in check_template(GOOD, name="mine")}
    assert found["label.own_field"].facts["field"] == "price"
    assert found["label.room"].facts["version"] == 8


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("side = 24", "side = 'x'", ("label.plan_value", "error", "/element/0/side", 11)),
        ("side = 24", "side = 24\nx = 1", ("label.plan_value", "error", "/element/0/x", 12)),
        ('kind = "line"', 'kind = "l"', ("label.plan_value", "error", "/element/2", 22)),
        (
            '"{price}"',
            '"{price"',
            ("label.plan_value", "error", "/element/1/row/1/text", 17),
        ),
        ("x_height = 1.5", "x_height = 0.1", ("label.plan_value", "error", "/style/name", 5)),
        ("at = [26, 2]", "at = [20, 2]", ("label.elements_overlap", "error", "/element/1", 13)),
        ("at = [26, 25]", "at = [5, 20]", ("label.elements_overlap", "error", "/element/2", 22)),
        (
            'require = ["product"]',
            'require = ["origin"]',
            ("label.required_not_shown", "warning", "/require", 3),
        ),
        ("side = 24", "side = 15", ("label.room_small", "warning", "/element/0", 8)),
        ("size = [50, 30]", "size = [50, 30", ("label.plan_syntax", "error", "", 3)),
    ],
)
def test_every_fault_has_its_line(old: str, new: str, expected: tuple[object, ...]) -> None:
    assert old in GOOD
    assert expected in told(GOOD.replace(old, new, 1))


@pytest.mark.parametrize(
    ("wrong", "place"),
    [
        ('x_height = "a"', "x_height"),
        ('text = "{lot"', "text"),
        ("x_height = 1\nleast = 2", ""),
        ("shadow = 1", "shadow"),
        ('row = [{ text = "x", lines = 0 }]', "row/0/lines"),
        ("row = []", "row"),
        ("size = [20]", "size/1"),
        ('when = "1"', "when"),
    ],
)
def test_a_fault_is_told_once_whether_a_text_has_rows_or_not(wrong: str, place: str) -> None:
    members = {"size": "size = [22, 20]", "text": 'text = "{lot}"'}
    name = wrong.partition(" ")[0]
    members.pop("text" if name == "row" else name, None)
    rest = ['[[element]]\nkind = "text"\nat = [26, 2]', *members.values(), wrong]
    text = "\n".join([GOOD.partition('[[element]]\nkind = "text"')[0], *rest])
    assert [f.place for f in check_template(text, name="mine")] == [
        f"/element/1/{place}".rstrip("/")
    ]


def test_elements_that_never_meet_do_not_overlap() -> None:
    text = GOOD + '\n[[element]]\nkind = "text"\nat = [26, 2]\nsize = [22, 20]\ntext = "{lot}"\n'
    assert told(text) == [("label.elements_overlap", "warning", "/element/3", 27)]
    apart = text.replace('text = "{lot}"', 'text = "{lot}"\nwhen = "not stars"').replace(
        "size = [22, 20]\nrow", 'when = "stars"\nsize = [22, 20]\nrow'
    )
    assert told(apart) == []


@pytest.mark.parametrize("name", template_names())
def test_built_in_templates_have_no_error(name: str) -> None:
    text = (files("ocoptrace.labels") / "templates" / f"{name}.toml").read_text(encoding="utf-8")
    assert not [f for f in check_template(text, name=name) if f.severity == "error"]


@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_finding_speaks(language: str) -> None:
    text = GOOD.replace("at = [26, 2]", "at = [20, 2]").replace("side = 24", "side = 15")
    text = text.replace('require = ["product"]', 'require = ["origin"]')
    for finding in check_template(text, name="mine"):
        assert "{" not in finding.text(language)  # type: ignore[arg-type] # both are languages


def test_the_line_of_a_json_template_is_not_known() -> None:
    assert line_of('{"size": [1, 2]}', "/size") is None
    (finding,) = check_template("{}x", name="mine")
    assert finding.code == "label.plan_syntax"


def test_the_usual_slips_are_told_in_the_readers_language() -> None:
    text = """
    format = "ocop-label/1"
    size = [40, "20"]
    colour = "red"
    [[element]]
    kind = "qr"
    at = [1, 1]
    """
    found = {finding.place: finding.text("vi") for finding in check_template(text, name="tem")}
    assert "độ dài phải là số milimét" in found["/size/1"]
    assert "không có mục này" in found["/colour"]
    assert "thiếu mục này" in found["/element/0/side"]


def test_a_fault_of_a_text_element_is_at_its_own_member() -> None:
    text = """
    format = "ocop-label/1"
    size = [40, 20]
    [[element]]
    kind = "text"
    at = [1]
    size = [10, 10]
    text = "{lot}"
    """
    assert [finding.place for finding in check_template(text, name="tem")] == ["/element/0/at/1"]
