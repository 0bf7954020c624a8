"""Proofs, checkpoints and witnesses: that it was said, and who has seen the log since."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from ocoptrace import canonical_json
from ocoptrace.origin_record import OriginRecord, Proof, RecordedStatement
from ocoptrace.signing.bundle import LogKey, RevocationCheckpoint
from ocoptrace.signing.note import COSIGNATURE_V1, NoteSigner
from ocoptrace.transparency import Checkpoint
from vectors.trust_cases.case import TRUST, bundle_file, malformed, short_record
from vectors.trust_cases.forging import rewritten
from village import (
    A_DAY,
    BATCH,
    LOG,
    NOW,
    OFFICE,
    PRODUCER,
    STRANGER,
    WITNESSES,
    Village,
    eddsa,
    log_entry,
    reference,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ocoptrace.signing.note import NoteSignature
    from vectors.trust_cases.case import Case
    from village import Said

TIME = int(NOW.timestamp())
YEAR_9000 = int(datetime(9000, 1, 1, tzinfo=UTC).timestamp())
NODE = bytes(32)
OTHER_LOG = NoteSigner("other.example/ocop-log/1", eddsa(31))
NEW_LOG_KEY = NoteSigner(LOG.name, eddsa(32))
OTHER_WITNESS = NoteSigner("w9.example", eddsa(33), COSIGNATURE_V1)
UNPROVEN = ("unproven", "witnessed fail")
ALTERED = ("altered", "proof fail")
ALTERED_UNSEEN = (*ALTERED, "witnessed fail")
"""A proof that does not hold shows no time."""


@dataclass(frozen=True)
class Story:
    """A log of five entries: its first two, a batch, an event, and something of someone else's."""

    village: Village
    told: list[Said]

    def record(self, checkpoint: Checkpoint | None = None) -> OriginRecord:
        return self.village.record(self.told, TRUST, checkpoint=checkpoint)

    def proven(self, number: int, *proofs: Proof, checkpoints: Sequence[Any] = ()) -> OriginRecord:
        """Return the record with other proofs for one of its statements."""
        whole = self.record()
        statements = list(whole.statements)
        statements[number] = replace(statements[number], proofs=proofs)
        kept = (*whole.checkpoints, *checkpoints)
        return OriginRecord.of(BATCH, reference(TRUST), kept, statements)


def story() -> Story:
    village = Village()
    told = [village.state_batch(), village.state_event()]
    village.append(b"entry 4, of someone else")
    return Story(village, told)


def cosigned(checkpoint: Checkpoint, *signatures: NoteSignature) -> OriginRecord:
    return story().record(checkpoint.with_signatures(*signatures))


def witnessing(
    checkpoint: Checkpoint, witness: NoteSigner = WITNESSES[1], *, time: int = TIME
) -> NoteSignature:
    return witness.signature(checkpoint.note.text, time=time)


def cases() -> Iterator[Case]:
    """Yield proofs, checkpoints, then logs as the bundle lists them."""
    yield from of_proofs()
    yield from of_checkpoints()
    yield from of_logs()


