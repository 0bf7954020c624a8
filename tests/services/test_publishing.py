"""A log that is published into a bucket: never ahead of its tiles, never back, never beside."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from clock import Clock
from growing_log import grow
from ocoptrace.errors import StorageError, WorkspaceError
from ocoptrace.store import TileBucket
from ocoptrace.transparency import Checkpoint, tree_root
from ocoptrace.transparency.tile import Tile, node_reader, tiles_of
from ocoptrace.workspace import Workspace, known_heads

if TYPE_CHECKING:
    from collections.abc import Iterator

    from obstore.store import S3Store

    from conftest import S3

ROOT = Path(__file__).parents[2]
DATABASE = "ocoptrace.db"


def files(s3: S3) -> S3Store:
    """Return what is there, to be changed behind the log's back."""
    return TileBucket(s3.place)._files  # noqa: SLF001


def found(ws: Workspace, s3: S3) -> set[tuple[str, str]]:
    return {(each.code, each.place) for each in ws.check_log(s3.place).findings}


def standing(s3: S3) -> int:
    """Return the size of the log as it stands there, which is whole."""
    bucket = TileBucket(s3.place)
    note = bucket.checkpoint()
    if note is None:
        return 0
    checkpoint = Checkpoint.parse(note)
    size = checkpoint.size
    for tile in tiles_of(size):
        bucket.read(tile)
    assert tree_root(size, node_reader(size, bucket.read)) == checkpoint.root
    return size


@pytest.fixture
def big(office: Workspace, s3: S3) -> Workspace:
    """A workspace whose log has 600 entries, and is published."""
    grow(office, 600 - office.log_size)
    made = office.publish_log(s3.place)
    assert (made.size, made.before, made.tiles) == (600, 0, 7)
    return office


def test_only_what_is_new_is_written(big: Workspace, s3: S3) -> None:
    assert standing(s3) == 600
    again = big.publish_log(s3.place)
    assert (again.size, again.before, again.tiles) == (600, 600, 0)
    grow(big, 200)
    later = big.publish_log(s3.place)
    assert (later.size, later.before, later.tiles) == (800, 600, 5)
    assert standing(s3) == 800
    assert found(big, s3) == set()


def test_lost_objects_are_made_anew_and_altered_ones_when_it_is_asked_for(
    big: Workspace, s3: S3
) -> None:
    store = files(s3)
    store.delete("tile/0/001")
    whole = bytes(store.get("tile/entries/000").bytes())
    store.put("tile/entries/000", whole[:17] + b"?" + whole[18:])
    store.put("tile/0/000", bytes(5))
    assert found(big, s3) == {
        ("proof.tile_missing", "tile/0/001"),
        ("log.tile_altered", "tile/entries/000"),
        ("log.tile_altered", "tile/0/000"),
    }
    # What is lost or cut short is seen by its length.
    assert big.publish_log(s3.place).tiles == 2
    assert found(big, s3) == {("log.tile_altered", "tile/entries/000")}
    assert big.publish_log(s3.place, rebuild=True).tiles == 1
    assert found(big, s3) == set()


def test_a_lost_checkpoint_is_written_again(big: Workspace, s3: S3) -> None:
    files(s3).delete("checkpoint")
    assert found(big, s3) == {("log.not_published", "checkpoint")}
    assert big.publish_log(s3.place).tiles == 0
    assert standing(s3) == 600


def test_tiles_that_do_not_lead_to_the_root_get_no_checkpoint(big: Workspace, s3: S3) -> None:
    grow(big, 1)
    files(s3).put("tile/1/000.p/2", bytes(64))
    with pytest.raises(StorageError) as caught:
        big.publish_log(s3.place)
    assert caught.value.code == "workspace.tiles_differ"
    assert Checkpoint.parse(TileBucket(s3.place).checkpoint() or "").size == 600
    big.publish_log(s3.place, rebuild=True)
    assert standing(s3) == 601


class Cut:
    """A way to a service that breaks off after so many bytes sent there."""

    def __init__(self, endpoint: str, allowed: int) -> None:
        host, port = endpoint.removeprefix("http://").split(":")
        self._goal = host, int(port)
        self._allowed = allowed
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.endpoint = f"http://127.0.0.1:{self._listening.getsockname()[1]}"
        self._lock = threading.Lock()
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        self._listening.close()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                coming, _ = self._listening.accept()
                threading.Thread(target=self._carry, args=(coming,), daemon=True).start()

    def _carry(self, coming: socket.socket) -> None:
        with coming, socket.create_connection(self._goal) as going:
            back = threading.Thread(target=self._give_back, args=(going, coming), daemon=True)
            back.start()
            with suppress(OSError):
                while data := coming.recv(65536):
                    with self._lock:
                        data = data[: self._allowed]
                        self._allowed -= len(data)
                    if not data:
                        break
                    going.sendall(data)
            with suppress(OSError):
                going.shutdown(socket.SHUT_RDWR)
            back.join()

    @staticmethod
    def _give_back(going: socket.socket, coming: socket.socket) -> None:
        with suppress(OSError):
            while data := going.recv(65536):
                coming.sendall(data)
        with suppress(OSError):
            coming.shutdown(socket.SHUT_RDWR)


