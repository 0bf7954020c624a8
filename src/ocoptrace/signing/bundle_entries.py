"""What a trust bundle lists: keys with their grants, revocations, logs. Each is valid by itself.

>>> from datetime import UTC, datetime
>>> Grant.of(kinds=("batch",), from_=datetime(2026, 1, 1, tzinfo=UTC),
...     until=datetime(2028, 1, 1, tzinfo=UTC), gtins=("09521234543210",))
Traceback (most recent call last):
ocoptrace.errors.SigningError: /gtins/0: the check digit of "09521234543210" should be 3, \
but is 0. Compare each digit with the original; one may be mistyped.
>>> batch_digest("https://id.gs1.org/01/09521234543213/10/L1")
'91d4c2cd4afe41041b29bb14aed144f8'
"""

from __future__ import annotations

import hashlib
from datetime import date, datetime
from functools import cached_property
from typing import Literal, Self

from pydantic import Field, NonNegativeInt, PositiveInt, model_validator

from ocoptrace.errors import SigningError
from ocoptrace.signing import base64url
from ocoptrace.signing.keys import PublicKey
from ocoptrace.signing.members import (
    BatchDigest,
    CertificateSerial,
    CertifiedName,
    GtinPrefix,
    GtinText,
    HolderNames,
    IssuerUri,
    Many,
    NamePrefix,
    ProductName,
    Thumbprint,
    Time,
)
from ocoptrace.signing.note import VerifierKey
from ocoptrace.signing.signed_file import SignedModel
from ocoptrace.signing.statement import Kind

__all__ = [
    "CertificateNote",
    "Grant",
    "KeyEntry",
    "LabelDuty",
    "Log",
    "LogKey",
    "Revocation",
    "RevocationCheckpoint",
    "Role",
    "Signable",
    "WitnessedLog",
    "batch_digest",
    "check_period",
]

Signable = Literal[Kind, "seal"]
Role = Literal["producer", "authority", "log"]


class LabelDuty(SignedModel):
    """From when a product's labels carry a seal, and at which level."""

    product: ProductName
    due: Literal["none", "batch", "item"]
    since: date


class Grant(SignedModel):
    """What a key may state: kinds, names, and the period [from, until)."""

    kinds: Many[Signable]
    from_: Time = Field(alias="from")
    until: Time
    gtin_prefixes: Many[GtinPrefix] = ()
    gtins: Many[GtinText] = ()
    name_prefixes: Many[NamePrefix] = ()
    labels: Many[LabelDuty] = ()

    @model_validator(mode="after")
    def _has_a_period(self) -> Self:
        check_period(self.from_, self.until, "/until")
        return self

    @cached_property
    def gtins_of_14(self) -> frozenset[str]:
        """The GTINs in their 14-digit form, as names carry them."""
        return frozenset(gtin.rjust(14, "0") for gtin in self.gtins)


class CertificateNote(SignedModel):
    """That an office has seen a CA name the holder of a key. It gives the key no right.

    Attributes:
        subject: whom the certificate names.
        issuer: which CA says so.
        serial: the certificate's number, hexadecimal.
        checked_at: when the office checked chain, status and the binding to the key.
    """

    subject: CertifiedName
    issuer: CertifiedName
    serial: CertificateSerial
    checked_at: Time


class KeyEntry(SignedModel):
    """A key, whose it is, and what it is good for.

    Attributes:
        key: COSE_Key, base64url.
        issuer: the ``iss`` that its statements bear.
        name: the holder's name per language.
        role: ``producer``, ``authority`` (a province office) or ``log`` (its policy only).
        sign_from, sign_until: when it may sign statements, [from, until).
        seal_until: until when its seals are good; it stays in bundles until then.
        grants: what a producer may state about which names. Those of an authority, where it has
            any, say which products it may grade. A log has none.
        certificate: whom a CA names as the holder, where it does. Absent where it does not: no
            text has it as null.
    """

    key: str
    issuer: IssuerUri
    name: HolderNames
    role: Role
    sign_from: Time
    sign_until: Time
    seal_until: Time
    grants: Many[Grant] = ()
    certificate: CertificateNote | None = Field(default=None, exclude_if=lambda note: note is None)

    @model_validator(mode="after")
    def _holds_together(self) -> Self:
        # This loads the key once for all: as much work as verifying a signature.
        self.public_key  # noqa: B018
        check_period(self.sign_from, self.sign_until, "/sign_until")
        if self.seal_until < self.sign_until:
            raise SigningError(
                "signing.seal_period",
                place="/seal_until",
                until=self.seal_until.isoformat(),
                sign_until=self.sign_until.isoformat(),
            )
        if self.grants and self.role == "log":
            raise SigningError("signing.grant_of_role", place="/grants", role=self.role)
        if self.certificate and self.role == "log":
            raise SigningError("certificate.of_log", place="/certificate")
        return self

    @cached_property
    def public_key(self) -> PublicKey:
        """The key itself."""
        try:
            return PublicKey.from_cose_key(base64url.decode(self.key))
        except SigningError as error:
            raise SigningError(error.code, place="/key", **error.facts) from error

    @cached_property
    def thumbprint(self) -> str:
        """The key's thumbprint in hexadecimal, as revocations name it."""
        return self.public_key.thumbprint.hex()


