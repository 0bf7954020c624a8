"""Who may state what, about which names, at which time (formats, section 4)."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from vectors.trust_cases.case import STANDARD, TRUST, bundle_file, record, short_record
from vectors.trust_cases.revocation import revocation
from village import (
    A_DAY,
    ADDRESS,
    BATCH,
    CLOSED,
    DOCUMENT,
    FOREIGN_BATCH,
    FOREIGN_PRODUCT,
    FOUNDED,
    HOST,
    KEYS,
    LOG,
    NEIGHBOUR,
    NOW,
    OFFICE,
    PLACE_ENTRY,
    PLAIN,
    PRODUCER,
    PRODUCT,
    ROOT,
    Party,
    Village,
    grant,
    key_entry,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ocoptrace.signing.bundle import Grant
    from ocoptrace.signing.statement import Kind
    from vectors.trust_cases.case import Case

A_SECOND = timedelta(seconds=1)
GTIN_8 = "https://id.gs1.org/01/00000095200002"
CASE_OF_12 = "https://id.gs1.org/01/19521234543210/10/L1"
INDICATOR_9 = "https://id.gs1.org/01/95212345432103/10/L1"
SSCC, FOREIGN_SSCC = (
    f"https://id.gs1.org/00/{digits}" for digits in ("095212345432100010", "095200005432100018")
)
PLAIN_BATCH = f"{PLAIN}/L1"
EVERY_KIND = ("place", "product", "batch", "event", "evidence", "record", "alias", "seal")


def granted(*grants: Grant, **changes: Any) -> bytes:
    """Return a second bundle in which the producer's key has these grants."""
    return bundle_file(
        2, keys=[KEYS[0], key_entry(PRODUCER, *grants, **changes), KEYS[2]]
    ).to_bytes()


GRANTED: dict[str, tuple[str, bytes, str]] = {
    "same": ("The same grant in a later bundle.", granted(grant()), ""),
    "gtin-14": (
        "The GTIN itself is granted, and no prefix.",
        granted(grant(gtin_prefixes=(), gtins=("09521234543213",))),
        "",
    ),
    "gtin-13": (
        "The GTIN is granted with 13 digits.",
        granted(grant(gtin_prefixes=(), gtins=("9521234543213",))),
        "",
    ),
    "other-gtin": (
        "Another GTIN is granted.",
        granted(grant(gtin_prefixes=(), gtins=("09521234543220",))),
        "name",
    ),
    "longer-prefix": (
        "A longer prefix that still fits.",
        granted(grant(gtin_prefixes=("952123454",))),
        "",
    ),
    "other-prefix": ("Another prefix.", granted(grant(gtin_prefixes=("9521235",))), "name"),
    "prefix-from-first-digit": (
        "A prefix that fits only from the first digit of the GTIN-14.",
        granted(grant(gtin_prefixes=("0952123",))),
        "name",
    ),
    "no-names": (
        "Every kind is granted, and no name.",
        granted(grant(gtin_prefixes=(), name_prefixes=())),
        "name",
    ),
    "plain-names-only": ("Plain names alone.", granted(grant(gtin_prefixes=())), "name"),
    "no-batches": (
        "Every kind but batch.",
        granted(grant(kinds=[kind for kind in EVERY_KIND if kind != "batch"])),
        "kind",
    ),
    "no-events": (
        "Every kind but event.",
        granted(grant(kinds=[kind for kind in EVERY_KIND if kind != "event"])),
        "kind",
    ),
    "no-lists": (
        "Every kind but record.",
        granted(grant(kinds=[kind for kind in EVERY_KIND if kind != "record"])),
        "kind",
    ),
    "parted": (
        "Batches of these names; events of other names.",
        granted(
            grant(kinds=("batch", "record")),
            grant(kinds=("event",), gtin_prefixes=("9520000",)),
        ),
        "name",
    ),
    "joined": (
        "Two grants, each for some of the kinds.",
        granted(grant(kinds=("batch",)), grant(kinds=("event", "record"))),
        "",
    ),
    "no-grants": ("No grant at all.", granted(role="producer"), "kind"),
    "over": ("A grant that ended as it was stated.", granted(grant(until=NOW)), "period"),
    "last-second": (
        "A grant that ended a second later.",
        granted(grant(until=NOW + A_SECOND)),
        "",
    ),
    "not-yet": (
        "A grant that began a second later.",
        granted(grant(from_=NOW + A_SECOND)),
        "period",
    ),
    "first-second": ("A grant that began as it was stated.", granted(grant(from_=NOW)), ""),
    "key-over": (
        "A key whose time ended as it was stated.",
        granted(grant(), sign_until=NOW),
        "period",
    ),
    "key-last-second": (
        "A key whose time ended a second later.",
        granted(grant(), sign_until=NOW + A_SECOND),
        "",
    ),
    "key-not-yet": (
        "A key whose time began a second later.",
        granted(grant(), sign_from=NOW + A_SECOND),
        "period",
    ),
    "other-issuer": (
        "The key is listed for another issuer.",
        granted(grant(), issuer=f"https://{HOST}/ocop/8N5P2RCE"),
        "issuer",
    ),
    "as-authority": (
        "The key is listed as an office's.",
        granted(role="authority"),
        "role",
    ),
    "as-log": ("The key is listed as a log's.", granted(role="log"), "role"),
    "grade-over": (
        "The time of the office's key ended as it stated the grade.",
        bundle_file(2, keys=[key_entry(OFFICE, sign_until=NOW), *KEYS[1:]]).to_bytes(),
        "period",
    ),
    "grade-by-producer": (
        "The key that stated the grade is listed as a producer's.",
        bundle_file(2, keys=[key_entry(OFFICE, grant(), role="producer"), *KEYS[1:]]).to_bytes(),
        "role",
    ),
}

