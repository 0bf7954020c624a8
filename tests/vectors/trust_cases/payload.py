"""What each kind states: a payload is of its kind, and speaks of what its header says."""

from __future__ import annotations

import json
import unicodedata
from typing import TYPE_CHECKING, Any

from ocoptrace.epcis import canonical_bytes, parse_event
from ocoptrace.transparency import LogProof
from vectors.trust_cases.case import TRUST, alone, bundle_file, statement
from vectors.trust_cases.entitlement import stated_of
from vectors.trust_cases.revocation import revocation
from village import (
    BATCH,
    DOCUMENT,
    FOREIGN_PRODUCT,
    ITEM,
    KEYS,
    LOG,
    NEIGHBOUR,
    OFFICE,
    PALLET,
    PLACE_ENTRY,
    PLAIN,
    PRODUCER,
    PRODUCT,
    ROOT,
    Party,
    Village,
    key_entry,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ocoptrace.signing.statement import Kind
    from vectors.trust_cases.case import Case

KEY = PRODUCER.signer.public_key.thumbprint_uri
OTHER_KEY = NEIGHBOUR.signer.public_key.thumbprint_uri
LOG_PARTY = Party(OFFICE.code, LOG.signer)
WITH_LOG_KEY = bundle_file(2, keys=[*KEYS, key_entry(LOG_PARTY, role="log")]).to_bytes()
UNREADABLE = ("malformed", "format fail payload")
ZEROS = bytes(16)
BY = {
    **dict.fromkeys(("grade", "producer", "key", "revocation", "bundle", "root"), OFFICE),
    "policy": LOG_PARTY,
}
GOOD: dict[str, Any] = {
    kind: stated_of(kind, subject)
    for kind, subject in (
        *(("product", PRODUCT), ("batch", BATCH), ("grade", PRODUCT), ("place", DOCUMENT)),
        *(("alias", PLAIN), ("evidence", DOCUMENT), ("producer", DOCUMENT), ("policy", LOG.name)),
    )
}
ISSUANCE: dict[str, Any] = json.loads(Village().state_issuance().payload)
COUNTED = {"serials": "sequential", "sequence": {"prefix": "A", "start": 1, "width": 4}}
EVENT: dict[str, Any] = json.loads(Village().state_event().payload)
EVENT_ID = EVENT["eventID"]


def of_event(**members: Any) -> dict[str, Any]:
    """Return an event with more members, in its one form."""
    value: dict[str, Any] = json.loads(canonical_bytes(parse_event(EVENT | members)))
    return value


A_HUNDRED = [f"{number:064x}" for number in range(100)]
ENTRY: dict[str, Any] = json.loads(KEYS[1].text())
CEASED: dict[str, Any] = json.loads(revocation("ceased").text())

Told = tuple[str, "Kind", Any, str]
"""What a payload is, in words; the kind; the payload; the subject."""

WELL: dict[str, Told] = {
    "product": ("A product.", "product", GOOD["product"], PRODUCT),
    "batch": ("A batch.", "batch", GOOD["batch"], BATCH),
    "issuance": ("That serials were drawn for a batch.", "batch", ISSUANCE, BATCH),
    "issuance-counted": (
        "That serials in sequence were issued for a batch.",
        "batch",
        ISSUANCE | COUNTED,
        BATCH,
    ),
    "issuance-replacing": (
        "That serials stand in for others.",
        "batch",
        ISSUANCE | {"replaces": {"run": "0123456789AB", "first": 3, "last": 26}},
        BATCH,
    ),
    "grade": ("A grade.", "grade", GOOD["grade"], PRODUCT),
    "place": ("A place.", "place", GOOD["place"], DOCUMENT),
    "producer": ("A producer.", "producer", GOOD["producer"], DOCUMENT),
    "event": ("An event.", "event", EVENT, EVENT_ID),
    "event-on-a-hundred": (
        "An event that rests on a hundred statements.",
        "event",
        of_event(**{"ocop:basedOn": A_HUNDRED}),
        EVENT_ID,
    ),
    "alias": ("An alias.", "alias", GOOD["alias"], PLAIN),
    "evidence": ("Evidence about a batch.", "evidence", GOOD["evidence"], DOCUMENT),
    "evidence-untitled": (
        "Evidence without a title.",
        "evidence",
        {name: value for name, value in GOOD["evidence"].items() if name != "title"},
        DOCUMENT,
    ),
    "evidence-of-64": (
        "Evidence about 64 items.",
        "evidence",
        GOOD["evidence"] | {"about": [f"{BATCH}/21/{number:02}" for number in range(64)]},
        DOCUMENT,
    ),
    "key": ("The entry of a key.", "key", ENTRY, KEY),
    "revocation": ("The revocation of a key.", "revocation", CEASED, KEY),
    "policy": ("The policy of a log.", "policy", GOOD["policy"], LOG.name),
    "policy-none": (
        "The policy of a log that takes nothing.",
        "policy",
        GOOD["policy"] | {"accepts": []},
        LOG.name,
    ),
    "bundle": ("A bundle.", "bundle", TRUST.text().encode(), "bundle:1"),
    "record": ("A list, which no reader of records has to do with.", "record", {}, PRODUCT),
}

ILL: dict[str, Told] = {
    "issuance-other": (
        "Serials of another batch.",
        "batch",
        ISSUANCE | {"id": BATCH + "2"},
        BATCH,
    ),
    "issuance-of-product": ("Serials of a product.", "batch", ISSUANCE | {"id": PRODUCT}, PRODUCT),
    "issuance-as-product": ("Serials in the place of a product.", "product", ISSUANCE, PRODUCT),
    "issuance-of-none": ("No serial at all.", "batch", ISSUANCE | {"count": 0}, BATCH),
    "issuance-root": (
        "A root in upper case.",
        "batch",
        ISSUANCE | {"root": ISSUANCE["root"].upper()},
        BATCH,
    ),
    "issuance-uncounted": (
        "Serials in sequence, without the sequence.",
        "batch",
        ISSUANCE | {"serials": "sequential"},
        BATCH,
    ),
    "issuance-too-long": (
        "A sequence that runs out of digits.",
        "batch",
        ISSUANCE | COUNTED | {"count": 10000},
        BATCH,
    ),
    "issuance-with-more": ("A member more.", "batch", ISSUANCE | {"lot": "L1"}, BATCH),
    "product-other": ("Another product.", "product", GOOD["product"] | {"id": PLAIN}, PRODUCT),
    "product-of-batch": (
        "A product under the name of a batch.",
        "product",
        GOOD["product"] | {"id": BATCH},
        BATCH,
    ),
    "product-as-batch": ("A batch in the place of a product.", "product", GOOD["batch"], PRODUCT),
    "batch-of-product": ("A batch under the name of a product.", "batch", GOOD["batch"], PRODUCT),
    "batch-of-item": (
        "A batch under the name of an item.",
        "batch",
        GOOD["batch"] | {"id": ITEM},
        ITEM,
    ),
    "grade-of-batch": (
        "A grade under the name of a batch.",
        "grade",
        GOOD["grade"] | {"product": BATCH},
        BATCH,
    ),
    "record-of-pallet": ("A list under the name of a pallet.", "record", {}, PALLET),
    "place-as-producer": (
        "A producer in the place of a place.",
        "place",
        GOOD["producer"],
        DOCUMENT,
    ),
    "place-member": ("A place with a member too many.", "place", PLACE_ENTRY | {"x": 1}, DOCUMENT),
    "producer-member": (
        "A producer with a member too many.",
        "producer",
        GOOD["producer"] | {"taxNumber": "2800123456"},
        DOCUMENT,
    ),
    "spaces": (
        "A batch with spaces between its members: signed, and in another spelling.",
        "batch",
        json.dumps(GOOD["batch"]).encode(),
        BATCH,
    ),
    "number-spelling": (
        "A batch whose quantity is written 18456.0.",
        "batch",
        json.dumps(GOOD["batch"], sort_keys=True, separators=(",", ":"))
        .replace("18456", "18456.0")
        .encode(),
        BATCH,
    ),
    "newline": ("A newline behind a bundle.", "bundle", TRUST.text().encode() + b"\n", "bundle:1"),
    "not-normalised": (
        "A product whose name is decomposed (NFD): signed so, and read otherwise.",
        "product",
        GOOD["product"]
        | {"names": {"vi": unicodedata.normalize("NFD", "Mắm tôm"), "en": "Shrimp paste"}},
        PRODUCT,
    ),
    "blank-end": (
        "A product whose name ends in a blank.",
        "product",
        GOOD["product"] | {"names": {"vi": "Mắm tôm ", "en": "Shrimp paste"}},
        PRODUCT,
    ),
    "event-context": (
        "An event whose context declares a prefix that it does not use.",
        "event",
        EVENT | {"@context": [*EVENT["@context"][:2], {"ocop": "https://w3id.org/ocoptrace/voc/"}]},
        EVENT_ID,
    ),
    "event-no-context": (
        "An event without its context.",
        "event",
        {name: value for name, value in EVENT.items() if name != "@context"},
        EVENT_ID,
    ),
    "event-record-time": (
        "An event with a recordTime.",
        "event",
        EVENT | {"recordTime": "2026-09-15T08:00:00+07:00"},
        EVENT_ID,
    ),
    "event-name-host": (
        "An event whose lot is named on a host of its own.",
        "event",
        json.loads(json.dumps(EVENT).replace("id.gs1.org", "shop.example")),
        EVENT_ID,
    ),
    "event-step-uri": (
        "An event whose step is written as a URI.",
        "event",
        EVENT | {"bizStep": "https://ref.gs1.org/cbv/BizStep-commissioning"},
        EVENT_ID,
    ),
    "alias-other-product": (
        "An alias under another plain name.",
        "alias",
        GOOD["alias"],
        f"{PRODUCER.issuer}/MUOI",
    ),
    "alias-under-gtin": (
        "An alias under its GTIN.",
        "alias",
        GOOD["alias"] | {"id": PRODUCT},
        PRODUCT,
    ),
    "alias-of-lot": (
        "An alias of a lot.",
        "alias",
        GOOD["alias"] | {"id": f"{PLAIN}/L1"},
        f"{PLAIN}/L1",
    ),
    "alias-to-lot": ("An alias to a lot.", "alias", GOOD["alias"] | {"gtin": BATCH}, PLAIN),
    "alias-to-plain": (
        "An alias to another plain name.",
        "alias",
        GOOD["alias"] | {"gtin": f"{PLAIN}2"},
        PLAIN,
    ),
    "alias-to-host": (
        "An alias to a GTIN on a host of its own.",
        "alias",
        GOOD["alias"] | {"gtin": PRODUCT.replace("id.gs1.org", "shop.example")},
        PLAIN,
    ),
    "alias-untyped": (
        "An alias without its type.",
        "alias",
        {name: value for name, value in GOOD["alias"].items() if name != "type"},
        PLAIN,
    ),
    "alias-member": (
        "An alias with a member too many.",
        "alias",
        GOOD["alias"] | {"lots": []},
        PLAIN,
    ),
    "evidence-other": (
        "Evidence under another id.",
        "evidence",
        GOOD["evidence"],
        DOCUMENT[:-1] + "2",
    ),
    "evidence-nothing": (
        "Evidence about nothing.",
        "evidence",
        GOOD["evidence"] | {"about": []},
        DOCUMENT,
    ),
    "evidence-twice": (
        "Evidence about a thing twice.",
        "evidence",
        GOOD["evidence"] | {"about": [BATCH, BATCH]},
        DOCUMENT,
    ),
    "evidence-unsorted": (
        "Evidence about things that are not sorted.",
        "evidence",
        GOOD["evidence"] | {"about": [BATCH, PRODUCT]},
        DOCUMENT,
    ),
    "evidence-of-65": (
        "Evidence about 65 items.",
        "evidence",
        GOOD["evidence"] | {"about": [f"{BATCH}/21/{number:02}" for number in range(65)]},
        DOCUMENT,
    ),
    "evidence-host": (
        "Evidence about a batch named on a host of its own.",
        "evidence",
        GOOD["evidence"] | {"about": [BATCH.replace("id.gs1.org", "shop.example")]},
        DOCUMENT,
    ),
    "evidence-hash": (
        "Evidence with a hash in upper case.",
        "evidence",
        GOOD["evidence"] | {"sha256": "AB" * 32},
        DOCUMENT,
    ),
    "evidence-size": (
        "Evidence of a document of no bytes.",
        "evidence",
        GOOD["evidence"] | {"size": 0},
        DOCUMENT,
    ),
    "evidence-no-size": (
        "Evidence without a size.",
        "evidence",
        {name: value for name, value in GOOD["evidence"].items() if name != "size"},
        DOCUMENT,
    ),
    "evidence-media-type": (
        "Evidence whose media type has parameters.",
        "evidence",
        GOOD["evidence"] | {"mediaType": "text/html; charset=utf-8"},
        DOCUMENT,
    ),
    "evidence-title": (
        "Evidence with an English title alone.",
        "evidence",
        GOOD["evidence"] | {"title": {"en": "Test report"}},
        DOCUMENT,
    ),
    "key-other": ("The entry of another key.", "key", ENTRY, OTHER_KEY),
    "key-none": ("No entry.", "key", {}, KEY),
    "key-period": (
        "An entry that breaks a rule of bundles: it ends as it begins.",
        "key",
        ENTRY | {"sign_until": ENTRY["sign_from"]},
        KEY,
    ),
    "revocation-other": ("The revocation of another key.", "revocation", CEASED, OTHER_KEY),
    "revocation-reason": (
        "A revocation for a reason that nobody knows.",
        "revocation",
        CEASED | {"reason": "late"},
        KEY,
    ),
    "revocation-batches": (
        "Batches listed of a key that was not lost.",
        "revocation",
        CEASED | {"batches": ["00" * 16]},
        KEY,
    ),
    "policy-other": (
        "The policy of another log.",
        "policy",
        GOOD["policy"] | {"origin": "other.example/ocop-log/1"},
        LOG.name,
    ),
    "policy-kind": (
        "A policy that takes seals, which are not logged.",
        "policy",
        GOOD["policy"] | {"accepts": ["seal"]},
        LOG.name,
    ),
    "policy-twice": (
        "A policy that names a kind twice.",
        "policy",
        GOOD["policy"] | {"accepts": ["batch", "batch"]},
        LOG.name,
    ),
    "policy-member": (
        "A policy with a member too many.",
        "policy",
        GOOD["policy"] | {"quorum": 2},
        LOG.name,
    ),
    "bundle-other": ("A bundle of another version.", "bundle", TRUST.text().encode(), "bundle:2"),
    "bundle-none": ("No bundle.", "bundle", {}, "bundle:1"),
}

BASED_ON: dict[str, tuple[str, Any]] = {
    "text": ("an id that is not in a list", "00" * 32),
    "empty": ("an empty list", []),
    "short": ("an id of 31 bytes", ["00" * 31]),
    "upper": ("an id in upper case", ["AB" * 32]),
    "number": ("a number", [1]),
    "unsorted": ("two ids that are not sorted", ["11" * 32, "00" * 32]),
    "twice": ("an id twice", ["00" * 32] * 2),
    "of-101": ("101 ids", [*A_HUNDRED, "ff" * 32]),
}


def told(
    name: str, says: str, kind: Kind, payload: Any, subject: str, *changes: str, salt: bytes | None
) -> Case:
    """Return the case of a statement by one who may make it, which is logged."""
    village = Village()
    by = BY.get(kind, PRODUCER)
    said = village.state(kind, payload, subject=subject, by=by, salt=salt)
    checkpoint = village.checkpoint()
    given = alone(said, LogProof(checkpoint, said.index, village.proof(said.index).path))
    overall, *found = changes or ("ok",)
    options = {"bundle": WITH_LOG_KEY} if kind == "policy" else {}
    return statement(f"payload-{name}", says, given, overall, *found, about=subject, **options)


def cases() -> Iterator[Case]:
    """Yield payloads that agree with their headers, then payloads that do not."""
    for name, (says, kind, payload, subject) in WELL.items():
        salt = ZEROS if kind == "bundle" else None
        yield told(f"of-{name}", says, kind, payload, subject, salt=salt)
    for name, (says, kind, payload, subject) in ILL.items():
        salt = ZEROS if kind == "bundle" else None
        yield told(name, says, kind, payload, subject, *UNREADABLE, salt=salt)
    says = "A bundle under a salt of its own, though its text is public."
    text = TRUST.text().encode()
    yield told("bundle-salted", says, "bundle", text, "bundle:1", *UNREADABLE, salt=b"1" * 16)
    says = "A root, in its form; no key that a bundle lists may state it."
    text, refused = ROOT.text().encode(), ("not_entitled", "entitlement fail role")
    yield told("of-root", says, "root", text, "root:1", *refused, salt=ZEROS)
    says = "A root of another version."
    unreadable = (*UNREADABLE, "entitlement fail role")
    yield told("root-other", says, "root", text, "root:2", *unreadable, salt=ZEROS)
    for name, (what, ids) in BASED_ON.items():
        payload = of_event(**{"ocop:basedOn": ids})
        says = f"An event that rests on {what}."
        yield told(f"based-on-{name}", says, "event", payload, EVENT_ID, *UNREADABLE, salt=None)
    says = "A product of the neighbour's, under the producer's own name."
    other = GOOD["product"] | {"id": FOREIGN_PRODUCT}
    yield told("product-of-other", says, "product", other, PRODUCT, *UNREADABLE, salt=None)
