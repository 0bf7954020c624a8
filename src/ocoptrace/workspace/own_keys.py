"""An office's own key and root: the one it works with, the other that says so.

The root keys may be in the workspace, or in the hands of people who keep them elsewhere; either
way the next root changes nothing before enough of both roots' keys have signed it.

>>> import tempfile, pathlib
>>> from ocoptrace.workspace import Workspace
>>> ws = Workspace.create(pathlib.Path(tempfile.mkdtemp()) / "office", host="id.example")
>>> draft = ws.office.draft_root(threshold=3)
>>> draft.root.version, draft.is_complete, ws.root.version
(2, False, 1)
>>> ws.close()
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ocoptrace.errors import SigningError, StorageError, WorkspaceError
from ocoptrace.signing.root_draft import RootDraft
from ocoptrace.workspace import rotation
from ocoptrace.workspace.act import acting

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import timedelta

    from ocoptrace.signing import PublicKey, Root, Signer
    from ocoptrace.workspace.act import Act
    from ocoptrace.workspace.setting import Setting

__all__ = ["OwnKeys"]


@dataclass(frozen=True)
class OwnKeys:
    """What an office is before it does anything for others.

    Attributes:
        issuer: its URI, the ``iss`` of its statements.
        setting: where it works.
    """

    issuer: str
    setting: Setting

    @property
    def signer(self) -> Signer:
        """The office's own key: its newest in force.

        Raises:
            StorageError: it is missing.
            SigningError: it is locked with another passphrase.
        """
        return self.setting.signing_key(self.issuer)[1]

    @contextmanager
    def acting(self, *, urgent: bool = False) -> Iterator[Act]:
        """Do something as the office; the next bundle lists what was changed, or nothing was.

        Args:
            urgent: what must not wait until all recognised offices have been heard again.

        Raises:
            WorkspaceError: there is to be a bundle, it is not urgent, and the bundle of a
                recognised office has expired.
        """
        # Whoever cannot sign as the office makes no key for anybody.
        with acting(self.setting, self.issuer, self.signer, urgent=urgent) as act:
            yield act

    def rotate_own(
        self,
        *,
        overlap: timedelta = rotation.OVERLAP,
        keep_old: bool = True,
        pkcs11: str | None = None,
    ) -> Root:
        """Give the office a new key: the next root names it, and it signs the next bundle.

        Whoever goes by this office needs both files, the root first.

        Args:
            overlap: how long the old key may still state things.
            keep_old: let the old key sign bundles as well. Not where somebody else has it;
                then revoke it afterwards.
            pkcs11: the PKCS#11 URI of the key, where it is on a token and no new one in a file.

        Returns:
            The new root.
        """
        with self.acting(urgent=True) as act:
            return rotation.succeed_office(act, overlap=overlap, keep_old=keep_old, pkcs11=pkcs11)

    def draft_root(
        self,
        *,
        add: Iterable[PublicKey] = (),
        drop: Iterable[PublicKey] = (),
        threshold: int | None = None,
        new_office_key: bool = False,
        keep_old: bool = True,
        lifetime: timedelta = rotation.ROOT_LIFETIME,
    ) -> RootDraft:
        """Return a draft of the next root, to be signed where the root keys are.

        Nothing changes before ``adopt_root``. A new key of the office is made at once, and waits.

        Args:
            add: root keys that come.
            drop: root keys that go.
            threshold: how many must sign roots from then on; as many as before where left out.
            new_office_key: give the office a new key as well.
            keep_old: let the one in use sign bundles as well; not where somebody else has it.
            lifetime: how long the root may be used.

        Raises:
            SigningError: the keys that are left cannot reach the threshold.
        """
        return rotation.draft(
            self.setting,
            self.issuer,
            add=add,
            drop=drop,
            threshold=threshold,
            new_office_key=new_office_key,
            keep_old=keep_old,
            lifetime=lifetime,
        )

    def adopt_root(self, files: Iterable[bytes], *, overlap: timedelta = rotation.OVERLAP) -> Root:
        """Go by the next root from now on, and publish the first bundle under it.

        Where the office's key is lost, the new one that the root names acts for it.

        Args:
            files: one draft in as many copies as there are, each with its signatures.
            overlap: how long an office key that is followed may still state things.

        Raises:
            SigningError: copies that differ, or too few signatures.
        """
        previous = self.setting.trust.root()
        drafts = [RootDraft.parse(data, previous) for data in files]
        if not drafts:
            raise WorkspaceError("workspace.no_root")
        whole = drafts[0]
        for each in drafts[1:]:
            whole = whole.join(each)
        if not whole.is_complete:
            raise SigningError(
                "signing.root_unsigned",
                version=whole.root.version,
                last=whole.last,
                last_threshold=previous.roles.root.threshold,
                own=whole.own,
                own_threshold=whole.root.roles.root.threshold,
            )
        with acting(self.setting, self.issuer, self._signer_under(whole.root), urgent=True) as act:
            return rotation.adopt(act, whole.file, overlap=overlap)

    def _signer_under(self, root: Root) -> Signer:
        """Return the office's key; where it is lost, the one that waits for a root."""
        try:
            return self.signer
        except StorageError:
            waiting = rotation.new_office_key(self.setting, root)
            if waiting is None:
                raise
            return waiting
