from __future__ import annotations

from typing import Any

import cbor2
import pytest

from ocoptrace.errors import SigningError
from ocoptrace.signing.cose import Sign1

PROTECTED = b"\xa1\x01\x26"
PARTS = [PROTECTED, {}, b"payload", bytes(64)]


def encoded(parts: object = PARTS, *, tag: int = 18) -> bytes:
    return cbor2.dumps(cbor2.CBORTag(tag, parts))


def test_a_message_is_the_bytes_that_it_came_in() -> None:
    message = Sign1.decode(encoded())
    assert (message.protected, message.payload, message.signature) == (
        PROTECTED,
        b"payload",
        bytes(64),
    )
    assert message.encode() == encoded()
    assert dict(message.headers) == {1: -7}


def test_the_protected_bytes_are_signed_as_they_came() -> None:
    # RFC 9052 §4.4: context, protected bytes, external data, payload.
    signed = Sign1.decode(encoded()).sig_structure()
    assert cbor2.loads(signed) == ["Signature1", PROTECTED, b"", b"payload"]


OTHER_FORMS: dict[str, Any] = {
    "no tag": cbor2.dumps(PARTS),
    "COSE_Mac0": encoded(tag=17),
    "COSE_Sign": encoded(tag=98),
    "tag 61 around tag 18": cbor2.dumps(cbor2.CBORTag(61, cbor2.CBORTag(18, PARTS))),
    "tag 18 twice": cbor2.dumps(cbor2.CBORTag(18, cbor2.CBORTag(18, PARTS))),
    "three parts": encoded(PARTS[:3]),
    "five parts": encoded([*PARTS, b""]),
    "no array": encoded(b""),
    "kid beside the protected header": encoded([PROTECTED, {4: bytes(8)}, b"", bytes(64)]),
    "no unprotected map": encoded([PROTECTED, [], b"", bytes(64)]),
    "a detached payload": encoded([PROTECTED, {}, None, bytes(64)]),
    "a payload that is text": encoded([PROTECTED, {}, "payload", bytes(64)]),
    "a protected header that is a map": encoded([{1: -7}, {}, b"", bytes(64)]),
    "a protected header that is no map": encoded([b"\x80", {}, b"", bytes(64)]),
    "an empty protected header": encoded([b"", {}, b"", bytes(64)]),
    "labels out of order": encoded([b"\xa2\x04\x40\x01\x26", {}, b"", bytes(64)]),
    "a short signature": encoded([PROTECTED, {}, b"", bytes(63)]),
    "a DER signature": encoded([PROTECTED, {}, b"", bytes(70)]),
    "bytes behind it": encoded() + b"\0",
}


@pytest.mark.parametrize("data", OTHER_FORMS.values(), ids=OTHER_FORMS)
def test_no_other_form_is_read(data: bytes) -> None:
    with pytest.raises(SigningError):
        Sign1.decode(data)
