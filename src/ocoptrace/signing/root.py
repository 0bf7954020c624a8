"""The root of trust: which keys may make bundles and new roots. It is pinned, never found.

>>> from datetime import UTC, datetime
>>> from ocoptrace.signing.keys import SoftwareSigner
>>> signers = [SoftwareSigner.generate("ES256") for _ in range(4)]
>>> made = {"expires": datetime(2031, 11, 23, tzinfo=UTC), "threshold": 2,
...     "bundle_keys": [signers[0].public_key], "issuer": "https://id.example/ocop/0FF1CE00",
...     "now": datetime(2026, 11, 23, tzinfo=UTC)}
>>> root = Root.load(sign_root(1, signers=signers[:3], **made).to_bytes())
>>> root.version, root.roles.root.threshold
(1, 2)

One of the three keys is lost; a new one takes its place. Keys of both roots sign the next one,
and whoever pinned the first goes on to it:

>>> keys = [signer.public_key for signer in signers[1:]]
>>> file = sign_root(2, signers=signers[1:], root_keys=keys, previous=root, **made)
>>> root.follow(file.to_bytes()).version
2
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

from pydantic import PositiveInt

from ocoptrace.errors import SigningError
from ocoptrace.signing import base64url
from ocoptrace.signing.members import Time
from ocoptrace.signing.signed_file import (
    Role,
    SignedFile,
    SignedModel,
    check_threshold,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from ocoptrace.signing.keys import PublicKey, Signer

__all__ = ["MAX_ROOT_BYTES", "Roles", "Root", "office_of", "sign_root"]

MAX_ROOT_BYTES: Final = 256 * 1024
"""A root is read before anything is known of it, so it may cost little."""


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
        return _read(data)[0]

    def follow(self, data: bytes) -> Root:
        """Return the next root, which takes the place of this one where this one is pinned.

        Whether this root has expired does not matter: its keys still say who follows.

        Args:
            data: a root file of the next version. Who missed some takes them one by one.

        Raises:
            SigningError: not a root file, another version than the next, or not signed by
                the thresholds of both.
        """
        following, file = _read(data)
        if following.version != self.version + 1:
            raise SigningError(
                "signing.root_step", version=following.version, expected=self.version + 1
            )
        count = file.count_signers(self.roles.root, "root")[f"root:{following.version}"]
        if count < self.roles.root.threshold:
            raise SigningError(
                "signing.root_not_followed",
                version=following.version,
                pinned=self.version,
                count=count,
                threshold=self.roles.root.threshold,
            )
        return following

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the root's text in groups of 4, for people to compare."""
        digest = hashlib.sha256(self.text().encode()).hexdigest()
        return " ".join(digest[i : i + 4] for i in range(0, len(digest), 4))


def office_of(data: bytes) -> str:
    """Return the URI of the office in whose name a root's own keys have signed it.

    Signatures of others prove nothing, and are passed over.

    Raises:
        SigningError: not a root file, or not signed by the keys that it names.
    """
    root, file = _read(data)
    keys = root.roles.root.public_keys()
    return min(each.issuer for each in file.signatures if any(map(each.is_signed_by, keys)))


def _read(data: bytes) -> tuple[Root, SignedFile]:
    """Return the root of a file, and the file with the signatures that others are to check."""
    file = SignedFile.parse(data, max_bytes=MAX_ROOT_BYTES)
    root = Root.of_text(file.signed)
    counts = file.count_signers(root.roles.root, "root")
    check_threshold(counts[f"root:{root.version}"], root.roles.root, "root")
    return root, file


def sign_root(
    version: int,
    *,
    expires: datetime,
    signers: Sequence[Signer],
    threshold: int,
    bundle_keys: Iterable[PublicKey],
    bundle_threshold: int = 1,
    root_keys: Iterable[PublicKey] | None = None,
    previous: Root | None = None,
    issuer: str,
    now: datetime,
) -> SignedFile:
    """Return a root file.

    Args:
        version: 1 for the first.
        expires: until when it may be used, aware.
        signers: who signs: enough of the keys of its root role, and for a later version
            enough of those of the root before it.
        threshold: how many keys of the root role make a root good.
        bundle_keys: keys that make bundles.
        bundle_threshold: how many of them must sign each bundle.
        root_keys: keys of the root role; where left out, those of the signers.
        previous: the root that this one follows.
        issuer: URI of the office.
        now: the time claimed.

    Raises:
        SigningError: a root that could not be loaded, or that would not follow.
    """
    keys = [signer.public_key for signer in signers] if root_keys is None else root_keys
    root = Root.of(
        version=version,
        expires=expires.replace(microsecond=0),
        roles={
            "root": {"keys": _texts(keys), "threshold": threshold},
            "bundle": {"keys": _texts(bundle_keys), "threshold": bundle_threshold},
        },
    )
    file = SignedFile.sign(
        root.text(), "root", version=version, issuer=issuer, signers=signers, now=now
    )
    if previous is None:
        Root.load(file.to_bytes())
    else:
        previous.follow(file.to_bytes())
    return file


def _texts(keys: Iterable[PublicKey]) -> tuple[str, ...]:
    return tuple(base64url.encode(key.cose_key) for key in keys)
