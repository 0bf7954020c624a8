"""Noting that a licensed CA names the holder of a key (formats, section 8)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ocoptrace.errors import WorkspaceError
from ocoptrace.signing.bundle import CertificateNote
from ocoptrace.signing.certificate_chain import check_chain
from ocoptrace.verify.policy import civil_date
from ocoptrace.workspace.recognised_offices import recognised_keys

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from ocoptrace.signing.bundle import KeyEntry
    from ocoptrace.signing.certificate import Certificate
    from ocoptrace.signing.certificate_chain import RevocationList
    from ocoptrace.signing.key_binding import KeyBinding
    from ocoptrace.workspace.act import Act

__all__ = ["drop_note", "note_of", "note_on"]

_LIFETIME_DAYS: Final = 90
"""How old a binding may be: as old as a registration request."""


def note_of(
    binding: KeyBinding,
    *,
    anchors: Iterable[Certificate],
    between: Iterable[Certificate] = (),
    lists: Iterable[RevocationList] = (),
    status_seen: bool = False,
    now: datetime,
) -> CertificateNote:
    """Return what is to be noted of a binding, after its certificate has been checked.

    Raises:
        SigningError: as ``check_chain`` says.
        WorkspaceError: it was signed over 90 days ago, or lies ahead.
    """
    age = (civil_date(now) - binding.day).days
    if not 0 <= age <= _LIFETIME_DAYS:
        raise WorkspaceError("workspace.binding_time", day=binding.day, limit=_LIFETIME_DAYS)
    chain = (*binding.chain, *between)
    check_chain(chain, anchors=anchors, lists=lists, status_seen=status_seen, now=now)
    holder = binding.chain[0]
    return CertificateNote.of(
        subject=holder.subject,
        issuer=holder.issuer,
        serial=holder.serial,
        checked_at=now.replace(microsecond=0),
    )


def note_on(act: Act, binding: KeyBinding, note: CertificateNote) -> KeyEntry:
    """List a key with the name of its holder; what it may state is as before.

    Raises:
        WorkspaceError: the office lists no such key of this issuer, or it is revoked.
    """
    revoked = {each.key for each in act.revocations} | recognised_keys(act.setting.store)
    for entry in act.keys:
        is_it = (entry.thumbprint, entry.issuer) == (binding.thumbprint, binding.issuer)
        if is_it and entry.role != "log" and entry.thumbprint not in revoked:
            noted = entry.model_copy(update={"certificate": note})
            act.list_key(noted)
            return noted
    facts = {"key": binding.thumbprint[:16], "issuer": binding.issuer}
    raise WorkspaceError("workspace.binding_of_another", **facts)


def drop_note(act: Act, entry: KeyEntry) -> KeyEntry:
    """List a key without the name of its holder: the certificate was revoked, or is not its own.

    Raises:
        WorkspaceError: there is none to take away, or another office noted it.
    """
    if entry.certificate is None or entry.thumbprint in recognised_keys(act.setting.store):
        raise WorkspaceError("workspace.no_certificate", key=entry.thumbprint[:16])
    bare = entry.model_copy(update={"certificate": None})
    act.list_key(bare)
    return bare
