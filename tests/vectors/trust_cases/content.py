"""Payloads: bound by a salted hash, shown or withheld, and about what the header says."""

from __future__ import annotations

import json
import unicodedata
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ocoptrace import canonical_json
from ocoptrace.signing import base64url
from vectors.trust_cases.case import TRUST, malformed, record, short_record
from vectors.trust_cases.forging import restated, rewritten
from village import BATCH, FOREIGN_BATCH, PRODUCT, Village

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ocoptrace.origin_record import OriginRecord
    from vectors.trust_cases.case import Case
    from village import Said

BATCH_AT, EVENT_AT, GRADE_AT, LIST_AT = range(4)


def story() -> tuple[Village, list[Said]]:
    """Return the statements of the standard record, in the order of the log."""
    village = Village()
    told = [village.state_batch(), village.state_event(), village.state_grade()]
    return village, [*told, village.state_complete(told, TRUST)]


def shown(number: int, **members: Any) -> OriginRecord:
    """Return the standard record with a payload or salt shown that was not stated."""
    village, told = story()
    told[number] = replace(told[number], **members)
    return village.record(told, TRUST)


def withheld(*numbers: int) -> OriginRecord:
    village, told = story()
    return village.record(told, TRUST, withheld=[told[number] for number in numbers])


def cases() -> Iterator[Case]:
    """Yield payloads that were changed, that are withheld, and that say something else."""
    yield from changed()
    yield from held_back()
    yield from about_something_else()


def changed() -> Iterator[Case]:
    _, told = story()
    event, grade = told[EVENT_AT].payload, told[GRADE_AT].payload
    salt = told[EVENT_AT].salt
    texts: dict[str, tuple[str, OriginRecord]] = {
        "digit": (
            "One digit of a quantity was changed.",
            shown(EVENT_AT, payload=event.replace("18456", "28456")),
        ),
        "white-space": (
            "The payload is written with spaces: the same JSON, and other bytes.",
            shown(EVENT_AT, payload=json.dumps(json.loads(event))),
        ),
        "not-normalised": (
            "Its letters are decomposed (NFD): they look the same.",
            shown(GRADE_AT, payload=unicodedata.normalize("NFD", grade)),
        ),
        "member-added": (
            "A member was added to it.",
            shown(EVENT_AT, payload=event.replace("{", '{"note":"",', 1)),
        ),
        "empty": ("An empty payload is shown.", shown(EVENT_AT, payload="")),
        "salt": (
            "A bit of the salt was changed.",
            shown(EVENT_AT, salt=bytes((salt[0] ^ 1,)) + salt[1:]),
        ),
        "salt-zero": ("A salt of zeros is shown.", shown(EVENT_AT, salt=bytes(16))),
    }
    for name, (says, given) in texts.items():
        changes = ("content fail", "-grade") if "NFD" in says else ("content fail",)
        yield record(f"content-{name}", says, given, "altered", *changes)
    village, told = story()
    first, second = told[BATCH_AT], told[EVENT_AT]
    told[BATCH_AT] = replace(first, payload=second.payload, salt=second.salt)
    told[EVENT_AT] = replace(second, payload=first.payload, salt=first.salt)
    says = "The payloads of two statements, with their salts, changed places."
    changes = ("content fail", "-shelf_life")
    yield record("content-swapped", says, village.record(told, TRUST), "altered", *changes)
    yield from salts_of_other_lengths()


def salts_of_other_lengths() -> Iterator[Case]:
    village, told = story()
    bad, salt, event = "record.bad_member", told[EVENT_AT].salt, told[EVENT_AT].payload
    says = "The first byte of the payload is taken for the last of the salt: the same hash."
    moved = {"salt": base64url.encode(salt + event[:1].encode()), "payload": event[1:]}
    given = rewritten(village.record(told, TRUST), EVENT_AT, **moved)
    yield malformed("content-boundary", says, bad, record=given)
    for length in (0, 15, 17, 32):
        village = Village()
        batch, event_said = village.state_batch(), village.state_event()
        other = restated(event_said, village, salt=bytes(length))
        kept = village.record([batch, replace(other, salt=bytes(16))], TRUST)
        given = rewritten(kept, 1, salt=base64url.encode(other.salt))
        says = f"A salt of {length} bytes, hashed and signed so."
        yield malformed(f"content-salt-{length}-bytes", says, bad, record=given)


