"""The commands of both sides: a log that is served, killed, started again; what goes to it."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import member

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
COOP, PROVINCE = ("-w", "coop"), ("-w", "province")
QUICK = ("--patience", "20")


@contextmanager
def running(folder: Path, *options: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Run a log in a process of its own, and return it with its address."""
    command = "import sys; from ocoptrace.cli import main; main(sys.argv[1:])"
    arguments = ["--lang=en", "log", "serve", "-w", str(folder), "--port", "0", *options]
    process = subprocess.Popen(  # noqa: S603 - our own program
        [sys.executable, "-c", command, *arguments],
        env=os.environ | {"PYTHONPATH": str(ROOT / "src"), "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        assert process.stdout is not None
        found = re.search(r"http://127\.0\.0\.1:[0-9]+", process.stdout.readline())
        assert found is not None
        yield process, found[0]
    finally:
        process.kill()
        process.wait()
        if process.stdout is not None:
            process.stdout.close()


def _now() -> datetime:
    return datetime.now(UTC)  # noqa: TID251 - the commands go by it as well


@pytest.fixture
def ready(cli: Any) -> Any:
    """The command line beside a province and a member of its log that submits nothing yet."""
    member.found(cli.folder, _now)
    [listed] = destinations(cli)
    assert cli("log", "destination", "drop", listed["origin"], *COOP).code == 0
    return cli


def destinations(cli: Any) -> list[dict[str, Any]]:
    told: list[dict[str, Any]] = json.loads(cli("log", "destination", "list", *COOP, "--json").out)
    return told


def test_what_was_recorded_goes_to_a_log_that_is_served(ready: Any) -> None:
    none = ready("log", "submit", *COOP)
    assert (none.code, "destination add" in none.out) == (0, True)
    with running(ready.folder / "province", "--every", "0.1") as (_, url):
        added = ready("log", "destination", "add", url, *COOP)
        assert added.code == 0, added.err
        [before] = destinations(ready)
        done = ready("log", "submit", *QUICK, *COOP)
        assert done.code == 0, done.err
        assert f"proofs kept: {before['due']};" in done.out
        [told] = json.loads(ready("log", "submit", *QUICK, *COOP, "--json").out)
    assert (told["proven"], told["due"], told["refused"], told["faults"]) == (0, 0, [], [])
    [after] = destinations(ready)
    assert (after["proven"], after["due"]) == (before["due"], 0)
    assert str(after["proven"]) in ready("log", "destination", "list", *COOP).out
    assert ready("log", "verify", *PROVINCE).code == 0


def test_a_log_that_is_killed_and_started_again_has_one_place_for_each(ready: Any) -> None:
    # It never signs by itself in this time, so all is promised when it dies.
    with running(ready.folder / "province", "--every", "3600") as (process, url):
        ready("log", "destination", "add", url, *COOP)
        waiting = ready("log", "submit", "--patience", "0", *COOP)
        assert (waiting.code, "have not signed yet" in waiting.out) == (3, True)
        process.kill()
        process.wait()
    gone = ready("log", "submit", "--patience", "0", *COOP)
    assert gone.code == 3
    with running(ready.folder / "province", "--every", "0") as (_, url):
        ready("log", "destination", "add", url, *COOP)
        assert ready("log", "submit", *QUICK, *COOP).code == 0
    [told] = destinations(ready)
    shown = json.loads(ready("log", "verify", *PROVINCE, "--json").out)
    # Policy, root, keys and bundles of the office, then each of the member's once.
    assert shown["size"] == 9 + told["proven"]
    assert shown["findings"] == []


def test_what_a_log_refuses_is_told_with_what_to_do(ready: Any) -> None:
    [trust] = json.loads(ready("trust", "show", *PROVINCE, "--json").out)
    [code] = [key["issuer"][-8:] for key in trust["keys"] if key["role"] == "producer"]
    revoked = ready("trust", "revoke", code, "--reason", "ceased", "--yes", *PROVINCE)
    assert revoked.code == 0, revoked.err
    with running(ready.folder / "province") as (_, url):
        ready("log", "destination", "add", url, *COOP)
        done = ready("log", "submit", *QUICK, *COOP)
        assert (done.code, "was revoked" in done.out) == (1, True)
        assert ready("log", "submit", *QUICK, *COOP).code == 0
        assert ready("log", "submit", "--again", *QUICK, *COOP).code == 1
    assert "was revoked" in ready("log", "destination", "list", *COOP).out


def test_misuse_is_told(ready: Any) -> None:
    assert ready("log", "destination", "add", "ftp://log.example", *COOP).code == 2
    other = ready("log", "destination", "add", member.URL, "--origin", "x.example/log", *COOP)
    assert (other.code, "x.example/log" in other.err) == (2, True)
    assert ready("log", "destination", "drop", "x.example/log", *COOP).code == 2
    assert ready("log", "submit", "--patience", "-1", *COOP).code == 2
