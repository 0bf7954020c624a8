from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ocoptrace.errors import ProofError, StorageError
from ocoptrace.store import TileFolder
from ocoptrace.transparency.tile import ENTRIES, TILE_WIDTH, Tile, encode_entries

if TYPE_CHECKING:
    from pathlib import Path

HASHES = b"".join(bytes([number]) * 32 for number in range(TILE_WIDTH))
LINES = [str(number).encode() for number in range(TILE_WIDTH)]


@pytest.fixture
def tiles(tmp_path: Path) -> TileFolder:
    return TileFolder(tmp_path / "log")


def test_a_tile_that_is_there_is_not_written_again(tiles: TileFolder) -> None:
    assert tiles.write(Tile(0, 0), HASHES)
    path = tiles.folder / "tile/0/000"
    before = path.stat().st_mtime_ns
    assert not tiles.write(Tile(0, 0), HASHES)
    assert path.stat().st_mtime_ns == before
    assert tiles.write(Tile(0, 0), HASHES[::-1])


def test_a_part_is_taken_from_the_full_tile_that_it_became(tiles: TileFolder) -> None:
    tiles.write(Tile(0, 0, 7), HASHES[: 7 * 32])
    tiles.write(Tile(0, 0), HASHES)
    tiles.write(Tile(ENTRIES, 0), encode_entries(LINES))
    tiles.tidy(Tile(0, 0, 7))
    assert not (tiles.folder / "tile/0/000.p").exists()
    assert tiles.read(Tile(0, 0, 7)) == HASHES[: 7 * 32]
    assert tiles.read(Tile(ENTRIES, 0, 9)) == encode_entries(LINES[:9])


def test_only_a_tile_of_its_length_counts_as_there(tiles: TileFolder) -> None:
    assert not tiles.has(Tile(0, 0, 2))
    tiles.write(Tile(0, 0, 2), HASHES[:64])
    assert tiles.has(Tile(0, 0, 2))
    (tiles.folder / "tile/0/000.p/2").write_bytes(HASHES[:63])
    assert not tiles.has(Tile(0, 0, 2))


def test_a_missing_tile_says_which(tiles: TileFolder) -> None:
    with pytest.raises(ProofError) as caught:
        tiles.read(Tile(1, 1_234_067, 3))
    assert (caught.value.code, caught.value.place) == (
        "proof.tile_missing",
        "tile/1/x001/x234/067.p/3",
    )


def test_what_is_too_long_is_not_read_whole(tiles: TileFolder) -> None:
    tiles.write_checkpoint("x" * (64 * 1024 + 1))
    with pytest.raises(ProofError) as caught:
        tiles.checkpoint()
    assert caught.value.code == "proof.tile_length"


def test_a_checkpoint_that_is_no_text_is_none(tiles: TileFolder) -> None:
    assert tiles.checkpoint() is None
    tiles.write_checkpoint("one")
    assert tiles.checkpoint() == "one"
    (tiles.folder / "checkpoint").write_bytes(b"\xff")
    with pytest.raises(ProofError) as caught:
        tiles.checkpoint()
    assert caught.value.code == "proof.not_a_checkpoint"


def test_a_file_where_a_folder_should_be_is_the_disks_fault(tiles: TileFolder) -> None:
    tiles.folder.write_bytes(b"")
    with pytest.raises(StorageError):
        tiles.write(Tile(0, 0), HASHES)
