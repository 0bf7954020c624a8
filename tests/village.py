"""A small world to test in: an office, two producers, a log, two witnesses; all in memory.

Its keys are fixed and its times are arguments, so the same story gives the same bytes.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any

from cryptography.hazmat.primitives.asymmetric import ec, ed25519

from ocoptrace import canonical_json
from ocoptrace.epcis import canonical_bytes, parse_event
from ocoptrace.gs1 import parse_name
from ocoptrace.origin_record import (
    BundleReference,
    OriginRecord,
    Proof,
    RecordedStatement,
    completeness_payload,
)
from ocoptrace.signing import Root, SoftwareSigner, TrustBundle, base64url, sign_seal
from ocoptrace.signing.bundle import Grant, KeyEntry, Log, LogKey, sign_bundle
from ocoptrace.signing.note import COSIGNATURE_V1, NoteSigner
from ocoptrace.signing.root import sign_root
from ocoptrace.signing.statement import sign_statement
from ocoptrace.transparency import (
    Checkpoint,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    tree_root,
)
from ocoptrace.transparency.merkle import new_nodes

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from ocoptrace.signing import Statement
    from ocoptrace.signing.signed_file import SignedFile
    from ocoptrace.signing.statement import Kind

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
A_DAY = timedelta(days=1)
FOUNDED = datetime(2026, 1, 1, tzinfo=UTC)
CLOSED = datetime(2028, 1, 1, tzinfo=UTC)
SEALS_UNTIL = datetime(2031, 1, 1, tzinfo=UTC)

HOST = "id.example"
PRODUCT = "https://id.gs1.org/01/09521234543213"
BATCH = f"{PRODUCT}/10/L1"
ITEM = f"{BATCH}/21/0123456789AB"
FOREIGN_PRODUCT = "https://id.gs1.org/01/09520000000004"
FOREIGN_BATCH = f"{FOREIGN_PRODUCT}/10/L1"
PALLET = "https://id.gs1.org/00/095212345432100010"
DOCUMENT = "urn:uuid:3f0d5a52-6f0e-4d0a-9a55-0c8a7f6f1a11"

ADDRESS = {
    "detail": {"vi": "Thôn 3", "en": "Hamlet 3"},
    "communeCode": "16078",
    "commune": "Xã Vạn Lộc",
    "provinceCode": "38",
    "province": "Thanh Hóa",
    "asOf": "2025-07-01",
}
PLACE_ENTRY: dict[str, Any] = {
    "type": "place",
    "id": "https://id.gs1.org/414/9521234000006",
    "names": {"vi": "Xưởng mắm", "en": "Paste workshop"},
    "kind": "plant",
    "address": ADDRESS,
}


def es256(secret: int) -> SoftwareSigner:
    """Return a P-256 signer with a known secret."""
    return SoftwareSigner(ec.derive_private_key(secret, ec.SECP256R1()))


def eddsa(secret: int) -> SoftwareSigner:
    """Return an Ed25519 signer with a known secret."""
    return SoftwareSigner(ed25519.Ed25519PrivateKey.from_private_bytes(secret.to_bytes(32)))


@dataclass(frozen=True)
class Party:
    """Someone with a key: a code that the registrar gave out, and a signer."""

    code: str
    signer: SoftwareSigner

    @property
    def issuer(self) -> str:
        return f"https://{HOST}/ocop/{self.code}"


OFFICE = Party("0FF1CE00", es256(1))
PRODUCER = Party("7K3M9QAB", es256(2))
NEIGHBOUR = Party("8N5P2RCD", eddsa(3))
STRANGER = Party("9T4Q6VEF", es256(4))
PLAIN = f"{PRODUCER.issuer}/MAMTOM"
LOG = NoteSigner("log.example/ocop-log/1", eddsa(21))
WITNESSES = (
    NoteSigner("w1.example", eddsa(22), COSIGNATURE_V1),
    NoteSigner("w2.example", eddsa(23), COSIGNATURE_V1),
)
ROOT_SIGNERS = (es256(11), es256(12), es256(13))


def root_file(
    version: int = 1,
    *,
    signers: Sequence[SoftwareSigner] = ROOT_SIGNERS,
    threshold: int = 2,
    bundle_signers: Iterable[SoftwareSigner] = (OFFICE.signer,),
    expires: datetime = SEALS_UNTIL,
) -> SignedFile:
    """Return a root that all of its keys signed."""
    return sign_root(
        version,
        expires=expires,
        signers=signers,
        threshold=threshold,
        bundle_keys=[signer.public_key for signer in bundle_signers],
        issuer=OFFICE.issuer,
        now=FOUNDED,
    )


ROOT = Root.load(root_file().to_bytes())


def grant(**changes: Any) -> Grant:
    """Return the grant of the producer, changed where asked."""
    members = {
        "kinds": ("place", "product", "batch", "event", "evidence", "record", "alias", "seal"),
        "from_": FOUNDED,
        "until": CLOSED,
        "gtin_prefixes": ("9521234",),
        "name_prefixes": (f"{PRODUCER.issuer}/",),
    }
    return Grant.model_validate(members | changes)


def key_entry(party: Party, *grants: Grant, **changes: Any) -> KeyEntry:
    """Return a party's key as a bundle lists it."""
    members = {
        "key": base64url.encode(party.signer.public_key.cose_key),
        "issuer": party.issuer,
        "name": {"vi": f"Hợp tác xã {party.code}", "en": f"Cooperative {party.code}"},
        "role": "producer" if grants else "authority",
        "sign_from": FOUNDED,
        "sign_until": CLOSED,
        "seal_until": SEALS_UNTIL,
        "grants": grants,
    }
    return KeyEntry.model_validate(members | changes)


