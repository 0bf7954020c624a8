"""COSE_Sign1 (RFC 9052 §4.2), the one message form of ocoptrace.

A message has one form, that of tag 18, four parts and an empty unprotected map: it is read by
writing it again, and comparing. Its protected header is signed as the bytes that it came in.

>>> message = Sign1.of({1: -7, 4: bytes(8)}, b"payload", signature=bytes(64))
>>> Sign1.decode(message.encode()) == message
True
>>> message.headers[1]
-7
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from ocoptrace.errors import SigningError
from ocoptrace.signing import cbor

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "ALG",
    "CONTENT_TYPE",
    "CWT_CLAIMS",
    "KID",
    "SIGNATURE_BYTES",
    "TYP",
    "Sign1",
    "sig_structure",
]

ALG: Final = 1
CONTENT_TYPE: Final = 3
KID: Final = 4
CWT_CLAIMS: Final = 15
TYP: Final = 16

SIGNATURE_BYTES: Final = 64
"""Both algorithms sign with 64 bytes: r and s of ES256, or an Ed25519 signature."""

_PARTS = 4

_TAG_18_ARRAY_OF_4 = b"\xd2\x84"
_EMPTY_MAP = b"\xa0"
_ARRAY_OF_4_SIGNATURE1 = b"\x84\x6aSignature1"
_EMPTY_BYTES = b"\x40"


@dataclass(frozen=True, slots=True)
class Sign1:
    """A COSE_Sign1 message with an empty unprotected map and an attached payload.

    Attributes:
        protected: the protected header, as the bytes that are signed.
        payload: the attached payload.
        signature: 64 bytes.
    """

    protected: bytes
    payload: bytes
    signature: bytes

    @classmethod
    def of(cls, headers: Mapping[int, Any], payload: bytes, *, signature: bytes) -> Sign1:
        """Return a message with these protected headers."""
        return cls(cbor.encode(dict(headers)), payload, signature)

    @classmethod
    def decode(cls, data: bytes) -> Sign1:
        """Return the message that tagged bytes hold (tag 18).

        Its parts are written again, and accepted is what comes out as it came in. What the
        protected header holds is not judged here, but by :attr:`headers`.

        Raises:
            SigningError: not the deterministic encoding of such a message.
        """
        value = cbor.read(data)
        try:
            protected, _, payload, signature = value.value
        except (AttributeError, TypeError, ValueError):
            raise _fault(data) from None
        are_bytes = type(protected) is type(payload) is type(signature) is bytes
        if are_bytes and len(signature) == SIGNATURE_BYTES:
            message = cls(protected, payload, signature)
            if message.encode() == data:
                return message
        raise _fault(data)

    @property
    def headers(self) -> Mapping[int, Any]:
        """The protected headers: label to value.

        Raises:
            SigningError: not the deterministic encoding of a map.
        """
        headers = cbor.decode(self.protected)
        if not isinstance(headers, dict):
            raise SigningError("signing.not_sign1", reason="the protected header is not a map")
        return MappingProxyType(headers)

    def encode(self) -> bytes:
        """Return the tagged bytes: what a log keeps."""
        protected, payload = cbor.encode_bytes(self.protected), cbor.encode_bytes(self.payload)
        signature = cbor.encode_bytes(self.signature)
        return _TAG_18_ARRAY_OF_4 + protected + _EMPTY_MAP + payload + signature

    def sig_structure(self) -> bytes:
        """Return what is signed (RFC 9052 §4.4), without external data."""
        return sig_structure(self.protected, self.payload)


def sig_structure(protected: bytes, payload: bytes) -> bytes:
    """Return what is signed (RFC 9052 §4.4), without external data."""
    parts = cbor.encode_bytes(protected) + _EMPTY_BYTES + cbor.encode_bytes(payload)
    return _ARRAY_OF_4_SIGNATURE1 + parts


def _fault(data: bytes) -> SigningError:
    """Return what is wrong with bytes that are not as a message would be written."""
    value = cbor.decode(data)
    if not isinstance(value, cbor.Tag):
        reason = "tag 18 is missing"
    elif not isinstance(value.value, list) or len(value.value) != _PARTS:
        reason = "it has not four parts"
    elif value.value[1] != {}:
        reason = "the unprotected map is not empty"
    elif not all(isinstance(part, bytes) for part in (value.value[0], *value.value[2:])):
        reason = "a part is not a byte string"
    else:
        reason = "the signature has not 64 bytes"
    return SigningError("signing.not_sign1", reason=reason)
