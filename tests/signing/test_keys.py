from __future__ import annotations

import copy
import hashlib
import pickle
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed448, rsa, x25519
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from hypothesis import example, given
from hypothesis import strategies as st

from ocoptrace.errors import SigningError
from ocoptrace.signing import PublicKey, SoftwareSigner, cbor
from ocoptrace.signing.keys import DerSigner, signature_of
from village import eddsa, es256

if TYPE_CHECKING:
    from collections.abc import Callable

ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
# The key of RFC 9679 §6, and its COSE_Key written out by hand.
X = "65eda5a12577c2bae829437fe338701a10aaa375e1bb5b5de108de439c08551d"
Y = "1e52ed75701163f7f9e40ddf9f341b3dc9ba860af7e0ca7ca7e9eecd0084d19c"
COSE_KEY = bytes.fromhex(f"a4 0102 2001 215820 {X} 225820 {Y}")

SIGNERS = [es256(1), eddsa(1)]
SPKI = serialization.PublicFormat.SubjectPublicKeyInfo
OTHER_PRIVATE = {
    "P-384": ec.derive_private_key(5, ec.SECP384R1()),
    "secp256k1": ec.derive_private_key(5, ec.SECP256K1()),
    "Ed448": ed448.Ed448PrivateKey.generate(),
    "X25519": x25519.X25519PrivateKey.generate(),
}


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


def numbers(r: int, s: int) -> bytes:
    return r.to_bytes(32) + s.to_bytes(32)


@pytest.mark.parametrize(
    ("r", "s"),
    [(0, 1), (1, 0), (0, 0), (ORDER, 1), (1, ORDER), (ORDER + 1, 1), (1, ORDER + 1), (1, 1)],
)
def test_numbers_out_of_their_range_do_not_verify(r: int, s: int) -> None:
    assert not es256(2).public_key.verifies(numbers(r, s), b"")


def test_r_and_s_are_not_taken_modulo_the_order() -> None:
    # A signature with a small r, so that r + n still has 32 bytes.
    signer = es256(2)
    for counter in range(64):
        signature = signer.sign(bytes((counter,)))
        r, s = int.from_bytes(signature[:32]), int.from_bytes(signature[32:])
        assert not signer.public_key.verifies(numbers(r, s)[::-1], bytes((counter,)))
        if s + ORDER < 2**256:
            assert not signer.public_key.verifies(numbers(r, s + ORDER), bytes((counter,)))
        if r + ORDER < 2**256:
            assert not signer.public_key.verifies(numbers(r + ORDER, s), bytes((counter,)))


def test_our_own_signatures_are_deterministic_and_low() -> None:
    # RFC 6979, appendix A.2.5: P-256 with SHA-256 and the message "sample"; its s is high.
    secret = 0xC9AFA9D845BA75166B5C215767B1D6934E50C3DB36E89B127B8A622B120F6721
    r = 0xEFD48B2AACB6A8FD1140DD9CD45E81D69D2C877B56AAF991C34D0EA84EAF3716
    s = 0xF7CB1C942D657C41D436C7A1B6E29F65F3E900DBB9AFF4064DC4AB2F843ACDA8
    assert es256(secret).sign(b"sample") == numbers(r, ORDER - s)


PEM_OF_RFC_8410 = b"""-----BEGIN PUBLIC KEY-----
MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=
-----END PUBLIC KEY-----
"""
"""The example of RFC 8410, section 10.1."""

JWK_OF_RFC_8037 = {
    "kty": "OKP",
    "crv": "Ed25519",
    "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
}
"""The example of RFC 8037, appendix A.2."""


def test_public_keys_of_the_standards_are_read() -> None:
    key = PublicKey.from_pem(PEM_OF_RFC_8410)
    raw = "19bf44096984cdfe8541bac167dc3b96c85086aa30b6b6cb0c5c38ad703166e1"
    assert (key.raw.hex(), key.to_pem()) == (raw, PEM_OF_RFC_8410)
    key = PublicKey.from_jwk(JWK_OF_RFC_8037)
    raw = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
    assert (key.raw.hex(), key.to_jwk()) == (raw, JWK_OF_RFC_8037)
    key = PublicKey.from_cose_key(COSE_KEY)
    assert key.raw.hex() == X + Y
    assert key.to_jwk() == {
        "kty": "EC",
        "crv": "P-256",
        "x": "Ze2loSV3wrroKUN_4zhwGhCqo3Xhu1td4QjeQ5wIVR0",
        "y": "HlLtdXARY_f55A3fnzQbPcm6hgr34Mp8p-nuzQCE0Zw",
    }


