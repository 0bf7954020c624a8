"""Messages made by hand, well signed but for the one thing that a case is about."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import cbor2

from ocoptrace import canonical_json
from ocoptrace.signing import Statement, base64url
from ocoptrace.signing.cose import Sign1
from vectors.trust_cases.case import TRUST
from village import PRODUCER, Said, Village

if TYPE_CHECKING:
    from collections.abc import Callable

    from ocoptrace.origin_record import OriginRecord
    from ocoptrace.signing import Signer

P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
P256_PRIME = 2**256 - 2**224 + 2**192 + 2**96 - 1
ED25519_ORDER = 2**252 + 27742317777372353535851937790883648493

BATCH_SAID = Village().state_batch()
HEADERS: dict[Any, Any] = dict(Sign1.decode(BATCH_SAID.statement.cose).headers)
"""The protected header of a batch statement: labels to values."""

EMPTY: dict[Any, Any] = {}


def ordered(headers: dict[Any, Any]) -> dict[Any, Any]:
    """Return headers in the order of deterministic CBOR."""
    return dict(sorted(headers.items(), key=lambda member: cbor2.dumps(member[0])))


def sig_structure(protected: bytes, payload: Any, *, context: str = "Signature1") -> bytes:
    return cbor2.dumps([context, protected, b"", payload])


def message(
    headers: dict[Any, Any] | bytes = HEADERS,
    *,
    unprotected: Any = EMPTY,
    payload: Any = BATCH_SAID.statement.digest,
    signature: bytes | None = None,
    tag: int | None = 18,
    parts: Callable[[list[Any]], Any] = list,
    signer: Signer = PRODUCER.signer,
) -> bytes:
    """Return a message of any headers and parts, signed over what it holds.

    Args:
        headers: labels to values, or the bytes of the protected header.
        unprotected: the second part.
        payload: the third part.
        signature: the fourth part; made where absent.
        tag: the tag around it, or None.
        parts: a last change to the four parts.
        signer: whose key signs.
    """
    protected = headers if isinstance(headers, bytes) else cbor2.dumps(ordered(headers))
    if signature is None:
        signature = signer.sign(sig_structure(protected, payload))
    whole = parts([protected, unprotected, payload, signature])
    return cbor2.dumps(whole if tag is None else cbor2.CBORTag(tag, whole))


def changed(changes: dict[Any, Any], *, without: int | None = None) -> bytes:
    """Return a message with some headers set, and one taken away."""
    return message({k: v for k, v in (HEADERS | changes).items() if k != without})


def record_of(cose: bytes) -> bytes:
    """Return a record of one message that is logged well, whatever it is."""
    village = Village()
    index = village.append(cose)
    proof = village.proof(index)
    statement = {
        "id": "00" * 32,
        "cose": base64url.encode(cose),
        "payload": BATCH_SAID.payload,
        "salt": base64url.encode(BATCH_SAID.salt),
        "proofs": [
            {
                "checkpoint": 0,
                "index": index,
                "path": [base64url.encode(node) for node in proof.path],
            }
        ],
    }
    return canonical_json.dumps(
        {
            "format": "ocop-record/1",
            "about": BATCH_SAID.statement.subject,
            "bundle": {"version": TRUST.version, "sha256": TRUST.sha256.hex()},
            "checkpoints": [str(village.checkpoint())],
            "statements": [statement],
        }
    )


def rewritten(record: OriginRecord, number: int, **members: Any) -> bytes:
    """Return the file of a record with members of a statement set that no record may hold."""
    value = json.loads(record.to_bytes())
    value["statements"][number] |= members
    return canonical_json.dumps(value)


def forged(said: Said, village: Village, **parts: Any) -> Said:
    """Return what was said with parts of its COSE message changed, and logged so.

    Args:
        said: what was said.
        village: its log.
        **parts: ``protected``, ``payload`` or ``signature`` of the message.
    """
    cose = replace(Sign1.decode(said.statement.cose), **parts).encode()
    return replace(said, statement=Statement.decode(cose), index=village.append(cose))


def record_of_forged(make: Callable[[Sign1], dict[str, Any]]) -> OriginRecord:
    """Return a record of a batch statement whose message has other parts."""
    village = Village()
    said = village.state_batch()
    parts = make(Sign1.decode(said.statement.cose))
    return village.record([forged(said, village, **parts)], TRUST)


def restated(
    said: Said, village: Village, *, payload: bytes | None = None, salt: bytes | None = None
) -> Said:
    """Return what was said with another payload or salt, its hash and signature made anew."""
    data = said.payload.encode() if payload is None else payload
    salt = said.salt if salt is None else salt
    digest = hashlib.sha256(salt + data).digest()
    unsigned = replace(Sign1.decode(said.statement.cose), payload=digest)
    signature = PRODUCER.signer.sign(unsigned.sig_structure())
    again = forged(said, village, payload=digest, signature=signature)
    return replace(again, payload=data.decode(), salt=salt)
