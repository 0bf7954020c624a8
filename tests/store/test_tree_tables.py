from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocoptrace.errors import StorageError
from ocoptrace.store.tree_tables import TreeTables
from ocoptrace.transparency import leaf_hash, tree_root
from ocoptrace.transparency.merkle import new_nodes, root_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

LEAVES = [leaf_hash(b"%d" % number) for number in range(1200)]
NODES: dict[tuple[int, int], bytes] = {}
for _place, _leaf in enumerate(LEAVES):
    NODES.update(new_nodes(_place, _leaf, lambda level, index: NODES[level, index]))


def grow(tree: TreeTables, sizes: Iterable[int]) -> int:
    """Let a tree grow to the size before each of these, one transaction each."""
    size = tree.tree_size()
    for more in sizes:
        with tree.writing():
            for leaf in LEAVES[size : size + more]:
                tree.add_leaf(leaf)
        size += more
    return size


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "tree.db"


@given(st.lists(st.integers(0, 300), max_size=4))
def test_however_it_grew_the_tree_is_the_same(steps: list[int]) -> None:
    with closing(TreeTables.create(":memory:")) as tree:
        size = grow(tree, steps)
        assert tree.tree_size() == size
        for level in range(size.bit_length()):
            count = size >> level
            assert [*tree.log_nodes(level, 0, 2000)] == [*range(count)]
            for start in {0, count // 2, max(count - 3, 0)}:
                for position, node in tree.log_nodes(level, start, 5).items():
                    assert node == NODES[level, position]
                    assert tree.log_node(level, position) == node
        assert tree_root(size, tree.log_node) == root_of(LEAVES[:size])


def test_what_is_being_added_can_be_read_and_goes_on() -> None:
    with closing(TreeTables.create(":memory:")) as tree:
        grow(tree, (250,))
        with tree.writing():
            for size in range(250, 270):
                assert tree.tree_size() == size
                tree.add_leaf(LEAVES[size])
                assert tree_root(size + 1, tree.log_node) == root_of(LEAVES[: size + 1])
        assert tree.log_nodes(1, 0, 999) == {at: NODES[1, at] for at in range(135)}


def test_what_is_rolled_back_leaves_nothing_behind() -> None:
    with closing(TreeTables.create(":memory:")) as tree:
        grow(tree, (300,))

        def fail(reads: int) -> None:
            with tree.writing():
                for leaf in LEAVES[300:800]:
                    tree.add_leaf(leaf)
                for level in range(reads):
                    tree.log_node(level, 0)
                raise KeyboardInterrupt

        for reads in (0, 2):
            with pytest.raises(KeyboardInterrupt):
                fail(reads)
            assert tree.tree_size() == 300
        assert grow(tree, (10,)) == 310
        assert tree_root(310, tree.log_node) == root_of(LEAVES[:310])


def test_one_block_of_a_transaction_is_written_once(path: Path) -> None:
    with closing(TreeTables.create(path)) as tree:
        grow(tree, (256 * 4,))
        version, changes = tree.revision()
        grow(tree, (100,))
        # One of each level up to that of 64 leaves: a block of leaves begun, the others gone on.
        assert tree.revision() == (version, changes + 7)
    with closing(sqlite3.connect(path)) as database:
        rows = database.execute("SELECT level, number, length(hashes) / 32 FROM log_block")
        widths = {(level, number): width for level, number, width in rows}
    assert widths == {
        (level, number): min((1124 >> level) - number * 256, 256)
        for level in range(11)
        for number in range(-(-(1124 >> level) // 256))
    }


@pytest.mark.parametrize("position", [0, 255, 256, 1199])
def test_a_node_beyond_the_tree_is_missing(position: int) -> None:
    with closing(TreeTables.create(":memory:")) as tree:
        grow(tree, (position,))
        with pytest.raises(StorageError) as caught:
            tree.log_node(0, position)
    assert caught.value.code == "store.node_missing"


@pytest.mark.parametrize(
    "left", ["zeroblob(32 * 42)", "zeroblob(32 * 44)", "zeroblob(32 * 43 - 1)"]
)
def test_a_block_of_another_length_is_not_gone_on_with(path: Path, left: str) -> None:
    with closing(TreeTables.create(path)) as tree:
        grow(tree, (86,))
        with closing(sqlite3.connect(path)) as database:
            database.execute(f"UPDATE log_block SET hashes = {left} WHERE level = 1")  # noqa: S608
            database.commit()
        with pytest.raises(StorageError) as caught:
            grow(tree, (2,))
        assert caught.value.code == "store.node_missing"
        assert tree.tree_size() == 86