BOTH = [{"epcClass": name, "quantity": 1, "uom": "KGM"} for name in (BATCH, FOREIGN_BATCH)]
UNRELATED = {"adds-class-of-other", "adds-item-of-other", "adds-no-name", "makes-other"}
"""Events that speak of nothing that the record is about, or make only something else."""

EVENTS: dict[str, tuple[str, dict[str, Any], str]] = {
    "adds-own-item": (
        "An ObjectEvent ADD of an item of its own.",
        {"epcList": [f"{BATCH}/21/A1"], "quantityList": []},
        "",
    ),
    "adds-class-of-other": (
        "An ObjectEvent ADD of the neighbour's lot.",
        {"quantityList": [{"epcClass": FOREIGN_BATCH, "quantity": 1, "uom": "KGM"}]},
        "name",
    ),
    "adds-item-of-other": (
        "An ObjectEvent ADD of the neighbour's item.",
        {"epcList": [f"{FOREIGN_BATCH}/21/1"], "quantityList": []},
        "name",
    ),
    "adds-other-among-own": (
        "An ObjectEvent ADD of its own lot and the neighbour's.",
        {"quantityList": BOTH},
        "name",
    ),
    "adds-no-name": (
        "An ObjectEvent ADD of something that has no name of ours.",
        {"epcList": ["urn:uuid:" + "0" * 32], "quantityList": []},
        "name",
    ),
    "observes-other": (
        "An ObjectEvent OBSERVE of its own lot and the neighbour's.",
        {"action": "OBSERVE", "quantityList": BOTH},
        "",
    ),
    "deletes-other": (
        "An ObjectEvent DELETE of its own lot and the neighbour's.",
        {"action": "DELETE", "quantityList": BOTH},
        "",
    ),
}


