"""Compressed Digital Links: the elements as bits, the bits in 64 characters of a path.

Short, but a reader at the point of sale does not take them; they are for links that a phone
opens. Whoever answers such a link must take it apart first.

>>> link = DigitalLink.parse("https://example.com/01/05412345000013/10/ABC123/21/72292641703")
>>> compress(link, shared_codes=False)
'https://example.com/AQnYUc1gmiCNV4JGQhcNT6K6c'
>>> decompress("https://example.com/AQnYUc1gmiCNV4JGQhcNT6K6c") == link
True
>>> compress(link, keep_key=True)
'https://example.com/01/05412345000013/EEarwSMhC4an0V04'

Source: GS1 Digital Link Standard, Compression, 1.0. Values of AIs are encoded by what they
hold: digits as one number, else 4, 6 or 7 bits a character.
"""

from __future__ import annotations

import math
import re
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from ocoptrace.errors import Gs1Error
from ocoptrace.gs1 import uri as uris
from ocoptrace.gs1._shown import shown
from ocoptrace.gs1.application_identifiers import application_identifier, code_lengths
from ocoptrace.gs1.digital_link import DigitalLink
from ocoptrace.gs1.link_rules import is_primary_key
from ocoptrace.gs1.percent_encoding import escape, unescape

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ocoptrace.gs1.link_rules import Element

__all__ = ["compress", "decompress"]

_BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
_SEGMENT = re.compile("[A-Za-z0-9_-]+")
_SEXTET, _SEPTET = 6, 7
_OTHER = 0xF
_LONGEST_OTHER = 127

_SHARED = """
0A 01 22|0B 01 10|0C 01 21|0D 01 17|0E 01 7003|0F 01 30|1A 01 10 21 17|1B 01 15|1C 01 11
1D 01 16|1E 01 91|1F 01 10 15|2A 01 3100|2B 01 3101|2C 01 3102|2D 01 3103|2E 01 3104
2F 01 3105|3A 01 3200|3B 01 3201|3C 01 3202|3D 01 3203|3E 01 3204|3F 01 3205|9A 8010 8011
9B 8017 8019|9C 8018 8019|9D 414 254|A0 01 3920|A1 01 3921|A2 01 3922|A3 01 3923|A4 01 3924
A5 01 3925|A6 01 3926|A7 01 3927|A8 01 3928|A9 01 3929|C0 255 3900|C1 255 3901|C2 255 3902
C3 255 3903|C4 255 3904|C5 255 3905|C6 255 3906|C7 255 3907|C8 255 3908|C9 255 3909
CA 255 3940|CB 255 3941|CC 255 3942|CD 255 3943
"""
"""Codes of two hexadecimal digits that stand for several AIs at once, and those AIs."""


class _Encoding(NamedTuple):
    """How characters become bits.

    Attributes:
        number: its number in the bits.
        matches: what can be encoded so.
        bits: bits for a character; 0 where all are one number.
        alphabet: what the bits of a character count.
    """

    number: int
    matches: re.Pattern[str]
    bits: int
    alphabet: str


_ENCODINGS = (
    _Encoding(0, re.compile("[0-9]+"), 0, "0123456789"),
    _Encoding(2, re.compile("[0-9A-F]+"), 4, "0123456789ABCDEF"),
    _Encoding(1, re.compile("[0-9a-f]+"), 4, "0123456789abcdef"),
    _Encoding(3, _SEGMENT, _SEXTET, _BASE64),
    _Encoding(4, re.compile("[\x00-\x7f]*"), _SEPTET, "".join(map(chr, range(128)))),
)
"""Every way, the one to be preferred first."""
_BY_NUMBER = {encoding.number: encoding for encoding in _ENCODINGS}


class _Field(NamedTuple):
    """A part of a value that is encoded by itself: digits or any characters, up to a length."""

    digits: bool
    maximum: int
    fixed: bool


