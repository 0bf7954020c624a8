"""Builders of the work that moves goods: store, carton, pallet, lorry, shelf, and back.

>>> carton = "https://id.gs1.org/00/095240712609170016"
>>> packed = pack(when="2026-09-01T08:00:00+07:00", place="geo:10.03,105.78",
...     container=carton, goods=["https://example.org/ocop/7K3MQ9TB/MAM/1/7"])
>>> sent = ship(when="2026-09-02T08:00:00+07:00", place="geo:10.03,105.78", goods=[carton])
>>> packed.parent_id == sent.epc_list[0], sent.disposition
(True, 'in_transit')
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ocoptrace.epcis.builders.circumstances import (
    Circumstances,
    Goods,
    build,
    goods_members,
    object_event,
)
from ocoptrace.epcis.event import AggregationEvent, ObjectEvent

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Unpack

__all__ = [
    "aggregate",
    "destroy",
    "pack",
    "recall",
    "receive",
    "sell",
    "ship",
    "stock",
    "store",
    "take_back",
    "unpack",
    "void_shipping",
]


def store(*, goods: Iterable[Goods], **around: Unpack[Circumstances]) -> ObjectEvent:
    """Return goods kept in store, cooled or not: ``measured`` says how warm."""
    return object_event("OBSERVE", goods, around, step="storing", state="in_progress")


def pack(
    *, container: str, goods: Iterable[Goods], **around: Unpack[Circumstances]
) -> AggregationEvent:
    """Return the packing of goods into a carton, which stays open."""
    return _put(container, goods, around, state="in_progress")


def aggregate(
    *, container: str, goods: Iterable[Goods], **around: Unpack[Circumstances]
) -> AggregationEvent:
    """Return the loading of cartons onto a pallet or into a container, which is then closed."""
    return _put(container, goods, around, state="container_closed")


def unpack(
    *, container: str, goods: Iterable[Goods] = (), **around: Unpack[Circumstances]
) -> AggregationEvent:
    """Return the unpacking of a container: what came out of it; without goods, everything."""
    members = {
        "action": "DELETE",
        "parentID": container,
        "bizStep": "unpacking",
        "disposition": "completeness_verified",
    }
    return build(AggregationEvent, members | goods_members("child", goods), around)


def ship(
    *,
    goods: Iterable[Goods],
    sender: str | None = None,
    receiver: str | None = None,
    **around: Unpack[Circumstances],
) -> ObjectEvent:
    """Return a shipment that leaves.

    Args:
        goods: pallets, cartons, lots.
        sender: URI of the party that owned the goods until now.
        receiver: URI of the party that owns them afterwards.
        around: when and where; ``papers`` name despatch advice, invoice, bill of lading.
    """
    more = _parties(sender, receiver)
    return object_event("OBSERVE", goods, around, step="shipping", state="in_transit", more=more)


def void_shipping(*, goods: Iterable[Goods], **around: Unpack[Circumstances]) -> ObjectEvent:
    """Return the cancelling of a shipment, whole or in part."""
    return object_event("OBSERVE", goods, around, step="void_shipping", state="in_progress")


def receive(
    *,
    goods: Iterable[Goods],
    sender: str | None = None,
    receiver: str | None = None,
    **around: Unpack[Circumstances],
) -> ObjectEvent:
    """Return a shipment that arrives and is taken over; arguments as for ``ship``."""
    more = _parties(sender, receiver)
    return object_event("OBSERVE", goods, around, step="receiving", state="in_progress", more=more)


def stock(*, goods: Iterable[Goods], **around: Unpack[Circumstances]) -> ObjectEvent:
    """Return goods put on a shelf where customers reach them."""
    return object_event("OBSERVE", goods, around, step="stocking", state="sellable_accessible")


def sell(*, goods: Iterable[Goods], **around: Unpack[Circumstances]) -> ObjectEvent:
    """Return goods sold to somebody who eats or uses them: they leave the chain."""
    return object_event("DELETE", goods, around, step="retail_selling", state="retail_sold")


def recall(*, goods: Iterable[Goods], **around: Unpack[Circumstances]) -> ObjectEvent:
    """Return a recall: the goods are held, and stay recalled until that is unset."""
    more = {"persistentDisposition": {"set": ["recalled"]}}
    return object_event("OBSERVE", goods, around, step="holding", state="recalled", more=more)


def take_back(*, goods: Iterable[Goods], **around: Unpack[Circumstances]) -> ObjectEvent:
    """Return goods that came back."""
    return object_event("OBSERVE", goods, around, step="receiving", state="returned")


def destroy(*, goods: Iterable[Goods], **around: Unpack[Circumstances]) -> ObjectEvent:
    """Return goods that are destroyed."""
    return object_event("DELETE", goods, around, step="destroying", state="destroyed")


def _put(
    container: str, goods: Iterable[Goods], around: Circumstances, *, state: str
) -> AggregationEvent:
    members = {
        "action": "ADD",
        "parentID": container,
        "bizStep": "packing",
        "disposition": state,
    }
    return build(AggregationEvent, members | goods_members("child", goods), around)


def _parties(sender: str | None, receiver: str | None) -> dict[str, Any]:
    members: dict[str, Any] = {}
    if sender is not None:
        members["sourceList"] = [{"type": "owning_party", "source": sender}]
    if receiver is not None:
        members["destinationList"] = [{"type": "owning_party", "destination": receiver}]
    return members
