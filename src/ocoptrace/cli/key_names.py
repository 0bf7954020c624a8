"""What a key is called at the command line, and what is told of it."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ocoptrace.cli.authorities import authorities
from ocoptrace.cli.options import find_workspace, open_workspace, read_file
from ocoptrace.cli.passphrase import given_passphrase
from ocoptrace.errors import InputError, SigningError
from ocoptrace.signing import PublicKey
from ocoptrace.store import read_key, read_public_key, read_token_uri
from ocoptrace.workspace.gate import in_force

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from ocoptrace.cli.terminal import Terminal
    from ocoptrace.messages import Language
    from ocoptrace.signing import TrustBundle
    from ocoptrace.signing.bundle import KeyEntry
    from ocoptrace.workspace import Workspace

__all__ = ["KnownKey", "find_key", "held_by", "holder_of", "keys_here"]

_SHORTEST = 8
_PURPOSES = {"authority": "office", "log": "log", "producer": "producer"}
_PUBLIC = b"-----BEGIN PUBLIC KEY-----"


@dataclass(frozen=True)
class KnownKey:
    """A key, as far as it is known here.

    Attributes:
        name: what it is called here: the name in a workspace, the path of a file, or a code.
        key: its public half; None where only a passphrase could tell.
        purpose: what it is for.
        status: whether it counts, see ``workspace.key_overview``.
        entry: what the newest trust bundle says of it, if it does.
        token: where it is, as a PKCS#11 URI; empty where it is not on a token.
    """

    name: str
    key: PublicKey | None
    purpose: str
    status: str
    entry: KeyEntry | None
    token: str = ""

    def row(self, terminal: Terminal) -> tuple[str, ...]:
        """Return it as a line of a list."""
        until = "" if self.entry is None else f"{self.entry.sign_until:%Y-%m-%d}"
        return (
            self.name,
            self.key.algorithm if self.key else "",
            self.key.thumbprint.hex()[:16] if self.key else "",
            terminal.text(f"cli.key_status.{self.status}"),
            until and terminal.text("cli.key.until", time=until),
        )

    def table(self, terminal: Terminal) -> Iterator[tuple[str, str]]:
        """Return all that is known of it, a line each."""
        for member, value in self._members(terminal.language).items():
            shown = terminal.text(f"cli.key_{member}.{value}") if member in _WORDED else value
            if shown:
                yield terminal.text(f"cli.key_label.{member}"), shown

    def to_json(self, language: Language) -> dict[str, str]:
        """Return all that is known of it, for programs; what is not is empty."""
        return self._members(language)

    def _members(self, language: Language) -> dict[str, str]:
        key, entry = self.key, self.entry
        return {
            "name": self.name,
            "purpose": self.purpose,
            "holder": holder_of(entry, language)[0] if entry else "",
            "issuer": entry.issuer if entry else "",
            "algorithm": key.algorithm if key else "",
            "thumbprint": key.thumbprint.hex() if key else "",
            "kid": key.kid.hex() if key else "",
            "hint": key.hint.hex() if key else "",
            "uri": key.thumbprint_uri if key else "",
            "signs_from": _time(entry.sign_from) if entry else "",
            "signs_until": _time(entry.sign_until) if entry else "",
            "seals_until": _time(entry.seal_until) if entry else "",
            "certificate": _certified(entry),
            "status": self.status,
            "token": self.token,
        }


_WORDED = ("purpose", "status")


def keys_here(ws: Workspace) -> list[KnownKey]:
    """Return the keys of a workspace.

    Raises:
        StorageError: a key file that others may read.
    """
    return [
        KnownKey(
            each.name,
            each.key,
            each.purpose,
            each.status,
            None if each.key is None else _listed(each.key, ws.trust),
            each.token,
        )
        for each in ws.keys()  # noqa: SIM118 - a workspace is no mapping
    ]


def find_key(words: str, workspace: Path | None, *, now: datetime) -> list[KnownKey]:
    """Return the keys that are meant: of a file, of a workspace, or of a trust bundle.

    Args:
        words: the path of a file, the name of a key in the workspace, the code of a producer,
            or the beginning of a thumbprint, 8 characters at least.
        workspace: a workspace, or None for the usual places.
        now: the time, aware.

    Raises:
        InputError: no such key, or a file that holds none.
        StorageError: a key file that others may read.
    """
    path = Path(words)
    bundles = _bundles(workspace)
    if path.is_file():
        return [_of_file(path, bundles, now=now)]
    if find_workspace(workspace) is not None:
        here = [each for each in keys_here(open_workspace(workspace)) if each.name == words]
        if here:
            return here
    found = [
        KnownKey(
            entry.issuer.rpartition("/")[2],
            entry.public_key,
            _PURPOSES[entry.role],
            _status(entry, trust, now=now),
            entry,
        )
        for trust in bundles
        for entry in held_by(trust, words)
    ]
    if not found:
        raise InputError("cli.no_such_key", value=words)
    return found


def held_by(trust: TrustBundle, words: str) -> list[KeyEntry]:
    """Return the keys of a bundle that a code or the beginning of a thumbprint (hex) means."""
    digits = words.lower()
    return [
        entry
        for entry in trust.keys
        if entry.issuer.rpartition("/")[2] == words
        or (len(digits) >= _SHORTEST and entry.thumbprint.startswith(digits))
    ]


def holder_of(entry: KeyEntry, language: Language) -> tuple[str, str]:
    """Return the name and the code of a key's holder."""
    name = entry.name.get(language) or entry.name.get("vi") or entry.issuer
    return name, entry.issuer.rpartition("/")[2]


