"""What every part of a workspace works with: store, keys, log, host and clock."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ocoptrace import canonical_json
from ocoptrace.errors import StorageError, WorkspaceError
from ocoptrace.registry import Producer, read_entry
from ocoptrace.workspace.gate import check_entitled, key_of, keys_of
from ocoptrace.workspace.log import LocalLog
from ocoptrace.workspace.trust_files import TrustFiles

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from ocoptrace.errors import OcopTraceError
    from ocoptrace.signing import Signer
    from ocoptrace.signing.bundle import KeyEntry, Signable
    from ocoptrace.store import SqliteStore, Stored
    from ocoptrace.workspace.keyring import Keyring

__all__ = ["Setting", "Speaker", "kept", "new_origin"]


@dataclass(frozen=True)
class Speaker:
    """A producer of the workspace, as it signs.

    Attributes:
        producer: who it is.
        issuer: its URI.
        signer: its newest key in force of those that are here.
        entry: what the newest bundle says of that key.
    """

    producer: Producer
    issuer: str
    signer: Signer
    entry: KeyEntry

    def check_entitled(
        self,
        kind: Signable,
        names: Iterable[str],
        *,
        at: datetime,
        error: type[OcopTraceError],
        place: str = "",
    ) -> None:
        """Refuse what verifiers would refuse; see ``gate.check_entitled``."""
        check_entitled(self.entry, kind, names, at=at, error=error, place=place)


@dataclass(frozen=True)
class Setting:
    """Where a workspace works.

    Attributes:
        host: host of printed links, and namespace of plain names.
        store, keyring, log: its database, keys and log.
        trust: the roots and bundles that it goes by.
        clock: returns the time, aware.
    """

    host: str
    store: SqliteStore
    keyring: Keyring
    log: LocalLog
    trust: TrustFiles
    clock: Callable[[], datetime]

    @classmethod
    def of(cls, store: SqliteStore, keyring: Keyring, clock: Callable[[], datetime]) -> Setting:
        """Return the setting that a store and its keys make."""
        log = LocalLog(store, kept(store, "origin"), keyring)
        # Nothing is added to a log that has lost what it had signed.
        store.before_growth = log.check_unforked
        return cls(kept(store, "host"), store, keyring, log, TrustFiles(store), clock)

    def issuer(self, code: str) -> str:
        """Return the URI of a producer, by the code that it was issued."""
        return f"https://{self.host}/ocop/{code}"

    def entries(self, kind: str) -> list[Any]:
        """Return the registry entries of a kind, each in its newest form."""
        return [read_entry(canonical_json.loads(text)) for text in self.store.all_registered(kind)]

    def entry(self, kind: str, name: str) -> Any:
        """Return a registry entry by its canonical name, or None."""
        known = self.store.registered(kind, name)
        return read_entry(canonical_json.loads(known[1])) if known else None

    def producer(self, code: str | None) -> Producer:
        """Return the producer with a code, or the only one there is.

        Raises:
            WorkspaceError: there is none, or more than one to choose from.
        """
        producers: list[Producer] = self.entries("producer")
        found = [producer for producer in producers if code in {None, producer.id}]
        if len(found) != 1:
            codes = ", ".join(producer.id for producer in producers)
            raise WorkspaceError("workspace.which_producer", codes=codes or "–")
        return found[0]

    def speaker(self, code: str | None) -> Speaker:
        """Return a producer as it signs, by its code, or the only one there is.

        Raises:
            WorkspaceError: there is none, or more than one to choose from; or as
                ``signing_key`` says.
            StorageError: its key is missing.
            SigningError: its key is locked with another passphrase.
        """
        producer = self.producer(code)
        issuer = self.issuer(producer.id)
        entry, signer = self.signing_key(issuer)
        return Speaker(producer, issuer, signer, entry)

    def signing_key(self, issuer: str) -> tuple[KeyEntry, Signer]:
        """Return the key that an issuer signs with now: the newest in force that is held here.

        Raises:
            WorkspaceError: the bundle does not know the issuer, or its keys here are revoked.
            StorageError: its key is missing.
            SigningError: its key is locked with another passphrase.
        """
        trust = self.trust.bundle()
        listed = keys_of(trust, issuer)
        if not listed:
            raise WorkspaceError("workspace.not_registered", issuer=issuer)
        held = self.keyring.held()
        entry = key_of(trust, issuer, held=held, at=self.clock())
        if entry is not None:
            return entry, self.keyring.signer(held[entry.thumbprint])
        if any(each.thumbprint in held for each in listed):
            raise WorkspaceError("workspace.key_revoked", issuer=issuer)
        for name in self.keyring.names():
            if self.keyring.public_key(name) is None:
                # It may be the one: whoever gives the passphrase will know.
                self.keyring.signer(name)
        raise StorageError("workspace.key_not_here", issuer=issuer, folder=self.keyring.folder)

    def stated(self, statement_id: bytes) -> Stored:
        """Return a statement that is known to be kept.

        Raises:
            StorageError: it is missing, so the store has lost something.
        """
        stored = self.store.statement(statement_id)
        if stored is None:
            raise StorageError("store.statement_missing", id=statement_id.hex())
        return stored


def kept(store: SqliteStore, name: str) -> str:
    """Return a setting of a workspace.

    Raises:
        WorkspaceError: it is missing.
    """
    value = store.meta(name)
    if value is None:
        raise WorkspaceError("workspace.damaged", name=name)
    return value


def new_origin(log_key: bytes) -> str:
    """Return the origin of a log without a domain (formats, section 7): never used twice."""
    return f"{hashlib.sha256(log_key).hexdigest()[:16]}.ocoptrace.invalid/log"
