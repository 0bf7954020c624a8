from __future__ import annotations

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocoptrace.gs1 import Gdti, Giai, Gln, Grai, Gs1Error, Gsrn, Gtin, Key, Sscc
from ocoptrace.gs1.checks import check_digit, check_pair, has_check_digit

KEYS: list[tuple[type[Key], str]] = [
    (Gtin, "09520101001115"),
    (Gln, "9520000000004"),
    (Sscc, "095200000000000004"),
    (Gsrn, "952000000000000002"),
    (Grai, "09520000000004SER1"),
    (Grai, "09520000000004"),
    (Giai, "9520BOX-7"),
    (Gdti, "9520000000004DOC1"),
]


@pytest.mark.parametrize(("kind", "text"), KEYS)
def test_a_key_is_its_text(kind: type[Key], text: str) -> None:
    key = kind.parse(text)
    assert str(key) == key.value == text
    assert key.element == (kind.ai, text)
    assert pickle.loads(pickle.dumps(key)) == key  # noqa: S301 - our own bytes


@pytest.mark.parametrize("text", ["95200002", "952000000002", "9520101001115", "09520101001115"])
def test_a_gtin_of_any_length_is_kept_in_14_digits(text: str) -> None:
    whole = text[:-1] + check_digit(text[:-1])
    assert Gtin.parse(whole).digits == whole.rjust(14, "0")


def test_keys_of_another_value_or_kind_are_not_equal() -> None:
    assert Gln.parse("9520000000004") == Gln.parse("9520000000004")
    assert Gln.parse("9520000000004") != Gln.parse("9521234000006")
    assert Sscc.parse("095200000000000004") != Gsrn.parse("952000000000000002")
    assert Gtin.parse("9520101001115") != "09520101001115"


@pytest.mark.parametrize(
    ("kind", "text", "code"),
    [
        (Gtin, "", "gs1.length"),
        (Gtin, "952010100111", "gs1.check_digit"),
        (Gtin, "9520101001119", "gs1.check_digit"),
        (Gtin, "952010100111 ", "gs1.digits"),
        (Gtin, "٩٥٢٠١٠١٠٠١١١٥", "gs1.digits"),
        (Gln, "95200000000041", "gs1.length"),
        (Sscc, "095200000000000005", "gs1.check_digit"),
        (Grai, "19520000000004", "gs1.not_zero"),
        (Giai, "95A0BOX", "gs1.company_prefix"),
        (Gdti, "9520000000004é", "gs1.charset"),
    ],
)
def test_what_is_refused_and_as_what(kind: type[Key], text: str, code: str) -> None:
    with pytest.raises(Gs1Error) as caught:
        kind.parse(text)
    assert caught.value.code == code


def test_an_error_names_the_check_digit_in_both_languages() -> None:
    with pytest.raises(Gs1Error) as caught:
        Gtin.parse("9520101001119")
    assert caught.value.facts["expected"] == "5"
    assert caught.value.facts["found"] == "9"
    assert "should be 5, but is 9" in caught.value.text("en")
    assert "phải là 5, nhưng đang là 9" in caught.value.text("vi")


@given(st.text("0123456789", min_size=1, max_size=30), st.data())
def test_a_check_digit_finds_every_single_wrong_digit(digits: str, data: st.DataObject) -> None:
    whole = digits + check_digit(digits)
    assert has_check_digit(whole)
    at = data.draw(st.integers(0, len(whole) - 1))
    wrong = data.draw(st.sampled_from("0123456789").filter(lambda digit: digit != whole[at]))
    assert not has_check_digit(whole[:at] + wrong + whole[at + 1 :])


def test_check_pair_of_a_published_example() -> None:
    assert check_pair("1987654Ad4X4bL5ttr2310c") == "2K"
