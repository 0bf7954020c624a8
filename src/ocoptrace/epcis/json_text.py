"""JSON text of what was read: numbers with the digits that they were written with.

>>> from ocoptrace.epcis.number import of_lexeme
>>> json_text({"quantity": of_lexeme("120.50"), "name": "Mắm"})
'{"quantity":120.50,"name":"Mắm"}'
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

if TYPE_CHECKING:
    from ocoptrace.epcis.number import Real

__all__ = ["json_bytes", "json_text"]


def json_bytes(value: Any, *, indented: bool = False) -> bytes:
    """Return JSON in UTF-8.

    Args:
        value: JSON, whose numbers may keep their digits; a fragment of text stands as it is.
        indented: on many lines, two spaces a level.
    """
    option = orjson.OPT_INDENT_2 if indented else 0
    written: bytes = orjson.dumps(value, default=_spelled, option=option)
    return written


def json_text(value: Any) -> str:
    """Return JSON on one line, in characters that XML has too."""
    text = json_bytes(value).decode()
    return text.replace("\ufffe", "\\ufffe").replace("\uffff", "\\uffff").replace("\x7f", "\\u007f")


def _spelled(number: Real) -> orjson.Fragment:
    """Return a number as it was read; orjson asks for what it does not know itself."""
    return orjson.Fragment(number.lexeme)
