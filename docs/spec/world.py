"""The world of the examples: one batch, made with fixed keys, salts and times.

The keys are public on purpose: the private key called NAME is the SHA-256 of
``ocoptrace example key: NAME``, the salt of NAME the first 16 bytes of the SHA-256 of
``ocoptrace example salt: NAME``.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cache
from hashlib import sha256
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.asymmetric import ec, ed25519

from ocoptrace import TrustBundle, canonical_json
from ocoptrace.epcis import canonical_bytes, parse_event, with_event_id
from ocoptrace.gs1 import parse_name
from ocoptrace.origin_record import (
    BundleReference,
    OriginRecord,
    Proof,
    RecordedStatement,
    completeness_payload,
)
from ocoptrace.registry import Batch, Producer, Product
from ocoptrace.signing import (
    Root,
    SoftwareSigner,
    base64url,
    sign_seal,
    sign_statement,
)
from ocoptrace.signing.bundle import Grant, KeyEntry, Log, LogKey, sign_bundle
from ocoptrace.signing.note import COSIGNATURE_V1, NoteSigner
from ocoptrace.signing.root import sign_root
from ocoptrace.signing.signed_file import PUBLIC_SALT, SignedFile
from ocoptrace.signing.statement import KINDS
from ocoptrace.transparency import Checkpoint, inclusion_proof, leaf_hash, tree_root
from ocoptrace.transparency.merkle import new_nodes

if TYPE_CHECKING:
    from ocoptrace.signing import Signer, Statement
    from ocoptrace.signing.statement import Kind

NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
HOST = "id.example"
OFFICE, PRODUCER = f"https://{HOST}/ocop/0FF1CE00", f"https://{HOST}/ocop/MKX3T47N"
OFFICE_NAMES = {"vi": "Văn phòng tỉnh (mẫu)", "en": "Province office (sample)"}
PRODUCER_NAMES = {
    "vi": "Hợp tác xã Mắm Sóng Trăng (ví dụ)",
    "en": "Song Trang Shrimp Paste Cooperative (example)",
}
PRODUCT = "https://id.gs1.org/01/09524071001014"
BATCH = f"{PRODUCT}/10/ST260915"
SERIAL = "0123456789AB"
SHELF_DATE = date(2028, 9, 14)
ORIGIN = f"{HOST}/ocop-log/1"


@cache
def signer(name: str) -> SoftwareSigner:
    """Return the P-256 signer of a name."""
    secret = int.from_bytes(sha256(f"ocoptrace example key: {name}".encode()).digest())
    return SoftwareSigner(ec.derive_private_key(secret, ec.SECP256R1()))


@cache
def note_signer(name: str, signature_type: int = 0x01) -> NoteSigner:
    """Return the Ed25519 signer of a log or witness."""
    secret = sha256(f"ocoptrace example key: {name}".encode()).digest()
    private = ed25519.Ed25519PrivateKey.from_private_bytes(secret)
    return NoteSigner(name, SoftwareSigner(private), signature_type)


LOG = note_signer(ORIGIN)
WITNESSES = tuple(note_signer(f"witness-{n}.example", COSIGNATURE_V1) for n in (1, 2))


@dataclass
class ExampleLog:
    """A log in memory; an entry is a statement with its payload and salt."""

    entries: list[tuple[Statement, bytes, bytes]] = field(default_factory=list)
    nodes: dict[tuple[int, int], bytes] = field(default_factory=dict)

    def node(self, level: int, index: int) -> bytes:
        """Return a complete node of the log's tree."""
        return self.nodes[level, index]

    def append(self, statement: Statement, payload: bytes, salt: bytes) -> None:
        """Log a statement."""
        self.nodes |= new_nodes(len(self.entries), leaf_hash(statement.cose), self.node)
        self.entries.append((statement, payload, salt))

    def state(self, kind: Kind, payload: bytes, *, issuer: str, subject: str, by: Signer) -> None:
        """Sign a statement and log it."""
        salt = sha256(f"ocoptrace example salt: {kind}".encode()).digest()[:16]
        statement, _ = sign_statement(
            kind, payload, issuer=issuer, subject=subject, signer=by, now=NOW, salt=salt
        )
        self.append(statement, payload, salt)

    def checkpoint(self, size: int) -> Checkpoint:
        """Return the checkpoint of the first entries, cosigned a minute later."""
        checkpoint = Checkpoint.sign(ORIGIN, size, tree_root(size, self.node), LOG)
        time = int((NOW + timedelta(minutes=1)).timestamp())
        signed = (witness.signature(checkpoint.note.text, time=time) for witness in WITNESSES)
        return checkpoint.with_signatures(*signed)

    def recorded(self, index: int, size: int, checkpoint: int) -> RecordedStatement:
        """Return an entry as a record carries it."""
        statement, payload, salt = self.entries[index]
        proof = Proof(checkpoint, index, tuple(inclusion_proof(index, size, self.node)))
        return RecordedStatement(statement, payload.decode(), salt, (proof,))


def _root() -> bytes:
    return sign_root(
        1,
        expires=NOW + timedelta(days=5 * 365),
        signers=[signer(f"root-{number}") for number in (1, 2, 3)],
        threshold=2,
        bundle_keys=[signer("office").public_key],
        issuer=OFFICE,
        now=NOW,
    ).to_bytes()


