"""Keys that were withdrawn, and what stays good of them (formats, section 6)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from ocoptrace.origin_record import OriginRecord, RecordedStatement
from ocoptrace.signing import base64url
from ocoptrace.signing.bundle import Revocation
from ocoptrace.transparency import ConsistencyProof, LogProof
from vectors.trust_cases.case import (
    STANDARD,
    TRUST,
    accepted,
    alone,
    bundle_file,
    record,
    refused,
    short_record,
    statement,
    tie,
)
from village import (
    A_DAY,
    BATCH,
    FOUNDED,
    LOG,
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
REVOKED = ("revoked", "revocation fail", "-shelf_life")


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
    yield from lost_more_than_once()
    yield from tied()
    yield from false_ties()
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
    changes = ("revoked", "revocation fail", "-grade")
    yield record("revoked-office", says, STANDARD, *changes, bundle=office)
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


def lost_more_than_once() -> Iterator[Case]:
    village = Village()
    batch = village.state_batch(at=NOW - 2 * A_DAY)
    early = village.checkpoint()
    village.append(b"of someone else")
    late = village.checkpoint()
    proofs = (
        village.proof(batch.index, early.size),
        village.proof(batch.index, late.size, checkpoint=1),
    )
    said = RecordedStatement(batch.statement, batch.payload, batch.salt, proofs)
    given = OriginRecord.of(BATCH, reference(TRUST), [early, late], [said])
    at_early, at_late = (revocation("compromised", checkpoint=seen(c)) for c in (early, late))
    before = revocation("compromised", checkpoint=seen(early, size=batch.index))
    nothing = revocation("compromised")
    retired_later = revocation("superseded", at=NOW + A_SECOND)
    retired_before = revocation("superseded", at=NOW - 3 * A_DAY)
    found: dict[str, tuple[str, tuple[Revocation, ...], tuple[str, ...]]] = {
        "both-seen": (
            "Lost twice, with two checkpoints that both hold it.",
            (at_late, at_early),
            ("ok",),
        ),
        "and-retired-later": (
            "Lost, and superseded after it had stated this.",
            (at_early, retired_later),
            ("ok",),
        ),
        "and-retired-before": (
            "Lost, with a checkpoint that holds it, and superseded before it stated this.",
            (at_early, retired_before),
            REVOKED,
        ),
        "then-seen-nothing": (
            "Lost twice, and the second time no checkpoint was given.",
            (at_early, nothing),
            REVOKED,
        ),
        "first-seen-nothing": (
            "The same in the other order.",
            (nothing, at_early),
            REVOKED,
        ),
        "then-seen-earlier": (
            "Lost twice, and the second checkpoint is older than the statement.",
            (at_early, before),
            REVOKED,
        ),
    }
    for name, (says, revocations, expected) in found.items():
        bundle = revoking(*revocations)
        yield short_record(f"lost-twice-{name}", says, given, *expected, bundle=bundle)


def consistency(village: Village, first: int, second: int, **changes: Any) -> ConsistencyProof:
    """Return the proof that the log of the second size continues that of the first."""
    roots = [village.checkpoint(size=size).root for size in (first, second)]
    path = tuple(village.consistency(first, second))
    proof = ConsistencyProof(LOG.name, first, roots[0], second, roots[1], path)
    return replace(proof, **changes)


def grown(village: Village, entries: int) -> int:
    """Let the log go on with entries of others; return its size."""
    for _ in range(entries):
        village.append(b"entry %d, of someone else" % len(village.entries))
    return len(village.entries)


def tied() -> Iterator[Case]:
    """Yield what consistency proofs tie to the checkpoint that the office saw."""
    village = Village()
    early = village.state_batch(at=FOUNDED)
    before, size = len(village.entries), grown(village, 3)
    now = grown(village, 4)
    after = village.state_batch(at=FOUNDED)
    last = len(village.entries)
    office = village.checkpoint(size=size)
    bundle = revoking(revocation("compromised", checkpoint=seen(office)))
    newest, oldest = village.checkpoint(), village.checkpoint(size=before)
    at_newest = village.record([early], TRUST, checkpoint=newest)
    at_oldest = village.record([early], TRUST, checkpoint=oldest)
    stolen_late = village.record([after], TRUST, checkpoint=newest)
    onward, back = consistency(village, size, last), consistency(village, before, size)
    elsewhere = consistency(village, size, last, origin="other.example/ocop-log/1")
    found: dict[str, tuple[str, Any, tuple[ConsistencyProof, ...], tuple[str, ...]]] = {
        "later": (
            "A later checkpoint, and a proof that it continues the one that the office saw.",
            at_newest,
            (onward,),
            ("ok",),
        ),
        "earlier": (
            "An earlier checkpoint, and a proof that the one that the office saw continues it.",
            at_oldest,
            (back,),
            ("ok",),
        ),
        "one-of-several": (
            "The proof that is needed among others.",
            at_newest,
            (back, consistency(village, now, last), onward),
            ("ok",),
        ),
        "not": ("A later checkpoint and no proof.", at_newest, (), REVOKED),
        "other-sizes": (
            "Proofs between other sizes of the log.",
            at_newest,
            (consistency(village, size, now), consistency(village, before, last)),
            REVOKED,
        ),
        "in-two-steps": (
            "Two proofs that lead there only together: each has to by itself.",
            at_newest,
            (consistency(village, size, now), consistency(village, now, last)),
            REVOKED,
        ),
        "other-log": (
            "The proof of a log of another origin.",
            at_newest,
            (elsewhere,),
            REVOKED,
        ),
        "after": (
            "What was logged after the office had looked stays revoked, though all is one log.",
            stolen_late,
            (onward,),
            REVOKED,
        ),
    }
    for name, (says, given, proofs, expected) in found.items():
        members = tuple(map(tie, proofs))
        options = {"bundle": bundle, "consistency": members}
        yield short_record(f"tied-{name}", says, given, *expected, **options)
    says = "A statement by itself, tied by a proof."
    proof = LogProof(newest, early.index, village.proof(early.index, newest.size).path)
    options = {"bundle": bundle, "consistency": (tie(onward),)}
    yield statement("tied-alone", says, alone(early, proof), "ok", **options)
    says = "The same without the proof."
    changes = REVOKED[:2]
    yield statement("tied-alone-not", says, alone(early, proof), *changes, bundle=bundle)
    forked = Village()
    grown(forked, size - len(forked.entries) - 1)
    stolen = forked.state_batch(at=FOUNDED, quantity={"value": 99999, "uom": "EA"})
    onward = consistency(forked, size, grown(forked, 1))
    says = "A thief with both keys ties two trees of its own: neither is what the office saw."
    given = forked.record([stolen], TRUST, checkpoint=forked.checkpoint(size=size))
    options = {"bundle": bundle, "consistency": (tie(onward),)}
    yield short_record("tied-thief", says, given, *REVOKED, **options)


def false_ties() -> Iterator[Case]:
    """Yield consistency proofs that do not hold: they are refused before anything is checked."""
    village = Village()
    grown(village, 7)
    good = tie(consistency(village, 3, 7))
    same = tie(consistency(village, 7, 7))
    node = base64url.encode(bytes(32))
    root = "00" * 32
    false: dict[str, tuple[str, dict[str, Any], str]] = {
        "first-root": ("Another first root.", good | {"first_root": root}, "proof.wrong_root"),
        "second-root": ("Another second root.", good | {"second_root": root}, "proof.wrong_root"),
        "first-size": ("Another first size.", good | {"first_size": 4}, "proof.wrong_length"),
        "path-short": (
            "The last hash is missing.",
            good | {"path": good["path"][:-1]},
            "proof.wrong_length",
        ),
        "path-long": (
            "A hash too many.",
            good | {"path": [*good["path"], node]},
            "proof.wrong_length",
        ),
        "path-order": (
            "The path is turned round.",
            good | {"path": good["path"][::-1]},
            "proof.wrong_root",
        ),
        "size-0": ("From a log of no entry.", good | {"first_size": 0}, "proof.no_such_sizes"),
        "shrinking": (
            "From a larger log to a smaller one.",
            good | {"first_size": 7, "second_size": 3},
            "proof.no_such_sizes",
        ),
        "same-size-other-root": (
            "Two roots of one size.",
            same | {"second_root": root},
            "proof.wrong_root",
        ),
        "same-size-path": (
            "A path between a size and itself.",
            same | {"path": [node]},
            "proof.wrong_length",
        ),
    }
    for name, (says, members, error) in false.items():
        yield refused(f"consistency-{name}", says, error, consistency=(members,))
    says = "A proof between two sizes that holds."
    yield accepted("consistency", says, consistency=(good,))
    says = "A proof between a size and itself: an empty path, and one root."
    yield accepted("consistency-same-size", says, consistency=(same,))


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
    found = ("altered", *REVOKED[1:], "proof fail", "witnessed fail")
    yield short_record("stolen-false-proof", says, given, *found, bundle=bundle)
    says = "A thief back-dates a statement and logs it in the honest log, after the checkpoint."
    late = honest.state_batch(quantity={"value": 99999, "uom": "EA"}, at=FOUNDED)
    given = honest.record([late], TRUST)
    yield short_record("stolen-back-dated", says, given, *REVOKED, bundle=bundle)
    says = "The same, before anyone noticed the loss: nothing shows it yet."
    yield short_record("stolen-not-noticed", says, given, "ok")
