"""The trust bundle: which keys may state what, until when, and which logs count.

A verifier takes keys, grants and revocations from here alone. A bundle is made by the
province office and loaded only against a root that was pinned before. What it lists stands in
``bundle_entries``, what no single entry can break in ``bundle_checks``.

>>> from datetime import UTC, datetime
>>> from ocoptrace.signing.keys import SoftwareSigner
>>> from ocoptrace.signing.root import Root, sign_root
>>> signer = SoftwareSigner.generate("ES256")
>>> office, now = "https://id.example/ocop/0FF1CE00", datetime(2026, 11, 23, tzinfo=UTC)
>>> made = sign_root(1, expires=datetime(2031, 11, 23, tzinfo=UTC), signers=[signer], threshold=1,
...     bundle_keys=[signer.public_key], issuer=office, now=now)
>>> root = Root.load(made.to_bytes())
>>> file = sign_bundle(1, root=root, namespaces=["id.example"], keys=[], logs=[], issuer=office,
...     signers=[signer], now=now)
>>> bundle = TrustBundle.load(file.to_bytes(), root=root)
>>> bundle.version, bundle.expires.date().isoformat()
(1, '2027-02-21')
>>> TrustBundle.load(file.to_bytes(), root=root, previous_version=2)
Traceback (most recent call last):
ocoptrace.errors.SigningError: The bundle is version 1, older than version 2, which was seen \
already. Fetch the newest bundle. If this comes back, tell the province office.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Self

from pydantic import PositiveInt, model_validator

from ocoptrace.epcis.faults import error_of
from ocoptrace.errors import SigningError
from ocoptrace.signing.bundle_checks import faults_among
from ocoptrace.signing.bundle_entries import (
    CertificateNote,
    Grant,
    KeyEntry,
    LabelDuty,
    Log,
    LogKey,
    Revocation,
    RevocationCheckpoint,
    Role,
    Signable,
    batch_digest,
    check_period,
)
from ocoptrace.signing.members import Host, Many, Time
from ocoptrace.signing.signed_file import SignedFile, SignedModel, check_threshold, invalid
from ocoptrace.signing.times import END, is_time

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from ocoptrace.signing.keys import Signer
    from ocoptrace.signing.root import Root

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
    "TrustBundle",
    "batch_digest",
    "sign_bundle",
]


class TrustBundle(SignedModel):
    """A bundle that the pinned root's bundle keys have signed.

    Attributes:
        version: 1, 2, …; under one root a verifier never goes back.
        root_version: the root that it was made under.
        issued, expires: when it was made, and until when it is fresh.
        namespaces: hosts of plain names.
        keys, revocations, logs: what it vouches for.
    """

    version: PositiveInt
    root_version: PositiveInt
    issued: Time
    expires: Time
    namespaces: Many[Host]
    keys: Many[KeyEntry]
    revocations: Many[Revocation] = ()
    logs: Many[Log] = ()

    @model_validator(mode="after")
    def _has_a_period(self) -> Self:
        check_period(self.issued, self.expires, "/expires")
        return self

    @classmethod
    def load(
        cls,
        data: bytes,
        *,
        root: Root,
        previous_version: int | None = None,
        previous_sha256: bytes | None = None,
        previous_root_version: int | None = None,
    ) -> TrustBundle:
        """Return the bundle of a file.

        Args:
            data: the file.
            root: the root that was pinned.
            previous_version: the newest version seen before, if any.
            previous_sha256: the SHA-256 of that bundle's text, to tell another of its version.
            previous_root_version: the root that it was made under; this one where left out.
                Where the office has another root since, the numbers begin anew: a thief of the
                last root's bundle keys may have used them up.

        Raises:
            SigningError: not a bundle file, not signed under this root, older than one
                seen before, another of the same version, one that outlives the root, or one
                that does not hold together.
        """
        file = SignedFile.parse(data)
        counts = file.count_signers(root.roles.bundle, "bundle")
        # Nothing of the text is read before enough have signed it, whatever version they meant.
        check_threshold(max(counts.values(), default=0), root.roles.bundle, "bundle")
        bundle = cls.of_text(file.signed)
        check_threshold(counts[f"bundle:{bundle.version}"], root.roles.bundle, "bundle")
        if bundle.root_version != root.version:
            raise SigningError(
                "signing.root_version", bundle_root=bundle.root_version, pinned=root.version
            )
        if bundle.issued >= root.expires:
            raise SigningError("signing.root_expired", expires=root.expires.date())
        if bundle.expires > root.expires:
            raise SigningError(
                "signing.outlives_root", expires=bundle.expires.date(), end=root.expires.date()
            )
        bundle.check_newer(previous_version, previous_sha256, previous_root_version)
        try:
            bundle.check()
        except SigningError as error:
            raise invalid(error) from error
        return bundle

    def check_newer(
        self, version: int | None, sha256: bytes | None, root_version: int | None = None
    ) -> None:
        """Check that this bundle may follow one that was seen before, or is that very one.

        Args:
            version: of the bundle that was seen, if any.
            sha256: of its text, if it is known.
            root_version: the root that it was made under; the one of this where left out.

        Raises:
            SigningError: it is older, another of the same version, or of an earlier root.
        """
        under = self.root_version if root_version is None else root_version
        if under > self.root_version:
            raise SigningError("signing.root_version", bundle_root=self.root_version, pinned=under)
        if under < self.root_version or version is None:
            return
        if self.version < version:
            raise SigningError("signing.rollback", version=self.version, previous=version)
        if version == self.version and sha256 not in {None, self.sha256}:
            raise SigningError("signing.bundle_fork", version=version)

    def check(self) -> None:
        """Check what no single entry can: keys that differ, names and logs that fit.

        Raises:
            SigningError: something does not; all that does not are its findings.
        """
        faults = list(faults_among(self.keys, self.logs, self.namespaces))
        if faults:
            raise error_of(SigningError, faults)

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

    def revocations_of(self, entry: KeyEntry) -> tuple[Revocation, ...]:
        """Return all revocations of a key: what stays good must survive each."""
        return self.revocations_by_key.get(entry.thumbprint, ())

    @cached_property
    def keys_by_kid(self) -> dict[bytes, KeyEntry]:
        """The keys by their 8 bytes: a bundle of a province is asked for thousands of times."""
        return {entry.public_key.kid: entry for entry in self.keys}

    @cached_property
    def keys_by_hint(self) -> dict[bytes, tuple[KeyEntry, ...]]:
        """The keys by their 4 bytes."""
        found: dict[bytes, list[KeyEntry]] = {}
        for entry in self.keys:
            found.setdefault(entry.public_key.hint, []).append(entry)
        return {hint: tuple(entries) for hint, entries in found.items()}

    @cached_property
    def revocations_by_key(self) -> dict[str, tuple[Revocation, ...]]:
        """The revocations by the thumbprint of their key."""
        found: dict[str, list[Revocation]] = {}
        for revocation in self.revocations:
            found.setdefault(revocation.key, []).append(revocation)
        return {key: tuple(revocations) for key, revocations in found.items()}

    @cached_property
    def logs_by_origin(self) -> dict[str, Log]:
        """The logs by their origin."""
        return {log.origin: log for log in self.logs}

    def log(self, origin: str) -> Log | None:
        """Return the log of an origin."""
        return self.logs_by_origin.get(origin)


def sign_bundle(
    version: int,
    *,
    root: Root,
    namespaces: Iterable[str],
    keys: Iterable[KeyEntry],
    revocations: Iterable[Revocation] = (),
    logs: Iterable[Log],
    issuer: str,
    signers: Iterable[Signer],
    now: datetime,
    lifetime: timedelta = timedelta(days=90),
) -> SignedFile:
    """Return a bundle file made under a root.

    Args:
        version: greater than that of the last bundle.
        root: the root whose bundle keys sign; ``signers`` are enough of them.
        namespaces: hosts of plain names.
        keys: all keys whose statements or seals are still looked at.
        revocations: all of them that concern these keys.
        logs: all logs whose proofs count.
        issuer: URI of the office.
        signers: who signs.
        now: when it is issued, aware.
        lifetime: how long it is fresh, unless the root ends before.

    Raises:
        SigningError: a bundle that could not be loaded.
    """
    if not is_time(now):
        raise SigningError("signing.time", place="/issued", value=now.isoformat())
    issued = now.astimezone(UTC).replace(microsecond=0)
    # That the root has ended already is said when the bundle is loaded.
    end = root.expires if issued < root.expires else END
    bundle = TrustBundle.of(
        version=version,
        root_version=root.version,
        issued=issued,
        expires=issued + min(lifetime, end - issued),
        namespaces=tuple(namespaces),
        keys=tuple(keys),
        revocations=tuple(revocations),
        logs=tuple(logs),
    )
    # Whoever makes a bundle is told at once what is wrong with it, before anybody signs.
    bundle.check()
    file = SignedFile.sign(
        bundle.text(), "bundle", version=version, issuer=issuer, signers=signers, now=now
    )
    TrustBundle.load(file.to_bytes(), root=root)
    return file
