"""Events as the work calls them: harvest, ferment, weave, can, pack, ship, receive, recall.

Each function returns a valid event that makes sense, or says what is wrong with what it was
given. Names are GS1 Digital Links, plain names or other URIs; ``Quantity`` says how much of a
lot, a bare name is one thing.

>>> krill, paste = "https://example.org/ocop/7K3MQ9TB/MOI/250820", \
"https://example.org/ocop/7K3MQ9TB/MAM/1"
>>> workshop = "https://example.org/ocop/7K3MQ9TB/XUONG"
>>> vat = "urn:uuid:5f3c9b1e-0d5e-4c52-8f07-1f2b6a7d9c10"
>>> caught = harvest(when="2025-08-20T05:40:00+07:00", place="geo:10.03,105.78",
...     goods=[Quantity(krill, 3200, "KGM")], step="landing")
>>> caught.biz_step, caught.ilmd
('creating_class_instance', {'cbvmda:lotNumber': '250820'})
>>> salted = ferment_start(when="2025-08-20T09:30:00+07:00", place=workshop, batch=vat,
...     used=[Quantity(krill, 3200, "KGM")])
>>> done = ferment_end(when="2026-08-24T08:00:00+07:00", place=workshop, batch=vat,
...     made=[Quantity(paste, 2900, "KGM")], loss=Quantity(paste, 300, "KGM"))
>>> done.transformation_id == salted.transformation_id
True
>>> harvest(when="2025-08-20T05:40:00+07:00", place=workshop, goods=[Quantity(krill, 5, "KG")])
Traceback (most recent call last):
ocoptrace.errors.EpcisError: /quantityList/0/uom: "KG" is not a UN/ECE unit code. Write KGM.
"""

from __future__ import annotations

from ocoptrace.epcis.builders.circumstances import Circumstances, Goods, Measured, Quantity
from ocoptrace.epcis.builders.correction import declare_error
from ocoptrace.epcis.builders.making import (
    can,
    cultivate,
    ferment_end,
    ferment_start,
    harvest,
    inspect,
    label,
    make,
    weave,
)
from ocoptrace.epcis.builders.moving import (
    aggregate,
    destroy,
    pack,
    recall,
    receive,
    sell,
    ship,
    stock,
    store,
    take_back,
    unpack,
    void_shipping,
)

__all__ = [
    "Circumstances",
    "Goods",
    "Measured",
    "Quantity",
    "aggregate",
    "can",
    "cultivate",
    "declare_error",
    "destroy",
    "ferment_end",
    "ferment_start",
    "harvest",
    "inspect",
    "label",
    "make",
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
    "weave",
]
