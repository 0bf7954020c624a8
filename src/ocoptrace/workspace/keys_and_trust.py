"""Which keys a workspace holds, and by whose word it goes: the part of its front door for both."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ocoptrace.errors import WorkspaceError
from ocoptrace.workspace import registration
from ocoptrace.workspace.due import due
from ocoptrace.workspace.key_overview import overview

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from ocoptrace.findings import Finding
    from ocoptrace.signing import Root, Signer, TrustBundle
    from ocoptrace.workspace.key_overview import KeyOverview
    from ocoptrace.workspace.office import Office
    from ocoptrace.workspace.setting import Setting

__all__ = ["KeysAndTrust"]


class KeysAndTrust:
    """The keys, root, bundle and office of a workspace."""

    _setting: Setting
    _office: Office | None

    @property
    def root(self) -> Root:
        """The newest root of the office that the workspace goes by, its own or another's."""
        return self._setting.trust.root()

    @property
    def trust(self) -> TrustBundle:
        """The newest trust bundle of the office that the workspace goes by."""
        return self._setting.trust.bundle()

    @property
    def has_office(self) -> bool:
        """Whether the workspace has an office of its own."""
        return self._office is not None

    @property
    def office(self) -> Office:
        """The workspace's own office: it registers, grants, revokes, publishes.

        Raises:
            WorkspaceError: the workspace goes by another's.
        """
        if self._office is None:
            raise WorkspaceError("workspace.no_office")
        return self._office

    def trust_file(self, kind: str) -> bytes:
        """Return the newest ``root`` or ``bundle`` file, to be handed on.

        Raises:
            WorkspaceError: there is none.
        """
        return self._setting.trust.file(kind)

    def earlier_roots(self) -> dict[int, bytes]:
        """Return the root files before the newest, by version: who missed some needs each."""
        return self._setting.trust.earlier_roots()

    def update_trust(self, files: Iterable[bytes]) -> TrustBundle:
        """Take newer root and bundle files of the office that the workspace goes by.

        Args:
            files: in any order; all of them are taken, or none.

        Returns:
            The newest bundle.

        Raises:
            SigningError: a bundle older than the newest, or another of its version; a root
                that does not follow; or files that are not the office's.
            WorkspaceError: the workspace has an office of its own.
        """
        self._require_another_office()
        bundle = self._setting.trust.update(files)
        registration.adopt(self._setting)
        return bundle

    def request_registration(
        self,
        *,
        name: Mapping[str, str],
        gtin_prefixes: Iterable[str] = (),
        gtins: Iterable[str] = (),
        address: Mapping[str, Any] | None = None,
        held: Signer | str | None = None,
    ) -> bytes:
        """Return a request to the office to list a new key of the producer's, and its log.

        The key is made now, and used once a bundle lists it. Until then, asking again is
        asking for the same key.

        Args:
            name: the producer's name, ``vi`` and perhaps ``en``.
            gtin_prefixes: its GS1 company prefixes, if it has any.
            gtins: single GTINs that are its own.
            address: as in a registry file.
            held: the key, where it is to be no new one in a file here: the PKCS#11 URI of one on
                a token, or a signer that ``Workspace.open`` is given from now on.

        Raises:
            SigningError: a member that cannot be, a locked key, or a PIN that is refused.
            StorageError: the token or its key is not there.
            WorkspaceError: the workspace has an office of its own, or another key was asked for.
        """
        self._require_another_office()
        return registration.request(
            self._setting,
            name=name,
            gtin_prefixes=gtin_prefixes,
            gtins=gtins,
            address=address,
            held=held,
        )

    def request_next_key(
        self, producer: str | None = None, *, held: Signer | str | None = None
    ) -> bytes:
        """Return a request to the office for a key that is to follow the producer's.

        Args:
            producer: its code; may be left out where there is one.
            held: as for ``request_registration``.

        Raises:
            SigningError: a locked key, or a PIN that is refused.
            StorageError: the token or its key is not there.
            WorkspaceError: the workspace has an office of its own, no such producer, or another
                key was asked for.
        """
        self._require_another_office()
        return registration.next_key(self._setting, producer, held=held)

    def _require_another_office(self) -> None:
        if self._office is not None:
            raise WorkspaceError("workspace.own_office", issuer=self._office.issuer)

    def keys(self) -> list[KeyOverview]:
        """Return all key files: what each is for, and whether it still counts.

        Raises:
            StorageError: others may read a key file.
        """
        return overview(self._setting, now=self._setting.clock())

    def relock(self, new_passphrase: bytes | None) -> list[str]:
        """Lock all key files with another passphrase, or none; return the names of those changed.

        Raises:
            StorageError: others may read a key file, or the disk refuses.
            SigningError: a file that neither passphrase opens; then none is changed.
        """
        return self._setting.keyring.relock(new_passphrase)

    def due(self, now: datetime | None = None) -> list[Finding]:
        """Return a warning for all that ends within 30 days: bundle, root, keys, grades.

        Args:
            now: the time, aware; that of the clock where left out.
        """
        return due(self._setting, has_office=self.has_office, now=now or self._setting.clock())
