"""Whatever cuts a label run short, no serial is lost or issued twice, and it can be finished."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from clock import Clock
from cut_short import ROOT, broken
from ocoptrace.workspace import Workspace

if TYPE_CHECKING:
    from pathlib import Path

SCRIPT = "broken_run.py"
STRIDE = os.environ.get("OCOPTRACE_FAULT_STRIDE", "6")
"""1 takes every way to break it, and some minutes."""


@pytest.fixture(scope="session")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a workspace with a batch; to be copied."""
    folder = tmp_path_factory.mktemp("broken") / "ocop"
    ws = Workspace.create(folder, clock=Clock())
    ws.import_registry(ROOT / "examples" / "stories" / "shrimp-paste.json")
    ws.close()
    return folder


@pytest.mark.skipif(os.name != "posix", reason="needs fork and SIGKILL")
@pytest.mark.parametrize("ending", ["pdf", "zpl"])
def test_killed_at_any_point_it_can_be_finished_with_the_same_serials(
    workspace: Path, ending: str
) -> None:
    found = broken(SCRIPT, "kill", ending, workspace, STRIDE)
    # Each point was reached, and after the last of them the run came through.
    assert found[-1] == (0, 0)
    assert found[:-1] == [(-9, 0)] * (len(found) - 1)
    assert len(found) > 15


@pytest.mark.skipif(os.name != "posix", reason="needs RLIMIT_FSIZE")
@pytest.mark.parametrize("ending", ["pdf", "zpl"])
def test_on_a_full_disk_it_can_be_finished_when_there_is_room(workspace: Path, ending: str) -> None:
    found = broken(SCRIPT, "full", ending, workspace, STRIDE)
    assert found[-1] == (0, 0)
    assert found[:-1] == [(3, 0)] * (len(found) - 1)
    assert len(found) > 5
