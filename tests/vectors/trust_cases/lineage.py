"""What belongs to a record: what goods were made of, their other names, what was seen of them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from vectors.trust_cases.case import TRUST, bundle_file, short_record
from vectors.trust_cases.forging import forged
from village import (
    ADDRESS,
    BATCH,
    DOCUMENT,
    FOREIGN_BATCH,
    FOREIGN_PRODUCT,
    HOST,
    ITEM,
    KEYS,
    NEIGHBOUR,
    OFFICE,
    PALLET,
    PLACE_ENTRY,
    PLAIN,
    PRODUCER,
    PRODUCT,
    Party,
    Said,
    Village,
    es256,
    key_entry,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vectors.trust_cases.case import Case

OTHER_LOT = f"{PRODUCT}/10/L2"
MASH = f"{PRODUCT}/10/MASH"
PLAIN_BATCH = f"{PLAIN}/L1"
TRANSFORMATION = "urn:uuid:11111111-1111-4111-8111-111111111111"
PLACE = PLACE_ENTRY["id"]
OF_OTHERS = "attestation pass attested_by_other"
GAPS = ("warn", "about warn lineage_incomplete")
FOREIGN = ("unproven", "about fail unrelated")


@dataclass(frozen=True)
class Elsewhere(Party):
    """A party on another host."""

    @property
    def issuer(self) -> str:
        return f"https://other.example/ocop/{self.code}"


def based_on(*said: Said) -> dict[str, Any]:
    return {"ocop:basedOn": sorted(each.statement.id.hex() for each in said)}


def half(village: Village, *, of: str = "", into: str = "", by: Any = PRODUCER) -> Said:
    """Let a party tell one side of a transformation that goes on in another event."""
    sides = {"inputQuantityList": of, "outputQuantityList": into}
    lists = {
        member: [{"epcClass": name, "quantity": 9, "uom": "KGM"}]
        for member, name in sides.items()
        if name
    }
    return village.tell("TransformationEvent", by=by, transformationID=TRANSFORMATION, **lists)


def cases() -> Iterator[Case]:
    """Yield what events rest on, corrections, what goods came from, other names, documents."""
    yield from seen_before()
    yield from corrections()
    yield from one_event_id()
    yield from sources()
    yield from units()
    yield from other_names()
    yield from grades_of_other_names()
    yield from documents()
    yield from places()
    yield from producers()


def seen_before() -> Iterator[Case]:
    village = Village()
    batch = village.state_batch()
    bought = village.state_batch(FOREIGN_BATCH, by=NEIGHBOUR)
    caught = village.state_event(FOREIGN_BATCH, by=NEIGHBOUR)
    made = village.tell_made(FOREIGN_BATCH, BATCH, **based_on(bought, caught))
    whole = [batch, bought, caught, made]

    def case(name: str, says: str, told: list[Said], *found: str, **options: Any) -> Case:
        given = village.record(told, TRUST, **options)
        return short_record(f"based-on-{name}", says, given, *found, OF_OTHERS)

    says = "All that an event rests on is there: a batch and an event of the neighbour's."
    yield case("whole", says, whole, "ok")
    says = "The neighbour's event was left out, and an event rests on it."
    yield case("event-missing", says, [batch, bought, made], *GAPS)
    says = "The neighbour's batch was left out."
    yield case("batch-missing", says, [batch, caught, made], *GAPS)
    says = "Both were left out."
    yield case("all-missing", says, [batch, made], *GAPS)
    says = "The neighbour's batch is withheld: that it was stated stands there."
    yield case("batch-withheld", says, whole, "ok", withheld=[bought])
    says = "The neighbour's event is withheld."
    untold = "entitlement unknown withheld"
    yield case("event-withheld", says, whole, *GAPS, untold, withheld=[caught])


def corrections() -> Iterator[Case]:
    village = Village()
    batch, event = village.state_batch(), village.state_event(action="OBSERVE")
    name = event.statement.subject
    wrong = json.loads(event.payload) | {
        "errorDeclaration": {"declarationTime": "2026-09-16T08:00:00+07:00"}
    }
    own = village.state("event", wrong, subject=name)
    theirs = village.state("event", wrong, subject=name, by=NEIGHBOUR)
    says = "The producer declares its own event wrong."
    given = village.record([batch, event, own], TRUST)
    yield short_record("correction", says, given, "ok")
    says = "The neighbour declares the producer's event wrong."
    given = village.record([batch, event, theirs], TRUST)
    found = ("not_entitled", "+entitlement fail not_original_issuer", OF_OTHERS)
    yield short_record("correction-by-other", says, given, *found)
    untold = ("ok_offline", "entitlement unknown original_missing")
    says = "The same, where the event itself is not in the record: whose it was stands nowhere."
    given = village.record([batch, theirs], TRUST)
    yield short_record("correction-of-unshown", says, given, *untold, OF_OTHERS)
    says = "The producer declares an event wrong that is not in the record."
    given = village.record([batch, own], TRUST)
    yield short_record("correction-own-of-unshown", says, given, *untold)
    says = "The producer declares an event wrong that is withheld."
    given = village.record([batch, event, own], TRUST, withheld=[event])
    hidden = (*GAPS, "entitlement unknown withheld")
    yield short_record("correction-of-withheld", says, given, *hidden)


def one_event_id() -> Iterator[Case]:
    """Yield several events under one eventID."""
    village = Village()
    batch, event = village.state_batch(), village.state_event(action="OBSERVE")
    name, shown = event.statement.subject, json.loads(event.payload)
    again = village.state("event", shown, subject=name, salt=bytes(16))
    other = village.state("event", shown | {"bizStep": "packing"}, subject=name)
    theirs = village.state("event", shown | {"bizStep": "packing"}, subject=name, by=NEIGHBOUR)

    def case(name: str, says: str, more: Said, *found: str, **options: Any) -> Case:
        given = village.record([batch, event, more], TRUST, **options)
        return short_record(f"event-id-{name}", says, given, *found)

    conflict = ("altered", "+content fail event_id_conflict")
    yield case("conflict", "The producer tells two stories under one eventID.", other, *conflict)
    says = "The same bytes under one eventID twice, with two salts."
    yield case("stated-twice", says, again, "ok")
    says = "The neighbour tells another story under an eventID of the producer's."
    yield case("of-two-issuers", says, theirs, "ok", OF_OTHERS)
    says = "One of two stories under one eventID is withheld."
    untold = "entitlement unknown withheld"
    yield case("one-withheld", says, other, *GAPS, untold, withheld=[other])


def sources() -> Iterator[Case]:
    village = Village()
    batch = village.state_batch()
    made, elsewhere = village.tell_made(MASH, BATCH), village.tell_made(MASH, OTHER_LOT)
    mash, further = village.state_event(MASH), village.tell_made(BATCH, OTHER_LOT)
    into, own, foreign = (
        half(village, into=BATCH),
        half(village, of=MASH),
        half(village, of=MASH, by=NEIGHBOUR),
    )
    other = village.state_event(OTHER_LOT)
    records: dict[str, tuple[str, list[Said], tuple[str, ...]]] = {
        "back": ("What its goods were made of.", [batch, made, mash], ("ok",)),
        "unconnected": ("What nothing of it was made of.", [batch, into, mash], FOREIGN),
        "sideways": (
            "What else was made of the same.",
            [batch, made, mash, elsewhere],
            FOREIGN,
        ),
        "forward": ("What was made of it.", [batch, made, further], FOREIGN),
        "other-lot": ("Another lot of the product.", [batch, made, other], FOREIGN),
        "other-lot-withheld": (
            "Another lot beside an event that is withheld: nobody can tell what led where.",
            [batch, made, other],
            (*GAPS, "entitlement unknown withheld"),
        ),
        "two-halves": (
            "A transformation told in two events of one issuer.",
            [batch, into, own, mash],
            ("ok",),
        ),
        "halves-of-two": (
            "A transformation with one id, told by two issuers: those are two.",
            [batch, into, foreign, mash],
            # What may not be named is not: the neighbour's is an event of an input.
            (*FOREIGN, OF_OTHERS),
        ),
    }
    for name, (says, told, found) in records.items():
        withheld = [made] if name.endswith("withheld") else []
        given = village.record(told, TRUST, withheld=withheld)
        yield short_record(f"source-{name}", says, given, *found)


def units() -> Iterator[Case]:
    village = Village()
    batch, item = village.state_batch(), village.state_event(quantityList=[], epcList=[ITEM])
    packed = village.tell("AggregationEvent", action="ADD", parentID=PALLET, childEPCs=[ITEM])
    sent = village.state_event(action="OBSERVE", quantityList=[], epcList=[PALLET])
    beside = village.tell(
        "AggregationEvent", action="ADD", parentID=PALLET, childEPCs=[f"{OTHER_LOT}/21/1"]
    )
    says = "Items of it were packed on a pallet, and the pallet was sent."
    given = village.record([batch, item, packed, sent], TRUST)
    yield short_record("unit-sent", says, given, "ok")
    says = "The pallet was sent, and nothing tells that anything of it was on it."
    given = village.record([batch, item, sent], TRUST)
    yield short_record("unit-unconnected", says, given, *FOREIGN)
    says = "Something else was packed on the pallet too: that is where these items went."
    given = village.record([batch, item, packed, beside], TRUST)
    yield short_record("unit-shared", says, given, "ok")


def other_names() -> Iterator[Case]:
    village = Village()
    plain = [village.state_batch(PLAIN_BATCH), village.state_event(PLAIN_BATCH)]
    alias, grade = village.state_alias(), village.state_grade()
    of_plain = {"about": PLAIN_BATCH}
    says = "A grade under the GTIN, in the record of a batch with a plain name."
    given = village.record([*plain, grade], TRUST, **of_plain)
    yield short_record("alias-missing", says, given, *FOREIGN, **of_plain)
    says = "An alias whose payload is withheld ties nothing."
    given = village.record([*plain, alias, grade], TRUST, withheld=[alias], **of_plain)
    changes = (*FOREIGN, "entitlement unknown withheld")
    yield short_record("alias-withheld", says, given, *changes, **of_plain)
    says = "An alias whose signature is another's ties nothing."
    village = Village()
    plain = [village.state_batch(PLAIN_BATCH), village.state_event(PLAIN_BATCH)]
    grade = village.state_grade()
    false = forged(village.state_alias(), village, signature=bytes(64))
    given = village.record([*plain, false, grade], TRUST, **of_plain)
    changes = ("altered", "signature fail", "about fail unrelated")
    yield short_record("alias-forged", says, given, *changes, **of_plain)
    says = "An alias with the neighbour's GTIN, to borrow its grade: it ties nothing."
    village = Village()
    plain = [village.state_batch(PLAIN_BATCH), village.state_event(PLAIN_BATCH)]
    borrowed = village.state_alias(gtin=FOREIGN_PRODUCT)
    grade = json.loads(village.state_grade().payload) | {"product": FOREIGN_PRODUCT}
    theirs = village.state("grade", grade, subject=FOREIGN_PRODUCT, by=OFFICE)
    given = village.record([*plain, borrowed, theirs], TRUST, **of_plain)
    changes = ("not_entitled", "entitlement fail name", "about fail unrelated")
    yield short_record("alias-borrowed", says, given, *changes, **of_plain)
    village = Village()
    told = [village.state_batch(), village.state_event()]
    says = "The alias of the product, in the record of a batch under its GTIN."
    given = village.record([*told, village.state_alias()], TRUST)
    yield short_record("alias-of-gtin", says, given, "ok")
    says = "An alias of the neighbour's product."
    foreign = village.state_alias(f"{NEIGHBOUR.issuer}/CA", FOREIGN_PRODUCT, by=NEIGHBOUR)
    given = village.record([*told, foreign], TRUST)
    yield short_record("alias-of-other", says, given, *FOREIGN)


def grades_of_other_names() -> Iterator[Case]:
    """Yield grades under the one and the other name of an alias, of a batch with a plain name."""
    village = Village()
    tied = [village.state_batch(PLAIN_BATCH), village.state_event(PLAIN_BATCH)]
    tied.append(village.state_alias())
    grade, over = village.state_grade(), village.state_grade(validTo="2026-11-22")
    members = json.loads(grade.payload) | {"product": PLAIN, "stars": 3, "score": 60.5}
    own = village.state("grade", members, subject=PLAIN, by=OFFICE)
    ended = village.state("grade", members | {"validTo": "2026-11-22"}, subject=PLAIN, by=OFFICE)
    good, graded_as, expired = (
        ("ok", "grade pass"),
        ("warn", "grade warn graded_as"),
        ("warn", "grade warn expired"),
    )
    records: dict[str, tuple[str, list[Said], tuple[str, ...]]] = {
        "": ("The alias ties the names: the grade is that of the other.", [grade], graded_as),
        "-graded-itself": (
            "A grade under each name: that under its own goes before the other.",
            [grade, own],
            good,
        ),
        "-graded-itself-over": (
            "The grade under its own name is over, and one is in force under the other.",
            [grade, ended],
            expired,
        ),
        "-grade-over": ("The only grade is under the other name, and over.", [over], expired),
    }
    for name, (says, grades, found) in records.items():
        given = village.record([*tied, *grades], TRUST, about=PLAIN_BATCH)
        yield short_record(f"alias{name}", says, given, *found, about=PLAIN_BATCH)


def documents() -> Iterator[Case]:
    village = Village()
    batch = village.state_batch()
    event = village.state_event(bizLocation={"id": PLACE})
    other = village.state_event(OTHER_LOT)
    about = {
        "batch": (BATCH, True),
        "product": (PRODUCT, True),
        "event": (event.statement.subject, True),
        "place": (PLACE, True),
        "other-batch": (FOREIGN_BATCH, False),
        "other-lot": (OTHER_LOT, False),
        "other-event": (other.statement.subject, False),
        "pallet": (PALLET, False),
    }
    for name, (subject, belongs) in about.items():
        says = f"A document about {subject}."
        given = village.record([batch, event, village.state_evidence(subject)], TRUST)
        of_others = (OF_OTHERS,) if subject == FOREIGN_BATCH else ()
        found = (*(("ok",) if belongs else FOREIGN), *of_others)
        yield short_record(f"evidence-{name}", says, given, *found)
    says = "A document about this batch and the neighbour's."
    both = village.state_evidence(BATCH, FOREIGN_BATCH)
    found = ("ok", OF_OTHERS)
    yield short_record("evidence-both", says, village.record([batch, event, both], TRUST), *found)
    says = "A document of the neighbour's about this batch: the neighbour's word."
    theirs = village.state_evidence(BATCH, by=NEIGHBOUR)
    given = village.record([batch, event, theirs], TRUST)
    yield short_record("evidence-by-other", says, given, *found)


def places() -> Iterator[Case]:
    """Yield entries of places: they are those of who says what happened there."""
    village = Village()
    batch, bare = village.state_batch(), village.state_event()
    event = village.state_event(bizLocation={"id": PLACE})
    theirs = village.state_event(
        action="OBSERVE",
        bizLocation={"id": PLACE},
        by=NEIGHBOUR,
        eventTime="2026-09-16T07:30:00+07:00",
    )
    own, of_neighbour = (
        village.state("place", PLACE_ENTRY, subject=DOCUMENT, by=by) for by in (PRODUCER, NEIGHBOUR)
    )
    records: dict[str, tuple[str, list[Said], tuple[str, ...]]] = {
        "nowhere": ("A place where nothing of it was.", [batch, bare, own], FOREIGN),
        "of-own": ("A place where something of it was.", [batch, event, own], ("ok",)),
        "of-other": (
            "What the neighbour says of a place that only the producer names.",
            [batch, event, of_neighbour],
            FOREIGN,
        ),
        "seen-by-other": (
            "What the producer says of a place that only the neighbour names.",
            [batch, bare, theirs, own],
            (*FOREIGN, OF_OTHERS),
        ),
        "of-both": (
            "Both name a place, and both say what it is.",
            [batch, event, theirs, own, of_neighbour],
            ("ok", OF_OTHERS),
        ),
    }
    for name, (says, told, found) in records.items():
        yield short_record(f"place-told-{name}", says, village.record(told, TRUST), *found)


def producers() -> Iterator[Case]:
    """Yield entries of producers: an office speaks of those on its own host."""
    village = Village()
    office = Elsewhere("0FF1CE01", es256(43))
    keys = [*KEYS, key_entry(office)]
    options = {"bundle": bundle_file(2, keys=keys, namespaces=(HOST, "other.example")).to_bytes()}
    told = [village.state_batch(), village.state_event()]
    parties: dict[str, tuple[str, Party, Party, tuple[str, ...]]] = {
        "own": ("Who the issuer of the record is.", PRODUCER, OFFICE, ("ok",)),
        "office": ("Who the office is, which states the entry.", OFFICE, OFFICE, ("ok",)),
        "other": ("Who the neighbour is, of whom nothing is here.", NEIGHBOUR, OFFICE, FOREIGN),
        "other-host": (
            "An office of another host says who its producer of the same code is.",
            PRODUCER,
            office,
            FOREIGN,
        ),
    }
    for name, (says, producer, by, found) in parties.items():
        entry = {
            "type": "producer",
            "id": producer.code,
            "names": {"vi": "Mắm tôm", "en": "Shrimp paste"},
            "subjectType": "cooperative",
            "address": ADDRESS,
        }
        said = village.state("producer", entry, subject=DOCUMENT, by=by)
        given = village.record([*told, said], TRUST)
        yield short_record(f"producer-{name}", says, given, *found, **options)
