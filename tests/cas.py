"""Certification authorities for tests: a root, a CA between, and the certificates of holders."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from ocoptrace.signing.certificate import Certificate

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
A_DAY = timedelta(days=1)
KEY = rsa.generate_private_key(65537, 2048)
"""One RSA key for all that is not looked at: making one takes long."""

Private = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


def named(common_name: str, **more: str) -> x509.Name:
    parts = [x509.NameAttribute(NameOID.COUNTRY_NAME, "VN")]
    parts += [x509.NameAttribute(getattr(NameOID, key), value) for key, value in more.items()]
    return x509.Name([*parts, x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


@dataclass
class Authority:
    """A CA; by itself a root."""

    name: x509.Name
    key: Private = KEY
    above: Authority | None = None
    now: datetime = NOW
    certificate: x509.Certificate = field(init=False)

    def __post_init__(self) -> None:
        issuer = self.above or self
        self.certificate = _made(
            self.name, self.key, issuer.name, issuer.key, ca=True, now=self.now
        )

    def issue(self, name: x509.Name, key: Private, **options: Any) -> x509.Certificate:
        return _made(name, key, self.name, self.key, **{"ca": False, "now": self.now} | options)

    def revoke(
        self, *revoked: x509.Certificate, at: datetime | None = None, **options: Any
    ) -> bytes:
        """Return the revocation list of some days, in DER."""
        at = self.now if at is None else at
        builder = (
            x509.CertificateRevocationListBuilder()
            .issuer_name(self.name)
            .last_update(at - A_DAY)
            .next_update(at + 7 * A_DAY)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key()),
                critical=False,
            )
        )
        for extension in options.get("extensions", ()):
            builder = builder.add_extension(extension, critical=True)
        for each in revoked:
            builder = builder.add_revoked_certificate(
                x509.RevokedCertificateBuilder()
                .serial_number(each.serial_number)
                .revocation_date(at - A_DAY)
                .build()
            )
        return builder.sign(self.key, hashes.SHA256()).public_bytes(Encoding.DER)


def _made(
    name: x509.Name,
    key: Private,
    issuer: x509.Name,
    issuer_key: Private,
    *,
    ca: bool,
    now: datetime,
    start: datetime | None = None,
    end: datetime | None = None,
    usage: tuple[str, ...] | None = ("digital_signature", "content_commitment"),
    critical: x509.ExtensionType | None = None,
) -> x509.Certificate:
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start or now - 30 * A_DAY)
        .not_valid_after(end or now + 365 * A_DAY)
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()),
            critical=False,
        )
    )
    if usage is not None:
        names = ("digital_signature", "content_commitment", "key_encipherment",
                 "data_encipherment", "key_agreement", "key_cert_sign", "crl_sign")  # fmt: skip
        asked = ("key_cert_sign", "crl_sign") if ca else usage
        bits = {each: each in asked for each in names}
        builder = builder.add_extension(
            x509.KeyUsage(**bits, encipher_only=False, decipher_only=False), critical=True
        )
    if not ca:
        purposes = [ExtendedKeyUsageOID.EMAIL_PROTECTION]
        builder = builder.add_extension(x509.ExtendedKeyUsage(purposes), critical=False)
    if critical is not None:
        builder = builder.add_extension(critical, critical=True)
    return builder.sign(issuer_key, hashes.SHA256())


def der(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(Encoding.DER)


def read(*certificates: x509.Certificate) -> tuple[Certificate, ...]:
    return tuple(Certificate(der(each)) for each in certificates)


def signed(key: Private, message: bytes, digest: hashes.HashAlgorithm | None = None) -> bytes:
    """Return a signature as openssl writes it: RSA with PKCS#1 v1.5, or ECDSA in DER."""
    digest = digest or hashes.SHA256()
    if isinstance(key, rsa.RSAPrivateKey):
        return key.sign(message, padding.PKCS1v15(), digest)
    return key.sign(message, ec.ECDSA(digest))
