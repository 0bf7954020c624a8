"""JSON on its way in: what canonical bytes could not hold is refused, text is put into NFC.

This is the one place where text is normalised.

>>> accept({"name": "Ma" + chr(0x306) + chr(0x301) + "m", "quantity": 120.5})
{'name': 'Mắm', 'quantity': 120.5}
>>> accept([0.1 + 0.2])
Traceback (most recent call last):
ocoptrace.errors.EpcisError: /0: The number 0.30000000000000004 has more digits than are kept \
exactly (15). Round it, or give it as text.
"""

from __future__ import annotations

import math
import re
from decimal import Decimal
from typing import Any
from unicodedata import normalize

from pydantic import AfterValidator

from ocoptrace.canonical_json import MAX_DEPTH
from ocoptrace.epcis.faults import pointer, shown
from ocoptrace.errors import EpcisError

__all__ = ["accept", "form", "number"]

_EXACT = 2**53
_DIGITS = 15


def accept(value: Any, *, depth: int = MAX_DEPTH) -> Any:
    """Return JSON fit to be signed; what is not JSON comes back as it is.

    Args:
        value: JSON of any kind.
        depth: how deep it may be nested.

    Raises:
        EpcisError: a number that a double does not hold to 15 digits, half of a character,
            two names that NFC makes one, or nesting beyond the depth.
    """
    if isinstance(value, str):
        return value if value.isascii() else _text(value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return number(value)
    if not isinstance(value, dict | list):
        return value
    if depth < 0:
        raise EpcisError("json.too_deep", limit=MAX_DEPTH)
    if isinstance(value, list):
        return [_inside(at, item, depth) for at, item in enumerate(value)]
    members = {accept(name): _inside(name, member, depth) for name, member in value.items()}
    if len(members) != len(value):
        twice = next(name for name in value if accept(name) != name)
        raise EpcisError("json.duplicate_member", name=shown(accept(twice)))
    return members


def form(pattern: str, example: str) -> AfterValidator:
    """Return a pydantic validator for text of a fixed form.

    Args:
        pattern: regular expression of the whole text.
        example: a right text, which the message shows instead of the pattern.
    """
    whole = re.compile(pattern)

    def check(value: str) -> str:
        if not whole.fullmatch(value):
            raise EpcisError("fields.form", value=shown(value), expected=example)
        return value

    return AfterValidator(check)


def _inside(at: object, value: Any, depth: int) -> Any:
    """Return what stands at a name or position; a fault there gets its JSON pointer."""
    try:
        return accept(value, depth=depth - 1)
    except EpcisError as error:
        error.place = pointer(at) + error.place
        raise


def number(value: object) -> int | float:
    """Return a JSON number that canonical bytes can hold: finite, at most 15 digits.

    Raises:
        EpcisError: it is not.
    """
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise EpcisError("fields.not_number", value=shown(value))
    if abs(value) >= _EXACT or len(Decimal(repr(value)).normalize().as_tuple().digits) > _DIGITS:
        raise EpcisError("json.inexact_number", number=shown(value))
    return value


def _text(value: str) -> str:
    if any("\ud800" <= character <= "\udfff" for character in value):
        raise EpcisError("json.not_unicode")
    return normalize("NFC", value)
