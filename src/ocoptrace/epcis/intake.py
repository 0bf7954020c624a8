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
from typing import Any
from unicodedata import is_normalized, normalize

import jiter
from jiter import LosslessFloat
from pydantic import AfterValidator

from ocoptrace.canonical_json import MAX_DEPTH
from ocoptrace.epcis.faults import pointer, shown
from ocoptrace.epcis.number import Real, of_lexeme
from ocoptrace.errors import EpcisError

__all__ = ["accept", "form", "number", "read_json"]

_EXACT = 2**53
_PLACE = re.compile(r"(.*) at line ([0-9]+) column ([0-9]+)")


def read_json(data: bytes, *, max_bytes: int) -> Any:
    """Return the value of JSON text fit to be validated as EPCIS.

    Args:
        data: UTF-8, with or without a byte order mark.
        max_bytes: the size limit, in bytes.

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
    value = _with_numbers(value)
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


def _with_numbers(value: Any) -> Any:
    """Put our numbers in the place of the reader's, level by level, which bounds the depth."""
    whole = [value]
    level: list[Any] = [whole]
    for _ in range(MAX_DEPTH + 1):
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
                    try:
                        holder[at] = of_lexeme(str(item))
                    except EpcisError as error:
                        error.place = _way_to(item, value)
                        raise
        if not deeper:
            return whole[0]
        level = deeper
    raise EpcisError("json.too_deep", place=_way_to(level[0], value), limit=MAX_DEPTH)


def _way_to(wanted: object, value: Any) -> str:
    """Return the JSON pointer of what stands in a value: of this very object."""
    if type(value) not in {dict, list}:
        return ""
    for at, item in value.items() if type(value) is dict else enumerate(value):
        if item is wanted:
            return pointer(at)
        if found := _way_to(wanted, item):
            return pointer(at) + found
    return ""


def accept(value: Any, *, depth: int = MAX_DEPTH) -> Any:
    """Return JSON in NFC whose numbers are finite; what is not JSON comes back as it is.

    Args:
        value: JSON of any kind.
        depth: how deep it may be nested.

    Raises:
        EpcisError: a number that is not finite, half of a character, the character U+0000, two
            names that NFC makes one, or nesting beyond the depth.
    """
    if isinstance(value, str):
        if "\0" in value:
            raise EpcisError("json.nul")
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
    """Return a finite number; a whole one that a double does not hold keeps its digits.

    Raises:
        EpcisError: it is no number.
    """
    kind = type(value)
    if kind is int:
        return value if -_EXACT < value < _EXACT else of_lexeme(str(value))  # type: ignore[operator,return-value]
    if kind is float and math.isfinite(value):  # type: ignore[arg-type]
        return value  # type: ignore[return-value]
    if kind is Real:
        return value  # type: ignore[return-value]
    raise EpcisError("fields.not_number", value=shown(value))


def _text(value: str) -> str:
    if any("\ud800" <= character <= "\udfff" for character in value):
        raise EpcisError("json.not_unicode")
    return normalize("NFC", value)
