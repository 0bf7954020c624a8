"""The newest checkpoints that stand outside the database: what the log must not fall behind.

A database that was restored from an old backup does not know what was signed since. Were the
log to go on from there, it would tell two histories. So it looks where it was published, and
stops when it finds itself behind or beside what stands there. A bucket is not asked more often than
once a minute: each time costs a way through the network.
"""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Final

from ocoptrace.errors import OcopTraceError, StorageError, WorkspaceError
from ocoptrace.store import tiles_at, write_whole
from ocoptrace.transparency import Checkpoint, tree_root

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from ocoptrace.signing.note import VerifierKey
    from ocoptrace.store import LogTarget
    from ocoptrace.transparency.merkle import ReadNode

__all__ = ["KnownHeads", "check_continues"]

_FILE: Final = "published.json"
_BUCKET: Final = "s3://"
_SECONDS: Final = 60
"""For how long it is believed what a bucket holds."""


class KnownHeads:
    """Where a log was published: noted beside the database, not in it."""

    def __init__(self, folder: Path) -> None:
        """Take the folder of a workspace."""
        self._path = folder / _FILE
        self._folder = folder
        # By address: when it was asked, and what stood there.
        self._told: dict[str, tuple[float, str | None]] = {}

    def places(self) -> list[str]:
        """Return where the log was published: folders, and addresses of buckets.

        Raises:
            WorkspaceError: the note is damaged.
        """
        try:
            noted = json.loads(self._path.read_bytes())
        except FileNotFoundError:
            return []
        except OSError as error:
            raise StorageError("store.file", path=self._path, reason=error.strerror) from error
        except ValueError as error:
            raise WorkspaceError("workspace.damaged", name=_FILE) from error
        match noted:
            case {"folders": list(folders)} if all(isinstance(each, str) for each in folders):
                return folders
        raise WorkspaceError("workspace.damaged", name=_FILE)

    def note(self, target: LogTarget) -> None:
        """Note that the log is published at a place.

        Raises:
            StorageError: the disk refuses.
        """
        known = self.places()
        if target.place not in known:
            noted = json.dumps({"folders": [*known, target.place]}, ensure_ascii=False, indent=1)
            write_whole(self._path, noted.encode())

    def found(self, origin: str, keys: Sequence[VerifierKey]) -> Iterator[tuple[str, Checkpoint]]:
        """Yield the checkpoints that stand where the log was published, and where.

        A place that is not there just now is passed over, and so is what this log never signed.

        Args:
            origin: of the log.
            keys: its own.

        Raises:
            StorageError: it was published into a bucket, and the extra ``s3`` is not installed.
        """
        for place in self.places():
            try:
                note = self._note_at(place)
                checkpoint = None if note is None else Checkpoint.parse(note)
                if checkpoint is not None and checkpoint.origin == origin:
                    checkpoint.verify(keys)
                    yield place, checkpoint
            except OcopTraceError as error:
                # On a machine that cannot ask any bucket, an old backup would be taken for the log.
                if error.code == "store.no_s3":
                    raise
                continue

    def _note_at(self, place: str) -> str | None:
        if not place.startswith(_BUCKET):
            return tiles_at(self._folder / place).checkpoint()
        now = time.monotonic()
        asked, note = self._told.get(place, (-_SECONDS, None))
        if now - asked < _SECONDS and place in self._told:
            return note
        self._told[place] = now, None
        note = tiles_at(place, hurried=True).checkpoint()
        self._told[place] = now, note
        return note


def check_continues(head: Checkpoint, size: int, read: ReadNode, *, where: object) -> None:
    """Refuse to go on where a tree does not continue one that was signed before.

    Args:
        head: what was signed.
        size: leaves of the tree now.
        read: reads its complete nodes.
        where: the place in which that was found.

    Raises:
        WorkspaceError: it has fewer leaves, or others.
    """
    if head.size > size:
        raise WorkspaceError("workspace.log_behind", size=size, signed=head.size, where=where)
    if tree_root(head.size, read) != head.root:
        raise WorkspaceError("workspace.log_diverged", signed=head.size, where=where)
