"""A verdict needs the files alone: no network, no workspace."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

SOURCE = Path(__file__).parents[2] / "src"
PROGRAM = "from ocoptrace.cli import main; main()"
TRUST = ("--trust", "bundle.json", "--root", "root.json")
NO_SOCKETS = """
import socket


def refuse(*arguments, **options):
    raise OSError("the network is off")


socket.socket = socket.create_connection = socket.getaddrinfo = refuse
"""
CONNECT = "import socket; socket.create_connection(('127.0.0.1', {port}), timeout=5)"


def quiet_namespace(folder: Path) -> tuple[list[str], dict[str, str]]:
    """Return what starts a process in a network of its own, with nothing in it."""
    del folder
    try:
        subprocess.run(["unshare", "--net", "true"], check=True, capture_output=True)  # noqa: S607
    except (OSError, subprocess.CalledProcessError) as error:
        pytest.skip(f"this user may not make a network namespace: {error}")
    return ["unshare", "--net"], {"PYTHONPATH": str(SOURCE)}


def no_sockets(folder: Path) -> tuple[list[str], dict[str, str]]:
    """Return what starts a Python in which no socket can be made."""
    (folder / "quiet").mkdir()
    (folder / "quiet" / "sitecustomize.py").write_text(NO_SOCKETS)
    return [], {"PYTHONPATH": os.pathsep.join((str(folder / "quiet"), str(SOURCE)))}


@pytest.fixture(params=[quiet_namespace, no_sockets], ids=["no network", "no sockets"])
def offline(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    """Run Python code with the network off, in a folder that holds files alone."""
    before, environ = request.param(tmp_path)
    surroundings = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "HOME": str(tmp_path)}

    def run(code: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(  # noqa: S603 - our own program
            [*before, sys.executable, "-c", code, *arguments],
            cwd=tmp_path,
            env=surroundings | environ,
            capture_output=True,
            encoding="utf-8",
            check=False,
        )

    return run


def test_the_network_is_off(offline: Any) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        connect = CONNECT.format(port=port)
        alone = subprocess.run([sys.executable, "-c", connect], check=False)  # noqa: S603
        assert alone.returncode == 0
        assert offline(connect).returncode != 0


@pytest.mark.parametrize("target", ["record.ocop", "stickers.png"])
def test_a_verdict_needs_neither_network_nor_workspace(
    offline: Any, demo: Any, tmp_path: Path, target: str
) -> None:
    demo.copy(target, "bundle.json", "root.json", to=tmp_path)
    run = offline(PROGRAM, "--lang", "en", "verify", target, *TRUST)
    word = {"record.ocop": "[ok]", "stickers.png": "[ok_offline]"}[target]
    assert run.stderr == ""
    assert word in run.stdout
    assert run.returncode == (0 if target == "record.ocop" else 1)
