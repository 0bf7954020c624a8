"""A workspace: one folder in which a producer's goods are registered, recorded, labelled.

>>> import tempfile, pathlib
>>> ws = Workspace.create(pathlib.Path(tempfile.mkdtemp()) / "ocop", host="id.example")
>>> ws.trust.version, ws.log_size
(1, 7)
>>> ws.close()
"""

from __future__ import annotations

import shutil
import tempfile
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from ocoptrace.errors import InputError, SigningError, StorageError, WorkspaceError
from ocoptrace.gs1 import parse_name
from ocoptrace.gs1.uri import check_host
from ocoptrace.registry import read_story
from ocoptrace.store import SqliteStore, sync_folder
from ocoptrace.verify.policy import civil_date
from ocoptrace.workspace import registrar
from ocoptrace.workspace.accept import take_in
from ocoptrace.workspace.alias import state_alias
from ocoptrace.workspace.erasure import erase
from ocoptrace.workspace.evidence import attach_evidence
from ocoptrace.workspace.export import batch_of, make_record, owner_of
from ocoptrace.workspace.founding import (
    DATABASE,
    KEYS,
    MARKER,
    OFFICE_KEYS,
    furnish,
    namespace_of,
)
from ocoptrace.workspace.granting import new_code
from ocoptrace.workspace.keyring import Keyring, no_pin
from ocoptrace.workspace.keys_and_trust import KeysAndTrust
from ocoptrace.workspace.labelling import Labelling
from ocoptrace.workspace.office import Office
from ocoptrace.workspace.public_log import PublicLog
from ocoptrace.workspace.recording import record
from ocoptrace.workspace.setting import Setting
from ocoptrace.workspace.shared_log import SharedLog

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from ocoptrace.epcis import Event
    from ocoptrace.origin_record import OriginRecord
    from ocoptrace.registry import Batch, Producer, Product, Registry, Story
    from ocoptrace.signing import Signer, TrustBundle
    from ocoptrace.store.token_signer import AskPin
    from ocoptrace.workspace.accept import Acceptance

__all__ = ["DEFAULT_HOST", "MARKER", "Workspace", "is_workspace"]

DEFAULT_HOST: Final = "id.example"
"""Host of printed links where none is chosen: short, and reserved for examples (RFC 2606)."""


NO_TOKENS: Final[Mapping[str, str]] = MappingProxyType({})
"""All keys of an office are in files."""


def _utc_now() -> datetime:
    return datetime.now(UTC)


def is_workspace(folder: Path) -> bool:
    """Tell whether a folder bears our marker."""
    return (folder / MARKER).is_file()


