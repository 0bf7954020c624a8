"""The keys of a workspace at a glance: what each is for, and whether it still counts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from ocoptrace.signing.note import VerifierKey
from ocoptrace.workspace.founding import OFFICE_KEY
from ocoptrace.workspace.gate import in_force, key_of
from ocoptrace.workspace.log import WITNESSES
from ocoptrace.workspace.registration import REQUESTED
from ocoptrace.workspace.rotation import ROOT_KEYS

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from ocoptrace.signing import PublicKey
    from ocoptrace.signing.bundle import KeyEntry
    from ocoptrace.workspace.setting import Setting

__all__ = ["KeyOverview", "KeyStatus", "Purpose", "overview"]

Purpose = Literal["root", "office", "log", "witness", "producer", "requested", "other"]
"""What a key is for, as its name tells."""

KeyStatus = Literal["current", "retiring", "retired", "revoked", "not_listed", "locked"]
"""``current``: what it is for, it does. ``retiring``: another signs already, it still may.
``retired``: its time to sign is over. ``not_listed``: no bundle or root knows it (yet).
``locked``: only its passphrase could tell which key it is."""


@dataclass(frozen=True)
class KeyOverview:
    """One key file.

    Attributes:
        name: its name here.
        path: its file.
        token: where the key itself is, as a PKCS#11 URI; empty where its file holds it.
        purpose: what it is for.
        key: its public half; None where the file is locked and does not show it.
        issuer: whose it is, as the newest bundle says; empty where it does not.
        sign_from, sign_until: when it may sign, [from, until).
        seal_until: until when its seals are good.
        status: whether it still counts.
    """

    name: str
    path: Path
    token: str
    purpose: Purpose
    key: PublicKey | None
    issuer: str
    sign_from: datetime | None
    sign_until: datetime | None
    seal_until: datetime | None
    status: KeyStatus


def overview(setting: Setting, *, now: datetime) -> list[KeyOverview]:
    """Return all keys of a workspace. No passphrase is needed where a file shows what it is.

    Raises:
        StorageError: others may read a key file.
    """
    return [_one(setting, name, now=now) for name in setting.keyring.names()]


def _one(setting: Setting, name: str, *, now: datetime) -> KeyOverview:
    key = setting.keyring.public_key(name)
    trust = setting.trust.bundle()
    entry = None if key is None else trust.keys_by_kid.get(key.kid)
    if entry is not None and entry.public_key != key:
        entry = None
    purpose = _purpose(name)
    return KeyOverview(
        name=name,
        path=setting.keyring.path(name),
        token=str(setting.keyring.token(name) or ""),
        purpose=purpose,
        key=key,
        issuer="" if entry is None else entry.issuer,
        sign_from=None if entry is None else entry.sign_from,
        sign_until=None if entry is None else entry.sign_until,
        seal_until=None if entry is None else entry.seal_until,
        status=_status(setting, key, entry, now=now),
    )


def _purpose(name: str) -> Purpose:
    stem = name.partition(".")[0]
    if stem in ROOT_KEYS:
        return "root"
    if stem in WITNESSES:
        return "witness"
    if stem.startswith("producer-"):
        return "producer"
    known: dict[str, Purpose] = {"log": "log", OFFICE_KEY: "office", REQUESTED: "requested"}
    return known.get(stem, "other")


def _status(
    setting: Setting, key: PublicKey | None, entry: KeyEntry | None, *, now: datetime
) -> KeyStatus:
    if key is None:
        return "locked"
    trust = setting.trust.bundle()
    if entry is None:
        return "current" if key in _keys_of_root_and_logs(setting) else "not_listed"
    if trust.revocations_of(entry):
        return "revoked"
    if not in_force(trust, entry, at=now):
        return "retired" if entry.sign_until <= now else "not_listed"
    if entry.role == "log":
        return "current"
    newest = key_of(trust, entry.issuer, held=setting.keyring.held(), at=now)
    return "current" if newest is entry else "retiring"


def _keys_of_root_and_logs(setting: Setting) -> set[PublicKey]:
    """Return the keys that count without an entry of their own: of the root, of logs."""
    keys = set(setting.trust.root().roles.root.public_keys())
    for log in setting.trust.bundle().logs:
        vkeys = (*(each.vkey for each in log.keys), *log.witnesses)
        keys |= {VerifierKey.parse(vkey).public_key for vkey in vkeys}
    return keys
