"""Witnesses as they run: two processes on loopback, killed and started again."""

from __future__ import annotations

import http.client
import json
import os
import re
import shutil
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ocoptrace.signing.note import VerifierKey
from ocoptrace.transparency import Checkpoint

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
WORKSPACE = ("-w", "workspace")
NAMES = ("bach-khoa.example/1", "hiep-hoi.example/1")


@contextmanager
def running(folder: Path, port: int = 0) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """Run a witness in a process of its own, and return it with its port."""
    command = "import sys; from ocoptrace.cli import main; main(sys.argv[1:])"
    arguments = ["witness", "serve", str(folder), "--port", str(port), "--lang=en"]
    arguments = ["--lang=en", *arguments[:-1]]
    process = subprocess.Popen(  # noqa: S603 - our own program
        [sys.executable, "-c", command, *arguments],
        env=os.environ | {"PYTHONPATH": str(ROOT / "src"), "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        assert process.stdout is not None
        found = re.search(r"http://127\.0\.0\.1:([0-9]+)", process.stdout.readline())
        assert found is not None
        yield process, int(found[1])
    finally:
        process.kill()
        process.wait()
        if process.stdout is not None:
            process.stdout.close()


@pytest.fixture
def ready(cli: Any, demo: Any) -> Any:
    demo.copy("workspace", to=cli.folder)
    return cli


def make_witness(ready: Any, name: str) -> tuple[Path, str]:
    """Make a witness that knows the log, and return its folder and verifier key."""
    folder = name.partition(".")[0]
    made = ready("witness", "init", folder, name)
    assert made.code == 0, made.err
    log = ready("log", "vkey", *WORKSPACE).out.split()[0]
    assert ready("witness", "add", folder, log).code == 0
    return ready.folder / folder, made.out.split()[-1]


@pytest.fixture
def witnesses(ready: Any) -> Iterator[dict[str, Any]]:
    """Two witnesses that run, and are asked."""
    made = {name: make_witness(ready, name) for name in NAMES}
    with running(made[NAMES[0]][0]) as one, running(made[NAMES[1]][0]) as other:
        ports = {NAMES[0]: one[1], NAMES[1]: other[1]}
        for name, (_, vkey) in made.items():
            url = f"http://127.0.0.1:{ports[name]}"
            added = ready("log", "witness", "add", vkey, url, *WORKSPACE)
            assert added.code == 0, added.err
        yield {
            name: {"folder": folder, "vkey": vkey, "port": ports[name]}
            for name, (folder, vkey) in made.items()
        }


def cosign(ready: Any, *workspace: str) -> tuple[int, list[dict[str, Any]]]:
    run = ready("log", "cosign", *(workspace or WORKSPACE), "--json")
    return run.code, json.loads(run.out)


def grow(ready: Any, *workspace: str) -> Any:
    return ready("trust", "publish", *(workspace or WORKSPACE))


def published(ready: Any) -> Checkpoint:
    assert ready("log", "publish", "public", *WORKSPACE).code == 0
    return Checkpoint.parse((ready.folder / "public" / "checkpoint").read_text())


def backup(ready: Any) -> None:
    """Keep the workspace as it is now."""
    shutil.copytree(ready.folder / "workspace", ready.folder / "backup")


def test_two_witnesses_sign_and_their_signatures_are_kept(
    ready: Any, witnesses: dict[str, Any]
) -> None:
    for _ in range(2):
        code, answers = cosign(ready)
        assert (code, [each["outcome"] for each in answers]) == (0, ["signed", "signed"])
        assert grow(ready).code == 0
    cosign(ready)
    checkpoint = published(ready)
    keys = [VerifierKey.parse(each["vkey"]) for each in witnesses.values()]
    log = VerifierKey.parse(ready("log", "vkey", *WORKSPACE).out.split()[0])
    assert checkpoint.verify((log, *keys), quorum=2) is not None
    assert ready("log", "verify", "public", *WORKSPACE).code == 0


def test_the_bundle_of_the_own_office_lists_them(ready: Any, witnesses: dict[str, Any]) -> None:
    [office] = json.loads(ready("trust", "show", *WORKSPACE, "--json").out)
    listed = office["logs"][0]["witnesses"]
    assert {each["vkey"] for each in witnesses.values()} <= set(listed)
    names = [each["vkey"] for each in witnesses.values()]
    told = json.loads(ready("log", "witness", "list", *WORKSPACE, "--json").out)
    assert [each["vkey"] for each in told] == names


def test_a_rollback_stops_the_log_until_the_newer_backup_is_back(
    ready: Any, witnesses: dict[str, Any]
) -> None:
    cosign(ready)
    backup(ready)
    grow(ready)
    assert cosign(ready)[0] == 0
    newest = ready.folder / "newest"
    (ready.folder / "workspace").rename(newest)
    (ready.folder / "backup").rename(ready.folder / "workspace")
    code, answers = cosign(ready)
    assert (code, {each["outcome"] for each in answers}) == (1, {"ahead"})
    stopped = grow(ready)
    assert (stopped.code, stopped.out) == (2, "")
    assert NAMES[0] in stopped.err
    shutil.rmtree(ready.folder / "workspace")
    newest.rename(ready.folder / "workspace")
    assert grow(ready).code == 0
    assert cosign(ready)[0] == 0
    assert len(witnesses) == 2


def test_a_fork_is_refused_also_after_kill_9(
    ready: Any, demo: Any, witnesses: dict[str, Any]
) -> None:
    cosign(ready)
    backup(ready)
    grow(ready)
    assert cosign(ready)[0] == 0
    # The backup goes on by itself, with another history of the same log, as long or longer.
    shutil.move(ready.folder / "workspace", ready.folder / "newest")
    shutil.move(ready.folder / "backup", ready.folder / "workspace")
    rotated = ready("key", "rotate", demo.producer, *WORKSPACE)
    assert rotated.code == 0, rotated.err
    for name, each in witnesses.items():
        with running(each["folder"]) as (process, port):
            process.kill()
            process.wait()
        with running(each["folder"]) as (_, port):
            url = f"http://127.0.0.1:{port}"
            assert ready("log", "witness", "add", each["vkey"], url, *WORKSPACE).code in {0, 2}
            # The first that refuses stops the log, so that the second is not even asked.
            if name == NAMES[0]:
                code, answers = cosign(ready)
                assert (code, {each["outcome"] for each in answers}) == (1, {"forked"})
    assert grow(ready).code == 2


def test_a_witness_that_does_not_answer_is_told_and_the_other_signs(
    ready: Any, witnesses: dict[str, Any]
) -> None:
    ready("log", "witness", "add", witnesses[NAMES[0]]["vkey"], "http://127.0.0.1:9/", *WORKSPACE)
    code, answers = cosign(ready)
    assert code == 3
    assert sorted(each["outcome"] for each in answers) == ["refused", "signed"]


def test_a_log_that_is_not_known_is_not_signed(ready: Any, witnesses: dict[str, Any]) -> None:
    ready("init", "other")
    one = witnesses[NAMES[0]]
    ready("log", "witness", "add", one["vkey"], f"http://127.0.0.1:{one['port']}", "-w", "other")
    code, answers = cosign(ready, "-w", "other")
    assert (code, [(each["outcome"], each["status"]) for each in answers]) == (
        1,
        [("refused", 404)],
    )


def test_what_is_no_request_is_answered_and_bounded(witnesses: dict[str, Any]) -> None:
    port = witnesses[NAMES[0]]["port"]

    def ask(method: str, path: str, body: bytes | None, **headers: str) -> int:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        try:
            connection.request(method, path, body, headers)
            return connection.getresponse().status
        finally:
            connection.close()

    assert ask("POST", "/add-checkpoint", b"anything") == 400
    assert ask("POST", "/add-checkpoint", b"\xff") == 400
    assert ask("POST", "/elsewhere", b"") == 404
    assert ask("GET", "/add-checkpoint", None) == 501
    too_long = {"Content-Length": str(10**9)}
    assert ask("POST", "/add-checkpoint", None, **too_long) == 413
    assert ask("POST", "/add-checkpoint", None, **{"Content-Length": "-1"}) == 411


def test_a_witness_is_made_once(ready: Any) -> None:
    folder, _ = make_witness(ready, NAMES[0])
    key = (folder / "witness.pem").read_bytes()
    again = ready("witness", "init", folder.name, NAMES[0])
    assert (again.code, again.out) == (2, "")
    assert (folder / "witness.pem").read_bytes() == key
    assert ready("witness", "init", "named", "no name").code == 2
    assert not (ready.folder / "named").exists()
    assert ready("witness", "serve", "nowhere").code == 2
    assert ready("witness", "add", folder.name, "nothing").code == 2
