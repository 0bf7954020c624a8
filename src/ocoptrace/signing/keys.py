"""Keys: public keys named by their thumbprint, and signers that hold a private one.

>>> signer = SoftwareSigner.generate("ES256")
>>> signature = signature_of(signer, b"Moi 6.000 kg")
>>> signer.public_key.verifies(signature, b"Moi 6.000 kg")
True
>>> signer.public_key.verifies(signature, b"Moi 9.000 kg")
False
>>> PublicKey.from_cose_key(signer.public_key.cose_key) == signer.public_key
True
>>> PublicKey.from_jwk(signer.public_key.to_jwk()) == signer.public_key
True
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Final, Literal, Never, Protocol

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from ocoptrace.errors import SigningError
from ocoptrace.signing import base64url, cbor, edwards, pkcs8

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Self

__all__ = [
    "ACCEPTED_ALGORITHMS",
    "EMITTED_ALGORITHM",
    "Algorithm",
    "DerSigner",
    "PublicKey",
    "Signer",
    "SoftwareSigner",
    "low_s",
    "signature_of",
]

Algorithm = Literal["ES256", "Ed25519"]

EMITTED_ALGORITHM: Final[dict[Algorithm, int]] = {"ES256": -7, "Ed25519": -8}
ACCEPTED_ALGORITHMS: Final[dict[Algorithm, tuple[int, ...]]] = {
    "ES256": (-7, -9),
    "Ed25519": (-8, -19),
}
"""COSE algorithm numbers by key type: RFC 9053 and the fully specified ones of RFC 9864."""

_P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
_HALF_P256_ORDER = _P256_ORDER // 2
_KTY, _CRV, _X, _Y = 1, -1, -2, -3
_OKP, _EC2 = 1, 2
_CRV_P256, _CRV_ED25519 = 1, 6
_COORDINATE_BYTES = 32
_SIGNATURE_BYTES = 64

# Made once: they hold no state, and making one costs a tenth of a signature.
_VERIFYING = ec.ECDSA(hashes.SHA256())
_SIGNING = ec.ECDSA(hashes.SHA256(), deterministic_signing=True)


@dataclass(frozen=True)
class PublicKey:
    """A public key that is on its curve, with the names that follow from it.

    Attributes:
        cose_key: deterministic COSE_Key (RFC 9052 §7) with exactly the members that
            RFC 9679 §4 requires.
        algorithm: ``ES256`` (P-256) or ``Ed25519``.
        raw: both coordinates of P-256, 64 bytes; or the 32 bytes of an Ed25519 key.

    Raises:
        SigningError: another form, another curve, or a point off the curve.
    """

    cose_key: bytes
    algorithm: Algorithm = field(init=False, compare=False)
    raw: bytes = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        algorithm: Algorithm
        match cbor.decode(self.cose_key):
            case {1: 2, -1: 1, -2: bytes(x), -3: bytes(y), **rest} if not rest:
                algorithm, raw, sizes_hold = "ES256", x + y, len(x) == len(y) == _COORDINATE_BYTES
            case {1: 1, -1: 6, -2: bytes(raw), **rest} if not rest:
                algorithm, sizes_hold = "Ed25519", len(raw) == _COORDINATE_BYTES
            case _:
                raise SigningError("signing.unknown_key_type")
        if not sizes_hold:
            raise SigningError("signing.unknown_key_type")
        object.__setattr__(self, "algorithm", algorithm)
        object.__setattr__(self, "raw", raw)
        try:
            self._public  # noqa: B018 - loading is what checks the point
        except ValueError as error:
            raise SigningError("signing.bad_point") from error

    @cached_property
    def _public(self) -> ec.EllipticCurvePublicKey | ed25519.Ed25519PublicKey:
        if self.algorithm == "Ed25519":
            if not edwards.is_sound(self.raw):
                raise ValueError("no point, or one of small order")
            return ed25519.Ed25519PublicKey.from_public_bytes(self.raw)
        point = b"\x04" + self.raw
        return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)

    @classmethod
    @lru_cache(maxsize=1024)  # loading a key costs as much as verifying with it, and keys are few
    def from_cose_key(cls, data: bytes) -> PublicKey:
        """Return the key of a deterministic COSE_Key with required members only.

        Raises:
            SigningError: another form, another curve, or a point off the curve.
        """
        return cls(data)

    @classmethod
    def from_ed25519(cls, raw: bytes) -> PublicKey:
        """Return the key of 32 raw Ed25519 bytes.

        Raises:
            SigningError: not 32 bytes.
        """
        return cls.from_cose_key(cbor.encode({_KTY: _OKP, _CRV: _CRV_ED25519, _X: raw}))

    @classmethod
    def from_p256(cls, x: bytes, y: bytes) -> PublicKey:
        """Return the key of a P-256 point, each coordinate in 32 bytes, big-endian.

        Raises:
            SigningError: another length, or a point off the curve.
        """
        return cls.from_cose_key(cbor.encode({_KTY: _EC2, _CRV: _CRV_P256, _X: x, _Y: y}))

    @classmethod
    def from_jwk(cls, jwk: Mapping[str, object]) -> PublicKey:
        """Return the key of a JSON Web Key (RFC 7517; RFC 7518 §6.2, RFC 8037 §2).

        Only the required members may be there: a private ``d``, or an ``alg`` or ``use`` that
        says what the key is not for, must not be overlooked.

        Raises:
            SigningError: another kind of key, other members, or a point off the curve.
        """
        match jwk:
            case {"kty": "EC", "crv": "P-256", "x": str(x), "y": str(y), **rest} if not rest:
                return cls.from_p256(base64url.decode(x), base64url.decode(y))
            case {"kty": "OKP", "crv": "Ed25519", "x": str(x), **rest} if not rest:
                return cls.from_ed25519(base64url.decode(x))
            case _:
                raise SigningError("signing.unknown_key_type")

    @classmethod
    def from_pem(cls, data: bytes) -> PublicKey:
        """Return the key of a PEM file (SubjectPublicKeyInfo: RFC 5480, RFC 8410).

        Read is the form that :meth:`to_pem` writes, with any line ends: no compressed point,
        no curve spelled out, no second block and no text around it.

        Raises:
            SigningError: another kind of key, or another form.
        """
        try:
            public = serialization.load_pem_public_key(data)
        except UnsupportedAlgorithm as error:
            raise SigningError("signing.unknown_key_type") from error
        except ValueError as error:
            raise SigningError("signing.not_a_public_key") from error
        key = cls._of_library(public)
        if data.split() != key.to_pem().split():
            raise SigningError("signing.not_a_public_key")
        return key

    @classmethod
    def _of_library(cls, public: object) -> PublicKey:
        if isinstance(public, ed25519.Ed25519PublicKey):
            return cls.from_ed25519(public.public_bytes_raw())
        if isinstance(public, ec.EllipticCurvePublicKey) and isinstance(public.curve, ec.SECP256R1):
            point = public.public_numbers()
            return cls.from_p256(*(n.to_bytes(_COORDINATE_BYTES) for n in (point.x, point.y)))
        raise SigningError("signing.unknown_key_type")

    def to_jwk(self) -> dict[str, str]:
        """Return the JSON Web Key of required members (RFC 7518 §6.2, RFC 8037 §2).

        Its thumbprint (RFC 7638) is another than the one that names the key here.
        """
        x, y = self.raw[:_COORDINATE_BYTES], self.raw[_COORDINATE_BYTES:]
        if self.algorithm == "Ed25519":
            return {"crv": "Ed25519", "kty": "OKP", "x": base64url.encode(x)}
        coordinates = {"x": base64url.encode(x), "y": base64url.encode(y)}
        return {"crv": "P-256", "kty": "EC"} | coordinates

    def to_pem(self) -> bytes:
        """Return the key as PEM (SubjectPublicKeyInfo: RFC 5480, RFC 8410)."""
        return self._public.public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )

    @cached_property
    def thumbprint(self) -> bytes:
        """RFC 9679 COSE Key thumbprint: SHA-256, 32 bytes. This names the key."""
        return hashlib.sha256(self.cose_key).digest()

    @property
    def kid(self) -> bytes:
        """The first 8 bytes of the thumbprint: what a statement's header carries."""
        return self.thumbprint[:8]

    @property
    def hint(self) -> bytes:
        """The first 4 bytes of the thumbprint: what a seal carries."""
        return self.kid[:4]

    @property
    def thumbprint_uri(self) -> str:
        """The thumbprint as a URI (RFC 9679 §6)."""
        return "urn:ietf:params:oauth:ckt:sha-256:" + base64url.encode(self.thumbprint)

    def verifies(self, signature: bytes, message: bytes) -> bool:
        """Tell whether a raw 64-byte signature over a message is this key's.

        An ES256 signature with a high s does not verify: each signature has one form.
        """
        if len(signature) != _SIGNATURE_BYTES:
            return False
        try:
            self._verify(signature, message)
        except InvalidSignature:
            return False
        return True

    @cached_property
    def _verify(self) -> Callable[[bytes, bytes], None]:
        public = self._public
        return public.verify if isinstance(public, ed25519.Ed25519PublicKey) else _verifier(public)


