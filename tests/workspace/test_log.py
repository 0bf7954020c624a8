"""The log in public: published as tiles, looked at anew, never telling two histories."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest

from growing_log import grow
from ocoptrace.errors import OcopTraceError, StorageError, WorkspaceError
from ocoptrace.store import TileFolder
from ocoptrace.transparency import Checkpoint, tree_root
from ocoptrace.transparency.tile import ENTRIES, decode_entries, node_reader, tiles_of
from ocoptrace.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from clock import Clock

DATABASE = "ocoptrace.db"


def change(ws: Workspace, sql: str, *values: Any) -> None:
    """Change the database behind the store's back."""
    with closing(sqlite3.connect(ws.folder / DATABASE)) as database:
        assert database.execute(sql, values).rowcount == 1
        database.commit()


def change_nodes(
    ws: Workspace, level: int, position: int, changed: bytes, *, cut: int = 32
) -> None:
    """Put other bytes in place of a node, and of what follows it in its block."""
    number, place = divmod(position, 256)
    with closing(sqlite3.connect(ws.folder / DATABASE)) as database:
        [hashes] = database.execute(
            "SELECT hashes FROM log_block WHERE level = ? AND number = ?", (level, number)
        ).fetchone()
    hashes = hashes[: place * 32] + changed + hashes[place * 32 + cut :]
    change(
        ws,
        "UPDATE log_block SET hashes = ? WHERE level = ? AND number = ?",
        hashes,
        level,
        number,
    )


def found(ws: Workspace, folder: Path | None = None) -> set[tuple[str, str]]:
    """Return what a look at the log finds: code and place."""
    return {(each.code, each.place) for each in ws.check_log(folder).findings}


def flip(path: Path, byte: int) -> None:
    data = bytearray(path.read_bytes())
    data[byte] ^= 1
    path.write_bytes(data)


@pytest.fixture
def tiles(tmp_path: Path) -> TileFolder:
    return TileFolder(tmp_path / "public")


@pytest.fixture
def big(office: Workspace, tiles: TileFolder) -> Workspace:
    """A workspace whose log has 600 entries, and is published."""
    grow(office, 600 - office.log_size)
    office.publish_log(tiles.folder)
    return office


# Publishing


def test_what_is_published_is_the_log(big: Workspace, tiles: TileFolder) -> None:
    note = tiles.checkpoint()
    assert note is not None
    checkpoint = Checkpoint.parse(note)
    checkpoint.verify([*big.log_keys()], quorum=2)
    assert checkpoint.size == 600
    assert tree_root(600, node_reader(600, tiles.read)) == checkpoint.root
    entries = [
        entry
        for tile in tiles_of(600)
        if tile.level == ENTRIES
        for entry in decode_entries(tiles.read(tile), tile.width)
    ]
    assert entries == [big.log_entry(at)[0].statement.cose for at in range(600)]


def test_publishing_again_writes_nothing_and_later_only_what_is_new(
    big: Workspace, tiles: TileFolder
) -> None:
    again = big.publish_log(tiles.folder)
    assert (again.size, again.before, again.tiles) == (600, 600, 0)
    grow(big, 200)
    later = big.publish_log(tiles.folder)
    # Entries and leaves: the third tile is full now, the fourth has begun; and the level above.
    assert (later.size, later.before, later.tiles) == (800, 600, 5)
    assert not (tiles.folder / "tile/0/002.p").exists()
    assert found(big, tiles.folder) == set()


def test_a_lost_tile_is_made_anew_and_an_altered_one_when_it_is_asked_for(
    big: Workspace, tiles: TileFolder
) -> None:
    (tiles.folder / "tile/0/001").unlink()
    flip(tiles.folder / "tile/entries/000", 17)
    assert big.publish_log(tiles.folder).tiles == 1
    assert found(big, tiles.folder) == {("log.tile_altered", "tile/entries/000")}
    assert big.publish_log(tiles.folder, rebuild=True).tiles == 1
    assert found(big, tiles.folder) == set()


def test_a_checkpoint_is_not_published_over_tiles_that_do_not_lead_to_it(
    big: Workspace, tiles: TileFolder
) -> None:
    before = tiles.checkpoint()
    # Full, so that it is not written again; at the right edge, so that the root is made of it.
    flip(tiles.folder / "tile/1/000.p/2", 3)
    (tiles.folder / "tile/0/002.p/88").unlink()
    with pytest.raises(StorageError) as caught:
        big.publish_log(tiles.folder)
    assert caught.value.code == "workspace.tiles_differ"
    assert tiles.checkpoint() == before


