"""Looking at the whole log anew: every entry, every node, every checkpoint, every tile.

Each is compared with what it follows from, so that what is found altered is that very thing: a
node that follows from its children though the one above does not was not the one that changed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ocoptrace.errors import InputError, OcopTraceError, ProofError, StorageError, WorkspaceError
from ocoptrace.findings import Finding
from ocoptrace.signing import Statement
from ocoptrace.transparency import Checkpoint, leaf_hash, tree_root
from ocoptrace.transparency.merkle import HASH_BYTES, node_hash
from ocoptrace.transparency.tile import ENTRIES, TILE_WIDTH, decode_entries, tiles_of
from ocoptrace.workspace.cosigning import outside_witnesses
from ocoptrace.workspace.publication import published_checkpoint, tile_bytes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ocoptrace.signing.note import VerifierKey
    from ocoptrace.store import LogTarget, SqliteStore
    from ocoptrace.transparency.tile import Tile
    from ocoptrace.workspace.log import LocalLog

__all__ = ["LogCheck", "check_log"]

_MOST_FINDINGS: Final = 1000


@dataclass(frozen=True, slots=True)
class LogCheck:
    """What was looked at, and what was found.

    Attributes:
        origin: which log.
        size: entries that it has, or was signed to have.
        checkpoints, tiles: how many were compared.
        findings: what is lost or altered; empty where all is well. At most 1,000.
    """

    origin: str
    size: int
    checkpoints: int
    tiles: int
    findings: tuple[Finding, ...]


def check_log(log: LocalLog, target: LogTarget | None = None) -> LogCheck:
    """Look at a log; see ``Workspace.check_log``."""
    findings: list[Finding] = []
    checkpoints = tiles = size = 0
    try:
        kept = log.store.checkpoints()
        size = max(log.store.log_size(), kept[-1][0] if kept else 0)
        findings += _first(_tree_faults(log.store, size))
        checkpoints = len(kept)
        for signed, note in kept:
            findings += _checkpoint_faults(log, signed, note)
        findings += _faults_elsewhere(log)
    except StorageError as error:
        findings.append(_fault(error.code, "", **error.facts))
    if target is not None:
        tiles, faults = _published(log, target)
        findings += faults
    return LogCheck(log.origin, size, checkpoints, tiles, tuple(findings[:_MOST_FINDINGS]))


def _fault(code: str, place: str, **facts: object) -> Finding:
    return Finding(code, "error", place, facts)


def _first(faults: Iterator[Finding]) -> list[Finding]:
    return [fault for fault, _ in zip(faults, range(_MOST_FINDINGS), strict=False)]


# The tree in the database


def _tree_faults(store: SqliteStore, size: int) -> Iterator[Finding]:
    """Yield what does not follow from what is below it, from the leaves upwards."""
    broken = set[int]()
    for position, fault in _leaf_faults(store, size):
        if fault is None:
            broken.add(position)
        else:
            yield fault
    for level in range(1, size.bit_length()):
        above = set(_unfounded(store, level, size >> level))
        if level == 1:
            yield from _which_changed(broken, above, size)
        for position in sorted(above):
            if not {2 * position, 2 * position + 1} & broken:
                yield _fault(
                    "log.node_altered", f"level {level}, {position}", level=level, position=position
                )
        for position in _missing(store, level, size >> level):
            yield _fault(
                "store.node_missing", f"level {level}, {position}", level=level, position=position
            )
        broken = above


def _leaf_faults(store: SqliteStore, size: int) -> Iterator[tuple[int, Finding | None]]:
    """Yield each position whose entry and leaf hash do not fit, with what is known of it."""
    for start in range(0, size, TILE_WIDTH):
        entries = store.log_entries(start, TILE_WIDTH)
        leaves = store.log_nodes(0, start, TILE_WIDTH)
        for position in range(start, min(start + TILE_WIDTH, size)):
            place = f"entry {position}"
            if position not in entries:
                yield position, _fault("log.entry_missing", place, position=position)
                continue
            statement_id, cose = entries[position]
            if position not in leaves:
                yield position, _fault("store.node_missing", place, level=0, position=position)
            elif not _is_itself(statement_id, cose):
                yield position, _fault("log.entry_altered", place, position=position)
            elif leaf_hash(cose) != leaves[position]:
                yield position, None


def _is_itself(statement_id: bytes, cose: bytes) -> bool:
    try:
        return Statement.decode(cose).id == statement_id
    except InputError:
        return False


def _which_changed(broken: set[int], above: set[int], size: int) -> Iterator[Finding]:
    """Tell whether an entry changed or its leaf hash: the node above knows the true hash."""
    for position in sorted(broken):
        if position // 2 in above:
            code = "log.leaf_altered"
        elif position // 2 < size >> 1:
            code = "log.entry_altered"
        else:
            code = "log.entry_or_leaf_altered"
        yield _fault(code, f"entry {position}", position=position)


def _unfounded(store: SqliteStore, level: int, count: int) -> Iterator[int]:
    """Yield the nodes of a level that do not follow from the two below."""
    for start in range(0, count, TILE_WIDTH):
        nodes = store.log_nodes(level, start, TILE_WIDTH)
        below = store.log_nodes(level - 1, 2 * start, 2 * TILE_WIDTH)
        for position, node in nodes.items():
            left, right = below.get(2 * position), below.get(2 * position + 1)
            if left is not None and right is not None and node_hash(left, right) != node:
                yield position


def _missing(store: SqliteStore, level: int, count: int) -> Iterator[int]:
    for start in range(0, count, TILE_WIDTH):
        width = min(TILE_WIDTH, count - start)
        nodes = store.log_nodes(level, start, width)
        yield from (position for position in range(start, start + width) if position not in nodes)


# What was signed


def _checkpoint_faults(log: LocalLog, size: int, note: str) -> Iterator[Finding]:
    place = f"checkpoint {size}"
    try:
        checkpoint = Checkpoint.parse(note)
        checkpoint.verify(_keys(log))
    except ProofError as error:
        yield _fault(error.code, place, **error.facts)
        return
    if (checkpoint.origin, checkpoint.size) == (log.origin, size):
        yield from _root_faults(log, checkpoint, place)
    else:
        yield _fault("proof.not_a_checkpoint", place, reason="of another size or log")


def _keys(log: LocalLog) -> tuple[VerifierKey, ...]:
    own = log.verifier_key()
    outside = (each.key for each in outside_witnesses(log.store))
    return (*(() if own is None else (own,)), *log.witness_keys(), *outside)


def _root_faults(log: LocalLog, checkpoint: Checkpoint, place: str) -> Iterator[Finding]:
    size = log.store.log_size()
    if checkpoint.size > size:
        yield _fault("log.entries_lost", place, size=size, signed=checkpoint.size)
        return
    try:
        root = tree_root(checkpoint.size, log.store.log_node)
    except StorageError:
        return  # the missing node is a finding of its own
    if root != checkpoint.root:
        yield _fault("log.root_differs", place, size=checkpoint.size)


def _faults_elsewhere(log: LocalLog) -> Iterator[Finding]:
    key = log.verifier_key()
    if key is None:
        return
    for place, checkpoint in log.known_heads.found(log.origin, (key,)):
        yield from _root_faults(log, checkpoint, place)


# What is published


def _published(log: LocalLog, target: LogTarget) -> tuple[int, list[Finding]]:
    """Compare all tiles of a place with the database; return how many, and what differs."""
    findings: list[Finding] = []
    try:
        checkpoint = published_checkpoint(log, target)
    except (ProofError, WorkspaceError) as error:
        return 0, [_fault(error.code, "checkpoint", **error.facts)]
    if checkpoint is None:
        return 0, [_fault("log.not_published", "checkpoint", where=target.place)]
    findings += _root_faults(log, checkpoint, "checkpoint")
    count = 0
    for tile in tiles_of(checkpoint.size):
        count += 1
        findings += _tile_faults(log.store, target, tile)
        if len(findings) >= _MOST_FINDINGS:
            break
    return count, findings


def _tile_faults(store: SqliteStore, target: LogTarget, tile: Tile) -> Iterator[Finding]:
    try:
        data = target.read(tile)
    except OcopTraceError as error:
        yield _fault(error.code, tile.path, **error.facts)
        return
    try:
        expected = tile_bytes(store, tile)
    except StorageError:
        yield from _what_it_has(store, tile, data)
        return
    if data == expected:
        return
    if len(data) < len(expected) and expected.startswith(data):
        yield _fault("log.tile_cut", tile.path, length=len(data), expected=len(expected))
        return
    first = next(
        (at for at, (a, b) in enumerate(zip(data, expected, strict=False)) if a != b), len(expected)
    )
    index = tile.start + _element_at(tile, expected, first)
    yield _fault("log.tile_altered", tile.path, byte=first, index=index)


def _element_at(tile: Tile, data: bytes, byte: int) -> int:
    """Return which hash or entry of a tile a byte belongs to."""
    if tile.level != ENTRIES:
        return byte // HASH_BYTES
    end = 0
    for index, entry in enumerate(decode_entries(data, tile.width)):
        end += 2 + len(entry)
        if byte < end:
            return index
    return tile.width - 1


def _what_it_has(store: SqliteStore, tile: Tile, data: bytes) -> Iterator[Finding]:
    """Say which lost or altered entries of the database still stand in a bundle."""
    if tile.level != ENTRIES:
        return
    entries = store.log_entries(tile.start, tile.width)
    leaves = store.log_nodes(0, tile.start, tile.width)
    try:
        published = decode_entries(data, tile.width)
    except ProofError as error:
        yield _fault(error.code, tile.path, **error.facts)
        return
    for position, entry in enumerate(published, tile.start):
        kept = entries.get(position, (b"", b""))[1]
        if entry != kept and leaf_hash(entry) == leaves.get(position):
            yield Finding("log.entry_in_tile", "info", tile.path, {"position": position})
