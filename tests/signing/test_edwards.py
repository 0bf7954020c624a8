from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519
from hypothesis import given
from hypothesis import strategies as st

from ocoptrace.errors import SigningError
from ocoptrace.signing import PublicKey
from ocoptrace.signing.edwards import is_sound

P = 2**255 - 19
SIGN = 2**255

# A point of order 8 doubles to y = 0, so x^2 = -y^2, and the curve says 2 y^2 = 1 - d y^4.
ORDER_8 = 0x7A03AC9277FDC74EC6CC392CFA53202A0F67100D760B3CBA4FD84D3D706A17C7

UNSOUND = {
    "the neutral element": 1,
    "order 2": P - 1,
    "order 4": 0,
    "order 4, the other": SIGN,
    "order 8": ORDER_8,
    "order 8, the other": ORDER_8 + SIGN,
    "order 8, negative": P - ORDER_8,
    "order 8, negative, the other": P - ORDER_8 + SIGN,
    "the neutral element with a sign": 1 + SIGN,
    "order 2 with a sign": P - 1 + SIGN,
    "0 written as p": P,
    "1 written as p + 1": P + 1,
    "all bits": 2**256 - 1,
    "no point has this y": 2,
}


@pytest.mark.parametrize("number", UNSOUND.values(), ids=UNSOUND)
def test_no_signature_can_rest_on_these(number: int) -> None:
    raw = number.to_bytes(32, "little")
    assert not is_sound(raw)
    with pytest.raises(SigningError) as caught:
        PublicKey.from_ed25519(raw)
    assert caught.value.code == "signing.bad_point"


def test_the_number_of_order_8_is_what_it_is_said_to_be() -> None:
    d = -121665 * pow(121666, -1, P)
    assert (2 * ORDER_8**2 - 1 + d * ORDER_8**4) % P == 0


def test_the_library_alone_believes_one_signature_of_two_messages() -> None:
    public = ed25519.Ed25519PublicKey.from_public_bytes((1).to_bytes(32, "little"))
    signature = (1).to_bytes(32, "little") + bytes(32)
    public.verify(signature, b"6.000 kg")
    public.verify(signature, b"9.000 kg")


@given(st.binary(min_size=32, max_size=32))
def test_every_key_that_was_made_is_sound(seed: bytes) -> None:
    private = ed25519.Ed25519PrivateKey.from_private_bytes(seed)
    assert is_sound(private.public_key().public_bytes_raw())


def test_another_length_is_no_point() -> None:
    assert not is_sound(b"")
    assert not is_sound(bytes(31) + b"\x01\x02")
