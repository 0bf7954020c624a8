"""GS1 identifiers in a pre-hash text: one Digital Link for each thing, however it was written.

It names the finest level alone, on the host ``id.gs1.org``. Nothing is checked beyond the form:
a hash has to exist for names with a wrong check digit too.

>>> one_link("urn:epc:id:sgtin:9520101.000111.K7Q2")
'https://id.gs1.org/01/09520101001115/21/K7Q2'
>>> one_link("https://shop.example/gtin/9520101001115/lot/L1/ser/K7Q2?17=271231")
'https://id.gs1.org/01/09520101001115/21/K7Q2'
>>> one_link("https://example.org/orders/01/7") is None
True

Source: CBV 2.0, section 8.9, rule on identifiers: a constrained form of the canonical
Digital Link.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from ocoptrace.errors import Gs1Error
from ocoptrace.gs1.epc import epc_urn_elements
from ocoptrace.gs1.percent_encoding import escape, unescape

if TYPE_CHECKING:
    from ocoptrace.gs1.link_rules import Element

__all__ = ["one_link"]

_HOST = "https://id.gs1.org"
_GTIN = "01"
_GTIN_DIGITS = 14
_VARIANT = "22"
_LINK = re.compile(r"https?://[^/?#]+(/[^?#]*)(\?.*)?", re.DOTALL)
_TOLERANT_LINK = re.compile(r"https?://[^/?#]+(/[^?#]*)([?#].*)?", re.DOTALL | re.IGNORECASE)
_PLAIN = re.compile(r"[A-Za-z0-9._;='-]+")
_USUAL = r"/01/[0-9]{14}(?:/(?:10|21)/[A-Za-z0-9._-]{1,20})?|/00/[0-9]{18}|/41[47]/[0-9]{13}"
"""Paths that stay as they are: most of them. To know them at once saves much time."""

_USUAL_PATH = re.compile(_USUAL)
_USUAL_LINK = re.compile(rf"https?://[^/?#]+({_USUAL})")
_USUAL_URN = re.compile(r"(urn:epc:[a-z]+:[ls]gtin:[0-9.]{8,16}\.)([A-Za-z0-9_-]{1,20})")
"""Serials and lots of GTINs: a document names few GTINs, and many serials of each."""
_UNRESERVED = re.compile(r"[A-Za-z0-9._~-]*")
_SET_82 = r"[!\"%&'()*+,./0-9:;<=>?A-Z_a-z-]"
_NO_EXTENSION = ("254", "0")


class _Key(NamedTuple):
    """The value of a primary key, and which qualifiers may follow it, the finest last."""

    value: re.Pattern[str]
    paths: frozenset[tuple[str, ...]]


def _key(pattern: str, *paths: str) -> _Key:
    return _Key(re.compile(pattern), frozenset(tuple(path.split()) for path in ("", *paths)))


_INSIDE = ("22", "10", "21", "22 10", "22 21", "10 21", "22 10 21")
_KEYS = {
    "00": _key(r"[0-9]{18}"),
    "01": _key(r"[0-9]{8}|[0-9]{12,14}", *_INSIDE, "235"),
    "253": _key(rf"[0-9]{{13}}{_SET_82}{{0,17}}"),
    "255": _key(r"[0-9]{13,25}"),
    "401": _key(rf"[0-9]{{4}}{_SET_82}{{1,26}}"),
    "402": _key(r"[0-9]{17}"),
    "414": _key(r"[0-9]{13}", "254"),
    "417": _key(r"[0-9]{13}"),
    "8003": _key(rf"[0-9]{{14}}{_SET_82}{{0,16}}"),
    "8004": _key(rf"[0-9]{{4}}{_SET_82}{{1,26}}"),
    "8006": _key(r"[0-9]{18}", *_INSIDE),
    "8010": _key(r"[0-9]{4}[#/0-9A-Z-]{1,26}", "8011"),
    "8017": _key(r"[0-9]{18}"),
    "8018": _key(r"[0-9]{18}"),
}
_QUALIFIERS = {
    "10": re.compile(rf"{_SET_82}{{1,20}}"),
    "21": re.compile(rf"{_SET_82}{{1,20}}"),
    "22": re.compile(rf"{_SET_82}{{1,20}}"),
    "235": re.compile(rf"{_SET_82}{{1,28}}"),
    "254": re.compile(rf"{_SET_82}{{1,20}}"),
    "8011": re.compile(r"[0-9]{1,12}"),
}
_NAMES = {
    "cpid": "8010",
    "cpsn": "8011",
    "cpv": "22",
    "gcn": "255",
    "gdti": "253",
    "giai": "8004",
    "ginc": "401",
    "gln": "414",
    "glnx": "254",
    "grai": "8003",
    "gsin": "402",
    "gsrn": "8018",
    "gsrnp": "8017",
    "gtin": "01",
    "itip": "8006",
    "lot": "10",
    "party": "417",
    "ser": "21",
    "sscc": "00",
}
"""Names that links before 2023 could have in place of AIs."""


def one_link(uri: str, *, unescaped: str = "!'()*+,:;=", tolerant: bool = True) -> str | None:
    """Return the Digital Link that a GS1 identifier has in a pre-hash text; None for any other.

    Args:
        uri: an EPC URN, EPC class or pattern URN, or a Digital Link; or anything else.
        unescaped: what values keep beside letters, digits, ``-``, ``.``, ``_`` and ``~``.
        tolerant: read a Digital Link with an escape in a value, a fragment, a closing slash or
            capitals in scheme or host too, and leave the extension 0 of a place out.
    """
    if uri.startswith("urn:epc:"):
        if (usual := _USUAL_URN.fullmatch(uri)) and (start := _start(usual[1])):
            return start + usual[2]
        return _of_urn(uri, unescaped)
    if usual := _USUAL_LINK.fullmatch(uri):
        return _HOST + usual[1]
    elements = _of_link(uri, tolerant=tolerant)
    return _written(elements, unescaped) if elements else None


@lru_cache(1024)
def _start(urn: str) -> str:
    """Return how the links begin that all serials or lots of a GTIN share; nothing if none do."""
    link = _of_urn(f"{urn}0", "")
    return link[:-1] if link else ""


def _of_urn(urn: str, unescaped: str) -> str | None:
    try:
        elements = epc_urn_elements(urn)
    except Gs1Error:
        return None
    path = "".join([f"/{ai}/{value}" for ai, value in elements])
    if _USUAL_PATH.fullmatch(path):
        return _HOST + path
    return _written(elements, unescaped) if _fit(elements) else None


def _of_link(uri: str, *, tolerant: bool) -> list[Element]:
    """Return key and finest qualifier of a link: of its rightmost key, so that a stem may be."""
    match = (_TOLERANT_LINK if tolerant else _LINK).fullmatch(uri)
    if match is None:
        return []
    path = match[1].rstrip("/") if tolerant else match[1]
    segments = path.split("/")
    for start in range(len(segments) - 2, 0, -2):
        if _NAMES.get(segments[start], segments[start]) not in _KEYS:
            continue
        elements = [
            (_NAMES.get(ai, ai), unescape(value) if tolerant else value)
            for ai, value in zip(segments[start::2], segments[start + 1 :: 2], strict=True)
        ]
        if _fit(elements) and (tolerant or all(_PLAIN.fullmatch(value) for _, value in elements)):
            kept = [element for element in elements[1:] if element[0] != _VARIANT][-1:]
            return elements[:1] if tolerant and kept == [_NO_EXTENSION] else elements[:1] + kept
    return []


def _fit(elements: list[Element]) -> bool:
    """Tell whether values have the form that a key and its qualifiers have."""
    ai, value = elements[0]
    key = _KEYS.get(ai)
    if key is None or not key.value.fullmatch(value):
        return False
    qualifiers = elements[1:]
    return tuple([ai for ai, _ in qualifiers]) in key.paths and all(
        _QUALIFIERS[ai].fullmatch(value) for ai, value in qualifiers
    )


def _written(elements: list[Element], unescaped: str) -> str:
    (ai, value), *qualifiers = elements
    if ai == _GTIN:
        value = value.zfill(_GTIN_DIGITS)
    path = f"{_HOST}/{ai}/{_escaped(value, unescaped)}"
    for code, text in qualifiers:
        path += f"/{code}/{_escaped(text, unescaped)}"
    return path


def _escaped(value: str, unescaped: str) -> str:
    if _UNRESERVED.fullmatch(value):
        return value
    return "".join(each if each in unescaped else escape(each) for each in value)