def test_wherever_the_network_breaks_off_what_stands_is_whole_and_is_finished_later(
    big: Workspace, s3: S3, monkeypatch: pytest.MonkeyPatch
) -> None:
    grow(big, 400)
    codes: list[str] = []

    def publish(allowed: int) -> bool:
        cut = Cut(s3.endpoint, allowed)
        with monkeypatch.context() as patch:
            patch.setenv("AWS_ENDPOINT_URL", cut.endpoint)
            try:
                big.publish_log(s3.place)
            except StorageError as error:
                codes.append(error.code)
                return False
            finally:
                cut.close()
        return True

    while not publish(20_000 * len(codes)):
        assert standing(s3) == 600
    assert codes == ["store.bucket_failed"] * len(codes)
    assert len(codes) > 3
    assert standing(s3) == 1000
    assert found(big, s3) == set()


def test_killed_at_any_request_what_stands_is_whole_and_the_next_run_finishes(
    big: Workspace, s3: S3
) -> None:
    grow(big, 400)
    script = Path(__file__).with_name("killed_publisher.py")
    environ = os.environ | {
        "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT / "tests")]),
    }
    ended, sizes = [], []
    while not ended or ended[-1]:
        # Each goes on where the one before was killed, and is killed a little later.
        command = [sys.executable, script, big.folder, s3.place, str(len(ended) + 1)]
        done = subprocess.run(command, env=environ, check=False)  # noqa: S603 - our own
        ended.append(done.returncode)
        sizes.append(standing(s3))
    assert ended == [-signal.SIGKILL] * (len(ended) - 1) + [0]
    assert len(ended) > 4
    assert sizes == sorted(sizes)
    assert sizes[0] == 600
    assert sizes[-1] == 1000
    assert big.publish_log(s3.place).tiles == 0
    assert found(big, s3) == set()


