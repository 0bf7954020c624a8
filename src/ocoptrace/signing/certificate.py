"""Certificates of licensed CAs (X.509, RFC 5280): whom they name, and what their keys signed.

A certificate names the holder of a key here, and nothing else: what a key may state, the trust
bundle alone says (formats, section 8). Whether it holds, :mod:`certificate_chain` asks.

>>> read_certificates(b"-----BEGIN CERTIFICATE-----")
Traceback (most recent call last):
ocoptrace.errors.SigningError: This is no X.509 certificate that is read here. Export it anew, \
as PEM or DER, without its private key.
"""

from __future__ import annotations

import unicodedata
import warnings
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING, Final, TypeVar

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa, utils
from cryptography.utils import CryptographyDeprecationWarning
from cryptography.x509.oid import NameOID

from ocoptrace.errors import SigningError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = [
    "ALGORITHMS",
    "MAX_CERTIFICATES",
    "STRONG_HASHES",
    "UNREADABLE",
    "Certificate",
    "pem_blocks",
    "read_certificates",
    "reading",
]

MAX_CERTIFICATES: Final = 8
"""As many as a chain, or a file of CAs, may have."""

ALGORITHMS: Final = (
    "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512",
)  # fmt: skip
"""How a certificate's key signs: names and forms of RFC 7518 §3.1."""

_MAX_CERTIFICATE_BYTES = 16 * 1024
_MIN_RSA_BITS, _MAX_RSA_BITS = 2048, 8192
_PEM = b"-----BEGIN "
_HASHES: Final[dict[str, hashes.HashAlgorithm]] = {
    "256": hashes.SHA256(),
    "384": hashes.SHA384(),
    "512": hashes.SHA512(),
}
STRONG_HASHES: Final = tuple(map(type, _HASHES.values()))
"""What a signature of a CA may be made over."""

_CURVES: Final = {"ES256": "secp256r1", "ES384": "secp384r1", "ES512": "secp521r1"}
_TAX_CODE = "MST:"
_SHOWN: Final = {
    NameOID.COMMON_NAME: "CN",
    NameOID.ORGANIZATION_NAME: "O",
    NameOID.ORGANIZATIONAL_UNIT_NAME: "OU",
    NameOID.LOCALITY_NAME: "L",
    NameOID.STATE_OR_PROVINCE_NAME: "ST",
    NameOID.COUNTRY_NAME: "C",
    NameOID.ORGANIZATION_IDENTIFIER: "organizationIdentifier",
}
_MAX_NAME = 400

UNREADABLE: Final = (
    ValueError,
    TypeError,
    UnsupportedAlgorithm,
    x509.DuplicateExtension,
    x509.InvalidVersion,
    CryptographyDeprecationWarning,
)
"""What the library raises about bytes that are no certificate or list, now or later."""

Extension = TypeVar("Extension", bound=x509.ExtensionType)


class Certificate:
    """An X.509 certificate, as far as it names a holder."""

    def __init__(self, der: bytes) -> None:
        """Read one: ``der``, ``parsed``, its ``key``, and when it ``starts`` and ``ends``.

        Raises:
            SigningError: not one, over 16 KiB, or of a kind of key that is not taken.
        """
        with reading(_unreadable):
            if len(der) > _MAX_CERTIFICATE_BYTES:
                raise _unreadable()
            self.parsed = x509.load_der_x509_certificate(der)
            self.key = self.parsed.public_key()
            # What the library would only look at later is read now, so that it fails here.
            names = (*self.parsed.subject, *self.parsed.issuer)
            self.starts, self.ends = (
                self.parsed.not_valid_before_utc,
                self.parsed.not_valid_after_utc,
            )
            self._extensions = self.parsed.extensions
            if not names or self.parsed.public_bytes(serialization.Encoding.DER) != der:
                raise _unreadable()
        self.der = der

    @cached_property
    def subject(self) -> str:
        """Whom it names: organisation, place, and the tax code (``MST:…``) where it has one.

        Numbers of identity cards and passports are left out: a trust bundle is public.
        """
        return _named(self.parsed.subject)

    @cached_property
    def issuer(self) -> str:
        """Which CA says so."""
        return _named(self.parsed.issuer)

    @property
    def serial(self) -> str:
        """Its serial number, in hexadecimal."""
        return f"{self.parsed.serial_number:x}"

    def algorithm_of(self, signature: bytes, message: bytes) -> tuple[str, bytes]:
        """Return by which algorithm its key signed a message, and the signature in its one form.

        Args:
            signature: as tools write it: RSA, or ECDSA in DER or as r and s.
            message: what was signed.

        Raises:
            SigningError: it did not.
        """
        for algorithm in ALGORITHMS:
            for form in (signature, _raw(signature, self.key)):
                if form is not None and self.verifies(algorithm, form, message):
                    return algorithm, form
        raise SigningError("certificate.signature")

    def verifies(self, algorithm: str, signature: bytes, message: bytes) -> bool:
        """Tell whether its key made a signature; ECDSA as r and s, of one length each."""
        digest = _HASHES[algorithm[2:]]
        try:
            if isinstance(self.key, rsa.RSAPublicKey) and algorithm[:2] in {"RS", "PS"}:
                if not _MIN_RSA_BITS <= self.key.key_size <= _MAX_RSA_BITS:
                    return False
                pkcs1: padding.AsymmetricPadding = padding.PKCS1v15()
                pss = padding.PSS(padding.MGF1(digest), digest.digest_size)
                scheme = pkcs1 if algorithm.startswith("RS") else pss
                self.key.verify(signature, message, scheme, digest)
                return True
            if (
                isinstance(self.key, ec.EllipticCurvePublicKey)
                and _CURVES.get(algorithm) == self.key.curve.name
            ):
                half = (self.key.key_size + 7) // 8
                if len(signature) != 2 * half:
                    return False
                r, s = (int.from_bytes(signature[i : i + half]) for i in (0, half))
                self.key.verify(utils.encode_dss_signature(r, s), message, ec.ECDSA(digest))
                return True
        except (InvalidSignature, ValueError):
            return False
        return False

    def check_signs(self) -> None:
        """Refuse a certificate whose key is not for signing documents, or is too weak.

        Raises:
            SigningError: a CA's own, one for other purposes, or RSA below 2048 bits.
        """
        constraints = self._extension(x509.BasicConstraints)
        usage = self._extension(x509.KeyUsage)
        if constraints is not None and constraints.ca:
            raise SigningError("certificate.is_ca", subject=self.subject)
        is_strange = any(
            each.critical and isinstance(each.value, x509.UnrecognizedExtension)
            for each in self._extensions
        )
        if is_strange or usage is None or not (usage.digital_signature or usage.content_commitment):
            raise SigningError("certificate.purpose", subject=self.subject)
        key = self.key
        is_strong = (
            _MIN_RSA_BITS <= key.key_size <= _MAX_RSA_BITS
            if isinstance(key, rsa.RSAPublicKey)
            else isinstance(key, ec.EllipticCurvePublicKey) and key.curve.name in _CURVES.values()
        )
        if not is_strong:
            raise SigningError("certificate.weak", subject=self.subject)

    def _extension(self, kind: type[Extension]) -> Extension | None:
        try:
            return self._extensions.get_extension_for_class(kind).value
        except x509.ExtensionNotFound:
            return None

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Certificate) and other.der == self.der

    def __hash__(self) -> int:
        return hash(self.der)


