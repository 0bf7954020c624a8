"""The trust bundle: which keys may state what, until when, and which logs count.

A verifier takes keys, grants and revocations from here alone. A bundle is made by the
province office and loaded only against a root that was pinned before.
"""

from __future__ import annotations

import hashlib
import re
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Final, Literal

from pydantic import AfterValidator, Field, NonNegativeInt, PositiveInt

from ocoptrace.errors import SigningError
from ocoptrace.signing import base64url
from ocoptrace.signing.keys import PublicKey
from ocoptrace.signing.note import COSIGNATURE_V1, ED25519, VerifierKey
from ocoptrace.signing.signed_file import (
    CoseKeyText,
    SignedFile,
    SignedModel,
    Time,
    check_threshold,
)
from ocoptrace.signing.statement import Kind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ocoptrace.signing.keys import Signer
    from ocoptrace.signing.root import Root

__all__ = [
    "MAX_KEYS_PER_HINT",
    "Grant",
    "KeyEntry",
    "LabelDuty",
    "Log",
    "LogKey",
    "Revocation",
    "RevocationCheckpoint",
    "TrustBundle",
    "sign_bundle",
]

MAX_KEYS_PER_HINT: Final = 16


def _digits(text: str) -> str:
    if not re.fullmatch(r"[0-9]{3,14}", text):
        raise ValueError("not a run of digits")
    return text


def _ends_in_slash(text: str) -> str:
    if not re.fullmatch(r"https://[^\s/]+/ocop/\S*/", text):
        raise ValueError("not a plain-name prefix that ends in a slash")
    return text


def _thumbprint(text: str) -> str:
    if not re.fullmatch(r"[0-9a-f]{64}", text):
        raise ValueError("not 64 hexadecimal digits")
    return text


def _vkey(text: str) -> str:
    VerifierKey.parse(text)
    return text


Digits = Annotated[str, AfterValidator(_digits)]
NamePrefix = Annotated[str, AfterValidator(_ends_in_slash)]
Thumbprint = Annotated[str, AfterValidator(_thumbprint)]
Vkey = Annotated[str, AfterValidator(_vkey)]
Signable = Kind | Literal["seal"]
Role = Literal["producer", "authority", "log"]


class LabelDuty(SignedModel):
    """From when a product's labels carry a seal, and at which level."""

    product: str
    due: Literal["none", "batch", "item"]
    since: date


class Grant(SignedModel):
    """What a key may state: kinds, names, and the period [from, until)."""

    kinds: tuple[Signable, ...]
    from_: Time = Field(alias="from")
    until: Time
    gtin_prefixes: tuple[Digits, ...] = ()
    gtins: tuple[Digits, ...] = ()
    name_prefixes: tuple[NamePrefix, ...] = ()
    labels: tuple[LabelDuty, ...] = ()


class KeyEntry(SignedModel):
    """A key, whose it is, and what it is good for.

    Attributes:
        key: COSE_Key, base64url.
        issuer: the ``iss`` that its statements bear.
        name: the holder's name per language.
        role: ``producer``, ``authority`` (a province office) or ``log`` (its policy only).
        sign_from, sign_until: when it may sign statements, [from, until).
        seal_until: until when its seals are good; it stays in bundles until then.
        grants: what it may state about which names.
    """

    key: CoseKeyText
    issuer: str
    name: dict[str, str]
    role: Role
    sign_from: Time
    sign_until: Time
    seal_until: Time
    grants: tuple[Grant, ...] = ()

    @cached_property
    def public_key(self) -> PublicKey:
        """The key itself."""
        return PublicKey.from_cose_key(base64url.decode(self.key))

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
    """That a key is no longer used, why, and what of it stays good (formats, section 6)."""

    key: Thumbprint
    reason: Literal["superseded", "ceased", "compromised"]
    at: Time
    checkpoint: RevocationCheckpoint | None = None
    batches: tuple[str, ...] = ()


class LogKey(SignedModel):
    """A log's key, and from which tree size to which it signs."""

    vkey: Vkey
    from_size: NonNegativeInt = 0
    to_size: PositiveInt | None = None


class Log(SignedModel):
    """A log whose proofs count, with its keys, witnesses and quorum."""

    origin: str
    keys: tuple[LogKey, ...]
    witnesses: tuple[Vkey, ...]
    quorum: NonNegativeInt
    operator: str
    final: RevocationCheckpoint | None = None

    def verifier_keys(self, size: int) -> tuple[VerifierKey, ...]:
        """Return the keys for a checkpoint of a size: the log's in force, the witnesses'."""
        in_force = [
            entry.vkey
            for entry in self.keys
            if entry.from_size <= size and (entry.to_size is None or size <= entry.to_size)
        ]
        return tuple(VerifierKey.parse(vkey) for vkey in (*in_force, *self.witnesses))


