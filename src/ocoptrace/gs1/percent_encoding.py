"""Percent-encoding as GS1 Digital Link uses it.

In a query a space is ``+``; in a path ``+`` is itself. A ``%`` without two hexadecimal digits
behind it stands for itself, as the GS1 Barcode Syntax Engine reads it.

>>> escape("A/B c"), escape("A/B c", query=True)
('A%2FB%20c', 'A%2FB+c')
>>> unescape("A%2FB+c"), unescape("A%2FB+c", query=True), unescape("A%4GB")
('A/B+c', 'A/B c', 'A%4GB')
"""

from __future__ import annotations

import re

__all__ = ["escape", "unescape"]

_UNRESERVED = re.compile(r"[A-Za-z0-9._~-]*")
_RESERVED = re.compile(rb"[^A-Za-z0-9._~-]")
_ESCAPED = re.compile(rb"%([0-9A-Fa-f]{2})")


def escape(text: str, *, query: bool = False) -> str:
    """Return a text with everything but unreserved characters as upper-case ``%XX`` of UTF-8.

    Args:
        text: Unicode without lone surrogates.
        query: write a space as ``+``.
    """
    if _UNRESERVED.fullmatch(text):
        return text
    escaped = _RESERVED.sub(lambda match: b"%%%02X" % ord(match[0]), text.encode()).decode()
    return escaped.replace("%20", "+") if query else escaped


def unescape(text: str, *, query: bool = False) -> str:
    """Return what a percent-encoded text stands for: UTF-8, else one character a byte.

    Args:
        text: ASCII, or already Unicode in part.
        query: read ``+`` as a space.
    """
    if query:
        text = text.replace("+", " ")
    if "%" not in text:
        return text
    octets = _ESCAPED.sub(
        lambda match: bytes([int(match[1], 16)]), text.encode("utf-8", "surrogatepass")
    )
    try:
        return octets.decode()
    except UnicodeDecodeError:
        return octets.decode("latin-1")
