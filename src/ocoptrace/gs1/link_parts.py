"""A URI taken apart as a Digital Link, before and while its elements are checked.

>>> parts = read_link("https://example.com/p/01/09520101001115/10/L1?17=271231&s=1")
>>> parts.stem, parts.path, parts.attributes, parts.other
('/p', (('01', '09520101001115'), ('10', 'L1')), (('17', '271231'),), (('s', '1'),))
>>> check_elements(parts.path, parts.attributes)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ocoptrace.errors import Gs1Error
from ocoptrace.gs1 import uri as uris
from ocoptrace.gs1._shown import shown
from ocoptrace.gs1.link_rules import check_places, primary_keys
from ocoptrace.gs1.percent_encoding import escape, unescape
from ocoptrace.gs1.values import ACCEPTS, check_value

if TYPE_CHECKING:
    from ocoptrace.gs1.link_rules import Element

__all__ = ["LinkParts", "check_elements", "percent_encoded", "read_link"]

_GTIN_LENGTHS = (8, 12, 13)


class LinkParts(NamedTuple):
    """A URI taken apart as a Digital Link; its elements are not checked yet.

    Attributes:
        scheme: ``https`` or ``http``.
        host: lower case, with the port where there is one.
        stem: raw path before the key.
        path: AIs and values of the path, the primary key first.
        attributes: AIs and values of the query.
        other: query parameters that are not GS1's: raw name, decoded value.
        fragment: raw.
    """

    scheme: str
    host: str
    stem: str
    path: tuple[Element, ...]
    attributes: tuple[Element, ...]
    other: tuple[tuple[str, str], ...]
    fragment: str


def read_link(uri: str, *, short_gtin: bool = False) -> LinkParts:
    """Return the parts of a URI with a GS1 key in its path.

    Args:
        uri: as ``DigitalLink.parse`` takes it.
        short_gtin: fill up a GTIN of 8, 12 or 13 digits.

    Raises:
        Gs1Error: no URI of that kind, or no key in it.
    """
    if not uri.isascii():
        # A letter that no code may have is better refused as such than as a URI character.
        parts = read_link(percent_encoded(uri), short_gtin=short_gtin)
        check_elements(parts.path, parts.attributes)
    scheme, host, path, query, fragment = uris.split(uri)
    segments = path.split("/")
    keys = primary_keys()
    at = len(segments) - 2
    while at > 0 and segments[at] not in keys:
        at -= 2
    if at <= 0 or not segments[-1]:
        if path.endswith("/"):
            raise Gs1Error("gs1.trailing_slash", uri=shown(uri))
        raise Gs1Error("gs1.no_key", value=shown(uri))
    values = segments[at + 1 :: 2]
    if "%" in path:
        values = [unescape(raw) for raw in values]
    elements = tuple(zip(segments[at::2], values, strict=True))
    attributes = tuple(uris.read_query(query)) if query else ()
    # The characters of a URI are ASCII here, so isdigit means digits.
    other = tuple([each for each in attributes if not each[0].isdigit()])
    if other:
        attributes = tuple([each for each in attributes if each[0].isdigit()])
    if short_gtin:
        elements = tuple(_with_long_gtin(element) for element in elements)
        attributes = tuple(_with_long_gtin(element) for element in attributes)
    stem = "/".join(segments[:at])
    return LinkParts(scheme, host, stem, elements, attributes, other, fragment)


def check_elements(path: tuple[Element, ...], attributes: tuple[Element, ...]) -> None:
    """Check where the elements of a link stand, and then their values.

    Args:
        path: AIs and values of the path, the primary key first.
        attributes: AIs and values of the query.

    Raises:
        Gs1Error: the first that is wrong.
    """
    check_places(tuple([ai for ai, _ in path]), tuple([ai for ai, _ in attributes]))
    for code, value in path:
        if not ACCEPTS[code](value):
            check_value(code, value)
    for code, value in attributes:
        if not ACCEPTS[code](value):
            check_value(code, value)


def _with_long_gtin(element: Element) -> Element:
    code, value = element
    return (code, value.rjust(14, "0")) if code == "01" and len(value) in _GTIN_LENGTHS else element


def percent_encoded(uri: str) -> str:
    """Return what a person typed as a URI: blanks and letters beyond ASCII percent-encoded."""
    return "".join(
        letter if letter.isascii() and letter != " " else escape(shown(letter)) for letter in uri
    )
