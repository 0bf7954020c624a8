"""The command line as its users meet it: a process of its own, in a folder of its own."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parents[2]
STORY = ROOT / "examples" / "stories" / "shrimp-paste.json"
BATCH = "https://id.example/01/09524071001014/10/ST260915"
PROGRAM = "from ocoptrace.cli import main; main()"


@dataclass(frozen=True)
class Run:
    """What a command left behind in the terminal."""

    code: int
    out: str
    err: str


@dataclass(frozen=True)
class Cli:
    """The command line in one folder, with nothing of the user's own around it."""

    folder: Path

    def __call__(
        self,
        *arguments: object,
        lang: str = "en",
        before: tuple[str, ...] = (),
        environ: dict[str, str] | None = None,
        **options: Any,
    ) -> Run:
        """Run a command.

        Args:
            arguments: what stands behind ``ocoptrace``.
            lang: ``OCOPTRACE_LANG``.
            before: a command that starts ours.
            environ: more environment variables.
            options: more for ``subprocess.run``.
        """
        surroundings = {
            "HOME": str(self.folder),
            "LANG": "C.UTF-8",
            "OCOPTRACE_LANG": lang,
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(ROOT / "src"),
            "PYTHONWARNINGS": "error",
            "XDG_CONFIG_HOME": str(self.folder / "config"),
        }
        done = subprocess.run(  # noqa: S603 - our own program
            [*before, sys.executable, "-c", PROGRAM, *map(str, arguments)],
            cwd=self.folder,
            env=surroundings | (environ or {}),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            check=False,
            **options,
        )
        return Run(done.returncode, done.stdout, done.stderr)


@dataclass(frozen=True)
class Demo:
    """A finished demo; whoever changes it works on a copy.

    Attributes:
        folder: where it is.
        out: what it printed, in English.
    """

    folder: Path
    out: str

    @property
    def producer(self) -> str:
        """The code that the producer was issued."""
        found = re.search(r"\(code ([0-9A-Z]{8})\)", self.out)
        assert found is not None
        return found[1]

    def copy(self, *names: str, to: Path) -> None:
        """Copy files and folders of the demo."""
        for name in names:
            if (self.folder / name).is_dir():
                shutil.copytree(self.folder / name, to / name)
            else:
                shutil.copy(self.folder / name, to)


def read_all(folder: Path) -> dict[str, str]:
    """Return what a folder holds: the hash of every file, and every folder."""
    return {
        str(path.relative_to(folder)): (
            hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "folder"
        )
        for path in sorted(folder.rglob("*"))
    }


@pytest.fixture
def cli(tmp_path: Path) -> Cli:
    return Cli(tmp_path)


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    """One demo for all tests of a process."""
    folder = tmp_path_factory.mktemp("session")
    made = Cli(folder)("demo", "--out", "demo")
    assert made.code == 0, made.err
    return Demo(folder / "demo", made.out)


@pytest.fixture(scope="session")
def contents() -> Callable[[Path], dict[str, str]]:
    return read_all


@pytest.fixture(scope="session")
def story() -> Path:
    return STORY


@pytest.fixture(scope="session")
def batch() -> str:
    return BATCH
