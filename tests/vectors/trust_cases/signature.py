"""The signature of a statement: whose key, under which algorithm, over which bytes."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import cbor2

from ocoptrace.signing.cose import Sign1
from vectors.trust_cases.case import NO_KEY, STANDARD, TRUST, bundle_file, record, short_record
from vectors.trust_cases.forging import (
    ED25519_ORDER,
    HEADERS,
    P256_ORDER,
    ordered,
    record_of_forged,
    sig_structure,
)
from village import FOREIGN_BATCH, KEYS, NEIGHBOUR, OFFICE, PRODUCER, STRANGER, Village

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ocoptrace.origin_record import OriginRecord
    from ocoptrace.signing import Signer
    from vectors.trust_cases.case import Case

KID = 4
FORGED = ("altered", "signature fail", "-shelf_life")
"""A batch that nobody signed has no day on which its goods are best before."""
UNKNOWN = (*NO_KEY, "-shelf_life")


def with_signature(signature: bytes) -> OriginRecord:
    return record_of_forged(lambda _: {"signature": signature})


def with_parts(r: int, s: int) -> OriginRecord:
    return with_signature(r.to_bytes(32) + s.to_bytes(32))


def with_headers(changes: dict[int, Any], *, signer: Signer = PRODUCER.signer) -> OriginRecord:
    protected = cbor2.dumps(ordered(HEADERS | changes))

    def signed(message: Sign1) -> dict[str, bytes]:
        signature = signer.sign(sig_structure(protected, message.payload))
        return {"protected": protected, "signature": signature}

    return record_of_forged(signed)


def by_neighbour(algorithm: int, change: Any = None) -> OriginRecord:
    """Return the record of a batch that an Ed25519 key stated, under this algorithm number."""
    village = Village()
    said = village.state_batch(FOREIGN_BATCH, by=NEIGHBOUR)
    message = Sign1.decode(said.statement.cose)
    protected = cbor2.dumps(ordered(dict(message.headers) | {1: algorithm}))
    signature = NEIGHBOUR.signer.sign(sig_structure(protected, message.payload))
    cose = replace(message, protected=protected, signature=signature)
    if change is not None:
        cose = replace(cose, signature=change(signature))
    statement = type(said.statement).decode(cose.encode())
    logged = replace(said, statement=statement, index=village.append(cose.encode()))
    return village.record([logged], TRUST, about=FOREIGN_BATCH)


def plus_order(signature: bytes) -> bytes:
    s = int.from_bytes(signature[32:], "little") + ED25519_ORDER
    return signature[:32] + s.to_bytes(32, "little")


def cases() -> Iterator[Case]:
    """Yield what verifies, then what does not, then what nobody can tell."""
    yield from good()
    yield from altered()
    yield from of_others()


def good() -> Iterator[Case]:
    says = "ES256 under its fully specified number -9 (RFC 9864)."
    yield short_record("signature-esp256", says, with_headers({1: -9}), "ok")
    for number, name in ((-8, "eddsa"), (-19, "ed25519")):
        says = f"Ed25519 under the number {number}."
        given = by_neighbour(number)
        yield short_record(f"signature-{name}", says, given, "ok", about=FOREIGN_BATCH)


def altered() -> Iterator[Case]:
    village = Village()
    message = Sign1.decode(village.state_batch().statement.cose)
    signature, covered = message.signature, message.sig_structure()
    r, s = int.from_bytes(signature[:32]), int.from_bytes(signature[32:])
    flipped = bytes((signature[0] ^ 1,)) + signature[1:]
    sign = PRODUCER.signer.sign
    protected, digest = message.protected, message.payload
    forgeries: dict[str, tuple[str, OriginRecord]] = {
        "first-bit": ("The first bit of r is flipped.", with_signature(flipped)),
        "last-bit": ("The last bit of s is flipped.", with_parts(r, s ^ 1)),
        "high-s": (
            "s is n - s: it verifies, and is not its one form.",
            with_parts(r, P256_ORDER - s),
        ),
        "r-and-s-swapped": ("r and s change places.", with_parts(s, r)),
        "zero": ("r and s are 0.", with_parts(0, 0)),
        "r-zero": ("r is 0.", with_parts(0, s)),
        "s-zero": ("s is 0.", with_parts(r, 0)),
        "s-order": ("s is n.", with_parts(r, P256_ORDER)),
        "r-order": ("r is n.", with_parts(P256_ORDER, s)),
        "one": ("r and s are 1.", with_parts(1, 1)),
        "all-ones": ("Every bit is set.", with_signature(b"\xff" * 64)),
        "of-stranger": (
            "A stranger signed under the producer's kid.",
            with_signature(STRANGER.signer.sign(covered)),
        ),
        "of-neighbour": (
            "The neighbour's Ed25519 key signed under the producer's kid.",
            with_signature(NEIGHBOUR.signer.sign(covered)),
        ),
        "of-other-context": (
            'Over ["Signature", …], the context of COSE_Sign.',
            with_signature(sign(sig_structure(protected, digest, context="Signature"))),
        ),
        "of-external-data": (
            "Over external data that nobody knows of.",
            with_signature(sign(cbor2.dumps(["Signature1", protected, b"x", digest]))),
        ),
        "of-payload-hash": ("Over the payload hash alone.", with_signature(sign(digest))),
        "of-whole-message": (
            "Over the tagged message.",
            with_signature(sign(replace(message, signature=b"").encode())),
        ),
        "of-other-statement": (
            "The signature of another statement of the same key.",
            with_signature(Sign1.decode(village.state_event().statement.cose).signature),
        ),
        "header-changed": (
            "iat was moved by a second after it was signed.",
            record_of_forged(
                lambda _: {
                    "protected": cbor2.dumps(
                        ordered(HEADERS | {15: HEADERS[15] | {6: HEADERS[15][6] - 1}})
                    )
                }
            ),
        ),
        "alg-of-other-key": ("EdDSA (-8) named for a P-256 key.", with_headers({1: -8})),
        "alg-ed25519-of-p256": ("Ed25519 (-19) named for a P-256 key.", with_headers({1: -19})),
        "alg-renamed": (
            "-9 was put in the place of -7 after it was signed.",
            record_of_forged(lambda _: {"protected": cbor2.dumps(ordered(HEADERS | {1: -9}))}),
        ),
    }
    for name, (says, given) in forgeries.items():
        yield short_record(f"signature-{name}", says, given, *FORGED)
    ed25519: dict[str, tuple[str, OriginRecord]] = {
        "es256-of-ed25519": ("ES256 (-7) named for an Ed25519 key.", by_neighbour(-7)),
        "esp256-of-ed25519": ("ESP256 (-9) named for an Ed25519 key.", by_neighbour(-9)),
        "ed25519-bit": (
            "A bit of an Ed25519 signature is flipped.",
            by_neighbour(-8, lambda s: s[:-1] + bytes((s[-1] ^ 1,))),
        ),
        "ed25519-plus-order": (
            "The order of the group is added to S (RFC 8032 asks for S < L).",
            by_neighbour(-8, plus_order),
        ),
        "ed25519-zero": ("An Ed25519 signature of zeros.", by_neighbour(-8, lambda _: bytes(64))),
    }
    for name, (says, given) in ed25519.items():
        yield short_record(f"signature-{name}", says, given, *FORGED, about=FOREIGN_BATCH)


def of_others() -> Iterator[Case]:
    village = Village()
    says = "The statement of a key that is not in the bundle."
    given = village.record([village.state_batch(by=STRANGER)], TRUST)
    yield short_record("signature-no-key", says, given, *UNKNOWN)
    says = "A kid of zeros."
    given = with_headers({KID: bytes(8)})
    yield short_record("signature-kid-zero", says, given, *UNKNOWN)
    says = "The producer's signature under the kid of the neighbour."
    given = with_headers({KID: NEIGHBOUR.signer.public_key.kid})
    changes = (*FORGED, "entitlement fail issuer")
    yield short_record("signature-kid-of-other", says, given, *changes)
    says = "A later bundle no longer lists the producer's key."
    later = bundle_file(2, keys=[key for key in KEYS if key.issuer == OFFICE.issuer]).to_bytes()
    changes = (*UNKNOWN, "complete unknown")
    yield record("signature-key-gone", says, STANDARD, *changes, bundle=later)
