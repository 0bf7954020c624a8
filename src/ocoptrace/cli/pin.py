"""The PIN of a token: from a file, from the environment, or asked; never an argument, never kept.

What was asked is remembered while the command runs, so that nobody is asked twice; it is written
nowhere. A PIN in the environment can be read by other programs of the same user: a file is better.
"""

import os
from collections.abc import Callable
from functools import cache
from pathlib import Path

import typer

from ocoptrace.cli.passphrase import is_terminal
from ocoptrace.cli.terminal import Terminal
from ocoptrace.store import read_passphrase

__all__ = ["given_pin", "module_named", "pin_from"]

_FILE, _WORDS, _MODULE = "OCOPTRACE_PIN_FILE", "OCOPTRACE_PIN", "OCOPTRACE_PKCS11_MODULE"


def given_pin(_token: str) -> str | None:
    """Return the PIN of the file or of the environment, or None where there is none.

    Raises:
        StorageError: the file is missing, empty, or others may read it.
    """
    if path := os.environ.get(_FILE):
        return os.fsdecode(read_passphrase(Path(path)))
    return os.environ.get(_WORDS) or None


def pin_from(terminal: Terminal) -> Callable[[str], str | None]:
    """Return what gives the PIN of a token: the given one, else what is typed at the terminal."""

    @cache
    def pin(token: str) -> str | None:
        given = given_pin(token)
        if given is not None or not is_terminal():
            return given
        words = terminal.text("cli.pin.ask", token=token)
        answer: str = typer.prompt(words, default="", hide_input=True, show_default=False, err=True)
        return answer or None

    return pin


def module_named(uri: str) -> str:
    """Return a PKCS#11 URI that names its library: its own, else that of the environment."""
    module = os.environ.get(_MODULE)
    if not module or "module-path=" in uri:
        return uri
    return f"{uri}{'&' if '?' in uri else '?'}module-path={module}"
