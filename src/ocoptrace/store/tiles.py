"""A folder of tiles: a log as files that any web host can serve, and anybody can mirror.

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

__all__ = ["MAX_CHECKPOINT_BYTES", "TileFolder"]

MAX_CHECKPOINT_BYTES: Final = 64 * 1024
_CHECKPOINT = "checkpoint"


class TileFolder:
    """Tiles and a checkpoint below one folder, at the paths of C2SP tlog-tiles."""

    def __init__(self, folder: Path) -> None:
        """Take a folder; it is made with the first file that is written."""
        self.folder = folder

    def checkpoint(self) -> str | None:
        """Return the text of the checkpoint that is published, or None.

        Raises:
            StorageError: the file cannot be read.
            ProofError: it is no text, or too long for a checkpoint.
        """
        data = self._bytes(_CHECKPOINT, MAX_CHECKPOINT_BYTES)
        try:
            return None if data is None else data.decode()
        except UnicodeDecodeError as error:
            raise ProofError("proof.not_a_checkpoint", reason="not Unicode") from error

    def write_checkpoint(self, note: str) -> None:
        """Publish a checkpoint. Everything that it covers must have been written before.

        Raises:
            StorageError: the disk refuses; then the one before still stands.
        """
        write_whole(self.folder / _CHECKPOINT, note.encode())

    def read(self, tile: Tile) -> bytes:
        """Return a tile, or the part of the full one that it has become.

        Raises:
            ProofError: it is missing, or longer than any tile.
            StorageError: the file cannot be read.
        """
        data = self._bytes(tile.path, MAX_TILE_BYTES)
        if data is None and not tile.is_full:
            whole = self._bytes(tile.full.path, MAX_TILE_BYTES)
            data = None if whole is None else part_of(tile, whole)
        if data is None:
            raise ProofError("proof.tile_missing", place=tile.path)
        return data

    def has(self, tile: Tile) -> bool:
        """Tell whether a tile is there, as long as it should be as far as that is known."""
        try:
            size = (self.folder / tile.path).stat().st_size
        except OSError:
            return False
        return size > 0 if tile.level == ENTRIES else size == tile.width * HASH_BYTES

    def write(self, tile: Tile, data: bytes) -> bool:
        """Write a tile whole, and return whether it was not there just so.

        Raises:
            StorageError: the disk refuses; then what stood there is untouched.
        """
        if self._bytes(tile.path, MAX_TILE_BYTES, strict=False) == data:
            return False
        write_whole(self.folder / tile.path, data)
        return True

    def tidy(self, tile: Tile) -> None:
        """Remove the parts of a tile that is full now; whoever asks for one takes it from that."""
        shutil.rmtree(self.folder / f"{tile.full.path}.p", ignore_errors=True)

    def _bytes(self, name: str, limit: int, *, strict: bool = True) -> bytes | None:
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