def of_proofs() -> Iterator[Case]:
    tale = story()
    batch, event = tale.told
    good = tale.village.proof(batch.index)
    path = good.path
    proofs: dict[str, tuple[str, Proof]] = {
        "index": ("Another index with the right path.", replace(good, index=batch.index + 1)),
        "index-beyond": ("An index beyond the end of the log.", replace(good, index=5)),
        "path-of-other": (
            "The index and path of another statement.",
            tale.village.proof(event.index),
        ),
        "path-empty": ("An empty path.", replace(good, path=())),
        "path-short": ("The last hash of the path is missing.", replace(good, path=path[:-1])),
        "path-long": ("A hash too many in the path.", replace(good, path=(*path, NODE))),
        "path-order": ("The path is turned round.", replace(good, path=path[::-1])),
        "path-bit": (
            "A bit of the path is flipped.",
            replace(good, path=(bytes((path[0][0] ^ 1,)) + path[0][1:], *path[1:])),
        ),
        "path-31-bytes": ("A hash of 31 bytes.", replace(good, path=(path[0][1:], *path[1:]))),
        "smaller-tree": (
            "The path that held when the log was smaller.",
            tale.village.proof(batch.index, 3),
        ),
    }
    for name, (says, proof) in proofs.items():
        yield short_record(f"proof-{name}", says, tale.proven(0, proof), *ALTERED_UNSEEN)
    false = replace(good, path=(NODE, *path[1:]))
    says = "Two proofs of a statement, and one of them does not hold."
    yield short_record("proof-one-of-two", says, tale.proven(0, good, false), *ALTERED)
    says = "A statement without a proof."
    unproven = ("unproven", "logged fail", "witnessed fail")
    yield short_record("proof-absent", says, tale.proven(0), *unproven)
    says = "The same proof twice."
    yield short_record("proof-twice", says, tale.proven(0, good, good), "ok")
    early = tale.village.checkpoint(size=3, at=NOW - A_DAY)
    both = (replace(tale.village.proof(batch.index, 3), checkpoint=1), good)
    says = "The same proof eight times."
    yield short_record("proof-8-times", says, tale.proven(0, *(good,) * 8), "ok")
    says = "Nine proofs, where eight are taken."
    whole = tale.record()
    nine = json.loads(whole.to_bytes())["statements"][0]["proofs"] * 9
    bad, data = "record.bad_member", rewritten(whole, 0, proofs=nine)
    yield malformed("proof-9-times", says, bad, record=data)
    says = "A proof under an earlier checkpoint as well."
    given = tale.proven(0, *both[::-1], checkpoints=[early])
    # It bears today's date, and a log held it yesterday.
    ahead = ("warn", "clock warn dated_ahead")
    yield short_record("proof-under-two", says, given, *ahead)
    swapped = replace(both[0], checkpoint=0)
    says = "The proof of an earlier checkpoint, said to lead to the later one."
    yield short_record("proof-wrong-checkpoint", says, tale.proven(0, swapped), *ALTERED_UNSEEN)
    bare = [replace(each, proofs=()) for each in tale.record().statements]
    says = "No statement has a proof."
    given = OriginRecord.of(BATCH, reference(TRUST), (), bare)
    yield short_record("proof-none", says, given, *unproven)


