from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocoptrace.epcis.event_hash.decimals import binary, exact
from ocoptrace.epcis.event_hash.identifiers import one_link
from ocoptrace.epcis.event_hash.profile import PROFILES
from ocoptrace.epcis.event_hash.times import utc
from ocoptrace.epcis.event_hash.values import Values
from ocoptrace.errors import EpcisError, Gs1Error
from ocoptrace.gs1.epc import epc_urn_to_digital_link

GTIN = "https://id.gs1.org/01/09521234543213"
CBV = "https://ref.gs1.org/cbv/"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0", "0"),
        ("-0.0", "0"),
        ("+5", "5"),
        ("-12.340", "-12.34"),
        ("1e3", "1000"),
        ("1.25E+1", "12.5"),
        ("12.5e-3", "0.0125"),
        ("120e-1", "12"),
        ("0e9", "0"),
        ("0.000001", "0.000001"),
        ("123456789012345678901234", "123456789012345678901234"),
        ("1e400", "1" + "0" * 400),
        ("1e401", "1e401"),
        ("1e-401", "1e-401"),
        ("1e999999999999999999999", "1e999999999999999999999"),
        ("1.", "1."),
        (".5", ".5"),
        ("1_000", "1_000"),
        ("٣", "٣"),
        ("0x10", "0x10"),
        ("inf", "inf"),
        ("nan", "nan"),
        ("2025-08-20", "2025-08-20"),
    ],
)
def test_exact_numbers_have_one_plain_spelling(text: str, expected: str) -> None:
    assert exact(text) == expected
    assert exact(expected) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("007", "7"),
        ("1e3", "1000"),
        ("+5", "5"),
        ("-0.0", "0"),
        ("٣", "3"),
        ("1_000", "1000"),
        ("0.00001", "1e-05"),
        ("12345678901234567890", "12345678901234567168"),
        ("0.30000000000000001", "0.3"),
        ("nan", "nan"),
        ("0x10", "0x10"),
        ("LOT-7", "LOT-7"),
    ],
)
def test_binary_numbers_are_what_the_old_release_made_of_them(text: str, expected: str) -> None:
    assert binary(text) == expected


@pytest.mark.parametrize("text", ["inf", "-Infinity", "1e999"])
def test_what_the_old_release_drops_has_no_hash(text: str) -> None:
    with pytest.raises(EpcisError) as caught:
        binary(text)
    assert caught.value.code == "epcis.hash_dropped"


@pytest.mark.parametrize(
    ("fraction", "half_up", "half_even"),
    [
        (".1415", "142", "142"),
        (".1414", "141", "141"),
        (".0005", "001", "000"),
        (".0015", "002", "002"),
        (".0025", "003", "002"),
        (".000499999", "000", "000"),
        (".3142715", "314", "314"),
        ("", "000", "000"),
    ],
)
def test_fractions_of_a_second_are_rounded(fraction: str, half_up: str, half_even: str) -> None:
    text = f"2023-02-02T11:04:03{fraction}Z"
    assert utc(text) == f"2023-02-02T11:04:03.{half_up}Z"
    assert utc(text, half_even=True) == f"2023-02-02T11:04:03.{half_even}Z"


def test_rounding_carries_into_the_next_year() -> None:
    assert utc("2023-12-31T23:59:59.9996Z") == "2024-01-01T00:00:00.000Z"
    with pytest.raises(EpcisError) as caught:
        utc("2023-12-31T23:59:59.9996Z", carries=False)
    assert caught.value.code == "epcis.hash_dropped"


