from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocoptrace.gs1 import DigitalLink, ElementString, Gs1Error, hri, interpret_scan, transmit
from ocoptrace.gs1.symbology import SYMBOLS, receive

GTIN = ("01", "09520101001115")
ABOVE = (("99", "A"), ("98", "B"))
LINK = "https://example.com/01/09520101001115"


@pytest.mark.parametrize(
    ("raw", "kind", "symbol", "elements"),
    [
        ("9520101001115", "trade_item", "", (GTIN,)),
        ("09520101001115\r\n", "trade_item", "", (GTIN,)),
        ("]E09520101001115", "trade_item", "EAN-13", (GTIN,)),
        ("]I109520101001115", "trade_item", "ITF-14", (GTIN,)),
        ("614141123452", "trade_item", "", (("01", "00614141123452"),)),
        ("95201016", "trade_item", "", (("01", "00000095201016"),)),
        (
            "]E09520101001115|]e099A\x1d98B",
            "trade_item",
            "EAN-13",
            (GTIN, ("99", "A"), ("98", "B")),
        ),
        ("(01)09520101001115(10)L1", "element_string", "", (GTIN, ("10", "L1"))),
        ("^010952010100111510L1", "element_string", "", (GTIN, ("10", "L1"))),
        ("\x1d0109520101001115", "element_string", "", (GTIN,)),
        ("]C110L1\x1d0109520101001115", "element_string", "GS1-128", (("10", "L1"), GTIN)),
        ("]d2010952010100111510L1", "element_string", "GS1 DataMatrix", (GTIN, ("10", "L1"))),
        ("]Q3010952010100111510L1", "element_string", "GS1 QR Code", (GTIN, ("10", "L1"))),
        ("]e00109520101001115", "element_string", "GS1 DataBar", (GTIN,)),
        ("010952010100111510L1", "element_string", "", (GTIN, ("10", "L1"))),
        (f"{LINK}/10/L1", "digital_link", "", (GTIN, ("10", "L1"))),
        (f"]Q1{LINK.upper()}/10/L1#12", "digital_link", "QR Code", (GTIN, ("10", "L1"))),
        ("https://id.gs1.org/AQnYUc1gmg", "digital_link", "", (("01", "05412345000013"),)),
        ("urn:epc:id:sgtin:9520101.000111.S", "epc_urn", "", (GTIN, ("21", "S"))),
        ("HTTPS://B.VN/OCOP/7K2M9QXA/MT500", "plain_name", "", ()),
        ("]Q1Mắm tôm", "text", "QR Code", ()),
        ("", "text", "", ()),
    ],
)
def test_what_a_scan_is(
    raw: str, kind: str, symbol: str, elements: tuple[tuple[str, str], ...]
) -> None:
    scan = interpret_scan(raw)
    assert (scan.kind, scan.symbol, scan.elements) == (kind, symbol, elements)
    assert (scan.raw, scan.ok) == (raw, True)
    assert (scan.name is not None) == (kind != "text")