def of_checkpoints() -> Iterator[Case]:
    tale = story()
    village = tale.village
    whole, bare = village.checkpoint(), village.checkpoint(witnesses=())
    lone = village.checkpoint(witnesses=WITNESSES[:1])
    size, root = whole.size, whole.root
    log_line, *witness_lines = whole.note.signatures
    by_witnesses = Checkpoint(
        LOG.name, size, root, replace(bare.note, signatures=tuple(witness_lines))
    )
    of_earlier = village.checkpoint(size=4).note.signatures
    body = bare.note.text
    false_log = replace(log_line, data=bytes(64))
    false_witness = replace(witness_lines[0], data=witness_lines[0].data[:8] + bytes(64))
    other_time = replace(witness_lines[0], data=(TIME - 1).to_bytes(8) + witness_lines[0].data[8:])
    impostor = NoteSigner(WITNESSES[1].name, eddsa(99), COSIGNATURE_V1)
    renamed = NoteSigner("w3.example", WITNESSES[0].signer, COSIGNATURE_V1)
    plain = NoteSigner(WITNESSES[1].name, WITNESSES[1].signer)
    stranger = NoteSigner("who.example", eddsa(98))

    larger = replace(whole.note, text=body.replace("\n5\n", "\n6\n"))
    grown = replace(whole, size=6, note=larger)

    def signed(*lines: NoteSignature) -> OriginRecord:
        note = replace(bare.note, signatures=lines)
        return tale.record(Checkpoint(LOG.name, size, root, note))

    def of_text(text: str, root_: bytes = root) -> OriginRecord:
        lines = [LOG.signature(text), *(w.signature(text, time=TIME) for w in WITNESSES)]
        note = replace(bare.note, text=text, signatures=tuple(lines))
        return tale.record(Checkpoint(LOG.name, size, root_, note))

    found: dict[str, tuple[str, OriginRecord, tuple[str, ...]]] = {
        "extension": (
            "A checkpoint with a line behind its root, which is signed and not read.",
            of_text(body + "extension 7\n"),
            ("ok",),
        ),
        "stranger": (
            "A signature of a key that nobody knows beside the others.",
            signed(*whole.note.signatures, stranger.signature(body)),
            ("ok",),
        ),
        "lines-in-other-order": (
            "The witnesses' signatures stand before the log's.",
            signed(*reversed(whole.note.signatures)),
            ("ok",),
        ),
        "one-witness": (
            "One of the two witnesses that the bundle asks for.",
            tale.record(lone),
            UNPROVEN,
        ),
        "no-witness": ("No witness.", tale.record(bare), UNPROVEN),
        "same-witness-twice": (
            "One witness signed twice, at two times: it counts once.",
            cosigned(lone, witnessing(lone, WITNESSES[0], time=TIME + 1)),
            UNPROVEN,
        ),
        "witness-under-two-names": (
            "One witness signed again under another name.",
            cosigned(lone, witnessing(lone, renamed)),
            UNPROVEN,
        ),
        "witness-not-listed": (
            "The second witness is not in the bundle.",
            cosigned(lone, witnessing(lone, OTHER_WITNESS)),
            UNPROVEN,
        ),
        "witness-impostor": (
            "Another key signed under the name of the second witness.",
            cosigned(lone, witnessing(lone, impostor)),
            UNPROVEN,
        ),
        "witness-as-log": (
            "The second witness signed the bare text, without a time.",
            cosigned(lone, plain.signature(body)),
            UNPROVEN,
        ),
        "witness-false": (
            "The signature of a witness does not verify.",
            signed(log_line, false_witness, witness_lines[1]),
            ALTERED_UNSEEN,
        ),
        "witness-time-changed": (
            "The time of a witness was moved by a second.",
            signed(log_line, other_time, witness_lines[1]),
            ALTERED_UNSEEN,
        ),
        "witness-time-zero": (
            "A witness signed with the time 0.",
            cosigned(lone, witnessing(lone, time=0)),
            ALTERED_UNSEEN,
        ),
        "witness-time-9000": (
            "A witness signed with the first second of the year 9000.",
            cosigned(lone, witnessing(lone, time=YEAR_9000)),
            ALTERED_UNSEEN,
        ),
        "witness-time-8999": (
            "A witness signed with the last second before: it counts, and the key's time is over.",
            cosigned(lone, witnessing(lone, time=YEAR_9000 - 1)),
            (
                "not_entitled",
                "entitlement fail period",
                "bundle fail bundle_too_old",
                "clock warn clock_behind",
                "-shelf_life",
            ),
        ),
        "witness-of-earlier": (
            "The witnesses' signatures of an earlier checkpoint.",
            signed(log_line, *of_earlier[1:]),
            ALTERED_UNSEEN,
        ),
        "no-log": (
            "Both witnesses signed, and the log did not.",
            tale.record(by_witnesses),
            ALTERED_UNSEEN,
        ),
        "log-false": (
            "The signature of the log does not verify.",
            signed(false_log, *witness_lines),
            ALTERED_UNSEEN,
        ),
        "log-of-earlier": (
            "The log's signature of an earlier checkpoint.",
            signed(of_earlier[0], *witness_lines),
            ALTERED_UNSEEN,
        ),
        "log-impostor": (
            "Another key signed under the name of the log.",
            tale.record(village.checkpoint(log=NoteSigner(LOG.name, eddsa(99)))),
            ALTERED_UNSEEN,
        ),
        "other-root": (
            "Log and witnesses signed another root at this size.",
            of_text(Checkpoint.sign(LOG.name, size, NODE, LOG).note.text, NODE),
            ALTERED_UNSEEN,
        ),
        "text-changed": (
            "The size in the text was changed after it was signed.",
            replace(tale.record(), checkpoints=(grown,)),
            ALTERED_UNSEEN,
        ),
    }
    for name, (says, given, expected) in found.items():
        yield short_record(f"checkpoint-{name}", says, given, *expected)
    says = "The line of one witness stands twice."
    value = json.loads(tale.record(lone).to_bytes())
    value["checkpoints"][0] += f"{lone.note.signatures[1]}\n"
    bad, data = "signing.note_syntax", canonical_json.dumps(value)
    yield malformed("checkpoint-same-line-twice", says, bad, record=data)


def listing(*logs: Any) -> bytes:
    return bundle_file(2, logs=logs).to_bytes()


