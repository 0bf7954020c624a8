"""JSON on its way in: bounded, in NFC, its numbers with the digits that they were written with.

This is the one place where text is normalised.

>>> accept({"name": "Ma" + chr(0x306) + chr(0x301) + "m", "quantity": 120.5})
{'name': 'Mắm', 'quantity': 120.5}
>>> read_json(b'{"quantity": 120.50}', max_bytes=99)["quantity"].lexeme
'120.50'
>>> accept([float("nan")])
Traceback (most recent call last):
ocoptrace.errors.EpcisError: /0: nan is not a number. Write digits only, with a point for \
decimals and without quotation marks.
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any
from unicodedata import is_normalized, normalize

import jiter
from jiter import LosslessFloat
from pydantic import AfterValidator

from ocoptrace.canonical_json import MAX_DEPTH
from ocoptrace.epcis.faults import pointer, shown
from ocoptrace.epcis.number import Real, of_lexeme
from ocoptrace.errors import EpcisError

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["MAX_EVENT_DEPTH", "accept", "bounded", "form", "number", "read_json"]

MAX_EVENT_DEPTH = MAX_DEPTH - 5
"""Deepest nesting of an event, itself included, so that every document has room for it."""

_EXACT = 2**53
_MAX_BITS = 1024
_PLACE = re.compile(r"(.*) at line ([0-9]+) column ([0-9]+)")


def read_json(data: bytes, *, max_bytes: int, depth: int | Callable[[Any], int] = MAX_DEPTH) -> Any:
    """Return the value of JSON text fit to be validated as EPCIS.

    Args:
        data: UTF-8, with or without a byte order mark.
        max_bytes: the size limit, in bytes.
        depth: how deep it may be nested, itself included; or what says so of the value.

    Raises:
        EpcisError: not JSON, not UTF-8, a member twice, too large or nested too deep.
    """
    if len(data) > max_bytes:
        raise EpcisError("json.too_large", size=len(data), limit=max_bytes)
    data = data.removeprefix(b"\xef\xbb\xbf")
    try:
        text = data.decode()
        value = jiter.from_json(
            data,
            allow_inf_nan=False,
            cache_mode="keys",
            catch_duplicate_keys=True,
            float_mode="lossless-float",
        )
    except UnicodeDecodeError as error:
        raise EpcisError("json.not_utf8", place=f"byte {error.start}") from error
    except ValueError as error:
        raise _refusal(str(error)) from error
    value = _with_numbers(value, depth(value) if callable(depth) else depth)
    # Escapes hide from the look at the whole text what they stand for.
    if b"\\u" in data or not is_normalized("NFC", text):
        return accept(value)
    return value


def _refusal(said: str) -> EpcisError:
    match = _PLACE.fullmatch(said)
    reason, line, column = match.groups() if match else (said, 1, 1)
    if reason.startswith("Detected duplicate key"):
        name = reason.partition('"')[2].removesuffix('"')
        return EpcisError("json.duplicate_member", place=f"line {line}", name=shown(name))
    if reason.startswith("recursion limit"):
        return EpcisError("json.too_deep", place=f"line {line}", limit=MAX_DEPTH)
    return EpcisError("json.syntax", line=line, column=column, reason=reason)


def _with_numbers(value: Any, depth: int) -> Any:
    """Put our numbers in the place of the reader's, level by level, which bounds the depth."""
    whole = [value]
    try:
        _put_numbers(whole, depth)
    except EpcisError as error:
        if error.code != "json.too_deep":
            error.place = _refused(whole[0]) or ""
        raise
    return whole[0]


def _put_numbers(whole: list[Any], depth: int) -> None:
    level: list[Any] = [whole]
    for _ in range(depth + 1):
        deeper: list[Any] = []
        for holder in level:
            members = holder.items() if type(holder) is dict else enumerate(holder)
            for at, item in members:
                kind = type(item)
                if kind is str or kind is bool:
                    continue
                if kind is dict or kind is list:
                    deeper.append(item)
                elif kind is LosslessFloat or (kind is int and not -_EXACT < item < _EXACT):
                    holder[at] = of_lexeme(str(item))
        if not deeper:
            return
        level = deeper
    raise _too_deep(whole[0], depth)


