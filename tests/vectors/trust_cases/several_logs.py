"""Records of several issuers and logs: each statement is judged by its own proofs."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from ocoptrace.origin_record import OriginRecord, Proof, RecordedStatement
from ocoptrace.signing.bundle import LogKey
from ocoptrace.signing.note import NoteSigner
from vectors.trust_cases.case import TRUST, bundle_file, record, short_record
from vectors.trust_cases.log import NODE, OTHER_LOG
from vectors.trust_cases.revocation import REVOKED, revocation, revoking, seen
from village import (
    A_DAY,
    BATCH,
    FOREIGN_BATCH,
    KEYS,
    LOG,
    NEIGHBOUR,
    NOW,
    OFFICE,
    PRODUCER,
    WITNESSES,
    Village,
    grant,
    key_entry,
    log_entry,
    reference,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ocoptrace.signing.bundle import Log
    from ocoptrace.transparency import Checkpoint
    from vectors.trust_cases.case import Case
    from village import Said

A_SECOND = timedelta(seconds=1)
OF_OTHERS = "attestation pass attested_by_other"
BY_ITSELF, UNASKED = "witnessed warn log_self_operated", "witnessed unknown no_witness"
OTHER = {"origin": OTHER_LOG.name, "keys": (LogKey(vkey=str(OTHER_LOG.verifier_key)),)}
UNWATCHED: dict[str, Any] = {"quorum": 0, "witnesses": ()}
SAME_KEY = NoteSigner(OTHER_LOG.name, LOG.signer)
"""The key of the first log, under the origin of the second."""

Placed = tuple["Said", "Village", "Checkpoint"]


def together(*parts: Placed) -> OriginRecord:
    """Return a record of statements, each with a proof under one checkpoint.

    What stands there twice has both proofs.
    """
    checkpoints: list[Checkpoint] = []
    recorded: dict[bytes, RecordedStatement] = {}
    for said, village, checkpoint in parts:
        if checkpoint not in checkpoints:
            checkpoints.append(checkpoint)
        index = village.entries.index(said.statement.cose)
        path = village.proof(index, checkpoint.size).path
        proof = Proof(checkpoints.index(checkpoint), index, path)
        known = recorded.get(said.statement.id)
        before = known.proofs if known is not None else ()
        recorded[said.statement.id] = RecordedStatement(
            said.statement, said.payload, said.salt, (*before, proof)
        )
    return OriginRecord.of(BATCH, reference(TRUST), checkpoints, recorded.values())


def listing(*logs: Log) -> bytes:
    return bundle_file(2, logs=logs).to_bytes()


def cases() -> Iterator[Case]:
    """Yield what two issuers logged in two logs, one key in two logs, then lists of everything."""
    yield from of_two_issuers()
    yield from of_one_key()
    yield from logged_twice()
    yield from lists()


def of_two_issuers() -> Iterator[Case]:
    """Yield the producer's goods in one log, made of what the neighbour logged in another."""
    own, theirs = Village(), Village()
    batch = own.state_batch()
    bought = theirs.state_batch(FOREIGN_BATCH, by=NEIGHBOUR)
    caught = theirs.state_event(FOREIGN_BATCH, by=NEIGHBOUR)
    made = own.tell_made(FOREIGN_BATCH, BATCH)
    said = ((batch, own), (made, own), (bought, theirs), (caught, theirs))

    def given(mine: Checkpoint, other: Checkpoint) -> OriginRecord:
        return together(*((each, log, mine if log is own else other) for each, log in said))

    mine, bare = own.checkpoint(), own.checkpoint(witnesses=())
    other = theirs.checkpoint(log=OTHER_LOG)
    other_bare = theirs.checkpoint(log=OTHER_LOG, witnesses=())
    both_seen, mine_bare, none_seen = (
        given(mine, other),
        given(bare, other),
        given(bare, other_bare),
    )
    by_producer, by_neighbour = {"operator": PRODUCER.issuer}, {"operator": NEIGHBOUR.issuer}
    listed, other_listed = log_entry(), log_entry(**OTHER)
    found: dict[str, tuple[str, OriginRecord, bytes, tuple[str, ...]]] = {
        "seen": (
            "Witnesses have seen both logs.",
            both_seen,
            listing(listed, other_listed),
            ("ok",),
        ),
        "own-log": (
            "The producer's statements are in its own log without witnesses.",
            mine_bare,
            listing(log_entry(**by_producer, **UNWATCHED), other_listed),
            ("warn", BY_ITSELF),
        ),
        "log-of-other": (
            "The producer's statements are in a log without witnesses that the neighbour runs.",
            mine_bare,
            listing(log_entry(**by_neighbour, **UNWATCHED), other_listed),
            ("ok_offline", UNASKED),
        ),
        "two-own-logs": (
            "Each has its own log, and neither log has witnesses.",
            none_seen,
            listing(
                log_entry(**by_producer, **UNWATCHED),
                log_entry(**OTHER, **by_neighbour, **UNWATCHED),
            ),
            ("warn", BY_ITSELF),
        ),
        "own-and-office-log": (
            "The producer's own log and one that the office runs, both without witnesses.",
            none_seen,
            listing(
                log_entry(**by_producer, **UNWATCHED),
                log_entry(**OTHER, operator=OFFICE.issuer, **UNWATCHED),
            ),
            ("warn", BY_ITSELF, f"+{UNASKED}"),
        ),
        "producers-logs": (
            "The producer runs both logs: of its own statements that is noted, of others not.",
            none_seen,
            listing(
                log_entry(**by_producer, **UNWATCHED),
                log_entry(**OTHER, **by_producer, **UNWATCHED),
            ),
            ("warn", BY_ITSELF, f"+{UNASKED}"),
        ),
        "own-log-and-short": (
            "The producer's own log without witnesses, and one that lacks the witnesses it needs.",
            none_seen,
            listing(log_entry(**by_producer, **UNWATCHED), other_listed),
            ("unproven", "witnessed fail", f"+{BY_ITSELF}"),
        ),
        "one-unlisted": (
            "The bundle does not list the neighbour's log.",
            both_seen,
            listing(listed),
            ("unproven", "logged fail", "witnessed fail"),
        ),
        "other-quorum": (
            "One log asks for two witnesses, and the other for one.",
            given(mine, theirs.checkpoint(log=OTHER_LOG, witnesses=WITNESSES[:1])),
            listing(listed, log_entry(**OTHER, quorum=1)),
            ("ok",),
        ),
        "one-key": (
            "Two logs with one key under two origins.",
            given(mine, theirs.checkpoint(log=SAME_KEY)),
            listing(
                listed,
                log_entry(**OTHER | {"keys": (LogKey(vkey=str(SAME_KEY.verifier_key)),)}),
            ),
            ("ok",),
        ),
    }
    for name, (says, whole, bundle, expected) in found.items():
        yield short_record(f"issuers-{name}", says, whole, *expected, OF_OTHERS, bundle=bundle)
    lost = revoking(revocation("compromised", of=NEIGHBOUR), logs=(listed, other_listed))
    says = "The neighbour's key was lost: what it stated of what went into the batch is revoked."
    # What its batch says is not told, and that of the record is the producer's.
    changes = ("revoked", "revocation fail", OF_OTHERS)
    yield short_record("issuers-one-lost", says, both_seen, *changes, bundle=lost)
    gone = bundle_file(2, keys=KEYS[:2], logs=(listed, other_listed)).to_bytes()
    says = "The bundle does not list the neighbour's key."
    changes = ("unknown_issuer", "issuer fail", OF_OTHERS)
    changes += tuple(
        f"{code} unknown no_key" for code in ("signature", "entitlement", "revocation")
    )
    yield short_record("issuers-one-unknown", says, both_seen, *changes, bundle=gone)
    event = both_seen.redact([caught.statement.id])
    says = "The neighbour withheld its event in a record that had been made."
    changes = ("warn", "about warn lineage_incomplete", "entitlement unknown withheld", OF_OTHERS)
    logs = listing(listed, other_listed)
    yield short_record("issuers-redacted-event", says, event, *changes, bundle=logs)
    says = "The neighbour withheld its batch: its header still says what it is of."
    given_ = both_seen.redact([bought.statement.id])
    yield short_record("issuers-redacted-batch", says, given_, "ok", OF_OTHERS, bundle=logs)
    says = "The producer withheld the batch that the record is about."
    given_ = both_seen.redact([batch.statement.id])
    changes = ("unproven", "about fail nothing_signed", "-shelf_life", OF_OTHERS)
    yield short_record("issuers-redacted-subject", says, given_, *changes, bundle=logs)
    first, second = both_seen.checkpoints
    says = "The two checkpoints changed places: each proof leads into the other log."
    swapped = replace(both_seen, checkpoints=(second, first))
    # The order of statements follows the origins, so the proofs point the other way.
    turned = OriginRecord.of(BATCH, reference(TRUST), swapped.checkpoints, swapped.statements)
    changes = ("altered", "proof fail", "witnessed fail", OF_OTHERS)
    yield short_record("issuers-checkpoints-swapped", says, turned, *changes, bundle=logs)


