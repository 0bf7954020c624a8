from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocoptrace.gs1 import (
    DigitalLink,
    Gs1Error,
    digital_link_to_epc_urn,
    epc_urn_to_digital_link,
)
from ocoptrace.gs1.checks import CHARACTER_SETS, check_digit

BOTH_WAYS = [
    ("urn:epc:id:sgtin:9520101.000111.K7Q2", "01/09520101001115/21/K7Q2"),
    ("urn:epc:id:sgtin:9520101.000111.A.B-%2F", "01/09520101001115/21/A.B-%2F"),
    ("urn:epc:class:lgtin:9520101.000111.LO-1", "01/09520101001115/10/LO-1"),
    ("urn:epc:idpat:sgtin:9520101.000111.*", "01/09520101001115"),
    ("urn:epc:id:upui:9520101.000111.TPX", "01/09520101001115/235/TPX"),
    ("urn:epc:id:sscc:9520101.0000000001", "00/095201010000000019"),
    ("urn:epc:id:sgln:9520101.00001.0", "414/9520101000019"),
    ("urn:epc:id:sgln:9520101.00001.YARD", "414/9520101000019/254/YARD"),
    ("urn:epc:id:pgln:9520101.00001", "417/9520101000019"),
    ("urn:epc:id:grai:9520101.00001.S1", "8003/09520101000019S1"),
    ("urn:epc:idpat:grai:9520101.00001.*", "8003/09520101000019"),
    ("urn:epc:id:giai:9520101.BOX7", "8004/9520101BOX7"),
    ("urn:epc:id:gdti:9520101.00001.D1", "253/9520101000019D1"),
    ("urn:epc:id:ginc:9520101.C1", "401/9520101C1"),
    ("urn:epc:id:cpi:9520101.P1.7", "8010/9520101P1/8011/7"),
    ("urn:epc:id:itip:9520101.000111.01.02.S1", "8006/095201010011150102/21/S1"),
    ("urn:epc:idpat:itip:9520101.000111.01.02.*", "8006/095201010011150102"),
]


@pytest.mark.parametrize(("urn", "path"), BOTH_WAYS)
def test_urn_and_link_are_one_name(urn: str, path: str) -> None:
    assert epc_urn_to_digital_link(urn) == f"https://id.gs1.org/{path}"
    link = f"https://example.com/{path}"
    assert digital_link_to_epc_urn(link, company_prefix_length=7) == urn


def test_a_prefix_of_twelve_digits_leaves_no_reference() -> None:
    urn, link = "urn:epc:id:pgln:999999999999.", "https://id.gs1.org/417/9999999999994"
    assert epc_urn_to_digital_link(urn) == link
    assert digital_link_to_epc_urn(link, company_prefix_length=12) == urn


@given(
    st.integers(4, 12),
    st.text("0123456789", min_size=13, max_size=13),
    st.text(CHARACTER_SETS["X"], min_size=1, max_size=20),
)
def test_sgtin_comes_back_for_every_prefix_length(length: int, digits: str, serial: str) -> None:
    link = DigitalLink.of(("01", digits + check_digit(digits)), ("21", serial)).canonical()
    urn = digital_link_to_epc_urn(link, company_prefix_length=length)
    assert epc_urn_to_digital_link(urn) == link


@given(
    st.one_of(
        st.text(),
        st.text("0123456789.*AB%", max_size=40).map("urn:epc:id:sgtin:".__add__),
        st.text("0123456789.*AB%", max_size=40).map("urn:epc:idpat:itip:".__add__),
        st.text("0123456789.*AB%", max_size=40).map("urn:epc:id:giai:".__add__),
    )
)
def test_any_text_is_an_epc_urn_or_a_gs1_error(text: str) -> None:
    with suppress(Gs1Error):
        assert epc_urn_to_digital_link(text).startswith("https://id.gs1.org/")


def test_a_urn_of_an_item_does_not_carry_the_lot() -> None:
    link = "https://example.com/01/09520101001115/10/L1/21/S1"
    urn = digital_link_to_epc_urn(link, company_prefix_length=7)
    assert urn == "urn:epc:id:sgtin:9520101.000111.S1"


@pytest.mark.parametrize(
    ("urn", "code"),
    [
        ("urn:epc:id:lgtin:9520101.000111.L1", "gs1.epc_urn"),
        ("urn:epc:id:nope:9520101.000111.L1", "gs1.epc_urn"),
        ("urn:epc:id:sgtin:9520101.00011.S1", "gs1.epc_urn"),
        ("urn:epc:id:sgtin:9520101.000111", "gs1.epc_urn"),
        ("urn:epc:id:sgtin:9520101.000111.", "gs1.epc_urn"),
        ("urn:epc:id:grai:9520101.00001.", "gs1.epc_urn"),
        ("urn:epc:id:sgtin:952.0000000111.S1", "gs1.epc_urn"),
        ("urn:epc:id:sgtin:952010X.000111.S1", "gs1.epc_urn"),
        ("urn:epc:idpat:sgtin:9520101.*.*", "gs1.epc_pattern"),
        ("urn:epc:idpat:sgtin:9520101.000111.S1", "gs1.epc_pattern"),
        ("urn:epc:idpat:sscc:9520101.*", "gs1.epc_pattern"),
        ("urn:epc:idpat:lgtin:9520101.000111.*", "gs1.epc_pattern"),
        ("urn:epc:id:sgtin:9520101.000111.L%C3%B4", "gs1.charset"),
        ("urn:epc:id:sgtin:9520101.000111." + "9" * 600, "gs1.epc_urn"),
    ],
)
def test_what_is_refused_and_as_what(urn: str, code: str) -> None:
    with pytest.raises(Gs1Error) as caught:
        epc_urn_to_digital_link(urn)
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("path", "length", "code"),
    [
        ("01/09520101001115/21/S1", 3, "gs1.company_prefix_length"),
        ("01/09520101001115/21/S1", 13, "gs1.company_prefix_length"),
        ("8004/9520X1", 7, "gs1.company_prefix_length"),
        ("01/09520101001115/22/V", 7, "gs1.no_epc_urn"),
        ("8013/1987654Ad4X4bL5ttr2310c2K", 7, "gs1.no_epc_urn"),
    ],
)
def test_what_has_no_urn(path: str, length: int, code: str) -> None:
    with pytest.raises(Gs1Error) as caught:
        digital_link_to_epc_urn(f"https://example.com/{path}", company_prefix_length=length)
    assert caught.value.code == code
