"""Event hashes of a document in each syntax, beside the reference generator in the same run.

The reference lives in an environment of its own, which ``make .venv-hash`` builds. Both sides
begin with the bytes of the document and end with one hash for each event. Both work in one
thread, and the seconds are those of the processor, so that what else runs on the machine counts
little. They take turns, and the best of their turns counts. The reference validates nothing, and
neither does ``hash_document``; the second row of each syntax builds and validates our events
first. How many hashes agree is printed too.
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
import tempfile
from pathlib import Path
from time import process_time
from typing import TYPE_CHECKING, Any

from ocoptrace.epcis import hash_document, hash_events, read_document, write_xml

if TYPE_CHECKING:
    from collections.abc import Callable

OWN = "urn:epc:id:pgln:9521234.00001"
EVENTS, TURNS, REPEATS = 1_000, 4, 4
REFERENCE = Path(__file__).parents[1] / ".venv-hash" / "bin" / "python"
CONTEXT = [
    "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld",
    {"farm": "https://farm.example/voc/"},
]
THEIRS = """
import json, logging, sys, time
logging.disable(logging.CRITICAL)
from epcis_event_hash_generator import hash_generator, json_to_py, xml_to_py
text = open(sys.argv[1], encoding="utf-8").read()
reader = xml_to_py if text.startswith("<") else json_to_py
best = float("inf")
for _ in range(2):
    start = time.process_time()
    hashes = hash_generator.epcis_hashes_from_events(
        reader.event_list_from_epcis_document_str(text))
    best = min(best, time.process_time() - start)