class Workspace(KeysAndTrust, Labelling, PublicLog, SharedLog):
    """Everything of one folder: registry, events, log, keys, labels."""

    def __init__(self, folder: Path, setting: Setting) -> None:
        self.folder = folder
        self._setting = setting
        issuer = setting.store.meta("office")
        self._office = None if issuer is None else Office(issuer, setting)

    @classmethod
    def create(
        cls,
        folder: Path | str,
        *,
        host: str | None = None,
        root: bytes | None = None,
        bundle: bytes | None = None,
        office_name: Mapping[str, str] | None = None,
        passphrase: bytes | None = None,
        pin: AskPin = no_pin,
        pkcs11: Mapping[str, str] = NO_TOKENS,
        clock: Callable[[], datetime] = _utc_now,
    ) -> Workspace:
        """Make a workspace: a log and two witnesses, and an office unless it goes by another's.

        The folder appears when all of it is done, or not at all.

        Args:
            folder: a path where nothing is yet, or an empty folder.
            host: host of printed links, and namespace of plain names; ``DEFAULT_HOST``, or the
                first namespace of the office that it goes by, where left out.
            root: root file of the office that it goes by; then none is founded here.
            bundle: bundle file of that office.
            office_name: what its own office is called, per language.
            passphrase: what the key files are locked with, if anything.
            pin: as for ``open``.
            pkcs11: which keys of its own office are on tokens: of ``root-1`` to ``root-3`` and
                ``office``, each with its PKCS#11 URI.
            clock: returns the time, aware.

        Raises:
            InputError: a key of another name, or not a PKCS#11 URI.
            Gs1Error: not a host.
            SigningError: not a root, or not a bundle under it.
            WorkspaceError: something is at that path, a host on which the office gives no
                names, or one of root and bundle without the other.
            StorageError: the disk refuses, or a token or its key is not there.
        """
        if odd := sorted(pkcs11.keys() - set(OFFICE_KEYS)):
            known = ", ".join(OFFICE_KEYS)
            raise InputError("workspace.not_on_token", name=odd[0], known=known)
        host = None if host is None else check_host(host.lower())
        office_files = None
        if root is not None and bundle is not None:
            host = namespace_of(root, bundle, host)
            office_files = root, bundle
        elif root is not None or bundle is not None:
            raise WorkspaceError("workspace.root_and_bundle")
        target = Path(folder)
        if target.exists() and (not target.is_dir() or any(target.iterdir())):
            raise WorkspaceError("workspace.exists", path=target)
        scratch: Path | None = None
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            # mkdtemp makes a folder that is nobody else's, and that nobody else may enter.
            scratch = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.parent))
            furnish(
                scratch,
                host=host or DEFAULT_HOST,
                passphrase=passphrase,
                clock=clock,
                office_files=office_files,
                office_name=office_name,
                pin=pin,
                pkcs11=pkcs11,
            )
            scratch.replace(target)
            sync_folder(target.parent)
        except OSError as error:
            raise StorageError("store.file", path=target, reason=error.strerror) from error
        finally:
            if scratch is not None:
                shutil.rmtree(scratch, ignore_errors=True)
        return cls.open(target, passphrase=passphrase, pin=pin, clock=clock)

    @classmethod
    def open(
        cls,
        folder: Path | str,
        *,
        passphrase: bytes | None = None,
        pin: AskPin = no_pin,
        signers: Iterable[Signer] = (),
        clock: Callable[[], datetime] = _utc_now,
    ) -> Workspace:
        """Return the workspace of a folder. Its keys are not needed until something is signed.

        Args:
            folder: of a workspace.
            passphrase: what the key files are locked with, if anything.
            pin: given the label of a token, returns its PIN; asked when a key on a token signs.
            signers: keys that stand in no file here: in a cloud service, in another program. Each
                signs where the trust bundle lists its public half.
            clock: returns the time, aware.

        Raises:
            WorkspaceError: the folder is none.
            StorageError: its database cannot be used.
        """
        path = Path(folder)
        if not is_workspace(path):
            raise WorkspaceError("workspace.not_one", path=path)
        store = SqliteStore.open(path / DATABASE)
        setting = Setting.of(
            store, Keyring(path / KEYS, passphrase, pin=pin, signers=signers), clock
        )
        # Whoever was cut short between commit and checkpoint is caught up with here, where the
        # keys can be used; reading what is covered takes none. A log that has lost entries can
        # still be looked at: whatever is added to it says so.
        with suppress(SigningError, WorkspaceError):
            setting.log.checkpoint(now=clock())
        return cls(path, setting)

    def close(self) -> None:
        """Let go of the database."""
        self._setting.store.close()

    @property
    def host(self) -> str:
        """Host of printed links, and namespace of plain names."""
        return self._setting.host

    @property
    def log_origin(self) -> str:
        """The name of the workspace's log."""
        return self._setting.log.origin

    @property
    def log_size(self) -> int:
        """How many entries the log has."""
        return self._setting.store.log_size()

    @property
    def revision(self) -> tuple[int, int]:
        """A value that is another one whenever anything that is kept here has changed."""
        return self._setting.store.revision()

    def log_position(self, statement_id: bytes) -> int:
        """Return where the log has a statement, from 0.

        Raises:
            StorageError: there is no such statement here.
        """
        position = self._setting.stated(statement_id).position
        if position is None:
            raise StorageError("store.statement_missing", id=statement_id.hex())
        return position

    def producers(self) -> list[Producer]:
        """Return the producers of the workspace."""
        return self._setting.entries("producer")

    def products(self) -> list[Product]:
        """Return the products and materials of the workspace."""
        return self._setting.entries("product")

    def batches(self) -> list[Batch]:
        """Return the batches of the workspace."""
        return self._setting.entries("batch")

    def batch_owner(self, batch: str) -> Producer:
        """Return the producer who stated a batch.

        Raises:
            Gs1Error: not a name.
            WorkspaceError: no such batch here.
        """
        found = batch_of(self._setting, parse_name(batch))
        return self._setting.producer(owner_of(self._setting, found))

    def signer(self, producer: str) -> Signer:
        """Return the signer of a producer, by its code.

        Raises:
            WorkspaceError: no such producer here.
        """
        return self._setting.speaker(producer).signer

    def import_registry(self, source: Path | bytes) -> Registry:
        """Register producer, places, products, grades and batches of a file; all or nothing.

        A producer that is new gets a random code, a key, and a grant for its own names from
        the workspace's own office; another's must have registered it before. Importing the
        same file again changes nothing.

        Args:
            source: a story or registry file, or its bytes.

        Raises:
            RegistryError: the file has faults, every one in its findings; or it names what is
                not its producer's.
            WorkspaceError: another's office has not registered the producer.
        """
        data = _read(source)
        now = self._setting.clock()
        if self._office is None:
            registry = registrar.take_over_as_registered(self._setting, data, now=now)
        else:
            with self._office.acting() as act:
                registry = registrar.take_over(act, data)
        lapsed = registrar.lapsed(registry.grades, today=civil_date(now))
        return replace(registry, findings=(*registry.findings, *lapsed))

    def read_story(self, source: Path | bytes) -> Story:
        """Return the story of a file, told in the names of this workspace.

        Raises:
            RegistryError: the file has faults; every one is in its findings.
            WorkspaceError: its producer has not been imported.
        """
        data = _read(source)
        story = read_story(data, producer_id=new_code(), namespace_host=self.host)
        code = registrar.known_code(self._setting, story.producer)
        if code is None:
            raise WorkspaceError("workspace.not_imported", name=story.producer.names.vi)
        return read_story(data, producer_id=code, namespace_host=self.host)

    def record(self, events: Iterable[Event], *, producer: str | None = None) -> list[bytes]:
        """Record events: check, sign, log and keep all of them, or none.

        An event that was recorded before is not recorded again.

        Args:
            events: EPCIS events.
            producer: code of the producer who records; may be left out where there is one.

        Returns:
            The id of each event's statement, in the order given.

        Raises:
            EpcisError: an event has faults, every one in its findings; or it is not the
                recorder's to state, bears the eventID of another of its own, or corrects
                another issuer's.
        """
        speaker = self._setting.speaker(producer)
        now = self._setting.clock()
        ids = record(self._setting, speaker, list(events), now=now)
        self._setting.log.checkpoint(now=now)
        return ids

    def state_alias(self, plain: str, gtin: str, *, producer: str | None = None) -> bytes:
        """State that a product with a plain name now has a GTIN; labels of either stay good.

        Args:
            plain: the plain name of the product.
            gtin: its GTIN, or a link with it.
            producer: code of the producer whose both are; may be left out where there is one.

        Returns:
            The id of the statement; the same one where it was stated before.

        Raises:
            Gs1Error: not such a name, not a GTIN.
            RegistryError: not names of products, or not both the producer's.
        """
        return state_alias(self._setting, plain, gtin, producer=producer)

    def attach_evidence(
        self,
        document: bytes,
        *,
        about: Iterable[str],
        media_type: str,
        title: Mapping[str, str] | None = None,
        producer: str | None = None,
    ) -> bytes:
        """State that a document is about some goods or events; only its hash is kept.

        Args:
            document: its bytes.
            about: names of goods or eventIDs, 1 to 64.
            media_type: such as ``application/pdf``.
            title: what it is called, in ``vi`` and perhaps ``en``.
            producer: code of the producer who states it.

        Returns:
            The id of the statement; the same one where it was stated before.

        Raises:
            Gs1Error: a name with a fault.
            RegistryError: no name, too many, or not a media type.
        """
        return attach_evidence(
            self._setting,
            document,
            about=about,
            media_type=media_type,
            title=title,
            producer=producer,
        )

    def accept(
        self, record: OriginRecord | bytes, *, trust: TrustBundle | None = None
    ) -> Acceptance:
        """Verify a record of somebody else, and keep all of it as it came.

        Nothing of it is signed or logged here; accepting it again changes nothing. What it
        shows now and withheld before is filled in, unless it was erased here.

        Args:
            record: a record, or the bytes of its file.
            trust: the bundle to verify it under; the newest of the workspace where left out.

        Raises:
            RecordError: not an origin record.
            WorkspaceError: a check failed, or it says of the own log what that does not have.
        """
        return take_in(self._setting, record, trust or self.trust)

    def erase(self, statement_ids: Iterable[bytes]) -> int:
        """Erase what some statements state, for good: here, not in records handed out before.

        That they were said, by whom and about what stays, with its proofs: a record says that
        the rest is withheld.

        Args:
            statement_ids: 32 bytes each.

        Returns:
            How many of them showed something until now.

        Raises:
            WorkspaceError: no such statement here, or one of the office's public acts.
            StorageError: another program is reading, so traces may be left; erase again.
        """
        return erase(self._setting, statement_ids)

    def origin_record(
        self, about: str, *, state_complete: bool = True, withhold: Iterable[str] = ()
    ) -> OriginRecord:
        """Return the origin record of a batch or item: all that was said of it, with proofs.

        What others say goes in where it is about goods of their own in the lineage, or where
        an event that belongs is based on it.

        Args:
            about: a name or link of the batch or item.
            state_complete: also state, and log, that this is all there is. If not, nothing is
                written, and an earlier statement that just this is all goes in.
            withhold: kinds, or ids (hexadecimal) of statements whose payload is not shown.

        Raises:
            Gs1Error: not a name.
            WorkspaceError: no such batch here, a key without the right to state it, or nothing
                of that kind or id to withhold.
        """
        return make_record(
            self._setting, about, self.trust, state_complete=state_complete, withhold=withhold
        )


def _read(source: Path | bytes) -> bytes:
    if isinstance(source, bytes):
        return source
    try:
        return Path(source).read_bytes()
    except OSError as error:
        raise InputError("errors.unreadable", path=source, reason=error.strerror) from error
