"""Linters of dates and times.

>>> yymmd0("270200"), yymmdd("270200")
(None, Fault(error='ILLEGAL_DAY', start=4, end=6))
>>> hhmi("2460")
Fault(error='ILLEGAL_HOUR', start=0, end=2)
"""

from __future__ import annotations

from ocoptrace.gs1.faults import Fault, csetnumeric

__all__ = ["hh", "hhmi", "mi", "ss", "yymmd0", "yymmdd", "yyyymmd0", "yyyymmdd"]

_CENTURY = 100
_FEBRUARY = 2
_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def _two_digits(text: str, unit: str, limit: int) -> Fault | None:
    if len(text) != len("hh"):
        return Fault(f"{unit}_TOO_{'SHORT' if len(text) < len('hh') else 'LONG'}", 0, len(text))
    if fault := csetnumeric(text):
        return fault
    return Fault(f"ILLEGAL_{unit}", 0, len(text)) if int(text) >= limit else None


def hh(text: str) -> Fault | None:
    """An hour, 00 to 23."""
    return _two_digits(text, "HOUR", 24)


def mi(text: str) -> Fault | None:
    """A minute, 00 to 59."""
    return _two_digits(text, "MINUTE", 60)


def ss(text: str) -> Fault | None:
    """A second, 00 to 59."""
    return _two_digits(text, "SECOND", 60)


def hhmi(text: str) -> Fault | None:
    """An hour and a minute."""
    if len(text) != len("hhmi"):
        length = "SHORT" if len(text) < len("hhmi") else "LONG"
        return Fault(f"HOUR_WITH_MINUTE_TOO_{length}", 0, len(text))
    minute = mi(text[2:])
    return csetnumeric(text) or hh(text[:2]) or (minute and Fault(minute.error, 2, 4))


def _date(text: str, year_digits: int, *, day_optional: bool) -> Fault | None:
    length = year_digits + len("mmdd")
    if len(text) != length:
        return Fault(f"DATE_TOO_{'SHORT' if len(text) < length else 'LONG'}", 0, len(text))
    if fault := csetnumeric(text):
        return fault
    year, month, day = int(text[:year_digits]), int(text[-4:-2]), int(text[-2:])
    if not 1 <= month <= len(_DAYS):
        return Fault("ILLEGAL_MONTH", length - 4, length - 2)
    leap = year % 4 == 0 and (year % _CENTURY != 0 or year % (4 * _CENTURY) == 0)
    last = 28 if month == _FEBRUARY and not leap else _DAYS[month - 1]
    if not (0 if day_optional else 1) <= day <= last:
        return Fault("ILLEGAL_DAY", length - 2, length)
    return None


def yymmdd(text: str) -> Fault | None:
    """A date; 00 as the year is 2000, a leap year."""
    return _date(text, 2, day_optional=False)


def yymmd0(text: str) -> Fault | None:
    """A date whose day may be 00: not said, read as the last of the month."""
    return _date(text, 2, day_optional=True)


def yyyymmdd(text: str) -> Fault | None:
    """A date with a four-digit year."""
    return _date(text, 4, day_optional=False)


def yyyymmd0(text: str) -> Fault | None:
    """A date with a four-digit year whose day may be 00."""
    return _date(text, 4, day_optional=True)