KEYS = (
    key_entry(OFFICE),
    key_entry(PRODUCER, grant()),
    key_entry(
        NEIGHBOUR,
        grant(gtin_prefixes=("9520000",), name_prefixes=(f"{NEIGHBOUR.issuer}/",)),
    ),
)


def log_entry(**changes: Any) -> Log:
    """Return the log as a bundle lists it: two witnesses, and both are needed."""
    members = {
        "origin": LOG.name,
        "keys": (LogKey(vkey=str(LOG.verifier_key)),),
        "witnesses": tuple(str(witness.verifier_key) for witness in WITNESSES),
        "quorum": 2,
        "operator": OFFICE.issuer,
    }
    return Log.model_validate(members | changes)


def bundle_file(version: int = 1, *, now: datetime = NOW, **changes: Any) -> SignedFile:
    """Return a bundle that the office signed under the root, changed where asked."""
    members: dict[str, Any] = {
        "root": ROOT,
        "namespaces": (HOST,),
        "keys": KEYS,
        "logs": (log_entry(),),
        "issuer": OFFICE.issuer,
        "signers": (OFFICE.signer,),
    }
    return sign_bundle(version, now=now, **(members | changes))


def publish(version: int = 1, *, now: datetime = NOW, **changes: Any) -> TrustBundle:
    """Return the bundle as a verifier loads it."""
    data = bundle_file(version, now=now, **changes).to_bytes()
    return TrustBundle.load(data, root=changes.get("root", ROOT))


def sealed(
    name: str = ITEM,
    *,
    by: Party = PRODUCER,
    shelf_date: date | None = None,
    host: str | None = HOST,
) -> str:
    """Return the text of a sealed label, printed in upper case as on a pack."""
    form = parse_name(name).canonical_with_attributes()
    seal = sign_seal(form, shelf_date=shelf_date, signer=by.signer)
    return parse_name(name).to_uri(host=host, upper=True, fragment=seal.number)


@dataclass(frozen=True)
class Said:
    """A statement in the log, with what it states."""

    statement: Statement
    payload: str
    salt: bytes
    index: int

    def recorded(self, proof: Proof, *, is_withheld: bool = False) -> RecordedStatement:
        if is_withheld:
            return RecordedStatement(self.statement, None, None, (proof,))
        return RecordedStatement(self.statement, self.payload, self.salt, (proof,))