@given(
    st.datetimes(min_value=datetime(1, 1, 2), max_value=datetime(9999, 12, 30)),  # noqa: DTZ001
    st.integers(-14 * 4, 14 * 4).map(lambda quarters: timedelta(minutes=15 * quarters)),
)
def test_any_time_is_told_in_utc(when: datetime, offset: timedelta) -> None:
    aware = when.replace(microsecond=when.microsecond // 1000 * 1000, tzinfo=timezone(offset))
    expected = aware.astimezone(UTC).isoformat(timespec="milliseconds")
    text = aware.isoformat(timespec="milliseconds")
    assert utc(text) == expected.replace("+00:00", "Z")
    assert utc(text.replace(".000", "")) == utc(text)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("2023-02-02T24:00:00Z", "epcis.time"),
        ("2023-02-30T11:00:00Z", "epcis.time"),
        ("2023-02-02T11:00:60Z", "epcis.time"),
        ("2023-02-02T11:00:00+24:00", "epcis.time"),
        ("2023-02-02T11:04:03", "epcis.time_without_offset"),
        ("0001-01-01T00:00:00+14:00", "epcis.time"),
        ("9999-12-31T23:59:59.9996Z", "epcis.time"),
        ("soon", "epcis.time"),
    ],
)
def test_a_time_without_a_form_in_utc_is_refused(text: str, code: str) -> None:
    with pytest.raises(EpcisError) as caught:
        utc(text)
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("uri", "expected"),
    [
        ("https://shop.example/01/09521234543213", GTIN),
        ("http://shop.example:8080/a/b/01/09521234543213/10/L1?17=1#x", f"{GTIN}/10/L1"),
        ("https://shop.example/01/09521234543213/10/L1/21/7", f"{GTIN}/21/7"),
        ("https://shop.example/01/09521234543213/22/V/10/L1", f"{GTIN}/10/L1"),
        ("https://shop.example/01/09521234543213/22/V", GTIN),
        ("https://shop.example/01/09521234543213/235/T", f"{GTIN}/235/T"),
        ("https://shop.example/01/9521234543213", GTIN),
        ("https://shop.example/gtin/09521234543213/lot/L1", f"{GTIN}/10/L1"),
        ("HTTPS://SHOP.EXAMPLE/01/09521234543213", GTIN),
        ("https://shop.example/01/09521234543213/", GTIN),
        ("https://shop.example/01/09521234543213#part", GTIN),
        ("https://shop.example/01/09521234543213/10/A%2fB", f"{GTIN}/10/A%2FB"),
        ("urn:epc:class:lgtin:9521234.054321.A%2FB", f"{GTIN}/10/A%2FB"),
        ("https://shop.example/01/09521234543213/10/A!(B)", f"{GTIN}/10/A!(B)"),
        ("https://shop.example/01/09521234543213/10/A%21%28B%29", f"{GTIN}/10/A!(B)"),
        ("urn:epc:class:lgtin:9521234.054321.A!(B)", f"{GTIN}/10/A!(B)"),
        ("urn:epc:idpat:sgtin:9521234.054321.*", GTIN),
        ("urn:epc:id:pgln:999999999999.", "https://id.gs1.org/417/9999999999994"),
        ("urn:epc:id:ginc:9521234.XY", "https://id.gs1.org/401/9521234XY"),
        ("https://a.example/414/9521234000013/254/0", "https://id.gs1.org/414/9521234000013"),
        ("https://a.example/414/9521234000013/254/7", "https://id.gs1.org/414/9521234000013/254/7"),
        (
            "https://a.example/8006/095212345432130102/10/L",
            "https://id.gs1.org/8006/095212345432130102/10/L",
        ),
        ("https://a.example/01/01/09521234543213", GTIN),
    ],
)
def test_one_thing_has_one_link(uri: str, expected: str) -> None:
    assert one_link(uri) == expected
    assert one_link(expected) == expected


@pytest.mark.parametrize(
    "uri",
    [
        "https://shop.example/orders/01/7",
        "https://shop.example/01/09521234543213/10/123456789012345678901",
        "https://shop.example/01/09521234543213/21/7/10/L1",
        "https://shop.example/01/09521234543213/10",
        "https://shop.example/01/09521234543213/10/L1/7003/1",
        "https://shop.example/8004/A",
        "https:///01/09521234543213",
        "ftp://shop.example/01/09521234543213",
        "urn:epc:id:sgtin:9521234.054321",
        "urn:epc:id:sgtin:9521234.054321.123456789012345678901",
        "urn:epc:raw:64.1",
        "09521234543213",
        "",
    ],
)
def test_what_is_no_gs1_identifier_has_no_link(uri: str) -> None:
    assert one_link(uri) is None