@pytest.mark.parametrize("tile", [*tiles_of(600)], ids=lambda tile: tile.path)
def test_whichever_object_is_lost_or_altered_it_is_named_and_made_anew(
    big: Workspace, s3: S3, tile: Tile
) -> None:
    store = files(s3)
    data = bytearray(store.get(tile.path).bytes())
    data[len(data) // 2] ^= 1
    store.put(tile.path, bytes(data))
    assert found(big, s3) == {("log.tile_altered", tile.path)}
    assert big.publish_log(s3.place, rebuild=True).tiles == 1
    store.delete(tile.path)
    assert found(big, s3) == {("proof.tile_missing", tile.path)}
    assert big.publish_log(s3.place).tiles == 1
    assert found(big, s3) == set()


def test_the_checkpoint_comes_last(big: Workspace, s3: S3, monkeypatch: pytest.MonkeyPatch) -> None:
    grow(big, 400)
    names: list[str] = []
    put = TileBucket._put  # noqa: SLF001

    def noted(bucket: TileBucket, name: str, *rest: Any) -> None:
        names.append(name)
        put(bucket, name, *rest)

    monkeypatch.setattr(TileBucket, "_put", noted)
    big.publish_log(s3.place)
    assert names[-1] == "checkpoint"
    assert names.count("checkpoint") == 1
    assert len(names) == 6


# An old backup, a second machine


@pytest.fixture
def restored(big: Workspace, s3: S3) -> Iterator[Workspace]:
    """A workspace whose database is older than what was published of it."""
    big._setting.store.leave_no_trace()  # noqa: SLF001 - one file is to hold all of it
    shutil.copy(big.folder / DATABASE, big.folder / "backup")
    grow(big, 30)
    big.publish_log(s3.place)
    big.close()
    for leftover in big.folder.glob(f"{DATABASE}-*"):
        leftover.unlink()
    (big.folder / "backup").replace(big.folder / DATABASE)
    workspace = Workspace.open(big.folder, clock=Clock())
    yield workspace
    workspace.close()


def test_nothing_is_added_to_an_old_backup_and_nothing_newer_written_over(
    restored: Workspace, s3: S3
) -> None:
    for act in (
        lambda: grow(restored, 1),
        lambda: restored.publish_log(s3.place),
        lambda: restored.publish_log(s3.place, rebuild=True),
    ):
        with pytest.raises(WorkspaceError) as caught:
            act()
        assert caught.value.code == "workspace.log_behind"
    assert standing(s3) == 630
    assert ("log.entries_lost", s3.place) in found(restored, s3)


def test_a_bucket_out_of_reach_stops_nobody_and_is_asked_once_a_minute(
    restored: Workspace, s3: S3, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    checkpoint = TileBucket.checkpoint

    def counted(bucket: TileBucket) -> str | None:
        asked.append(bucket.place)
        return checkpoint(bucket)

    monkeypatch.setattr(TileBucket, "checkpoint", counted)
    with monkeypatch.context() as patch:
        patch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
        patch.setattr(restored._setting.log.known_heads, "_told", {})  # noqa: SLF001
        grow(restored, 1, told=" otherwise")
        grow(restored, 1, told=" otherwise")
    assert asked == [s3.place]
    monkeypatch.setattr(known_heads, "_SECONDS", 0)
    with pytest.raises(WorkspaceError) as caught:
        grow(restored, 1)
    assert caught.value.code == "workspace.log_behind"


def test_without_the_extra_nothing_is_added_to_a_log_in_a_bucket(
    restored: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "obstore.store", None)
    monkeypatch.setattr(restored._setting.log.known_heads, "_told", {})  # noqa: SLF001
    with pytest.raises(StorageError) as caught:
        grow(restored, 1)
    assert caught.value.code == "store.no_s3"
    assert restored.log_size == 600


def test_of_two_machines_with_one_log_one_is_stopped(
    big: Workspace, s3: S3, tmp_path: Path
) -> None:
    big._setting.store.leave_no_trace()  # noqa: SLF001 - one file is to hold all of it
    shutil.copytree(big.folder, tmp_path / "twin")
    twin = Workspace.open(tmp_path / "twin", clock=Clock())
    twin._setting.log.known_heads._told[s3.place] = (float("inf"), None)  # noqa: SLF001 - as if just asked
    grow(big, 30)
    grow(twin, 40, told=" otherwise")
    big.publish_log(s3.place)
    for rebuild in (False, True):
        with pytest.raises(WorkspaceError) as caught:
            twin.publish_log(s3.place, rebuild=rebuild)
        assert caught.value.code == "workspace.log_diverged"
    twin.close()
    assert standing(s3) == 630


def test_who_publishes_meanwhile_is_not_written_over(
    big: Workspace, s3: S3, monkeypatch: pytest.MonkeyPatch
) -> None:
    grow(big, 10)
    write = TileBucket.write_checkpoint

    def late(bucket: TileBucket, note: str) -> None:
        other = TileBucket(s3.place)
        other.checkpoint()
        write(other, "another\n")
        write(bucket, note)

    with monkeypatch.context() as patch:
        patch.setattr(TileBucket, "write_checkpoint", late)
        with pytest.raises(StorageError) as caught:
            big.publish_log(s3.place)
    assert caught.value.code == "store.bucket_changed"
    assert TileBucket(s3.place).checkpoint() == "another\n"
    assert big.publish_log(s3.place, rebuild=True).tiles == 0
    assert standing(s3) == 610


# From the command line


def ocoptrace(folder: Path, *arguments: object) -> subprocess.CompletedProcess[str]:
    call = "from ocoptrace.cli import main; main()"
    return subprocess.run(  # noqa: S603 - ourselves
        [sys.executable, "-c", call, *map(str, arguments)],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


def test_anybody_audits_over_http_what_is_published_into_a_bucket(
    big: Workspace, s3: S3, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OCOPTRACE_LANG", "en")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    published = ocoptrace(tmp_path, "log", "publish", s3.place, "-w", big.folder)
    assert (published.returncode, published.stderr) == (0, "")
    assert f"{s3.place}: 600 entries" in published.stdout
    assert ocoptrace(tmp_path, "log", "verify", s3.place, "-w", big.folder).returncode == 0
    vkey = ("--vkey", big.log_keys()[0])
    before = "(0)"
    for place in (s3.url, s3.place):
        audited = ocoptrace(tmp_path, "log", "audit", place, *vkey)
        assert audited.returncode == 0, audited.stdout + audited.stderr
        assert "600 entries, 600 of them new" in audited.stdout
        assert before in audited.stdout
    grow(big, 30)
    big.publish_log(s3.place)
    audited = ocoptrace(tmp_path, "log", "audit", s3.url, *vkey)
    assert "630 entries, 30 of them new" in audited.stdout
    files(s3).put("checkpoint", b"another\n")
    audited = ocoptrace(tmp_path, "log", "audit", s3.url, *vkey)
    assert audited.returncode == 1
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    assert ocoptrace(tmp_path, "log", "audit", s3.place, *vkey).returncode == 3
    assert ocoptrace(tmp_path, "log", "publish", "s3://X", "-w", big.folder).returncode == 2