print(json.dumps([best, hashes]))
"""


def event(number: int, dice: random.Random) -> dict[str, Any]:
    """Return the harvest, reading, packing, shipping or canning of a lot."""
    common = {
        "eventID": f"urn:uuid:0198c0de-0000-7000-8000-{number:012}",
        "eventTime": f"2025-08-{number % 28 + 1:02}T{number % 24:02}:{number % 60:02}:00.5+07:00",
        "eventTimeZoneOffset": "+07:00",
        "readPoint": {"id": f"urn:epc:id:sgln:9521234.0{dice.randrange(12):04}.0"},
        "bizLocation": {"id": "https://id.gs1.org/414/9521234000013"},
        "disposition": "in_progress",
    }
    lot = f"LOT-{number:05}"
    weight = {
        "epcClass": f"https://shop.example/01/09521234543213/10/{lot}",
        "quantity": dice.randrange(1, 90_000) / 10,
        "uom": "KGM",
    }
    match number % 5:
        case 0:
            what: dict[str, Any] = {
                "type": "ObjectEvent",
                "action": "ADD",
                "bizStep": "commissioning",
                "quantityList": [weight],
                "ilmd": {"farm:lot": lot, "farm:plot": {"farm:row": f"R{number % 7}"}},
            }
        case 1:
            what = {
                "type": "ObjectEvent",
                "action": "OBSERVE",
                "bizStep": "storing",
                "epcList": [
                    f"urn:epc:id:sgtin:9521234.054321.K{number:06}X{each}" for each in "AB"
                ],
                "sensorElementList": [
                    {
                        "sensorMetadata": {"deviceID": "urn:epc:id:giai:9521234.7"},
                        "sensorReport": [
                            {"type": "Temperature", "value": dice.randrange(99) / 4, "uom": "CEL"},
                            {"type": "RelativeHumidity", "value": dice.randrange(99), "uom": "P1"},
                        ],
                    }
                ],
            }
        case 2:
            what = {
                "type": "AggregationEvent",
                "action": "ADD",
                "bizStep": "packing",
                "parentID": f"urn:epc:id:sscc:9521234.0{number:09}",
                "childEPCs": [
                    f"https://id.gs1.org/01/09521234543213/21/P{number:06}{each}" for each in "ABC"
                ],
            }
        case 3:
            what = {
                "type": "ObjectEvent",
                "action": "OBSERVE",
                "bizStep": "shipping",
                "epcList": [f"urn:epc:id:sscc:9521234.0{number:09}"],
                "bizTransactionList": [
                    {"type": "desadv", "bizTransaction": f"https://farm.example/advice/{number}"}
                ],
                "sourceList": [{"type": "owning_party", "source": OWN}],
                "destinationList": [
                    {
                        "type": "owning_party",
                        "destination": f"urn:epc:id:pgln:9521234.1{dice.randrange(40):04}",
                    }
                ],
                "farm:truck": f"29C-{number % 60:05}",
            }
        case _:
            what = {
                "type": "TransformationEvent",
                "bizStep": "creating_class_instance",
                "inputQuantityList": [weight],
                "outputQuantityList": [
                    {"epcClass": f"urn:epc:class:lgtin:9521234.054321.C{number}", "quantity": 240}
                ],
            }
    return what | common


def document(first: int) -> bytes:
    """Return a document of events; the same for the same first number."""
    dice = random.Random(first)  # noqa: S311 - the same document at every run, no secret
    body = {"eventList": [event(number, dice) for number in range(first, first + EVENTS)]}
    return json.dumps(
        {
            "@context": CONTEXT,
            "type": "EPCISDocument",
            "schemaVersion": "2.0",
            "creationDate": "2025-09-01T00:00:00Z",
            "epcisBody": body,
        }
    ).encode()


def as_xml(data: bytes) -> bytes:
    """Return the same document as XML."""
    return write_xml(read_document(data))


def ours(data: bytes) -> list[str]:
    """Return the hashes of the events as they stand in the document."""
    return hash_document(data, profile="reference-1.9")


def ours_checked(data: bytes) -> list[str]:
    """Return the hashes of events that were read and validated."""
    return list(hash_events(read_document(data).events, profile="reference-1.9"))


def best(work: Callable[[bytes], list[str]], documents: list[bytes]) -> float:
    """Return the shortest time for a document, in seconds, each with lots not seen before."""
    seconds = []
    for data in documents:
        start = process_time()
        work(data)
        seconds.append(process_time() - start)
    return min(seconds)


def theirs(data: bytes) -> tuple[float, list[str]]:
    """Return the shortest time of the reference generator, in seconds, and its hashes."""
    with tempfile.NamedTemporaryFile() as file:
        file.write(data)
        file.flush()
        command = [REFERENCE, "-c", THEIRS, file.name]
        done = subprocess.run(command, check=True, capture_output=True)  # noqa: S603 - our own
    seconds, hashes = json.loads(done.stdout)
    return seconds, hashes


def main() -> None:
    """Print how many events a second each way hashes, and how many hashes agree."""
    print(f"Seconds are of the processor; the best of {TURNS} turns of each side counts.")
    print(f"{'event hash, ' + str(EVENTS) + ' events':<40}{'events/s':>10}{'ratio':>8}{'agree':>8}")
    rows = (("document to hashes", ours), ("… read and validated first", ours_checked))
    for syntax, written in (("JSON-LD", bytes), ("XML", as_xml)):
        data = written(document(0))
        seconds, expected = float("inf"), []
        taken_by = {name: float("inf") for name, _ in rows}
        for turn in range(TURNS):
            if REFERENCE.exists():
                reference, expected = theirs(data)
                seconds = min(seconds, reference)
            first = turn * REPEATS + 1
            unseen = [written(document((first + each) * EVENTS)) for each in range(REPEATS)]
            for name, work in rows:
                taken_by[name] = min(taken_by[name], best(work, unseen))
        for name, work in rows:
            taken = taken_by[name]
            ratio = f"{seconds / taken:.1f}" if expected else "-"
            agree = sum(one == two for one, two in zip(work(data), expected, strict=False))
            print(f"{syntax + ', ' + name:<40}{EVENTS / taken:>10.0f}{ratio:>8}{agree:>8}")
        if expected:
            name = f"{syntax}, reference generator 1.9.3"
            print(f"{name:<40}{EVENTS / seconds:>10.0f}{1:>8}{len(expected):>8}")
    if not REFERENCE.exists():
        print("no reference generator: make .venv-hash", file=sys.stderr)


if __name__ == "__main__":
    main()
