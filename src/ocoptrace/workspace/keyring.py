"""The keys of a workspace, one file each, named by what they are for.

>>> import tempfile, pathlib
>>> keyring = Keyring(pathlib.Path(tempfile.mkdtemp()))
>>> keyring.generate("log", "Ed25519").public_key == keyring.signer("log").public_key
True
>>> keyring.names(), keyring.next_name("log"), keyring.next_name("office")
(['log'], 'log.2', 'office')
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ocoptrace.errors import SigningError, StorageError
from ocoptrace.signing import SoftwareSigner
from ocoptrace.signing.note import COSIGNATURE_V1, NoteSigner
from ocoptrace.store import (
    read_key,
    read_public_key,
    read_token_uri,
    relock,
    sync_folder,
    write_key,
    write_token_key,
)
from ocoptrace.store.token_signer import TokenSigner, open_token_key
from ocoptrace.store.token_uri import TokenUri

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from ocoptrace.signing import PublicKey, Signer
    from ocoptrace.signing.keys import Algorithm
    from ocoptrace.store.token_signer import AskPin

__all__ = ["Keyring", "no_pin"]


def no_pin(_token: str) -> None:
    """Give no PIN: whoever opens a workspace without one signs with no token."""


class Keyring:
    """A folder of key files.

    A key that was opened stays open while the process lasts: neither labels nor events wait
    for a file each time.
    """

    def __init__(
        self,
        folder: Path,
        passphrase: bytes | None = None,
        *,
        pin: AskPin = no_pin,
        signers: Iterable[Signer] = (),
    ) -> None:
        """Take a folder as it is.

        Args:
            folder: where the files are.
            passphrase: what they are locked with, if anything.
            pin: asks for the PIN of a token.
            signers: keys that are nowhere here, but in a service that signs.
        """
        self.folder = folder
        self._passphrase = passphrase
        self._pin = pin
        self._elsewhere = {signer.public_key.kid.hex(): signer for signer in signers}
        self._open: dict[str, Signer] = {}
        self._public: dict[str, PublicKey | None] = {}

    def names(self) -> list[str]:
        """Return the names of all keys, in the order in which they were made where it shows."""
        return sorted((path.stem for path in self.folder.glob("[!.]*.pem")), key=_in_order)

    def next_name(self, stem: str) -> str:
        """Return the name of the next key: the stem itself, then ``stem.2``, ``stem.3``, …."""
        taken, number = self.names(), 1
        while (name := stem if number == 1 else f"{stem}.{number}") in taken:
            number += 1
        return name

    def path(self, name: str) -> Path:
        """Return where the key of a name is kept."""
        return self.folder / f"{name}.pem"

    def generate(self, name: str, algorithm: Algorithm) -> SoftwareSigner:
        """Make a key and keep it under a name.

        Raises:
            StorageError: a key of this name exists, or the disk refuses.
        """
        signer = SoftwareSigner.generate(algorithm)
        write_key(self.path(name), signer, passphrase=self._passphrase)
        self._open[name] = signer
        return signer

    def attach(self, name: str, uri: str) -> Signer:
        """Keep under a name where a key is that a token has, and return its signer.

        Args:
            name: what it is called here.
            uri: its PKCS#11 URI (RFC 7512).

        Raises:
            InputError: not such a URI.
            StorageError: a key of this name exists, the token or the key is not there, or the
                disk refuses.
            SigningError: no PIN, or one that the token refuses.
        """
        signer = open_token_key(TokenUri.parse(uri), pin=self._pin)
        write_token_key(self.path(name), signer.uri, signer.public_key)
        self._open[name] = signer
        return signer

    def discard(self, name: str) -> None:
        """Remove a key that came to nothing: what it was made for was not committed."""
        self.path(name).unlink(missing_ok=True)
        self._open.pop(name, None)
        self._public.pop(name, None)

    def rename(self, name: str, new: str) -> None:
        """Give a key another name."""
        self.path(name).rename(self.path(new))
        sync_folder(self.folder)
        for known in (self._open, self._public):
            known.pop(name, None)

    def signer(self, name: str) -> Signer:
        """Return the signer of a name. A token is not asked before something is signed.

        Raises:
            StorageError: no such key, or others may read its file.
            SigningError: not a key file, or another passphrase.
        """
        if name in self._elsewhere:
            return self._elsewhere[name]
        if name not in self._open:
            self._open[name] = self._read(name)
        return self._open[name]

    def _read(self, name: str) -> Signer:
        path = self.path(name)
        uri = read_token_uri(path)
        if uri is None:
            return read_key(path, passphrase=self._passphrase)
        key = read_public_key(path)
        if key is None:
            raise StorageError("store.key_halves", path=path)
        return TokenSigner(uri, key, pin=self._pin)

    def token(self, name: str) -> TokenUri | None:
        """Return where the key of a name is; None where its file holds it.

        Raises:
            StorageError: no such key, or others may read its file.
        """
        return read_token_uri(self.path(name))

    def public_key(self, name: str) -> PublicKey | None:
        """Return the public half of a key, or None where only its passphrase could tell.

        Raises:
            StorageError: no such key, or others may read its file.
        """
        if name in self._open:
            return self._open[name].public_key
        if self._public.get(name) is None:
            self._public[name] = self._told(name)
        return self._public[name]

    def _told(self, name: str) -> PublicKey | None:
        try:
            return read_public_key(self.path(name)) or self.signer(name).public_key
        except SigningError:
            return None

    def held(self) -> dict[str, str]:
        """Return the name of each key whose public half is known, by its thumbprint (hex).

        Raises:
            StorageError: others may read a key.
        """
        keys = [(name, self.public_key(name)) for name in self.names()]
        keys += [(name, signer.public_key) for name, signer in self._elsewhere.items()]
        return {key.thumbprint.hex(): name for name, key in keys if key is not None}

    def relock(self, new_passphrase: bytes | None) -> list[str]:
        """Lock all keys with another passphrase, or with none; return those that were changed.

        Keys on tokens have a PIN of their own, and stay as they are.

        Raises:
            StorageError: others may read a key, or the disk refuses.
            SigningError: a key that neither passphrase opens; then none is changed.
        """
        paths = [self.path(name) for name in self.names() if self.token(name) is None]
        changed = relock(paths, passphrase=self._passphrase, new_passphrase=new_passphrase)
        self._passphrase = new_passphrase
        return [path.stem for path in changed]

    def witness(self, name: str, vkey_name: str) -> NoteSigner:
        """Return the witness that a key of this name makes."""
        return NoteSigner(vkey_name, self.signer(name), COSIGNATURE_V1)


def _in_order(name: str) -> tuple[str, int]:
    """Sort ``office.10`` behind ``office.2``."""
    found = re.fullmatch(r"(.*?)(?:\.([0-9]+))?", name)
    stem, number = (found[1], found[2]) if found else (name, None)
    return stem, int(number or 1)
