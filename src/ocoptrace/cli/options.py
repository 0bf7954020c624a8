"""What several commands share: finding the workspace, reading files, telling kinds apart."""

import os
from pathlib import Path
from typing import Literal

from ocoptrace import canonical_json
from ocoptrace.errors import InputError, WorkspaceError
from ocoptrace.registry.story import SCHEMA
from ocoptrace.workspace import Workspace
from ocoptrace.workspace.workspace import is_workspace

__all__ = ["FileKind", "find_workspace", "kind_of", "open_workspace", "read_file"]

FileKind = Literal["pdf", "png", "jpeg", "record", "story", "json", "text", "unknown"]

_MAX_BYTES = 64 * 2**20
_MAGIC: tuple[tuple[bytes, FileKind], ...] = (
    (b"%PDF-", "pdf"),
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"\xff\xd8\xff", "jpeg"),
)
_USUAL_PLACES = (".", "ocop", "demo/workspace", "workspace")


def find_workspace(given: Path | None) -> Path | None:
    """Return the workspace asked for, that of the environment, or one in a usual place."""
    if given is not None:
        return given
    if named := os.environ.get("OCOPTRACE_WORKSPACE"):
        return Path(named)
    return next((Path(place) for place in _USUAL_PLACES if is_workspace(Path(place))), None)


def open_workspace(given: Path | None) -> Workspace:
    """Return an open workspace.

    Raises:
        WorkspaceError: there is none.
    """
    path = find_workspace(given)
    if path is None:
        raise WorkspaceError("cli.no_workspace")
    passphrase = os.environ.get("OCOPTRACE_PASSPHRASE")
    return Workspace.open(path, passphrase=passphrase.encode() if passphrase else None)


def read_file(path: Path) -> bytes:
    """Return the bytes of a file.

    Raises:
        InputError: it is missing, too large, or cannot be read.
    """
    try:
        if path.stat().st_size > _MAX_BYTES:
            raise InputError("cli.file_too_large", path=path, limit=_MAX_BYTES)
        return path.read_bytes()
    except OSError as error:
        raise InputError("errors.unreadable", path=path, reason=error.strerror) from error


def kind_of(data: bytes) -> FileKind:
    """Return what a file is, from its first bytes and members."""
    for magic, kind in _MAGIC:
        if data.startswith(magic):
            return kind
    start = data.lstrip()[:1]
    if start in {b"{", b"["}:
        return _json_kind(data)
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return "unknown"
    return "text" if "://" in text else "unknown"


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
