"""Good inputs to begin from: one at least of everything that the trust core reads."""

from __future__ import annotations

import json
from datetime import date, timedelta

from ocoptrace.gs1 import parse_name
from ocoptrace.signing.bundle import (
    CertificateNote,
    LabelDuty,
    Revocation,
    RevocationCheckpoint,
    batch_digest,
)
from ocoptrace.signing.registration import RegistrationRequest, RequestedLog, sign_request
from ocoptrace.transparency import LogProof
from ocoptrace.transparency.submission import Problem
from village import (
    ADDRESS,
    BATCH,
    DOCUMENT,
    FOREIGN_BATCH,
    ITEM,
    KEYS,
    LOG,
    NEIGHBOUR,
    NOW,
    OFFICE,
    PALLET,
    PLACE_ENTRY,
    PLAIN,
    PRODUCER,
    PRODUCT,
    ROOT,
    ROOT_SIGNERS,
    STRANGER,
    WITNESSES,
    Party,
    Said,
    Tale,
    Village,
    bundle_file,
    es256,
    grant,
    key_entry,
    log_entry,
    publish,
    root_file,
    sealed,
)

TRUST = publish()
PRODUCT_ENTRY = {
    "type": "product",
    "id": PRODUCT,
    "names": {"vi": "Mắm tôm", "en": "Shrimp paste"},
    "kind": "food",
    "netContent": {"value": 180, "uom": "GRM"},
}
PRODUCER_ENTRY = {
    "type": "producer",
    "id": PRODUCER.code,
    "names": {"vi": "Hợp tác xã", "en": "Cooperative"},
    "subjectType": "cooperative",
    "address": ADDRESS,
}


def long_story(village: Village) -> list[Said]:
    """Tell of goods bought, made, packed and tested, under two names."""
    bought = village.state_batch(FOREIGN_BATCH, by=NEIGHBOUR)
    seen = {"ocop:basedOn": [bought.statement.id.hex()], "bizLocation": {"id": PLACE_ENTRY["id"]}}
    return [
        bought,
        village.tell_made(FOREIGN_BATCH, BATCH, **seen),
        village.tell("AggregationEvent", action="ADD", parentID=PALLET, childEPCs=[ITEM]),
        village.state_batch(),
        village.state_grade(),
        village.state("place", PLACE_ENTRY, subject=DOCUMENT),
        village.state_alias(),
        village.state_evidence(BATCH),
        village.state("product", PRODUCT_ENTRY, subject=PRODUCT),
    ]


VILLAGE = Village()
SAID = long_story(VILLAGE)
SAID.append(VILLAGE.state_complete(SAID, TRUST))
TALE = Tale(TRUST)
STATED = (*SAID, *TALE.said)
"""All that anybody has signed: nothing else may ever come out as good."""

RECORDS = (
    TALE.record(),
    VILLAGE.record(SAID, TRUST),
    VILLAGE.record(SAID, TRUST, withheld=SAID[1:2]),
)
CHECKPOINTS = tuple(checkpoint for record in RECORDS for checkpoint in record.checkpoints)
PROOFS = tuple(
    str(LogProof(record.checkpoints[proof.checkpoint], proof.index, proof.path)).encode()
    for record in RECORDS[:2]
    for recorded in record.statements[:2]
    for proof in recorded.proofs
)
PROBLEMS = (
    Problem("submission.unknown_key", {"kid": "09ae9a2e1c4af055"}),
    Problem("submission.other_signature", {"index": 7}),
    Problem("submission.no_entry"),
)
LABELS = (
    sealed(),
    sealed(shelf_date=date(2028, 9, 14)),
    sealed(BATCH),
    sealed(f"{PLAIN}/L1/K7Q2", host=None),
    sealed(f"{ITEM}?17=280914"),
    sealed(FOREIGN_BATCH, by=NEIGHBOUR),
)
ROOTS = (root_file(), root_file(2), root_file(signers=ROOT_SIGNERS[:1], threshold=1))
REQUESTS = (
    sign_request(signer=PRODUCER.signer, name={"vi": "Hợp tác xã"}, now=NOW),
    sign_request(
        signer=NEIGHBOUR.signer,
        name={"vi": "Hộ ông Bình", "en": "Mr Binh's household"},
        gtin_prefixes=["9520000"],
        gtins=["95200002"],
        log=RequestedLog(
            origin=LOG.name,
            vkey=str(LOG.verifier_key),
            witnesses=tuple(str(witness.verifier_key) for witness in WITNESSES),
            quorum=2,
        ),
        log_signer=LOG.signer,
        address=ADDRESS,
        now=NOW,
    ),
)
PUBLIC_KEYS = (PRODUCER.signer.public_key, NEIGHBOUR.signer.public_key)


def full_bundle() -> bytes:
    """Return a bundle in which every member is used."""
    lost = Revocation(
        key=STRANGER.signer.public_key.thumbprint.hex(),
        reason="compromised",
        at=NOW,
        checkpoint=RevocationCheckpoint(
            origin=LOG.name, size=CHECKPOINTS[0].size, root=CHECKPOINTS[0].root.hex()
        ),
        batches=(batch_digest(BATCH),),
    )
    duty = LabelDuty(product=PRODUCT, due="item", since=date(2026, 6, 1))
    former = Party(PRODUCER.code, es256(5))
    note = CertificateNote(subject="CN=HTX", issuer="CN=CA, C=VN", serial="54ab", checked_at=NOW)
    keys = (
        *(entry.model_copy(update={"certificate": note}) for entry in KEYS[:1]),
        *KEYS[1:],
        key_entry(STRANGER, grant(labels=(duty,), gtins=("95200002",))),
        key_entry(former, grant(), sign_until=NOW - timedelta(days=1)),
    )
    ceased = Revocation(key=former.signer.public_key.thumbprint.hex(), reason="ceased", at=NOW)
    return bundle_file(
        3,
        keys=keys,
        revocations=(lost, ceased),
        logs=(log_entry(final=lost.checkpoint),),
    ).to_bytes()


BUNDLES = (bundle_file().to_bytes(), full_bundle())
TEXTS_OF_BUNDLES = tuple(json.loads(data)["signed"] for data in BUNDLES)
TEXTS_OF_ROOTS = tuple(file.signed for file in ROOTS)
TEXTS_OF_REQUESTS = tuple(RegistrationRequest.parse(data).text() for data in REQUESTS)
SIGNED_FORMS = frozenset(parse_name(label).canonical_with_attributes() for label in LABELS)
OFFICE_PAYLOADS = (
    ("producer", DOCUMENT, json.dumps(PRODUCER_ENTRY)),
    ("key", PUBLIC_KEYS[0].thumbprint_uri, KEYS[1].text()),
    ("policy", LOG.name, json.dumps({"accepts": ["batch", "event"], "origin": LOG.name})),
    ("root", "root:1", ROOT.text()),
    ("bundle", "bundle:1", TRUST.text()),
    (
        "revocation",
        PUBLIC_KEYS[0].thumbprint_uri,
        Revocation(key=KEYS[1].thumbprint, reason="ceased", at=NOW).text(),
    ),
)
PAYLOADS = tuple(
    "\n".join(parts).encode()
    for parts in (
        *((said.statement.kind, said.statement.subject, said.payload) for said in SAID),
        *OFFICE_PAYLOADS,
    )
)
"""A kind, a subject and a payload, one below the other."""

SIGNERS = {"grade": OFFICE, "producer": OFFICE, "key": OFFICE, "revocation": OFFICE}
