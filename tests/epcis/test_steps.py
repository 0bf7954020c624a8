from __future__ import annotations

from typing import Any

import pytest

from ocoptrace.epcis import created, inputs, mentioned, outputs, parse_event

LOT = "https://id.gs1.org/01/09524071001014/10/ST260915"
ITEM = "https://id.gs1.org/01/09524071001014/21/7"
PALLET = "https://id.gs1.org/00/095240712609170016"
MASH = "https://id.example/ocop/7K3MQ9TB/CHUOP/B07"
WHEN = {"eventTime": "2025-08-20T07:15:00+07:00", "eventTimeZoneOffset": "+07:00"}
TRANSFORMED = {
    "type": "TransformationEvent",
    "inputQuantityList": [{"epcClass": MASH}],
    "outputEPCList": [ITEM],
    "outputQuantityList": [{"epcClass": LOT}],
}


def packed(action: str, kind: str = "AggregationEvent") -> dict[str, Any]:
    return {
        "type": kind,
        "action": action,
        "parentID": PALLET,
        "childEPCs": [ITEM],
        "childQuantityList": [{"epcClass": LOT}],
    }


def seen(action: str) -> dict[str, Any]:
    return {
        "type": "ObjectEvent",
        "action": action,
        "epcList": [ITEM],
        "quantityList": [{"epcClass": LOT}],
        "readPoint": {"id": "https://id.gs1.org/414/9524071000024"},
    }


@pytest.mark.parametrize(
    ("event", "used", "out", "made"),
    [
        (seen("ADD"), (), (ITEM, LOT), (ITEM, LOT)),
        (seen("OBSERVE"), (), (), ()),
        (seen("DELETE"), (), (), ()),
        (TRANSFORMED, (MASH,), (ITEM, LOT), (ITEM, LOT)),
        (packed("ADD"), (ITEM, LOT), (PALLET,), (PALLET,)),
        (packed("OBSERVE"), (), (), ()),
        (packed("DELETE"), (), (), ()),
        (packed("ADD", "AssociationEvent"), (ITEM, LOT), (PALLET,), ()),
        (
            seen("ADD")
            | {"type": "TransactionEvent", "bizTransactionList": [{"bizTransaction": "urn:x:1"}]},
            (),
            (),
            (),
        ),
    ],
)
def test_lineage_of_each_kind_of_event(
    event: dict[str, Any], used: tuple[str, ...], out: tuple[str, ...], made: tuple[str, ...]
) -> None:
    parsed = parse_event(WHEN | event)
    assert (inputs(parsed), outputs(parsed), created(parsed)) == (used, out, made)


def test_every_thing_is_mentioned_once_and_places_are_not() -> None:
    assert mentioned(parse_event(WHEN | seen("OBSERVE"))) == (ITEM, LOT)
    assert mentioned(parse_event(WHEN | packed("DELETE"))) == (PALLET, ITEM, LOT)
    assert mentioned(parse_event(WHEN | TRANSFORMED)) == (ITEM, MASH, LOT)


def test_names_are_canonical_and_not_repeated() -> None:
    urn = "urn:epc:id:sgtin:9524071.000101.7"
    event = parse_event(WHEN | seen("ADD") | {"epcList": [ITEM, urn]})
    assert created(event) == (ITEM, LOT)