def held_back() -> Iterator[Case]:
    says = "The payload of the event is withheld."
    untold = "entitlement unknown withheld"
    incomplete = ("about warn lineage_incomplete", untold)
    yield record("withheld-event", says, withheld(EVENT_AT), "warn", *incomplete)
    says = "The payload of the batch is withheld: nothing is said about it."
    changes = ("about fail nothing_signed", "-shelf_life")
    yield record("withheld-batch", says, withheld(BATCH_AT), "unproven", *changes)
    says = "The payload of the grade is withheld: no grade is shown."
    yield record("withheld-grade", says, withheld(GRADE_AT), "ok", "-grade")
    says = "The list of everything is withheld."
    yield record("withheld-list", says, withheld(LIST_AT), "ok", "complete unknown")
    says = "Every payload is withheld."
    changes = ("about fail nothing_signed", "complete unknown", "-grade", "-shelf_life")
    changes = (*changes, "content unknown withheld", untold)
    yield record("withheld-all", says, withheld(0, 1, 2, 3), "unproven", *changes)
    village, told = story()
    says = "A payload and a salt that are empty are shown, not withheld."
    given = rewritten(village.record(told, TRUST), EVENT_AT, payload="", salt="")
    yield malformed("withheld-as-empty", says, "record.bad_member", record=given)


def about_something_else() -> Iterator[Case]:
    event_id = "urn:uuid:0190a7c5-8a3e-8f00-8000-000000000099"
    event = json.loads(story()[1][EVENT_AT].payload)
    events: dict[str, tuple[str, Any]] = {
        "other-event": ("The header names another event.", event | {"eventID": event_id}),
        "no-event-id": (
            "The event has no eventID.",
            {name: value for name, value in event.items() if name != "eventID"},
        ),
        "not-json": ("The payload is no JSON.", b"18456 EA"),
        "array": ("The payload is an array.", [event]),
        "null": ("The payload is null.", b"null"),
        "member-twice": (
            "A member stands twice, so that two readers may read two events.",
            canonical_json.dumps(event).replace(b'"action":', b'"action":"DELETE","action":'),
        ),
        "nested-deep": ("Arrays nested 40 deep.", b"[" * 40 + b"]" * 40),
        "number-inexact": (
            "A number that a double does not hold.",
            canonical_json.dumps(event).replace(b"18456", b"18456.00000000000000001"),
        ),
        "no-time": (
            "An event without a time.",
            {name: value for name, value in event.items() if name != "eventTime"},
        ),
        "no-offset": (
            "An event whose time has no offset.",
            event | {"eventTime": "2026-09-15T07:30:00"},
        ),
        "unknown-type": ("An event of a type that EPCIS has not.", event | {"type": "PartyEvent"}),
        "check-digit": (
            "A name with a wrong check digit.",
            canonical_json.dumps(event).replace(b"3213/", b"3214/"),
        ),
    }
    for name, (says, payload) in events.items():
        village = Village()
        batch = village.state_batch()
        said = village.state("event", payload, subject=event["eventID"])
        given = village.record([batch, said], TRUST)
        yield short_record(f"payload-{name}", says, given, "malformed", "format fail payload")
    batch = json.loads(story()[1][BATCH_AT].payload)
    village = Village()
    said = village.state("batch", batch | {"id": FOREIGN_BATCH}, subject=BATCH)
    says = "The header names this batch, and the payload another's."
    yield short_record(
        "payload-other-batch",
        says,
        village.record([said], TRUST),
        "malformed",
        "format fail payload",
        "-shelf_life",
    )
    village = Village()
    grade = json.loads(story()[1][GRADE_AT].payload) | {"product": FOREIGN_BATCH[:-6]}
    told = [village.state_batch(), village.state("grade", grade, subject=PRODUCT)]
    says = "A grade of another product, stated under this one's name."
    changes = ("format fail payload", "entitlement fail role")
    given = village.record(told, TRUST)
    yield short_record("payload-other-grade", says, given, "malformed", *changes)
    village = Village()
    said = village.state_batch(quantity="many")
    says = "A batch whose quantity is no quantity: it is signed, and not readable."
    changes = ("format fail payload", "-shelf_life")
    given = village.record([said], TRUST)
    yield short_record("payload-batch-unreadable", says, given, "malformed", *changes)
