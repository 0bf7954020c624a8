"""Files that are written whole or not at all.

>>> import tempfile, pathlib
>>> path = pathlib.Path(tempfile.mkdtemp()) / "record.ocop"
>>> write_whole(path, b"{}").read_bytes()
b'{}'
"""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from ocoptrace.errors import StorageError

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["sync_folder", "write_whole"]


def sync_folder(folder: Path) -> None:
    """Have the disk keep a folder's names; where folders cannot be synced, do nothing."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_whole(path: Path, data: bytes | Iterable[bytes]) -> Path:
    """Write a file and return its path; what stood there before is replaced in one step.

    Args:
        path: the file.
        data: its bytes; or pieces of them, each written when it is there. What raises while
            they are made passes through, and leaves no file.

    Raises:
        StorageError: the disk refuses; then the old file, if any, is untouched.
    """
    scratch: Path | None = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        scratch = Path(name)
        with os.fdopen(handle, "wb") as file:
            file.writelines([data] if isinstance(data, bytes) else data)
            file.flush()
            os.fsync(file.fileno())
        # mkstemp makes a private file; what is written here is meant to be handed on.
        scratch.chmod(0o644)
        scratch.replace(path)
        scratch = None
        sync_folder(path.parent)
    except OSError as error:
        raise StorageError("store.file", path=path, reason=error.strerror) from error
    finally:
        if scratch is not None:
            with contextlib.suppress(OSError):
                scratch.unlink()
    return path
