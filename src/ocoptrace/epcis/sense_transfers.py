"""What was sent and what arrived: does a shipment arrive before it leaves?

Goods are received and sent on all the time. Only where both events name the same paper, or the
same two parties, are they about one transfer.

>>> from datetime import UTC, datetime
>>> from ocoptrace.epcis.event import parse_event
>>> def moved(step):
...     return parse_event({
...         "type": "ObjectEvent", "action": "OBSERVE", "epcList": ["urn:x:1"], "bizStep": step,
...         "eventTime": "2025-08-20T07:15:00+07:00", "eventTimeZoneOffset": "+07:00",
...         "bizTransactionList": [{"type": "desadv", "bizTransaction": "urn:x:9"}]})
>>> transfers = Transfers()
>>> transfers.sent("urn:x:1", moved("shipping"), datetime(2025, 8, 20, tzinfo=UTC))
>>> transfers.later("urn:x:1", moved("receiving"), datetime(2025, 8, 19, tzinfo=UTC))
datetime.datetime(2025, 8, 20, 0, 0, tzinfo=datetime.timezone.utc)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from ocoptrace.epcis.event import Event

__all__ = ["Transfers"]

_Key = tuple[str, ...]


class Transfers:
    """When each thing was first sent in each transfer."""

    def __init__(self) -> None:
        self._first: dict[tuple[str, _Key], datetime] = {}

    def sent(self, name: str, event: Event, when: datetime) -> None:
        """Take note of a shipment, if the event is one."""
        if event.step != "shipping":
            return
        for key in _keys(event):
            first = self._first.setdefault((name, key), when)
            self._first[name, key] = min(first, when)

    def later(self, name: str, event: Event, when: datetime) -> datetime | None:
        """Return when a thing that an event receives was first sent, if that was later."""
        if event.step != "receiving":
            return None
        sent = [self._first.get((name, key)) for key in _keys(event)]
        return next((each for each in sent if each is not None and each > when), None)


def _keys(event: Event) -> Iterator[_Key]:
    """Yield what tells one transfer from others: its papers, and its parties on both sides."""
    for paper in event.biz_transaction_list or ():
        yield "paper", paper.biz_transaction
    if event.source_list and event.destination_list:
        sources = sorted(source.source for source in event.source_list)
        yield "from", *sources, "to", *sorted(goal.destination for goal in event.destination_list)
