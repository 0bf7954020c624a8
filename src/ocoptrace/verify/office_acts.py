"""What a log says an office did, and what the office's bundle says: the two must agree.

>>> acts = OfficeActs()
>>> acts.versions, acts.keys, acts.revocations
({}, {}, {})
>>> OfficeActs.from_json(acts.to_json()) == acts
True
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from ocoptrace.errors import RecordError
from ocoptrace.findings import Finding
from ocoptrace.signing.signed_file import PUBLIC_SALT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ocoptrace.findings import Severity
    from ocoptrace.signing import Statement, TrustBundle

__all__ = ["OfficeActs"]


@dataclass
class OfficeActs:
    """The acts of an office that a log was seen to have so far; small, so that it can be kept.

    Attributes:
        versions: the digest (hex) of each bundle version that was stated.
        keys: by thumbprint URI, where a key was stated first.
        revocations: by thumbprint URI, when (``iat``, seconds) it was last stated as revoked.
        is_whole: whether all entries from the first were looked at for acts.
    """

    versions: dict[str, str] = field(default_factory=dict)
    keys: dict[str, int] = field(default_factory=dict)
    revocations: dict[str, int] = field(default_factory=dict)
    is_whole: bool = True

    @classmethod
    def from_json(cls, value: Any) -> OfficeActs:
        """Return the acts of what ``to_json`` made.

        Raises:
            RecordError: something else.
        """
        match value:
            case {
                "versions": dict(versions),
                "keys": dict(keys),
                "revocations": dict(revoked),
                "is_whole": bool(is_whole),
            }:
                numbers = [*keys.values(), *revoked.values()]
                texts = [*versions.values(), *versions, *keys, *revoked]
                if all(type(each) is int for each in numbers) and all(
                    type(each) is str for each in texts
                ):
                    return cls(dict(versions), dict(keys), dict(revoked), is_whole)
        raise RecordError("audit.not_a_state")

    def to_json(self) -> dict[str, Any]:
        """Return the acts as JSON members."""
        return {
            "versions": self.versions,
            "keys": self.keys,
            "revocations": self.revocations,
            "is_whole": self.is_whole,
        }

    def take(self, index: int, statement: Statement) -> Iterator[Finding]:
        """Take in an act at an index of the log; yield what contradicts an earlier one."""
        subject = statement.subject
        if statement.kind == "key":
            self.keys.setdefault(subject, index)
        elif statement.kind == "revocation":
            self.revocations[subject] = int(statement.issued_at.timestamp())
        elif statement.kind == "bundle":
            digest = statement.digest.hex()
            if self.versions.setdefault(subject, digest) != digest:
                yield _finding("audit.bundle_forked", f"entry {index}", bundle=subject)

    def compare(self, bundle: TrustBundle) -> Iterator[Finding]:
        """Yield where the office's bundle says something else than the log."""
        name = f"bundle:{bundle.version}"
        digest = hashlib.sha256(PUBLIC_SALT + bundle.text().encode()).hexdigest()
        if name not in self.versions:
            if self.is_whole:
                yield _finding("audit.bundle_not_logged", name, bundle=name)
        elif self.versions[name] != digest:
            yield _finding("audit.bundle_differs", name, bundle=name)
        newest = max((int(each.partition(":")[2]) for each in self.versions), default=0)
        if newest > bundle.version:
            yield _finding(
                "audit.bundle_is_older", name, "warning", version=bundle.version, newest=newest
            )
        yield from self._compare_keys(bundle)

    def _compare_keys(self, bundle: TrustBundle) -> Iterator[Finding]:
        listed = {entry.public_key.thumbprint_uri: entry for entry in bundle.keys}
        revoked = {each.key for each in bundle.revocations}
        for uri, entry in listed.items():
            is_revoked = entry.thumbprint in revoked
            if self.is_whole and uri not in self.keys:
                yield _finding("audit.key_not_logged", uri, issuer=entry.issuer)
            if self.is_whole and is_revoked and uri not in self.revocations:
                yield _finding("audit.revocation_not_logged", uri, issuer=entry.issuer)
            stated = self.revocations.get(uri)
            # A bundle of before the act cannot know of it.
            if stated is not None and not is_revoked and stated <= bundle.issued.timestamp():
                at = datetime.fromtimestamp(stated, UTC)
                yield _finding("audit.revocation_hidden", uri, issuer=entry.issuer, time=at)


def _finding(code: str, place: str, severity: Severity = "error", **facts: object) -> Finding:
    return Finding(code, severity, place, facts)