def of_one_key() -> Iterator[Case]:
    """Yield what one key stated in two logs, and what stays good where it was lost."""
    first, second = Village(), Village()
    batch, event = first.state_batch(at=NOW - A_DAY), second.state_event(at=NOW - A_DAY)
    seen_first = first.checkpoint(at=NOW - A_DAY)
    seen_second = second.checkpoint(at=NOW - A_DAY, log=OTHER_LOG)
    apart = together((batch, first, seen_first), (event, second, seen_second))
    first.append(event.statement.cose)
    again = first.checkpoint()
    both = together(
        (batch, first, seen_first),
        (batch, first, again),
        (event, second, seen_second),
        (event, first, again),
    )
    logs = (log_entry(), log_entry(**OTHER))

    def lost(*checkpoints: Checkpoint) -> bytes:
        revocations = (revocation("compromised", checkpoint=seen(each)) for each in checkpoints)
        return revoking(*revocations, logs=logs)

    batch_stays = REVOKED[:2]
    found: dict[str, tuple[str, OriginRecord, bytes, tuple[str, ...]]] = {
        "good": ("The batch in one log, the event in another.", apart, listing(*logs), ("ok",)),
        "lost-first": (
            "The key was lost; the office had seen the log of the batch, not that of the event.",
            apart,
            lost(seen_first),
            batch_stays,
        ),
        "lost-second": (
            "The key was lost; the office had seen the log of the event, not that of the batch.",
            apart,
            lost(seen_second),
            REVOKED,
        ),
        "lost-in-both": (
            "The key was lost, and revoked with a checkpoint of each log: each must hold all.",
            apart,
            lost(seen_first, seen_second),
            REVOKED,
        ),
        "lost-logged-in-both": (
            "The event was put into the log that the office saw as well, before it did.",
            both,
            lost(again),
            ("ok",),
        ),
    }
    for name, (says, given, bundle, expected) in found.items():
        yield short_record(f"one-key-{name}", says, given, *expected, bundle=bundle)