def compress(link: DigitalLink, *, keep_key: bool = False, shared_codes: bool = True) -> str:
    """Return a link with its elements compressed; host, stem and other parameters stay.

    Args:
        link: the link.
        keep_key: leave the primary key readable; where there is nothing else, so is the link.
        shared_codes: let one code stand for several AIs where the standard has one.
    """
    path = ""
    elements = link.elements
    if keep_key:
        ai, value = link.key
        path = f"/{ai}/{escape(value)}"
        elements = elements[1:]
    bits = _Bits()
    _write(bits, dict(elements), shared_codes=shared_codes)
    segment = bits.base64()
    head = f"{link.scheme}://{link.host}{link.stem}{path}{segment and '/' + segment}"
    return f"{head}{uris.write_query(link.other)}{link.fragment and '#' + link.fragment}"


def decompress(uri: str) -> DigitalLink:
    """Return the link that a compressed one stands for, its key readable or not.

    Args:
        uri: as ``DigitalLink.parse`` takes it, its last path segment compressed.

    Raises:
        Gs1Error: no URI of that kind, or its last segment is no compressed link.
    """
    scheme, host, path, query, fragment = uris.split(uri)
    stem, _, segment = path.rpartition("/")
    kept: list[Element] = []
    above = stem.rsplit("/", 2)
    if len(above) == len(("stem", "key", "value")) and is_primary_key(above[1]):
        stem, kept = above[0], [(above[1], unescape(above[2]))]
    link, other = _read_link(uri, segment, kept)
    parameters = uris.read_query(query) if query else []
    return DigitalLink(
        link.key,
        link.qualifiers,
        (*link.attributes, *[each for each in parameters if each[0].isdigit()]),
        (*other, *[each for each in parameters if not each[0].isdigit()]),
        scheme=scheme,
        host=host,
        stem=stem,
        fragment=fragment,
    )


@cache
def _shared() -> dict[int, tuple[str, ...]]:
    entries = (entry.split() for line in _SHARED.split("\n") for entry in line.split("|") if entry)
    return {int(code, 16): tuple(codes) for code, *codes in entries}


@cache
def _fields(code: str) -> tuple[_Field, ...]:
    """Return the fields of an AI: its components, those of one kind put together."""
    ai = application_identifier(code)
    fields: list[_Field] = []
    for component in ai.components if ai else ():
        digits = component.kind == "N"
        fixed = component.minimum == component.maximum and not component.optional
        before = fields[-1] if fields else None
        joined = before and before.digits == digits and (before.fixed == fixed or not digits)
        if before and joined:
            fields[-1] = _Field(digits, before.maximum + component.maximum, fixed)
        else:
            fields.append(_Field(digits, component.maximum, fixed))
    return tuple(fields)


def _digit_bits(count: int) -> int:
    """Return how many bits hold a number of some digits; the standard rounds up generously."""
    return math.ceil(count * math.log2(10) + 0.01)


class _Bits:
    """Bits, written at the end and read from the start."""

    def __init__(self, segment: str = "") -> None:
        self._bits = "".join(f"{_BASE64.index(character):06b}" for character in segment)
        self._at = 0

    @property
    def left(self) -> str:
        """What has not been read."""
        return self._bits[self._at :]

    def put(self, number: int, size: int) -> None:
        """Write a number in so many bits."""
        if size:
            self._bits += f"{number:0{size}b}"

    def take(self, size: int) -> int:
        """Return the number that the next bits are.

        Raises:
            EOFError: there are not so many.
        """
        bits = self._bits[self._at : self._at + size]
        if len(bits) < size:
            raise EOFError
        self._at += size
        return int(bits or "0", 2)

    def base64(self) -> str:
        """Return the bits in characters of a path, filled up with zeros."""
        filled = self._bits + "0" * (-len(self._bits) % _SEXTET)
        starts = range(0, len(filled), _SEXTET)
        return "".join(_BASE64[int(filled[at : at + _SEXTET], 2)] for at in starts)


