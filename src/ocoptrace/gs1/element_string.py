"""Element strings: what GS1 barcodes carry, in brackets or with FNC1.

>>> message = ElementString.parse("(01)09520101001115(10)MT-0601(17)271231")
>>> message.elements
(('01', '09520101001115'), ('10', 'MT-0601'), ('17', '271231'))
>>> message.unbracketed()
'^010952010100111510MT-0601^17271231'
>>> ElementString.parse(message.unbracketed()) == message
True
>>> message.digital_link().to_uri(host="example.com")
'https://example.com/01/09520101001115/10/MT-0601?17=271231'

Rules: GS1 General Specifications 7.8, as the GS1 Barcode Syntax Engine applies them.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from ocoptrace.errors import Gs1Error
from ocoptrace.gs1._shown import shown
from ocoptrace.gs1._text_value import TextValue
from ocoptrace.gs1.application_identifiers import application_identifier, code_lengths
from ocoptrace.gs1.associations import check_associations, contradiction, exclusive_pair
from ocoptrace.gs1.checks import is_digits
from ocoptrace.gs1.digital_link import CANONICAL_HOST, DigitalLink, bracketed
from ocoptrace.gs1.link_rules import is_primary_key
from ocoptrace.gs1.values import ACCEPTS, check_value

if TYPE_CHECKING:
    from ocoptrace.findings import Finding
    from ocoptrace.gs1.link_rules import Element

__all__ = ["FNC1", "MAX_LENGTH", "ElementString", "read_elements"]

FNC1 = "^"
"""How FNC1 is written here; the GS character (0x1D) that scanners send is read as well."""

MAX_LENGTH = 4096
"""Longest text that is read, in characters; no symbol holds more."""

_GROUP_SEPARATOR = "\x1d"
_BRACKETED = re.compile(r"\(([0-9]{2,4})\)((?:\\\(|[^(])+)")


class ElementString(TextValue):
    """Elements whose values are right and that do not contradict one another.

    Args:
        elements: pairs of AI and value, in the order read; at least one.

    Raises:
        Gs1Error: a wrong value, two values of one AI, or two AIs that exclude each other.
    """

    __slots__ = ("elements",)
    elements: tuple[Element, ...]

    def __init__(self, elements: tuple[Element, ...]) -> None:
        if not elements:
            raise Gs1Error("gs1.element_string", value="")
        for ai, value in elements:
            if not ACCEPTS[ai](value):
                check_value(ai, value)
        codes = tuple([ai for ai, _ in elements])
        if len(set(codes)) < len(codes) and (twice := contradiction(elements)) is not None:
            raise Gs1Error("gs1.contradiction", place=f"({twice})", ai=twice)
        if pair := exclusive_pair(codes):
            raise Gs1Error("gs1.exclusive", place=f"({pair[0]})", ai=pair[0], other=pair[1])
        self._set(elements=elements)

    @classmethod
    def parse(cls, text: str) -> ElementString:
        r"""Return the elements of a text in brackets, or starting with FNC1.

        Args:
            text: at most MAX_LENGTH characters. In brackets, ``\(`` is a bracket of a value.

        Raises:
            Gs1Error: neither form, an unknown AI, or what the constructor refuses.
        """
        return cls(read_elements(text))

    def bracketed(self) -> str:
        """Return the elements with their AIs in brackets."""
        return bracketed(self.elements)

    def unbracketed(self) -> str:
        """Return the elements behind FNC1, with FNC1 where a value's end does not show."""
        text, separator = "", FNC1
        for code, value in self.elements:
            text += f"{separator}{code}{value}"
            separator = FNC1 if _predefined_length(code) is None else ""
        return text

    def digital_link(
        self, *, host: str = CANONICAL_HOST, scheme: str = "https", stem: str = ""
    ) -> DigitalLink:
        """Return the elements as a link, attributes of predefined length first.

        Raises:
            Gs1Error: no primary key, or an element that a link does not carry.
        """
        elements = dict.fromkeys(self.elements)
        key = next((element for element in elements if is_primary_key(element[0])), None)
        ordered = sorted(
            elements,
            key=lambda element: (element != key, _predefined_length(element[0]) is None),
        )
        return DigitalLink.of(*ordered, host=host, scheme=scheme, stem=stem)

    def check(self) -> tuple[Finding, ...]:
        """Return the association rules that the elements break, taken alone."""
        return check_associations(self.elements)

    def __str__(self) -> str:
        return self.bracketed()

    @classmethod
    def _text_schema(cls) -> dict[str, Any]:
        return {"examples": ["(01)09520101001115(10)MT-0601"]}


def read_elements(text: str, *, unknown: bool = False) -> tuple[Element, ...]:
    """Return the AIs and values of a text, whose values are not checked yet.

    Args:
        text: as ``ElementString.parse`` takes it.
        unknown: keep AIs that the dictionary does not have, where their length is known.

    Raises:
        Gs1Error: neither in brackets nor starting with FNC1, or not to be split.
    """
    if len(text) > MAX_LENGTH:
        raise Gs1Error("gs1.uri_too_long", length=len(text), limit=MAX_LENGTH)
    if text.startswith("("):
        return _read_bracketed(text)
    if text.startswith((FNC1, _GROUP_SEPARATOR)):
        return _read_unbracketed(text.replace(_GROUP_SEPARATOR, FNC1), unknown=unknown)
    raise Gs1Error("gs1.element_string", value=shown(text))


def _read_bracketed(text: str) -> tuple[Element, ...]:
    elements: list[Element] = _BRACKETED.findall(text)
    if sum([len(code) + len(value) + 2 for code, value in elements]) != len(text):
        end = 0
        while match := _BRACKETED.match(text, end):
            end = match.end()
        raise Gs1Error("gs1.element_string", place=f"character {end + 1}", value=shown(text))
    if "\\" in text:
        return tuple([(code, value.replace("\\(", "(")) for code, value in elements])
    return tuple(elements)


def _read_unbracketed(text: str, *, unknown: bool) -> tuple[Element, ...]:
    lengths = code_lengths()
    elements = []
    at, last = 1, len(text)
    while at < last:
        start = at + lengths.get(text[at : at + 2], 2)
        code = text[at:start]
        ai = application_identifier(code)
        if ai is None and not (unknown and code[:2] in lengths and is_digits(code)):
            shown_ai = shown(text[at : at + 4])
            raise Gs1Error("gs1.unknown_ai", place=f"character {at + 1}", ai=shown_ai)
        length = ai.predefined_length if ai else None
        if length is not None:
            at = start + length
        elif (at := text.find(FNC1, start)) < 0:
            at = last
        elements.append((code, text[start:at]))
        at += text.startswith(FNC1, at)
    return tuple(elements)


def _predefined_length(code: str) -> int | None:
    ai = application_identifier(code)
    return ai.predefined_length if ai else None
