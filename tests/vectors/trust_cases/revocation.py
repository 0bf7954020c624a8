"""Keys that were withdrawn, and what stays good of them (formats, section 6)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from ocoptrace.origin_record import OriginRecord, RecordedStatement
from ocoptrace.signing.bundle import Revocation
from vectors.trust_cases.case import STANDARD, TRUST, bundle_file, record, short_record
from village import (
    BATCH,
    FOUNDED,
    NEIGHBOUR,
    NOW,
    OFFICE,
    PRODUCER,
    Party,
    Village,
    log_entry,
    reference,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ocoptrace.transparency import Checkpoint
    from vectors.trust_cases.case import Case

A_SECOND = timedelta(seconds=1)
REVOKED = ("revoked", "revocation fail")


def revocation(reason: str, *, of: Party = PRODUCER, **members: Any) -> Revocation:
    key = of.signer.public_key.thumbprint.hex()
    return Revocation.model_validate({"key": key, "reason": reason, "at": NOW} | members)


def revoking(*revocations: Revocation, **changes: Any) -> bytes:
    """Return a later bundle with these revocations."""
    return bundle_file(2, revocations=revocations, **changes).to_bytes()


def seen(checkpoint: Checkpoint, **changes: Any) -> dict[str, Any]:
    """Return how a revocation names a checkpoint that the office saw."""
    members = {
        "origin": checkpoint.origin,
        "size": checkpoint.size,
        "root": checkpoint.root.hex(),
    }
    return members | changes


def cases() -> Iterator[Case]:
    """Yield keys that retired, then keys that were lost."""
    yield from retired()
    yield from lost()
    yield from stolen()


def retired() -> Iterator[Case]:
    for reason in ("superseded", "ceased"):
        says = f"A key that was {reason} after it had stated all this."
        later = revoking(revocation(reason, at=NOW + A_SECOND))
        yield record(f"revoked-{reason}-later", says, STANDARD, "ok", bundle=later)
        says = f"A key that was {reason} as it stated this."
        now = revoking(revocation(reason))
        yield record(f"revoked-{reason}-at-once", says, STANDARD, *REVOKED, bundle=now)
        says = f"A key that was {reason} before it stated this."
        before = revoking(revocation(reason, at=NOW - A_SECOND))
        yield record(f"revoked-{reason}-before", says, STANDARD, *REVOKED, bundle=before)
    says = "The neighbour's key was lost: this record holds no statement of it."
    other = revoking(revocation("compromised", of=NEIGHBOUR))
    yield record("revoked-other-key", says, STANDARD, "ok", bundle=other)
    says = "The office's key was lost: its grade no longer holds."
    office = revoking(revocation("compromised", of=OFFICE))
    yield record("revoked-office", says, STANDARD, *REVOKED, bundle=office)
    says = "A key that was superseded later, and then found to be lost: the graver counts."
    both = revoking(revocation("superseded", at=NOW + A_SECOND), revocation("compromised"))
    yield record("revoked-twice", says, STANDARD, *REVOKED, bundle=both)


def lost() -> Iterator[Case]:
    says = "A key that was lost, and the office had seen no checkpoint."
    yield record(
        "lost-nothing-seen", says, STANDARD, *REVOKED, bundle=revoking(revocation("compromised"))
    )
    village = Village()
    batch = village.state_batch()
    early = village.checkpoint()
    event = village.state_event()
    late = village.checkpoint()

    def under(checkpoint: dict[str, Any], **changes: Any) -> bytes:
        return revoking(revocation("compromised", checkpoint=checkpoint), **changes)

    at_early = village.record([batch], TRUST, checkpoint=early)
    at_late = village.record([batch], TRUST, checkpoint=late)
    both = village.record([batch, event], TRUST, checkpoint=late)
    proofs = (
        village.proof(batch.index, early.size),
        village.proof(batch.index, late.size, checkpoint=1),
    )
    said = RecordedStatement(batch.statement, batch.payload, batch.salt, proofs)
    twice = OriginRecord.of(BATCH, reference(TRUST), [early, late], [said])
    records: dict[str, tuple[str, OriginRecord, bytes, tuple[str, ...]]] = {
        "seen": (
            "It is proven under the checkpoint that the office saw before the loss.",
            at_early,
            under(seen(early)),
            ("ok",),
        ),
        "seen-among-others": (
            "One of its two proofs is under the checkpoint that the office saw.",
            twice,
            under(seen(early)),
            ("ok",),
        ),
        "later-checkpoint": (
            "The same statement, proven under a later checkpoint alone: nothing ties the two.",
            at_late,
            under(seen(early)),
            REVOKED,
        ),
        "after-checkpoint": (
            "An event that came after the checkpoint that the office saw.",
            both,
            under(seen(early)),
            REVOKED,
        ),
        "before-checkpoint": (
            "The same event, where the office saw a later checkpoint.",
            both,
            under(seen(late)),
            ("ok",),
        ),
        "other-root": (
            "The office saw another root at this size.",
            at_early,
            under(seen(early, root="00" * 32)),
            REVOKED,
        ),
        "other-size": (
            "The office saw this root at another size.",
            at_early,
            under(seen(early, size=early.size - 1)),
            REVOKED,
        ),
        "other-log": (
            "The office saw this size and root in another log.",
            at_early,
            under(seen(early, origin="other.example/ocop-log/1")),
            REVOKED,
        ),
        "seen-no-witness": (
            "The checkpoint that the office saw has no witness in this record.",
            village.record(
                [batch], TRUST, checkpoint=village.checkpoint(size=early.size, witnesses=())
            ),
            under(seen(early)),
            ("unproven", "witnessed fail"),
        ),
        "seen-log-delisted": (
            "The log of the checkpoint that the office saw is no longer listed.",
            at_early,
            under(seen(early), logs=()),
            ("unproven", "logged fail", "witnessed fail"),
        ),
    }
    for name, (says, given, bundle, found) in records.items():
        yield short_record(f"lost-{name}", says, given, *found, bundle=bundle)


def stolen() -> Iterator[Case]:
    """Yield what a thief can do who holds the producer's key and the log's, and no witness's."""
    honest = Village()
    honest.state_batch()
    office_saw = honest.checkpoint()
    bundle = revoking(revocation("compromised", checkpoint=seen(office_saw)))
    thief = Village()
    forged = thief.state_batch(quantity={"value": 99999, "uom": "EA"}, at=FOUNDED)
    own_tree = thief.checkpoint(witnesses=())
    says = "A thief with both keys grows another tree of the same size; witnesses did not sign."
    given = thief.record([forged], TRUST, checkpoint=own_tree)
    found = (*REVOKED, "witnessed fail")
    yield short_record("stolen-own-tree", says, given, *found, bundle=bundle)
    says = "The same, where the bundle asks for no witness."
    quorum_0 = revoking(
        revocation("compromised", checkpoint=seen(office_saw)),
        logs=[log_entry(quorum=0, witnesses=())],
    )
    found = (*REVOKED, "witnessed unknown no_witness")
    yield short_record("stolen-no-witnesses", says, given, *found, bundle=quorum_0)
    says = (
        "A thief shows the checkpoint that the office saw, with a proof that does not lead there."
    )
    given = thief.record([forged], TRUST, checkpoint=office_saw)
    found = (*REVOKED[1:], "proof fail")
    yield short_record("stolen-false-proof", says, given, "altered", *found, bundle=bundle)
    says = "A thief back-dates a statement and logs it in the honest log, after the checkpoint."
    late = honest.state_batch(quantity={"value": 99999, "uom": "EA"}, at=FOUNDED)
    given = honest.record([late], TRUST)
    yield short_record("stolen-back-dated", says, given, *REVOKED, bundle=bundle)
    says = "The same, before anyone noticed the loss: nothing shows it yet."
    yield short_record("stolen-not-noticed", says, given, "ok")