def transformation(output: str) -> dict[str, Any]:
    return {
        "type": "TransformationEvent",
        "inputQuantityList": [{"epcClass": FOREIGN_BATCH, "quantity": 6000, "uom": "KGM"}],
        "outputQuantityList": [{"epcClass": output, "quantity": 18456, "uom": "EA"}],
    }


def aggregation(parent: str, action: str = "ADD") -> dict[str, Any]:
    return {
        "type": "AggregationEvent",
        "action": action,
        "parentID": parent,
        "childEPCs": [f"{FOREIGN_BATCH}/21/1", f"{BATCH}/21/1"],
    }


SHAPED: dict[str, tuple[str, dict[str, Any], str]] = {
    "makes-own-of-other": (
        "Its own lot is made of the neighbour's.",
        transformation(BATCH),
        "",
    ),
    "makes-other": ("The neighbour's lot is made.", transformation(FOREIGN_BATCH), "name"),
    "packs-other-in-own": (
        "The neighbour's item and its own are packed on a pallet of its own.",
        aggregation(SSCC),
        "",
    ),
    "packs-in-other": (
        "They are packed on a pallet of the neighbour's.",
        aggregation(FOREIGN_SSCC),
        "name",
    ),
    "unpacks-other": (
        "They are taken off a pallet of the neighbour's.",
        aggregation(FOREIGN_SSCC, "DELETE"),
        "",
    ),
}


def shaped(village: Village, members: dict[str, Any]) -> Any:
    """Return an event of another type than ObjectEvent, stated by the producer."""
    rest = {name: value for name, value in members.items() if name != "type"}
    return village.tell(members["type"], **rest)


OF_OTHER_STATEMENTS = {"no-events", "no-lists", "parted"}
"""Grants that leave the batch as it is."""
SPEAKING_OF_OTHERS = {
    *("observes-other", "deletes-other", "makes-own-of-other"),
    *("packs-other-in-own", "unpacks-other"),
}
"""Events that may speak of the neighbour's goods, and do."""


def undated(name: str) -> str:
    """Return what is not told where the batch, or the grade, was not the key's to state."""
    return "-grade" if name.startswith("grade-") else "-shelf_life"


def cases() -> Iterator[Case]:
    """Yield one record under many grants, then many statements under one grant."""
    for name, (says, bundle, why) in GRANTED.items():
        given = ("not_entitled", f"entitlement fail {why}") if why else ("ok",)
        given += (undated(name),) if why and name not in OF_OTHER_STATEMENTS else ()
        yield record(f"grant-{name}", says, STANDARD, *given, bundle=bundle)
    for name, (says, members, why) in (EVENTS | SHAPED).items():
        village = Village()
        batch = village.state_batch()
        said = shaped(village, members) if name in SHAPED else village.state_event(**members)
        given = ("not_entitled", f"entitlement fail {why}") if why else ("ok",)
        given += ("about fail unrelated",) if name in UNRELATED else ()
        given += ("attestation pass attested_by_other",) if name in SPEAKING_OF_OTHERS else ()
        yield short_record(f"event-{name}", says, village.record([batch, said], TRUST), *given)
    yield from of_kinds()
    yield from of_places()
    yield from of_offices()
    yield from of_names()


