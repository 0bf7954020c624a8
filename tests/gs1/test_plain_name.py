from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocoptrace.gs1 import DigitalLink, Gs1Error, PlainName, parse_name

NAME = "https://coop.example/ocop/7K2M9QXA/MT500/L1/S1"

segments = st.from_regex(r"[A-Z0-9][A-Z0-9._-]{0,31}", fullmatch=True).filter(
    lambda segment: not segment.isdigit()
)


@given(segments, segments, st.none() | segments, st.none() | segments, st.booleans())
def test_reading_what_was_written_gives_the_name_back(
    producer: str,
    product: str,
    lot: str | None,
    serial: str | None,
    upper: bool,  # noqa: FBT001
) -> None:
    name = PlainName.of(
        "coop.example:8000", producer, product, lot, serial if lot else None, fragment="12"
    )
    assert PlainName.parse(name.to_uri(upper=upper)) == name
    assert parse_name(name.to_uri(upper=upper)) == name
    assert PlainName.parse(name.canonical()).canonical() == name.canonical()


@given(st.one_of(st.text(), st.text("/OCOPab01._-?#", max_size=60).map("https://a/ocop/".__add__)))
def test_any_text_is_a_plain_name_or_a_gs1_error(text: str) -> None:
    with suppress(Gs1Error):
        assert PlainName.parse(text).level in ("product", "batch", "item")


@given(segments, segments, segments, segments)
def test_no_plain_name_reads_as_a_digital_link(a: str, b: str, c: str, d: str) -> None:
    with pytest.raises(Gs1Error):
        DigitalLink.parse(PlainName.of("coop.example", a, b, c, d).to_uri())


def test_parts_of_a_name() -> None:
    name = PlainName.parse("HTTPS://COOP.EXAMPLE/OCOP/7K2M9QXA/MT500/L1/S1?s=1#42")
    assert (name.scheme, name.host) == ("https", "coop.example")
    assert (name.producer, name.product_code, name.lot, name.serial) == (
        "7K2M9QXA",
        "MT500",
        "L1",
        "S1",
    )
    assert (name.other, name.fragment) == ((("s", "1"),), "42")
    assert name.canonical() == name.canonical_with_attributes() == NAME
    assert name.to_uri(upper=True) == "HTTPS://COOP.EXAMPLE/OCOP/7K2M9QXA/MT500/L1/S1?s=1#42"
    assert name.to_uri(fragment="7", scheme="http") == f"http{NAME[5:]}?s=1#7"
    assert (name.key, name.gtin, name.elements) == (None, None, ())


def test_levels() -> None:
    name = PlainName.parse(NAME)
    batch = name.batch()
    assert batch is not None
    assert [each.level for each in (name.product(), batch, name)] == ["product", "batch", "item"]
    assert batch.item("S1") == name
    assert name.product().batch() is None


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("7K2M9QXA", "gs1.plain_name"),
        ("7K2M9QXA/", "gs1.plain_segment"),
        ("7K2M9QXA/MT500/L1/S1/X", "gs1.plain_name"),
        ("7K2M9QXA/mt500", "gs1.plain_segment"),
        ("7K2M9QXA/.A", "gs1.plain_segment"),
        ("7K2M9QXA/A%20B", "gs1.plain_segment"),
        (f"7K2M9QXA/{'A' * 33}", "gs1.plain_segment"),
        ("7K2M9QXA/MT500/01", "gs1.plain_segment_is_key"),
        ("7K2M9QXA/8004", "gs1.plain_segment_is_key"),
    ],
)
def test_what_is_refused_and_as_what(path: str, code: str) -> None:
    with pytest.raises(Gs1Error) as caught:
        PlainName.parse(f"https://coop.example/ocop/{path}")
    assert caught.value.code == code


def test_vietnamese_letters_are_refused_with_a_proposal() -> None:
    with pytest.raises(Gs1Error) as caught:
        PlainName.of("coop.example", "7K2M9QXA", "Mắm tôm đỏ")
    assert caught.value.facts["suggestion"] == "MAM-TOM-DO"


def test_the_host_is_part_of_the_name() -> None:
    name = PlainName.parse(NAME)
    assert name.to_uri(host="COOP.example") == NAME
    for elsewhere in ({"host": "other.example"}, {"stem": "/x"}):
        with pytest.raises(Gs1Error) as caught:
            name.to_uri(**elsewhere)
        assert caught.value.code == "gs1.plain_host"


def test_a_serial_needs_a_lot() -> None:
    with pytest.raises(Gs1Error) as caught:
        PlainName.parse(NAME).product().item("S1")
    assert caught.value.code == "gs1.plain_serial_without_lot"


def test_there_is_no_element_string() -> None:
    with pytest.raises(Gs1Error) as caught:
        PlainName.parse(NAME).element_string()
    assert caught.value.code == "gs1.no_elements"