def _refused(value: Any) -> str | None:
    """Return where the first number stands that is none of ours; None where there is none."""
    if isinstance(value, dict | list):
        members = value.items() if isinstance(value, dict) else enumerate(value)
        for at, item in members:
            if (place := _refused(item)) is not None:
                return pointer(at) + place
    elif isinstance(value, LosslessFloat | int) and not isinstance(value, bool):
        try:
            of_lexeme(str(value))
        except EpcisError:
            return ""
    return None


def bounded(value: Any, depth: int = MAX_EVENT_DEPTH) -> None:
    """Refuse a value that is nested deeper than a limit.

    Args:
        value: JSON of any kind.
        depth: how many objects and arrays may stand in each other, the value included.

    Raises:
        EpcisError: with the JSON pointer of the first that is too deep.
    """
    level = [value]
    for _ in range(depth):
        level = [
            item
            for holder in level
            if isinstance(holder, dict | list | tuple)
            for item in (holder.values() if isinstance(holder, dict) else holder)
        ]
        if not level:
            return
    if any(isinstance(item, dict | list | tuple) for item in level):
        raise _too_deep(value, depth)


def _too_deep(value: Any, depth: int) -> EpcisError:
    place = _way_to_depth(value, depth) or ""
    return EpcisError("json.too_deep", place=place, limit=depth)


def _way_to_depth(value: Any, depth: int) -> str | None:
    """Return where something stands that is nested deeper; None where nothing does."""
    if not isinstance(value, dict | list | tuple):
        return None
    if depth <= 0:
        return ""
    for at, item in value.items() if isinstance(value, dict) else enumerate(value):
        if (place := _way_to_depth(item, depth - 1)) is not None:
            return pointer(at) + place
    return None


def accept(value: Any, *, depth: int = MAX_DEPTH, kept: tuple[type, ...] = ()) -> Any:
    """Return JSON in NFC whose numbers are finite.

    Args:
        value: JSON of any kind.
        depth: how deep it may be nested.
        kept: kinds of values that may stand in it as they are, read already.

    Raises:
        EpcisError: something that is no JSON, a number that is not finite, half of a character,
            the character U+0000, two names that NFC makes one, or nesting beyond the depth.
    """
    if isinstance(value, str):
        return _text(value)
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int | float):
        return number(value)
    if not isinstance(value, dict | list | tuple):
        if isinstance(value, kept):
            return value
        raise EpcisError("json.not_json", kind=type(value).__name__)
    if depth <= 0:
        raise EpcisError("json.too_deep", limit=MAX_DEPTH)
    if not isinstance(value, dict):
        return [_inside(at, item, depth, kept) for at, item in enumerate(value)]
    members = {_name(name): _inside(name, item, depth, kept) for name, item in value.items()}
    if len(members) != len(value):
        twice = next(name for name in value if _name(name) != name)
        raise EpcisError("json.duplicate_member", name=shown(_name(twice)))
    return members


def _name(name: object) -> str:
    if not isinstance(name, str):
        raise EpcisError("json.not_json", kind=type(name).__name__)
    return _text(name)


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


def _inside(at: object, value: Any, depth: int, kept: tuple[type, ...]) -> Any:
    """Return what stands at a name or position; a fault there gets its JSON pointer."""
    try:
        return accept(value, depth=depth - 1, kept=kept)
    except EpcisError as error:
        error.place = pointer(at) + error.place
        raise


def number(value: object) -> int | float:
    """Return a finite number; a whole one that a double does not hold keeps its digits.

    Raises:
        EpcisError: it is no number.
    """
    kind = type(value)
    if isinstance(value, int) and kind is int:
        if value.bit_length() > _MAX_BITS:  # which Python would not even write
            raise EpcisError("json.out_of_range", number=shown(hex(value)))
        return value if -_EXACT < value < _EXACT else of_lexeme(str(value))
    if kind is float and math.isfinite(value):  # type: ignore[arg-type]
        return value  # type: ignore[return-value]
    if kind is Real:
        return value  # type: ignore[return-value]
    raise EpcisError("fields.not_number", value=shown(value))


def _text(value: str) -> str:
    if "\0" in value:
        raise EpcisError("json.nul")
    if value.isascii():
        return value
    if any("\ud800" <= character <= "\udfff" for character in value):
        raise EpcisError("json.not_unicode")
    return normalize("NFC", value)
