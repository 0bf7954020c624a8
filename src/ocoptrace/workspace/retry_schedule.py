"""When to ask again: later after each failure, never all at once, never for ever.

>>> schedule = RetrySchedule(first=1.0, most=60.0, patience=100.0)
>>> [schedule.wait(n, jitter=1.0) for n in (1, 2, 3, 4, 9)]
[1.0, 2.0, 4.0, 8.0, 60.0]
>>> schedule.wait(3, jitter=0.0), schedule.wait(3, jitter=0.0, asked=7.0)
(2.0, 7.0)
>>> schedule.wait(3, jitter=1.0, elapsed=97.0) is None    # patience would be over
True
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["RetrySchedule"]

_MOST_DOUBLINGS = 30


@dataclass(frozen=True, slots=True)
class RetrySchedule:
    """Waits that double, with jitter, so that many who failed together do not come together.

    Attributes:
        first: the longest wait after one failure, seconds.
        most: the longest wait of all.
        patience: how long to go on in all.
    """

    first: float = 1.0
    most: float = 60.0
    patience: float = 120.0

    def wait(
        self, failures: int, *, jitter: float, elapsed: float = 0.0, asked: float = 0.0
    ) -> float | None:
        """Return how long to wait before asking again, in seconds; None to give up for now.

        Args:
            failures: how many there were in a row, from 1; 0 for a wait that no failure is
                the reason of.
            jitter: a random number from 0 to 1: the wait is between half of it and all.
            elapsed: seconds since the first was asked.
            asked: seconds that the other side asked for; the wait is not shorter.
        """
        longest = min(self.most, self.first * 2.0 ** min(max(failures - 1, 0), _MOST_DOUBLINGS))
        seconds = max(longest * (1 + jitter) / 2, asked)
        return seconds if elapsed + seconds <= self.patience else None
