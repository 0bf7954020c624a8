from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocoptrace.gs1 import DigitalLink, ElementString, Gs1Error
from ocoptrace.gs1.checks import CHARACTER_SETS

GTIN = ("01", "09520101001115")
values = st.text(CHARACTER_SETS["X"], min_size=1, max_size=20)
elements = st.builds(
    lambda lot, note, dated: (
        GTIN,
        ("10", lot),
        *([("17", "271231")] if dated else []),
        ("240", note),
    ),
    values,
    values,
    st.booleans(),
)


@given(elements)
def test_both_forms_give_the_elements_back(pairs: tuple[tuple[str, str], ...]) -> None:
    message = ElementString(pairs)
    assert ElementString.parse(message.bracketed().replace("\\(", "\\(")) == message
    assert ElementString.parse(message.unbracketed()) == message
    assert ElementString.parse(message.unbracketed().replace("^", "\x1d")) == message


@given(elements)
def test_a_link_carries_the_same_elements(pairs: tuple[tuple[str, str], ...]) -> None:
    link = ElementString(pairs).digital_link()
    assert sorted(DigitalLink.parse(link.to_uri()).elements) == sorted(pairs)
    assert ElementString.parse(link.element_string()).digital_link() == link


@given(
    st.one_of(
        st.text(),
        st.text("()0123456789AB\\^", max_size=60).map("(01)".__add__),
        st.text("^0123456789ABé", max_size=60).map("^".__add__),
    )
)
def test_any_text_is_an_element_string_or_a_gs1_error(text: str) -> None:
    with suppress(Gs1Error):
        message = ElementString.parse(text)
        assert ElementString.parse(message.bracketed()) == message


@pytest.mark.parametrize(
    ("text", "code", "place"),
    [
        ("", "gs1.element_string", ""),
        ("09520101001115", "gs1.element_string", ""),
        ("(01)09520101001115(10)", "gs1.element_string", "character 19"),
        ("(01)09520101001115(1)X", "gs1.element_string", "character 19"),
        ("^0109520101001115^^10A", "gs1.unknown_ai", "character 19"),
        ("^89ABC", "gs1.unknown_ai", "character 2"),
        ("^", "gs1.element_string", ""),
        ("(10)A(10)B", "gs1.contradiction", "(10)"),
        ("(01)09520101001115(02)09520101001115", "gs1.exclusive", "(02)"),
        ("(17)270230", "gs1.date", "(17)"),
        ("(7007)270200", "gs1.date_with_day", "(7007)"),
        ("(422)999", "gs1.country", "(422)"),
        ("(8008)27010125", "gs1.time", "(8008)"),
        ("(10)" + "A" * 5000, "gs1.uri_too_long", ""),
    ],
)
def test_what_is_refused_and_as_what(text: str, code: str, place: str) -> None:
    with pytest.raises(Gs1Error) as caught:
        ElementString.parse(text)
    assert (caught.value.code, caught.value.place) == (code, place)


def test_an_element_may_stand_twice_with_one_value() -> None:
    message = ElementString.parse("(01)09520101001115(99)A(99)A")
    assert message.digital_link().attributes == (("99", "A"),)


def test_what_is_missing_on_this_label_is_a_finding_not_an_error() -> None:
    message = ElementString.parse("(10)L1(3103)000500")
    findings = message.check()
    assert {(finding.code, finding.place) for finding in findings} == {
        ("gs1.requisite", "(10)"),
        ("gs1.requisite", "(3103)"),
    }
    assert "01, 02, 03, 8006, 8026" in findings[0].text("vi")
    assert ElementString.parse("(01)09520101001115(10)L1(3103)000500").check() == ()


def test_a_measure_excludes_the_same_measure_with_other_decimals() -> None:
    with pytest.raises(Gs1Error) as caught:
        ElementString.parse("(01)09520101001115(3103)000500(3102)000050")
    assert caught.value.facts == {"ai": "3103", "other": "3102"}
