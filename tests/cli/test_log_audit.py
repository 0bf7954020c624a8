"""An audit from cron: from a folder and over HTTP, with exit codes that say what to do."""

from __future__ import annotations

import http.server
import json
import os
import shutil
import socket
import subprocess
import sys
import threading
import time
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ocoptrace import messages

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
WORKSPACE = ("-w", "workspace")
TRUST = ("--trust", "bundle.json", "--root", "root.json")


class Quiet(http.server.SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def ready(cli: Any, demo: Any) -> Any:
    demo.copy("workspace", to=cli.folder)
    cli("export", "trust", "--out", ".", *WORKSPACE)
    cli("log", "publish", "public", *WORKSPACE)
    # An outsider has no workspace in a usual place.
    return cli


@pytest.fixture
def address(ready: Any) -> Iterator[str]:
    handler = partial(Quiet, directory=str(ready.folder / "public"))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}/"
        server.shutdown()


def flip(path: Path, byte: int) -> None:
    data = bytearray(path.read_bytes())
    data[byte] ^= 1
    path.write_bytes(data)


def grow(ready: Any) -> None:
    """Let the office state another bundle, and publish."""
    assert ready("trust", "publish", *WORKSPACE).code == 0
    assert ready("log", "publish", "public", *WORKSPACE).code == 0


def answer(ready: Any, *arguments: object, code: int = 0) -> dict[str, Any]:
    run = ready("log", "audit", *arguments, *TRUST, "--json")
    assert run.code == code, run.out + run.err
    told: dict[str, Any] = json.loads(run.out)
    return told


def test_an_audit_goes_on_where_the_last_one_ended(ready: Any, address: str) -> None:
    for place in ("public", address):
        first = answer(ready, place)
        assert (first["before"], first["new"], first["holds"]) == (0, first["size"], True)
        assert answer(ready, place)["new"] == 0
    before = first["size"]
    grow(ready)
    ready("export", "trust", "--out", ".", *WORKSPACE)
    for place in ("public", address):
        later = answer(ready, place)
        assert (later["before"], later["holds"], later["findings"]) == (before, True, [])
        assert later["new"] > 0


def test_a_log_that_forgot_is_refused_and_the_last_checkpoint_is_kept(
    ready: Any, address: str
) -> None:
    shutil.copytree(ready.folder / "public", ready.folder / "older")
    grow(ready)
    ready("export", "trust", "--out", ".", *WORKSPACE)
    seen = answer(ready, address)["size"]
    shutil.rmtree(ready.folder / "public")
    (ready.folder / "older").rename(ready.folder / "public")
    for _ in range(2):
        told = answer(ready, address, code=1)
        assert [each["code"] for each in told["findings"]] == ["proof.rolled_back"]
        assert told["before"] == seen


def test_another_log_at_the_same_address_is_refused(ready: Any) -> None:
    answer(ready, "public")
    shutil.rmtree(ready.folder / "public")
    ready("init", "other")
    ready("log", "publish", "public", "-w", "other")
    told = answer(ready, "public", code=1)
    assert [each["code"] for each in told["findings"]] == ["audit.other_log"]


@pytest.mark.parametrize("lang", messages.LANGUAGES)
def test_what_is_wrong_is_told_with_a_remedy(ready: Any, lang: messages.Language) -> None:
    entries = next((ready.folder / "public" / "tile" / "entries").glob("000.p/*"))
    flip(entries, -1)
    run = ready("log", "audit", "public", *TRUST, lang=lang)
    assert run.code == 1
    assert messages.remedy("audit.root_differs", lang) in run.err
    assert messages.text("cli.log.audit_not_kept", lang) in run.out


def test_a_watched_key_rings_once(ready: Any, demo: Any) -> None:
    watched = answer(ready, "public", "--watch", demo.producer, code=1)
    assert {each["code"] for each in watched["findings"]} == {"audit.watched"}
    assert watched["holds"]
    assert answer(ready, "public", "--watch", demo.producer)["findings"] == []


def test_without_a_bundle_the_keys_are_enough(ready: Any) -> None:
    (ready.folder / "workspace").rename(ready.folder / "elsewhere")
    keys = ready("log", "vkey", "-w", "elsewhere").out.split()
    options = [word for key in keys for word in ("--vkey", key)]
    assert ready("log", "audit", "public", *options).code == 0
    assert ready("log", "audit", "public", "--state", "new.json").code == 2
    assert not (ready.folder / "new.json").exists()


def test_who_cannot_be_reached_is_told_apart(ready: Any) -> None:
    for place in ("http://127.0.0.1:9/", "nowhere"):
        run = ready("log", "audit", place, *TRUST)
        assert (run.code, run.out) == (3, ""), place
    for place in ("ftp://log.example/", "http://user@log.example/", "https://"):
        assert ready("log", "audit", place, *TRUST).code == 2


def test_a_state_that_is_none_is_misuse(ready: Any) -> None:
    (ready.folder / "state.json").write_text('{"format":"ocop-audit/1"}')
    run = ready("log", "audit", "public", "--state", "state.json", *TRUST)
    assert (run.code, run.out) == (2, "")
    assert "state.json" in run.err


def test_a_server_that_leads_elsewhere_is_not_followed(ready: Any) -> None:
    class Elsewhere(Quiet):
        def do_GET(self) -> None:
            self.send_response(302)
            self.send_header("Location", "http://127.0.0.1:9/checkpoint")
            self.send_header("Content-Length", "0")
            self.end_headers()

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Elsewhere) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        run = ready("log", "audit", f"http://127.0.0.1:{server.server_address[1]}", *TRUST)
        server.shutdown()
    assert run.code == 3
    assert "302" in run.err


def test_what_serve_shows_of_the_log_can_be_audited(ready: Any) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = "import sys; from ocoptrace.cli import main; main(sys.argv[1:])"
    arguments = ["--lang=en", "serve", "--port", str(port), *WORKSPACE]
    with subprocess.Popen(  # noqa: S603 - our own program
        [sys.executable, "-c", command, *arguments],
        cwd=ready.folder,
        env=os.environ | {"PYTHONPATH": str(ROOT / "src"), "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as serving:
        try:
            assert serving.stdout is not None
            address = f"http://127.0.0.1:{port}/log"
            assert any(address in line for line in iter(serving.stdout.readline, ""))
            told = answer(ready, address) if listens(port) else {}
        finally:
            serving.kill()
    assert (told["holds"], told["findings"]) == (True, [])
    assert told["new"] == told["size"] > 0


def listens(port: int, *, tries: int = 300) -> bool:
    """Wait until somebody listens on a port."""
    for _ in range(tries):
        with suppress(OSError), socket.create_connection(("127.0.0.1", port)):
            return True
        time.sleep(0.1)
    return False