@dataclass
class Village:
    """A log that grows as things are said, and records made from it."""

    entries: list[bytes] = field(default_factory=list, init=False)
    nodes: dict[tuple[int, int], bytes] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        self.append(b"entry 0, the policy")
        self.append(b"entry 1, the first root")

    def read(self, level: int, position: int) -> bytes:
        return self.nodes[level, position]

    def append(self, entry: bytes) -> int:
        index = len(self.entries)
        self.nodes.update(new_nodes(index, leaf_hash(entry), self.read))
        self.entries.append(entry)
        return index

    def state(
        self,
        kind: Kind,
        payload: Any,
        *,
        subject: str,
        by: Party = PRODUCER,
        at: datetime = NOW,
        salt: bytes | None = None,
    ) -> Said:
        """Let a party state something, and log it."""
        data = payload if isinstance(payload, bytes) else canonical_json.dumps(payload)
        statement, salt = sign_statement(
            kind,
            data,
            issuer=by.issuer,
            subject=subject,
            signer=by.signer,
            now=at,
            salt=hashlib.sha256(data).digest()[:16] if salt is None else salt,
        )
        return Said(statement, data.decode(), salt, self.append(statement.cose))

    def state_batch(
        self, name: str = BATCH, *, by: Party = PRODUCER, at: datetime = NOW, **members: Any
    ) -> Said:
        """Let a party state a batch."""
        batch = {
            "type": "batch",
            "id": name,
            "productionDate": "2026-09-15",
            "expiryDate": "2028-09-14",
            "quantity": {"value": 18456, "uom": "EA"},
        }
        return self.state("batch", batch | members, subject=name, by=by, at=at)

    def state_issuance(
        self, name: str = BATCH, *, by: Party = PRODUCER, at: datetime = NOW, **members: Any
    ) -> Said:
        """Let a party state that it issued serials for stickers of a batch."""
        issuance = {
            "type": "issuance",
            "id": name,
            "run": "7K3MQ9TB2A4C",
            "count": 24,
            "root": hashlib.sha256(b"serials").hexdigest(),
            "serials": "random",
        }
        return self.state("batch", issuance | members, subject=name, by=by, at=at)

    def state_event(
        self, name: str = BATCH, *, by: Party = PRODUCER, at: datetime = NOW, **members: Any
    ) -> Said:
        """Let a party state that it made goods of a name."""
        number = len(self.entries)
        event = {
            "type": "ObjectEvent",
            "action": "ADD",
            "bizStep": "commissioning",
            "eventID": f"urn:uuid:0190a7c5-8a3e-8f00-8000-{number:012d}",
            "eventTime": "2026-09-15T07:30:00+07:00",
            "eventTimeZoneOffset": "+07:00",
            "quantityList": [{"epcClass": name, "quantity": 18456, "uom": "EA"}],
        }
        payload = canonical_bytes(parse_event(event | members))
        return self.state("event", payload, subject=event["eventID"], by=by, at=at)

    def tell(self, kind: str, *, by: Party = PRODUCER, at: datetime = NOW, **members: Any) -> Said:
        """Let a party state an event of any type."""
        event = {
            "type": kind,
            "eventID": f"urn:uuid:0190a7c5-8a3e-8f00-8000-{len(self.entries):012d}",
            "eventTime": "2026-09-15T07:30:00+07:00",
            "eventTimeZoneOffset": "+07:00",
        }
        payload = canonical_bytes(parse_event(event | members))
        return self.state("event", payload, subject=event["eventID"], by=by, at=at)

    def tell_made(
        self, of: str, into: str, *, by: Party = PRODUCER, at: datetime = NOW, **members: Any
    ) -> Said:
        """Let a party state that it made goods of one name into goods of another."""
        sides = {
            "inputQuantityList": [{"epcClass": of, "quantity": 10, "uom": "KGM"}],
            "outputQuantityList": [{"epcClass": into, "quantity": 9, "uom": "KGM"}],
        }
        return self.tell("TransformationEvent", by=by, at=at, **(sides | members))

    def state_alias(
        self, plain: str = PLAIN, gtin: str = PRODUCT, *, by: Party = PRODUCER, **members: Any
    ) -> Said:
        """Let a party state that a plain name and a GTIN mean one product."""
        alias = {"type": "alias", "id": plain, "gtin": gtin}
        return self.state("alias", alias | members, subject=plain, by=by)

    def state_evidence(self, *about: str, by: Party = PRODUCER, **members: Any) -> Said:
        """Let a party describe a document about some names or events."""
        evidence = {
            "type": "evidence",
            "id": DOCUMENT,
            "about": sorted(about),
            "mediaType": "application/pdf",
            "sha256": "0" * 64,
            "size": 48213,
            "title": {"vi": "Phiếu kết quả kiểm nghiệm"},
        }
        return self.state("evidence", evidence | members, subject=DOCUMENT, by=by)

    def state_grade(self, *, by: Party = OFFICE, **members: Any) -> Said:
        """Let the office state the product's grade."""
        grade = {
            "type": "grade",
            "product": PRODUCT,
            "stars": 4,
            "score": 81.5,
            "decisionNo": "DEMO-0101/QĐ-UBND",
            "validFrom": "2026-05-18",
            "validTo": "2029-05-17",
            "level": "province",
            "criteriaSet": "148/2023+1489/2025",
            "authority": {"vi": "UBND tỉnh Thanh Hóa", "en": "Thanh Hoa People's Committee"},
        }
        return self.state("grade", grade | members, subject=PRODUCT, by=by)

    def state_complete(
        self,
        said: Iterable[Said],
        trust: TrustBundle,
        *,
        about: str = BATCH,
        by: Party = PRODUCER,
        at: datetime = NOW,
    ) -> Said:
        """Let a party state that this is all there is."""
        ids = [each.statement.id for each in said]
        payload = completeness_payload(about, reference(trust), ids, len(self.entries))
        return self.state("record", payload, subject=about, by=by, at=at)

    def checkpoint(
        self,
        *,
        size: int | None = None,
        at: datetime = NOW,
        log: NoteSigner = LOG,
        witnesses: Iterable[NoteSigner] = WITNESSES,
    ) -> Checkpoint:
        """Return a checkpoint that some witnesses signed."""
        size = len(self.entries) if size is None else size
        checkpoint = Checkpoint.sign(log.name, size, tree_root(size, self.read), log)
        time = int(at.timestamp())
        signatures = (witness.signature(checkpoint.note.text, time=time) for witness in witnesses)
        return checkpoint.with_signatures(*signatures)

    def proof(self, index: int, size: int | None = None, *, checkpoint: int = 0) -> Proof:
        size = len(self.entries) if size is None else size
        return Proof(checkpoint, index, tuple(inclusion_proof(index, size, self.read)))

    def consistency(self, size1: int, size2: int) -> list[bytes]:
        return consistency_proof(size1, size2, self.read)

    def record(
        self,
        said: Iterable[Said],
        trust: TrustBundle,
        *,
        about: str = BATCH,
        checkpoint: Checkpoint | None = None,
        withheld: Iterable[Said] = (),
    ) -> OriginRecord:
        """Return the record of what was said, every proof under one checkpoint."""
        checkpoint = self.checkpoint() if checkpoint is None else checkpoint
        recorded = [
            each.recorded(self.proof(each.index, checkpoint.size), is_withheld=each in withheld)
            for each in said
        ]
        return OriginRecord.of(about, reference(trust), [checkpoint], recorded)


@dataclass(frozen=True)
class Tale:
    """The short story most tests start from: a batch, how it was made, and that this is all."""

    trust: TrustBundle = field(default_factory=publish)
    village: Village = field(default_factory=Village)

    @cached_property
    def said(self) -> list[Said]:
        told = [self.village.state_batch(), self.village.state_event()]
        return [*told, self.village.state_complete(told, self.trust)]

    def record(self) -> OriginRecord:
        return self.village.record(self.said, self.trust)


def reference(trust: TrustBundle) -> BundleReference:
    """Return how a record names a bundle."""
    return BundleReference(trust.version, trust.sha256)
