"""Times in a pre-hash text: UTC, in milliseconds.

>>> utc("2023-02-02T12:04:03.1415+01:00")
'2023-02-02T11:04:03.142Z'
>>> utc("2023-02-02T11:04:59.9996Z")
'2023-02-02T11:05:00.000Z'
>>> utc("2023-02-02T11:04:03.0005Z"), utc("2023-02-02T11:04:03.0005Z", half_even=True)
('2023-02-02T11:04:03.001Z', '2023-02-02T11:04:03.000Z')
"""

from __future__ import annotations

import re
from datetime import UTC, timedelta
from functools import lru_cache

from ocoptrace.epcis.dimensions import moment
from ocoptrace.epcis.faults import shown
from ocoptrace.errors import EpcisError

__all__ = ["utc"]

_MILLISECOND = 1000
_HALF = 500
_HOUR = len("YYYY-MM-DDThh")
_USUAL = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2})(:[0-5][0-9]:[0-5][0-9])(?:\.([0-9]{1,3}))?"
    r"(Z|[+-][0-9]{2}:00)"
)
"""Times that have nothing to round, and whose offset leaves minutes and seconds as they are."""


def utc(text: str, *, half_even: bool = False, carries: bool = True) -> str:
    """Return a time as ``YYYY-MM-DDThh:mm:ss.fffZ``.

    Args:
        text: an EPCIS time with offset; digits beyond a microsecond are not looked at.
        half_even: round half a millisecond to the even one, else up.
        carries: whether rounding may reach the next second.

    Raises:
        EpcisError: no time, one without offset, one that has no form in UTC, or one that
            would carry and may not.
    """
    if usual := _USUAL.fullmatch(text):
        hour, minute, fraction, offset = usual.groups("")
        if known := _hour(hour, offset):
            return f"{known}{minute}.{fraction:0<3}Z"
    return _rounded(text, half_even=half_even, carries=carries)


@lru_cache(1024)
def _hour(hour: str, offset: str) -> str:
    """Return date and hour in UTC, which many events share; nothing where they have none."""
    try:
        return _rounded(f"{hour}:00:00{offset}", half_even=False, carries=True)[:_HOUR]
    except EpcisError:
        return ""


def _rounded(text: str, *, half_even: bool, carries: bool) -> str:
    try:
        when = moment(text).astimezone(UTC)
        whole, rest = divmod(when.microsecond, _MILLISECOND)
        up = rest > _HALF or (rest == _HALF and (not half_even or whole % 2 == 1))
        if up and whole == _MILLISECOND - 1 and not carries:
            raise EpcisError("epcis.hash_dropped", value=shown(text))
        if rest:
            when += timedelta(microseconds=_MILLISECOND - rest if up else -rest)
    except OverflowError as error:
        raise EpcisError("epcis.time", value=shown(text)) from error
    return when.isoformat(timespec="milliseconds")[:-6] + "Z"
