"""The passphrase of key files: from the environment, from a file, or asked; never an argument.

An argument would stand in the history of the shell and in the list of processes.
"""

import os
import sys
from collections.abc import Iterable
from pathlib import Path

import typer

from ocoptrace.cli.terminal import Terminal
from ocoptrace.errors import InputError
from ocoptrace.store import read_passphrase

__all__ = ["given_passphrase", "go_by_file", "is_terminal", "new_passphrase", "passphrase_of"]

_FILE, _WORDS = "OCOPTRACE_PASSPHRASE_FILE", "OCOPTRACE_PASSPHRASE"
_LOCKED = b"-----BEGIN ENCRYPTED PRIVATE KEY-----"


def go_by_file(path: Path) -> None:
    """Let a file be where the passphrase of this run stands."""
    os.environ[_FILE] = str(path)


def given_passphrase() -> bytes | None:
    """Return the passphrase of the file or of the environment, or None where there is none.

    Raises:
        StorageError: the file is missing, empty, or others may read it.
    """
    if path := os.environ.get(_FILE):
        return read_passphrase(Path(path))
    return os.fsencode(os.environ.get(_WORDS, "")) or None


def passphrase_of(files: Iterable[Path], terminal: Terminal) -> bytes | None:
    """Return the passphrase that key files are locked with: given, or asked where one is locked.

    Raises:
        StorageError: the file with the passphrase is missing, empty, or others may read it.
    """
    given = given_passphrase()
    if given is None and is_terminal() and any(_is_locked(path) for path in files):
        return _asked(terminal.text("cli.passphrase.ask"))
    return given


def new_passphrase(
    terminal: Terminal, *, file: Path | None = None, given: bytes | None = None
) -> bytes | None:
    """Return the passphrase for files that are to be locked: of a file, given, or asked twice.

    Args:
        terminal: where it is asked.
        file: the file where it stands, if any.
        given: what counts where there is no file.

    Returns:
        The passphrase; None where nobody gave one.

    Raises:
        InputError: it was not typed the same twice.
        StorageError: the file is missing, empty, or others may read it.
    """
    if file is not None:
        return read_passphrase(file)
    if given is not None or not is_terminal():
        return given
    first = _asked(terminal.text("cli.passphrase.ask_new"))
    if first is not None and _asked(terminal.text("cli.passphrase.ask_again")) != first:
        raise InputError("cli.passphrase_differs")
    return first


def _asked(words: str) -> bytes | None:
    answer: str = typer.prompt(words, default="", hide_input=True, show_default=False, err=True)
    return os.fsencode(answer) or None


def is_terminal() -> bool:
    """Tell whether somebody is there to be asked."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def _is_locked(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return file.read(len(_LOCKED)) == _LOCKED
    except OSError:
        return False  # whoever reads the key says what is wrong with its file
