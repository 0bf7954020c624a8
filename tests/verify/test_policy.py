"""The time that a verifier goes by, up to the ends of the calendar."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from ocoptrace.errors import InputError
from ocoptrace.verify import verify_label, verify_record, verify_statement
from ocoptrace.verify.policy import bundle_checks, civil_date
from village import BATCH, NOW, Tale, publish, sealed

TRUST = publish()
TALE = Tale(TRUST)
EAST, WEST = timezone(timedelta(hours=14)), timezone(timedelta(hours=-12))


@pytest.mark.parametrize(
    "now",
    [
        datetime.max.replace(tzinfo=UTC),
        datetime.max.replace(tzinfo=WEST),
        datetime(9000, 1, 1, tzinfo=UTC),
        datetime(1970, 1, 1, tzinfo=UTC) - timedelta(microseconds=1),
        datetime.min.replace(tzinfo=EAST),
    ],
)
def test_a_time_that_no_clock_shows_is_refused(now: datetime) -> None:
    batch, *_ = TALE.said
    for verify in (
        lambda: verify_record(TALE.record(), trust=TRUST, now=now),
        lambda: verify_statement(batch.statement, trust=TRUST, now=now),
        lambda: verify_label(sealed(BATCH), trust=TRUST, now=now),
    ):
        with pytest.raises(InputError) as caught:
            verify()
        assert caught.value.code == "verdict.far_now"


@pytest.mark.parametrize(
    "now",
    [datetime(1970, 1, 1, tzinfo=UTC), datetime(8999, 12, 31, 23, 59, 59, tzinfo=WEST)],
)
def test_any_time_of_a_clock_gets_a_verdict(now: datetime) -> None:
    if now.year > NOW.year:
        now -= timedelta(hours=12)
    assert verify_record(TALE.record(), trust=TRUST, now=now).checks
    assert verify_label(sealed(BATCH), trust=TRUST, now=now).checks


def test_a_civil_date_stops_at_the_ends_of_the_calendar() -> None:
    assert civil_date(datetime.max.replace(tzinfo=UTC)) == date.max
    assert civil_date(datetime.max.replace(tzinfo=WEST)) == date.max
    assert civil_date(datetime.min.replace(tzinfo=EAST)) == date.min


def test_a_bundle_that_never_ends_is_not_too_old() -> None:
    forever = TRUST.model_copy(update={"expires": datetime.max.replace(tzinfo=UTC)})
    assert [check.outcome for check in bundle_checks(NOW, forever, None)] == ["pass"]