def test_what_the_database_has_altered_is_not_published(big: Workspace, tiles: TileFolder) -> None:
    grow(big, 1)
    before = tiles.checkpoint()
    change_nodes(big, 0, 598, bytes(32))
    with pytest.raises(OcopTraceError):
        big.publish_log(tiles.folder)
    assert tiles.checkpoint() == before


@pytest.mark.usefixtures("big")
def test_the_place_of_another_log_is_left_alone(
    tiles: TileFolder, make: Callable[..., Workspace]
) -> None:
    before = tiles.checkpoint()
    for rebuild in (False, True):
        with pytest.raises(WorkspaceError) as caught:
            make(f"other-{rebuild}").publish_log(tiles.folder, rebuild=rebuild)
        assert caught.value.code == "workspace.not_our_log"
    assert tiles.checkpoint() == before


def test_what_is_no_checkpoint_is_replaced_when_that_is_asked_for(
    big: Workspace, tiles: TileFolder
) -> None:
    tiles.write_checkpoint("nothing\n")
    assert found(big, tiles.folder) == {("signing.note_syntax", "checkpoint")}
    with pytest.raises(OcopTraceError):
        big.publish_log(tiles.folder)
    big.publish_log(tiles.folder, rebuild=True)
    assert found(big, tiles.folder) == set()


# An old backup


@pytest.fixture
def restored(big: Workspace, tiles: TileFolder, clock: Clock) -> Workspace:
    """A workspace whose database is older than what was published of it."""
    big._setting.store.leave_no_trace()  # noqa: SLF001 - one file is to hold all of it
    shutil.copy(big.folder / DATABASE, big.folder / "backup")
    grow(big, 30)
    big.publish_log(tiles.folder)
    big.close()
    for leftover in big.folder.glob(f"{DATABASE}-*"):
        leftover.unlink()
    (big.folder / "backup").replace(big.folder / DATABASE)
    return Workspace.open(big.folder, clock=clock)


def test_nothing_is_added_to_an_old_backup_of_a_published_log(
    restored: Workspace, tiles: TileFolder
) -> None:
    before = tiles.checkpoint()
    for act in (
        lambda: grow(restored, 1),
        lambda: grow(restored, 100),
        lambda: restored.publish_log(tiles.folder),
        lambda: restored.publish_log(tiles.folder, rebuild=True),
        restored.office.renew,
    ):
        with pytest.raises(WorkspaceError) as caught:
            act()
        assert caught.value.code == "workspace.log_behind"
    assert restored.log_size == 600
    assert tiles.checkpoint() == before
    assert ("log.entries_lost", str(tiles.folder)) in found(restored)
    assert ("log.entries_lost", "checkpoint") in found(restored, tiles.folder)
    restored.close()


def test_a_log_that_went_on_from_an_old_backup_signs_nothing_more(
    restored: Workspace, tiles: TileFolder
) -> None:
    # As if the place had been out of reach, while it grew.
    hidden = tiles.folder.rename(tiles.folder.with_name("out-of-reach"))
    grow(restored, 50, told=" otherwise")
    hidden.rename(tiles.folder)
    before = tiles.checkpoint()
    with pytest.raises(WorkspaceError) as caught:
        grow(restored, 1)
    assert caught.value.code == "workspace.log_diverged"
    with pytest.raises(WorkspaceError) as caught:
        restored.publish_log(tiles.folder, rebuild=True)
    assert caught.value.code == "workspace.log_diverged"
    assert tiles.checkpoint() == before
    restored.close()


# Looking at all of it anew


def test_a_log_that_is_whole_has_no_findings(big: Workspace, tiles: TileFolder) -> None:
    checked = big.check_log(tiles.folder)
    assert (checked.size, checked.tiles, checked.findings) == (600, 7, ())
    assert checked.checkpoints == 2


@pytest.mark.parametrize("at", [0, 1, 255, 256, 300, 598])
def test_an_altered_entry_is_named(big: Workspace, at: int) -> None:
    statement_id = big.log_entry(at)[0].statement.id
    cose = bytearray(big.log_entry(at)[0].statement.cose)
    cose[-1] ^= 1
    change(big, "UPDATE statement SET cose = ? WHERE id = ?", bytes(cose), statement_id)
    assert found(big) == {("log.entry_altered", f"entry {at}")}


