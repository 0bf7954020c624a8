"""The keys of a workspace, one file each, named by what they are for.

>>> import tempfile, pathlib
>>> keyring = Keyring(pathlib.Path(tempfile.mkdtemp()))
>>> keyring.generate("log", "Ed25519").public_key == keyring.signer("log").public_key
True
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ocoptrace.signing import SoftwareSigner
from ocoptrace.signing.note import COSIGNATURE_V1, NoteSigner
from ocoptrace.store import read_key, write_key

if TYPE_CHECKING:
    from pathlib import Path

    from ocoptrace.signing.keys import Algorithm

__all__ = ["Keyring"]


@dataclass(frozen=True)
class Keyring:
    """A folder of key files.

    Attributes:
        folder: where they are.
        passphrase: what they are locked with, if anything.
    """

    folder: Path
    passphrase: bytes | None = None

    def generate(self, name: str, algorithm: Algorithm) -> SoftwareSigner:
        """Make a key and keep it under a name.

        Raises:
            StorageError: a key of this name exists, or the disk refuses.
        """
        signer = SoftwareSigner.generate(algorithm)
        write_key(self._path(name), signer, passphrase=self.passphrase)
        return signer

    def discard(self, name: str) -> None:
        """Remove a key that came to nothing: what it was made for was not committed."""
        self._path(name).unlink(missing_ok=True)

    def signer(self, name: str) -> SoftwareSigner:
        """Return the signer of a name.

        Raises:
            StorageError: no such key, or others may read its file.
            SigningError: not a key file, or another passphrase.
        """
        return read_key(self._path(name), passphrase=self.passphrase)

    def witness(self, name: str, vkey_name: str) -> NoteSigner:
        """Return the witness that a key of this name makes."""
        return NoteSigner(vkey_name, self.signer(name), COSIGNATURE_V1)

    def _path(self, name: str) -> Path:
        return self.folder / f"{name}.pem"