class Signer(Protocol):
    """Whoever holds a private key, in this process, on a card or in a service.

    To write one for a security module or a cloud service:

    - One signer is one key. ``public_key`` is the same each time, costs nothing, and does not
      ask the device: read it once, when the signer is made.
    - ``sign`` is given the whole message (at most 8 KiB and a little), not its hash; a device
      that signs hashes is given SHA-256 of it for ES256. Ed25519 is the pure form of RFC 8032.
    - It returns 64 bytes: r and s of ES256, 32 bytes each, big-endian, s at most n/2; or the
      Ed25519 signature. Where the device answers in DER, wrap it in a :class:`DerSigner`.
    - Nothing relies on equal signatures: nonces may be random.
    - It may be called from several threads at once; what the device cannot do at once, it
      queues. It may block; it must not answer for another message.
    - Where it cannot sign, it raises, whatever fits the device; that error passes through, and
      nothing is written. A wrong answer need not be found out: :func:`signature_of` does.
    """

    @property
    def public_key(self) -> PublicKey:
        """The public half."""
        ...

    def sign(self, message: bytes, /) -> bytes:
        """Return the raw signature (r and s, or Ed25519) of a message, 64 bytes."""
        ...


def signature_of(signer: Signer, message: bytes) -> bytes:
    """Return a signature that holds: how statements, seals and notes ask a signer.

    A card or a service can fail silently, so its signature is verified before it leaves. Our
    own signer's is not: the same library would only be asked twice.

    Raises:
        SigningError: the signature is not one of 64 bytes, in its lower form, by this key.
    """
    signature: object = signer.sign(message)
    if isinstance(signature, bytes) and (
        type(signer) is SoftwareSigner or signer.public_key.verifies(signature, message)
    ):
        return signature
    raise SigningError("signing.signer_failed")


