"""Tiles (C2SP tlog-tiles): a log's tree and entries as files that never change.

A tile holds the hashes of eight levels of the tree: its lowest ones, at most 256 of them. A
bundle holds the 256 entries behind a tile of leaves. What a tree of some size has, and where
each hash of it stands, follows from the size alone.

>>> [tile.path for tile in tiles_of(70_000) if tile.width < TILE_WIDTH]
['tile/entries/273.p/112', 'tile/0/273.p/112', 'tile/1/001.p/17', 'tile/2/000.p/1']
>>> Tile.parse("tile/0/x001/x234/067") == Tile(0, 1_234_067)
True
>>> decode_entries(encode_entries([b"moi", b"muoi"]), 2)
[b'moi', b'muoi']
"""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ocoptrace.epcis.faults import shown
from ocoptrace.errors import ProofError
from ocoptrace.transparency.merkle import HASH_BYTES, root_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ocoptrace.transparency.merkle import ReadNode

__all__ = [
    "ENTRIES",
    "MAX_TILE_BYTES",
    "TILE_WIDTH",
    "ReadTile",
    "Tile",
    "decode_entries",
    "encode_entries",
    "hashes_of",
    "leaf_tile_of",
    "node_reader",
    "part_of",
    "tiles_of",
]

TILE_WIDTH: Final = 256
_HEIGHT: Final = 8
ENTRIES: Final = -1
"""The level of entry bundles: that below the leaves."""

_MAX_LEVEL, _MAX_INDEX = 63, 2**63 // TILE_WIDTH
_LENGTH_BYTES = 2
_MAX_ENTRY_BYTES = 2**16 - 1
MAX_TILE_BYTES: Final = TILE_WIDTH * (_LENGTH_BYTES + _MAX_ENTRY_BYTES)
"""No tile or bundle is longer."""

_PATH = re.compile(r"tile/(entries|[0-9]{1,2})/((?:x[0-9]{3}/)*[0-9]{3})(?:\.p/([0-9]{1,3}))?")
_CACHED_TILES = 64


@dataclass(frozen=True, slots=True)
class Tile:
    """Which tile: a value that exists is one that a tree can have.

    Attributes:
        level: 0 for that of the leaves, ``ENTRIES`` for a bundle of entries.
        index: in its level, from 0.
        width: how many hashes or entries it has, 1 to 256; 256 is full.

    Raises:
        ProofError: no tree has such a tile.
    """

    level: int
    index: int
    width: int = TILE_WIDTH

    def __post_init__(self) -> None:
        fits = ENTRIES <= self.level <= _MAX_LEVEL and 0 <= self.index < _MAX_INDEX
        if not (fits and 1 <= self.width <= TILE_WIDTH):
            raise ProofError("proof.no_such_tile", tile=(self.level, self.index, self.width))

    @classmethod
    def parse(cls, path: str) -> Tile:
        """Return the tile of a path, in its one written form.

        Raises:
            ProofError: not the path of a tile.
        """
        found = _PATH.fullmatch(path)
        if found is None:
            raise ProofError("proof.no_such_tile", tile=shown(path))
        level = ENTRIES if found[1] == "entries" else int(found[1])
        index = int(found[2].replace("x", "").replace("/", ""))
        tile = cls(level, index, TILE_WIDTH if found[3] is None else int(found[3]))
        if tile.path != path:
            raise ProofError("proof.no_such_tile", tile=shown(path))
        return tile

    @property
    def path(self) -> str:
        """Where it stands below the log's address."""
        level = "entries" if self.level == ENTRIES else str(self.level)
        rest, last = divmod(self.index, 1000)
        parts = [f"{last:03}"]
        while rest:
            rest, part = divmod(rest, 1000)
            parts.insert(0, f"x{part:03}")
        partial = "" if self.is_full else f".p/{self.width}"
        return f"tile/{level}/{'/'.join(parts)}{partial}"

    @property
    def is_full(self) -> bool:
        """Whether it will never grow."""
        return self.width == TILE_WIDTH

    @property
    def full(self) -> Tile:
        """The full tile that it becomes a part of."""
        return Tile(self.level, self.index)

    @property
    def start(self) -> int:
        """Index of its first hash in its level, or of its first entry."""
        return self.index * TILE_WIDTH

    @property
    def tree_level(self) -> int:
        """Level of its hashes in the tree; leaves are level 0."""
        return max(self.level, 0) * _HEIGHT


