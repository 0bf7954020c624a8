"""What several commands share: finding the workspace, reading files, telling kinds apart."""

import os
import re
import shutil
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Literal, TypeVar

from ocoptrace import canonical_json
from ocoptrace.cli.passphrase import given_passphrase, passphrase_of
from ocoptrace.cli.pin import given_pin, pin_from
from ocoptrace.cli.terminal import Terminal
from ocoptrace.errors import InputError, StorageError, WorkspaceError
from ocoptrace.findings import Finding
from ocoptrace.registry.story import SCHEMA
from ocoptrace.workspace import Workspace
from ocoptrace.workspace.workspace import is_workspace

__all__ = [
    "FileKind",
    "choice",
    "configuration",
    "destination",
    "find_workspace",
    "kind_of",
    "located",
    "open_workspace",
    "program",
    "read_file",
    "statement_id",
]

FileKind = Literal[
    "pdf", "png", "jpeg", "record", "statement", "story", "json", "text", "unknown"
]  # fmt: skip

Word = TypeVar("Word", bound=str)

_NAME = "ocoptrace"
_ID = re.compile(r"[0-9A-Fa-f]{64}")
_MAX_BYTES = 64 * 2**20
_MAGIC: tuple[tuple[bytes, FileKind], ...] = (
    (b"%PDF-", "pdf"),
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"\xff\xd8\xff", "jpeg"),
    (b"\xd2\x84", "statement"),
)
_SUFFIXES: dict[str, FileKind] = {
    ".ocop": "record",
    ".pdf": "pdf",
    ".png": "png",
    ".jpg": "jpeg",
    ".jpeg": "jpeg",
}
_USUAL_PLACES = (".", "ocop", "demo/workspace", "workspace")


def find_workspace(given: Path | None) -> Path | None:
    """Return the workspace asked for, that of the environment, or one in a usual place."""
    if given is not None:
        return given
    if named := os.environ.get("OCOPTRACE_WORKSPACE"):
        return Path(named)
    return next((Path(place) for place in _USUAL_PLACES if is_workspace(Path(place))), None)


def configuration() -> Path:
    """Return the folder of what the user keeps for every workspace."""
    home = os.environ.get("XDG_CONFIG_HOME") or str(Path.home() / ".config")
    return Path(home) / _NAME


def open_workspace(given: Path | None, asking: Terminal | None = None) -> Workspace:
    """Return an open workspace.

    Args:
        given: its folder; None for the usual places.
        asking: where to ask for the passphrase of locked keys and the PINs of tokens, for a
            command that signs.

    Raises:
        WorkspaceError: there is none.
        StorageError: its database or the file with its passphrase cannot be used.
    """
    path = find_workspace(given)
    if path is None:
        raise WorkspaceError("cli.no_workspace")
    if asking is None:
        return Workspace.open(path, passphrase=given_passphrase(), pin=given_pin)
    passphrase = passphrase_of((path / "keys").glob("*.pem"), asking)
    return Workspace.open(path, passphrase=passphrase, pin=pin_from(asking))


def choice(what: str, value: str, known: Sequence[Word]) -> Word:
    """Return a word that is one of those known.

    Raises:
        InputError: it is not.
    """
    for word in known:
        if word == value:
            return word
    raise InputError("cli.no_such_choice", what=what, value=value, known=", ".join(known))


def statement_id(words: str) -> bytes:
    """Return a statement's id, of 64 hexadecimal digits.

    Raises:
        InputError: it is not written so.
    """
    if not _ID.fullmatch(words):
        raise InputError("cli.not_an_id", value=words)
    return bytes.fromhex(words)


def program() -> str:
    """Return how this program is called from where the user is."""
    called = Path(sys.argv[0])
    if called.name != _NAME or not called.is_file():
        return _NAME
    if (found := shutil.which(_NAME)) and Path(found).samefile(called):
        return _NAME
    path = called.absolute()
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)


def read_file(path: Path) -> bytes:
    """Return the bytes of a file.

    Raises:
        InputError: it is missing, too large, or cannot be read.
    """
    try:
        with path.open("rb") as file:
            # Of a pipe or a device nobody knows the size before.
            data = file.read(_MAX_BYTES + 1)
    except FileNotFoundError as error:
        raise InputError("cli.no_file", path=path) from error
    except IsADirectoryError as error:
        raise InputError("cli.is_folder", path=path) from error
    except OSError as error:
        raise InputError("errors.unreadable", path=path, reason=error.strerror) from error
    if len(data) > _MAX_BYTES:
        raise InputError("cli.file_too_large", path=path, limit=_MAX_BYTES)
    return data


def destination(path: Path) -> Path:
    """Return a path that a file can be written to: asked before work is done for it.

    Raises:
        StorageError: a folder is there, or no file can be made there.
    """
    if path.is_dir():
        raise StorageError("cli.is_folder", path=path)
    folder = next(parent for parent in path.absolute().parents if parent.exists())
    if not folder.is_dir() or not os.access(folder, os.W_OK):
        raise StorageError("cli.no_writing", path=path, folder=folder)
    return path


@contextmanager
def located(where: str) -> Iterator[None]:
    """Say of what is wrong with an input where it stands: in which file, in which part."""
    try:
        yield
    except InputError as error:
        found = [
            replace(each, place=where + each.place)
            for each in error.findings
            if isinstance(each, Finding)
        ]
        place = (where + error.place).removesuffix(": ")
        raise type(error)(error.code, place=place, findings=found, **error.facts) from error


def kind_of(data: bytes, path: Path | None = None) -> FileKind:
    """Return what a file is, from its first bytes and members.

    Args:
        data: the file.
        path: where it was; its ending says what a damaged file is meant to be.
    """
    kind = next((kind for magic, kind in _MAGIC if data.startswith(magic)), None)
    if kind is None:
        kind = _json_kind(data) if data.lstrip()[:1] in {b"{", b"["} else _text_kind(data)
    if kind in {"json", "unknown"} and path is not None:
        return _SUFFIXES.get(path.suffix.lower(), kind)
    return kind


def _text_kind(data: bytes) -> FileKind:
    try:
        return "text" if "://" in data.decode() else "unknown"
    except UnicodeDecodeError:
        return "unknown"


def _json_kind(data: bytes) -> FileKind:
    try:
        value = canonical_json.loads(data, max_bytes=_MAX_BYTES)
    except InputError:
        # A damaged record is still meant as one: its own reader says what is wrong with it.
        return "record" if b'"format":"ocop-record' in data else "json"
    if isinstance(value, dict):
        if str(value.get("format", "")).startswith("ocop-record/"):
            return "record"
        if value.get("schema") == SCHEMA:
            return "story"
    return "json"