@pytest.mark.parametrize(
    ("raw", "kind", "codes"),
    [
        ("9520101001119", "trade_item", ["gs1.check_digit"]),
        (
            "(01)09520101001119(17)271331(10)Lô",
            "element_string",
            ["gs1.check_digit", "gs1.date", "gs1.charset"],
        ),
        ("(10)A(10)B", "element_string", ["gs1.contradiction"]),
        ("(89)A", "element_string", ["gs1.unknown_ai"]),
        ("^89A", "element_string", ["gs1.unknown_ai"]),
        ("(01", "element_string", ["gs1.element_string"]),
        (f"{LINK}/21/S/10/L?17=271331", "digital_link", ["gs1.path", "gs1.date"]),
        (f"{LINK}?10=L&99=A&99=A", "digital_link", ["gs1.belongs_in_path", "gs1.repeated"]),
        (f"{LINK}?89=1", "digital_link", ["gs1.unknown_ai"]),
        (f"{LINK}/10/Lô?17=271331", "digital_link", ["gs1.charset", "gs1.date"]),
        (f"{LINK}?q=mắm", "digital_link", ["gs1.uri_character"]),
        ("https://shop.example/about", "link", ["gs1.no_key"]),
        ("https://b.vn/ocop/a/b", "plain_name", ["gs1.plain_segment"]),
        ("urn:epc:id:sgtin:1.2.3", "epc_urn", ["gs1.epc_urn"]),
        ("]Z9ABC", "text", ["gs1.symbology"]),
        ("]e0", "text", ["gs1.symbol_data"]),
        ("]E0952010100111", "text", ["gs1.symbol_data"]),
        ("9" * 5000, "text", ["gs1.uri_too_long"]),
    ],
)
def test_everything_that_is_wrong_is_found_at_once(raw: str, kind: str, codes: list[str]) -> None:
    scan = interpret_scan(raw)
    errors = [finding for finding in scan.findings if finding.severity == "error"]
    assert (scan.kind, [finding.code for finding in errors]) == (kind, codes)
    assert (scan.ok, scan.name) == (False, None)


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ("9520101001115", "gs1.demo_number"),
        ("2112345678900", "gs1.restricted_number"),
        ("010952010100111510L1", "gs1.assumed_fnc1"),
        ("https://id.gs1.org/AQnYUc1gmg", "gs1.was_compressed"),
        ("(10)L1", "gs1.requisite"),
        ("Mắm tôm", "gs1.not_gs1"),
    ],
)
def test_what_a_person_should_know_is_noted_without_being_an_error(raw: str, code: str) -> None:
    scan = interpret_scan(raw)
    assert scan.ok
    assert code in {finding.code for finding in scan.findings}
    assert all(finding.text("vi") != finding.code for finding in scan.findings)


def test_elements_that_no_link_carries_have_no_name() -> None:
    assert interpret_scan("(10)L1").name is None


@given(
    st.text()
    | st.text("0123456789", max_size=20)
    | st.text("01()^|]CQed23/ \x1d", max_size=30)
    | st.text("0123456789/?=&%AB", max_size=30).map(f"{LINK}".__add__)
)
def test_a_scan_is_right_where_parsing_is(raw: str) -> None:
    scan = interpret_scan(raw)
    assert scan.raw == raw
    readers = {"digital_link": DigitalLink.parse, "element_string": ElementString.parse}
    whole = raw.strip(" \t\r\n")
    if scan.kind in readers and not scan.symbol and "|" not in raw and scan.ok:
        noted = {finding.code for finding in scan.findings}
        if not noted & {"gs1.assumed_fnc1", "gs1.was_compressed"}:
            assert readers[scan.kind](whole).elements == scan.elements
    if not scan.ok:
        for read in readers.values():
            with pytest.raises(Gs1Error):
                read(whole)


@given(
    st.sampled_from(sorted(SYMBOLS)),
    st.text("^|019A\\", max_size=20) | st.text(max_size=20).map("^01095201010011151".__add__),
)
def test_what_is_transmitted_is_received_or_refused(symbol: str, message: str) -> None:
    try:
        sent = transmit(symbol, message)
    except Gs1Error:
        return
    assert interpret_scan(sent).raw == sent


@pytest.mark.parametrize("symbol", ["QR", "DataMatrix", "DotCode", "GS1-128", "DataBar"])
def test_elements_survive_the_reader(symbol: str) -> None:
    message = ElementString.parse("(10)L1(01)09520101001115(99)A").unbracketed()
    assert receive(transmit(symbol, message)).message == message


@pytest.mark.parametrize(
    ("symbol", "message"),
    [
        ("QR", "^0109520101001115|^99A"),
        ("EAN-13", "19520101001112"),
        ("EAN-13", "^010952010100111510L"),
        ("EAN-8", "9520101001115"),
        ("ITF-14", "L1"),
        ("DataBar", "L1"),
    ],
)
def test_what_a_symbol_does_not_hold_is_refused(symbol: str, message: str) -> None:
    with pytest.raises(Gs1Error) as caught:
        transmit(symbol, message)
    assert caught.value.code == "gs1.symbol_data"


def test_an_unknown_symbol_is_refused_with_those_there_are() -> None:
    with pytest.raises(Gs1Error, match="EAN-13"):
        transmit("Aztec", "^0109520101001115")


def test_lines_for_people() -> None:
    elements = [GTIN, ("10", "L1"), ("89", "X")]
    assert hri(elements) == ("(01) 09520101001115", "(10) L1", "(89) X")
    assert hri(elements, titles=True)[1:] == ("BATCH/LOT (10) L1", "(89) X")
