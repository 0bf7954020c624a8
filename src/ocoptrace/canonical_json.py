r"""Canonical JSON bytes (RFC 8785): one value, one spelling, so that it can be signed.

>>> dumps({"uom": "KGM", "quantity": 120.50, "lot": "Lô 7"})
b'{"lot":"L\xc3\xb4 7","quantity":120.5,"uom":"KGM"}'
>>> loads(b'{"a":1,"a":2}')
Traceback (most recent call last):
ocoptrace.errors.InputError: The member "a" stands twice in one object. Keep one of them.
"""

from __future__ import annotations

import json
from decimal import Decimal, InvalidOperation
from typing import Any, Never

import orjson
import rfc8785

from ocoptrace.errors import InputError

__all__ = ["MAX_DEPTH", "dumps", "is_canonical", "loads"]

MAX_DEPTH = 32
"""Deepest nesting that is read or written; an event needs far less."""

_EXACT = 2**53
_SIGNIFICANT_DIGITS = 15
_LEAST, _MOST = 1e-5, 1e15
_MAX_LEXEME = 64


def dumps(value: Any) -> bytes:
    """Return the RFC 8785 bytes of a JSON value (dict, list, str, int, float, bool, None).

    Raises:
        InputError: a value that JSON or a double cannot hold, or nesting beyond MAX_DEPTH.
    """
    plain = _is_plain(value)
    try:
        if plain:
            written: bytes = orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
            return written
        return rfc8785.dumps(value)
    except (orjson.JSONEncodeError, UnicodeEncodeError) as error:
        # All else that orjson refuses has been refused before.
        raise InputError("json.not_unicode") from error
    except rfc8785.CanonicalizationError as error:
        if isinstance(error.__cause__, UnicodeEncodeError):
            raise InputError("json.not_unicode") from error
        raise InputError("json.not_canonical", reason=str(error)) from error


def _is_plain(value: Any) -> bool:
    """Tell whether orjson spells a value as RFC 8785 does.

    It does where every key is ASCII (elsewhere UTF-16 order may differ from byte order), no
    integer leaves the range that a double holds, and no fraction is so large or small that
    it takes an exponent. The value is looked at level by level, which bounds its depth; and
    all of it, so that both ways of writing refuse the same values.

    Raises:
        InputError: something that is no JSON, or nesting beyond MAX_DEPTH.
    """
    plain = True
    level = [value]
    for _ in range(MAX_DEPTH + 1):
        deeper: list[Any] = []
        for item in level:
            kind = type(item)
            if kind is str:
                continue
            if kind is dict:
                try:
                    plain = "".join(item).isascii() and plain
                except TypeError:
                    raise _not_text(item) from None
                deeper.extend(item.values())
            elif kind is list:
                deeper.extend(item)
            else:
                plain = _is_alike(item) and plain
        if not deeper:
            return plain
        level = deeper
    raise InputError("json.too_deep", limit=MAX_DEPTH)


def _is_alike(value: object) -> bool:
    """Tell whether orjson spells a number, ``true``, ``false`` or ``null`` as RFC 8785 does."""
    if isinstance(value, bool) or value is None:
        return True
    # A class of someone's own is no JSON, whatever it is derived from.
    if type(value) is int:
        return -_EXACT < value < _EXACT
    if type(value) is float:
        return not value.is_integer() and _LEAST < abs(value) < _MOST
    raise InputError("json.not_json", kind=type(value).__name__)


def _not_text(members: dict[Any, Any]) -> InputError:
    """Return the error for an object with a name that is no text."""
    kind = next(type(name).__name__ for name in members if not isinstance(name, str))
    return InputError("json.not_json", kind=kind)


def loads(data: bytes | str, *, max_bytes: int = 16 * 2**20) -> Any:
    """Return the value of JSON text, strictly: no duplicate members, no NaN, bounded.

    A number with more digits than a double holds exactly is refused, since its canonical
    bytes would say something else than the text did.

    Raises:
        InputError: not JSON, not UTF-8, a duplicate member, too large or too deep.
    """
    if len(data) > max_bytes:
        raise InputError("json.too_large", size=len(data), limit=max_bytes)
    try:
        text = data.decode("utf-8") if isinstance(data, bytes) else data
        value = json.loads(
            text,
            object_pairs_hook=_object,
            parse_constant=_refuse_constant,
            parse_float=_float,
            parse_int=_int,
        )
    except UnicodeDecodeError as error:
        raise InputError("json.not_utf8", place=f"byte {error.start}") from error
    except json.JSONDecodeError as error:
        raise InputError(
            "json.syntax", line=error.lineno, column=error.colno, reason=error.msg
        ) from error
    except RecursionError as error:
        raise InputError("json.too_deep", limit=MAX_DEPTH) from error
    _check_depth(value, MAX_DEPTH)
    return value


def is_canonical(data: bytes | str) -> bool:
    """Tell whether JSON text is in the one spelling of RFC 8785.

    Raises:
        InputError: not JSON that ``loads`` reads.
    """
    written = dumps(loads(data))
    return written == (data if isinstance(data, bytes) else data.encode())


def _check_depth(value: Any, depth: int) -> None:
    if depth < 0:
        raise InputError("json.too_deep", limit=MAX_DEPTH)
    if isinstance(value, dict):
        for member in value.values():
            _check_depth(member, depth - 1)
    elif isinstance(value, list):
        for item in value:
            _check_depth(item, depth - 1)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members: dict[str, Any] = {}
    for name, value in pairs:
        if name in members:
            # JSON can escape half a character, which no message can show.
            shown = name[:40].encode(errors="replace").decode()
            raise InputError("json.duplicate_member", name=shown)
        members[name] = value
    return members


def _refuse_constant(constant: str) -> Never:
    raise InputError("json.not_finite", constant=constant)


def _float(lexeme: str) -> float | int:
    if len(lexeme) > _MAX_LEXEME:
        raise InputError("json.inexact_number", number=lexeme[:40])
    number = float(lexeme)
    try:
        exact = Decimal(lexeme)
    except InvalidOperation:  # an exponent that not even Decimal holds
        raise InputError("json.inexact_number", number=lexeme[:40]) from None
    # Beyond 15 digits, and near the ends of its range, a double reads back as another number.
    significant = "".join(map(str, exact.as_tuple().digits)).strip("0")
    if len(significant) > _SIGNIFICANT_DIGITS or exact != Decimal(repr(number)):
        raise InputError("json.inexact_number", number=lexeme[:40])
    return number


def _int(lexeme: str) -> int:
    if len(lexeme) > _SIGNIFICANT_DIGITS + 2:
        raise InputError("json.inexact_number", number=lexeme[:40])
    number = int(lexeme)
    if not -_EXACT < number < _EXACT:
        raise InputError("json.inexact_number", number=lexeme)
    return number
