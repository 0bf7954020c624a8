from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocoptrace.signing.times import END, FIRST, is_seconds, is_time

ZONES = st.integers(-1439, 1439).map(lambda minutes: timezone(timedelta(minutes=minutes)))


@pytest.mark.parametrize(
    ("time", "is_one"),
    [
        (FIRST, True),
        (FIRST - timedelta(seconds=1), False),
        (END - timedelta(seconds=1), True),
        (END, False),
        (datetime.max.replace(tzinfo=UTC), False),
        (datetime.min.replace(tzinfo=UTC), False),
        (datetime(2026, 11, 23), False),  # noqa: DTZ001 - this is what is refused
    ],
)
def test_times_lie_from_1970_to_8999(time: datetime, *, is_one: bool) -> None:
    assert is_time(time) == is_one


@given(st.datetimes(timezones=ZONES))
def test_any_time_in_any_zone_is_judged_as_its_seconds_are(time: datetime) -> None:
    assert is_time(time) == is_seconds(int((time - FIRST) // timedelta(seconds=1)))


@given(st.datetimes(datetime(1970, 1, 3), datetime(8999, 12, 29), timezones=ZONES))  # noqa: DTZ001
def test_a_time_can_be_told_in_every_zone_and_moved_by_centuries(time: datetime) -> None:
    assert is_time(time)
    for far in (timedelta(days=365 * 900), timedelta(days=-365 * 900)):
        assert (time + far).astimezone(UTC) - time == far
