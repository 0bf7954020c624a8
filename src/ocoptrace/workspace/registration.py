"""Going by another's office: a producer asks for registration, and takes over what comes of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from ocoptrace.errors import WorkspaceError
from ocoptrace.signing.registration import RequestedLog, sign_request
from ocoptrace.store.token_uri import TokenUri
from ocoptrace.workspace.cosigning import outside_witnesses
from ocoptrace.workspace.granting import root_digest

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ocoptrace.signing import Signer
    from ocoptrace.signing.bundle import KeyEntry
    from ocoptrace.workspace.keyring import Keyring
    from ocoptrace.workspace.setting import Setting

__all__ = ["REQUESTED", "adopt", "next_key", "registered_as", "request"]

REQUESTED: Final = "requested"
"""Name of a key until an office has listed it; then it is a producer's."""


def request(
    setting: Setting,
    *,
    name: Mapping[str, str],
    gtin_prefixes: Iterable[str] = (),
    gtins: Iterable[str] = (),
    address: Mapping[str, Any] | None = None,
    follows: str | None = None,
    held: Signer | str | None = None,
) -> bytes:
    """Return a registration request; see ``Workspace.request_registration``.

    It names the office that it is for, and with ``follows`` the key that it is to follow.
    """
    log, keyring = setting.log, setting.keyring
    own = tuple(str(witness.verifier_key) for witness in log.witnesses)
    # Which of them count is the office's to say: those that it knows others to run.
    outside = tuple(each.vkey for each in outside_witnesses(setting.store))
    asked = RequestedLog.of(
        origin=log.origin,
        vkey=str(log.signer.verifier_key),
        witnesses=(*own, *outside),
        quorum=len(own),
    )
    # Whoever asks again, because a name was wrong, asks for the same key.
    is_new = REQUESTED not in keyring.names()
    signer, is_made = _requested(keyring, held, is_new=is_new)
    try:
        return sign_request(
            signer=signer,
            name=name,
            gtin_prefixes=gtin_prefixes,
            gtins=gtins,
            log=asked,
            log_signer=log.signer.signer,
            office=root_digest(setting.trust.root()),
            follows=follows,
            address=address,
            now=setting.clock(),
        )
    except BaseException:
        if is_made:
            keyring.discard(REQUESTED)
        raise


def _requested(keyring: Keyring, held: Signer | str | None, *, is_new: bool) -> tuple[Signer, bool]:
    """Return the key to be asked for, and whether its file was made for it.

    Raises:
        WorkspaceError: another key has been asked for, and the office has not answered.
    """
    if held is None:
        signer = keyring.generate(REQUESTED, "ES256") if is_new else keyring.signer(REQUESTED)
        return signer, is_new
    if isinstance(held, str):
        if is_new:
            return keyring.attach(REQUESTED, held), True
        asked = keyring.token(REQUESTED)
        if asked is not None and asked == TokenUri.parse(held):
            return keyring.signer(REQUESTED), False
    elif is_new:
        return held, False
    raise WorkspaceError("workspace.key_requested", name=REQUESTED, folder=keyring.folder)


def next_key(setting: Setting, code: str | None, *, held: Signer | str | None = None) -> bytes:
    """Return a request for a key that is to follow a producer's; see ``Workspace``."""
    producer = setting.producer(code)
    entry, _ = setting.signing_key(setting.issuer(producer.id))
    return request(
        setting,
        name={
            language: entry.name[language] for language in ("vi", "en") if language in entry.name
        },
        gtin_prefixes=dict.fromkeys(p for grant in entry.grants for p in grant.gtin_prefixes),
        gtins=dict.fromkeys(gtin for grant in entry.grants for gtin in grant.gtins),
        follows=entry.thumbprint,
        held=held,
    )


def adopt(setting: Setting) -> None:
    """Give the key that was asked for its producer's name, once the bundle lists it."""
    keyring = setting.keyring
    if REQUESTED not in keyring.names():
        return
    key = keyring.public_key(REQUESTED)
    for entry in setting.trust.bundle().keys:
        if key is not None and entry.public_key == key:
            code = entry.issuer.rpartition("/")[2]
            keyring.rename(REQUESTED, keyring.next_name(f"producer-{code}"))


def registered_as(setting: Setting, name: str) -> KeyEntry:
    """Return the newest of the producers' keys that are here, as the bundle lists it.

    Args:
        setting: a workspace that goes by another's office.
        name: the producer's name in Vietnamese, which decides where there is more than one.

    Raises:
        WorkspaceError: the office has registered no key that is here, or more than one.
    """
    held = setting.keyring.held()
    entries = [
        entry
        for entry in setting.trust.bundle().keys
        if entry.role == "producer"
        and entry.thumbprint in held
        and entry.issuer == setting.issuer(entry.issuer.rpartition("/")[2])
    ]
    if len({entry.issuer for entry in entries}) > 1:
        entries = [entry for entry in entries if entry.name.get("vi") == name]
    if len({entry.issuer for entry in entries}) != 1:
        raise WorkspaceError("workspace.not_registered", issuer=name)
    return max(entries, key=lambda entry: entry.sign_from)