def of_kinds() -> Iterator[Case]:
    key = PRODUCER.signer.public_key.thumbprint_uri
    stated: dict[str, tuple[Kind, str, Party, str]] = {
        "place": ("place", DOCUMENT, PRODUCER, ""),
        "evidence": ("evidence", DOCUMENT, PRODUCER, ""),
        "evidence-by-neighbour": ("evidence", DOCUMENT, NEIGHBOUR, ""),
        "evidence-by-office": ("evidence", DOCUMENT, OFFICE, "role"),
        "alias": ("alias", PLAIN, PRODUCER, ""),
        "alias-by-office": ("alias", PLAIN, OFFICE, "role"),
        "alias-by-neighbour": ("alias", PLAIN, NEIGHBOUR, "name"),
        "alias-plain-of-other": ("alias", f"{NEIGHBOUR.issuer}/MAMTOM", PRODUCER, "name"),
        "product-of-other": ("product", FOREIGN_PRODUCT, PRODUCER, "name"),
        "batch-of-other": ("batch", FOREIGN_BATCH, PRODUCER, "name"),
        "grade-by-producer": ("grade", PRODUCT, PRODUCER, "role"),
        "grade-by-neighbour": ("grade", PRODUCT, NEIGHBOUR, "role"),
        "producer-by-producer": ("producer", DOCUMENT, PRODUCER, "role"),
        "producer-by-office": ("producer", DOCUMENT, OFFICE, ""),
        "key-by-producer": ("key", key, PRODUCER, "role"),
        "key-by-office": ("key", key, OFFICE, ""),
        "revocation-by-producer": ("revocation", key, PRODUCER, "role"),
        "revocation-by-office": ("revocation", key, OFFICE, ""),
        "bundle-by-producer": ("bundle", "bundle:1", PRODUCER, "role"),
        "bundle-by-office": ("bundle", "bundle:1", OFFICE, ""),
        "root-by-office": ("root", "root:1", OFFICE, "role"),
        "policy-by-producer": ("policy", LOG.name, PRODUCER, "role"),
        "policy-by-office": ("policy", LOG.name, OFFICE, "role"),
        "place-by-office": ("place", DOCUMENT, OFFICE, "role"),
        "place-by-neighbour": ("place", DOCUMENT, NEIGHBOUR, ""),
    }
    for name, (kind, subject, party, why) in stated.items():
        village = Village()
        told = [village.state_batch(), village.state_event(bizLocation={"id": PLACE_ENTRY["id"]})]
        salt = bytes(16) if kind in {"root", "bundle"} else None
        payload = stated_of(kind, subject)
        told.append(village.state(kind, payload, subject=subject, by=party, salt=salt))
        changes = [f"entitlement fail {why}"] if why else []
        # What a place is, who names it in an event says.
        is_foreign = kind in {"product", "batch"} or (kind == "place" and party is not PRODUCER)
        if is_foreign:
            changes.append("about fail unrelated")
        if kind == "evidence" and party is NEIGHBOUR:
            changes.append("attestation pass attested_by_other")
        overall = "not_entitled" if why else "unproven" if is_foreign else "ok"
        says = f"A statement of kind {kind} by the {role_of(party)}, about {subject}."
        given = village.record(told, TRUST)
        yield short_record(f"kind-{name}", says, given, overall, *changes)
    village = Village()
    told = [
        village.state_batch(),
        village.state_event(),
        village.state_alias(PLAIN, FOREIGN_PRODUCT),
    ]
    says = "An alias of the producer's own plain name with the neighbour's GTIN."
    changes = ("entitlement fail name", "about fail unrelated")
    given = village.record(told, TRUST)
    yield short_record("kind-alias-gtin-of-other", says, given, "not_entitled", *changes)
    village = Village()
    says = "The office states a batch."
    given = village.record([village.state_batch(by=OFFICE)], TRUST)
    changes = ("entitlement fail role", "-shelf_life")
    yield short_record("kind-batch-by-office", says, given, "not_entitled", *changes)
    log_key = key_entry(Party(OFFICE.code, LOG.signer), role="log")
    bundle = bundle_file(2, keys=[*KEYS, log_key]).to_bytes()
    log = Party(OFFICE.code, LOG.signer)
    for kind, subject, why in (("policy", LOG.name, ""), ("place", DOCUMENT, "role")):
        village = Village()
        told = [village.state_batch(), village.state_event(bizLocation={"id": PLACE_ENTRY["id"]})]
        payload = stated_of(kind, subject)
        told.append(village.state(kind, payload, subject=subject, by=log))  # type: ignore[arg-type]
        found = ("not_entitled", f"entitlement fail {why}") if why else ("ok",)
        found += ("about fail unrelated",) if kind == "place" else ()
        says = f"A statement of kind {kind} by a log, about {subject}."
        given = village.record(told, TRUST)
        yield short_record(f"kind-{kind}-by-log", says, given, *found, bundle=bundle)


