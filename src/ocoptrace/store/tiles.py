"""The files of a log, that any web host can serve and anybody can mirror; here, in a folder.

>>> import pathlib, tempfile
>>> folder = TileFolder(pathlib.Path(tempfile.mkdtemp()))
>>> folder.write(Tile(0, 0, 1), bytes(32))
True
>>> folder.read(Tile(0, 0, 1)) == bytes(32), folder.checkpoint() is None
(True, True)
>>> folder.read(Tile(0, 1))
Traceback (most recent call last):
ocoptrace.errors.ProofError: tile/0/001: The tile is missing. Publish the log again; \
the tiles are made anew from the database.
"""

from __future__ import annotations

import shutil
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Final

from ocoptrace.errors import ProofError, StorageError
from ocoptrace.store.whole_file import write_whole
from ocoptrace.transparency.merkle import HASH_BYTES
from ocoptrace.transparency.tile import (
    ENTRIES,
    MAX_TILE_BYTES,
    Tile,
    part_of,
)

if TYPE_CHECKING:
    from pathlib import Path

__all__ = [
    "CHECKPOINT",
    "MAX_CHECKPOINT_BYTES",
    "LogFiles",
    "LogTarget",
    "TileFolder",
    "has_length",
]

MAX_CHECKPOINT_BYTES: Final = 64 * 1024
CHECKPOINT: Final = "checkpoint"
"""Name of the file beside the tiles, at the paths of C2SP tlog-tiles."""


class LogFiles(ABC):
    """Tiles and a checkpoint, to be read."""

    def checkpoint(self) -> str | None:
        """Return the text of the checkpoint that is published, or None.

        Raises:
            StorageError: it cannot be read.
            ProofError: it is no text, or too long for a checkpoint.
        """
        data = self._get(CHECKPOINT, MAX_CHECKPOINT_BYTES)
        try:
            return None if data is None else data.decode()
        except UnicodeDecodeError as error:
            raise ProofError("proof.not_a_checkpoint", reason="not Unicode") from error

    def read(self, tile: Tile) -> bytes:
        """Return a tile, or the part of the full one that it has become.

        Raises:
            ProofError: it is missing, or longer than any tile.
            StorageError: it cannot be read.
        """
        data = self._get(tile.path, MAX_TILE_BYTES)
        if data is None and not tile.is_full:
            whole = self._get(tile.full.path, MAX_TILE_BYTES)
            data = None if whole is None else part_of(tile, whole)
        if data is None:
            raise ProofError("proof.tile_missing", place=tile.path)
        return data

    @abstractmethod
    def _get(self, name: str, limit: int) -> bytes | None:
        """Return the bytes of a file, or None where there is none.

        Raises:
            ProofError: it has more bytes than that.
            StorageError: it cannot be read.
        """


class LogTarget(LogFiles):
    """Tiles and a checkpoint, where a log is published.

    Attributes:
        place: what leads there again, from anywhere on this machine.
        notices_others: whether a checkpoint is only ever put in place of the one that was read
            here last; elsewhere two publishers must not come at once.
    """

    place: str
    notices_others: bool

    @abstractmethod
    def write_checkpoint(self, note: str) -> None:
        """Publish a checkpoint. Everything that it covers must have been written before.

        Raises:
            StorageError: it cannot be written; then the one before still stands.
        """

    @abstractmethod
    def has(self, tile: Tile) -> bool:
        """Tell whether a tile is there, as long as it should be as far as that is known."""

    @abstractmethod
    def write(self, tile: Tile, data: bytes) -> bool:
        """Write a tile whole, and return whether it was not there just so.

        Raises:
            StorageError: it cannot be written; then what stood there is untouched.
        """

    @abstractmethod
    def tidy(self, tile: Tile) -> None:
        """Remove the parts of a tile that is full now; whoever asks for one takes it from that."""


def has_length(tile: Tile, size: int) -> bool:
    """Tell whether a tile can be so many bytes long."""
    return size > 0 if tile.level == ENTRIES else size == tile.width * HASH_BYTES


class TileFolder(LogTarget):
    """Tiles and a checkpoint below one folder."""

    notices_others = False

    def __init__(self, folder: Path) -> None:
        """Take a folder; it is made with the first file that is written."""
        self.folder = folder
        self.place = str(folder.resolve())

    def write_checkpoint(self, note: str) -> None:
        """See ``LogTarget``."""
        write_whole(self.folder / CHECKPOINT, note.encode())

    def has(self, tile: Tile) -> bool:
        """See ``LogTarget``."""
        try:
            return has_length(tile, (self.folder / tile.path).stat().st_size)
        except OSError:
            return False

    def write(self, tile: Tile, data: bytes) -> bool:
        """See ``LogTarget``."""
        if self._get(tile.path, MAX_TILE_BYTES, strict=False) == data:
            return False
        write_whole(self.folder / tile.path, data)
        return True

    def tidy(self, tile: Tile) -> None:
        """See ``LogTarget``."""
        shutil.rmtree(self.folder / f"{tile.full.path}.p", ignore_errors=True)

    def _get(self, name: str, limit: int, *, strict: bool = True) -> bytes | None:
        path = self.folder / name
        try:
            with path.open("rb") as file:
                data = file.read(limit + 1)
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            raise StorageError("store.file", path=path, reason=error.strerror) from error
        if len(data) > limit and strict:
            raise ProofError("proof.tile_length", place=name, length=len(data))
        return data
