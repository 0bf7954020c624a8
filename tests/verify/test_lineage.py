"""What belongs to a record beyond its own events: other names, documents, what events rest on."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ocoptrace.epcis import canonical_bytes, parse_event
from ocoptrace.verify import Check, Verdict, verify_record
from village import (
    ADDRESS,
    BATCH,
    FOREIGN_BATCH,
    FOREIGN_PRODUCT,
    ITEM,
    NEIGHBOUR,
    NOW,
    OFFICE,
    PLACE_ENTRY,
    PRODUCER,
    PRODUCT,
    Party,
    Said,
    Village,
    publish,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

TRUST = publish()
UUID = "urn:uuid:3f0d5a52-6f0e-4d0a-9a55-0c8a7f6f1a11"
PLAIN = f"{PRODUCER.issuer}/MAMTOM"
PALLET = "https://id.gs1.org/00/095212345432100010"
TRANSFORMATION = "urn:uuid:" + "1" * 8 + "-1111-4111-8111-" + "1" * 12


@dataclass(frozen=True)
class Elsewhere(Party):
    """A party on another host."""

    @property
    def issuer(self) -> str:
        return f"https://elsewhere.example/ocop/{self.code}"


def verdict_of(
    village: Village, said: Iterable[Said], *, about: str = BATCH, withheld: Iterable[Said] = ()
) -> Verdict:
    record = village.record(said, TRUST, about=about, withheld=withheld)
    return verify_record(record.to_bytes(), trust=TRUST, now=NOW)


def about_of(village: Village, *said: Said, **options: Any) -> Check:
    check = verdict_of(village, said, **options).check("about")
    assert check is not None
    return check


def unrelated(village: Village, *said: Said, **options: Any) -> bool:
    return about_of(village, *said, **options).reason == "unrelated"


def state_alias(village: Village, plain: str = PLAIN, gtin: str = PRODUCT, **options: Any) -> Said:
    payload = {"type": "alias", "id": plain, "gtin": gtin}
    return village.state("alias", payload, subject=plain, **options)


def state_evidence(village: Village, *about: str, **options: Any) -> Said:
    payload = {
        "type": "evidence",
        "id": UUID,
        "about": sorted(about),
        "mediaType": "application/pdf",
        "sha256": "0" * 64,
        "size": 48213,
        "title": {"vi": "Phiếu kết quả kiểm nghiệm"},
    }
    return village.state("evidence", payload, subject=UUID, **options)


def half(village: Village, by: Party, *, of: str = "", into: str = "") -> Said:
    """Let a party tell one side of a transformation that goes on in another event."""
    number = len(village.entries)
    event = {
        "type": "TransformationEvent",
        "eventID": f"urn:uuid:0190a7c5-8a3e-8f00-8000-{number:012d}",
        "eventTime": "2026-09-15T07:30:00+07:00",
        "eventTimeZoneOffset": "+07:00",
        "transformationID": TRANSFORMATION,
    }
    sides = {"inputQuantityList": of, "outputQuantityList": into}
    for member, name in sides.items():
        if name:
            event[member] = [{"epcClass": name, "quantity": 9, "uom": "KGM"}]  # type: ignore[assignment]
    payload = canonical_bytes(parse_event(event))
    return village.state("event", payload, subject=str(event["eventID"]), by=by)


def test_a_transformation_told_in_two_events_is_its_issuers_alone() -> None:
    village = Village()
    batch = village.state_batch()
    into = half(village, PRODUCER, into=BATCH)
    mash = f"{PRODUCT}/10/MASH"
    own, foreign = half(village, PRODUCER, of=mash), half(village, NEIGHBOUR, of=mash)
    source = village.state_event(mash)
    assert not unrelated(village, batch, into, own, source)
    assert unrelated(village, batch, into, foreign, source)


def test_an_alias_belongs_to_the_records_of_both_names() -> None:
    village = Village()
    alias = state_alias(village)
    plain_batch = f"{PLAIN}/L1"
    for name in (BATCH, plain_batch):
        told = [village.state_batch(name), village.state_event(name), alias]
        assert verdict_of(village, told, about=name).overall == "ok"
    other = [village.state_batch(f"{PRODUCT}/10/L2"), state_alias(village, f"{PLAIN}2", PRODUCT)]
    assert not unrelated(village, village.state_batch(), village.state_event(), other[1])
    foreign = state_alias(village, f"{NEIGHBOUR.issuer}/CA", FOREIGN_PRODUCT, by=NEIGHBOUR)
    assert unrelated(village, village.state_batch(), village.state_event(), foreign)


def test_a_grade_under_the_other_name_is_noted_as_such() -> None:
    village = Village()
    told = [village.state_batch(f"{PLAIN}/L1"), village.state_event(f"{PLAIN}/L1")]
    grade = village.state_grade()
    without = verdict_of(village, [*told, grade], about=f"{PLAIN}/L1")
    assert (without.check("grade"), without.overall) == (None, "unproven")
    told.append(state_alias(village))
    check = verdict_of(village, [*told, grade], about=f"{PLAIN}/L1").check("grade")
    assert check is not None
    assert (check.outcome, check.reason) == ("warn", "graded_as")
    assert (check.facts["stars"], check.facts["name"]) == (4, PRODUCT)
    over = village.state_grade(validTo="2026-10-01")
    check = verdict_of(village, [*told, over], about=f"{PLAIN}/L1").check("grade")
    assert check is not None
    assert check.reason == "expired"


def test_a_grade_under_the_own_name_goes_before_one_under_another() -> None:
    village = Village()
    told = [village.state_batch(), village.state_event(), village.state_alias()]
    own = village.state_grade(stars=3, score=60.5)
    entry = json.loads(own.payload) | {"product": PLAIN, "stars": 4, "score": 81.5}
    other = village.state("grade", entry, subject=PLAIN, by=OFFICE)
    check = verdict_of(village, [*told, own, other]).check("grade")
    assert check is not None
    assert (check.outcome, check.facts["stars"]) == ("pass", 3)
    check = verdict_of(village, [*told, other]).check("grade")
    assert check is not None
    assert (check.reason, check.facts["name"]) == ("graded_as", PLAIN)


def test_a_place_belongs_to_the_events_of_who_states_it() -> None:
    village = Village()
    told = [village.state_batch(), village.state_event(bizLocation={"id": PLACE_ENTRY["id"]})]
    for by in (PRODUCER, NEIGHBOUR):
        place = village.state("place", PLACE_ENTRY, subject=UUID, by=by)
        assert unrelated(village, *told, place) == (by is NEIGHBOUR)


def producer_entry(village: Village, code: str, *, by: Party = OFFICE) -> Said:
    entry = {
        "type": "producer",
        "id": code,
        "names": {"vi": "Hợp tác xã", "en": "Cooperative"},
        "subjectType": "cooperative",
        "address": ADDRESS,
    }
    return village.state("producer", entry, subject=UUID, by=by)


def test_a_producer_belongs_where_it_states_something() -> None:
    village = Village()
    told = [village.state_batch(), village.state_event()]
    assert not unrelated(village, *told, producer_entry(village, PRODUCER.code))
    assert unrelated(village, *told, producer_entry(village, NEIGHBOUR.code))
    # An office of another host has a producer of this code of its own.
    said = producer_entry(village, PRODUCER.code, by=Elsewhere(OFFICE.code, OFFICE.signer))
    assert unrelated(village, *told, said)


def test_an_alias_by_who_may_not_state_it_gives_no_name() -> None:
    village = Village()
    told = [village.state_batch(), village.state_event()]
    theirs = f"{NEIGHBOUR.issuer}/MAMTOM"
    product = {
        "type": "product",
        "id": theirs,
        "names": {"vi": "Mắm", "en": "Paste"},
        "kind": "food",
    }
    foreign = village.state("product", product, subject=theirs, by=NEIGHBOUR)
    alias = state_alias(village, theirs, PRODUCT, by=NEIGHBOUR)
    check = about_of(village, *told, foreign, alias)
    assert (check.reason, check.facts["subject"]) == ("unrelated", theirs)


def test_evidence_belongs_where_something_that_it_is_about_does() -> None:
    village = Village()
    batch = village.state_batch()
    event = village.state_event(bizLocation={"id": PLACE_ENTRY["id"]})
    other = village.state_event(f"{PRODUCT}/10/L2")
    for name in (BATCH, PRODUCT, event.statement.subject, PLACE_ENTRY["id"]):
        evidence = state_evidence(village, name, FOREIGN_BATCH)
        assert not unrelated(village, batch, event, evidence)
    for name in (FOREIGN_BATCH, f"{PRODUCT}/10/L2", other.statement.subject, PALLET):
        evidence = state_evidence(village, name)
        assert unrelated(village, batch, event, evidence)


def resting(village: Village, *ids: bytes, **members: Any) -> Said:
    return village.state_event(**{"ocop:basedOn": sorted(i.hex() for i in ids)}, **members)


def test_what_an_event_rests_on_has_to_be_there() -> None:
    village = Village()
    batch = village.state_batch()
    seen = village.state_batch(FOREIGN_BATCH, by=NEIGHBOUR)
    uses: dict[str, Any] = {
        "kind": "TransformationEvent",
        "inputQuantityList": [{"epcClass": FOREIGN_BATCH, "quantity": 9, "uom": "KGM"}],
        "outputQuantityList": [{"epcClass": BATCH, "quantity": 9, "uom": "KGM"}],
    }
    event = village.tell(**uses, **{"ocop:basedOn": [seen.statement.id.hex()]})
    whole = about_of(village, batch, seen, event)
    assert (whole.outcome, whole.facts["missing"]) == ("pass", 0)
    check = about_of(village, batch, event)
    assert (check.outcome, check.reason) == ("warn", "lineage_incomplete")
    assert (check.facts["missing"], check.facts["withheld"]) == (1, 0)
    # Withheld is not left out: that it was said stands there.
    assert about_of(village, batch, seen, event, withheld=[seen]).outcome == "pass"


def test_only_events_of_the_lineage_have_to_rest_on_something() -> None:
    village = Village()
    batch, event = village.state_batch(), village.state_event()
    gone = bytes(32)
    assert about_of(village, batch, resting(village, gone)).facts["missing"] == 1
    elsewhere = resting(
        village, gone, quantityList=[{"epcClass": FOREIGN_BATCH, "quantity": 1, "uom": "KGM"}]
    )
    check = about_of(village, batch, event, elsewhere)
    assert (check.reason, check.facts["missing"]) == ("unrelated", 0)


def attestation(village: Village, *said: Said) -> Check | None:
    return verdict_of(village, [village.state_batch(), *said]).check("attestation")


def test_who_speaks_of_goods_of_others_is_named() -> None:
    village = Village()
    event = village.state_event()
    seen = village.state_event(by=NEIGHBOUR, action="OBSERVE")
    packed = village.state_event(
        quantityList=[], epcList=[ITEM, PALLET], action="DELETE", by=NEIGHBOUR
    )
    check = attestation(village, event, seen, packed)
    assert check is not None
    assert (check.outcome, check.reason) == ("pass", "attested_by_other")
    assert check.facts["count"] == 2
    assert check.facts["issuers"] == NEIGHBOUR.issuer
    assert check.facts["items"] == " ".join(sorted([BATCH, ITEM, PALLET]))


def test_who_speaks_of_own_goods_attests_nothing_of_others() -> None:
    village = Village()
    assert (
        attestation(village, village.state_event(), village.state_event(action="OBSERVE")) is None
    )


def test_inputs_of_others_are_attested_too() -> None:
    village = Village()
    made = half(village, PRODUCER, of=FOREIGN_BATCH)
    check = attestation(village, half(village, PRODUCER, into=BATCH), made)
    assert check is not None
    assert check.facts["items"] == FOREIGN_BATCH
    assert check.facts["issuers"] == PRODUCER.issuer


def test_things_without_a_name_of_ours_are_nobodys() -> None:
    village = Village()
    nameless = village.state_event(
        action="OBSERVE", quantityList=[], epcList=[UUID, "https://shop.example/x", ITEM]
    )
    assert attestation(village, nameless) is None


def test_evidence_about_goods_of_others_is_the_word_of_who_states_it() -> None:
    village = Village()
    event = village.state_event()
    by_others = village.state_evidence(BATCH, by=NEIGHBOUR)
    check = attestation(village, event, by_others)
    assert check is not None
    assert (check.facts["items"], check.facts["issuers"]) == (BATCH, NEIGHBOUR.issuer)
    assert attestation(village, event, village.state_evidence(BATCH)) is None


def test_what_may_not_be_said_attests_nothing() -> None:
    village = Village()
    mixed = village.state_event(by=NEIGHBOUR)
    assert attestation(village, village.state_event(), mixed) is None
