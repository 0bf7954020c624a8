"""What fuzzing does with an input: one reader of ``ocoptrace.gs1`` takes it.

What is read must be written and read back unchanged, and nothing but ``Gs1Error`` comes out.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from ocoptrace.gs1 import (
    KEYS,
    DigitalLink,
    ElementString,
    Gs1Error,
    PlainName,
    compress,
    decompress,
    epc_urn_to_digital_link,
    hri,
    interpret_scan,
    read_amount,
    read_dates,
    transmit,
)
from ocoptrace.gs1.company_prefixes import CompanyPrefixes
from ocoptrace.gs1.symbology import SYMBOLS

if TYPE_CHECKING:
    from collections.abc import Callable

SEEDS = (
    "https://example.com/01/09520101001115/10/MT-0601/21/K7Q2?17=271231&linkType=gs1%3Apip#1",
    "https://example.com/ocop/7K2M9QXA/MT500/L-0601/K7Q2",
    "https://id.gs1.org/AQnYUc1gmiCNV4JGLo3Dfg2q72Etrue8K7RPRWwjc0D4",
    "(01)09520101001115(10)MT-0601(3103)000500(7003)2712312359(3932)70412500",
    "^010952010100111510MT-0601^17271231|^99ABC",
    "]d2010952010100111510MT-0601\x1d17271231",
    "]E09520101001115|]e099ABC",
    "urn:epc:id:sgtin:9520101.000111.K7Q2",
    "urn:epc:idpat:itip:9520101.000111.01.02.*",
    "9520101 7\n8934 7 # more",
)


def link(text: str) -> None:
    """Read a Digital Link, compress it and read it back."""
    read = DigitalLink.parse(text)
    assert DigitalLink.parse(read.to_uri(scheme=read.scheme)) == read
    assert DigitalLink.parse(read.canonical()).canonical() == read.canonical()
    packed = decompress(compress(read))
    assert packed.canonical_with_attributes() == read.canonical_with_attributes()
    elements(read.element_string())


def elements(text: str) -> None:
    """Read an element string and what it means, and write it in each form."""
    read = ElementString.parse(text)
    assert ElementString.parse(read.bracketed()) == read
    assert ElementString.parse(read.unbracketed()) == read
    hri(read.elements, titles=True)
    for code, value in read.elements:
        read_amount(code, value)
        with contextlib.suppress(Gs1Error):
            read_dates(code, value, year=2026)


def plain(text: str) -> None:
    """Read a plain name and read it back."""
    read = PlainName.parse(text)
    assert PlainName.parse(read.to_uri(upper=True)) == read


def scan(text: str) -> None:
    """Interpret anything; it never fails, and is right exactly where parsing is."""
    read = interpret_scan(text)
    assert read.raw == text
    for finding in read.findings:
        assert "{" not in finding.text() + finding.remedy() or "{" in text
    if read.name is not None:
        assert read.ok


def urn(text: str) -> None:
    """Read an EPC URN."""
    DigitalLink.parse(epc_urn_to_digital_link(text))


def sent(text: str) -> None:
    """Write what a reader would send for a text, and interpret that."""
    symbol = list(SYMBOLS)[len(text) % len(SYMBOLS)]
    for message in (text, f"^{text}", f"^01{text}|^{text}"):
        with contextlib.suppress(Gs1Error):
            interpret_scan(transmit(symbol, message))


def keys(text: str) -> None:
    """Read a text as every key there is."""
    for key in KEYS.values():
        with contextlib.suppress(Gs1Error):
            read = key.parse(text)
            assert key.parse(str(read)) == read


READERS: tuple[Callable[[str], object], ...] = (
    link,
    elements,
    plain,
    scan,
    urn,
    sent,
    keys,
    decompress,
    CompanyPrefixes.parse,
)


def one_input(data: bytes) -> None:
    """Give one input to one reader.

    The first byte chooses the reader; the second a start that gets past its door, or none.
    """
    reader, start = (*data[:2], 0, 0)[:2]
    seed = SEEDS[start % len(SEEDS)][: start % 61] if start % 4 else ""
    encoding = "latin-1" if start % 2 else "utf-8"
    with contextlib.suppress(Gs1Error):
        READERS[reader % len(READERS)](seed + data[2:].decode(encoding, "surrogateescape"))