@pytest.mark.parametrize("signer", SIGNERS)
def test_a_public_key_comes_back_from_each_of_its_forms(signer: SoftwareSigner) -> None:
    key = signer.public_key
    assert PublicKey.from_jwk(key.to_jwk()) == key
    assert PublicKey.from_pem(key.to_pem()) == key
    assert PublicKey.from_pem(key.to_pem().replace(b"\n", b"\r\n")) == key
    assert hash(PublicKey(key.cose_key)) == hash(key)


P256_JWK = SIGNERS[0].public_key.to_jwk()
ED25519_JWK = SIGNERS[1].public_key.to_jwk()
OTHER_JWKS: dict[str, tuple[dict[str, object], str]] = {
    "a private key": (ED25519_JWK | {"d": "A" * 43}, "unknown_key_type"),
    "a kid": (ED25519_JWK | {"kid": "1"}, "unknown_key_type"),
    "another algorithm": (P256_JWK | {"alg": "ES384"}, "unknown_key_type"),
    "another use": (P256_JWK | {"use": "enc"}, "unknown_key_type"),
    "a symmetric key": ({"kty": "oct", "k": "AA"}, "unknown_key_type"),
    "RSA": ({"kty": "RSA", "n": "AQAB", "e": "AQAB"}, "unknown_key_type"),
    "P-384": (P256_JWK | {"crv": "P-384"}, "unknown_key_type"),
    "X25519": (ED25519_JWK | {"crv": "X25519"}, "unknown_key_type"),
    "no y": ({k: v for k, v in P256_JWK.items() if k != "y"}, "unknown_key_type"),
    "an x that is a number": (P256_JWK | {"x": 1}, "unknown_key_type"),
    "an x cut short": (ED25519_JWK | {"x": ED25519_JWK["x"][:-3]}, "unknown_key_type"),
    "padding": (ED25519_JWK | {"x": ED25519_JWK["x"] + "="}, "not_base64url"),
    "a point off the curve": (P256_JWK | {"y": P256_JWK["x"]}, "bad_point"),
    "nothing": ({}, "unknown_key_type"),
}


@pytest.mark.parametrize(("jwk", "code"), OTHER_JWKS.values(), ids=OTHER_JWKS)
def test_a_jwk_has_its_required_members_only(jwk: dict[str, object], code: str) -> None:
    with pytest.raises(SigningError) as caught:
        PublicKey.from_jwk(jwk)
    assert caught.value.code == f"signing.{code}"


def spki(public: Any) -> bytes:
    pem: bytes = public.public_bytes(serialization.Encoding.PEM, SPKI)
    return pem


FILES = Path(__file__).with_name("keys")
PEM = SIGNERS[0].public_key.to_pem()
OTHER_PEMS: dict[str, tuple[bytes, str]] = {
    "P-384": (spki(ec.derive_private_key(5, ec.SECP384R1()).public_key()), "unknown_key_type"),
    "Ed448": (spki(ed448.Ed448PrivateKey.generate().public_key()), "unknown_key_type"),
    "RSA": (spki(rsa.generate_private_key(65537, 2048).public_key()), "unknown_key_type"),
    "a curve spelled out": ((FILES / "explicit-curve-public.pem").read_bytes(), "not_a_public_key"),
    "a compressed point": ((FILES / "compressed-public.pem").read_bytes(), "not_a_public_key"),
    "text before it": (b"my key\n" + PEM, "not_a_public_key"),
    "text behind it": (PEM + b"my key\n", "not_a_public_key"),
    "two keys": (PEM + PEM, "not_a_public_key"),
    "a private key": (SIGNERS[0].to_pem(), "not_a_public_key"),
    "no PEM": (b"ssh-ed25519 AAAA", "not_a_public_key"),
    "nothing": (b"", "not_a_public_key"),
}


@pytest.mark.parametrize(("pem", "code"), OTHER_PEMS.values(), ids=OTHER_PEMS)
def test_a_public_key_in_pem_has_one_form(pem: bytes, code: str) -> None:
    with pytest.raises(SigningError) as caught:
        PublicKey.from_pem(pem)
    assert caught.value.code == f"signing.{code}"


