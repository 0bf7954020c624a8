"""The times that anything signed may bear: from 1970 to the end of the year 8999.

Readers add offsets, periods of grace and tolerances to times that a stranger chose. Far from the
ends of the calendar no such sum can fail.

>>> from datetime import UTC, datetime
>>> is_time(datetime(2026, 11, 23, tzinfo=UTC)), is_time(datetime(9999, 12, 31, tzinfo=UTC))
(True, False)
>>> is_seconds(0), is_seconds(-1), is_seconds(END_SECONDS)
(True, False, False)
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

__all__ = ["END", "END_SECONDS", "FIRST", "is_seconds", "is_time"]

FIRST: Final = datetime(1970, 1, 1, tzinfo=UTC)
END: Final = datetime(9000, 1, 1, tzinfo=UTC)
END_SECONDS: Final = int(END.timestamp())


def is_time(time: datetime) -> bool:
    """Tell whether a time is aware and lies in [1970-01-01, 9000-01-01), whatever its offset."""
    return time.tzinfo is not None and FIRST <= time < END


def is_seconds(seconds: int) -> bool:
    """Tell whether POSIX seconds do."""
    return 0 <= seconds < END_SECONDS
