r"""Unpadded base64url (RFC 4648 §5) with exactly one spelling for each value.

>>> encode(b"\xfb\xff"), decode("-_8")
('-_8', b'\xfb\xff')
>>> decode("-_9")
Traceback (most recent call last):
ocoptrace.errors.SigningError: The text is not base64url in its one form. Copy it again, whole.
"""

from __future__ import annotations

import base64
import binascii

from ocoptrace.errors import SigningError

__all__ = ["decode", "encode"]


def encode(data: bytes) -> str:
    """Return bytes as unpadded base64url."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def decode(text: str) -> bytes:
    """Return the bytes of unpadded base64url.

    Raises:
        SigningError: padding, white space, foreign characters, or non-zero tail bits.
    """
    try:
        data = base64.b64decode(text + "=" * (-len(text) % 4), altchars="-_", validate=True)
    except (ValueError, binascii.Error) as error:
        raise SigningError("signing.not_base64url") from error
    if encode(data) != text:
        raise SigningError("signing.not_base64url")
    return data