class RevocationCheckpoint(SignedModel):
    """The checkpoint that an office saw before a key was lost: origin, size, root (hex)."""

    origin: str
    size: NonNegativeInt
    root: Thumbprint


class Revocation(SignedModel):
    """That a key is no longer used, why, and what of it stays good (formats, section 6).

    Attributes:
        key: the key's thumbprint.
        reason: ``superseded``, ``ceased`` or ``compromised``.
        at: since when.
        checkpoint: of a compromised key: what the office itself saw before the loss.
        batches: of a compromised key: the batches whose seals are known, as ``batch_digest``
            names them.
    """

    key: Thumbprint
    reason: Literal["superseded", "ceased", "compromised"]
    at: Time
    checkpoint: RevocationCheckpoint | None = None
    batches: Many[BatchDigest] = ()

    @model_validator(mode="after")
    def _says_no_more_than_its_reason(self) -> Self:
        if self.reason != "compromised" and (self.checkpoint or self.batches):
            raise SigningError("signing.revocation_facts", reason=self.reason)
        return self


class LogKey(SignedModel):
    """A log's key, and from which tree size to which it signs."""

    vkey: str
    from_size: NonNegativeInt = 0
    to_size: PositiveInt | None = None

    @model_validator(mode="after")
    def _holds_together(self) -> Self:
        self.verifier_key  # noqa: B018 - as in KeyEntry
        if self.to_size is not None and not self.from_size < self.to_size:
            raise SigningError(
                "signing.log_key_sizes", place="/to_size", start=self.from_size, end=self.to_size
            )
        return self

    @cached_property
    def verifier_key(self) -> VerifierKey:
        """The key itself."""
        return _verifier_key(self.vkey, "/vkey")

    def is_in_force(self, size: int) -> bool:
        """Tell whether it signs checkpoints of a size."""
        return self.from_size <= size and (self.to_size is None or size <= self.to_size)


class WitnessedLog(SignedModel):
    """What is said of a log wherever it is named: its origin, and who watches it.

    Attributes:
        origin: its name, never used by another.
        witnesses: verifier keys of its witnesses.
        quorum: how many of them must have seen a checkpoint.
    """

    origin: str
    witnesses: Many[str]
    quorum: NonNegativeInt

    @model_validator(mode="after")
    def _has_witnesses(self) -> Self:
        self.witness_keys  # noqa: B018 - as in KeyEntry
        return self

    @cached_property
    def witness_keys(self) -> tuple[VerifierKey, ...]:
        """The witnesses' keys."""
        return tuple(
            _verifier_key(vkey, f"/witnesses/{place}") for place, vkey in enumerate(self.witnesses)
        )


class Log(WitnessedLog):
    """A log whose proofs count.

    Attributes:
        keys: its own keys, at least one.
        operator: the issuer that runs it.
        final: where it ended, if it did.
    """

    keys: Many[LogKey] = Field(min_length=1)
    operator: IssuerUri
    final: RevocationCheckpoint | None = None

    def verifier_keys(self, size: int) -> tuple[VerifierKey, ...]:
        """Return the keys for a checkpoint of a size: the log's in force, the witnesses'."""
        own = (key.verifier_key for key in self.keys if key.is_in_force(size))
        return (*own, *self.witness_keys)


def batch_digest(batch: str) -> str:
    """Return how a revocation names a batch: the first 16 bytes of a SHA-256, hexadecimal.

    Args:
        batch: its canonical name.
    """
    return hashlib.sha256(batch.encode()).hexdigest()[:32]


def check_period(start: datetime, end: datetime, place: str) -> None:
    """Check that a period [start, end) is not empty.

    Raises:
        SigningError: it is; ``place`` is the JSON pointer of its end.
    """
    if not start < end:
        raise SigningError(
            "signing.period", place=place, start=start.isoformat(), end=end.isoformat()
        )


def _verifier_key(vkey: str, place: str) -> VerifierKey:
    try:
        return VerifierKey.parse(vkey)
    except SigningError as error:
        raise SigningError(error.code, place=place, **error.facts) from error
