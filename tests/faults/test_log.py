"""Whatever cuts the log short, nothing acknowledged is lost and no two histories are signed."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING

import pytest

from clock import Clock
from cut_short import broken
from ocoptrace.workspace import Workspace

if TYPE_CHECKING:
    from pathlib import Path

SCRIPT = "broken_log.py"


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a workspace whose log is published beside it; to be copied."""
    folder = tmp_path_factory.mktemp("broken-log") / "ocop"
    ws = Workspace.create(folder, clock=Clock())
    ws.publish_log(folder.with_name("public"))
    # Copies are published elsewhere.
    (folder / "published.json").unlink()
    ws.close()
    return folder


@pytest.mark.skipif(os.name != "posix", reason="needs fork and SIGKILL")
def test_killed_at_any_point_nothing_is_lost_and_nothing_forks(published: Path) -> None:
    # OCOPTRACE_FAULT_STRIDE=1 takes every point, and some minutes.
    found = broken(SCRIPT, "kill", published, int(os.environ.get("OCOPTRACE_FAULT_STRIDE", "12")))
    # Each point was reached, and after the last of them the work came through.
    assert found[-1] == (0, 0)
    assert found[:-1] == [(-9, 0)] * (len(found) - 1)
    assert len(found) > 12


@pytest.mark.skipif(os.name != "posix", reason="needs fork and SIGPROF")
def test_killed_at_any_time_nothing_is_lost_and_nothing_forks(published: Path) -> None:
    # With OCOPTRACE_FAULT_STRIDE=1 more than a hundred times.
    stride = int(os.environ.get("OCOPTRACE_FAULT_STRIDE", "12"))
    found = broken(SCRIPT, "anytime", published, 144 // stride)
    assert {looked for _, looked in found} == {0}
    assert {ended for ended, _ in found} <= {0, -signal.SIGPROF}
    assert len(found) == 144 // stride


@pytest.mark.skipif(os.name != "posix", reason="needs RLIMIT_FSIZE")
def test_on_a_full_disk_nothing_is_lost_and_it_goes_on_when_there_is_room(published: Path) -> None:
    found = broken(SCRIPT, "full", published, 16)
    assert found[-1] == (0, 0)
    assert found[:-1] == [(3, 0)] * (len(found) - 1)
    assert len(found) > 9
