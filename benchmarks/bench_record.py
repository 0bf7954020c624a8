"""Verifying an origin record of 17 events, beside the bare signature checks that it needs.

The record is in memory and all its keys are known, as for a verifier that looks at many records.
Printed: milliseconds for the whole, for its parts, and for the signatures alone.
"""

from __future__ import annotations

import hashlib
import timeit
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

from ocoptrace import canonical_json, verify_record
from ocoptrace.epcis import canonical_bytes, parse_event
from ocoptrace.origin_record import BundleReference, OriginRecord, Proof, RecordedStatement
from ocoptrace.signing import Root, SoftwareSigner, TrustBundle, base64url, sign_statement
from ocoptrace.signing.bundle import Grant, KeyEntry, Log, LogKey, sign_bundle
from ocoptrace.signing.note import COSIGNATURE_V1, NoteSigner
from ocoptrace.signing.root import sign_root
from ocoptrace.transparency import Checkpoint, inclusion_proof, leaf_hash, tree_root
from ocoptrace.transparency.merkle import new_nodes
from ocoptrace.verify.record import examine

if TYPE_CHECKING:
    from collections.abc import Callable

EVENTS, LOG_SIZE, REPEATS = 17, 5_000, 40
NOW = datetime(2026, 11, 23, tzinfo=UTC)
PERIOD = {"from_": datetime(2026, 1, 1, tzinfo=UTC), "until": datetime(2028, 1, 1, tzinfo=UTC)}
ISSUER = "https://id.example/ocop/7K3M9QAB"
OFFICE = "https://id.example/ocop/0FF1CE00"
BATCH = "https://id.gs1.org/01/09521234543213/10/L1"
ORIGIN = "id.example/ocop-log/1"


def trust_files(
    producer: SoftwareSigner, log: NoteSigner, witnesses: list[NoteSigner]
) -> tuple[bytes, bytes]:
    """Return a root, and a bundle under it that knows one producer and one log."""
    office = SoftwareSigner.generate("ES256")
    root_file = sign_root(
        1,
        expires=PERIOD["until"],
        signers=[office],
        threshold=1,
        bundle_keys=[office.public_key],
        issuer=OFFICE,
        now=NOW,
    )
    root = Root.load(root_file.to_bytes())
    granted = Grant.model_validate(
        PERIOD | {"kinds": ("batch", "event"), "gtin_prefixes": ("9521234",)}
    )
    entry = KeyEntry.model_validate(
        {
            "key": base64url.encode(producer.public_key.cose_key),
            "issuer": ISSUER,
            "name": {"vi": "Hợp tác xã", "en": "Cooperative"},
            "role": "producer",
            "sign_from": PERIOD["from_"],
            "sign_until": PERIOD["until"],
            "seal_until": PERIOD["until"],
            "grants": (granted,),
        }
    )
    listed = Log(
        origin=ORIGIN,
        keys=(LogKey(vkey=str(log.verifier_key)),),
        witnesses=tuple(str(witness.verifier_key) for witness in witnesses),
        quorum=len(witnesses),
        operator=OFFICE,
    )
    file = sign_bundle(
        1,
        root=root,
        namespaces=("id.example",),
        keys=(entry,),
        logs=(listed,),
        issuer=OFFICE,
        signers=[office],
        now=NOW,
    )
    return root_file.to_bytes(), file.to_bytes()


def payloads() -> list[tuple[str, str, bytes]]:
    """Return what is stated: kind, subject and payload of a batch and how it came to be."""
    batch = {
        "type": "batch",
        "id": BATCH,
        "productionDate": "2026-09-15",
        "expiryDate": "2028-09-14",
        "quantity": {"value": 18456, "uom": "EA"},
    }
    said = [("batch", BATCH, canonical_json.dumps(batch))]
    for number in range(EVENTS):
        names = [
            BATCH if n == EVENTS else f"https://id.gs1.org/01/09521234543213/10/N{n}"
            for n in (number, number + 1)
        ]
        event = parse_event(
            {
                "type": "TransformationEvent",
                "eventID": f"urn:uuid:0190a7c5-8a3e-8f00-8000-{number:012d}",
                "eventTime": "2026-09-15T07:30:00+07:00",
                "eventTimeZoneOffset": "+07:00",
                "bizStep": "commissioning",
                "readPoint": {"id": "https://id.gs1.org/414/9521234000006"},
                "bizLocation": {"id": "https://id.gs1.org/414/9521234000006"},
                "inputQuantityList": [{"epcClass": names[0], "quantity": 3200, "uom": "KGM"}],
                "outputQuantityList": [{"epcClass": names[1], "quantity": 3100, "uom": "KGM"}],
                "ocop:step": "salting",
            }
        )
        said.append(("event", event.event_id or "", canonical_bytes(event)))
    return said


