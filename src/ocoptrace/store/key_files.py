"""Key files: PKCS#8 PEM, readable by their owner alone, locked where a passphrase is set.

>>> import tempfile, pathlib
>>> from ocoptrace.signing import SoftwareSigner
>>> folder = pathlib.Path(tempfile.mkdtemp())
>>> signer = SoftwareSigner.generate("ES256")
>>> path = write_key(folder / "producer.pem", signer)
>>> oct(path.stat().st_mode & 0o777), read_key(path).public_key == signer.public_key
('0o600', True)
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from ocoptrace.errors import SigningError, StorageError
from ocoptrace.signing import SoftwareSigner
from ocoptrace.store.whole_file import sync_folder

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["read_key", "write_key"]

_OTHERS = 0o077
_MAX_BYTES = 16 * 1024


def write_key(path: Path, signer: SoftwareSigner, *, passphrase: bytes | None = None) -> Path:
    """Write a new key file and return its path. A file that is there is never overwritten.

    Raises:
        StorageError: the file exists, or the disk refuses; then there is no new file.
        SigningError: a passphrase that is too long.
    """
    pem = signer.to_pem(passphrase=passphrase)
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _write_new(path, pem)
        sync_folder(path.parent)
    except FileExistsError as error:
        raise StorageError("store.key_exists", path=path) from error
    except OSError as error:
        raise StorageError("store.file", path=path, reason=error.strerror) from error
    return path


def _write_new(path: Path, data: bytes) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def read_key(path: Path, *, passphrase: bytes | None = None) -> SoftwareSigner:
    """Return the signer of a key file.

    Raises:
        StorageError: the file is missing, or others may read it.
        SigningError: not a key file, or another passphrase.
    """
    try:
        if os.name == "posix" and path.stat().st_mode & _OTHERS:
            raise StorageError("store.key_mode", path=path)
        with path.open("rb") as file:
            data = file.read(_MAX_BYTES)
    except OSError as error:
        raise StorageError("store.file", path=path, reason=error.strerror) from error
    try:
        return SoftwareSigner.from_pem(data, passphrase=passphrase)
    except SigningError as error:
        raise SigningError(error.code, place=str(path), **error.facts) from error
