"""One statement by itself, with or without what it states, and with proofs of one log or two."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from ocoptrace.signing import base64url
from ocoptrace.signing.bundle import LogKey
from ocoptrace.transparency import LogProof
from vectors.trust_cases.case import (
    NO_KEY,
    alone,
    bundle_file,
    malformed,
    statement,
)
from vectors.trust_cases.forging import forged
from vectors.trust_cases.log import NODE, OTHER_LOG
from vectors.trust_cases.revocation import revocation, revoking
from village import (
    A_DAY,
    BATCH,
    CLOSED,
    DOCUMENT,
    FOREIGN_BATCH,
    FOUNDED,
    ITEM,
    NEIGHBOUR,
    NOW,
    OFFICE,
    PLACE_ENTRY,
    PLAIN,
    PRODUCER,
    PRODUCT,
    STRANGER,
    WITNESSES,
    Said,
    Village,
    log_entry,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vectors.trust_cases.case import Case

A_SECOND = timedelta(seconds=1)
A_MONTH = 30 * A_DAY
UNTOLD = ("content unknown withheld",)
HIDING = (*UNTOLD, "entitlement unknown withheld")
NOWHERE = ("logged fail", "witnessed fail")


def proof(village: Village, said: Said, **options: Any) -> LogProof:
    """Return the proof of a statement under the newest checkpoint, or one of a size."""
    checkpoint = village.checkpoint(**options)
    return LogProof(checkpoint, said.index, village.proof(said.index, checkpoint.size).path)


def logged(village: Village, said: Said, **options: Any) -> dict[str, Any]:
    """Return a statement with its proof; ``is_withheld``, or changes to its members."""
    return alone(said, proof(village, said)) | options


def hidden(village: Village, said: Said) -> dict[str, Any]:
    return alone(said, proof(village, said), is_withheld=True)


def cases() -> Iterator[Case]:
    """Yield statements that are shown, withheld, forged, logged here or there, and too old."""
    yield from shown()
    yield from held_back()
    yield from unread()
    yield from altered()
    yield from proven()
    yield from attested()
    yield from aged()


def shown() -> Iterator[Case]:
    village = Village()
    batch = village.state_batch()
    says = "A batch, with its payload and a proof."
    yield statement("alone", says, logged(village, batch), "ok")
    event = village.state_event()
    name = event.statement.subject
    yield statement("alone-event", "An event.", logged(village, event), "ok", about=name)
    grade = village.state_grade()
    yield statement("alone-grade", "A grade.", logged(village, grade), "ok", about=PRODUCT)
    foreign = village.state_batch(FOREIGN_BATCH, by=NEIGHBOUR)
    says = "A batch that an Ed25519 key stated."
    given = logged(village, foreign)
    yield statement("alone-ed25519", says, given, "ok", about=FOREIGN_BATCH)
    says = "A batch of the neighbour's by the producer."
    other = village.state_batch(FOREIGN_BATCH)
    refused = ("not_entitled", "entitlement fail name")
    given = logged(village, other)
    yield statement("alone-of-other", says, given, *refused, about=FOREIGN_BATCH)
    says = "A batch with a plain name on a host that is no namespace."
    elsewhere = f"https://other.example/ocop/{PRODUCER.code}/MAMTOM/L1"
    given = logged(village, village.state_batch(elsewhere))
    changes = (*refused, "+issuer fail namespace")
    yield statement("alone-namespace", says, given, *changes, about=elsewhere)
    unknown = village.state_batch(by=STRANGER)
    says = "A batch by a key that the bundle does not list."
    given = logged(village, unknown)
    yield statement("alone-no-key", says, given, *NO_KEY)


def held_back() -> Iterator[Case]:
    village = Village()
    says = "A batch whose payload is withheld: its header says what it creates."
    given = hidden(village, village.state_batch())
    yield statement("alone-withheld", says, given, "ok_offline", *UNTOLD)
    event = village.state_event()
    says = "An event whose payload is withheld: nobody can tell what it creates."
    name = event.statement.subject
    given = hidden(village, event)
    yield statement("alone-withheld-event", says, given, "ok_offline", *HIDING, about=name)
    says = "An alias whose payload is withheld: nobody can tell which GTIN it names."
    given = hidden(village, village.state_alias())
    yield statement("alone-withheld-alias", says, given, "ok_offline", *HIDING, about=PLAIN)
    says = "A place whose payload is withheld: nobody can tell whether it has a plain name."
    place = village.state("place", PLACE_ENTRY, subject=DOCUMENT)
    given = hidden(village, place)
    yield statement("alone-withheld-place", says, given, "ok_offline", *HIDING, about=DOCUMENT)
    says = "A batch of the neighbour's, withheld: its header tells that it is not the producer's."
    given = hidden(village, village.state_batch(FOREIGN_BATCH))
    changes = ("not_entitled", *UNTOLD, "entitlement fail name")
    yield statement("alone-withheld-of-other", says, given, *changes, about=FOREIGN_BATCH)
    says = "An event of the office's, withheld: whatever it creates, an office states none."
    event = village.state_event(by=OFFICE)
    name = event.statement.subject
    given = hidden(village, event)
    changes = ("not_entitled", *UNTOLD, "entitlement fail role")
    yield statement("alone-withheld-by-office", says, given, *changes, about=name)
    says = "A product under the name of an item, withheld: its header alone is not in order."
    given = hidden(village, village.state("product", {}, subject=ITEM))
    changes = ("malformed", "format fail payload", *UNTOLD)
    # What is wrong is read although nothing is shown.
    yield statement("alone-withheld-item", says, given, *changes, about=ITEM)


def unread() -> Iterator[Case]:
    village = Village()
    batch = village.state_batch()
    good = logged(village, batch)
    cose = batch.statement.cose
    parts: dict[str, tuple[str, dict[str, Any], str]] = {
        "payload-alone": (
            "A payload without its salt.",
            {name: value for name, value in good.items() if name != "salt"},
            "record.payload_without_salt",
        ),
        "salt-alone": (
            "A salt without its payload.",
            {name: value for name, value in good.items() if name != "payload"},
            "record.payload_without_salt",
        ),
        "salt-empty": ("An empty salt.", good | {"salt": ""}, "record.bad_member"),
        "salt-long": (
            "A salt of 17 bytes.",
            good | {"salt": base64url.encode(batch.salt + b"\0")},
            "record.bad_member",
        ),
        "nine-proofs": (
            "Nine proofs, where eight are taken.",
            good | {"proofs": good["proofs"] * 9},
            "record.bad_member",
        ),
        "empty": ("No byte.", good | {"cose": ""}, "signing.not_cbor"),
        "cut": (
            "Its last byte is missing.",
            good | {"cose": base64url.encode(cose[:-1])},
            "signing.not_cbor",
        ),
        "trailing": (
            "A byte behind it.",
            good | {"cose": base64url.encode(cose + b"\0")},
            "signing.not_deterministic",
        ),
        "untagged": (
            "Without its tag.",
            good | {"cose": base64url.encode(cose[1:])},
            "signing.not_sign1",
        ),
    }
    for name, (says, given, error) in parts.items():
        yield malformed(f"alone-{name}", says, error, statement=given)


def altered() -> Iterator[Case]:
    village = Village()
    batch = village.state_batch()
    texts = {
        "digit": ("One digit of its payload was changed.", {"payload": batch.payload[:-1] + " }"}),
        "salt": ("Another salt.", {"salt": base64url.encode(bytes(16))}),
        "payload-empty": ("An empty payload.", {"payload": ""}),
    }
    for name, (says, members) in texts.items():
        given = logged(village, batch, **members)
        yield statement(f"alone-{name}", says, given, "altered", "content fail")
    other = Village()
    by_stranger = STRANGER.signer.sign(b"")
    said = forged(other.state_batch(), other, signature=by_stranger)
    says = "The signature is another."
    yield statement("alone-forged", says, logged(other, said), "altered", "signature fail")


def proven() -> Iterator[Case]:
    village = Village()
    batch = village.state_batch()
    village.append(b"of someone else")
    good = proof(village, batch)
    says = "Without a proof."
    yield statement("alone-unlogged", says, alone(batch), "unproven", *NOWHERE)
    says = "A proof that does not hold."
    given = alone(batch, replace(good, path=(NODE, *good.path[1:])))
    changes = ("altered", "proof fail", "witnessed fail")
    yield statement("alone-false-proof", says, given, *changes)
    early = proof(village, batch, size=3)
    says = "Two proofs, under an earlier checkpoint and a later one."
    yield statement("alone-two-proofs", says, alone(batch, early, good), "ok")
    lone = proof(village, batch, witnesses=WITNESSES[:1])
    says = "One of the two witnesses that the bundle asks for."
    yield statement("alone-one-witness", says, alone(batch, lone), "unproven", "witnessed fail")
    says = "One proof under a checkpoint of one witness, and one under a checkpoint of two."
    yield statement("alone-one-of-two-witnessed", says, alone(batch, lone, good), "ok")
    there = Village()
    there.append(b"of someone else, in another log")
    index = there.append(batch.statement.cose)
    tree = there.checkpoint(log=OTHER_LOG)
    bare = there.checkpoint(log=OTHER_LOG, witnesses=())
    path = there.proof(index).path
    seen, unseen = (LogProof(checkpoint, index, path) for checkpoint in (tree, bare))
    other = {"origin": OTHER_LOG.name, "keys": (LogKey(vkey=str(OTHER_LOG.verifier_key)),)}
    unwitnessed = log_entry(**other, witnesses=(), quorum=0)
    own = log_entry(**other, witnesses=(), quorum=0, operator=PRODUCER.issuer)
    both = bundle_file(2, logs=[log_entry(), log_entry(**other)]).to_bytes()
    logs: dict[str, tuple[str, tuple[LogProof, ...], bytes, tuple[str, ...]]] = {
        "both-logs": ("Proofs in two logs, both witnessed.", (good, seen), both, ("ok",)),
        "other-log": ("A proof in the second log alone.", (seen,), both, ("ok",)),
        "seen-in-first": (
            "Witnessed in one log, and in the other not as its quorum asks.",
            (good, unseen),
            both,
            ("ok",),
        ),
        "seen-in-none": (
            "Proofs in two logs that ask for witnesses, and neither has them.",
            (lone, unseen),
            both,
            ("unproven", "witnessed fail"),
        ),
        "unwitnessed-log": (
            "A proof in a log that has no witnesses.",
            (unseen,),
            bundle_file(2, logs=[log_entry(), unwitnessed]).to_bytes(),
            ("ok_offline", "witnessed unknown no_witness"),
        ),
        "own-log": (
            "A proof in the producer's own log, which has no witnesses.",
            (unseen,),
            bundle_file(2, logs=[log_entry(), own]).to_bytes(),
            ("warn", "witnessed warn log_self_operated"),
        ),
        "own-log-and-seen": (
            "Proofs in the producer's own log and in a witnessed one.",
            (unseen, good),
            bundle_file(2, logs=[log_entry(), own]).to_bytes(),
            ("ok",),
        ),
        "own-log-and-unseen": (
            "Proofs in the producer's own log, and in one that asks for more witnesses.",
            (unseen, lone),
            bundle_file(2, logs=[log_entry(), own]).to_bytes(),
            ("unproven", "witnessed fail"),
        ),
        "one-listed": (
            "Proofs in two logs, of which the bundle lists one.",
            (good, seen),
            bundle_file(2).to_bytes(),
            ("ok",),
        ),
        "none-listed": (
            "A proof in a log that the bundle does not list.",
            (seen,),
            bundle_file(2).to_bytes(),
            ("unproven", *NOWHERE),
        ),
    }
    for name, (says, proofs, bundle, found) in logs.items():
        yield statement(f"alone-{name}", says, alone(batch, *proofs), *found, bundle=bundle)


def attested() -> Iterator[Case]:
    village = Village()
    other = "attestation pass attested_by_other"
    events = {
        "observed": (
            "The neighbour has seen the producer's lot.",
            {"action": "OBSERVE"},
            NEIGHBOUR,
        ),
        "destroyed": ("The neighbour has used it up.", {"action": "DELETE"}, NEIGHBOUR),
        "own": ("The producer has seen its own lot.", {"action": "OBSERVE"}, PRODUCER),
    }
    for name, (says, members, by) in events.items():
        event = village.state_event(by=by, **members)
        changes = (other,) if by is NEIGHBOUR else ()
        subject = event.statement.subject
        given = logged(village, event)
        yield statement(f"alone-{name}", says, given, "ok", *changes, about=subject)
    made = village.tell_made(FOREIGN_BATCH, BATCH)
    says = "The producer has made its lot of the neighbour's."
    subject = made.statement.subject
    yield statement("alone-made", says, logged(village, made), "ok", other, about=subject)
    nameless = village.state_event(
        action="OBSERVE", quantityList=[], epcList=["https://shop.example/salt"]
    )
    says = "The producer has seen a thing that has no name of ours: it is nobody's."
    subject = nameless.statement.subject
    yield statement("alone-nameless", says, logged(village, nameless), "ok", about=subject)
    says = "The producer has made the neighbour's lot of another's: nothing it says counts."
    wrong = village.tell_made(f"{FOREIGN_BATCH}0", FOREIGN_BATCH)
    subject = wrong.statement.subject
    changes = ("not_entitled", "entitlement fail name")
    yield statement("alone-made-other", says, logged(village, wrong), *changes, about=subject)


def aged() -> Iterator[Case]:
    village = Village()
    batch = village.state_batch()
    given = logged(village, batch)
    expired, too_old = "bundle warn bundle_expired", "bundle fail bundle_too_old"
    says = "Under a bundle a second older than the policy allows."
    now = NOW + A_MONTH + A_SECOND
    yield statement("alone-bundle-old", says, given, "ok_offline", now=now)
    says = "Under an expired bundle."
    now = NOW + 90 * A_DAY
    yield statement("alone-bundle-expired", says, given, "warn", expired, now=now)
    says = "Under a bundle 90 days past its expiry."
    now = NOW + 180 * A_DAY
    yield statement("alone-bundle-too-old", says, given, "unproven", too_old, now=now)
    says = "The device's clock is a day behind."
    changes = ("warn", "clock warn clock_behind")
    yield statement("alone-clock-behind", says, given, *changes, now=NOW - A_DAY)
    ahead = village.state_batch(at=NOW + A_DAY)
    says = "It claims to be a day younger than the checkpoint that holds it."
    changes = ("warn", "clock warn dated_ahead")
    yield statement("alone-dated-ahead", says, logged(village, ahead), *changes)
    coming = village.state_event(eventTime="2026-11-23T15:10:01+07:00")
    says = "An event of ten minutes and a second after the checkpoint that holds it."
    name = coming.statement.subject
    given = logged(village, coming)
    yield statement("alone-event-ahead", says, given, *changes, about=name)
    coming = village.state_event(eventTime="2026-11-23T15:10:00+07:00")
    says = "An event of ten minutes after: clocks differ by that much."
    name = coming.statement.subject
    yield statement("alone-event-now", says, logged(village, coming), "ok", about=name)
    late = village.state_batch(at=CLOSED)
    says = "It claims a time after the key's."
    changes = ("not_entitled", "entitlement fail period", "clock warn dated_ahead")
    yield statement("alone-after-key", says, logged(village, late), *changes)
    back = village.state_batch(at=FOUNDED)
    checkpoint = village.checkpoint(at=CLOSED)
    proofs = LogProof(checkpoint, back.index, village.proof(back.index).path)
    says = "It claims a time of the key's, and was logged after it."
    bundle = bundle_file(2, now=CLOSED).to_bytes()
    options = {"bundle": bundle, "now": CLOSED}
    changes = ("not_entitled", "entitlement fail period")
    yield statement("alone-logged-late", says, alone(back, proofs), *changes, **options)
    says = "It claims a time before the key was withdrawn, and was logged after."
    ceased = revoking(revocation("ceased", at=NOW - A_SECOND))
    changes = ("revoked", "revocation fail")
    given = logged(village, back)
    yield statement("alone-revoked", says, given, *changes, bundle=ceased)
