"""The command line as its users meet it: a process of its own, in a folder of its own."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).parents[2]
STORY = ROOT / "examples" / "stories" / "shrimp-paste.json"
BATCH = "https://id.example/01/09524071001014/10/ST260915"
FORK_SERVER = Path(__file__).with_name("fork_server.py")
STARTING = {
    "LANG": "C.UTF-8",
    "OPENBLAS_NUM_THREADS": "1",  # a process with threads should not be forked
    "PATH": os.environ["PATH"],
    "PYTHONPATH": str(ROOT / "src"),
    # Font files stay open until the end, on purpose.
    "PYTHONWARNINGS": "error,ignore::ResourceWarning",
}


@dataclass(frozen=True)
class Run:
    """What a command left behind in the terminal."""

    code: int
    out: str
    err: str


@dataclass(frozen=True)
class Cli:
    """The command line in one folder, with nothing of the user's own around it.

    Attributes:
        folder: where commands run.
        terminal: where what they print is kept.
        server: what starts them; see fork_server.py.
    """

    folder: Path
    terminal: Path
    server: subprocess.Popen[str]

    def __call__(
        self,
        *arguments: object,
        lang: str = "en",
        environ: dict[str, str] | None = None,
        file_size: int | None = None,
    ) -> Run:
        """Run a command in a process of its own.

        Args:
            arguments: what stands behind ``ocoptrace``.
            lang: ``OCOPTRACE_LANG``.
            environ: more environment variables.
            file_size: the bytes that a file may have at most.
        """
        surroundings = {
            "HOME": str(self.folder),
            "OCOPTRACE_LANG": lang,
            "XDG_CONFIG_HOME": str(self.folder / "config"),
        }
        out, err = self.terminal / "out", self.terminal / "err"
        command = {
            "arguments": [str(argument) for argument in arguments],
            "folder": str(self.folder),
            "environ": STARTING | surroundings | (environ or {}),
            "out": str(out),
            "err": str(err),
            "file_size": file_size,
        }
        assert self.server.stdin is not None
        assert self.server.stdout is not None
        self.server.stdin.write(json.dumps(command) + "\n")
        self.server.stdin.flush()
        code = int(self.server.stdout.readline())
        return Run(code, out.read_text(encoding="utf-8"), err.read_text(encoding="utf-8"))


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
    """Return what a folder holds: the hash of every file, and every folder.

    What is remembered in ``config`` is none of it: a bundle that was seen stays seen.
    """
    return {
        str(path.relative_to(folder)): (
            hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "folder"
        )
        for path in sorted(folder.rglob("*"))
        if path.relative_to(folder).parts[0] != "config"
    }


@pytest.fixture(scope="session")
def cli_in(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[Path], Cli]]:
    """Return the command line in a folder."""
    terminal = tmp_path_factory.mktemp("terminal")
    with subprocess.Popen(  # noqa: S603 - our own program
        [sys.executable, str(FORK_SERVER)],
        env=STARTING,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        encoding="utf-8",
    ) as server:
        yield lambda folder: Cli(folder, terminal, server)
        assert server.stdin is not None
        server.stdin.close()


@pytest.fixture
def cli(tmp_path: Path, cli_in: Callable[[Path], Cli]) -> Cli:
    return cli_in(tmp_path)


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory, cli_in: Callable[[Path], Cli]) -> Demo:
    """One demo for all tests of a process."""
    folder = tmp_path_factory.mktemp("session")
    made = cli_in(folder)("demo", "--out", "demo")
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
