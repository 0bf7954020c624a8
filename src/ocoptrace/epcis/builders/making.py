"""Builders of the work that brings goods into being: field, harvest, vat, loom, kitchen, test.

>>> mats = weave(when="2026-03-02T16:00:00+07:00", place="geo:10.25,105.97",
...     used=[Quantity("https://example.org/ocop/7K3MQ9TB/LAC/C1", 12, "KGM")],
...     made=["https://example.org/ocop/7K3MQ9TB/CHIEU/D1/7"])
>>> mats.output_epc_list, mats.extensions["ocop:step"]
(('https://example.org/ocop/7K3MQ9TB/CHIEU/D1/7',), 'weaving')
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ocoptrace.epcis.balance import LOSS
from ocoptrace.epcis.builders.circumstances import (
    Circumstances,
    Goods,
    Quantity,
    build,
    goods_members,
    object_event,
)
from ocoptrace.epcis.event import ObjectEvent, TransformationEvent
from ocoptrace.epcis.vocabulary import OCOP_STEPS, PREFIX
from ocoptrace.errors import EpcisError, Gs1Error
from ocoptrace.gs1 import parse_name

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date
    from typing import Unpack

__all__ = [
    "can",
    "cultivate",
    "ferment_end",
    "ferment_start",
    "harvest",
    "inspect",
    "label",
    "make",
    "weave",
]


def cultivate(*, goods: Iterable[Goods], **around: Unpack[Circumstances]) -> ObjectEvent:
    """Return field work on a crop or a pond: sowing, feeding, spraying."""
    return object_event("OBSERVE", goods, around, step=f"{PREFIX}:cultivating", state="in_progress")


def harvest(
    *, goods: Iterable[Goods], step: str = "harvesting", **around: Unpack[Circumstances]
) -> ObjectEvent:
    """Return the harvest or landing by which a raw lot comes to be.

    Args:
        goods: what came in.
        step: ``harvesting``, ``landing`` or ``salt_harvesting``.
        around: when and where, and the rest.
    """
    made = list(goods)
    more = _own_step(step) | _ilmd(made)
    return object_event(
        "ADD", made, around, step="creating_class_instance", state="active", more=more
    )


def ferment_start(
    *, batch: str, used: Iterable[Goods], **around: Unpack[Circumstances]
) -> TransformationEvent:
    """Return the filling of a vat: what goes in. ``ferment_end`` tells what comes out.

    Args:
        batch: URI that ties both halves, such as ``urn:uuid:…``.
        used: what is used up.
        around: when and where, and the rest.
    """
    members = {"transformationID": batch, "bizStep": f"{PREFIX}:fermenting"}
    return build(
        TransformationEvent,
        members | _own_step("fermenting") | goods_members("input", used),
        around,
    )


def ferment_end(
    *,
    batch: str,
    made: Iterable[Goods],
    loss: Quantity | None = None,
    expires: date | None = None,
    **around: Unpack[Circumstances],
) -> TransformationEvent:
    """Return the emptying of a vat: what came out, and what was lost on the way.

    Args:
        batch: the URI that ``ferment_start`` was given.
        made: what came to be.
        loss: how much was lost; its name is not told.
        expires: until when it is good.
        around: when and where, and the rest.
    """
    given = list(made)
    members = {"transformationID": batch, "bizStep": "creating_class_instance"}
    return build(
        TransformationEvent,
        members
        | {"disposition": "active"}
        | _own_step("fermenting")
        | goods_members("output", given)
        | _ilmd(given, expires)
        | _loss(loss),
        around,
    )


def make(
    *,
    used: Iterable[Goods],
    made: Iterable[Goods],
    step: str,
    loss: Quantity | None = None,
    expires: date | None = None,
    **around: Unpack[Circumstances],
) -> TransformationEvent:
    """Return any step at which goods become other goods: milling, mixing, drying, dyeing.

    Args:
        used: what is used up.
        made: what comes to be.
        step: one of our steps, without the prefix: ``milling``.
        loss: how much was lost; its name is not told.
        expires: until when it is good.
        around: when and where, and the rest.
    """
    given = list(made)
    return build(
        TransformationEvent,
        {"bizStep": "creating_class_instance", "disposition": "active"}
        | _own_step(step)
        | goods_members("input", used)
        | goods_members("output", given)
        | _ilmd(given, expires)
        | _loss(loss),
        around,
    )


def weave(
    *, used: Iterable[Goods], made: Iterable[Goods], **around: Unpack[Circumstances]
) -> TransformationEvent:
    """Return weaving or plaiting: mats, cloth, baskets from sedge, yarn, bamboo."""
    return make(used=used, made=made, step="weaving", **around)


def can(
    *,
    used: Iterable[Goods],
    made: Iterable[Goods],
    expires: date | None = None,
    **around: Unpack[Circumstances],
) -> TransformationEvent:
    """Return canning: ``measured`` tells of the retort, ``expires`` until when cans are good."""
    return make(used=used, made=made, step="canning", expires=expires, **around)


def inspect(
    *, goods: Iterable[Goods], passed: bool, destructive: bool = False,
    **around: Unpack[Circumstances],
) -> ObjectEvent:  # fmt: skip
    """Return an inspection or laboratory test with its outcome.

    Args:
        goods: what was looked at.
        passed: whether it was found as it should be.
        destructive: whether it is used up by the test.
        around: when and where; ``papers`` name the report, as ``{"testres": "urn:…"}``.
    """
    step = "sampling" if destructive else "inspecting"
    state = "conformant" if passed else "non_conformant"
    return object_event("OBSERVE", goods, around, step=step, state=state)


def label(*, goods: Iterable[str], **around: Unpack[Circumstances]) -> ObjectEvent:
    """Return the labelling by which single packs get numbers of their own."""
    more = _own_step("labelling")
    return object_event("ADD", goods, around, step="commissioning", state="active", more=more)


def _own_step(step: str) -> dict[str, Any]:
    if step not in OCOP_STEPS:
        raise EpcisError("epcis.unknown_ocop_word", word=step)
    return {f"{PREFIX}:step": step}


def _loss(loss: Quantity | None) -> dict[str, Any]:
    if loss is None:
        return {}
    members = loss.to_json()
    del members["epcClass"]
    return {LOSS: members}


def _ilmd(made: list[Goods], expires: date | None = None) -> dict[str, Any]:
    """Return lot and expiry of what is made, where that is one lot."""
    names = {each if isinstance(each, str) else each.name for each in made}
    lots = {lot for lot in map(_lot, names) if lot is not None}
    members: dict[str, Any] = {}
    if len(names) == 1 and lots:
        members["cbvmda:lotNumber"] = lots.pop()
    if expires is not None:
        members["cbvmda:itemExpirationDate"] = expires.isoformat()
    return {"ilmd": members} if members else {}


def _lot(name: str) -> str | None:
    try:
        return parse_name(name).lot
    except Gs1Error:
        return None
