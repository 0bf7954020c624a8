"""The log, beside what it cannot do without: bare hashing, a bare read, a bare file.

Every pair is measured in one process, turn by turn, and the best turn counts.

    tree        leaves a second: hashing 100,000 leaves into a tree, every node kept
    append      the same through SQLite, in durable transactions of 1,000 and of 10,000
    statements  the same with the statements themselves, which are found by id, subject and content;
                beside as many rows of the same bytes, in SQLite with no index
    proof       an inclusion proof from the store on disk, beside one bare read of a node
    publish     tiles a second, each written whole and synced, beside bare files of the same bytes
    audit       entries a second, beside bare checks of their signatures, and the memory it takes:
                of 100,000 entries; ``python bench_log.py audit N`` for N, such as a million
"""

from __future__ import annotations

import hashlib
import os
import resource
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

from bench_record import ORIGIN, trust_files

from ocoptrace.signing import Root, SoftwareSigner, Statement, TrustBundle, sign_statement
from ocoptrace.signing.note import NoteSigner
from ocoptrace.store import SqliteStore, TileFolder
from ocoptrace.store.database import connect
from ocoptrace.store.tree_tables import TreeTables
from ocoptrace.transparency import Checkpoint, inclusion_proof, leaf_hash
from ocoptrace.transparency.compact_range import CompactRange
from ocoptrace.transparency.merkle import new_levels
from ocoptrace.transparency.tile import (
    ENTRIES,
    TILE_WIDTH,
    Tile,
    decode_entries,
    encode_entries,
    tiles_of,
)
from ocoptrace.verify.log_audit import audit_log, keys_of_log
from ocoptrace.workspace.publication import tile_bytes

if TYPE_CHECKING:
    from collections.abc import Callable

LEAVES, BATCHES, TURNS, PROOFS = 100_000, (1_000, 10_000), 3, 2_000
LONGEST_PROOF = 1e-3
"""Seconds."""
NOW = datetime(2026, 11, 23, tzinfo=UTC)


