"""XML on its way in: well-formed, without declarations, bounded.

Nothing is fetched and nothing is expanded; libxml2's limits on depth and size hold.

>>> parse(b"<e/>").tag
'e'
>>> parse(b'<!DOCTYPE e [<!ENTITY a "b">]><e>&a;</e>')
Traceback (most recent call last):
ocoptrace.errors.EpcisError: line 1: The document declares a DTD or entities. \
Export it without them.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from lxml import etree

from ocoptrace.epcis.faults import shown
from ocoptrace.errors import EpcisError

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

__all__ = [
    "PROLOG",
    "SAFE",
    "WIDE",
    "parse",
    "refuse_declarations",
    "refuse_prolog",
    "syntax_error",
]

SAFE = {
    "collect_ids": False,
    "huge_tree": False,
    "load_dtd": False,
    "no_network": True,
    "remove_comments": True,
    "remove_pis": True,
    "resolve_entities": False,
}
"""How every XML is parsed: nothing is fetched, nothing is expanded, libxml2's limits hold."""

_DTD = re.compile(rb"<!DOCTYPE[^>\[]*(?:\[|\bSYSTEM\b|\bPUBLIC\b)")
_ENCODING = re.compile(rb"""\s*<\?xml[^>]*?\bencoding\s*=\s*["']([^"']*)""")
_ENCODINGS = frozenset(
    {b"ascii", b"us-ascii", b"utf-8", b"iso-8859-1", b"windows-1252", b"windows-1258"}
)
WIDE = (b"\xff\xfe", b"\xfe\xff")
"""How UTF-16 begins."""

PROLOG = 2**16
"""How far a document may go on before its first element, in bytes."""


def parse(data: bytes) -> Element:
    """Return the root of an XML document.

    Raises:
        EpcisError: not well-formed, or it declares a DTD or entities.
    """
    wide = data.startswith(WIDE)
    if wide:
        data = _narrow(data)
    refuse_prolog(data[:PROLOG])
    try:
        root = etree.fromstring(data, etree.XMLParser(**SAFE, encoding="utf-8" if wide else None))
    except (etree.XMLSyntaxError, ValueError) as error:
        raise syntax_error(error) from error
    refuse_declarations(root)
    return root


def _narrow(data: bytes) -> bytes:
    """Return UTF-16 with byte order mark as UTF-8.

    Raises:
        EpcisError: it is no UTF-16.
    """
    try:
        return data.decode("utf-16").encode()
    except UnicodeDecodeError as error:
        raise EpcisError("json.not_utf8", place=f"byte {error.start}") from error


def refuse_prolog(data: bytes) -> None:
    """Refuse a document that declares a DTD or entities, or an encoding that could hide them.

    A bare ``<!DOCTYPE name>``, which GS1's own examples have, says nothing.

    Args:
        data: the document, or how it begins.

    Raises:
        EpcisError: it does.
    """
    declared_encoding = _ENCODING.match(data)
    if declared_encoding and declared_encoding[1].lower() not in _ENCODINGS | {b"utf-16"}:
        name = shown(declared_encoding[1].decode("ascii", "replace"))
        raise EpcisError("epcis.xml_encoding", place="line 1", encoding=name)
    if data.startswith(WIDE) or b"\x00" in data:  # which no text in bytes has
        raise EpcisError("epcis.xml_encoding", place="line 1", encoding="UTF-16")
    if _DTD.search(data):
        raise EpcisError("epcis.xml_dtd", place="line 1")


def refuse_declarations(element: Element) -> None:
    """Refuse a document in which a DTD or entities were declared, however far from its beginning.

    Args:
        element: of the document, which has been parsed up to here.

    Raises:
        EpcisError: it does.
    """
    info = element.getroottree().docinfo
    dtd = info.internalDTD
    if dtd is None:
        return
    declared = (*dtd.iterentities(), *dtd.iterelements(), info.system_url, info.public_id)
    if any(each is not None for each in declared):
        raise EpcisError("epcis.xml_dtd", place="line 1")


def syntax_error(error: Exception) -> EpcisError:
    """Return our error for what libxml2 said."""
    line, column = getattr(error, "position", None) or (1, 1)
    return EpcisError("epcis.xml_syntax", line=line, column=column, reason=shown(str(error)))
