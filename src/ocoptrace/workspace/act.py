"""One act of the office: what it states, and the bundle that follows, all or nothing.

Every change of what the office vouches for goes this way: it is stated in the log, so that
anybody can compare the log with the bundles, and it is in the next bundle.
"""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from ocoptrace.signing import Root, sign_statement
from ocoptrace.signing.bundle import sign_bundle
from ocoptrace.signing.signed_file import PUBLIC_SALT
from ocoptrace.workspace.recognised_offices import check_fresh
from ocoptrace.workspace.recording import keep

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from ocoptrace.signing import Signer, TrustBundle
    from ocoptrace.signing.bundle import KeyEntry, Log, Revocation
    from ocoptrace.signing.signed_file import SignedFile
    from ocoptrace.signing.statement import Kind
    from ocoptrace.workspace.setting import Setting

__all__ = ["Act", "acting"]


class Act:
    """What is being done inside one transaction.

    Attributes:
        setting: where.
        issuer: the office's URI.
        signer: its key.
        now: the time of the act, aware, in whole seconds.
        is_urgent: whether it may be published while a recognised office's bundle has expired.
        keys, revocations, logs, namespaces: what the next bundle will list.
    """

    def __init__(
        self,
        setting: Setting,
        issuer: str,
        signer: Signer,
        *,
        now: datetime,
        urgent: bool = False,
    ) -> None:
        """Begin an act that changes nothing yet."""
        self.setting = setting
        self.issuer = issuer
        self.signer = signer
        self.now = now.replace(microsecond=0)
        self.is_urgent = urgent
        self.keys: list[KeyEntry] = []
        self.revocations: list[Revocation] = []
        self.logs: list[Log] = []
        self.namespaces: list[str] = [setting.host]
        self._undo = ExitStack()
        self._version = 0
        if setting.store.trust_file("bundle") is not None:
            trust = setting.trust.bundle()
            self._version = trust.version
            self.keys += trust.keys
            self.revocations += trust.revocations
            self.logs += trust.logs
            self.namespaces = list(trust.namespaces)
        self._published = self._listed()

    def _listed(self) -> tuple[object, ...]:
        lists = (self.keys, self.revocations, self.logs, self.namespaces)
        return tuple(tuple(each) for each in lists)

    def new_key(self, stem: str, *, pkcs11: str | None = None) -> Signer:
        """Make a key under the next name of a stem; it is removed if the act comes to nothing.

        Args:
            stem: what the key is for.
            pkcs11: the PKCS#11 URI of one that is on a token; it stays there whatever happens.
        """
        keyring = self.setting.keyring
        name = keyring.next_name(stem)
        signer: Signer = (
            keyring.generate(name, "ES256") if pkcs11 is None else keyring.attach(name, pkcs11)
        )
        self._undo.callback(keyring.discard, name)
        return signer

    def state(self, kind: Kind, payload: bytes, subject: str) -> bytes:
        """State something as the office, log it, and return the statement's id."""
        statement, salt = sign_statement(
            kind, payload, issuer=self.issuer, subject=subject, signer=self.signer, now=self.now
        )
        keep(self.setting.store, statement, payload, salt)
        return statement.id

    def list_key(self, entry: KeyEntry) -> None:
        """State a key and what it may do, and list it in place of what was said of it before."""
        self.state("key", entry.text().encode(), entry.public_key.thumbprint_uri)
        for place, earlier in enumerate(self.keys):
            if earlier.thumbprint == entry.thumbprint:
                self.keys[place] = entry
                return
        self.keys.append(entry)

    def revoke(self, revocation: Revocation, entry: KeyEntry) -> None:
        """State that a key is revoked, and list it."""
        self.state("revocation", revocation.text().encode(), entry.public_key.thumbprint_uri)
        self.revocations.append(revocation)

    def keep_file(self, kind: str, version: int, file: SignedFile) -> None:
        """Keep a root or bundle file, and log each of its signatures."""
        self.setting.trust.keep(kind, version, file.to_bytes())
        for statement in file.signatures:
            keep(self.setting.store, statement, file.signed.encode(), PUBLIC_SALT)

    def publish(self, root: Root | None = None, *, even_unchanged: bool = False) -> TrustBundle:
        """Make and log the next bundle version, if anything changed; return the newest."""
        if not even_unchanged and self._listed() == self._published:
            return self.setting.trust.bundle()
        if not self.is_urgent:
            check_fresh(self.setting.store, now=self.now)
        self._version += 1
        file = sign_bundle(
            self._version,
            root=root or self.setting.trust.root(),
            namespaces=self.namespaces,
            keys=self.keys,
            revocations=self.revocations,
            logs=self.logs,
            issuer=self.issuer,
            signers=[self.signer],
            now=self.now,
        )
        self.keep_file("bundle", self._version, file)
        self._published = self._listed()
        return self.setting.trust.bundle()

    def undo(self) -> None:
        """Remove the key files that were made: what they were made for was not committed."""
        self._undo.close()


@contextmanager
def acting(setting: Setting, issuer: str, signer: Signer, *, urgent: bool = False) -> Iterator[Act]:
    """Make all that is done in the block one act: on disk with its bundle, or not at all.

    Raises:
        StorageError: the disk refuses.
        SigningError: a bundle that could not be loaded.
        WorkspaceError: the bundle of a recognised office has expired, and this is not urgent.
        ProofError: a witness refuses.
    """
    now = setting.clock()
    act: Act | None = None
    try:
        with setting.store.writing():
            act = Act(setting, issuer, signer, now=now, urgent=urgent)
            yield act
            act.publish()
    except BaseException:
        if act is not None:
            act.undo()
        raise
    setting.log.checkpoint(now=now)