def seconds(work: Callable[[], object]) -> float:
    """Return how long some work takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def statements(
    count: int, *, start: int = 0, signer: SoftwareSigner | None = None
) -> list[Statement]:
    """Return statements of the usual size, each another one."""
    signer = signer or SoftwareSigner.generate("ES256")
    return [
        sign_statement(
            "event",
            f"{number}".encode(),
            issuer="https://id.example/ocop/7K3M9QAB",
            subject=f"urn:uuid:0190a7c5-8a3e-8f00-8000-{number:012d}",
            signer=signer,
            now=NOW,
        )[0]
        for number in range(start, start + count)
    ]


def bare_tree(entries: list[bytes]) -> bytes:
    """Hash a tree level by level, with nothing else around it."""
    level = [hashlib.sha256(b"\x00" + entry).digest() for entry in entries]
    while len(level) > 1:
        above = [
            hashlib.sha256(b"\x01" + level[at] + level[at + 1]).digest()
            for at in range(0, len(level) - 1, 2)
        ]
        level = above + level[len(level) & ~1 :]
    return level[0]


def our_tree(entries: list[bytes]) -> list[list[bytes]]:
    """Return all nodes of a tree that grows by batches."""
    levels: list[list[bytes]] = [[] for _ in range(64)]
    for start in range(0, len(entries), BATCHES[0]):
        leaves = [*map(leaf_hash, entries[start : start + BATCHES[0]])]
        for level, _, nodes in new_levels(start, leaves, lambda level, at: levels[level][at]):
            levels[level] += nodes
    return levels


def our_edge(entries: list[bytes]) -> bytes:
    """Return the root of a tree of which only the edge is kept, as an audit does."""
    edge = CompactRange()
    for entry in entries:
        edge.append(leaf_hash(entry))
    return edge.root()


def appended(path: Path, entries: list[bytes], batch: int) -> None:
    """Let a tree in a database grow by entries, so many a transaction."""
    tree = TreeTables.create(path)
    for start in range(0, len(entries), batch):
        with tree.writing():
            for entry in entries[start : start + batch]:
                tree.add_leaf(leaf_hash(entry))
    tree.close()


def filled(path: Path, said: list[Statement], batch: int) -> SqliteStore:
    """Return a store whose log has these statements."""
    store = SqliteStore.create(path)
    for start in range(0, len(said), batch):
        with store.writing():
            for statement in said[start : start + batch]:
                store.append(statement, b"x", bytes(16), statement.digest)
    return store


def bare_rows(path: Path, entries: list[bytes], batch: int) -> None:
    """Write as many rows as long, so many a transaction, under the same settings."""
    database = connect(path)
    database.execute("CREATE TABLE entry (position INTEGER PRIMARY KEY, data BLOB)")
    for start in range(0, len(entries), batch):
        database.execute("BEGIN IMMEDIATE")
        rows = [(entry + bytes(200),) for entry in entries[start : start + batch]]
        database.executemany("INSERT INTO entry (data) VALUES (?)", rows)
        database.execute("COMMIT")
    database.close()


def bare_files(folder: Path, contents: list[bytes]) -> None:
    """Write files and wait for the disk, with nothing else around it."""
    folder.mkdir()
    for number, data in enumerate(contents):
        with (folder / str(number)).open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())


def row(name: str, ours: float, bare: float, unit: str) -> None:
    """Print two rates and how they compare."""
    print(f"{name:<22}{ours:>14.0f}{bare:>14.0f}{ours / bare:>9.2f}  {unit}")


def measure(folder: Path) -> None:
    """Print all rows but the audit's."""
    said = statements(LEAVES)
    entries = [statement.cose for statement in said]
    bare = min(seconds(lambda: bare_tree(entries)) for _ in range(TURNS))
    kept = min(seconds(lambda: our_tree(entries)) for _ in range(TURNS))
    edge = min(seconds(lambda: our_edge(entries)) for _ in range(TURNS))
    print(f"{'':<22}{'ours':>14}{'bare':>14}{'ratio':>9}")
    row("tree, all nodes", LEAVES / kept, LEAVES / bare, "leaves/s, beside bare hashlib")
    row("tree, its edge", LEAVES / edge, LEAVES / bare, "leaves/s, beside bare hashlib")
    for batch in BATCHES:
        times = [
            seconds(lambda path=folder / f"{turn}-{batch}.db", n=batch: appended(path, entries, n))
            for turn in range(TURNS)
        ]
        note = f"leaves/s, {batch} a transaction"
        row("append, durable", LEAVES / min(times), LEAVES / bare, note)
    for batch in BATCHES:
        rows = seconds(lambda n=batch: bare_rows(folder / f"rows-{n}.db", entries, n))
        begun = time.perf_counter()
        store = filled(folder / f"log-{batch}.db", said, batch)
        took = time.perf_counter() - begun
        note = f"/s, {batch} a transaction, beside bare rows; {bare / took:.2f} of bare hashlib"
        row("with statements", LEAVES / took, LEAVES / rows, note)
    random = Random(1)  # noqa: S311 - the same places each time
    places = [random.randrange(LEAVES) for _ in range(PROOFS)]
    database = connect(folder / f"log-{BATCHES[-1]}.db")

    def read_bare() -> None:
        for place in places:
            database.execute(
                "SELECT substr(hashes, ?, 32) FROM log_block WHERE level = 0 AND number = ?",
                (32 * (place % 256) + 1, place // 256),
            ).fetchone()

    def prove() -> None:
        for place in places:
            inclusion_proof(place, LEAVES, store.log_node)

    one_read = min(seconds(read_bare) for _ in range(TURNS)) / PROOFS
    one_proof = min(seconds(prove) for _ in range(TURNS)) / PROOFS
    print(
        f"{'proof from disk':<22}{one_proof * 1e6:>11.0f} µs{one_read * 1e6:>11.0f} µs"
        f"{one_proof / one_read:>9.1f}  {'within' if one_proof <= LONGEST_PROOF else 'beyond'} 1 ms"
    )
    tiles = list(tiles_of(LEAVES))
    contents = [tile_bytes(store, tile) for tile in tiles]
    target = TileFolder(folder / "public")

    def write() -> None:
        for tile in tiles:
            target.write(tile, tile_bytes(store, tile))

    ours = seconds(write)
    files = seconds(lambda: bare_files(folder / "bare", contents))
    row("publish", len(tiles) / ours, len(tiles) / files, "tiles/s, beside bare files")
    store.close()
    database.close()


def audit(count: int) -> None:
    """Make a log of some size by a script, bundle by bundle, and audit it."""
    log = NoteSigner(ORIGIN, SoftwareSigner.generate("Ed25519"))
    producer = SoftwareSigner.generate("ES256")
    with tempfile.TemporaryDirectory() as scratch:
        target = TileFolder(Path(scratch))
        levels: list[list[bytes]] = [[]]
        bundle: list[bytes] = []
        # Written without waiting for the disk: what is measured is the audit.
        for start in range(0, count, TILE_WIDTH):
            said = statements(min(TILE_WIDTH, count - start), start=start, signer=producer)
            bundle = [statement.cose for statement in said]
            levels[0] += map(leaf_hash, bundle)
            path = target.folder / Tile(ENTRIES, start // TILE_WIDTH, len(bundle)).path
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(encode_entries(bundle))
        while len(levels[-1]) > 1:
            below = levels[-1]
            levels.append(
                [
                    hashlib.sha256(b"\x01" + below[at] + below[at + 1]).digest()
                    for at in range(0, len(below) - 1, 2)
                ]
            )
        for tile in tiles_of(count):
            if tile.level >= 0:
                path = target.folder / tile.path
                path.parent.mkdir(parents=True, exist_ok=True)
                nodes = levels[tile.tree_level][tile.start : tile.start + tile.width]
                path.write_bytes(b"".join(nodes))
        edge = CompactRange.of(count, lambda level, at, kept=levels: kept[level][at])
        target.write_checkpoint(str(Checkpoint.sign(ORIGIN, count, edge.root(), log)))
        for name, data in zip(("root", "bundle"), trust_files(producer, log, []), strict=True):
            (Path(scratch) / name).write_bytes(data)
        # In a process of its own, which has not held the log that it reads.
        subprocess.run([sys.executable, __file__, "read", scratch], check=True)  # noqa: S603 - ourselves


def read(folder: Path) -> None:
    """Audit the log in a folder, and print what that took, beside bare checks of signatures."""
    target = TileFolder(folder)
    root = Root.load((folder / "root").read_bytes())
    bundle = TrustBundle.load((folder / "bundle").read_bytes(), root=root)
    checkpoint = Checkpoint.parse(target.checkpoint() or "")
    [entry] = bundle.keys
    said = [Statement.decode(each) for each in decode_entries(target.read(Tile(ENTRIES, 0)), 256)]
    bare = min(
        seconds(lambda: [each.is_signed_by(entry.public_key) for each in said]) for _ in "123"
    )
    keys = keys_of_log(bundle, checkpoint.origin, checkpoint.size)
    assert keys is not None  # noqa: S101 - the bundle is ours
    before = _peak()
    begun = time.perf_counter()
    with ThreadPoolExecutor(os.cpu_count()) as threads:
        done = audit_log(checkpoint, target.read, keys=keys[0], bundle=bundle, spread=threads.map)
    took = time.perf_counter() - begun
    assert done.holds, done.findings  # noqa: S101 - a bench that measures nothing says so
    assert not done.unknown_keys, done.findings  # noqa: S101
    row(
        "audit", checkpoint.size / took, len(said) / bare, "entries/s, beside bare signature checks"
    )
    print(
        f"audit of {checkpoint.size}: {took:.1f} s, "
        f"{_peak() - before:.0f} MB beside the {before:.0f} MB of the program"
    )


def _peak() -> float:
    """Return the most memory that this program had so far, in MB."""
    status = Path("/proc/self/status")
    if status.exists():  # getrusage counts that of the program that started this one as well
        [line] = [each for each in status.read_text().splitlines() if each.startswith("VmHWM:")]
        return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    """Print a row for each."""
    if sys.argv[1:2] == ["audit"]:
        audit(int(sys.argv[2]))
        return
    if sys.argv[1:2] == ["read"]:
        read(Path(sys.argv[2]))
        return
    with tempfile.TemporaryDirectory() as folder:
        measure(Path(folder))
    audit(LEAVES)


if __name__ == "__main__":
    main()
