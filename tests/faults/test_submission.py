"""Whatever cuts a submission short, on either side: one place for a statement, no proof lost."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING

import pytest

import member
from cut_short import broken

if TYPE_CHECKING:
    from pathlib import Path

SCRIPT = "broken_submission.py"
STRIDE = int(os.environ.get("OCOPTRACE_FAULT_STRIDE", "12"))


@pytest.fixture(scope="session")
def both(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a province and a member of its log; to be copied."""
    folder = tmp_path_factory.mktemp("broken-submission")
    member.found(folder)
    return folder


@pytest.mark.skipif(os.name != "posix", reason="needs fork and SIGKILL")
def test_killed_at_any_point_a_statement_has_one_place(both: Path) -> None:
    # OCOPTRACE_FAULT_STRIDE=1 takes every point, and some minutes.
    found = broken(SCRIPT, "kill", both, STRIDE)
    # Each point was reached, and after the last of them the work came through.
    assert found[-1] == (0, 0)
    assert found[:-1] == [(-9, 0)] * (len(found) - 1)
    assert len(found) > 8


@pytest.mark.skipif(os.name != "posix", reason="needs fork and SIGPROF")
def test_killed_at_any_time_a_statement_has_one_place(both: Path) -> None:
    found = broken(SCRIPT, "anytime", both, 144 // STRIDE)
    assert {looked for _, looked in found} == {0}
    assert {ended for ended, _ in found} <= {0, -signal.SIGPROF}
    assert len(found) == 144 // STRIDE
