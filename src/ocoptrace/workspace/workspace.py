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
from typing import TYPE_CHECKING, Final

from ocoptrace.epcis import canonical_bytes, check_event, created, mentioned, with_event_id
from ocoptrace.errors import EpcisError, InputError, SigningError, StorageError, WorkspaceError
from ocoptrace.gs1 import parse_name
from ocoptrace.gs1.uri import check_host
from ocoptrace.registry import read_story
from ocoptrace.store import SqliteStore, sync_folder
from ocoptrace.verify.policy import civil_date
from ocoptrace.workspace import registrar
from ocoptrace.workspace.export import batch_of, make_record, owner_of
from ocoptrace.workspace.gate import check_entitled
from ocoptrace.workspace.keyring import Keyring
from ocoptrace.workspace.lineage import edges
from ocoptrace.workspace.log import WITNESSES
from ocoptrace.workspace.office import Office, found, new_code
from ocoptrace.workspace.recording import state_once
from ocoptrace.workspace.setting import Setting, kept, new_origin

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from ocoptrace.epcis import Event
    from ocoptrace.findings import Finding
    from ocoptrace.origin_record import OriginRecord
    from ocoptrace.registry import Batch, Producer, Product, Registry, Story
    from ocoptrace.signing import Root, Signer, TrustBundle
    from ocoptrace.workspace.label_run import LabelRun
    from ocoptrace.workspace.setting import Speaker

__all__ = ["DEFAULT_HOST", "MARKER", "Workspace", "is_workspace"]

DEFAULT_HOST: Final = "id.example"
"""Host of printed links where none is chosen: short, and reserved for examples (RFC 2606)."""

MARKER: Final = "ocoptrace-workspace"
"""A file of this name says that a folder is ours."""

_DATABASE = "ocoptrace.db"


def _utc_now() -> datetime:
    return datetime.now(UTC)


def is_workspace(folder: Path) -> bool:
    """Tell whether a folder bears our marker."""
    return (folder / MARKER).is_file()


