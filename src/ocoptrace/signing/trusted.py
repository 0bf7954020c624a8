"""What a verifier goes by: a pinned root or what followed it, and the newest bundle seen.

Files come from anybody, in any order. This decides what becomes of them; to keep what it decides
is left to its caller. Neither root nor bundle ever goes back.

>>> from datetime import UTC, datetime
>>> from ocoptrace.signing.bundle import sign_bundle
>>> from ocoptrace.signing.keys import SoftwareSigner
>>> from ocoptrace.signing.root import sign_root
>>> signer = SoftwareSigner.generate("ES256")
>>> office, now = "https://id.example/ocop/0FF1CE00", datetime(2026, 11, 23, tzinfo=UTC)
>>> root = Root.load(sign_root(1, expires=datetime(2031, 11, 23, tzinfo=UTC), signers=[signer],
...     threshold=1, bundle_keys=[signer.public_key], issuer=office, now=now).to_bytes())
>>> first, second = (sign_bundle(version, root=root, namespaces=[], keys=[], logs=[],
...     issuer=office, signers=[signer], now=now).to_bytes() for version in (1, 2))
>>> trusted = Trusted(root).update([second])
>>> trusted.update([second]) == trusted
True
>>> trusted.update([first])
Traceback (most recent call last):
ocoptrace.errors.SigningError: The bundle is version 1, older than version 2, which was seen \
already. Fetch the newest bundle. If this comes back, tell the province office.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ocoptrace.signing.bundle import TrustBundle
from ocoptrace.signing.root import Root
from ocoptrace.signing.signed_file import SignedFile

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["Trusted", "in_order", "is_vouched"]


@dataclass(frozen=True)
class Trusted:
    """A root and the newest bundle that it vouches for.

    Attributes:
        root: the pinned root, or the newest that followed it.
        bundle: the newest bundle seen; None before the first, and where a root has come that
            does not vouch for it.
        data: the file of that bundle.
    """

    root: Root
    bundle: TrustBundle | None = None
    data: bytes = b""

    def update(self, files: Iterable[bytes]) -> Trusted:
        """Return what is gone by after files have come; all of them are taken, or none.

        Args:
            files: roots that follow step by step, and bundles, in any order. Roots from before
                the one that is known say nothing any more, and are passed over.

        Raises:
            SigningError: one that does not follow, is older than what was seen or another of
                its version, or is not the office's.
        """
        roots, bundles = in_order(files)
        now = self
        for data in roots:
            if Root.load(data).version >= now.root.version:
                now = now.follow(data)
        for data in bundles:
            now = now.take(data)
        return now

    def follow(self, data: bytes) -> Trusted:
        """Return what is gone by under the next root; the very same root changes nothing.

        A bundle goes on counting until one comes that was made under the new root, unless the
        new root has dropped the keys that signed it: then somebody else may have made it.

        Raises:
            SigningError: it does not follow.
        """
        if Root.load(data).text() == self.root.text():
            return self
        root = self.root.follow(data)
        if self.bundle is not None and is_vouched(self.data, root):
            return replace(self, root=root)
        return Trusted(root)

    def take(self, data: bytes) -> Trusted:
        """Return what is gone by with a bundle; the very same bundle changes nothing.

        Raises:
            SigningError: not a bundle under this root, or one older than, or another of the
                version of, the newest seen.
        """
        seen = self.bundle
        bundle = TrustBundle.load(
            data,
            root=self.root,
            previous_version=None if seen is None else seen.version,
            previous_sha256=None if seen is None else seen.sha256,
            previous_root_version=None if seen is None else seen.root_version,
        )
        if seen is not None and bundle.text() == seen.text():
            return self
        return Trusted(self.root, bundle, data)


def is_vouched(data: bytes, root: Root) -> bool:
    """Tell whether enough of a root's bundle keys have signed a bundle, under whichever root.

    Args:
        data: a bundle file that was loaded before, perhaps under an earlier root.
        root: the newest root.

    Raises:
        SigningError: not such a file.
    """
    counts = SignedFile.parse(data).count_signers(root.roles.bundle, "bundle")
    return max(counts.values(), default=0) >= root.roles.bundle.threshold


def in_order(files: Iterable[bytes]) -> tuple[list[bytes], list[bytes]]:
    """Return root files and bundle files, each by the version that they claim.

    Nothing is checked of that: loading them does.

    Raises:
        SigningError: not such a file.
    """
    found = [(SignedFile.parse(data), data) for data in files]
    parted: dict[str, list[bytes]] = {"root": [], "bundle": []}
    for file, data in sorted(found, key=lambda each: _claimed(each[0])):
        is_root = any(statement.kind == "root" for statement in file.signatures)
        parted["root" if is_root else "bundle"].append(data)
    return parted["root"], parted["bundle"]


def _claimed(file: SignedFile) -> tuple[int, str]:
    digits = min((each.subject for each in file.signatures), default="").rpartition(":")[2]
    return len(digits), digits
