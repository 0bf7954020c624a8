"""What a verifier asks for, and the time it goes by.

>>> from datetime import UTC, datetime
>>> Policy().max_bundle_age.days
30
>>> civil_date(datetime(2026, 11, 23, 18, 0, tzinfo=UTC))    # 01:00 on the 24th in Hanoi
datetime.date(2026, 11, 24)
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import MINYEAR, UTC, date, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Final

from ocoptrace.errors import InputError
from ocoptrace.verify.verdict import Check

if TYPE_CHECKING:
    from ocoptrace.signing import TrustBundle

__all__ = [
    "CLOCK_TOLERANCE",
    "GRACE",
    "VIETNAM",
    "Policy",
    "bundle_checks",
    "civil_date",
    "effective_now",
    "require_time",
]

VIETNAM: Final = timezone(timedelta(hours=7), "Asia/Ho_Chi_Minh")
"""Vietnam keeps +07:00 all year; dates on labels and grades are civil dates there."""

CLOCK_TOLERANCE: Final = timedelta(minutes=10)
"""How far an honest clock may be ahead of a witness's."""

GRACE: Final = timedelta(days=90)
"""How long after its expiry a bundle still proves anything (formats, section 8)."""

_FIRST, _END = datetime(1970, 1, 1, tzinfo=UTC), datetime(9000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Policy:
    """What a verifier asks for.

    Attributes:
        max_bundle_age: how old a trust bundle may be for the verdict ``ok``.
    """

    max_bundle_age: timedelta = timedelta(days=30)


def civil_date(moment: datetime) -> date:
    """Return the civil date in Vietnam at a moment; at the ends of the calendar, its last day."""
    try:
        return moment.astimezone(VIETNAM).date()
    except OverflowError:
        return date.min if moment.year == MINYEAR else date.max


def require_time(now: datetime) -> None:
    """Refuse a time that cannot be a device's clock.

    Raises:
        InputError: ``now`` is naive, so it could be any of 26 hours, or does not lie in
            [1970-01-01, 9000-01-01), as every time of these formats does.
    """
    if now.tzinfo is None or now.utcoffset() is None:
        raise InputError("verdict.naive_now", now=now.isoformat())
    if not _FIRST <= now < _END:
        raise InputError("verdict.far_now", now=now.isoformat())


def effective_now(now: datetime, trust: TrustBundle, seen: datetime | None) -> datetime:
    """Return the latest of the device's clock, the bundle's issue and a witnessed time."""
    return max(now, trust.issued, seen or trust.issued)


def bundle_checks(now: datetime, trust: TrustBundle, seen: datetime | None) -> list[Check]:
    """Return what the trust bundle's age says, and whether the clock is behind.

    Args:
        now: the device's clock, aware.
        trust: the bundle in use.
        seen: the newest valid cosignature time, if any.
    """
    at = effective_now(now, trust, seen)
    facts = {
        "version": trust.version,
        "issued": civil_date(trust.issued),
        "expires": civil_date(trust.expires),
    }
    if at - trust.expires >= GRACE:
        checks = [Check("bundle", "fail", "bundle_too_old", facts)]
    elif at >= trust.expires:
        checks = [Check("bundle", "warn", "bundle_expired", facts)]
    else:
        checks = [Check("bundle", "pass", facts=facts)]
    if at > now:
        behind = {"now": now.astimezone(UTC).isoformat(), "seen": at.astimezone(UTC).isoformat()}
        checks.append(Check("clock", "warn", "clock_behind", behind))
    return checks