class Workspace:
    """Everything of one folder: registry, events, log, keys, labels."""

    def __init__(self, folder: Path, setting: Setting) -> None:
        self.folder = folder
        self._setting = setting
        self._office = Office(kept(setting.store, "office"), setting)

    @classmethod
    def create(
        cls,
        folder: Path | str,
        *,
        host: str = DEFAULT_HOST,
        passphrase: bytes | None = None,
        clock: Callable[[], datetime] = _utc_now,
    ) -> Workspace:
        """Make a workspace with an office, a log, two witnesses, a root and a first bundle.

        The folder appears when all of it is done, or not at all.

        Args:
            folder: a path where nothing is yet, or an empty folder.
            host: host of printed links; also the namespace of plain names.
            passphrase: what the key files are locked with, if anything.
            clock: returns the time, aware.

        Raises:
            Gs1Error: not a host.
            WorkspaceError: something is at that path.
            StorageError: the disk refuses.
        """
        host = check_host(host.lower())
        target = Path(folder)
        if target.exists() and (not target.is_dir() or any(target.iterdir())):
            raise WorkspaceError("workspace.exists", path=target)
        scratch: Path | None = None
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            # mkdtemp makes a folder that is nobody else's, and that nobody else may enter.
            scratch = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.parent))
            _furnish(scratch, host=host, passphrase=passphrase, clock=clock)
            scratch.replace(target)
            sync_folder(target.parent)
        except OSError as error:
            raise StorageError("store.file", path=target, reason=error.strerror) from error
        finally:
            if scratch is not None:
                shutil.rmtree(scratch, ignore_errors=True)
        return cls.open(target, passphrase=passphrase, clock=clock)

    @classmethod
    def open(
        cls,
        folder: Path | str,
        *,
        passphrase: bytes | None = None,
        clock: Callable[[], datetime] = _utc_now,
    ) -> Workspace:
        """Return the workspace of a folder. Its keys are not needed until something is signed.

        Raises:
            WorkspaceError: the folder is none.
            StorageError: its database cannot be used.
        """
        path = Path(folder)
        if not is_workspace(path):
            raise WorkspaceError("workspace.not_one", path=path)
        store = SqliteStore.open(path / _DATABASE)
        setting = Setting.of(store, Keyring(path / "keys", passphrase), clock)
        # Whoever was cut short between commit and checkpoint is caught up with here, where the
        # keys can be used; reading what is covered takes none.
        with suppress(SigningError):
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
    def root(self) -> Root:
        """The root of the workspace's own office."""
        return self._office.root()

    @property
    def trust(self) -> TrustBundle:
        """The newest trust bundle of the workspace's own office."""
        return self._office.bundle()

    @property
    def log_origin(self) -> str:
        """The name of the workspace's log."""
        return self._setting.log.origin

    @property
    def log_size(self) -> int:
        """How many entries the log has."""
        return self._setting.store.log_size()

    def log_position(self, statement_id: bytes) -> int:
        """Return where the log has a statement, from 0.

        Raises:
            StorageError: there is no such statement here.
        """
        return self._setting.stated(statement_id).position

    def trust_file(self, kind: str) -> bytes:
        """Return the newest ``root`` or ``bundle`` file, to be handed on.

        Raises:
            WorkspaceError: there is none.
        """
        return self._office.trust_file(kind)

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

        A producer that is new gets a random code, a key, and a grant for its own names.
        Importing the same file again changes nothing.

        Args:
            source: a story or registry file, or its bytes.

        Raises:
            RegistryError: the file has faults, every one in its findings; or it names what is
                not its producer's.
        """
        data = _read(source)
        now = self._setting.clock()
        registry = registrar.take_over(self._setting, self._office, data, now=now)
        self._setting.log.checkpoint(now=now)
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
        given = list(events)
        self._check(given, speaker, now=now)
        numbered = [with_event_id(event) for event in given]
        with self._setting.store.writing():
            ids = [self._keep_event(event, speaker, now=now) for event in numbered]
        self._setting.log.checkpoint(now=now)
        return ids

    def _check(self, events: Sequence[Event], speaker: Speaker, *, now: datetime) -> None:
        findings: list[Finding] = []
        for position, event in enumerate(events):
            found = check_event(event, now=now)
            findings += [replace(f, place=f"/{position}{f.place}") for f in found]
        errors = [finding for finding in findings if finding.severity == "error"]
        if errors:
            first = errors[0]
            raise EpcisError(first.code, place=first.place, findings=findings, **first.facts)
        trust = self.trust
        for position, event in enumerate(events):
            check_entitled(
                trust,
                "event",
                created(event),
                issuer=speaker.issuer,
                at=now,
                error=EpcisError,
                place=f"/{position}",
            )

    def _keep_event(self, event: Event, speaker: Speaker, *, now: datetime) -> bytes:
        store = self._setting.store
        event_id = event.event_id or ""
        issuer = speaker.issuer
        statement_id, is_new = state_once(
            store,
            "event",
            canonical_bytes(event),
            issuer=issuer,
            subject=event_id,
            signer=speaker.signer,
            now=now,
        )
        if not is_new:
            return statement_id
        declares_error = event.error_declaration is not None
        is_own = store.event_statement(event_id, issuer=issuer) is not None
        if is_own and not declares_error:
            raise EpcisError("workspace.event_id_conflict", event_id=event_id)
        if declares_error and not is_own and store.event_statement(event_id) is not None:
            raise EpcisError("workspace.not_original_issuer", event_id=event_id)
        store.add_event(
            statement_id,
            event_id,
            issuer=issuer,
            event_time=event.event_time,
            declares_error=declares_error,
            edges=edges(store, event, issuer=issuer),
            mentions=mentioned(event),
        )
        return statement_id

    def origin_record(self, about: str, *, state_complete: bool = True) -> OriginRecord:
        """Return the origin record of a batch or item: all that was said of it, with proofs.

        Args:
            about: a name or link of the batch or item.
            state_complete: also state, and log, that this is all there is. If not, nothing is
                written, and an earlier statement that just this is all goes in.

        Raises:
            Gs1Error: not a name.
            WorkspaceError: no such batch here, or a key without the right to state it.
        """
        return make_record(self._setting, about, self.trust, state_complete=state_complete)

    def label_run(
        self,
        batch: str,
        *,
        count: int,
        template: str = "ocop-70x37",
        stock: str = "a4-3x8-70x37",
        sealed: int | None = None,
        dpi: int = 300,
        start_slot: int = 1,
        demo: bool = False,
    ) -> LabelRun:
        """Issue serials for some stickers of a batch, seal them, and lay them out.

        Nothing is issued where the check before printing finds an error.

        Args:
            batch: a name or link of the batch.
            count: how many stickers, 1 to 100,000.
            template: what they look like.
            stock: what they are printed on.
            sealed: how many of them bear a seal; all where left out.
            dpi: dots per inch of the printer.
            start_slot: first slot used on the first sheet, from 1.
            demo: allow GS1 example keys (prefix 952).

        Raises:
            Gs1Error: not a name.
            WorkspaceError: no such batch here, a count out of range, or a key without the right.
            LabelError: the check before printing found an error.
        """
        # Fonts, drawing and numpy are loaded by those who print, not by those who verify.
        from ocoptrace.workspace.stickers import issue  # noqa: PLC0415

        return issue(
            self._setting,
            batch,
            self.trust,
            count=count,
            template=template,
            stock=stock,
            sealed=sealed,
            dpi=dpi,
            start_slot=start_slot,
            demo=demo,
        )

    def was_issued(self, item: str) -> bool:
        """Tell whether a sticker was issued for an item.

        Raises:
            Gs1Error: not a name.
        """
        return self._setting.store.was_issued(parse_name(item).canonical())


def _read(source: Path | bytes) -> bytes:
    if isinstance(source, bytes):
        return source
    try:
        return Path(source).read_bytes()
    except OSError as error:
        raise InputError("errors.unreadable", path=source, reason=error.strerror) from error


def _furnish(
    folder: Path, *, host: str, passphrase: bytes | None, clock: Callable[[], datetime]
) -> None:
    """Make everything of a new workspace in a folder."""
    keyring = Keyring(folder / "keys", passphrase)
    for name in ("root-1", "root-2", "root-3", "office"):
        keyring.generate(name, "ES256")
    for name in WITNESSES:
        keyring.generate(name, "Ed25519")
    origin = new_origin(keyring.generate("log", "Ed25519").public_key.raw)
    store = SqliteStore.create(folder / _DATABASE)
    with store.writing():
        store.set_meta("host", host)
        store.set_meta("office", f"https://{host}/ocop/{new_code()}")
        store.set_meta("origin", origin)
    setting = Setting.of(store, keyring, clock)
    now = clock()
    found(Office(kept(store, "office"), setting), now=now)
    setting.log.checkpoint(now=now)
    store.close()
    (folder / MARKER).write_text("1\n", encoding="utf-8")
