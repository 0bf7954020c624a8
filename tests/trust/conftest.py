from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from clock import Clock
from ocoptrace.cli.pinned_roots import PinnedRoot
from ocoptrace.signing import Root
from ocoptrace.signing.trusted import Trusted
from ocoptrace.workspace import Workspace
from trust_simulator import Machine, Office, Producer, Verifier

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from trust_simulator import Client


@pytest.fixture
def office() -> Office:
    return Office()


@pytest.fixture(scope="session")
def going_by(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a workspace that goes by an office's first files; to be copied."""
    folder = tmp_path_factory.mktemp("going_by") / "coop"
    office = Office()
    files = {"root": office.roots[0], "bundle": office.bundles[0]}
    Workspace.create(folder, clock=Clock(), **files).close()
    return folder


@pytest.fixture(params=["verifier", "machine", "producer"])
def client(
    request: pytest.FixtureRequest,
    office: Office,
    tmp_path: Path,
    going_by: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Client]:
    """Somebody who goes by the office's first root and bundle, in each way that there is."""
    if request.param == "verifier":
        yield Verifier(Trusted(Root.load(office.roots[0])).update(office.bundles[:1]))
    elif request.param == "machine":
        monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
        pinned = PinnedRoot.new(office.roots[0])
        pinned.load(office.bundles[0])
        yield Machine(pinned.folder)
    else:
        shutil.copytree(going_by, tmp_path / "coop")
        workspace = Workspace.open(tmp_path / "coop", clock=Clock())
        yield Producer(workspace)
        workspace.close()
