"""The roots and bundles that a workspace goes by: its own office's, or another's.

All versions are kept. What counts is the newest bundle, under the root that it was made with.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ocoptrace import canonical_json
from ocoptrace.errors import SigningError, WorkspaceError
from ocoptrace.signing import Root, TrustBundle
from ocoptrace.signing.signed_file import SignedFile
from ocoptrace.signing.trusted import Trusted, in_order

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ocoptrace.store import SqliteStore

__all__ = ["TrustFiles"]


class TrustFiles:
    """The root and bundle files of a store.

    The newest bundle is read anew whenever another process has added one, and only then.
    """

    def __init__(self, store: SqliteStore) -> None:
        self._store = store
        self._read: tuple[bytes, TrustBundle] | None = None

    def file(self, kind: str) -> bytes:
        """Return the newest ``root`` or ``bundle`` file.

        Raises:
            WorkspaceError: there is none.
        """
        data = self._store.trust_file(kind)
        if data is None:
            raise WorkspaceError("workspace.no_trust_file", kind=kind)
        return data

    def root(self, version: int | None = None) -> Root:
        """Return a root, the newest where no version is asked for.

        Raises:
            WorkspaceError: there is none.
        """
        data = self._store.trust_file("root", version)
        if data is None:
            raise WorkspaceError("workspace.no_trust_file", kind="root")
        return Root.load(data)

    def earlier_roots(self) -> dict[int, bytes]:
        """Return the root files before the newest, as far as they are here, by version."""
        known = ((v, self._store.trust_file("root", v)) for v in range(1, self.root().version))
        return {version: data for version, data in known if data is not None}

    def bundle(self) -> TrustBundle:
        """Return the newest bundle.

        Raises:
            WorkspaceError: there is none.
        """
        data = self.file("bundle")
        if self._read is None or self._read[0] != data:
            self._read = data, self._load(data)
        return self._read[1]

    def _load(self, data: bytes) -> TrustBundle:
        # A root may come before the first bundle under it, and need not know the key that
        # signed the newest bundle: that one was loaded under its own root when it was kept.
        made_under = canonical_json.loads(SignedFile.parse(data).signed)["root_version"]
        return TrustBundle.load(data, root=self.root(made_under))

    def keep(self, kind: str, version: int, data: bytes) -> None:
        """Keep a root or bundle file. Call it inside ``store.writing()``."""
        self._store.add_trust_file(kind, version, data)

    def update(self, files: Iterable[bytes]) -> TrustBundle:
        """Take newer files of the office that this workspace goes by; all of them, or none.

        Args:
            files: root files that follow the newest root step by step, and bundles under it,
                in any order. Roots from before it are passed over.

        Returns:
            The newest bundle.

        Raises:
            SigningError: not such a file, not signed by whom it should be, a bundle older than
                the newest or another of its version, a root that does not follow, or one that
                does not vouch for the newest bundle, without one that it does vouch for.
        """
        roots, bundles = in_order(files)
        with self._store.writing():
            trusted = Trusted(self.root(), self.bundle(), self.file("bundle"))
            for data in roots:
                if not self._is_past(data):
                    trusted = trusted.follow(data)
                    self.keep("root", trusted.root.version, data)
            for data in bundles:
                seen, trusted = trusted.bundle, trusted.take(data)
                if trusted.bundle is not None and trusted.bundle != seen:
                    # Under a new root a version may be lower: a thief had used up the numbers.
                    self._store.set_aside_bundles(trusted.bundle.version)
                    self.keep("bundle", trusted.bundle.version, data)
            if trusted.bundle is None:
                raise SigningError("signing.left_behind", version=trusted.root.version)
        return self.bundle()

    def _is_past(self, data: bytes) -> bool:
        """Tell whether a root file is the newest, one that was followed, or from before the first.

        Another of a version that is known is none of these, and does not follow.
        """
        given = Root.load(data)
        kept = self._store.trust_file("root", given.version)
        if kept is None:
            return given.version < self.root().version
        return Root.load(kept).text() == given.text()