class TrustBundle(SignedModel):
    """A bundle that the pinned root's bundle keys have signed.

    Attributes:
        version: 1, 2, …; a verifier never goes back.
        root_version: the root that it was made under.
        issued, expires: when it was made, and until when it is fresh.
        namespaces: hosts of plain names.
        keys, revocations, logs: what it vouches for.
    """

    version: PositiveInt
    root_version: PositiveInt
    issued: Time
    expires: Time
    namespaces: tuple[str, ...]
    keys: tuple[KeyEntry, ...]
    revocations: tuple[Revocation, ...] = ()
    logs: tuple[Log, ...] = ()

    @classmethod
    def load(cls, data: bytes, *, root: Root, previous_version: int | None = None) -> TrustBundle:
        """Return the bundle of a file.

        Args:
            data: the file.
            root: the root that was pinned.
            previous_version: the newest version seen before, if any.

        Raises:
            SigningError: not a bundle file, not signed under this root, older than one
                seen before, or holding keys that cannot be told apart.
        """
        file = SignedFile.parse(data)
        bundle: TrustBundle = cls.of_text(file.signed)
        check_threshold(file, root.roles.bundle, "bundle", version=bundle.version)
        if bundle.root_version != root.version:
            raise SigningError(
                "signing.root_version", bundle_root=bundle.root_version, pinned=root.version
            )
        if bundle.issued >= root.expires:
            raise SigningError("signing.root_expired", expires=root.expires.date())
        if previous_version is not None and bundle.version < previous_version:
            raise SigningError(
                "signing.rollback", version=bundle.version, previous=previous_version
            )
        bundle.check()
        return bundle

    def check(self) -> None:
        """Check what no single member can: keys that differ, times and logs that make sense.

        Raises:
            SigningError: something does not.
        """
        origins = [log.origin for log in self.logs]
        if len(self.keys_by_kid) < len(self.keys):
            self._refuse("two keys have one kid")
        if any(len(entries) > MAX_KEYS_PER_HINT for entries in self.keys_by_hint.values()):
            self._refuse(f"more than {MAX_KEYS_PER_HINT} keys share a hint")
        if len(set(origins)) < len(origins):
            self._refuse("two logs have one origin")
        for log in self.logs:
            keys = [VerifierKey.parse(entry.vkey) for entry in log.keys]
            if any(k.signature_type != ED25519 or k.name != log.origin for k in keys):
                self._refuse(f"a key of log {log.origin} is not named as its origin")
            witnesses = [VerifierKey.parse(vkey) for vkey in log.witnesses]
            if any(k.signature_type != COSIGNATURE_V1 for k in witnesses):
                self._refuse(f"a witness of log {log.origin} has a key of another type")
            if len({k.public_key for k in witnesses}) < len(witnesses):
                self._refuse(f"two witnesses of log {log.origin} have one key")
            if len(witnesses) < log.quorum:
                self._refuse(f"log {log.origin} has fewer witnesses than its quorum")
        if not self.issued < self.expires:
            self._refuse("it expires before it is issued")

    def _refuse(self, reason: str) -> None:
        raise SigningError("signing.signed_file_invalid", reason=reason)

    @cached_property
    def sha256(self) -> bytes:
        """SHA-256 of the bundle's text: what an origin record names."""
        return hashlib.sha256(self.text().encode()).digest()

    def by_kid(self, kid: bytes) -> KeyEntry | None:
        """Return the key with these 8 bytes."""
        return self.keys_by_kid.get(kid)

    def by_hint(self, hint: bytes) -> tuple[KeyEntry, ...]:
        """Return the keys with these 4 bytes; a seal may be any one's."""
        return self.keys_by_hint.get(hint, ())

    def revocation_of(self, entry: KeyEntry) -> Revocation | None:
        """Return a key's revocation, the gravest first."""
        found = self.revocations_by_key.get(entry.thumbprint, ())
        return min(found, key=lambda r: r.reason != "compromised", default=None)

    @cached_property
    def keys_by_kid(self) -> dict[bytes, KeyEntry]:
        """The keys by their 8 bytes: a bundle of a province is asked for thousands of times."""
        return {entry.public_key.kid: entry for entry in self.keys}

    @cached_property
    def keys_by_hint(self) -> dict[bytes, tuple[KeyEntry, ...]]:
        """The keys by their 4 bytes."""
        found: dict[bytes, tuple[KeyEntry, ...]] = {}
        for entry in self.keys:
            hint = entry.public_key.hint
            found[hint] = (*found.get(hint, ()), entry)
        return found

    @cached_property
    def revocations_by_key(self) -> dict[str, tuple[Revocation, ...]]:
        """The revocations by the thumbprint of their key."""
        found: dict[str, tuple[Revocation, ...]] = {}
        for revocation in self.revocations:
            found[revocation.key] = (*found.get(revocation.key, ()), revocation)
        return found

    def log(self, origin: str) -> Log | None:
        """Return the log of an origin."""
        return next((log for log in self.logs if log.origin == origin), None)


def sign_bundle(
    version: int,
    *,
    root: Root,
    namespaces: Iterable[str],
    keys: Iterable[KeyEntry],
    revocations: Iterable[Revocation] = (),
    logs: Iterable[Log],
    issuer: str,
    signer: Signer,
    now: datetime,
    lifetime: timedelta = timedelta(days=90),
) -> SignedFile:
    """Return a bundle file made under a root.

    Raises:
        SigningError: a bundle that could not be loaded.
    """
    issued = now.astimezone(UTC).replace(microsecond=0)
    bundle = TrustBundle(
        version=version,
        root_version=root.version,
        issued=issued,
        expires=issued + lifetime,
        namespaces=tuple(namespaces),
        keys=tuple(keys),
        revocations=tuple(revocations),
        logs=tuple(logs),
    )
    file = SignedFile.sign(
        bundle.text(), "bundle", version=version, issuer=issuer, signers=[signer], now=now
    )
    TrustBundle.load(file.to_bytes(), root=root)
    return file
