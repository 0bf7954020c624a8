from __future__ import annotations

import hashlib
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocoptrace.errors import ProofError
from ocoptrace.transparency import consistency_proof, tree_root, verify_consistency
from ocoptrace.transparency.compact_range import CompactRange
from ocoptrace.transparency.merkle import new_nodes, root_of
from ocoptrace.transparency.tile import (
    ENTRIES,
    TILE_WIDTH,
    Tile,
    decode_entries,
    encode_entries,
    hashes_of,
    node_reader,
    tiles_of,
)

MOST = 66_000
"""More than 256 × 256: a tree whose tiles have three levels."""


@cache
def leaves() -> list[bytes]:
    return [hashlib.sha256(number.to_bytes(4)).digest() for number in range(MOST)]


@cache
def nodes() -> dict[tuple[int, int], bytes]:
    found: dict[tuple[int, int], bytes] = {}
    for number, leaf in enumerate(leaves()):
        found.update(new_nodes(number, leaf, lambda level, index: found[level, index]))
    return found


def node(level: int, index: int) -> bytes:
    return nodes()[level, index]


def tile(wanted: Tile) -> bytes:
    first, level = wanted.start, wanted.tree_level
    return b"".join(node(level, index) for index in range(first, first + wanted.width))


@given(st.integers(0, 2**54), st.integers(ENTRIES, 63), st.integers(1, 256))
def test_a_tile_is_read_back_from_its_path(index: int, level: int, width: int) -> None:
    wanted = Tile(level, index, width)
    assert Tile.parse(wanted.path) == wanted


@pytest.mark.parametrize(
    "path",
    [
        "",
        "tile/0/067 ",
        "tile/0/67",
        "tile/00/067",
        "tile/64/067",
        "tile/0/x000/067",
        "tile/0/001/067",
        "tile/0/x001/x067",
        "tile/0/067.p/0",
        "tile/0/067.p/256",
        "tile/0/067.p/007",
        "tile/0/../067",
        "tile/0/٠٦٧",
        "tile/-1/067",
        "tile/0/" + "x999/" * 30 + "999",
    ],
)
def test_what_is_no_path_of_a_tile_is_refused(path: str) -> None:
    with pytest.raises(ProofError) as caught:
        Tile.parse(path)
    assert caught.value.code == "proof.no_such_tile"


@given(st.integers(0, 2**20), st.integers(0, 2**20))
def test_old_and_new_tiles_are_all_tiles_and_no_tile_is_short(one: int, other: int) -> None:
    before, after = sorted((one, other))
    all_of_it, newer = set(tiles_of(after)), set(tiles_of(after, beyond=before))
    assert newer <= all_of_it
    assert all_of_it - newer <= set(tiles_of(before))
    assert not newer & set(tiles_of(before))
    entries = sum(each.width for each in all_of_it if each.level == ENTRIES)
    hashes = sum(each.width for each in all_of_it if each.level == 0)
    assert entries == hashes == after


@pytest.mark.parametrize("size", [1, 2, 255, 256, 257, 511, 512, 1000, 65_535, 65_536, 65_537])
def test_the_tree_is_read_from_its_tiles(size: int) -> None:
    read = node_reader(size, tile)
    assert tree_root(size, read) == tree_root(size, node) == root_of(leaves()[:size])
    for earlier in {1, size // 2, size - 1} - {0}:
        proof = consistency_proof(earlier, size, read)
        roots = root_of(leaves()[:earlier]), tree_root(size, read)
        verify_consistency(earlier, size, proof, *roots)


@given(st.integers(1, MOST))
def test_every_size_has_its_root(size: int) -> None:
    read = node_reader(size, tile)
    assert tree_root(size, read) == tree_root(size, node)
    assert CompactRange.of(size, read).root() == tree_root(size, node)


def test_a_node_beyond_the_tree_is_none() -> None:
    read = node_reader(300, tile)
    for level, index in ((0, 300), (0, -1), (1, 150), (8, 1), (9, 0)):
        with pytest.raises(ProofError):
            read(level, index)


def test_a_tree_grows_from_its_edge_to_the_same_root() -> None:
    edge = CompactRange.of(300, node)
    for leaf in leaves()[300:1000]:
        edge.append(leaf)
    assert (edge.size, edge.root()) == (1000, root_of(leaves()[:1000]))


def test_a_tile_of_another_length_is_refused() -> None:
    for length in (0, 31, 33, 64):
        with pytest.raises(ProofError) as caught:
            hashes_of(Tile(0, 0, 1), bytes(length))
        assert caught.value.code == "proof.tile_length"


@given(st.lists(st.binary(max_size=300), max_size=20))
def test_entries_are_read_back_and_nothing_beside_them(entries: list[bytes]) -> None:
    data = encode_entries(entries)
    assert decode_entries(data, len(entries)) == entries
    for wrong in (data + b"\0", data[:-1]) if data else (b"\0",):
        with pytest.raises(ProofError) as caught:
            decode_entries(wrong, len(entries))
        assert caught.value.code == "proof.bundle_length"


def test_an_entry_that_its_length_cannot_tell_is_refused() -> None:
    assert decode_entries(encode_entries([bytes(65_535)]), 1) == [bytes(65_535)]
    with pytest.raises(ProofError):
        encode_entries([bytes(65_536)])


def test_a_full_tile_is_256_wide() -> None:
    assert (TILE_WIDTH, Tile(0, 0).is_full, Tile(0, 3, 7).full) == (256, True, Tile(0, 3))
