from __future__ import annotations

import hashlib
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed448, x25519
from hypothesis import given
from hypothesis import strategies as st

from ocoptrace.errors import SigningError
from ocoptrace.signing import PublicKey, SoftwareSigner, cbor
from village import eddsa, es256

ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
# The key of RFC 9679 §6, and its COSE_Key written out by hand.
X = "65eda5a12577c2bae829437fe338701a10aaa375e1bb5b5de108de439c08551d"
Y = "1e52ed75701163f7f9e40ddf9f341b3dc9ba860af7e0ca7ca7e9eecd0084d19c"
COSE_KEY = bytes.fromhex(f"a4 0102 2001 215820 {X} 225820 {Y}")

SIGNERS = [es256(1), eddsa(1)]


def test_the_thumbprint_is_that_of_rfc_9679() -> None:
    key = PublicKey.from_cose_key(COSE_KEY)
    assert key.thumbprint.hex() == (
        "496bd8afadf307e5b08c64b0421bf9dc01528a344a43bda88fadd1669da253ec"
    )
    assert key.thumbprint == hashlib.sha256(COSE_KEY).digest()
    assert key.thumbprint_uri == (
        "urn:ietf:params:oauth:ckt:sha-256:SWvYr63zB-WwjGSwQhv53AFSijRKQ72oj63RZp2iU-w"
    )
    assert (key.kid.hex(), key.hint.hex()) == ("496bd8afadf307e5", "496bd8af")


OTHER_KEYS: dict[str, Any] = {
    "P-384": ({1: 2, -1: 2, -2: bytes(48), -3: bytes(48)}, "unknown_key_type"),
    "Ed448": ({1: 1, -1: 7, -2: bytes(57)}, "unknown_key_type"),
    "a short coordinate": ({1: 2, -1: 1, -2: bytes(31), -3: bytes(32)}, "unknown_key_type"),
    "a short Ed25519 key": ({1: 1, -1: 6, -2: bytes(31)}, "unknown_key_type"),
    "a point off the curve": ({1: 2, -1: 1, -2: bytes(32), -3: bytes(32)}, "bad_point"),
    "a compressed point": ({1: 2, -1: 1, -2: bytes(32), -3: 1}, "unknown_key_type"),
    "an optional member": ({1: 1, -1: 6, -2: bytes(32), 2: b"kid"}, "unknown_key_type"),
    "a private key": ({1: 1, -1: 6, -2: bytes(32), -4: bytes(32)}, "unknown_key_type"),
    "no map": ([], "unknown_key_type"),
}


@pytest.mark.parametrize(("members", "code"), OTHER_KEYS.values(), ids=OTHER_KEYS)
def test_a_cose_key_has_its_required_members_only(members: object, code: str) -> None:
    with pytest.raises(SigningError) as caught:
        PublicKey.from_cose_key(cbor.encode(members))
    assert caught.value.code == f"signing.{code}"


@pytest.mark.parametrize("signer", SIGNERS)
@given(message=st.binary(max_size=80), bit=st.integers(0, 511))
def test_a_signature_verifies_and_no_other_bits_do(
    signer: SoftwareSigner, message: bytes, bit: int
) -> None:
    key = signer.public_key
    signature = signer.sign(message)
    assert key.verifies(signature, message)
    assert not key.verifies(signature, message + b"\0")
    flipped = (int.from_bytes(signature) ^ (1 << bit)).to_bytes(64)
    assert not key.verifies(flipped, message)


@given(st.binary(max_size=40))
def test_the_high_twin_of_a_signature_does_not_verify(message: bytes) -> None:
    signer = es256(7)
    signature = signer.sign(message)
    s = int.from_bytes(signature[32:])
    assert s <= ORDER // 2
    twin = signature[:32] + (ORDER - s).to_bytes(32)
    assert not signer.public_key.verifies(twin, message)


@pytest.mark.parametrize("signer", SIGNERS)
@pytest.mark.parametrize("length", [0, 63, 65, 70, 128])
def test_a_signature_of_another_length_does_not_verify(signer: SoftwareSigner, length: int) -> None:
    assert not signer.public_key.verifies(bytes(length), b"")


@pytest.mark.parametrize("signer", SIGNERS)
@pytest.mark.parametrize("signature", [bytes(64), bytes(32) + b"\xff" * 32, b"\xff" * 64])
def test_a_signature_of_absurd_numbers_does_not_verify(
    signer: SoftwareSigner, signature: bytes
) -> None:
    assert not signer.public_key.verifies(signature, b"")


@pytest.mark.parametrize("signer", SIGNERS)
@pytest.mark.parametrize("passphrase", [None, b"mat khau"])
def test_a_key_file_gives_back_its_key(signer: SoftwareSigner, passphrase: bytes | None) -> None:
    pem = signer.to_pem(passphrase=passphrase)
    assert SoftwareSigner.from_pem(pem, passphrase=passphrase).public_key == signer.public_key
    assert (b"ENCRYPTED" in pem) == (passphrase is not None)


def test_a_passphrase_is_asked_for_and_checked() -> None:
    locked, plain = SIGNERS[0].to_pem(passphrase=b"one"), SIGNERS[0].to_pem()
    for pem, passphrase, code in (
        (locked, None, "signing.passphrase_needed"),
        (locked, b"two", "signing.not_a_key"),
        (plain, b"one", "signing.no_passphrase"),
        (b"no key", None, "signing.not_a_key"),
        (b"", None, "signing.not_a_key"),
    ):
        with pytest.raises(SigningError) as caught:
            SoftwareSigner.from_pem(pem, passphrase=passphrase)
        assert caught.value.code == code
    with pytest.raises(SigningError) as caught:
        SIGNERS[0].to_pem(passphrase=b"x" * 1024)
    assert caught.value.code == "signing.passphrase_too_long"


@pytest.mark.parametrize(
    "private",
    [
        ec.derive_private_key(5, ec.SECP384R1()),
        ec.derive_private_key(5, ec.SECP256K1()),
        ed448.Ed448PrivateKey.generate(),
        x25519.X25519PrivateKey.generate(),
    ],
    ids=["P-384", "secp256k1", "Ed448", "X25519"],
)
def test_a_key_of_another_kind_is_refused(private: ec.EllipticCurvePrivateKey) -> None:
    pem = private.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    with pytest.raises(SigningError) as caught:
        SoftwareSigner.from_pem(pem)
    assert caught.value.code == "signing.unknown_key_type"


def test_a_key_of_a_kind_that_nobody_knows_is_refused() -> None:
    # An Ed25519 key file whose algorithm 1.3.101.112 was made 1.3.101.127.
    pem = (
        b"-----BEGIN PRIVATE KEY-----\n"
        b"MC4CAQAwBQYDK2V/BCIEIEzNCJso/5banbbDRuwRTg9bijGfNaumJNqM9u1PuKb7\n"
        b"-----END PRIVATE KEY-----\n"
    )
    with pytest.raises(SigningError) as caught:
        SoftwareSigner.from_pem(pem)
    assert caught.value.code == "signing.unknown_key_type"