def _bundle(root: Root) -> bytes:
    kinds = ("place", "product", "batch", "event", "evidence", "record", "alias", "seal")
    end = NOW + timedelta(days=730)
    grant = Grant(
        kinds=kinds,
        from_=NOW,
        until=end,
        gtin_prefixes=("9524071",),
        name_prefixes=(f"{PRODUCER}/",),
    )
    office = _entry("office", OFFICE, "authority", OFFICE_NAMES)
    producer = _entry("producer", PRODUCER, "producer", PRODUCER_NAMES, grant)
    log = Log(
        origin=ORIGIN,
        keys=(LogKey(vkey=str(LOG.verifier_key)),),
        witnesses=tuple(str(witness.verifier_key) for witness in WITNESSES),
        quorum=2,
        operator=OFFICE,
    )
    file = sign_bundle(
        1,
        root=root,
        namespaces=(HOST,),
        keys=(office, producer),
        logs=(log,),
        issuer=OFFICE,
        signers=[signer("office")],
        now=NOW,
    )
    return file.to_bytes()


def _entry(who: str, issuer: str, role: str, names: dict[str, str], *grants: Grant) -> KeyEntry:
    end = NOW + timedelta(days=730)
    members = {
        "key": base64url.encode(signer(who).public_key.cose_key),
        "issuer": issuer,
        "name": names,
        "role": role,
        "sign_from": NOW,
        "sign_until": end,
        "seal_until": end + timedelta(days=730),
        "grants": grants,
    }
    return KeyEntry.model_validate(members)


def _payloads() -> dict[Kind, bytes]:
    address = {
        "detail": {"vi": "Thôn Sóng Trăng (hư cấu)", "en": "Song Trang hamlet (fictional)"},
        "communeCode": "16078", "commune": "Xã Vạn Lộc",
        "provinceCode": "38", "province": "Thanh Hóa", "asOf": "2025-07-01",
    }  # fmt: skip
    producer = {
        "id": "MKX3T47N", "subjectType": "cooperative", "companyPrefixes": ["9524071"],
        "names": PRODUCER_NAMES, "address": address,
    }  # fmt: skip
    product = {
        "id": PRODUCT, "kind": "food",
        "names": {"vi": "Mắm tôm Sóng Trăng", "en": "Song Trang shrimp paste"},
        "netContent": {"value": 180, "uom": "GRM"},
        "ingredients": {"vi": "Moi biển tươi 80%, muối hạt 20%",
                        "en": "Fresh sea krill 80%, coarse sea salt 20%"},
    }  # fmt: skip
    batch = {
        "id": BATCH, "productionDate": "2026-09-15", "expiryDate": SHELF_DATE.isoformat(),
        "quantity": {"value": 18456, "uom": "EA"},
    }  # fmt: skip
    event = {
        "type": "ObjectEvent", "action": "ADD", "bizStep": "commissioning",
        "disposition": "active", "eventTime": "2026-09-15T14:00:00+07:00",
        "eventTimeZoneOffset": "+07:00",
        "quantityList": [{"epcClass": BATCH, "quantity": 18456, "uom": "EA"}],
    }  # fmt: skip
    return {
        "producer": canonical_json.dumps(Producer.parse(producer).public()),
        "product": canonical_json.dumps(Product.parse(product).public()),
        "batch": canonical_json.dumps(Batch.parse(batch).public()),
        "event": canonical_bytes(with_event_id(parse_event(event))),
    }


@dataclass(frozen=True)
class Example:
    """What the pages show: the log's entries, and the files that people hand on."""

    log: ExampleLog
    root: bytes
    bundle: bytes
    record: bytes
    link: str


@cache
def example() -> Example:
    """Return the example: one batch that was made, recorded and labelled."""
    log = ExampleLog()
    root_file = _root()
    root = Root.load(root_file)
    bundle_file = _bundle(root)
    bundle = TrustBundle.load(bundle_file, root=root)
    policy = canonical_json.dumps({"accepts": list(KINDS), "origin": ORIGIN})
    log.state("policy", policy, issuer=OFFICE, subject=ORIGIN, by=LOG.signer)
    for file in map(SignedFile.parse, (root_file, bundle_file)):
        log.append(file.signatures[0], file.signed.encode(), PUBLIC_SALT)
    first = len(log.entries)
    record = _record(log, bundle, first)
    item = parse_name(BATCH).item(SERIAL)
    form = item.canonical_with_attributes()
    seal = sign_seal(form, shelf_date=SHELF_DATE, signer=signer("producer"))
    link = item.to_uri(host=HOST, upper=True, fragment=seal.number)
    return Example(log, root_file, bundle_file, record.to_bytes(), link)


def _record(log: ExampleLog, bundle: TrustBundle, first: int) -> OriginRecord:
    """State everything of the batch, then that this is all of it."""
    payloads = _payloads()
    subjects = {
        "producer": "urn:uuid:7d8c0b53-4d5e-4b0c-9a53-2f6f1f0c9a11",
        "product": PRODUCT,
        "batch": BATCH,
        "event": json.loads(payloads["event"])["eventID"],
    }
    for kind, payload in payloads.items():
        office = kind == "producer"
        log.state(
            kind,
            payload,
            issuer=OFFICE if office else PRODUCER,
            subject=subjects[kind],
            by=signer("office" if office else "producer"),
        )
    size = len(log.entries)
    reference = BundleReference(bundle.version, bundle.sha256)
    ids = [statement.id for statement, _, _ in log.entries[first:]]
    complete = completeness_payload(BATCH, reference, ids, size)
    log.state("record", complete, issuer=PRODUCER, subject=BATCH, by=signer("producer"))
    checkpoints = (log.checkpoint(size), log.checkpoint(size + 1))
    statements = [log.recorded(index, size, 0) for index in range(first, size)]
    statements.append(log.recorded(size, size + 1, 1))
    return OriginRecord.of(BATCH, reference, checkpoints, statements)
