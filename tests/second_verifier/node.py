"""The second verifier in Node: cases in, what came of each out. One process for all of them."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from vectors.trust_running import FOLDER

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["VERIFIER", "expected_of", "found_by", "made_of", "node", "run_script"]

HERE = Path(__file__).parent
VERIFIER = HERE.parents[1] / "src" / "ocoptrace" / "web" / "static" / "verify.js"
OLDEST = 20
"""The first version of Node whose globals have WebCrypto."""


def node() -> str:
    """Return the program of Node; the test is skipped where there is none, and fails in CI."""
    # `make node` puts one beside Python where the machine's own is none or too old.
    for folder in (None, Path(sys.executable).parent):
        program = shutil.which("node", path=folder)
        if program is not None:
            said = subprocess.run(  # noqa: S603
                [program, "--version"], capture_output=True, text=True, check=True
            )
            if int(said.stdout.strip().removeprefix("v").partition(".")[0]) >= OLDEST:
                return program
    absent = f"no Node {OLDEST} or later; `make test` installs it where it may"
    if os.environ.get("CI"):
        pytest.fail(absent)
    pytest.skip(absent)


def run_script(script: str | Path, *arguments: str | Path, lines: str = "") -> str:
    """Return what a script, of this folder or another, printed; it may say nothing else."""
    command = [node(), HERE / script, *arguments]
    done = subprocess.run(command, input=lines, capture_output=True, text=True, check=False)  # noqa: S603
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    return done.stdout


def made_of(cases: Sequence[dict[str, Any]], *options: str) -> list[dict[str, Any]]:
    """Return what the second verifier makes of each case, in their order."""
    given = ({name: case[name] for name in case if name != "expect"} for case in cases)
    lines = "".join(f"{json.dumps(each)}\n" for each in given)
    printed = run_script("in_node.mjs", VERIFIER, FOLDER, *options, lines=lines)
    made = [json.loads(line) for line in printed.splitlines()]
    assert len(made) == len(cases)
    return made


def found_by(made: dict[str, Any]) -> dict[str, Any]:
    """Return a verdict or an acceptance as a case says what it expects, without its code."""
    if "checks" not in made:
        return {name: made[name] for name in made if name != "error"}
    checks = sorted(
        [check[name] for name in ("code", "outcome", "reason")] for check in made["checks"]
    )
    return {"about": made["about"], "overall": made["overall"], "checks": checks}


def expected_of(case: dict[str, Any]) -> dict[str, Any]:
    """Return what a case expects, without our codes of errors."""
    expect = case["expect"]
    kept = ("accepted", "version") if "accepted" in expect else ("about", "overall", "checks")
    return {name: expect[name] for name in kept if name in expect}