def logged_twice() -> Iterator[Case]:
    """Yield statements with proofs in two logs: the later of their times counts.

    One log may be in league with the signer, and make anything as old as they like.
    """
    first, second = Village(), Village()
    batch, event = first.state_batch(at=NOW - A_DAY), first.state_event(at=NOW - A_DAY)
    for said in (batch, event):
        second.append(said.statement.cose)
    early, late = first.checkpoint(at=NOW - A_DAY), second.checkpoint(log=OTHER_LOG)
    late_bare = second.checkpoint(log=OTHER_LOG, witnesses=())
    early_bare = first.checkpoint(witnesses=())

    def with_proofs(*checkpoints: tuple[Village, Checkpoint]) -> OriginRecord:
        return together(*((said, *each) for said in (batch, event) for each in checkpoints))

    in_both = with_proofs((first, early), (second, late))
    late_alone = with_proofs((second, late))
    false = replace(
        in_both,
        statements=tuple(
            replace(each, proofs=(replace(each.proofs[0], path=(NODE, NODE)), each.proofs[1]))
            for each in in_both.statements
        ),
    )
    logs = (log_entry(), log_entry(**OTHER))
    superseded = revoking(revocation("superseded", at=NOW), logs=logs)
    closing = [KEYS[0], key_entry(PRODUCER, grant(), sign_until=NOW), KEYS[2]]
    closed = bundle_file(2, keys=closing, logs=logs).to_bytes()
    over = ("not_entitled", "entitlement fail period", "-shelf_life")
    found: dict[str, tuple[str, OriginRecord, bytes, tuple[str, ...]]] = {
        "good": ("Proofs in two logs.", in_both, listing(*logs), ("ok",)),
        "superseded": (
            "The key was superseded between the times of the two logs: the later counts.",
            in_both,
            superseded,
            REVOKED,
        ),
        "superseded-early-alone": (
            "The same with the proof in the earlier log alone.",
            with_proofs((first, early)),
            superseded,
            ("ok",),
        ),
        "superseded-late-alone": (
            "The same with the proof in the later log alone.",
            late_alone,
            superseded,
            REVOKED,
        ),
        "superseded-early-false": (
            "The same where the proof in the earlier log does not hold: it shows no time.",
            false,
            superseded,
            ("altered", *REVOKED[1:], "proof fail"),
        ),
        "key-over": (
            "The key's time was over between the times of the two logs.",
            in_both,
            closed,
            over,
        ),
        "key-over-early-alone": (
            "The same with the proof in the earlier log alone.",
            with_proofs((first, early)),
            closed,
            ("ok",),
        ),
        "key-over-late-alone": (
            "The same with the proof in the later log alone.",
            late_alone,
            closed,
            over,
        ),
        "own-log-and-office-log": (
            "The producer's own log and the office's, both without witnesses.",
            with_proofs((first, early_bare), (second, late_bare)),
            listing(
                log_entry(operator=PRODUCER.issuer, **UNWATCHED),
                log_entry(**OTHER, operator=OFFICE.issuer, **UNWATCHED),
            ),
            ("warn", BY_ITSELF),
        ),
    }
    for name, (says, given, bundle, expected) in found.items():
        yield short_record(f"logged-twice-{name}", says, given, *expected, bundle=bundle)