def test_an_entry_altered_in_the_database_still_stands_in_a_tile(
    big: Workspace, tiles: TileFolder
) -> None:
    statement_id = big.log_entry(300)[0].statement.id
    change(big, "UPDATE statement SET cose = zeroblob(100) WHERE id = ?", statement_id)
    assert found(big, tiles.folder) == {
        ("log.entry_altered", "entry 300"),
        ("log.entry_in_tile", "tile/entries/001"),
    }


@pytest.mark.parametrize("at", [0, 1, 254, 255, 256, 598])
def test_an_altered_hash_of_an_entry_is_told_from_an_altered_entry(big: Workspace, at: int) -> None:
    change_nodes(big, 0, at, bytes(32))
    assert ("log.leaf_altered", f"entry {at}") in found(big)
    assert not {code for code, _ in found(big)} & {"log.entry_altered", "log.node_altered"}


@pytest.mark.parametrize(("level", "position"), [(1, 0), (1, 299), (3, 7), (8, 0), (8, 1), (9, 0)])
def test_an_altered_node_is_named_and_no_other(big: Workspace, level: int, position: int) -> None:
    change_nodes(big, level, position, bytes(32))
    nodes = {each for each in found(big) if each[0] == "log.node_altered"}
    assert nodes == {("log.node_altered", f"level {level}, {position}")}


def test_what_is_missing_is_named(big: Workspace) -> None:
    change(big, "DELETE FROM log_block WHERE level = 6")
    change_nodes(big, 2, 148, b"", cut=2 * 32)
    change(big, "UPDATE statement SET position = NULL WHERE position = 77")
    assert found(big) == {
        *(("store.node_missing", f"level 6, {position}") for position in range(9)),
        ("store.node_missing", "level 2, 148"),
        ("store.node_missing", "level 2, 149"),
        ("log.entry_missing", "entry 77"),
    }


def test_lost_entries_at_the_end_are_told_by_what_was_signed(big: Workspace) -> None:
    change(big, "UPDATE statement SET position = NULL WHERE position = 599")
    assert {("log.entry_missing", "entry 599"), ("log.entries_lost", "checkpoint 600")} <= found(
        big
    )


def test_an_altered_checkpoint_is_named(big: Workspace) -> None:
    note = big._setting.store.checkpoint_at(600)  # noqa: SLF001
    assert note is not None
    other = note.replace("\n600\n", "\n599\n")
    change(big, "UPDATE checkpoint SET note = ? WHERE size = 600", other)
    assert found(big) == {("signing.note_signature", "checkpoint 600")}


@pytest.mark.parametrize(
    ("name", "byte", "code"),
    [
        ("tile/0/000", 40, "log.tile_altered"),
        ("tile/entries/001", 900, "log.tile_altered"),
        ("tile/1/000.p/2", 0, "log.tile_altered"),
        ("tile/0/002.p/88", 87 * 32, "log.tile_altered"),
    ],
)
def test_a_flipped_bit_in_a_tile_is_named(
    big: Workspace, tiles: TileFolder, name: str, byte: int, code: str
) -> None:
    flip(tiles.folder / name, byte)
    [finding] = big.check_log(tiles.folder).findings
    assert (finding.code, finding.place, finding.facts["byte"]) == (code, name, byte)
    assert found(big) == set()


def test_lost_and_cut_tiles_are_named(big: Workspace, tiles: TileFolder) -> None:
    (tiles.folder / "tile/0/000").unlink()
    entries = tiles.folder / "tile/entries/001"
    entries.write_bytes(entries.read_bytes()[:-5])
    assert found(big, tiles.folder) == {
        ("proof.tile_missing", "tile/0/000"),
        ("log.tile_cut", "tile/entries/001"),
    }


def test_an_entry_is_shown_with_a_proof_that_holds(big: Workspace) -> None:
    for position in (0, 255, 256, 599):
        stored, proof = big.log_entry(position)
        assert proof is not None
        assert (stored.position, proof.index, proof.checkpoint.size) == (position, position, 600)
        proof.verify(stored.statement.cose)
    for position in (-1, 600):
        with pytest.raises(WorkspaceError) as caught:
            big.log_entry(position)
        assert caught.value.code == "workspace.no_entry"
