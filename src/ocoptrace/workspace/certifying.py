"""What an office notes of a CA's certificate, once it has been checked (formats, section 8)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ocoptrace.errors import WorkspaceError
from ocoptrace.signing.bundle import CertificateNote
from ocoptrace.signing.certificate_chain import check_chain
from ocoptrace.verify.policy import civil_date

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from ocoptrace.signing.certificate import Certificate
    from ocoptrace.signing.certificate_chain import RevocationList
    from ocoptrace.signing.key_binding import KeyBinding

__all__ = ["note_of"]

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