def read_certificates(data: bytes) -> tuple[Certificate, ...]:
    """Return the certificates of a file, PEM or DER, in its order.

    Raises:
        SigningError: none, more than 8, or one that cannot be read.
    """
    ders = pem_blocks(data, b"CERTIFICATE", _MAX_CERTIFICATE_BYTES * MAX_CERTIFICATES, _unreadable)
    if len(ders) > MAX_CERTIFICATES:
        raise SigningError("certificate.too_many", count=len(ders), limit=MAX_CERTIFICATES)
    return tuple(map(Certificate, ders))


def _named(name: x509.Name) -> str:
    """Return the parts of a name that may be public, in the order in which they stand."""
    parts = []
    for attribute in name:
        value = attribute.value
        shown = _SHOWN.get(attribute.oid)
        if attribute.oid == NameOID.USER_ID and str(value).startswith(_TAX_CODE):
            shown = "UID"
        if shown is not None and isinstance(value, str):
            # As RFC 4514 has it: a comma within a value begins no other part.
            escaped = value.replace("\\", "\\\\").replace(",", "\\,")
            parts.append(f"{shown}={' '.join(escaped.split())}")
    text = unicodedata.normalize("NFC", ", ".join(parts))
    return "".join(c for c in text if c.isprintable())[:_MAX_NAME].strip() or "–"


def _raw(signature: bytes, key: object) -> bytes | None:
    """Return r and s of a DER signature, of one length each; None for anything else."""
    if not isinstance(key, ec.EllipticCurvePublicKey):
        return None
    half = (key.key_size + 7) // 8
    try:
        r, s = utils.decode_dss_signature(signature)
        return r.to_bytes(half) + s.to_bytes(half)
    except (ValueError, OverflowError):
        return None


def pem_blocks(
    data: bytes, label: bytes, limit: int, fault: Callable[[], SigningError]
) -> list[bytes]:
    """Return the DER of each PEM block of a kind, or the data itself where it is not PEM.

    A block of another kind is refused: a private key that came along is told of, not used.
    """
    if len(data) > 2 * limit:
        raise fault()
    if _PEM not in data:
        return [data]
    load = x509.load_pem_x509_certificates if label == b"CERTIFICATE" else None
    labels = {each.partition(b"-----")[0] for each in data.split(_PEM)[1:]}
    if labels != {label}:
        raise fault()
    with reading(fault):
        if load is not None:
            return [each.public_bytes(serialization.Encoding.DER) for each in load(data)]
        end = b"-----END " + label + b"-----"
        pems = [_PEM + label + b"-----" + each for each in data.split(_PEM + label + b"-----")[1:]]
        crls = [x509.load_pem_x509_crl(each.partition(end)[0] + end + b"\n") for each in pems]
        return [crl.public_bytes(serialization.Encoding.DER) for crl in crls]


@contextmanager
def reading(fault: Callable[[], SigningError]) -> Iterator[None]:
    """Refuse what the library cannot read, or only reads with a warning, as this fault."""
    with warnings.catch_warnings():
        warnings.simplefilter("error", CryptographyDeprecationWarning)
        try:
            yield
        except UNREADABLE as error:
            raise fault() from error


def _unreadable() -> SigningError:
    return SigningError("certificate.unreadable")
