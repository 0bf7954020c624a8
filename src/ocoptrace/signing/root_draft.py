"""The next root in the making: drafted in one place, signed in others, put together again.

Root keys never need to come together: the draft is a root file without signatures, each holder
adds one on a machine of their own, and whoever has all the files has the root.

>>> from datetime import UTC, datetime
>>> from ocoptrace.signing.keys import SoftwareSigner
>>> from ocoptrace.signing.root import sign_root
>>> an, binh, chi, dung = (SoftwareSigner.generate("ES256") for _ in range(4))
>>> office, now = "https://id.example/ocop/0FF1CE00", datetime(2026, 11, 23, tzinfo=UTC)
>>> end = datetime(2031, 11, 23, tzinfo=UTC)
>>> root = Root.load(sign_root(1, expires=end, signers=[an, binh, chi], threshold=2,
...     bundle_keys=[an.public_key], issuer=office, now=now).to_bytes())

Chi leaves, and Dung comes:

>>> draft = RootDraft.of(root, expires=end, root_keys=[an.public_key, binh.public_key,
...     dung.public_key])
>>> data = draft.file.to_bytes()
>>> signed = [RootDraft.parse(data, root).sign(who, issuer=office, now=now) for who in (an, dung)]
>>> whole = signed[0].join(signed[1])
>>> whole.last, whole.own
(1, 2)
>>> binh_too = whole.sign(binh, issuer=office, now=now)
>>> root.follow(binh_too.file.to_bytes()).version
2
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ocoptrace.errors import SigningError
from ocoptrace.signing import base64url
from ocoptrace.signing.root import MAX_ROOT_BYTES, Root
from ocoptrace.signing.signed_file import SignedFile

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from ocoptrace.signing.keys import PublicKey, Signer
    from ocoptrace.signing.signed_file import Role
    from ocoptrace.signing.statement import Statement

__all__ = ["RootDraft"]


@dataclass(frozen=True)
class RootDraft:
    """What is to be the next root, with the signatures that it has so far.

    Attributes:
        previous: the root that it is to follow.
        root: what it says.
        file: the file, signed by some or nobody yet.
    """

    previous: Root
    root: Root
    file: SignedFile

    @classmethod
    def of(
        cls,
        previous: Root,
        *,
        expires: datetime,
        root_keys: Iterable[PublicKey] | None = None,
        threshold: int | None = None,
        bundle_keys: Iterable[PublicKey] | None = None,
    ) -> RootDraft:
        """Return a draft without signatures; what is left out stays as it is.

        Args:
            previous: the root that it is to follow.
            expires: until when it may be used, aware.
            root_keys: who makes roots from then on.
            threshold: how many of them must sign.
            bundle_keys: who makes bundles; as many as before must sign.

        Raises:
            SigningError: a root that could not be.
        """
        roles = previous.roles
        root = Root.of(
            version=previous.version + 1,
            expires=expires.replace(microsecond=0),
            roles={
                "root": _role(roles.root, root_keys, threshold),
                "bundle": _role(roles.bundle, bundle_keys, None),
            },
        )
        return cls(previous, root, SignedFile(root.text(), ()))

    @classmethod
    def parse(cls, data: bytes, previous: Root) -> RootDraft:
        """Return the draft of a file. Nobody vouches for it yet: look at what it says.

        Raises:
            SigningError: not a root file, or of another version than the next.
        """
        file = SignedFile.parse(data, max_bytes=MAX_ROOT_BYTES)
        root = Root.of_text(file.signed)
        if root.version != previous.version + 1:
            raise SigningError(
                "signing.root_step", version=root.version, expected=previous.version + 1
            )
        return cls(previous, root, file)

    def sign(self, signer: Signer, *, issuer: str, now: datetime) -> RootDraft:
        """Return it with one more signature; none is added where the key has signed already.

        Raises:
            SigningError: neither of both roots has the key.
        """
        key = signer.public_key
        if key not in self._both_roles():
            raise SigningError("signing.no_root_key", key=key.thumbprint.hex()[:16])
        if key in self.signers:
            return self
        made = SignedFile.sign(
            self.file.signed,
            "root",
            version=self.root.version,
            issuer=issuer,
            signers=[signer],
            now=now,
        )
        return self._with((*self.file.signatures, *made.signatures))

    def join(self, other: RootDraft) -> RootDraft:
        """Return it with the signatures of both.

        Raises:
            SigningError: they are not the same draft.
        """
        if other.file.signed != self.file.signed:
            raise SigningError("signing.root_drafts_differ", version=self.root.version)
        # The same signature twice in one file is refused, and a draft may be joined with itself.
        return self._with(tuple(dict.fromkeys((*self.file.signatures, *other.file.signatures))))

    @property
    def signers(self) -> tuple[PublicKey, ...]:
        """Which root keys of both roots have signed it."""
        keys = self._both_roles()
        signed = self.file.signed_by(keys, "root")
        return tuple(k for k in keys if (f"root:{self.root.version}", k.thumbprint) in signed)

    @property
    def last(self) -> int:
        """How many root keys of the root before have signed it."""
        return len(set(self.signers) & set(self.previous.roles.root.public_keys()))

    @property
    def own(self) -> int:
        """How many of its own root keys have signed it."""
        return len(set(self.signers) & set(self.root.roles.root.public_keys()))

    @property
    def is_complete(self) -> bool:
        """Whether enough keys of both roots have signed it."""
        return (
            self.last >= self.previous.roles.root.threshold
            and self.own >= self.root.roles.root.threshold
        )

    def _both_roles(self) -> tuple[PublicKey, ...]:
        both = (self.previous, self.root)
        return tuple(dict.fromkeys(k for root in both for k in root.roles.root.public_keys()))

    def _with(self, signatures: tuple[Statement, ...]) -> RootDraft:
        return RootDraft(self.previous, self.root, SignedFile(self.file.signed, signatures))


def _role(role: Role, keys: Iterable[PublicKey] | None, threshold: int | None) -> dict[str, object]:
    texts = role.keys if keys is None else tuple(base64url.encode(key.cose_key) for key in keys)
    return {"keys": texts, "threshold": role.threshold if threshold is None else threshold}
