"""Whatever cuts a submission short, on either side: one place for a statement, no proof lost."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

import member

ROOT = Path(__file__).parents[2]
STRIDE = int(os.environ.get("OCOPTRACE_FAULT_STRIDE", "12"))


@pytest.fixture(scope="session")
def both(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a province and a member of its log; to be copied."""
    folder = tmp_path_factory.mktemp("broken-submission")
    member.found(folder)
    return folder


def broken(how: str, folder: Path, number: int) -> list[tuple[int, int]]:
    """Break a submission in the ways of a kind; return how each ended, and what it left."""
    environ = os.environ | {
        "OPENBLAS_NUM_THREADS": "1",  # a process with threads should not be forked
        "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT / "tests")]),
    }
    script = Path(__file__).with_name("broken_submission.py")
    done = subprocess.run(  # noqa: S603 - our own
        [sys.executable, str(script), how, str(folder), str(number)],
        env=environ,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    rows = [line.split() for line in done.stdout.splitlines() if not line.startswith(" ")]
    return [(int(ended), int(looked)) for _, ended, looked in rows]


@pytest.mark.skipif(os.name != "posix", reason="needs fork and SIGKILL")
def test_killed_at_any_point_a_statement_has_one_place(both: Path) -> None:
    # OCOPTRACE_FAULT_STRIDE=1 takes every point, and some minutes.
    found = broken("kill", both, STRIDE)
    # Each point was reached, and after the last of them the work came through.
    assert found[-1] == (0, 0)
    assert found[:-1] == [(-9, 0)] * (len(found) - 1)
    assert len(found) > 8


@pytest.mark.skipif(os.name != "posix", reason="needs fork and SIGPROF")
def test_killed_at_any_time_a_statement_has_one_place(both: Path) -> None:
    found = broken("anytime", both, 144 // STRIDE)
    assert {looked for _, looked in found} == {0}
    assert {ended for ended, _ in found} <= {0, -signal.SIGPROF}
    assert len(found) == 144 // STRIDE
