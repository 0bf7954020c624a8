"""A log that grows and is published, cut short in every way in turn; what is left is looked at.

A process of its own, so that it may fork: ``python broken_log.py kill|anytime|full WORKSPACE
NUMBER``, the folder of a workspace whose log is published beside it in ``public``, and how many
points to go on by, or how many ways. It prints a line for each way.
"""

from __future__ import annotations

import hashlib
import shutil
import signal
import sys
import tempfile
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

from breaking import Points, forked, full_disk

from clock import Clock
from ocoptrace.signing import sign_statement
from ocoptrace.store import TileFolder, write_whole
from ocoptrace.transparency import (
    Checkpoint,
    consistency_proof,
    inclusion_proof,
    tree_root,
    verify_consistency,
    verify_inclusion,
)
from ocoptrace.transparency.merkle import leaf_hash
from ocoptrace.transparency.tile import node_reader, tiles_of
from ocoptrace.workspace import Workspace
from village import NOW, PRODUCER

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROUNDS, EACH = 4, 70
"""So that tiles of entries and leaves become full on the way, and a level is begun."""
MOST_POINTS = 1000
LONGEST = 0.08
"""Seconds of a processor: about as long as it takes."""
MEMORY = Path("/dev/shm")  # noqa: S108 - a disk without waiting


def grow(ws: Workspace, round_: int) -> list[bytes]:
    """Append the statements of a round, those that are not there yet; return their ids."""
    setting, ids = ws._setting, []  # noqa: SLF001 - as the workspace's own parts do
    with setting.store.writing():
        for number in range(EACH):
            payload = f"{round_}-{number}".encode()
            digest = hashlib.sha256(payload).digest()
            statement, salt = sign_statement(
                "event",
                payload,
                issuer=PRODUCER.issuer,
                subject=f"urn:uuid:0190a7c5-8a3e-8f00-8{round_:03}-{number:012d}",
                signer=PRODUCER.signer,
                now=NOW,
                salt=digest[:16],
            )
            ids.append(statement.id)
            if setting.store.statement(statement.id) is None:
                setting.store.append(statement, payload, salt, digest)
    return ids


def go_on(folder: Path) -> None:
    """Let the log grow, sign and publish, round after round; note what was acknowledged."""
    ws = Workspace.open(folder / "ocop", clock=Clock())
    acknowledged = folder / "acknowledged"
    for round_ in range(ROUNDS):
        ids = grow(ws, round_)
        checkpoint = ws._setting.log.checkpoint(now=NOW)  # noqa: SLF001
        # What is handed out here has to stay true whatever happens next.
        with acknowledged.open("a") as file:
            file.write("".join(f"{each.hex()}\n" for each in ids))
        write_whole(folder / f"proof-{checkpoint.size}", str(checkpoint).encode())
        ws.publish_log(folder / "public")
    ws.close()


def look_at(folder: Path) -> None:
    """Check what is left; go on to the end; check that."""
    signed = [_signed(path) for path in folder.glob("proof-*")]
    tiles = TileFolder(folder / "public")
    published = Checkpoint.parse(tiles.checkpoint() or "")
    # What is published is whole at any time.
    read = node_reader(published.size, tiles.read)
    assert tree_root(published.size, read) == published.root
    for tile in tiles_of(published.size):
        tiles.read(tile)
    ws = Workspace.open(folder / "ocop", clock=Clock())
    assert ws.check_log().findings == ()
    _check_all(ws, folder, [*signed, published])
    ws.close()
    go_on(folder)
    ws = Workspace.open(folder / "ocop", clock=Clock())
    found = ws.check_log(tiles.folder)
    assert (found.findings, found.size) == ((), ws.log_size)
    last = Checkpoint.parse(tiles.checkpoint() or "")
    assert last.size == ws.log_size
    _check_all(ws, folder, [*signed, published, last])
    ws.close()


def _signed(path: Path) -> Checkpoint:
    return Checkpoint.parse(path.read_text())


def _check_all(ws: Workspace, folder: Path, heads: list[Checkpoint]) -> None:
    """Check that everything acknowledged is proven, under one history of all that was signed."""
    store = ws._setting.store  # noqa: SLF001
    heads += [Checkpoint.parse(note) for _, note in store.checkpoints()]
    size = ws.log_size
    root = tree_root(size, store.log_node)
    for head in heads:
        head.verify(ws.log_keys(), quorum=2)
        assert head.size <= size
        path = consistency_proof(head.size, size, store.log_node)
        verify_consistency(head.size, size, path, head.root, root)
    told = folder / "acknowledged"
    # A line that was cut short was not acknowledged.
    whole = told.read_text().rpartition("\n")[0].split("\n") if told.is_file() else []
    for line in filter(None, whole):
        position = ws.log_position(bytes.fromhex(line))
        entry = ws.log_entry(position)[0].statement.cose
        proof = inclusion_proof(position, size, store.log_node)
        verify_inclusion(leaf_hash(entry), position, size, proof, root)


def kills(stride: int) -> Iterator[Callable[[Path], None]]:
    """Yield works that are killed at one point after the other."""

    def at(point: int) -> Callable[[Path], None]:
        def run(folder: Path) -> None:
            Points(point).watch()
            go_on(folder)

        return run

    yield from (at(point) for point in range(1, MOST_POINTS, stride))


def kills_anytime(count: int) -> Iterator[Callable[[Path], None]]:
    """Yield works that end without warning after some time, inside SQLite or wherever they are."""
    random = Random(count)  # noqa: S311 - to come to about the same again

    def after(seconds: float) -> Callable[[Path], None]:
        def run(folder: Path) -> None:
            signal.setitimer(signal.ITIMER_PROF, seconds)
            go_on(folder)

        return run

    yield from (after(random.uniform(0.001, LONGEST)) for _ in range(count))


def full_disks(count: int) -> Iterator[Callable[[Path], None]]:
    """Yield works that meet a full disk, sooner and later: no file may be larger than that."""

    def publishing(size: int) -> Callable[[Path], None]:
        def run(folder: Path) -> None:
            publish = Workspace.publish_log

            def cramped(ws: Workspace, public: Path) -> None:
                full_disk(size)
                publish(ws, public)

            Workspace.publish_log = cramped  # type: ignore[assignment]
            go_on(folder)

        return run

    def growing(size: int) -> Callable[[Path], None]:
        def run(folder: Path) -> None:
            full_disk(size)
            go_on(folder)

        return run

    # A checkpoint has half a kilobyte, a tile up to 8, a bundle some 80, the database more.
    for size in (200, 1_000, 5_000, 50_000):
        yield publishing(size)
    for step in range(count):
        yield growing(4_000 * 2**step)


def main() -> None:
    """Break a log in each way, and look at what is left."""
    how, workspace, number_ = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])
    ways = {"kill": kills, "anytime": kills_anytime, "full": full_disks}[how](number_)
    wrong = 0
    for number, work in enumerate(ways, start=1):
        # A process that is killed leaves the machine, and what it has cached, running.
        with tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as scratch:
            folder = Path(scratch)
            shutil.copytree(workspace, folder / "ocop")
            shutil.copytree(workspace.with_name("public"), folder / "public")
            ended = forked(lambda work=work, folder=folder: work(folder))
            looked = forked(lambda folder=folder: look_at(folder))
        wrong += looked != 0 or ended == 1
        print(number, ended, looked, flush=True)
        if ended == 0 and how != "anytime":
            break
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