def record() -> tuple[OriginRecord, bytes, bytes]:
    """Return a record whose statements stand among many others in a log, and root and bundle."""
    producer = SoftwareSigner.generate("ES256")
    log = NoteSigner(ORIGIN, SoftwareSigner.generate("Ed25519"))
    witnesses = [
        NoteSigner(f"w{number}.example", SoftwareSigner.generate("Ed25519"), COSIGNATURE_V1)
        for number in (1, 2)
    ]
    root_file, bundle_file = trust_files(producer, log, witnesses)
    trust = TrustBundle.load(bundle_file, root=Root.load(root_file))
    signed = [
        sign_statement(
            kind,  # type: ignore[arg-type]
            payload,
            issuer=ISSUER,
            subject=subject,
            signer=producer,
            now=NOW,
        )
        for kind, subject, payload in payloads()
    ]
    entries = [hashlib.sha256(number.to_bytes(4)).digest() for number in range(LOG_SIZE)]
    entries += [statement.cose for statement, _ in signed]
    nodes: dict[tuple[int, int], bytes] = {}

    def read(level: int, position: int) -> bytes:
        return nodes[level, position]

    for index, entry in enumerate(entries):
        nodes.update(new_nodes(index, leaf_hash(entry), read))
    size = len(entries)
    checkpoint = Checkpoint.sign(ORIGIN, size, tree_root(size, read), log)
    time = int(NOW.timestamp())
    checkpoint = checkpoint.with_signatures(
        *(witness.signature(checkpoint.note.text, time=time) for witness in witnesses)
    )
    recorded = [
        RecordedStatement(
            statement,
            payload.decode(),
            salt,
            (Proof(0, index, tuple(inclusion_proof(index, size, read))),),
        )
        for index, ((statement, salt), (_, _, payload)) in enumerate(
            zip(signed, payloads(), strict=True), LOG_SIZE
        )
    ]
    reference = BundleReference(trust.version, trust.sha256)
    made = OriginRecord.of(BATCH, reference, [checkpoint], recorded)
    return made, root_file, bundle_file


def milliseconds(work: Callable[[], object]) -> float:
    """Return how long the work takes: the best of many repeats."""
    return min(timeit.repeat(work, number=1, repeat=REPEATS)) * 1e3


def main() -> None:
    """Print what a verdict costs, and what its signatures cost alone."""
    made, root_file, bundle_file = record()
    trust = TrustBundle.load(bundle_file, root=Root.load(root_file))
    data = made.to_bytes()
    verdict = verify_record(data, trust=trust, now=NOW)
    checkpoint = made.checkpoints[0]
    keys = trust.logs[0].verifier_keys(checkpoint.size)
    signatures = [
        partial(each.statement.is_signed_by, trust.keys[0].public_key) for each in made.statements
    ]

    def bare() -> None:
        for verifies in signatures:
            verifies()
        checkpoint.cosigned_at(keys)

    whole = milliseconds(partial(verify_record, data, trust=trust, now=NOW))
    rows = (
        ("verify_record from bytes", whole),
        ("  reading the file", milliseconds(partial(OriginRecord.parse, data))),
        ("  each statement", milliseconds(partial(examine, made, trust))),
        ("signatures alone", milliseconds(bare)),
    )
    print(f"{EVENTS} events, {len(made.statements)} statements, {len(data):,} bytes")
    print(f"verdict: {verdict.overall}\n{'':<28}{'ms':>8}{'share':>8}")
    for name, spent in rows:
        print(f"{name:<28}{spent:>8.2f}{spent / whole:>8.0%}")


if __name__ == "__main__":
    main()