@dataclass(frozen=True)
class DerSigner:
    """A signer for a card or service that answers ES256 in DER, with s in either half.

    Attributes:
        public_key: its public half, a P-256 key.
        sign_der: message in, ECDSA-Sig-Value (RFC 3279 §2.2.3) of its SHA-256 out.

    Raises:
        SigningError: an Ed25519 key, whose signatures have no such form.
    """

    public_key: PublicKey
    sign_der: Callable[[bytes], bytes]

    def __post_init__(self) -> None:
        if self.public_key.algorithm != "ES256":
            raise SigningError("signing.unknown_key_type")

    def sign(self, message: bytes, /) -> bytes:
        """Return the raw signature of a message, with a low s.

        Raises:
            SigningError: the answer is no DER signature.
        """
        der = self.sign_der(message)
        try:
            return _raw(der)
        except (IndexError, OverflowError, TypeError) as error:
            raise SigningError("signing.signer_failed") from error


@dataclass(frozen=True, repr=False)
class SoftwareSigner:
    """A signer whose private key is in this process. It shows it nowhere but in ``to_pem``.

    Raises:
        SigningError: another kind of key.
    """

    _private: pkcs8.PrivateKey

    def __post_init__(self) -> None:
        # Deriving the public half is what checks the kind.
        self.public_key  # noqa: B018

    @classmethod
    def generate(cls, algorithm: Algorithm) -> Self:
        """Return a signer with a new key."""
        if algorithm == "ES256":
            return cls(ec.generate_private_key(ec.SECP256R1()))
        return cls(ed25519.Ed25519PrivateKey.generate())

    @classmethod
    def from_pem(cls, data: bytes, *, passphrase: bytes | None = None) -> Self:
        """Return the signer of a PKCS#8 PEM file; see :mod:`ocoptrace.signing.pkcs8`.

        Raises:
            SigningError: not such a file, another kind of key, or a wrong passphrase.
        """
        return cls(pkcs8.read(data, passphrase=passphrase))

    def to_pem(self, *, passphrase: bytes | None = None) -> bytes:
        """Return the key as PKCS#8 PEM, locked where a passphrase is given.

        Raises:
            SigningError: a passphrase that is empty or too long.
        """
        return pkcs8.write(self._private, passphrase=passphrase)

    @cached_property
    def public_key(self) -> PublicKey:
        """The public half."""
        return PublicKey._of_library(self._private.public_key())  # noqa: SLF001 - same module

    def sign(self, message: bytes, /) -> bytes:
        """Return the raw signature of a message, with a low s and a deterministic nonce."""
        return self._sign(message)

    @cached_property
    def _sign(self) -> Callable[[bytes], bytes]:
        private = self._private
        if isinstance(private, ed25519.Ed25519PrivateKey):
            return private.sign
        return lambda message: _raw(private.sign(message, _SIGNING))

    def __repr__(self) -> str:
        return f"<SoftwareSigner {self.public_key.algorithm} {self.public_key.kid.hex()}>"

    def __reduce__(self) -> Never:
        raise TypeError("a private key is not pickled or copied")


