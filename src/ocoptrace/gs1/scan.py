r"""Whatever a scanner or telephone gives, as one value with findings; nothing is refused.

>>> scan = interpret_scan("]d2010952010100111510MT-0601")
>>> scan.kind, scan.symbol, scan.elements
('element_string', 'GS1 DataMatrix', (('01', '09520101001115'), ('10', 'MT-0601')))
>>> interpret_scan("HTTPS://EXAMPLE.COM/01/09520101001115/10/MT-0601").name.level
'batch'
>>> wrong = interpret_scan("9520101001119")
>>> wrong.kind, [finding.code for finding in wrong.findings], wrong.ok
('trade_item', ['gs1.check_digit', 'gs1.demo_number'], False)
>>> interpret_scan("Mắm tôm Ba Làng").kind
'text'

It takes AIM symbology identifiers, Digital Links (compressed ones too), plain names, element
strings in brackets or with FNC1 (``^`` or 0x1D), EPC URNs, and bare digits of EAN, UPC and ITF.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Literal, NamedTuple

from ocoptrace.errors import Gs1Error
from ocoptrace.findings import Finding, worst
from ocoptrace.gs1._frozen import Frozen
from ocoptrace.gs1._shown import shown
from ocoptrace.gs1.checks import is_digits
from ocoptrace.gs1.compression import decompress
from ocoptrace.gs1.digital_link import DigitalLink
from ocoptrace.gs1.element_string import FNC1, ElementString, read_elements
from ocoptrace.gs1.epc import epc_urn_to_digital_link
from ocoptrace.gs1.inspection import as_finding, inspect_elements, inspect_link
from ocoptrace.gs1.link_parts import percent_encoded, read_link
from ocoptrace.gs1.name import DEMO_PREFIX, is_plain
from ocoptrace.gs1.plain_name import PlainName
from ocoptrace.gs1.symbology import GROUP_SEPARATOR, receive
from ocoptrace.gs1.uri import MAX_LENGTH

if TYPE_CHECKING:
    from ocoptrace.gs1.link_rules import Element
    from ocoptrace.gs1.name import Name

__all__ = ["Scan", "ScanKind", "interpret_scan"]

ScanKind = Literal[
    "digital_link", "plain_name", "element_string", "trade_item", "epc_urn", "link", "text"
]
"""What a scan turned out to be; ``trade_item``: the digits of an EAN, UPC or ITF symbol;
``link``: a web address that names nothing of GS1's."""

_SCHEMES = ("https://", "http://", "HTTPS://", "HTTP://")
_TRADE_ITEM_LENGTHS = (8, 12, 13, 14)
_BLANKS = " \t\r\n"  # all but the separator 0x1D, which strip() alone would take for one
_OFTEN_FIRST = ("00", "01", "02")
_RESTRICTED = ("02", "04", *map(str, range(20, 30)))
"""GS1 prefixes whose numbers mean something in one shop or company only."""


class Scan(Frozen):
    """A scan, interpreted.

    Attributes:
        raw: what was scanned, untouched.
        symbol: name of the symbol, where the reader told it; else empty.
        kind: what it turned out to be.
        elements: AIs and values as read, right or wrong; empty where there are none.
        name: what it names, where all is right and it names something.
        findings: everything that was noticed.
    """

    __slots__ = ("elements", "findings", "kind", "name", "raw", "symbol")
    raw: str
    symbol: str
    kind: ScanKind
    elements: tuple[Element, ...]
    name: Name | None
    findings: tuple[Finding, ...]

    def __init__(
        self,
        raw: str,
        kind: ScanKind,
        *,
        symbol: str = "",
        elements: tuple[Element, ...] = (),
        name: Name | None = None,
        findings: tuple[Finding, ...] = (),
    ) -> None:
        self._set(
            raw=raw, symbol=symbol, kind=kind, elements=elements, name=name, findings=findings
        )

    @property
    def ok(self) -> bool:
        """Whether no finding is an error."""
        return worst(self.findings) != "error"

    @property
    def gtin(self) -> str | None:
        """The 14 digits of the GTIN, where there is one."""
        return dict(self.elements).get("01")


class _Found(NamedTuple):
    """What a message turned out to be: the fields of a Scan without where it came from."""

    kind: ScanKind
    elements: tuple[Element, ...] = ()
    name: Name | None = None
    findings: tuple[Finding, ...] = ()


