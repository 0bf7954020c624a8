"""The root of trust: which keys may make bundles and new roots. It is pinned, never found.

>>> from datetime import UTC, datetime
>>> from ocoptrace.signing.keys import SoftwareSigner
>>> signers = [SoftwareSigner.generate("ES256") for _ in range(3)]
>>> now = datetime(2026, 11, 23, tzinfo=UTC)
>>> file = sign_root(1, expires=datetime(2031, 11, 23, tzinfo=UTC), signers=signers, threshold=2,
...     bundle_keys=[signers[0].public_key], issuer="https://id.example/ocop/0FF1CE00", now=now)
>>> root = Root.load(file.to_bytes())
>>> root.version, root.roles.root.threshold
(1, 2)
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from pydantic import PositiveInt

from ocoptrace.errors import SigningError
from ocoptrace.signing import base64url
from ocoptrace.signing.signed_file import Role, SignedFile, SignedModel, Time, check_threshold

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from ocoptrace.signing.keys import PublicKey, Signer

__all__ = ["Roles", "Root", "sign_root"]


class Roles(SignedModel):
    """The two roles: who makes roots, who makes bundles."""

    root: Role
    bundle: Role


class Root(SignedModel):
    """A root whose own keys have signed it.

    Attributes:
        version: 1, 2, …
        expires: until when it may be used for new bundles.
        roles: keys and thresholds.
    """

    version: PositiveInt
    expires: Time
    roles: Roles

    @classmethod
    def load(cls, data: bytes) -> Root:
        """Return the root of a file that a person chose to pin.

        Raises:
            SigningError: not a root file, or not signed by the keys that it names.
        """
        file = SignedFile.parse(data)
        root: Root = cls.of_text(file.signed)
        for role in (root.roles.root, root.roles.bundle):
            if not 0 < role.threshold <= len(role.public_keys()):
                raise SigningError("signing.bad_threshold", threshold=role.threshold)
        check_threshold(file, root.roles.root, "root", version=root.version)
        return root

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the root's text in groups of 4, for people to compare."""
        digest = hashlib.sha256(self.text().encode()).hexdigest()
        return " ".join(digest[i : i + 4] for i in range(0, len(digest), 4))


def sign_root(
    version: int,
    *,
    expires: datetime,
    signers: Sequence[Signer],
    threshold: int,
    bundle_keys: Iterable[PublicKey],
    issuer: str,
    now: datetime,
) -> SignedFile:
    """Return a root file signed by all of its root keys.

    Args:
        version: 1 for the first.
        expires: until when it may be used, aware.
        signers: the signers of the root role.
        threshold: how many of them must sign later roots.
        bundle_keys: keys that make bundles; one signature is enough.
        issuer: URI of the office.
        now: the time claimed.

    Raises:
        SigningError: a threshold that its keys cannot reach.
    """
    if not 0 < threshold <= len(signers):
        raise SigningError(
            "signing.threshold", count=len(signers), threshold=threshold, role="root"
        )
    root = Root(
        version=version,
        expires=expires.replace(microsecond=0),
        roles=Roles(
            root=Role(keys=_texts(s.public_key for s in signers), threshold=threshold),
            bundle=Role(keys=_texts(bundle_keys), threshold=1),
        ),
    )
    return SignedFile.sign(
        root.text(), "root", version=version, issuer=issuer, signers=signers, now=now
    )


def _texts(keys: Iterable[PublicKey]) -> tuple[str, ...]:
    return tuple(base64url.encode(key.cose_key) for key in keys)
