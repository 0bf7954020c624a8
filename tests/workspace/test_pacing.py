"""When to ask again, and how often somebody may come: laws of both."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ocoptrace.workspace.rate_limit import RateLimit
from ocoptrace.workspace.retry_schedule import RetrySchedule

seconds = st.floats(0, 1e6)
jitters = st.floats(0, 1)


@given(st.integers(0, 10**9), jitters, seconds, seconds)
def test_a_wait_is_bounded_by_what_is_asked_for_and_by_patience(
    failures: int, jitter: float, elapsed: float, asked: float
) -> None:
    schedule = RetrySchedule(first=0.5, most=30.0, patience=600.0)
    found = schedule.wait(failures, jitter=jitter, elapsed=elapsed, asked=asked)
    if found is None:
        assert elapsed + max(30.0, asked) > 600.0
    else:
        assert max(0.25, asked) <= found <= max(30.0, asked)
        assert elapsed + found <= 600.0


@given(st.integers(1, 100), jitters)
def test_waits_do_not_get_shorter_and_jitter_halves_them_at_most(
    failures: int, jitter: float
) -> None:
    schedule = RetrySchedule(patience=float("inf"))
    this, longest = (schedule.wait(failures, jitter=each) for each in (jitter, 1.0))
    following = schedule.wait(failures + 1, jitter=1.0)
    assert this is not None
    assert longest is not None
    assert following is not None
    assert longest / 2 <= this <= longest <= following


@given(jitters)
def test_asking_in_vain_comes_to_an_end(jitter: float) -> None:
    schedule, elapsed, failures = RetrySchedule(), 0.0, 0
    while (wait := schedule.wait(failures + 1, jitter=jitter, elapsed=elapsed)) is not None:
        elapsed += wait
        failures += 1
    assert elapsed <= schedule.patience
    assert 3 < failures < 20


@given(st.lists(st.tuples(st.sampled_from("ab"), st.floats(0, 3)), max_size=60))
def test_nobody_comes_more_often_than_the_bucket_and_time_allow(
    visits: list[tuple[str, float]],
) -> None:
    limit, now = RateLimit(per_second=2.0, burst=3), 0.0
    came = {"a": 0, "b": 0}
    for who, passed in visits:
        now += passed
        came[who] += limit.take(who, now=now) == 0.0
        assert came[who] <= 3 + 2.0 * now + 1e-6


@given(st.floats(0.1, 100), st.integers(1, 50))
def test_whoever_waits_as_long_as_told_comes_in(per_second: float, burst: int) -> None:
    limit = RateLimit(per_second, burst)
    now = 0.0
    for _ in range(burst + 5):
        wait = limit.take("a", now=now)
        now += wait * (1 + 1e-9)
        if wait:
            assert limit.take("a", now=now) == 0.0


def test_a_clock_that_goes_back_gives_nothing_and_takes_nothing() -> None:
    limit = RateLimit(per_second=1.0, burst=1)
    assert [limit.take("a", now=now) for now in (10.0, 5.0, 6.0)] == [0.0, 1.0, 0.0]


def test_whom_there_is_no_room_to_remember_share_one_bucket() -> None:
    limit = RateLimit(per_second=1.0, burst=2, known=3)
    assert [limit.take(who, now=0.0) for who in range(3)] == [0.0] * 3
    assert [limit.take(who, now=0.0) for who in range(3, 6)] == [0.0, 0.0, 1.0]
    assert limit.take(0, now=0.0) == 0.0
    # Whoever has been away long enough is forgotten, and makes room.
    assert [limit.take(who, now=9.0) for who in range(7, 9)] == [0.0, 0.0]