@pytest.mark.parametrize("private", [*OTHER_PRIVATE.values()], ids=OTHER_PRIVATE)
def test_a_signer_has_a_key_of_the_two_kinds(private: Any) -> None:
    with pytest.raises(SigningError) as caught:
        SoftwareSigner(private)
    assert caught.value.code == "signing.unknown_key_type"


@pytest.mark.parametrize("signer", SIGNERS)
def test_a_signer_shows_its_key_to_nobody(signer: SoftwareSigner) -> None:
    kid = signer.public_key.kid.hex()
    assert repr(signer) == f"<SoftwareSigner {signer.public_key.algorithm} {kid}>"
    assert "PrivateKey" not in f"{signer} {signer!r} {[signer]}"
    for copying in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(TypeError):
            copying(signer)


@dataclass(frozen=True)
class Card:
    """A signer that answers as it is told."""

    public_key: PublicKey
    answer: Callable[[bytes], Any]

    def sign(self, message: bytes, /) -> bytes:
        answer: bytes = self.answer(message)
        return answer


@pytest.mark.parametrize("signer", SIGNERS)
def test_a_card_that_signs_right_is_believed(signer: SoftwareSigner) -> None:
    card = Card(signer.public_key, signer.sign)
    assert signature_of(card, b"6.000 kg") == signer.sign(b"6.000 kg")


def high(signature: bytes) -> bytes:
    return signature[:32] + (ORDER - int.from_bytes(signature[32:])).to_bytes(32)


P256 = es256(2)
FAILING: dict[str, Callable[[bytes], Any]] = {
    "zeros": lambda _: bytes(64),
    "nothing": lambda _: b"",
    "no bytes": lambda _: None,
    "a number": lambda _: 64,
    "a byte too many": lambda message: P256.sign(message) + b"\0",
    "of another message": lambda message: P256.sign(message + b"\0"),
    "by another key": es256(3).sign,
    "with a high s": lambda message: high(P256.sign(message)),
    "with r and s in the other order": lambda m: P256.sign(m)[32:] + P256.sign(m)[:32],
}


@pytest.mark.parametrize("answer", FAILING.values(), ids=FAILING)
def test_a_card_that_fails_is_noticed(answer: Callable[[bytes], Any]) -> None:
    with pytest.raises(SigningError) as caught:
        signature_of(Card(P256.public_key, answer), b"6.000 kg")
    assert caught.value.code == "signing.signer_failed"


def test_what_a_card_raises_passes_through() -> None:
    def unplugged(_message: bytes) -> bytes:
        raise ConnectionError("the card is not there")

    with pytest.raises(ConnectionError):
        signature_of(Card(P256.public_key, unplugged), b"")
    with pytest.raises(ConnectionError):
        signature_of(DerSigner(P256.public_key, unplugged), b"")


@given(st.binary(max_size=80), st.booleans())
def test_a_signer_that_answers_in_der_gives_low_raw_signatures(message: bytes, lower: bool) -> None:  # noqa: FBT001
    raw = P256.sign(message)
    r, s = int.from_bytes(raw[:32]), int.from_bytes(raw[32:])
    der = encode_dss_signature(r, s if lower else ORDER - s)
    assert signature_of(DerSigner(P256.public_key, lambda _: der), message) == raw


@given(st.integers(1, ORDER - 1), st.integers(1, ORDER - 1))
@example(1, 1)
@example(0x7F, 0x80)
@example(2**248 - 1, 2**255)
@example(ORDER - 1, ORDER - 1)
def test_der_of_any_length_gives_32_bytes_each(r: int, s: int) -> None:
    signer = DerSigner(P256.public_key, lambda _: encode_dss_signature(r, s))
    assert signer.sign(b"") == numbers(r, min(s, ORDER - s))


@given(st.binary(max_size=80))
@example(encode_dss_signature(2**300, 1))
@example(encode_dss_signature(1, 2**300))
@example(encode_dss_signature(0, 0))
@example(P256.sign(b""))
def test_an_answer_that_is_no_der_signature_does_not_leave(answer: bytes) -> None:
    with pytest.raises(SigningError) as caught:
        signature_of(DerSigner(P256.public_key, lambda _: answer), b"")
    assert caught.value.code == "signing.signer_failed"


def test_der_is_for_es256_alone() -> None:
    with pytest.raises(SigningError) as caught:
        DerSigner(eddsa(1).public_key, lambda _: b"")
    assert caught.value.code == "signing.unknown_key_type"
