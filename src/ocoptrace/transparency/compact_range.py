"""A tree of which only the right edge is kept: enough to let it grow, and to know its root.

>>> from ocoptrace.transparency.merkle import leaf_hash, root_of
>>> leaves = [leaf_hash(entry) for entry in (b"moi", b"muoi", b"chuop")]
>>> edge = CompactRange()
>>> for leaf in leaves:
...     edge.append(leaf)
>>> edge.size, edge.root() == root_of(leaves)
(3, True)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ocoptrace.transparency.merkle import EMPTY_ROOT, node_hash

if TYPE_CHECKING:
    from ocoptrace.transparency.merkle import ReadNode

__all__ = ["CompactRange"]


class CompactRange:
    """The complete subtrees of a tree from the left: one for each bit that its size has."""

    def __init__(self) -> None:
        self.size = 0
        self._peaks: list[bytes] = []

    @classmethod
    def of(cls, size: int, read: ReadNode) -> CompactRange:
        """Return the edge of a tree whose nodes can be read; compare its root with what is known.

        Args:
            size: leaves of the tree.
            read: reads its complete nodes.
        """
        edge = cls()
        for level in reversed(range(size.bit_length())):
            if size >> level & 1:
                edge._peaks.append(read(level, (size >> level) - 1))
        edge.size = size
        return edge

    def append(self, leaf: bytes) -> None:
        """Let the tree grow by a leaf hash."""
        node, rest = leaf, self.size
        while rest & 1:
            node = node_hash(self._peaks.pop(), node)
            rest >>= 1
        self._peaks.append(node)
        self.size += 1

    def root(self) -> bytes:
        """Return the root of the tree as it is now."""
        if not self._peaks:
            return EMPTY_ROOT
        *others, root = self._peaks
        for peak in reversed(others):
            root = node_hash(peak, root)
        return root
