"""EPC URNs, read and written at the edge; inside, everything is a Digital Link.

>>> epc_urn_to_digital_link("urn:epc:id:sgtin:9520101.000111.K7Q2")
'https://id.gs1.org/01/09520101001115/21/K7Q2'
>>> digital_link_to_epc_urn("https://id.gs1.org/01/09520101001115/10/L1", company_prefix_length=7)
'urn:epc:class:lgtin:9520101.000111.L1'

A link does not tell where its company prefix ends, so the writer is told, by a number or by
a table; it never guesses. Source: EPC Tag Data Standard 2.1, clauses 6 and 7; CBV 2.0, clause 8.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from ocoptrace.errors import Gs1Error
from ocoptrace.gs1._shown import shown
from ocoptrace.gs1.checks import check_digit, is_digits
from ocoptrace.gs1.company_prefixes import VIETNAM, CompanyPrefixes
from ocoptrace.gs1.digital_link import DigitalLink
from ocoptrace.gs1.percent_encoding import unescape

if TYPE_CHECKING:
    from ocoptrace.gs1.link_rules import Element

__all__ = ["digital_link_to_epc_urn", "epc_urn_elements", "epc_urn_to_digital_link"]

_MAX_LENGTH = 512
_PREFIX_LENGTHS = range(4, 13)
_URN = re.compile(r"urn:epc:(id|class|idpat):([a-z]+):([0-9]{4,12})\.(.*)", re.DOTALL)
_ESCAPED = re.compile(r'["%&/<>?#]')
_NO_EXTENSION = "0"
_PREFIX_AND_REFERENCE = 2


class _Scheme(NamedTuple):
    """How the fields of a URN make a key, and back.

    Attributes:
        name: scheme of the URN.
        ai: AI of the key.
        lead: what stands before the company prefix in the key: ``i`` for the first digit of
            the reference (indicator or extension digit), else literal digits.
        length: digits of lead, prefix and reference together; 0 for a free reference.
        tail: how many further fields stand in the key, behind the check digit.
        qualifier: AI of the last field, where that is a qualifier, else empty.
        kind: ``id`` of a thing or ``class`` of things.
    """

    name: str
    ai: str
    lead: str
    length: int
    tail: int = 0
    qualifier: str = ""
    kind: str = "id"


_SCHEMES = (
    _Scheme("sgtin", "01", "i", 13, qualifier="21"),
    _Scheme("lgtin", "01", "i", 13, qualifier="10", kind="class"),
    _Scheme("upui", "01", "i", 13, qualifier="235"),
    _Scheme("sscc", "00", "i", 17),
    _Scheme("sgln", "414", "", 12, qualifier="254"),
    _Scheme("pgln", "417", "", 12),
    _Scheme("grai", "8003", "0", 13, tail=1),
    _Scheme("giai", "8004", "", 0),
    _Scheme("gdti", "253", "", 12, tail=1),
    _Scheme("sgcn", "255", "", 12, tail=1),
    _Scheme("gsrn", "8018", "", 17),
    _Scheme("gsrnp", "8017", "", 17),
    _Scheme("gsin", "402", "", 16),
    _Scheme("ginc", "401", "", 0),
    _Scheme("cpi", "8010", "", 0, qualifier="8011"),
    _Scheme("itip", "8006", "i", 13, tail=2, qualifier="21"),
)
_BY_NAME = {scheme.name: scheme for scheme in _SCHEMES}


def epc_urn_to_digital_link(urn: str) -> str:
    """Return the canonical Digital Link of an EPC URN, EPC class URN or EPC pattern.

    A pattern is read where its last field is ``*``: it names the class of all serials.

    Raises:
        Gs1Error: not such a URN, or a part of it is wrong.
    """
    return DigitalLink.of(*epc_urn_elements(urn)).canonical()


def epc_urn_elements(urn: str) -> list[Element]:
    """Return AI and value of the key of an EPC URN, and of its qualifier where it has one.

    The fields are put together; whether the values are right is not looked at.

    Raises:
        Gs1Error: not such a URN, or a field is missing, too many, or of the wrong length.
    """
    match = _URN.fullmatch(urn) if len(urn) <= _MAX_LENGTH else None
    if match is None:
        raise Gs1Error("gs1.epc_urn", urn=shown(urn))
    kind, name, prefix, rest = match.groups()
    scheme = _BY_NAME.get(name)
    if scheme is None:
        raise Gs1Error("gs1.epc_urn", urn=shown(urn))
    qualifier, tail = scheme.qualifier, scheme.tail
    more = tail + 1 if qualifier else tail
    fields = rest.split(".", more)
    pattern = kind == "idpat"
    if len(fields) != 1 + more or (kind != scheme.kind and not pattern):
        raise Gs1Error("gs1.epc_urn", urn=shown(urn))
    if pattern:
        if not more or scheme.kind != "id" or fields[-1] != "*" or "*" in fields[:-1]:
            raise Gs1Error("gs1.epc_pattern", urn=shown(urn))
        fields[-1] = ""
    elif not fields[-1] and (more or not scheme.length):
        # The last field is a serial or free; a reference may be empty behind a long prefix.
        raise Gs1Error("gs1.epc_urn", urn=shown(urn))
    if "%" in rest:
        fields = [unescape(field) for field in fields]
    key = _key(scheme, prefix, fields[0], urn)
    if tail:
        key += "".join(fields[1 : 1 + tail])
    elements = [(scheme.ai, key)]
    if qualifier and (last := fields[-1]) and (last != _NO_EXTENSION or qualifier != "254"):
        elements.append((qualifier, last))
    return elements


def _key(scheme: _Scheme, prefix: str, reference: str, urn: str) -> str:
    """Return the key of prefix and reference, with its check digit where it has one."""
    if not scheme.length:
        return prefix + reference
    lead = scheme.lead
    if lead == "i":
        lead, reference = reference[:1], reference[1:]
    digits = f"{lead}{prefix}{reference}"
    if len(digits) != scheme.length or not is_digits(digits):
        raise Gs1Error("gs1.epc_urn", urn=shown(urn))
    return digits + check_digit(digits)


def digital_link_to_epc_urn(
    uri: str,
    *,
    company_prefix_length: int | None = None,
    prefixes: CompanyPrefixes | None = None,
) -> str:
    """Return the EPC URN of a Digital Link; of a class without a serial, the EPC pattern.

    A URN names an item by GTIN and serial alone, and a batch by GTIN and lot: a lot beside a
    serial, and a consumer product variant, are not carried over.

    Args:
        uri: a Digital Link.
        company_prefix_length: how many digits of the key are the GS1 Company Prefix, 4 to 12.
        prefixes: the table to ask where no length is given; else what is known of Vietnam.

    Raises:
        Gs1Error: no Digital Link, a length that is not known or does not fit, or nothing that
            a URN can name.
    """
    link = DigitalLink.parse(uri)
    qualifiers = dict(link.qualifiers)
    candidates = [scheme for scheme in _SCHEMES if scheme.ai == link.key[0]]
    scheme = next(
        (scheme for scheme in candidates if scheme.qualifier in qualifiers),
        candidates[0] if candidates and not qualifiers else None,
    )
    if scheme is None:
        raise Gs1Error("gs1.no_epc_urn", place=f"({link.key[0]})", uri=shown(uri))
    value = link.key[1]
    length = company_prefix_length
    if length is None:
        length = (prefixes or VIETNAM).length(value[len(scheme.lead) :])
    if length is None:
        raise Gs1Error("gs1.company_prefix_unknown", place=f"({scheme.ai})", value=shown(value))
    if length not in _PREFIX_LENGTHS:
        raise Gs1Error("gs1.company_prefix_length", found=length)
    fields = _fields(scheme, value, length)
    if scheme.qualifier:
        extension = _NO_EXTENSION if scheme.qualifier == "254" else ""
        fields.append(qualifiers.get(scheme.qualifier, extension))
    kind = scheme.kind
    if not fields[-1] and len(fields) > _PREFIX_AND_REFERENCE:
        kind, fields[-1] = "idpat", "*"
    written = ".".join(_ESCAPED.sub(_percent, field) for field in fields)
    return f"urn:epc:{kind}:{scheme.name}:{written}"


def _fields(scheme: _Scheme, value: str, prefix_length: int) -> list[str]:
    """Return prefix, reference and further fields of a key."""
    lead = len(scheme.lead)
    prefix = value[lead : lead + prefix_length]
    end = scheme.length or len(value)
    reference = value[lead + prefix_length : end]
    if scheme.lead == "i":
        reference = value[0] + reference
    if len(prefix) != prefix_length or not is_digits(prefix):
        raise Gs1Error("gs1.company_prefix_length", found=prefix_length)
    behind = value[scheme.length + 1 :] if scheme.length else ""
    if scheme.name == "itip":
        return [prefix, reference, behind[:2], behind[2:]]
    return [prefix, reference, *([behind] if scheme.tail else [])]


def _percent(match: re.Match[str]) -> str:
    return f"%{ord(match[0]):02X}"