def interpret_scan(raw: str) -> Scan:
    """Return what a scan is, with everything that is wrong with it.

    Args:
        raw: what the reader gave; blanks and a line end around it do not matter.
    """
    if len(raw) > MAX_LENGTH:
        facts = {"length": len(raw), "limit": MAX_LENGTH}
        return Scan(raw, "text", findings=(Finding("gs1.uri_too_long", "error", "", facts),))
    message, symbol = raw.strip(_BLANKS), ""
    if message.startswith("]"):
        try:
            _, symbol, message = receive(message)
        except Gs1Error as error:
            return Scan(raw, "text", findings=(as_finding(error),))
    found = _interpret(message.strip(_BLANKS))
    return Scan(raw, symbol=symbol, **found._asdict())


def _interpret(message: str) -> _Found:
    linear = message.partition("|")[0]
    if message.startswith(_SCHEMES):
        return _plain_name(message) if is_plain(message) else _digital_link(message)
    if message.lower().startswith("urn:epc:"):
        return _epc_urn(message)
    if is_digits(linear) and len(linear) in _TRADE_ITEM_LENGTHS:
        return _trade_item(message)
    if message.startswith(("(", FNC1, GROUP_SEPARATOR)):
        return _element_string(message)
    if _lost_its_fnc1(message):
        found = _element_string(FNC1 + message)
        noted = Finding("gs1.assumed_fnc1", "info", "", {"value": shown(message)})
        return found._replace(findings=(noted, *found.findings))
    return _Found("text", findings=(Finding("gs1.not_gs1", "info", "", {"value": shown(message)}),))


def _lost_its_fnc1(message: str) -> bool:
    """Tell whether a text is an element string whose first FNC1 the reader swallowed."""
    if not is_digits(message[:2]):
        return False
    try:
        ElementString.parse(FNC1 + message)
    except Gs1Error:
        return GROUP_SEPARATOR in message
    return message.startswith(_OFTEN_FIRST)


def _plain_name(message: str) -> _Found:
    try:
        return _Found("plain_name", name=PlainName.parse(message))
    except Gs1Error as error:
        return _Found("plain_name", findings=(as_finding(error),))


def _digital_link(message: str) -> _Found:
    try:
        # A letter that no code may have is better found as such than as a URI character.
        parts = read_link(percent_encoded(message))
    except Gs1Error as error:
        return _compressed(message) or _Found("link", findings=(as_finding(error),))
    elements = parts.path + parts.attributes
    findings = inspect_link(parts)
    name = None
    if worst(findings) != "error":
        try:
            name = DigitalLink.parse(message)
        except Gs1Error as error:
            findings = (as_finding(error), *findings)
    return _Found("digital_link", elements, name, (*findings, *_remarks(elements)))


def _compressed(message: str) -> _Found | None:
    try:
        link = decompress(message)
    except Gs1Error:
        return None
    noted = Finding("gs1.was_compressed", "info", "", {"uri": shown(str(link))})
    return _Found("digital_link", link.elements, link, (noted,))


def _epc_urn(message: str) -> _Found:
    try:
        link = DigitalLink.parse(epc_urn_to_digital_link(message))
    except Gs1Error as error:
        return _Found("epc_urn", findings=(as_finding(error),))
    return _Found("epc_urn", link.elements, link)


def _trade_item(message: str) -> _Found:
    digits, _, above = message.partition("|")
    found = _element_string(f"{FNC1}01{digits.rjust(14, '0')}{above.removeprefix(FNC1)}")
    return found._replace(kind="trade_item")


def _element_string(message: str) -> _Found:
    elements: tuple[Element, ...] = ()
    try:
        for component in message.split("|"):
            elements += read_elements(component, unknown=True)
    except Gs1Error as error:
        return _Found("element_string", elements, findings=(as_finding(error),))
    if not elements:
        noted = Finding("gs1.element_string", "error", "", {"value": shown(message)})
        return _Found("element_string", findings=(noted,))
    findings = inspect_elements(elements)
    name = None
    if worst(findings) != "error":
        # A link may not carry these all the same: no key, or no place for an element.
        with suppress(Gs1Error):
            name = ElementString(elements).digital_link()
    return _Found("element_string", elements, name, (*findings, *_remarks(elements)))


def _remarks(elements: tuple[Element, ...]) -> tuple[Finding, ...]:
    """Return what a person should know of a GTIN: it is for examples, or for one shop only."""
    gtin = dict(elements).get("01", "")[1:]
    if gtin.startswith(DEMO_PREFIX):
        return (Finding("gs1.demo_number", "info", "(01)", {"value": gtin}),)
    if gtin.startswith(_RESTRICTED):
        return (Finding("gs1.restricted_number", "info", "(01)", {"value": gtin}),)
    return ()