def lists() -> Iterator[Case]:
    """Yield lists of everything over two logs: the size is that of the log of the list."""
    own, theirs = Village(), Village()
    batch = own.state_batch()
    for number in range(9):
        theirs.append(b"entry %d, of someone else" % number)
    bought = theirs.state_batch(FOREIGN_BATCH, by=NEIGHBOUR)
    made = own.tell_made(FOREIGN_BATCH, BATCH)
    everything = own.state_complete([batch, bought, made], TRUST)
    by_neighbour = theirs.state_complete([batch, bought, made], TRUST, by=NEIGHBOUR)
    in_other = theirs.state_complete([batch, bought, made], TRUST)
    mine, other = own.checkpoint(), theirs.checkpoint(log=OTHER_LOG)
    told = ((batch, own, mine), (made, own, mine), (bought, theirs, other))
    bundle = listing(log_entry(), log_entry(**OTHER))

    def case(name: str, says: str, parts: Sequence[Placed], overall: str, *changes: str) -> Case:
        options = {"bundle": bundle}
        found = ("-grade", OF_OTHERS, *changes)
        return record(f"list-{name}", says, together(*parts), overall, *found, **options)

    says = "A list over two logs; an index of the other log is beyond its size, which is its own's."
    yield case("over-two-logs", says, [*told, (everything, own, mine)], "ok")
    says = "The list stands in the log of the neighbour's statements: the size is that log's."
    yield case("in-other-log", says, [*told, (in_other, theirs, other)], "ok")
    says = "The neighbour's statement, which the list names, was left out."
    parts = [*told[:2], (everything, own, mine)]
    yield case("other-log-missing", says, parts, "altered", "complete fail")
    says = (
        "The neighbour, who states only what went into it, lists all: not the neighbour's to say."
    )
    parts = [*told, (by_neighbour, theirs, other)]
    yield case("by-neighbour", says, parts, "ok", "complete unknown")
