from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocoptrace.labels.pattern import Pattern

if TYPE_CHECKING:
    from collections.abc import Callable

    from ocoptrace.labels import LabelContent

    Make = Callable[..., LabelContent]


@pytest.mark.parametrize(
    ("source", "language", "text"),
    [
        ("{lot.word} *{lot}*", "vi", "Lô ABC123"),
        ("{lot.word} *{lot}*", "de", "Los ABC123"),
        ("{best_before}", "vi", "15/11/2028"),
        ("{best_before}", "en", "15 NOV 2028"),
        ("{best_before}", "zh-Hant", "2028/11/15"),
        ("{stars.word}", "en", "OCOP 4 stars"),
        ("{stars}", "vi", "4"),
        ("{ingredients}", "en", "Anchovies (70 %), sea salt"),
        ("{ingredients:vi}", "en", "Cá cơm (70 %), muối biển"),
        ("{gtin}", "vi", "09521234543213"),
        ("{price.word}", "vi", "price"),
        ("100 ** {{x}}", "vi", "100 * {x}"),
        ("", "vi", ""),
    ],
)
def test_a_pattern_says_values_and_captions(
    content: Make, source: str, language: str, text: str
) -> None:
    assert Pattern.parse(source).text(content(), language) == text


@pytest.mark.parametrize(
    ("source", "changes"),
    [
        ("{lot.word} {lot}", {"lot": ""}),
        ("{made} {lot}", {"made": None}),
        ("{stars.word}", {"stars": None}),
        ("{price}", {}),
        ("{product:ko}", {}),
        ("{ingredients:ko}", {}),
    ],
)
def test_a_pattern_without_a_value_says_nothing(
    content: Make, source: str, changes: dict[str, Any]
) -> None:
    pattern = Pattern.parse(source)
    assert pattern.text(content(**changes), "vi") is None
    assert pattern.spans(content(**changes), "vi") is None


def test_stars_make_bold_and_neighbours_of_one_face_are_one_span(content: Make) -> None:
    pattern = Pattern.parse("a {lot} *b {lot}* c")
    assert pattern.spans(content(), "vi") == [
        ("regular", "a ABC123 "),
        ("bold", "b ABC123"),
        ("regular", " c"),
    ]
    assert pattern.spans(content(), "vi", ("figures", "bold"))[0][0] == "figures"  # type: ignore[index] # its fields are there


@pytest.mark.parametrize("source", ["{", "}", "{Lot}", "{lot.words}", "{a b}", "{}", "*", "{lot:}"])
def test_a_slip_is_told(source: str) -> None:
    with pytest.raises(ValueError, match=r"partner|no field"):
        Pattern.parse(source)


@given(st.text(alphabet="{}*ab.:_ Ấ", max_size=30))
def test_any_text_is_a_pattern_or_a_slip(source: str) -> None:
    try:
        pattern = Pattern.parse(source)
    except ValueError:
        return
    assert str(pattern) == source


@given(st.text(max_size=30))
def test_doubled_signs_are_themselves(text: str) -> None:
    source = text.replace("{", "{{").replace("}", "}}").replace("*", "**")
    pattern = Pattern.parse(source)
    assert "".join(part for _, part in pattern.parts if isinstance(part, str)) == text
