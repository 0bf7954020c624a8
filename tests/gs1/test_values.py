from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocoptrace import messages
from ocoptrace.gs1 import Gs1Error, application_identifier, check_value
from ocoptrace.gs1.application_identifiers import application_identifiers, code_lengths
from ocoptrace.gs1.checks import outside
from ocoptrace.gs1.dates import hhmi, yymmd0, yymmdd
from ocoptrace.gs1.linters import LINTERS
from ocoptrace.gs1.values import ACCEPTS

if TYPE_CHECKING:
    from collections.abc import Callable

CODES = application_identifiers()


def refusal(code: str, value: str) -> Gs1Error | None:
    try:
        check_value(code, value)
    except Gs1Error as error:
        return error
    return None


def test_the_table_has_every_ai_and_every_linter_it_names() -> None:
    assert len(CODES) == 541
    named = {
        linter
        for code in CODES
        if (ai := application_identifier(code))
        for component in ai.components
        for linter in component.linters
    }
    assert named <= set(LINTERS)


def test_the_first_two_digits_tell_how_long_an_ai_is() -> None:
    assert [code for code in CODES if code_lengths()[code[:2]] != len(code)] == []


@pytest.mark.parametrize(("code", "linter"), [("17", yymmd0), ("7006", yymmdd)])
def test_the_pattern_of_a_date_admits_what_its_linter_does(
    code: str, linter: Callable[[str], object]
) -> None:
    for number in range(200_000):
        year, month, day = number // 2000, number // 100 % 20, number % 100
        text = f"{year:02}{month:02}{day:02}"
        assert bool(ACCEPTS[code](text)) == (linter(text) is None), text


def test_the_pattern_of_a_time_admits_what_its_linter_does() -> None:
    for clock in range(10_000):
        text = f"{clock:04}"
        assert bool(ACCEPTS["7003"](f"271231{text}")) == (hhmi(text) is None), text


@given(st.sampled_from(CODES), st.text("0123456789AaZ-/%=", min_size=1, max_size=40))
def test_a_value_is_admitted_exactly_where_no_linter_objects(code: str, value: str) -> None:
    ai = application_identifier(code)
    assert ai is not None
    start, right = 0, True
    for component in ai.components:
        part = value[start : start + component.maximum]
        start += component.maximum
        if not part and component.optional:
            continue
        right &= component.minimum <= len(part) <= component.maximum
        right &= not outside(part, component.kind)
        right &= all(LINTERS[linter](part) is None for linter in component.linters)
        right &= component.kind != "Z" or LINTERS["cset64"](part) is None
    right &= len(value) <= start
    assert bool(ACCEPTS[code](value)) == right


def test_no_ai_is_the_beginning_of_another() -> None:
    assert not [(a, b) for a in CODES for b in CODES if a != b and b.startswith(a)]


@given(
    st.sampled_from(CODES),
    st.text(max_size=95).filter(lambda text: "{" not in text) | st.text("0123456789", max_size=32),
)
def test_any_value_is_right_or_a_gs1_error_with_words(code: str, value: str) -> None:
    error = refusal(code, value)
    for language in messages.LANGUAGES if error else ():
        assert messages.has(error.code, language)
        assert "{" not in error.text(language) + error.remedy(language)


@given(st.sampled_from(sorted(LINTERS)), st.text() | st.text("0123456789", max_size=40))
def test_a_linter_points_into_the_text(linter: str, text: str) -> None:
    fault = LINTERS[linter](text)
    if fault is not None:
        assert 0 <= fault.start <= fault.end <= len(text)


@given(st.text())
def test_an_unknown_ai_is_a_gs1_error(code: str) -> None:
    with suppress(Gs1Error):
        check_value(code, "1")
        assert code in CODES


@pytest.mark.parametrize(
    ("code", "value"),
    [
        ("10", "LO-2026/06"),
        ("17", "270200"),
        ("20", "07"),
        ("3103", "000500"),
        ("3932", "70412500"),
        ("422", "704"),
        ("423", "704156"),
        ("7003", "2712312359"),
        ("7007", "260601260630"),
        ("7030", "704VN-123"),
        ("7040", "1ABC"),
        ("7230", "CCOCOP4"),
        ("8006", "095201010011150102"),
        ("8013", "1987654Ad4X4bL5ttr2310c2K"),
        ("8030", "c2lnbmF0dXJl"),
    ],
)
def test_right_values(code: str, value: str) -> None:
    check_value(code, value)


@pytest.mark.parametrize(
    ("code", "value", "error"),
    [
        ("10", "", "length"),
        ("10", "L" * 21, "length"),
        ("10", "Lô", "charset"),
        ("423", "70415", "length"),
        ("423", "704999", "country"),
        ("3932", "00012500", "currency"),
        ("4307", "ZZ", "country_letters"),
        ("4309", "18000000010000000000", "coordinate"),
        ("4330", "000000X", "hyphen"),
        ("4321", "2", "not_listed"),
        ("4300", "50%", "percent_sequence"),
        ("7040", "1AB=", "importer_index"),
        ("7258", "3/2", "sequence"),
        ("8001", "00001234512398", "zero"),
        ("8007", "FR1234", "iban"),
        ("8006", "095201010011150302", "piece_of_total"),
        ("8011", "012", "leading_zero"),
        ("8013", "1987654Ad4X4bL5ttr2310cXK", "check_pair"),
        ("8014", "12345678", "check_pair"),
        ("8030", "123=", "padding"),
        ("8110", "7", "coupon"),
    ],
)
def test_wrong_values(code: str, value: str, error: str) -> None:
    with pytest.raises(Gs1Error) as caught:
        check_value(code, value)
    assert caught.value.code == f"gs1.{error}"
    assert caught.value.place == f"({code})"


def test_an_error_says_where_in_the_value_and_what_was_expected() -> None:
    facts = [
        (error.facts["at"], error.facts["expected"])
        for error in (
            refusal("10", "Lô 7"),
            refusal("8003", "09520000000005S"),
            refusal("17", "271331"),
        )
        if error
    ]
    assert facts == [(2, "X..20"), (14, "4"), (3, "N6")]
