"""Keys that follow keys: a producer's with an overlap, the office's with its next root.

Where enough root keys are in the workspace, the next root is made in one act. Where they are in
other hands, it is drafted, signed elsewhere, and adopted when enough have signed.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from ocoptrace.errors import WorkspaceError
from ocoptrace.signing import Root, base64url
from ocoptrace.signing.root import sign_root
from ocoptrace.signing.root_draft import RootDraft
from ocoptrace.workspace.gate import keys_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from ocoptrace.signing import PublicKey, Signer
    from ocoptrace.signing.bundle import KeyEntry
    from ocoptrace.signing.signed_file import SignedFile
    from ocoptrace.workspace.act import Act
    from ocoptrace.workspace.setting import Setting

__all__ = [
    "OVERLAP",
    "ROOT_KEYS",
    "ROOT_LIFETIME",
    "adopt",
    "draft",
    "new_office_key",
    "succeed",
    "succeed_office",
]

OVERLAP: Final = timedelta(days=30)
"""How long an old key may still sign beside its successor."""

ROOT_KEYS: Final = ("root-1", "root-2", "root-3")
"""Names of the keys that make roots; they belong on a medium that is kept apart."""

ROOT_LIFETIME: Final = timedelta(days=5 * 365)

_OFFICE = "office"


def succeed(act: Act, old: KeyEntry, key: PublicKey, *, overlap: timedelta) -> KeyEntry:
    """List a key with the rights of an old one for as long again, and let the old one retire.

    The new key's seals outlive it as long as the old key's did. Those of the old key stay good
    as long as before. A certificate that names the old key's holder is not one of the new key.

    Args:
        act: what this belongs to.
        old: the newest key so far.
        key: the key that follows.
        overlap: how long the old key may still sign.

    Returns:
        The new key's entry.
    """
    start = act.now
    end = start + (old.sign_until - old.sign_from)
    retired = _retired(old, at=start + overlap)
    if retired != old:
        act.list_key(retired)
    entry = old.model_copy(
        update={
            "key": base64url.encode(key.cose_key),
            # Its holder named the old key; the new one is to be named anew.
            "certificate": None,
            "sign_from": start,
            "sign_until": end,
            "seal_until": end + (old.seal_until - old.sign_until),
            "grants": tuple(
                grant.model_copy(update={"from_": start, "until": end}) for grant in old.grants
            ),
        }
    )
    # What was worked out for the old key is no part of the copy.
    entry = type(old).model_validate_json(entry.text())
    act.list_key(entry)
    return entry


def _retired(old: KeyEntry, *, at: datetime) -> KeyEntry:
    """Return a key that signs until a time and no longer; its seals stay good as before."""
    # A key that is replaced in its first second has an empty period, which no bundle lists.
    until = max(at, old.sign_from + timedelta(seconds=1))
    if until >= old.sign_until:
        return old
    return old.model_copy(update={"sign_until": until})


def succeed_office(
    act: Act, *, overlap: timedelta, keep_old: bool, pkcs11: str | None = None
) -> Root:
    """Make the office's next key and the next root, and publish the first bundle under it.

    Args:
        act: what this belongs to; from here on the new key signs.
        overlap: how long the old key may still state things.
        keep_old: let the old key sign bundles as well.
        pkcs11: the PKCS#11 URI of the key, where it is on a token.

    Raises:
        WorkspaceError: fewer root keys are here than must sign.
        SigningError: a root key is locked with another passphrase.
    """
    setting = act.setting
    previous = setting.trust.root()
    old_key = act.signer.public_key
    # The root keys stay the same: enough of them for the last root are enough for this.
    keys = previous.roles.root.public_keys()
    names = [name for name in setting.keyring.names() if setting.keyring.public_key(name) in keys]
    signers = [setting.keyring.signer(name) for name in names]
    threshold = previous.roles.root.threshold
    if len(signers) < threshold:
        raise WorkspaceError("workspace.root_keys", count=len(signers), threshold=threshold)
    new = act.new_key(_OFFICE, pkcs11=pkcs11)
    file = sign_root(
        previous.version + 1,
        expires=act.now + ROOT_LIFETIME,
        signers=signers,
        threshold=threshold,
        root_keys=previous.roles.root.public_keys(),
        bundle_keys=[*([old_key] if keep_old else []), new.public_key],
        previous=previous,
        issuer=act.issuer,
        now=act.now,
    )
    return adopt(act, file, overlap=overlap)


def draft(
    setting: Setting,
    issuer: str,
    *,
    add: Iterable[PublicKey],
    drop: Iterable[PublicKey],
    threshold: int | None,
    new_office_key: bool,
    keep_old: bool,
    lifetime: timedelta,
) -> RootDraft:
    """Return a draft of the next root; see ``Office.draft_root``.

    Args:
        setting: where.
        issuer: the office's URI.
        add: root keys that come.
        drop: root keys that go.
        threshold: how many must sign roots from then on; as many as before where left out.
        new_office_key: give the office a new key as well.
        keep_old: let the one in use sign bundles as well.
        lifetime: how long the root may be used.
    """
    root = setting.trust.root()
    going = set(drop)
    keys = dict.fromkeys((*root.roles.root.public_keys(), *add))
    bundle_keys = None
    if new_office_key:
        current = keys_of(setting.trust.bundle(), issuer)[0].public_key
        bundle_keys = [*([current] if keep_old else []), _waiting_key(setting)]
    return RootDraft.of(
        root,
        expires=setting.clock() + lifetime,
        root_keys=[key for key in keys if key not in going],
        threshold=threshold,
        bundle_keys=bundle_keys,
    )


def _waiting_key(setting: Setting) -> PublicKey:
    """Return the office's key that waits for its root; drafting again asks for the same key."""
    listed = {entry.public_key for entry in setting.trust.bundle().keys}
    for name in setting.keyring.names():
        key = setting.keyring.public_key(name)
        if name.partition(".")[0] == _OFFICE and key is not None and key not in listed:
            return key
    return setting.keyring.generate(setting.keyring.next_name(_OFFICE), "ES256").public_key


def adopt(act: Act, file: SignedFile, *, overlap: timedelta) -> Root:
    """Go by the next root from now on, and publish the first bundle under it.

    Names it a key of this workspace that no bundle lists yet, that is the office's from now on.

    Args:
        act: what this belongs to; from here on the office's newest key signs.
        file: the root, signed by the thresholds of the last one and of its own.
        overlap: how long an office key that is followed may still state things.

    Raises:
        SigningError: it does not follow, or names none of the office's keys for bundles.
    """
    setting = act.setting
    root = setting.trust.root().follow(file.to_bytes())
    act.keep_file("root", root.version, file)
    new = new_office_key(setting, root)
    if new is not None:
        old = keys_of(setting.trust.bundle(), act.issuer)[0]
        # The old key still vouches for the new one, where it is not lost: that statement is the
        # link between them.
        succeed(act, old, new.public_key, overlap=overlap)
        act.signer = new
    act.publish(root, even_unchanged=True)
    return root


def new_office_key(setting: Setting, root: Root) -> Signer | None:
    """Return the key that a root names for bundles and that waits here, listed by no bundle yet."""
    listed = {entry.public_key for entry in setting.trust.bundle().keys}
    held = setting.keyring.held()
    for key in root.roles.bundle.public_keys():
        if key not in listed and key.thumbprint.hex() in held:
            return setting.keyring.signer(held[key.thumbprint.hex()])
    return None
