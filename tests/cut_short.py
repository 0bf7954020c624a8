"""Runs the scripts of ``tests/faults`` that cut work short, in processes of their own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

__all__ = ["ROOT", "broken"]

ROOT = Path(__file__).parents[1]


def broken(script: str, *arguments: object) -> list[tuple[int, int]]:
    """Break a piece of work in all ways of a kind; return how each ended, and what it left."""
    environ = os.environ | {
        "OPENBLAS_NUM_THREADS": "1",  # a process with threads should not be forked
        "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT / "tests")]),
    }
    done = subprocess.run(  # noqa: S603 - our own
        [sys.executable, str(ROOT / "tests" / "faults" / script), *map(str, arguments)],
        env=environ,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    rows = [line.split() for line in done.stdout.splitlines() if not line.startswith(" ")]
    return [(int(ended), int(looked)) for _, ended, looked in rows]
