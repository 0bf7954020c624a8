"""The tree of the own log: every complete node, those of a level in a row, in blocks of 256.

A block of the level of leaves, and of every eighth above it, is just what a tile holds. Leaves that
a transaction adds are kept in mind until it ends or a node is asked for: then all that they
complete is hashed level by level, and each block is written once.

>>> from ocoptrace.transparency.merkle import leaf_hash, root_of, tree_root
>>> leaves = [leaf_hash(str(number).encode()) for number in range(1000)]
>>> tree = TreeTables.create(":memory:")
>>> with tree.writing():
...     for leaf in leaves:
...         tree.add_leaf(leaf)
>>> tree.tree_size(), tree_root(1000, tree.log_node) == root_of(leaves)
(1000, True)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ocoptrace.errors import StorageError
from ocoptrace.store.database import Database
from ocoptrace.store.migration import BLOCK_NODES
from ocoptrace.transparency.merkle import HASH_BYTES, new_levels

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence

__all__ = ["TreeTables"]

_BLOCK_BYTES = BLOCK_NODES * HASH_BYTES


class TreeTables(Database):
    """A Merkle tree that grows by leaf hashes."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        super().__init__(connection)
        self._leaves: list[bytes] = []

    def _begin(self) -> None:
        self._leaves = []
        super()._begin()

    def _finish(self) -> None:
        self._write_leaves()
        super()._finish()

    def _roll_back(self) -> None:
        self._leaves = []
        super()._roll_back()

    def add_leaf(self, leaf: bytes) -> None:
        """Let the tree grow by a leaf hash; call it inside ``writing()``."""
        self._leaves.append(leaf)

    def tree_size(self) -> int:
        """Return how many leaves the tree has."""
        last = self._rows(
            "SELECT number, length(hashes) FROM log_block"
            " WHERE level = 0 ORDER BY number DESC LIMIT 1"
        )
        written = last[0][0] * BLOCK_NODES + last[0][1] // HASH_BYTES if last else 0
        return written + len(self._leaves)

    def log_node(self, level: int, position: int) -> bytes:
        """Return a complete node of the tree.

        Raises:
            StorageError: it is missing, so the store has lost something.
        """
        self._write_leaves()
        number, place = divmod(position, BLOCK_NODES)
        node: bytes | None = self._value(
            "SELECT substr(hashes, ?, ?) FROM log_block WHERE level = ? AND number = ?",
            place * HASH_BYTES + 1,
            HASH_BYTES,
            level,
            number,
        )
        if node is None or len(node) != HASH_BYTES:
            raise StorageError("store.node_missing", level=level, position=position)
        return node

    def log_nodes(self, level: int, start: int, count: int) -> dict[int, bytes]:
        """Return the complete nodes of a level that are there, of ``count`` from ``start`` on."""
        self._write_leaves()
        end = start + count
        blocks = self._rows(
            "SELECT number, hashes FROM log_block"
            " WHERE level = ? AND number >= ? AND number < ? ORDER BY number",
            level,
            start // BLOCK_NODES,
            -(-end // BLOCK_NODES),
        )
        return {
            position: hashes[at : at + HASH_BYTES]
            for number, hashes in blocks
            for position, at in enumerate(
                range(0, len(hashes) - HASH_BYTES + 1, HASH_BYTES), number * BLOCK_NODES
            )
            if start <= position < end
        }

    def _write_leaves(self) -> None:
        """Write the nodes that the leaves added so far complete."""
        leaves, self._leaves = self._leaves, []
        if leaves:
            for level, first, nodes in new_levels(self.tree_size(), leaves, self.log_node):
                self._write_nodes(level, first, nodes)

    def _write_nodes(self, level: int, first: int, nodes: Sequence[bytes]) -> None:
        """Write nodes of a level behind those that are there."""
        number, before = divmod(first, BLOCK_NODES)
        begun = self._begun(level, number, before) if before else b""
        hashes = begun + b"".join(nodes)
        blocks = [
            (hashes[at : at + _BLOCK_BYTES], level, number + at // _BLOCK_BYTES)
            for at in range(0, len(hashes), _BLOCK_BYTES)
        ]
        if begun:
            self._each("UPDATE log_block SET hashes = ? WHERE level = ? AND number = ?", blocks[:1])
            blocks = blocks[1:]
        self._each("INSERT INTO log_block (hashes, level, number) VALUES (?, ?, ?)", blocks)

    def _begun(self, level: int, number: int, width: int) -> bytes:
        """Return the block that goes on, which has just so many nodes."""
        begun: bytes = (
            self._value(
                "SELECT hashes FROM log_block WHERE level = ? AND number = ?", level, number
            )
            or b""
        )
        if len(begun) != width * HASH_BYTES:
            position = number * BLOCK_NODES + min(width, len(begun) // HASH_BYTES)
            raise StorageError("store.node_missing", level=level, position=position)
        return begun
