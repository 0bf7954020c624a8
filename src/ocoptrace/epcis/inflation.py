"""Compressed documents: gzip, unpacked no further than a limit.

>>> import gzip
>>> inflated(gzip.compress(b"[]"), max_bytes=10)
b'[]'
>>> inflated(gzip.compress(b" " * 1000), max_bytes=999)
Traceback (most recent call last):
ocoptrace.errors.EpcisError: The data have 1000 bytes; the limit is 999. \
Split them into several files.
"""

from __future__ import annotations

import gzip
import io
import zlib

from ocoptrace.errors import EpcisError

__all__ = ["GZIP", "inflated"]

GZIP = b"\x1f\x8b"
"""How a gzip file begins (RFC 1952)."""


def inflated(data: bytes, *, max_bytes: int) -> bytes:
    """Return data as they are, or unpacked where they are gzip.

    Raises:
        EpcisError: too large, packed or unpacked, or broken.
    """
    if not data.startswith(GZIP):
        return _limited(data, max_bytes)
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(data)) as file:
            return _limited(file.read(max_bytes + 1), max_bytes)
    except (OSError, EOFError, zlib.error) as error:
        raise EpcisError("epcis.gzip") from error


def _limited(data: bytes, max_bytes: int) -> bytes:
    if len(data) > max_bytes:
        raise EpcisError("json.too_large", size=len(data), limit=max_bytes)
    return data
