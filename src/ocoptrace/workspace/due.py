"""What ends soon, or has ended: bundle, root, keys and grades, told before it is too late."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Final

from ocoptrace.findings import Finding
from ocoptrace.verify.policy import VIETNAM, civil_date
from ocoptrace.workspace.gate import key_of, keys_of
from ocoptrace.workspace.recognised_offices import recognised_keys, recognised_until

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ocoptrace.registry import Grade
    from ocoptrace.signing.bundle import KeyEntry
    from ocoptrace.workspace.setting import Setting

__all__ = ["SOON", "due"]

SOON: Final = timedelta(days=30)
"""How long before its end a thing is told of."""


def due(setting: Setting, *, has_office: bool, now: datetime) -> list[Finding]:
    """Return a warning for all that ends within 30 days, what ends first before the rest.

    Keys are those that their holders sign with now; one that has a successor may end. Where
    the office is here, those of all its producers; elsewhere those that are here.

    Args:
        setting: the workspace.
        has_office: whether it has an office of its own.
        now: the time, aware.
    """
    found = [
        (end, Finding(f"workspace.{_word(end, now)}_{what}", "warning", facts=facts))
        for end, what, facts in _ends(setting, has_office=has_office, now=now)
        if end <= now + SOON
    ]
    return [finding for _, finding in sorted(found, key=lambda each: each[0])]


def _ends(
    setting: Setting, *, has_office: bool, now: datetime
) -> Iterator[tuple[datetime, str, dict[str, object]]]:
    trust, root = setting.trust.bundle(), setting.trust.root()
    whose = "own" if has_office else "other"
    for what, file in (("bundle", trust), ("root", root)):
        facts: dict[str, object] = {"version": file.version, "end": civil_date(file.expires)}
        yield file.expires, f"{what}_{whose}", facts
    for office, end in recognised_until(setting.store).items():
        yield end, "recognised", {"office": office, "end": civil_date(end)}
    for entry in _signing(setting, has_office=has_office, now=now):
        facts = {
            "holder": entry.name.get("vi", entry.issuer),
            "code": entry.issuer.rpartition("/")[2],
            "end": civil_date(entry.sign_until),
        }
        what = "office_key" if entry.role == "authority" else f"key_{whose}"
        yield entry.sign_until, what, facts
    for grade in _newest_grades(setting):
        # The last day of a grade belongs to it, in Vietnam.
        end = datetime.combine(grade.valid_to + timedelta(days=1), time(), VIETNAM)
        yield end, "grade", {"product": grade.product, "stars": grade.stars, "end": grade.valid_to}


def _signing(setting: Setting, *, has_office: bool, now: datetime) -> Iterator[KeyEntry]:
    """Yield the key that each holder signs with now, or signed with last."""
    trust = setting.trust.bundle()
    held = None if has_office else setting.keyring.held()
    # What another office vouches for is that office's to renew.
    theirs = recognised_keys(setting.store)
    own = (entry.issuer for entry in trust.keys if entry.thumbprint not in theirs)
    for issuer in dict.fromkeys(own):
        if held is None or any(each.thumbprint in held for each in keys_of(trust, issuer)):
            entry = key_of(trust, issuer, held=held, at=now)
            if entry is not None:
                yield entry


def _newest_grades(setting: Setting) -> list[Grade]:
    """Return the grade of each product that ends last."""
    newest: dict[str, Grade] = {}
    for grade in sorted(setting.entries("grade"), key=lambda each: each.valid_to):
        newest[grade.product] = grade
    return list(newest.values())


def _word(end: datetime, now: datetime) -> str:
    return "ended" if end <= now else "ends"
