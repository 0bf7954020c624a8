"""Deterministic CBOR (RFC 8949 §4.2.1), the little of it that statements and seals need.

Integers, byte strings, texts, arrays, maps and tag 18; nothing else is written or read.

>>> encode({24: b"", -1: 7}).hex()
'a21818402007'
>>> decode(bytes.fromhex("a21818402007"))
{24: b'', -1: 7}
>>> decode(bytes.fromhex("1817"))
Traceback (most recent call last):
ocoptrace.errors.SigningError: The CBOR is not in its one deterministic \
form. Ask its issuer for another copy.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final, Never

import cbor2

from ocoptrace.errors import SigningError

__all__ = [
    "MAX_BYTES",
    "MAX_DEPTH",
    "Tag",
    "decode",
    "encode",
    "encode_bytes",
    "encode_int",
    "encode_text",
    "read",
]

MAX_BYTES: Final = 8 * 1024
"""Largest message that is read: a log entry is no larger (formats, section 7)."""

MAX_DEPTH: Final = 6
"""Deepest nesting that is read: tag, array, protected map, claims."""

Tag = cbor2.CBORTag

_COSE_SIGN1 = 18
_INT_LIMIT = 2**64

_HEADS = 256
_BYTES_HEADS = tuple(cbor2.dumps(bytes(size))[: -size or None] for size in range(_HEADS))
_TEXT_HEADS = tuple(cbor2.dumps(" " * size)[: -size or None] for size in range(_HEADS))
"""What stands before a byte string or text of each size below 256: nearly all there are."""


def _refuse_tag(_decoder: object) -> Never:
    raise SigningError("signing.cbor_type", kind="tag")


_BUILT_IN_TAGS = (
    *(0, 1, 2, 3, 4, 5, 25, 28, 29, 30, 35, 36, 37, 100),
    *(256, 258, 260, 261, 1004, 43000, 55799),
)
# cbor2 turns these tags into dates, big numbers, patterns: code that outside bytes must not reach.
_REFUSE_BUILT_INS = dict.fromkeys(_BUILT_IN_TAGS, _refuse_tag)


def encode(value: Any) -> bytes:
    """Return the deterministic encoding of a value.

    Raises:
        SigningError: the value holds something other than int (64 bits), bytes, str, list,
            tuple, dict or tag 18.
    """
    try:
        return cbor2.dumps(_ordered(value, MAX_DEPTH))
    except UnicodeEncodeError as error:
        raise SigningError("signing.cbor_type", kind="text that is not Unicode") from error


# What a message of known shape is put together from, faster than from a tree of values.


def encode_int(value: int) -> bytes:
    """Return the deterministic encoding of an integer of at most 64 bits."""
    return cbor2.dumps(value)


def encode_bytes(value: bytes) -> bytes:
    """Return the deterministic encoding of a byte string."""
    size = len(value)
    return _BYTES_HEADS[size] + value if size < _HEADS else cbor2.dumps(value)


def encode_text(value: str) -> bytes:
    """Return the deterministic encoding of a text.

    Raises:
        SigningError: the text is not Unicode.
    """
    try:
        utf8 = value.encode()
    except UnicodeEncodeError as error:
        raise SigningError("signing.cbor_type", kind="text that is not Unicode") from error
    size = len(utf8)
    return _TEXT_HEADS[size] + utf8 if size < _HEADS else cbor2.dumps(value)


def decode(data: bytes) -> Any:
    """Return the value of CBOR bytes in their one deterministic form.

    Raises:
        SigningError: too large, trailing or missing bytes, duplicate keys, indefinite
            lengths, non-minimal integers, keys out of order, foreign types or tags.
    """
    # Ordering anew also makes the frozen maps and tuples inside a tag plain ones.
    plain = _ordered(read(data), MAX_DEPTH)
    if cbor2.dumps(plain) != data:
        raise SigningError("signing.not_deterministic")
    return plain


def read(data: bytes, *, max_bytes: int = MAX_BYTES) -> Any:
    """Return the value that CBOR bytes begin with, whose form is **not** judged.

    For readers that write the value again and compare: they accept what they would write,
    and nothing else. Trailing bytes, other orders, longer lengths and foreign types pass here.

    Raises:
        SigningError: too large, not CBOR, too deep, duplicate keys or indefinite lengths.
    """
    if len(data) > max_bytes:
        raise SigningError("signing.too_large", size=len(data), limit=max_bytes)
    try:
        return cbor2.loads(
            data,
            allow_indefinite=False,
            allow_duplicate_keys=False,
            max_depth=MAX_DEPTH,
            semantic_decoders=_REFUSE_BUILT_INS,
        )
    except SigningError:
        raise
    except (cbor2.CBORError, ValueError, TypeError, RecursionError) as error:
        raise SigningError("signing.not_cbor", reason=str(error)) from error


@lru_cache(maxsize=256)
def _label(label: int | bytes | str) -> bytes:
    """Return the encoding of a map's label, by which its members are ordered."""
    return cbor2.dumps(label)


def _ordered(value: Any, depth: int) -> Any:
    if depth < 0:
        raise SigningError("signing.not_cbor", reason=f"nested deeper than {MAX_DEPTH}")
    match value:
        case bool():
            raise SigningError("signing.cbor_type", kind="bool")
        case int() if not -_INT_LIMIT <= value < _INT_LIMIT:
            raise SigningError("signing.cbor_type", kind="bignum")
        case int() | bytes() | str():
            return value
        case list() | tuple():
            return [_ordered(item, depth - 1) for item in value]
        case Mapping():
            if not all(isinstance(key, int | bytes | str) for key in value):
                raise SigningError("signing.cbor_type", kind="map whose label is no scalar")
            # cbor2's canonical mode sorts by length first (RFC 7049); 4.2.1 sorts by bytes.
            members = [(_ordered(k, 0), _ordered(v, depth - 1)) for k, v in value.items()]
            return dict(sorted(members, key=lambda member: _label(member[0])))
        case Tag(tag=18):
            return Tag(_COSE_SIGN1, _ordered(value.value, depth - 1))
        case _:
            raise SigningError("signing.cbor_type", kind=type(value).__name__)