ReadTile = Callable[[Tile], bytes]
"""Returns the bytes of a tile, and raises what its home raises when it is missing."""


def tiles_of(size: int, *, beyond: int = 0) -> Iterator[Tile]:
    """Yield the tiles of a tree, entries first, then level by level; the partial one last in each.

    Args:
        size: leaves of the tree.
        beyond: leaves of an earlier tree: only tiles that it does not have.
    """
    for level in range(ENTRIES, _MAX_LEVEL):
        bits = max(level, 0) * _HEIGHT
        hashes, before = size >> bits, beyond >> bits
        if not hashes:
            return
        for index in range(before // TILE_WIDTH, -(-hashes // TILE_WIDTH)):
            tile = Tile(level, index, min(hashes - index * TILE_WIDTH, TILE_WIDTH))
            if tile.start + tile.width > before:
                yield tile


def leaf_tile_of(bundle: Tile) -> Tile:
    """Return the tile of the leaf hashes of a bundle's entries."""
    return Tile(0, bundle.index, bundle.width)


def hashes_of(tile: Tile, data: bytes) -> list[bytes]:
    """Return the hashes of a tile.

    Raises:
        ProofError: another number of bytes.
    """
    if len(data) != tile.width * HASH_BYTES:
        raise ProofError("proof.tile_length", place=tile.path, length=len(data))
    return [data[at : at + HASH_BYTES] for at in range(0, len(data), HASH_BYTES)]


def node_reader(size: int, read: ReadTile) -> ReadNode:
    """Return what reads the complete nodes of a tree from its tiles.

    Nothing is believed: whoever makes a proof or a root of these nodes compares it with what
    is signed. The tiles read last are kept at hand.

    Args:
        size: leaves of the tree whose tiles are there.
        read: reads a tile.
    """
    known: OrderedDict[Tile, list[bytes]] = OrderedDict()

    def node(level: int, index: int) -> bytes:
        tile_level, height = divmod(level, _HEIGHT)
        first = index << height
        hashes = size >> (tile_level * _HEIGHT)
        if not 0 <= first <= hashes - (1 << height):
            raise ProofError("proof.no_such_leaf", index=index << level, size=size)
        number = first // TILE_WIDTH
        tile = Tile(tile_level, number, min(hashes - number * TILE_WIDTH, TILE_WIDTH))
        if tile not in known:
            known[tile] = hashes_of(tile, read(tile))
            if len(known) > _CACHED_TILES:
                known.popitem(last=False)
        else:
            known.move_to_end(tile)
        at = first - tile.start
        return root_of(known[tile][at : at + (1 << height)])

    return node


def encode_entries(entries: Sequence[bytes]) -> bytes:
    """Return a bundle of entries, each behind its length in 16 bits.

    Raises:
        ProofError: an entry of 64 KiB or more.
    """
    for entry in entries:
        if len(entry) > _MAX_ENTRY_BYTES:
            raise ProofError("proof.entry_too_long", length=len(entry), limit=_MAX_ENTRY_BYTES)
    return b"".join(len(entry).to_bytes(_LENGTH_BYTES) + entry for entry in entries)


def decode_entries(data: bytes, width: int) -> list[bytes]:
    """Return the entries of a bundle.

    Raises:
        ProofError: not exactly so many entries.
    """
    entries, at = [], 0
    for _ in range(width):
        start = at + _LENGTH_BYTES
        at = start + int.from_bytes(data[at:start])
        if not start <= at <= len(data):
            raise ProofError("proof.bundle_length", length=len(data), width=width)
        entries.append(data[start:at])
    if at != len(data):
        raise ProofError("proof.bundle_length", length=len(data), width=width)
    return entries


def part_of(tile: Tile, whole: bytes) -> bytes:
    """Return the bytes of a partial tile, from the full one.

    Raises:
        ProofError: that is not a full one.
    """
    if tile.level == ENTRIES:
        return encode_entries(decode_entries(whole, tile.full.width)[: tile.width])
    return whole[: tile.width * HASH_BYTES]
