from __future__ import annotations

import pickle
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, TypeAdapter, ValidationError

from ocoptrace.gs1 import (
    KEYS as BY_NAME,
)
from ocoptrace.gs1 import (
    Cpid,
    DigitalLink,
    Gcn,
    Gdti,
    Giai,
    Gln,
    Gmn,
    Grai,
    Gs1Error,
    Gsrn,
    Gtin,
    Itip,
    Key,
    Pgln,
    Sgtin,
    Sscc,
)
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


prefixes = st.text("0123456789", min_size=4, max_size=11)
references = st.text("0123456789", min_size=0, max_size=1)


@given(st.sampled_from(sorted(BY_NAME)), prefixes, references)
def test_a_key_made_of_prefix_and_reference_is_one(name: str, prefix: str, reference: str) -> None:
    key = BY_NAME[name].of(prefix, reference or "1")
    assert BY_NAME[name].parse(str(key)) == key
    assert prefix in key.value


@pytest.mark.parametrize(
    ("key", "value"),
    [
        (Gtin.of("9520101", "111"), "09520101001115"),
        (Gtin.of("9520101", "111", lead="1"), "19520101001112"),
        (Gln.of("952000", ""), "9520000000004"),
        (Sscc.of("9520101", "1"), "095201010000000019"),
        (Grai.of("952000", "0", serial="SER1"), "09520000000004SER1"),
        (Gdti.of("952000", "0", serial="DOC1"), "9520000000004DOC1"),
        (Giai.of("9520", "BOX-7"), "9520BOX-7"),
        (Cpid.of("9520101", "P/1"), "9520101P/1"),
        (Itip.of("9520101", "111", piece=2, total=3), "095201010011150203"),
        (Gmn.of("1987654", "Ad4X4bL5ttr2310c"), "1987654Ad4X4bL5ttr2310c2K"),
    ],
)
def test_what_is_made_of_prefix_and_reference(key: Key, value: str) -> None:
    assert key.value == value


@pytest.mark.parametrize(
    ("kind", "parts", "more", "code"),
    [
        (Gtin, ("9520101", "123456"), {}, "gs1.reference"),
        (Gtin, ("9520101", "12A"), {}, "gs1.reference"),
        (Gtin, ("952", "1"), {}, "gs1.company_prefix_digits"),
        (Gtin, ("95201O1", "1"), {}, "gs1.company_prefix_digits"),
        (Gtin, ("9520101", "1"), {"lead": "10"}, "gs1.lead_digit"),
        (Giai, ("9520101", "Lô"), {}, "gs1.charset"),
        (Gmn, ("9520101", "Lô"), {}, "gs1.charset"),
        (Gmn, ("9520101", "M" * 30), {}, "gs1.length"),
        (Itip, ("9520101", "111"), {"piece": 3, "total": 2}, "gs1.piece_of_total"),
        (Gcn, ("9520101", "1"), {"serial": "A"}, "gs1.digits"),
    ],
)
def test_what_makes_no_key(
    kind: Any, parts: tuple[str, str], more: dict[str, Any], code: str
) -> None:
    with pytest.raises(Gs1Error) as caught:
        kind.of(*parts, **more)
    assert caught.value.code == code
    assert "{" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "short"),
    [
        ("95201016", "95201016"),
        ("614141123452", "614141123452"),
        ("9520101001115", "9520101001115"),
        ("19520101001112", "19520101001112"),
    ],
)
def test_a_gtin_is_printed_as_short_as_its_bar_code_shows_it(text: str, short: str) -> None:
    assert Gtin.parse(text).short() == short


def test_a_key_becomes_a_link_an_element_string_and_a_urn() -> None:
    key = Grai.parse("09520101000019S1")
    assert str(key.digital_link(host="b.vn", stem="/x")) == "https://b.vn/x/8003/09520101000019S1"
    assert key.element_string() == "(8003)09520101000019S1"
    assert key.epc_urn(company_prefix_length=7) == "urn:epc:id:grai:9520101.00001.S1"
    assert Pgln.parse("9520101000019").epc_urn(company_prefix_length=7) == (
        "urn:epc:id:pgln:9520101.00001"
    )


class Crate(BaseModel):
    asset: Grai
    gtin: Gtin | None = None
    link: DigitalLink | None = None
    item: Sgtin | None = None


def test_identifiers_are_fields_of_a_pydantic_model() -> None:
    crate = Crate(
        asset="09520101000019S1",
        gtin=Gtin.parse("9520101001115"),
        link="https://b.vn/01/09520101001115",
        item="urn:epc:id:sgtin:9520101.000111.K7",
    )
    assert crate.asset == Grai.parse("09520101000019S1")
    text = crate.model_dump_json()
    assert Crate.model_validate_json(text) == crate
    assert crate.model_dump()["gtin"] is crate.gtin


def test_a_wrong_identifier_is_a_validation_error_that_says_what_is_wrong() -> None:
    with pytest.raises(ValidationError, match="should be 5, but is 9"):
        Crate(asset="09520101000019S1", gtin="9520101001119")
    with pytest.raises(ValidationError):
        Crate(asset=9520101000019)


def test_the_json_schema_of_an_identifier_admits_what_it_parses() -> None:
    for kind, text in KEYS:
        schema = TypeAdapter(kind).json_schema()
        assert schema["type"] == "string"
        assert re.search(schema["pattern"], text)
        assert not re.search(schema["pattern"], text + "é")
    assert TypeAdapter(DigitalLink).json_schema()["format"] == "uri"
