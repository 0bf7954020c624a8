"""Key files: PKCS#8 PEM, readable by their owner alone, locked where a passphrase is set.

Behind the private key stands the public one, in clear: what a key is can be told without its
passphrase. Other programs read the first block and take no notice of the second. Of a key on a
token, the file says in its first line where it is (RFC 7512), and holds the public half alone.

>>> import tempfile, pathlib
>>> from ocoptrace.signing import SoftwareSigner
>>> folder = pathlib.Path(tempfile.mkdtemp())
>>> signer = SoftwareSigner.generate("ES256")
>>> path = write_key(folder / "producer.pem", signer, passphrase=b"mat khau")
>>> oct(path.stat().st_mode & 0o777), read_public_key(path) == signer.public_key
('0o600', True)
>>> read_key(path, passphrase=b"mat khau").public_key == signer.public_key
True
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from ocoptrace.errors import SigningError, StorageError
from ocoptrace.signing import PublicKey, SoftwareSigner
from ocoptrace.store.token_uri import SCHEME, TokenUri
from ocoptrace.store.whole_file import sync_folder

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

__all__ = [
    "read_key",
    "read_passphrase",
    "read_public_key",
    "read_token_uri",
    "relock",
    "write_key",
    "write_token_key",
]

_OTHERS: Final = 0o077
_MAX_BYTES: Final = 16 * 1024
_PUBLIC: Final = b"-----BEGIN PUBLIC KEY-----"
_NEW: Final = ".relocked"


def write_key(path: Path, signer: SoftwareSigner, *, passphrase: bytes | None = None) -> Path:
    """Write a new key file and return its path. A file that is there is never overwritten.

    Raises:
        StorageError: the file exists, or the disk refuses; then there is no new file.
        SigningError: a passphrase that is too long.
    """
    return _write_key_file(path, _file_of(signer, passphrase))


def _write_key_file(path: Path, data: bytes) -> Path:
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _write_new(path, data)
        sync_folder(path.parent)
    except FileExistsError as error:
        raise StorageError("store.key_exists", path=path) from error
    except OSError as error:
        raise StorageError("store.file", path=path, reason=error.strerror) from error
    return path


def write_token_key(path: Path, uri: TokenUri, public_key: PublicKey) -> Path:
    """Write a key file for a key that is on a token: where it is, and its public half.

    Raises:
        StorageError: the file exists, or the disk refuses; then there is no new file.
    """
    return _write_key_file(path, f"{uri}\n".encode() + public_key.to_pem())


def read_token_uri(path: Path) -> TokenUri | None:
    """Return where the key of a file is; None where the file holds the key itself.

    Raises:
        StorageError: the file is missing, or others may read it.
        InputError: what stands there is no URI of a key.
    """
    first = _private_bytes(path).partition(b"\n")[0]
    if not first.startswith(SCHEME.encode()):
        return None
    return TokenUri.parse(first.decode("utf-8", "replace").rstrip())


def read_key(path: Path, *, passphrase: bytes | None = None) -> SoftwareSigner:
    """Return the signer of a key file.

    Raises:
        StorageError: the file is missing, others may read it, or its two halves are not one key.
        SigningError: not a key file, or another passphrase.
    """
    private, mark, public = _private_bytes(path).partition(_PUBLIC)
    try:
        signer = SoftwareSigner.from_pem(private, passphrase=passphrase)
        is_one_key = not mark or PublicKey.from_pem(mark + public) == signer.public_key
    except SigningError as error:
        raise SigningError(error.code, place=str(path), **error.facts) from error
    if not is_one_key:
        raise StorageError("store.key_halves", path=path)
    return signer


def read_public_key(path: Path) -> PublicKey | None:
    """Return the public key that stands in a key file; None where the file has none.

    Nothing proves it before the private half is opened: it is for telling keys apart.

    Raises:
        StorageError: the file is missing, or others may read it.
        SigningError: what stands there is no public key.
    """
    _, mark, public = _private_bytes(path).partition(_PUBLIC)
    try:
        return PublicKey.from_pem(mark + public) if mark else None
    except SigningError as error:
        raise SigningError(error.code, place=str(path), **error.facts) from error


def read_passphrase(path: Path) -> bytes:
    """Return the passphrase of a file: its first line.

    Raises:
        StorageError: the file is missing, empty, or others may read it.
    """
    passphrase = _private_bytes(path).partition(b"\n")[0].removesuffix(b"\r")
    if not passphrase:
        raise StorageError("store.no_passphrase", path=path)
    return passphrase


def relock(
    paths: Iterable[Path], *, passphrase: bytes | None, new_passphrase: bytes | None
) -> list[Path]:
    """Lock key files with another passphrase, or with none; return those that were changed.

    Every key is opened, and every new file is on the disk, before the first old one is
    replaced. What was cut short is finished by calling it again with the same passphrases.

    Raises:
        StorageError: a file is missing or others may read it, or the disk refuses.
        SigningError: a file that neither passphrase opens; then none is changed.
    """
    signers: dict[Path, SoftwareSigner] = {}
    for path in paths:
        try:
            signers[path] = read_key(path, passphrase=passphrase)
        except SigningError:
            # Cut short after this one: it has the new passphrase already, or is what it seems.
            read_key(path, passphrase=new_passphrase)
    try:
        for path, signer in signers.items():
            _beside(path).unlink(missing_ok=True)
            _write_new(_beside(path), _file_of(signer, new_passphrase))
        for path in signers:
            _beside(path).replace(path)
        for folder in {path.parent for path in signers}:
            sync_folder(folder)
    except OSError as error:
        raise StorageError("store.file", path=error.filename, reason=error.strerror) from error
    finally:
        for path in signers:
            _beside(path).unlink(missing_ok=True)
    return list(signers)


def _beside(path: Path) -> Path:
    return path.with_name(f".{path.name}{_NEW}")


def _file_of(signer: SoftwareSigner, passphrase: bytes | None) -> bytes:
    return signer.to_pem(passphrase=passphrase) + signer.public_key.to_pem()


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


def _private_bytes(path: Path) -> bytes:
    """Return the bytes of a file that only its owner may read."""
    try:
        with path.open("rb") as file:
            # Asked of the open file: what a path names may be changed in between.
            if os.name == "posix" and os.fstat(file.fileno()).st_mode & _OTHERS:
                raise StorageError("store.key_mode", path=path)
            return file.read(_MAX_BYTES)
    except OSError as error:
        raise StorageError("store.file", path=path, reason=error.strerror) from error
