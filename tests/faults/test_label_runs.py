"""Whatever cuts a label run short, no serial is lost or issued twice, and it can be finished."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from clock import Clock
from ocoptrace.workspace import Workspace

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a workspace with a batch; to be copied."""
    folder = tmp_path_factory.mktemp("broken") / "ocop"
    ws = Workspace.create(folder, clock=Clock())
    ws.import_registry(ROOT / "examples" / "stories" / "shrimp-paste.json")
    ws.close()
    return folder


def broken(how: str, ending: str, workspace: Path) -> list[tuple[int, int]]:
    """Break a run in the ways of a kind; return how each ended, and how what it left was.

    ``OCOPTRACE_FAULT_STRIDE=1`` takes every way, and some minutes.
    """
    stride = os.environ.get("OCOPTRACE_FAULT_STRIDE", "6")
    environ = os.environ | {
        "OPENBLAS_NUM_THREADS": "1",  # a process with threads should not be forked
        "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT / "tests")]),
    }
    script = Path(__file__).with_name("broken_run.py")
    done = subprocess.run(  # noqa: S603 - our own
        [sys.executable, str(script), how, ending, str(workspace), stride],
        env=environ,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    rows = [line.split() for line in done.stdout.splitlines() if not line.startswith(" ")]
    return [(int(ended), int(looked)) for _, ended, looked in rows]


@pytest.mark.skipif(os.name != "posix", reason="needs fork and SIGKILL")
@pytest.mark.parametrize("ending", ["pdf", "zpl"])
def test_killed_at_any_point_it_can_be_finished_with_the_same_serials(
    workspace: Path, ending: str
) -> None:
    found = broken("kill", ending, workspace)
    # Each point was reached, and after the last of them the run came through.
    assert found[-1] == (0, 0)
    assert found[:-1] == [(-9, 0)] * (len(found) - 1)
    assert len(found) > 15


@pytest.mark.skipif(os.name != "posix", reason="needs RLIMIT_FSIZE")
@pytest.mark.parametrize("ending", ["pdf", "zpl"])
def test_on_a_full_disk_it_can_be_finished_when_there_is_room(workspace: Path, ending: str) -> None:
    found = broken("full", ending, workspace)
    assert found[-1] == (0, 0)
    assert found[:-1] == [(3, 0)] * (len(found) - 1)
    assert len(found) > 5
