"""Keys that follow keys: a producer's with an overlap, the office's with its next root."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from ocoptrace.errors import WorkspaceError
from ocoptrace.signing import Root, base64url
from ocoptrace.signing.root import sign_root

if TYPE_CHECKING:
    from datetime import datetime

    from ocoptrace.signing import PublicKey
    from ocoptrace.signing.bundle import KeyEntry
    from ocoptrace.workspace.act import Act

__all__ = ["OVERLAP", "ROOT_KEYS", "ROOT_LIFETIME", "succeed", "succeed_office"]

OVERLAP: Final = timedelta(days=30)
"""How long an old key may still sign beside its successor."""

ROOT_KEYS: Final = ("root-1", "root-2", "root-3")
"""Names of the keys that make roots; they belong on a medium that is kept apart."""

ROOT_LIFETIME: Final = timedelta(days=5 * 365)


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
    old = next(entry for entry in act.keys if entry.public_key == old_key)
    # The root keys stay the same: enough of them for the last root are enough for this.
    here = setting.keyring.names()
    signers = [setting.keyring.signer(name) for name in ROOT_KEYS if name in here]
    threshold = previous.roles.root.threshold
    if len(signers) < threshold:
        raise WorkspaceError("workspace.root_keys", count=len(signers), threshold=threshold)
    new = act.new_key("office", pkcs11=pkcs11)
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
    root = previous.follow(file.to_bytes())
    act.keep_file("root", root.version, file)
    # The old key still vouches for the new one: that statement is the link between them.
    succeed(act, old, new.public_key, overlap=overlap)
    act.signer = new
    act.publish()
    return root
