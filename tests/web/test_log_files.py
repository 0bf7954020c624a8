"""The log over HTTP, from the server that shows the pages."""

from __future__ import annotations

import socket
import sqlite3
import threading
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest
import uvicorn
from hypothesis import given
from hypothesis import strategies as st

from clock import Clock
from growing_log import grow
from ocoptrace.cli.log_source import WebLog
from ocoptrace.transparency import Checkpoint
from ocoptrace.transparency.tile import decode_entries, tiles_of
from ocoptrace.verify.log_audit import audit_log
from ocoptrace.web.answer import SECURITY_HEADERS
from ocoptrace.workspace import Workspace
from ocoptrace.workspace.recording import state_once
from village import NOW, PRODUCER

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="module")
def logged(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Workspace, Path]]:
    """A workspace whose log of 600 entries is published in a folder: only to be looked at."""
    folder = tmp_path_factory.mktemp("logged")
    workspace = Workspace.create(folder / "ocop", clock=Clock())
    grow(workspace, 600 - workspace.log_size)
    workspace.publish_log(folder / "public")
    yield workspace, folder / "public"
    workspace.close()


@pytest.fixture(scope="module")
def log(logged: tuple[Workspace, Path], reader_of: Any) -> Any:
    return reader_of(logged[0])


def test_every_file_is_the_one_that_is_published(logged: tuple[Workspace, Path], log: Any) -> None:
    public = logged[1]
    names = [str(each.relative_to(public)) for each in public.rglob("*") if each.is_file()]
    assert sorted(names) == sorted(["checkpoint", *(each.path for each in tiles_of(600))])
    for name in names:
        answer = log.ask(f"/log/{name}")
        assert (answer.status_code, answer.content) == (200, (public / name).read_bytes())
        assert {each: answer.headers.get(each) for each in SECURITY_HEADERS} == SECURITY_HEADERS


def test_a_part_of_a_full_tile_is_given_as_well(log: Any) -> None:
    whole = log.ask("/log/tile/0/001").content
    assert log.ask("/log/tile/0/001.p/7").content == whole[: 7 * 32]
    entries = decode_entries(log.ask("/log/tile/entries/001").content, 256)
    assert decode_entries(log.ask("/log/tile/entries/001.p/9").content, 9) == entries[:9]


def test_tiles_are_kept_for_good_and_the_checkpoint_is_asked_for_again(log: Any) -> None:
    tile, checkpoint = log.ask("/log/tile/1/000.p/2"), log.ask("/log/checkpoint")
    assert tile.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert tile.headers["content-type"] == "application/octet-stream"
    assert checkpoint.headers["cache-control"] == "no-cache"
    assert checkpoint.headers["content-type"] == "text/plain; charset=utf-8"
    again = log.ask("/log/checkpoint", if_none_match=checkpoint.headers["etag"])
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize(
    "path",
    [
        "/log",
        "/log/",
        "/log/checkpoint/",
        "/log/tile",
        "/log/tile/",
        "/log/tile/0/002",  # not full yet
        "/log/tile/0/002.p/89",  # one beyond
        "/log/tile/0/002.p/0",
        "/log/tile/0/002.p/088",
        "/log/tile/0/003.p/1",
        "/log/tile/1/000",
        "/log/tile/1/000.p/3",
        "/log/tile/2/000.p/1",
        "/log/tile/00/000",
        "/log/tile/0/x000/000",
        "/log/tile/0/0",
        "/log/tile/63/999",
        "/log/tile/64/000",
        "/log/tile/0/" + "x999/" * 30 + "999",
        "/log/tile/entries/002.p/89",
        "/log/tile/../checkpoint",
        "/log/tile/0/000/../001",
        "/log/tile/%2e%2e/checkpoint",
        "/log/../ocoptrace.db",
        "/log/ocoptrace.db",
        "/log/tile/0/000%00",
        "/log/tile/0/00%D9%A0",
        "/log/TILE/0/000",
    ],
)
def test_nothing_else_is_there(log: Any, path: str) -> None:
    assert log.ask_raw(path.encode()) == 404


@given(st.binary(max_size=40))
def test_no_path_below_it_fails(log: Any, rest: bytes) -> None:
    assert log.ask_raw(b"/log/tile/" + rest) in {200, 404}


def test_only_reading_is_allowed(log: Any) -> None:
    assert log.ask("/log/checkpoint", "PUT").status_code == 405
    head = log.ask("/log/tile/0/000", "HEAD")
    assert (head.status_code, head.content, head.headers["content-length"]) == (200, b"", "8192")


def test_a_log_that_was_never_published_is_nobodys_to_see(tmp_path: Path, reader_of: Any) -> None:
    workspace = Workspace.create(tmp_path / "ocop", clock=Clock())
    grow(workspace, 300)
    log = reader_of(workspace)
    for name in ("checkpoint", "tile/0/000", "tile/entries/000"):
        assert log.ask(f"/log/{name}").status_code == 404
    workspace.publish_log(tmp_path / "public")
    assert log.ask("/log/tile/0/000").status_code == 200
    # What no checkpoint covers yet is not shown either.
    size = Checkpoint.parse(log.ask("/log/checkpoint").text).size
    store = workspace._setting.store  # noqa: SLF001 - nothing signs here
    with store.writing():
        state_once(
            store,
            "event",
            b"not signed for yet",
            issuer=PRODUCER.issuer,
            subject="urn:uuid:0190a7c5-8a3e-8f00-8000-999999999999",
            signer=PRODUCER.signer,
            now=NOW,
        )
    assert workspace.log_size == size + 1
    for level in ("0", "entries"):
        assert log.ask(f"/log/tile/{level}/001.p/{size - 256}").status_code == 200
        assert log.ask(f"/log/tile/{level}/001.p/{size - 255}").status_code == 404
    workspace.close()


def test_what_the_database_has_altered_is_not_given_away(tmp_path: Path, reader_of: Any) -> None:
    workspace = Workspace.create(tmp_path / "ocop", clock=Clock())
    grow(workspace, 300)
    workspace.publish_log(tmp_path / "public")
    with closing(sqlite3.connect(workspace.folder / "ocoptrace.db")) as database:
        database.execute("UPDATE statement SET cose = zeroblob(80) WHERE position = 17")
        database.commit()
    answer = reader_of(workspace).ask("/log/tile/entries/000")
    assert answer.status_code == 503
    assert "entry 17" not in answer.text.lower()
    workspace.close()


def test_an_outsider_audits_it_over_http(logged: tuple[Workspace, Path], log: Any) -> None:
    workspace = logged[0]
    with socket.create_server(("127.0.0.1", 0)) as listening:
        config = uvicorn.Config(log.app, access_log=False, log_level="warning")
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        source = WebLog(f"http://127.0.0.1:{listening.getsockname()[1]}/log")
        checkpoint = Checkpoint.parse(source.checkpoint() or "")
        audit = audit_log(checkpoint, source.read, keys=workspace.log_keys(), quorum=2)
        source.close()
        server.should_exit = True
        thread.join()
    assert (audit.holds, audit.size, audit.findings) == (True, 600, [])
