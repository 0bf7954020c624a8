"""How often somebody may come: a bucket that fills up again with time.

>>> limit = RateLimit(per_second=2.0, burst=3)
>>> [limit.take("a", now=0.0) for _ in range(4)]
[0.0, 0.0, 0.0, 0.5]
>>> limit.take("b", now=0.0), limit.take("a", now=0.5)
(0.0, 0.0)
"""

from __future__ import annotations

from dataclasses import dataclass, field

__all__ = ["RateLimit"]


@dataclass
class RateLimit:
    """A bucket for each who comes (token bucket); those that are full again are forgotten.

    Attributes:
        per_second: how many may come for good.
        burst: how many at once.
        known: at most so many are remembered; then all come out of one bucket.
    """

    per_second: float
    burst: int
    known: int = 10_000
    _buckets: dict[object, tuple[float, float]] = field(default_factory=dict, repr=False)

    def take(self, who: object, *, now: float) -> float:
        """Let somebody in now, or return after how many seconds; 0 where it is now.

        Args:
            who: a hashable name of whoever comes.
            now: seconds of a clock that never goes back.
        """
        if who not in self._buckets and len(self._buckets) >= self.known:
            self._forget(now)
        if who not in self._buckets and len(self._buckets) >= self.known:
            who = None
        tokens, since = self._buckets.get(who, (float(self.burst), now))
        tokens = min(float(self.burst), tokens + max(now - since, 0.0) * self.per_second)
        if tokens < 1.0:
            self._buckets[who] = tokens, now
            return (1.0 - tokens) / self.per_second
        self._buckets[who] = tokens - 1.0, now
        return 0.0

    def _forget(self, now: float) -> None:
        refill = self.burst / self.per_second
        self._buckets = {who: b for who, b in self._buckets.items() if now - b[1] < refill}
