"""Tell one batch of shrimp paste as EPCIS events, and let the chain be checked: run it anywhere."""

from datetime import date
from pathlib import Path

from ocoptrace.epcis import check_document, read_document, write_json
from ocoptrace.epcis.builders import (
    Measured,
    Quantity,
    aggregate,
    can,
    ferment_end,
    ferment_start,
    harvest,
    inspect,
    label,
    pack,
    recall,
    receive,
    ship,
)

# Names without a GS1 membership; a GTIN's Digital Link would do as well.
OURS = "https://id.example/ocop/7K3MQ9TB"
SHOP = "https://id.example/ocop/4PYX2C8N"
PORT, WORKSHOP = f"{OURS}/CANG", f"{OURS}/XUONG"
KRILL, MASH, PASTE = f"{OURS}/MOI/250820", f"{OURS}/CHUOP/B07", f"{OURS}/MAMTOM/260915"
VAT = "urn:uuid:5f3c9b1e-0d5e-4c52-8f07-1f2b6a7d9c10"
CARTON, PALLET = "https://id.gs1.org/00/095240712609170016", "urn:epc:id:sscc:9524071.0000000001"
JARS = [f"{PASTE}/{number}" for number in range(1, 13)]

events = [
    harvest(
        when="2025-08-20T05:40:00+07:00",
        place=PORT,
        step="landing",
        goods=[Quantity(KRILL, 3200, "KGM")],
        papers={"ocop:catch_log": "urn:uuid:0b5a3c1e-7d52-4a6b-9a53-6f0d2f5c1e01"},
    ),
    ferment_start(
        when="2025-08-20T09:30:00+07:00",
        place=WORKSHOP,
        batch=VAT,
        used=[Quantity(KRILL, 3200, "KGM"), Quantity(f"{OURS}/MUOI/L3", 0.8, "TNE")],
    ),
    ferment_end(
        when="2026-08-24T08:00:00+07:00",
        place=WORKSHOP,
        batch=VAT,
        made=[Quantity(MASH, 3600, "KGM")],
        loss=Quantity(MASH, 400, "KGM"),
    ),
    can(
        when="2026-09-15T07:30:00+07:00",
        place=WORKSHOP,
        used=[Quantity(MASH, 6, "KGM")],
        made=[Quantity(PASTE, 12)],
        expires=date(2028, 9, 14),
        measured=[Measured("Temperature", 85, "CEL")],
    ),
    inspect(
        when="2026-09-16T10:00:00+07:00", place=WORKSHOP, goods=[Quantity(PASTE, 1)], passed=True
    ),
    label(when="2026-09-17T08:00:00+07:00", place=WORKSHOP, goods=JARS),
    pack(when="2026-09-17T09:00:00+07:00", place=WORKSHOP, container=CARTON, goods=JARS),
    aggregate(when="2026-09-17T10:00:00+07:00", place=WORKSHOP, container=PALLET, goods=[CARTON]),
    ship(when="2026-09-18T06:00:00+07:00", place=WORKSHOP, goods=[PALLET], sender=OURS + "/HTX"),
    receive(when="2026-09-19T15:00:00+07:00", place=SHOP + "/KHO", goods=[PALLET]),
    recall(when="2026-10-01T09:00:00+07:00", place=SHOP + "/KHO", goods=JARS[:2]),
]

Path("chain.jsonld").write_bytes(write_json(events))
document = read_document(Path("chain.jsonld").read_bytes())
print(len(document.events), "events,", len(check_document(document)), "findings")

# What a second filling of the same vat's mash would come to:
events.append(
    can(
        when="2026-09-20T07:30:00+07:00",
        place=WORKSHOP,
        used=[Quantity(MASH, 3595, "KGM")],
        made=[Quantity(f"{OURS}/MAMTOM/260920", 7000)],
    )
)
for finding in check_document(read_document(write_json(events))):
    print(f"{finding.severity} {finding.place}: {finding.text()}")
