"""Whom licensed CAs name as the holders of keys: told beside a verdict, and deciding nothing.

>>> list(certificate_check([]))
[]
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ocoptrace.verify.policy import civil_date
from ocoptrace.verify.verdict import Check

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ocoptrace.signing.bundle import KeyEntry

__all__ = ["certificate_check"]


def certificate_check(signers: Iterable[KeyEntry]) -> Iterator[Check]:
    """Yield whom a CA names as the holder of a key that signed, as its office has noted.

    Args:
        signers: the keys whose signatures hold, in the order of what they signed.
    """
    notes = {entry.thumbprint: entry.certificate for entry in signers if entry.certificate}
    if notes:
        note = next(iter(notes.values()))
        facts = {
            "count": len(notes),
            "subject": note.subject,
            "ca": note.issuer,
            "serial": note.serial,
            "at": civil_date(note.checked_at),
        }
        yield Check("certificate", "pass", "named", facts)