def of_places() -> Iterator[Case]:
    """Yield places with plain names, which take a right to the name; a GLN takes none."""
    places = {
        "own": (f"{PRODUCER.issuer}/XUONG-1", ""),
        "of-other": (f"{NEIGHBOUR.issuer}/XUONG-1", "name"),
        "gln-of-other": ("https://id.gs1.org/414/9520000000004", ""),
    }
    for name, (place, why) in places.items():
        village = Village()
        told = [village.state_batch(), village.state_event(bizLocation={"id": place})]
        told.append(village.state("place", PLACE_ENTRY | {"id": place}, subject=DOCUMENT))
        found = ("not_entitled", f"entitlement fail {why}") if why else ("ok",)
        says = f"A place by the producer, whose name is {place}."
        yield short_record(f"place-name-{name}", says, village.record(told, TRUST), *found)


def of_offices() -> Iterator[Case]:
    """Yield offices with grants, which limit what they grade, and nothing else."""
    grades = {"kinds": ("grade",)}
    offices: dict[str, tuple[str, Grant, str]] = {
        "covered": ("A grant for grades that covers the product.", grant(**grades), ""),
        "not-covered": (
            "A grant for grades of other products.",
            grant(gtin_prefixes=("9520000",), **grades),
            "name",
        ),
        "no-grades": ("A grant for all but grades.", grant(), "kind"),
        "over": ("A grant for grades that has ended.", grant(until=NOW, **grades), "period"),
    }
    for name, (says, given, why) in offices.items():
        keys = [key_entry(OFFICE, given, role="authority"), *KEYS[1:]]
        bundle = bundle_file(2, keys=keys).to_bytes()
        found = ("not_entitled", f"entitlement fail {why}", "-grade") if why else ("ok",)
        yield record(f"office-{name}", f"An office has it: {says}", STANDARD, *found, bundle=bundle)
    village = Village()
    key = PRODUCER.signer.public_key.thumbprint_uri
    told = [village.state_batch(), village.state_event()]
    told.append(village.state("key", stated_of("key", key), subject=key, by=OFFICE))
    says = "An office with a grant for grades of other products states a key: grants limit no key."
    keys = [key_entry(OFFICE, offices["not-covered"][1], role="authority"), *KEYS[1:]]
    bundle = bundle_file(2, keys=keys).to_bytes()
    yield short_record("office-key", says, village.record(told, TRUST), "ok", bundle=bundle)


def stated_of(kind: str, subject: str) -> Any:
    """Return a payload that is well formed and agrees with the header."""
    names = {"vi": "Mắm tôm", "en": "Shrimp paste"}
    village = Village()
    if kind in {"root", "bundle"}:
        return (ROOT if kind == "root" else TRUST).text().encode()
    payloads: dict[str, Any] = {
        "place": PLACE_ENTRY,
        "product": {"type": "product", "id": subject, "names": names, "kind": "food"},
        "batch": json.loads(village.state_batch().payload) | {"id": subject},
        "grade": json.loads(village.state_grade().payload),
        "alias": json.loads(village.state_alias().payload) | {"id": subject},
        "evidence": json.loads(village.state_evidence(BATCH).payload),
        "key": json.loads(KEYS[1].text()),
        "revocation": json.loads(revocation("ceased").text()),
        "policy": {"accepts": ["batch", "event"], "origin": LOG.name},
        "producer": {
            "type": "producer",
            "id": PRODUCER.code,
            "names": names,
            "subjectType": "cooperative",
            "address": ADDRESS,
        },
    }
    return payloads[kind]


