"""Names: what a label, an event and a record call a thing.

>>> parse_name("https://coop.example/ocop/7K2M9QXA/MT500").level
'product'
>>> parse_name("https://example.com/01/09520101001115/21/K7Q2").level
'item'
>>> is_demo_key(parse_name("https://example.com/01/09520101001115"))
True
"""

from __future__ import annotations

from ocoptrace.gs1.digital_link import DigitalLink
from ocoptrace.gs1.plain_name import PlainName

__all__ = ["DEMO_PREFIX", "SERIAL_ALPHABET", "Name", "is_demo_key", "is_plain", "parse_name"]

Name = DigitalLink | PlainName
"""A GS1 Digital Link or a plain name; both have the same methods."""

SERIAL_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""What random serial numbers are made of: no I, L, O or U, which are misread."""

DEMO_PREFIX = "952"
"""The GS1 prefix for examples; a real label must not carry it."""

_PREFIX_AT_SECOND = frozenset({"00", "01", "8003", "8006"})
"""Keys with one digit before the GS1 prefix."""

_PLAIN_PATH = "/ocop/"


def parse_name(uri: str) -> Name:
    """Return the name that a URI is: plain where its path starts with ``/ocop/``.

    Raises:
        Gs1Error: it is neither a Digital Link nor a plain name.
    """
    return PlainName.parse(uri) if is_plain(uri) else DigitalLink.parse(uri)


def is_plain(uri: str) -> bool:
    """Tell whether a URI can only be a plain name: its path starts with ``/ocop/``."""
    path_at = uri.find("/", uri.find("://") + len("://"))
    return uri[path_at : path_at + len(_PLAIN_PATH)].lower() == _PLAIN_PATH


def is_demo_key(name: Name) -> bool:
    """Tell whether a name carries the GS1 prefix for examples."""
    if name.key is None:
        return False
    ai, value = name.key
    return value.startswith(DEMO_PREFIX, 1 if ai in _PREFIX_AT_SECOND else 0)
