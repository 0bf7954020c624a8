"""How a workspace begins: with an office of its own, or under another's.

Entry 0 of its log is the log's policy, entry 1 the first root (formats, section 7); the root's
other signatures follow, because each is a statement of its own.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from ocoptrace import canonical_json, messages
from ocoptrace.errors import WorkspaceError
from ocoptrace.messages import LANGUAGES
from ocoptrace.signing import Root, TrustBundle, base64url, sign_statement
from ocoptrace.signing.bundle import KeyEntry, Log, LogKey
from ocoptrace.signing.root import sign_root
from ocoptrace.signing.signed_file import PUBLIC_SALT, SignedFile
from ocoptrace.signing.statement import KINDS
from ocoptrace.store import SqliteStore
from ocoptrace.workspace.act import Act
from ocoptrace.workspace.granting import new_code
from ocoptrace.workspace.keyring import Keyring
from ocoptrace.workspace.log import WITNESSES
from ocoptrace.workspace.recording import keep
from ocoptrace.workspace.rotation import ROOT_KEYS, ROOT_LIFETIME
from ocoptrace.workspace.setting import Setting, new_origin

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime
    from pathlib import Path

    from ocoptrace.signing import PublicKey
    from ocoptrace.signing.bundle import Role
    from ocoptrace.store.token_signer import AskPin

__all__ = ["DATABASE", "KEYS", "MARKER", "OFFICE_KEY", "OFFICE_KEYS", "furnish", "namespace_of"]

MARKER: Final = "ocoptrace-workspace"
"""A file of this name says that a folder is ours."""

DATABASE: Final = "ocoptrace.db"
KEYS: Final = "keys"
"""Names in the folder of a workspace: its database, and the folder of its keys."""


OFFICE_KEY: Final = "office"
"""Name of an office's first key; later ones are ``office.2``, ``office.3``, …"""

OFFICE_KEYS: Final = (*ROOT_KEYS, OFFICE_KEY)
"""The keys of an office that may be on tokens."""

_THRESHOLD = 2
_OFFICE_KEY_LIFETIME = timedelta(days=365)
_LOG_KEY_LIFETIME = timedelta(days=5 * 365)


def furnish(
    folder: Path,
    *,
    host: str,
    passphrase: bytes | None,
    clock: Callable[[], datetime],
    office_files: tuple[bytes, bytes] | None,
    office_name: Mapping[str, str] | None,
    pin: AskPin,
    pkcs11: Mapping[str, str],
) -> None:
    """Make everything of a new workspace in a folder; see ``Workspace.create``."""
    keyring = Keyring(folder / KEYS, passphrase, pin=pin)
    if office_files is None:
        for name in OFFICE_KEYS:
            if name in pkcs11:
                keyring.attach(name, pkcs11[name])
            else:
                keyring.generate(name, "ES256")
    for name in WITNESSES:
        keyring.generate(name, "Ed25519")
    origin = new_origin(keyring.generate("log", "Ed25519").public_key.raw)
    store = SqliteStore.create(folder / DATABASE)
    issuer = f"https://{host}/ocop/{new_code()}"
    with store.writing():
        store.set_meta("host", host)
        store.set_meta("origin", origin)
        if office_files is None:
            store.set_meta("office", issuer)
    setting = Setting.of(store, keyring, clock)
    if office_files is None:
        _found(setting, issuer, name=office_name)
    else:
        _go_by(setting, *office_files)
    setting.log.checkpoint(now=clock())
    store.close()
    (folder / MARKER).write_text("1\n", encoding="utf-8")


def _found(setting: Setting, issuer: str, *, name: Mapping[str, str] | None) -> None:
    """Found an office: policy, root, its own keys, the first bundle; all in one transaction.

    Args:
        setting: the new workspace; its keys are there.
        issuer: the office's URI.
        name: what it is called, per language; that of a sample where left out.
    """
    log_key = setting.log.signer.signer.public_key
    with setting.store.writing():
        act = Act(setting, issuer, setting.keyring.signer(OFFICE_KEY), now=setting.clock())
        called = dict(name) if name else _sample_name()
        root_file = sign_root(
            1,
            expires=act.now + ROOT_LIFETIME,
            signers=[setting.keyring.signer(each) for each in ROOT_KEYS],
            threshold=_THRESHOLD,
            bundle_keys=[act.signer.public_key],
            issuer=issuer,
            now=act.now,
        )
        _state_policy(act)
        act.keep_file("root", 1, root_file)
        office_key = act.signer.public_key
        act.list_key(_own_key(act, office_key, "authority", called, _OFFICE_KEY_LIFETIME))
        act.list_key(_own_key(act, log_key, "log", called, _LOG_KEY_LIFETIME))
        act.logs.append(
            Log.of(
                origin=setting.log.origin,
                keys=(LogKey(vkey=str(setting.log.signer.verifier_key)),),
                witnesses=tuple(str(each.verifier_key) for each in setting.log.witnesses),
                quorum=len(setting.log.witnesses),
                operator=issuer,
            )
        )
        act.publish()


def _go_by(setting: Setting, root_file: bytes, bundle_file: bytes) -> None:
    """Let a workspace go by another's office: its log begins with the root that it goes by.

    The log speaks for itself, because nobody has registered it yet: its issuer is the URI that
    its origin makes.

    Raises:
        SigningError: not a root, or not a bundle under it.
    """
    root = Root.load(root_file)
    bundle = TrustBundle.load(bundle_file, root=root)
    file = SignedFile.parse(root_file)
    with setting.store.writing():
        issuer = f"https://{setting.log.origin}"
        _state_policy(Act(setting, issuer, setting.log.signer.signer, now=setting.clock()))
        for statement in file.signatures:
            keep(setting.store, statement, file.signed.encode(), PUBLIC_SALT)
        setting.trust.keep("root", root.version, root_file)
        setting.trust.keep("bundle", bundle.version, bundle_file)


def namespace_of(root_file: bytes, bundle_file: bytes, host: str | None) -> str:
    """Return the host of a workspace's plain names: the one asked for, or the office's first.

    Raises:
        SigningError: not a root, or not a bundle under it.
        WorkspaceError: a host on which this office gives no names.
    """
    namespaces = TrustBundle.load(bundle_file, root=Root.load(root_file)).namespaces
    if host is None:
        return namespaces[0]
    if host not in namespaces:
        raise WorkspaceError("workspace.no_namespace", host=host, known=", ".join(namespaces))
    return host


def _state_policy(act: Act) -> None:
    """State as the log, not as the office, what it takes in."""
    setting = act.setting
    policy = canonical_json.dumps({"accepts": list(KINDS), "origin": setting.log.origin})
    statement, salt = sign_statement(
        "policy",
        policy,
        issuer=act.issuer,
        subject=setting.log.origin,
        signer=setting.log.signer.signer,
        now=act.now,
    )
    keep(setting.store, statement, policy, salt)


def _own_key(
    act: Act, key: PublicKey, role: Role, name: Mapping[str, str], lifetime: timedelta
) -> KeyEntry:
    return KeyEntry.of(
        key=base64url.encode(key.cose_key),
        issuer=act.issuer,
        name=dict(name),
        role=role,
        sign_from=act.now,
        sign_until=act.now + lifetime,
        seal_until=act.now + lifetime,
    )


def _sample_name() -> dict[str, str]:
    return {each: messages.text("workspace.sample_office", each) for each in LANGUAGES}