def _bundles(workspace: Path | None) -> list[TrustBundle]:
    with suppress(InputError):
        return [each.bundle for each in authorities(None, None, workspace)]
    return []


def _of_file(path: Path, bundles: list[TrustBundle], *, now: datetime) -> KnownKey:
    key = _public_key(path)
    if key is None:
        return KnownKey(str(path), None, "other", "locked", None)
    token = _token(path)
    for trust in bundles:
        entry = _listed(key, trust)
        if entry is not None:
            status = _status(entry, trust, now=now)
            return KnownKey(str(path), key, _PURPOSES[entry.role], status, entry, token)
    return KnownKey(str(path), key, "other", "not_listed", None, token)


def _token(path: Path) -> str:
    """Return where the key of a file is; empty where the file holds it, or its public half."""
    if read_file(path).startswith(_PUBLIC):
        return ""
    return str(read_token_uri(path) or "")


def _public_key(path: Path) -> PublicKey | None:
    """Return the key of a file: the public half alone, or of a private one as far as it shows."""
    data = read_file(path)
    if data.startswith(_PUBLIC):
        return PublicKey.from_pem(data)
    key = read_public_key(path)
    if key is not None:
        return key
    passphrase = given_passphrase()
    try:
        return read_key(path, passphrase=passphrase).public_key
    except SigningError as error:
        if passphrase is None and error.code == "signing.passphrase_needed":
            return None
        raise


def _listed(key: PublicKey, trust: TrustBundle) -> KeyEntry | None:
    entry = trust.by_kid(key.kid)
    return entry if entry is not None and entry.public_key == key else None


def _status(entry: KeyEntry, trust: TrustBundle, *, now: datetime) -> str:
    if entry.thumbprint in trust.revocations_by_key:
        return "revoked"
    if in_force(trust, entry, at=now):
        return "current"
    return "retired" if entry.sign_until <= now else "not_listed"


def _certified(entry: KeyEntry | None) -> str:
    note = None if entry is None else entry.certificate
    return "" if note is None else f"{note.subject} ({note.issuer}, {note.serial})"


def _time(time: datetime) -> str:
    return f"{time:%Y-%m-%dT%H:%M:%SZ}"