def _write(bits: _Bits, values: dict[str, str], *, shared_codes: bool) -> None:
    """Write elements: those of shared codes first, the others in the order of their AIs."""
    left = sorted(values)
    while shared_codes:
        fitting = [
            (len("".join(codes)), -code, codes)
            for code, codes in _shared().items()
            if set(codes) <= set(left)
        ]
        if not fitting:
            break
        _, code, codes = max(fitting)
        bits.put(-code, 8)
        for each in codes:
            _write_value(bits, each, values[each])
        left = [each for each in left if each not in codes]
    for each in left:
        bits.put(int(each, 16), 4 * len(each))
        _write_value(bits, each, values[each])


def _write_value(bits: _Bits, code: str, value: str) -> None:
    for field in _fields(code):
        part, value = value[: field.maximum], value[field.maximum :]
        encoding = next(each for each in _ENCODINGS if each.matches.fullmatch(part))
        if not field.digits:
            bits.put(encoding.number, 3)
        if not field.fixed:
            bits.put(len(part), field.maximum.bit_length())
        if field.digits or encoding.number == 0:
            bits.put(int(part or "0"), _digit_bits(len(part)))
        else:
            for character in part:
                bits.put(encoding.alphabet.index(character), encoding.bits)


def _read_link(
    uri: str, segment: str, kept: Iterable[Element]
) -> tuple[DigitalLink, list[tuple[str, str]]]:
    """Return the link of what is kept and what a segment holds, and its other parameters."""
    try:
        elements, other = _read(uri, segment, kept, in_order=True)
        return DigitalLink.of(*elements), other
    except Gs1Error as error:
        # One widely used encoder sorts the AIs of a shared code.
        try:
            elements, other = _read(uri, segment, kept, in_order=False)
            return DigitalLink.of(*elements), other
        except Gs1Error:
            raise error from None


def _read(
    uri: str, segment: str, kept: Iterable[Element], *, in_order: bool
) -> tuple[list[Element], list[tuple[str, str]]]:
    """Return the elements and the other parameters that a segment holds.

    Args:
        uri: for the error.
        segment: the compressed part.
        kept: elements that stand before it, readable.
        in_order: read the AIs of a shared code in the order of the table, else sorted.
    """
    refusal = Gs1Error("gs1.compressed", value=shown(uri))
    if not _SEGMENT.fullmatch(segment):
        raise refusal
    bits = _Bits(segment)
    elements, other = list(kept), []
    try:
        # Zeros that fill up the last character are fewer than it has bits.
        while len(bits.left) >= _SEXTET or "1" in bits.left:
            start = bits.take(8)
            if start >> 4 == _OTHER:
                other.append(_read_other(bits, start & 0xF))
                continue
            codes = _shared().get(start) or (_read_code(bits, start),)
            for code in codes if in_order else sorted(codes):
                if not _fields(code):
                    raise refusal
                elements.append((code, _read_value(bits, code)))
    except (EOFError, LookupError):
        raise refusal from None
    return elements, other


def _read_code(bits: _Bits, start: int) -> str:
    code = f"{start:02X}"
    for _ in range(code_lengths()[code] - 2):
        code += f"{bits.take(4):X}"
    return code


def _read_value(bits: _Bits, code: str) -> str:
    value = ""
    for field in _fields(code):
        encoding = _ENCODINGS[0] if field.digits else _BY_NUMBER[bits.take(3)]
        length = field.maximum if field.fixed else bits.take(field.maximum.bit_length())
        value += _read_text(bits, encoding, length)
    return value


def _read_text(bits: _Bits, encoding: _Encoding, length: int) -> str:
    if encoding.bits:
        return "".join(encoding.alphabet[bits.take(encoding.bits)] for _ in range(length))
    number = bits.take(_digit_bits(length))
    if number >= 10**length:
        raise LookupError
    return f"{number:0{length}}" if length else ""


def _read_other(bits: _Bits, high: int) -> tuple[str, str]:
    """Return a parameter that is not GS1's: its name in 64 characters, its value in any."""
    name = _read_text(bits, _BY_NUMBER[3], (high << 3) | bits.take(3))
    encoding = _BY_NUMBER[bits.take(3)]
    return name, _read_text(bits, encoding, bits.take(7))
