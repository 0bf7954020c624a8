"""A clock that tests move on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

__all__ = ["Clock"]


@dataclass
class Clock:
    """A clock that goes on when it is told to."""

    now: datetime = datetime(2026, 11, 23, 8, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def wait(self, **time: float) -> datetime:
        """Let time pass, and return when it began to."""
        before = self.now
        self.now += timedelta(**time)
        return before