def of_logs() -> Iterator[Case]:
    tale = story()
    whole = tale.record()
    rotated = tale.record(tale.village.checkpoint(log=NEW_LOG_KEY))
    bare = tale.record(tale.village.checkpoint(witnesses=()))
    lone = tale.record(tale.village.checkpoint(witnesses=WITNESSES[:1]))
    old, new = str(LOG.verifier_key), str(NEW_LOG_KEY.verifier_key)
    keys = (LogKey(vkey=old, to_size=4), LogKey(vkey=new, from_size=5))
    unwitnessed = {"quorum": 0, "witnesses": ()}
    found: dict[str, tuple[str, OriginRecord, bytes, tuple[str, ...]]] = {
        "unlisted": (
            "The bundle lists no log of this origin.",
            whole,
            listing(),
            ("unproven", "logged fail", "witnessed fail"),
        ),
        "other": (
            "The bundle lists another log.",
            whole,
            listing(
                log_entry(origin=OTHER_LOG.name, keys=(LogKey(vkey=str(OTHER_LOG.verifier_key)),))
            ),
            ("unproven", "logged fail", "witnessed fail"),
        ),
        "quorum-1": (
            "A quorum of one of two witnesses.",
            lone,
            listing(log_entry(quorum=1)),
            ("ok",),
        ),
        "quorum-0": (
            "A log without witnesses.",
            bare,
            listing(log_entry(**unwitnessed)),
            ("ok_offline", "witnessed unknown no_witness"),
        ),
        "quorum-0-witnessed": (
            "Witnesses have signed, and the bundle asks for none.",
            whole,
            listing(log_entry(quorum=0)),
            ("ok_offline", "witnessed unknown no_witness"),
        ),
        "self-operated": (
            "A log without witnesses that the producer runs itself.",
            bare,
            listing(log_entry(operator=PRODUCER.issuer, **unwitnessed)),
            ("warn", "witnessed warn log_self_operated"),
        ),
        "self-operated-witnessed": (
            "A log that the producer runs itself, with witnesses.",
            whole,
            listing(log_entry(operator=PRODUCER.issuer)),
            ("ok",),
        ),
        "key-rotated": (
            "The log has a new key from size 5 on.",
            rotated,
            listing(log_entry(keys=keys)),
            ("ok",),
        ),
        "key-retired": (
            "The log's old key signed after its last size.",
            whole,
            listing(log_entry(keys=keys)),
            ALTERED_UNSEEN,
        ),
        "key-too-early": (
            "The log's new key signed before its first size.",
            rotated,
            listing(log_entry(keys=(LogKey(vkey=old, to_size=5), LogKey(vkey=new, from_size=6)))),
            ALTERED_UNSEEN,
        ),
        "key-last-size": (
            "The log's old key signed its last size.",
            whole,
            listing(log_entry(keys=(LogKey(vkey=old, to_size=5),))),
            ("ok",),
        ),
    }
    tree = tale.village.checkpoint()
    ends = {"origin": tree.origin, "size": tree.size, "root": tree.root.hex()}
    found |= {
        "closed": (
            "A log that has ended with just this checkpoint.",
            whole,
            listing(log_entry(final=RevocationCheckpoint.model_validate(ends))),
            ("ok",),
        ),
        "closed-before": (
            "A log that had ended an entry before: its key has signed on.",
            whole,
            listing(log_entry(final=RevocationCheckpoint.model_validate(ends | {"size": 4}))),
            ALTERED_UNSEEN,
        ),
        "closed-otherwise": (
            "A log that has ended at this size with another root: there are two of it.",
            whole,
            listing(
                log_entry(final=RevocationCheckpoint.model_validate(ends | {"root": "00" * 32}))
            ),
            ALTERED_UNSEEN,
        ),
    }
    for name, (says, given, bundle, expected) in found.items():
        yield short_record(f"log-{name}", says, given, *expected, bundle=bundle)
    yield from of_two_logs()


def of_two_logs() -> Iterator[Case]:
    """Yield a record whose batch stands in one log and whose event stands in another."""
    first, second = Village(), Village()
    batch = first.state_batch()
    event = second.state_event()
    recorded = [
        batch.recorded(first.proof(batch.index)),
        RecordedStatement(
            event.statement, event.payload, event.salt, (second.proof(event.index, checkpoint=1),)
        ),
    ]
    checkpoints = [first.checkpoint(), second.checkpoint(log=OTHER_LOG)]
    given = OriginRecord.of(BATCH, reference(TRUST), checkpoints, recorded)
    other = {"origin": OTHER_LOG.name, "keys": (LogKey(vkey=str(OTHER_LOG.verifier_key)),)}
    unwitnessed = {"quorum": 0, "witnesses": (), "operator": OFFICE.issuer}
    stranger = {"quorum": 0, "witnesses": (), "operator": STRANGER.issuer}
    bundles: dict[str, tuple[str, bytes, tuple[str, ...]]] = {
        "both": ("Both logs are listed.", listing(log_entry(), log_entry(**other)), ("ok",)),
        "one": (
            "Only the log of the batch is listed.",
            listing(log_entry()),
            ("unproven", "logged fail", "witnessed fail"),
        ),
        "one-unwitnessed": (
            "The log of the event has no witnesses.",
            listing(log_entry(), log_entry(**(other | unwitnessed))),
            ("ok_offline", "witnessed unknown no_witness"),
        ),
        "both-unwitnessed": (
            "Neither log has witnesses.",
            listing(log_entry(**unwitnessed), log_entry(**(other | stranger))),
            ("ok_offline", "witnessed unknown no_witness"),
        ),
    }
    for name, (says, bundle, expected) in bundles.items():
        yield short_record(f"two-logs-{name}", says, given, *expected, bundle=bundle)
