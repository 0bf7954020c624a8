"""Publishing the log: tiles first, the checkpoint over them last, so that none is ever ahead.

Tiles are derived from the database and can be made anew from it. Whoever was cut short goes on
where it stopped; what stands there already is left alone.
"""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ocoptrace.errors import ProofError, StorageError, WorkspaceError
from ocoptrace.transparency import Checkpoint, leaf_hash, tree_root
from ocoptrace.transparency.merkle import root_of
from ocoptrace.transparency.tile import (
    ENTRIES,
    TILE_WIDTH,
    encode_entries,
    node_reader,
    tiles_of,
)
from ocoptrace.workspace.known_heads import check_continues

if TYPE_CHECKING:
    from datetime import datetime

    from ocoptrace.store import LogTarget, SqliteStore
    from ocoptrace.transparency.tile import Tile
    from ocoptrace.workspace.log import LocalLog

__all__ = ["Publication", "publish", "published_checkpoint", "tile_bytes"]


@dataclass(frozen=True, slots=True)
class Publication:
    """What was published.

    Attributes:
        size: entries of the log.
        before: entries that were published before.
        tiles: how many tiles were written.
    """

    size: int
    before: int
    tiles: int


def publish(
    log: LocalLog, target: LogTarget, *, now: datetime, rebuild: bool = False
) -> Publication:
    """Bring what is published up to the newest checkpoint; see ``Workspace.publish_log``."""
    checkpoint = log.checkpoint(now=now)
    before = _standing(log, target, rebuild=rebuild)
    if before is not None:
        check_continues(before, log.store.log_size(), log.store.log_node, where=target.place)
    # From here on the log looks there before it signs again.
    log.known_heads.note(target)
    done = 0 if before is None else before.size
    newer = set(tiles_of(checkpoint.size, beyond=done))
    written = 0
    for tile in tiles_of(checkpoint.size):
        if rebuild or tile in newer or not target.has(tile):
            written += target.write(tile, tile_bytes(log.store, tile))
    if tree_root(checkpoint.size, node_reader(checkpoint.size, target.read)) != checkpoint.root:
        raise StorageError("workspace.tiles_differ", where=target.place)
    # One publisher at a time: of two, the one that knows less must not have the last word.
    with nullcontext() if target.notices_others else log.store.writing():
        standing = _standing(log, target, rebuild=rebuild)
        is_newer = standing is None or standing.size <= checkpoint.size
        if is_newer and str(standing) != str(checkpoint):
            target.write_checkpoint(str(checkpoint))
    for tile in newer:
        if tile.is_full:
            target.tidy(tile)
    return Publication(checkpoint.size, done, written)


def _standing(log: LocalLog, target: LogTarget, *, rebuild: bool) -> Checkpoint | None:
    try:
        return published_checkpoint(log, target)
    except ProofError:
        if rebuild:
            return None
        raise


def published_checkpoint(log: LocalLog, target: LogTarget) -> Checkpoint | None:
    """Return the checkpoint that stands at a place, or None.

    Raises:
        ProofError: what stands there is no checkpoint.
        WorkspaceError: it is that of another log, or this one has not signed it.
        StorageError: it cannot be read.
    """
    note = target.checkpoint()
    if note is None:
        return None
    checkpoint = Checkpoint.parse(note)
    key = log.verifier_key()
    try:
        if key is not None:
            checkpoint.verify((key,))
    except ProofError as error:
        raise WorkspaceError("workspace.not_our_log", where=target.place) from error
    if checkpoint.origin != log.origin:
        raise WorkspaceError("workspace.not_our_log", where=target.place)
    return checkpoint


def tile_bytes(store: SqliteStore, tile: Tile) -> bytes:
    """Return a tile as the database has it, which holds together as far as the tile shows.

    Raises:
        StorageError: an entry or node is missing, or one does not follow from the other.
    """
    if tile.level == ENTRIES:
        return encode_entries(_entries(store, tile))
    found = store.log_nodes(tile.tree_level, tile.start, tile.width)
    for position in range(tile.start, tile.start + tile.width):
        if position not in found:
            raise StorageError("store.node_missing", level=tile.tree_level, position=position)
    nodes = list(found.values())
    if tile.width == TILE_WIDTH and root_of(nodes) != store.log_node(
        tile.tree_level + 8, tile.index
    ):
        raise StorageError("store.node_altered", level=tile.tree_level, position=tile.start)
    return b"".join(nodes)


def _entries(store: SqliteStore, tile: Tile) -> list[bytes]:
    entries = store.log_entries(tile.start, tile.width)
    leaves = store.log_nodes(0, tile.start, tile.width)
    for position in range(tile.start, tile.start + tile.width):
        if position not in entries:
            raise StorageError("store.entry_missing", position=position)
        if leaf_hash(entries[position][1]) != leaves.get(position):
            raise StorageError("store.entry_altered", position=position)
    return [cose for _, cose in entries.values()]