@given(
    st.sampled_from(["id:sgtin", "class:lgtin", "id:lgtin", "idpat:sgtin", "id:sgln"]),
    st.from_regex(r"[0-9]{3,13}\.[0-9]{0,7}", fullmatch=True),
    st.from_regex(r"[A-Za-z0-9._%-]{0,21}", fullmatch=True),
)
def test_a_urn_has_the_link_of_its_digital_link(scheme: str, gtin: str, serial: str) -> None:
    urn = f"urn:epc:{scheme}:{gtin}.{serial}"
    try:
        expected = epc_urn_to_digital_link(urn)
    except Gs1Error:
        return
    assert one_link(urn) == expected


@pytest.mark.parametrize(
    ("uri", "expected"),
    [
        ("https://shop.example/01/09521234543213/", None),
        ("https://shop.example/01/09521234543213#part", None),
        ("HTTPS://SHOP.EXAMPLE/01/09521234543213", None),
        ("https://shop.example/01/09521234543213/10/A%2FB", None),
        ("https://shop.example/01/09521234543213/10/L?x#part", f"{GTIN}/10/L"),
        (
            "https://a.example/414/9521234000013/254/0",
            "https://id.gs1.org/414/9521234000013/254/0",
        ),
        ("urn:epc:id:sgtin:9521234.054321.A!(B)'+,:;=", f"{GTIN}/21/A%21%28B%29'%2B%2C%3A;="),
    ],
)
def test_the_old_profile_knows_fewer_links(uri: str, expected: str | None) -> None:
    old = PROFILES["reference-1.9"]
    assert one_link(uri, unescaped=old.unescaped, tolerant=old.tolerant_links) == expected


@pytest.mark.parametrize(
    ("value", "form", "expected"),
    [
        ("receiving", "BizStep", f"{CBV}BizStep-receiving"),
        ("urn:epcglobal:cbv:bizstep:receiving", "BizStep", f"{CBV}BizStep-receiving"),
        ("cbv:BizStep-receiving", "BizStep", f"{CBV}BizStep-receiving"),
        (f"{CBV}BizStep-receiving", "BizStep", f"{CBV}BizStep-receiving"),
        ("receiving", "Disp", "receiving"),
        ("receiving", "value", "receiving"),
        ("smoking", "BizStep", "smoking"),
        ("ocop:smoking", "BizStep", "ocop:smoking"),
        ("x", "Comp", f"{CBV}Comp-x"),
        ("sideways", "Comp", f"{CBV}Comp-sideways"),
        ("example:x", "Comp", "example:x"),
        ("Temperature", "Measurement", "https://ref.gs1.org/voc/Temperature"),
        ("ALARM_CONDITION", "Measurement", "https://ref.gs1.org/voc/ALARM_CONDITION"),
        ("gs1:MT-Speed", "Measurement", "https://ref.gs1.org/voc/MT-Speed"),
        ("MT-Speed", "Measurement", "https://ref.gs1.org/voc/MT-Speed"),
        ("ocop:pH", "Measurement", "ocop:pH"),
        ("urn:epcglobal:cbv:bt:9521234000013:1", "value", "urn:epcglobal:cbv:bt:9521234000013:1"),
    ],
)
def test_words_become_web_addresses(value: str, form: Any, expected: str) -> None:
    assert Values(PROFILES["cbv2.0"], {}).text(value, form) == expected


def test_a_declared_gs1_prefix_counts_in_values() -> None:
    declared = Values(PROFILES["cbv2.0"], {"gs1": "https://gs1.org/voc/", "farm": "urn:f:"})
    assert declared.text("gs1:MT-Speed") == "https://gs1.org/voc/MT-Speed"
    assert declared.text("farm:word") == "farm:word"


def test_long_texts_are_written_like_short_ones() -> None:
    values = Values(PROFILES["cbv2.0"], {})
    assert values.text("1" * 5000 + ".50") == "1" * 5000 + ".5"


@given(st.sampled_from(["", "inf", "nan", "Infinity", "e", "1e"]), st.text(max_size=8))
def test_every_text_that_python_reads_as_a_number_is_taken_for_one(head: str, tail: str) -> None:
    text = head + tail
    try:
        number = float(text)
    except ValueError:
        assert binary(text) == text
    else:
        assert not math.isfinite(number) or float(binary(text)) == number
