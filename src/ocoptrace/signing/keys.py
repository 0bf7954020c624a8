"""Keys: public keys named by their thumbprint, and signers that hold a private one.

>>> signer = SoftwareSigner.generate("ES256")
>>> signature = signer.sign(b"Moi 6.000 kg")
>>> signer.public_key.verifies(signature, b"Moi 6.000 kg")
True
>>> signer.public_key.verifies(signature, b"Moi 9.000 kg")
False
>>> PublicKey.from_cose_key(signer.public_key.cose_key) == signer.public_key
True
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Final, Literal, Protocol

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.asymmetric.utils import (
    decode_dss_signature,
    encode_dss_signature,
)

from ocoptrace.errors import SigningError
from ocoptrace.signing import base64url, cbor

if TYPE_CHECKING:
    from typing import Self

__all__ = [
    "ACCEPTED_ALGORITHMS",
    "EMITTED_ALGORITHM",
    "Algorithm",
    "PublicKey",
    "Signer",
    "SoftwareSigner",
]

Algorithm = Literal["ES256", "Ed25519"]

EMITTED_ALGORITHM: Final[dict[Algorithm, int]] = {"ES256": -7, "Ed25519": -8}
ACCEPTED_ALGORITHMS: Final[dict[Algorithm, tuple[int, ...]]] = {
    "ES256": (-7, -9),
    "Ed25519": (-8, -19),
}
"""COSE algorithm numbers by key type: RFC 9053 and the fully specified ones of RFC 9864."""

_P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
_KTY, _CRV, _X, _Y = 1, -1, -2, -3
_OKP, _EC2 = 1, 2
_CRV_P256, _CRV_ED25519 = 1, 6
_COORDINATE_BYTES = 32
_SIGNATURE_BYTES = 64
_MAX_PASSPHRASE_BYTES = 1023


@dataclass(frozen=True)
class PublicKey:
    """A public key that is on its curve, with the names that follow from it.

    Attributes:
        algorithm: ``ES256`` (P-256) or ``Ed25519``.
        cose_key: deterministic COSE_Key with the required members only (RFC 9679 §4).
    """

    algorithm: Algorithm
    cose_key: bytes

    @classmethod
    @lru_cache(maxsize=1024)  # loading a key costs as much as verifying with it, and keys are few
    def from_cose_key(cls, data: bytes) -> PublicKey:
        """Return the key of a deterministic COSE_Key with required members only.

        Raises:
            SigningError: another form, another curve, or a point off the curve.
        """
        match cbor.decode(data):
            case {1: 2, -1: 1, -2: bytes(x), -3: bytes(y), **rest} if not rest:
                key = cls("ES256", data)
                sizes_hold = len(x) == len(y) == _COORDINATE_BYTES
            case {1: 1, -1: 6, -2: bytes(x), **rest} if not rest:
                key = cls("Ed25519", data)
                sizes_hold = len(x) == _COORDINATE_BYTES
            case _:
                raise SigningError("signing.unknown_key_type")
        if not sizes_hold:
            raise SigningError("signing.unknown_key_type")
        try:
            key._loaded  # noqa: B018 - loading is what checks the point
        except ValueError as error:
            raise SigningError("signing.bad_point") from error
        return key

    @classmethod
    def from_ed25519(cls, raw: bytes) -> PublicKey:
        """Return the key of 32 raw Ed25519 bytes."""
        return cls.from_cose_key(cbor.encode({_KTY: _OKP, _CRV: _CRV_ED25519, _X: raw}))

    @cached_property
    def _loaded(self) -> ec.EllipticCurvePublicKey | ed25519.Ed25519PublicKey:
        members = cbor.decode(self.cose_key)
        if self.algorithm == "ES256":
            return ec.EllipticCurvePublicKey.from_encoded_point(
                ec.SECP256R1(), b"\x04" + members[_X] + members[_Y]
            )
        return ed25519.Ed25519PublicKey.from_public_bytes(members[_X])

    @cached_property
    def raw(self) -> bytes:
        """The x coordinate of P-256, or the 32 bytes of Ed25519."""
        members: dict[int, bytes] = cbor.decode(self.cose_key)
        return members[_X]

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
            if isinstance(self._loaded, ed25519.Ed25519PublicKey):
                self._loaded.verify(signature, message)
                return True
            r = int.from_bytes(signature[:_COORDINATE_BYTES])
            s = int.from_bytes(signature[_COORDINATE_BYTES:])
            if not 0 < s <= _P256_ORDER // 2:
                return False
            self._loaded.verify(encode_dss_signature(r, s), message, ec.ECDSA(hashes.SHA256()))
        except InvalidSignature:
            return False
        return True


class Signer(Protocol):
    """Whoever holds a private key: bytes in, raw 64-byte signature out.

    A signer for ES256 lowers s (``s <= n/2``). Whoever signs with a foreign signer verifies
    the signature before it leaves: a card or a cloud service can fail silently.
    """

    @property
    def public_key(self) -> PublicKey:
        """The public half."""
        ...

    def sign(self, message: bytes, /) -> bytes:
        """Return the raw signature (r and s, or Ed25519) of a message."""
        ...


@dataclass(frozen=True)
class SoftwareSigner:
    """A signer whose private key is in this process."""

    _private: ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey

    @classmethod
    def generate(cls, algorithm: Algorithm) -> Self:
        """Return a signer with a new key."""
        if algorithm == "ES256":
            return cls(ec.generate_private_key(ec.SECP256R1()))
        return cls(ed25519.Ed25519PrivateKey.generate())

    @classmethod
    def from_pem(cls, data: bytes, *, passphrase: bytes | None = None) -> Self:
        """Return the signer of a PKCS#8 PEM file.

        Raises:
            SigningError: not such a file, another kind of key, or a wrong passphrase.
        """
        try:
            private = serialization.load_pem_private_key(data, passphrase)
        except TypeError as error:
            code = "signing.passphrase_needed" if passphrase is None else "signing.no_passphrase"
            raise SigningError(code) from error
        except UnsupportedAlgorithm as error:
            raise SigningError("signing.unknown_key_type") from error
        except ValueError as error:
            raise SigningError("signing.not_a_key", reason=str(error)) from error
        if isinstance(private, ed25519.Ed25519PrivateKey) or (
            isinstance(private, ec.EllipticCurvePrivateKey)
            and isinstance(private.curve, ec.SECP256R1)
        ):
            return cls(private)
        raise SigningError("signing.unknown_key_type")

    def to_pem(self, *, passphrase: bytes | None = None) -> bytes:
        """Return the key as PKCS#8 PEM, encrypted where a passphrase is given.

        Raises:
            SigningError: a passphrase that is too long.
        """
        if passphrase and len(passphrase) > _MAX_PASSPHRASE_BYTES:
            raise SigningError("signing.passphrase_too_long", limit=_MAX_PASSPHRASE_BYTES)
        encryption: serialization.KeySerializationEncryption = (
            serialization.BestAvailableEncryption(passphrase)
            if passphrase
            else serialization.NoEncryption()
        )
        return self._private.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, encryption
        )

    @cached_property
    def public_key(self) -> PublicKey:
        """The public half."""
        public = self._private.public_key()
        if isinstance(public, ed25519.Ed25519PublicKey):
            return PublicKey.from_ed25519(public.public_bytes_raw())
        point = public.public_numbers()
        x, y = (n.to_bytes(_COORDINATE_BYTES) for n in (point.x, point.y))
        return PublicKey.from_cose_key(cbor.encode({_KTY: _EC2, _CRV: _CRV_P256, _X: x, _Y: y}))

    def sign(self, message: bytes, /) -> bytes:
        """Return the raw signature of a message, with a low s and a deterministic nonce."""
        if isinstance(self._private, ed25519.Ed25519PrivateKey):
            return self._private.sign(message)
        der = self._private.sign(message, ec.ECDSA(hashes.SHA256(), deterministic_signing=True))
        r, s = decode_dss_signature(der)
        s = min(s, _P256_ORDER - s)
        return r.to_bytes(_COORDINATE_BYTES) + s.to_bytes(_COORDINATE_BYTES)