def low_s(signature: bytes) -> bytes:
    """Return an ES256 signature of 64 bytes with a low s, of one as PKCS#11 or JWS has it.

    Args:
        signature: r and s, big-endian, of one length, at most 32 bytes each (PKCS#11, ECDSA).

    Raises:
        SigningError: no two numbers of that length.
    """
    half, odd = divmod(len(signature), 2)
    if odd or not 0 < half <= _COORDINATE_BYTES:
        raise SigningError("signing.signer_failed")
    r, s = signature[:half], int.from_bytes(signature[half:])
    return r.rjust(_COORDINATE_BYTES, b"\0") + _lowered(s).to_bytes(_COORDINATE_BYTES)


def _lowered(s: int) -> int:
    return _P256_ORDER - s if _HALF_P256_ORDER < s < _P256_ORDER else s


def _verifier(public: ec.EllipticCurvePublicKey) -> Callable[[bytes, bytes], None]:
    """Return what verifies raw ES256 signatures of 64 bytes: it raises where one does not hold."""

    def verify(signature: bytes, message: bytes) -> None:
        r = int.from_bytes(signature[:_COORDINATE_BYTES])
        s = int.from_bytes(signature[_COORDINATE_BYTES:])
        if s > _HALF_P256_ORDER:
            raise InvalidSignature
        # r or s of 0, and an r of n or more, are refused by the library (FIPS 186-5, 6.4.2).
        public.verify(encode_dss_signature(r, s), message, _VERIFYING)

    return verify


def _raw(der: bytes) -> bytes:
    """Return r and s of a DER signature (RFC 3279 §2.2.3), s in the lower half of its range.

    Cut by hand, which is four times as fast as the library. What is no such signature comes out
    as one that does not verify, or not at all.
    """
    s_start = 4 + der[3]
    r, s = der[4:s_start], int.from_bytes(der[s_start + 2 :])
    if s > _HALF_P256_ORDER:
        s = _P256_ORDER - s
    return r[-_COORDINATE_BYTES:].rjust(_COORDINATE_BYTES, b"\0") + s.to_bytes(_COORDINATE_BYTES)