def role_of(party: Party) -> str:
    return {OFFICE.code: "office", PRODUCER.code: "producer"}.get(party.code, "neighbour")


def of_names() -> Iterator[Case]:
    not_theirs = ("not_entitled", "entitlement fail name", "-shelf_life")
    other_host = f"https://other.example/ocop/{PRODUCER.code}/MAMTOM/L1"
    names: dict[str, tuple[str, str, str]] = {
        "plain": ("A plain name of its own.", PLAIN_BATCH, ""),
        "plain-of-other": ("A plain name of the neighbour's.", f"{NEIGHBOUR.issuer}/A/L1", "name"),
        "plain-other-host": ("A plain name on another host.", other_host, "name"),
        "plain-alike": (
            "A plain name of a producer whose code begins alike.",
            f"{PRODUCER.issuer}X/MAMTOM/L1",
            "name",
        ),
        "other-unit": ("A GTIN of the same prefix, with indicator 1.", CASE_OF_12, ""),
        "indicator": (
            "A GTIN whose indicator and digits look like the prefix.",
            INDICATOR_9,
            "name",
        ),
        "of-other": ("The neighbour's GTIN.", FOREIGN_BATCH, "name"),
        "gtin-8": ("A GTIN-8, which no prefix covers.", f"{GTIN_8}/10/L1", "name"),
    }
    for name, (says, batch, why) in names.items():
        village = Village()
        given = village.record([village.state_batch(batch)], TRUST, about=batch)
        found = ("not_entitled", f"entitlement fail {why}", "-shelf_life") if why else ("ok",)
        found += ("+issuer fail namespace",) if name == "plain-other-host" else ()
        yield short_record(f"name-{name}", says, given, *found, about=batch)
    batch = f"{GTIN_8}/10/L1"
    village = Village()
    given = village.record([village.state_batch(batch)], TRUST, about=batch)
    says = "A GTIN-8 that the grant lists."
    listed = {"about": batch, "bundle": granted(grant(gtins=("95200002",)))}
    yield short_record("name-gtin-8-granted", says, given, "ok", **listed)
    says = "A GTIN-8 where the grant lists a prefix of zeros."
    zeros = {"about": batch, "bundle": granted(grant(gtin_prefixes=("00000",)))}
    yield short_record("name-gtin-8-by-zeros", says, given, *not_theirs, **zeros)
    village = Village()
    impostor = Party(NEIGHBOUR.code, PRODUCER.signer)
    says = "The producer's key speaks in the neighbour's name."
    given = village.record([village.state_batch(by=impostor)], TRUST)
    changes = ("entitlement fail issuer", "-shelf_life")
    yield short_record("name-issuer", says, given, "not_entitled", *changes)
    times = {
        "before-key": FOUNDED - A_SECOND,
        "after-key": CLOSED,
        "year-ago": FOUNDED - 365 * A_DAY,
        "first-of-all": datetime(1970, 1, 1, tzinfo=UTC),
        "last-of-all": datetime(8999, 12, 31, 23, 59, 59, tzinfo=UTC),
    }
    for name, at in times.items():
        village = Village()
        given = village.record([village.state_batch(at=at)], TRUST)
        says = f"A batch stated at {at:%Y-%m-%dT%H:%M:%SZ}, outside the time of the key."
        changes = ("entitlement fail period", "-shelf_life")
        changes += ("clock warn dated_ahead",) if at > NOW else ()
        yield short_record(f"time-{name}", says, given, "not_entitled", *changes)
    for name, at in {"first-second": FOUNDED, "last-second": CLOSED - A_SECOND}.items():
        village = Village()
        given = village.record([village.state_batch(at=at)], TRUST)
        says = f"A batch stated at {at:%Y-%m-%dT%H:%M:%SZ}, just within the time of the key."
        found = ("warn", "clock warn dated_ahead") if at > NOW else ("ok",)
        yield short_record(f"time-{name}", says, given, *found)
