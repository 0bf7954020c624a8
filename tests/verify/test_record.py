from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from ocoptrace.epcis import canonical_bytes, parse_event
from ocoptrace.errors import InputError
from ocoptrace.messages import LANGUAGES
from ocoptrace.origin_record import OriginRecord, completeness_payload
from ocoptrace.signing import Statement
from ocoptrace.signing.bundle import Revocation, RevocationCheckpoint
from ocoptrace.signing.cose import Sign1
from ocoptrace.signing.note import NoteSigner
from ocoptrace.verify import Policy, Verdict, verify_label, verify_record
from village import (
    A_DAY,
    BATCH,
    CLOSED,
    FOREIGN_BATCH,
    FOUNDED,
    HOST,
    ITEM,
    KEYS,
    LOG,
    NEIGHBOUR,
    NOW,
    OFFICE,
    PLACE_ENTRY,
    PRODUCER,
    PRODUCT,
    STRANGER,
    WITNESSES,
    Said,
    Tale,
    Village,
    eddsa,
    grant,
    key_entry,
    log_entry,
    publish,
    reference,
    sealed,
)

if TYPE_CHECKING:
    from ocoptrace.signing import TrustBundle

TRUST = publish()
UUID = "urn:uuid:3f0d5a52-6f0e-4d0a-9a55-0c8a7f6f1a11"
PRODUCER_KEY = PRODUCER.signer.public_key.thumbprint.hex()


def verdict_of(
    record: OriginRecord | bytes, trust: TrustBundle = TRUST, *, now: datetime = NOW, **options: Any
) -> Verdict:
    """Return the verdict on a record's bytes, having listened to all that it says."""
    data = record.to_bytes() if isinstance(record, OriginRecord) else record
    verdict = verify_record(data, trust=trust, now=now, **options)
    for language in LANGUAGES:
        for text in (verdict.headline(language), *(c.text(language) for c in verdict.checks)):
            assert not text.startswith("verdict.")
            assert "{" not in text.replace("{}", "")
    return verdict


def failures(verdict: Verdict) -> set[tuple[str, str]]:
    return {(check.code, check.reason) for check in verdict.checks if check.outcome == "fail"}


def warnings(verdict: Verdict) -> set[tuple[str, str]]:
    return {(check.code, check.reason) for check in verdict.checks if check.outcome == "warn"}


def story(*said: Said, village: Village, trust: TrustBundle = TRUST, **options: Any) -> Any:
    """Return the record of what was said, and of an event where none was said."""
    if "checkpoint" not in options and all(s.statement.kind != "event" for s in said):
        said = (*said, village.state_event())
    return village.record(said, trust, **options)


def edited(record: OriginRecord, number: int, **members: Any) -> OriginRecord:
    statements = list(record.statements)
    statements[number] = replace(statements[number], **members)
    return replace(record, statements=tuple(statements))


def test_a_record_that_holds_is_ok() -> None:
    verdict = verdict_of(Tale().record())
    assert (verdict.about, verdict.overall) == (BATCH, "ok")
    assert failures(verdict) == warnings(verdict) == set()
    assert verdict.exit_code() == verdict.exit_code(strict=True) == 0
    complete = verdict.check("complete")
    assert complete is not None
    assert complete.outcome == "pass"


def test_a_record_may_be_given_as_value_or_bytes() -> None:
    record = Tale().record()
    as_value = verify_record(record, trust=TRUST, now=NOW)
    assert as_value == verify_record(record.to_bytes(), trust=TRUST, now=NOW)


def test_what_is_no_record_is_malformed() -> None:
    for data in (b"", b"{}", Tale().record().to_bytes() + b"\n", b'{"about":"\\ud800"}'):
        verdict = verdict_of(data)
        assert (verdict.overall, failures(verdict)) == ("malformed", {("format", "")})
        assert verdict.exit_code() == 1


OTHER_PAYLOADS: dict[str, Any] = {
    "about another batch": {"type": "batch", "id": FOREIGN_BATCH},
    "not JSON": b"{",
    "no object": [],
    "nested too deep": b"[" * 40 + b"]" * 40,
}


@pytest.mark.parametrize("payload", OTHER_PAYLOADS.values(), ids=OTHER_PAYLOADS)
def test_a_statement_whose_payload_is_about_something_else_is_malformed(payload: Any) -> None:
    village = Village()
    said = village.state("batch", payload, subject=BATCH)
    verdict = verdict_of(story(said, village=village))
    assert verdict.overall == "malformed"
    assert ("format", "payload") in failures(verdict)


def test_a_changed_payload_is_altered() -> None:
    record = Tale().record()
    payload = record.statements[1].payload
    assert payload is not None
    more = payload.replace('"quantity":18456', '"quantity":28456')
    verdict = verdict_of(edited(record, 1, payload=more))
    assert (verdict.overall, failures(verdict)) == ("altered", {("content", "")})


def test_payloads_cannot_change_places() -> None:
    village = Village()
    one, two = village.state_event(), village.state_event(quantityList=[], epcList=[ITEM])
    batch = village.state_batch()
    record = story(one, two, batch, village=village)
    first, second = record.statements[:2]
    swapped = edited(record, 0, payload=second.payload, salt=second.salt)
    swapped = edited(swapped, 1, payload=first.payload, salt=first.salt)
    assert verdict_of(record).overall == "ok"
    assert failures(verdict_of(swapped)) == {("content", "")}


def test_a_signature_of_another_key_is_altered() -> None:
    village = Village()
    said = village.state_batch()
    message = Sign1.decode(said.statement.cose)
    forged = replace(message, signature=STRANGER.signer.sign(message.sig_structure()))
    statement = Statement.decode(forged.encode())
    forged_said = replace(said, statement=statement, index=village.append(statement.cose))
    verdict = verdict_of(story(forged_said, village=village))
    assert (verdict.overall, failures(verdict)) == ("altered", {("signature", "")})


def test_a_high_signature_is_altered() -> None:
    order = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
    village = Village()
    said = village.state_batch()
    message = Sign1.decode(said.statement.cose)
    high = (order - int.from_bytes(message.signature[32:])).to_bytes(32)
    twin = replace(message, signature=message.signature[:32] + high).encode()
    forged = replace(said, statement=Statement.decode(twin), index=village.append(twin))
    assert forged.statement.id == said.statement.id
    verdict = verdict_of(story(forged, village=village))
    assert (verdict.overall, failures(verdict)) == ("altered", {("signature", "")})


def test_a_proof_of_another_place_is_altered() -> None:
    tale = Tale()
    record = tale.record()
    other = record.statements[1].proofs
    verdict = verdict_of(edited(edited(record, 0, proofs=other), 1, proofs=other))
    # What a false proof shows counts for nothing: no quorum has seen this statement there.
    assert (verdict.overall, failures(verdict)) == ("altered", {("proof", ""), ("witnessed", "")})


def test_a_checkpoint_with_a_false_signature_is_altered() -> None:
    tale = Tale()
    record = tale.record()
    thief = tale.village.checkpoint(log=NoteSigner(LOG.name, eddsa(99)))
    signatures = tale.village.checkpoint(size=4).note.signatures
    unsigned = tale.village.checkpoint(witnesses=())
    false = replace(unsigned, note=replace(unsigned.note, signatures=signatures))
    for checkpoint in (thief, false):
        verdict = verdict_of(replace(record, checkpoints=(checkpoint,)))
        assert verdict.overall == "altered"
        assert ("proof", "") in failures(verdict)


def test_a_statement_that_was_taken_out_or_added_is_noticed() -> None:
    tale = Tale()
    batch, event, complete = tale.said
    more = tale.village.state_event()
    for said in ((batch, complete), (batch, event, more, complete)):
        verdict = verdict_of(story(*said, village=tale.village))
        assert (verdict.overall, failures(verdict)) == ("altered", {("complete", "")})


def test_a_list_of_everything_is_about_one_name_and_one_bundle() -> None:
    tale = Tale()
    told = tale.said[:2]
    about_item = tale.village.state_complete(told, TRUST, about=ITEM)
    record = story(*told, about_item, village=tale.village, about=ITEM)
    assert verdict_of(record).overall == "ok"
    other_item = replace(record, about=ITEM.replace("AB", "BA"))
    assert failures(verdict_of(other_item)) == {("complete", "")}
    older = replace(tale.record(), bundle=reference(publish(2)))
    assert failures(verdict_of(older, publish(3))) == {("complete", "")}


def test_only_who_stated_the_batch_can_say_that_this_is_all() -> None:
    village = Village()
    told = [village.state_batch(), village.state_event()]
    for party, outcome in ((PRODUCER, "pass"), (NEIGHBOUR, "unknown")):
        said = village.state_complete(told, TRUST, by=party)
        check = verdict_of(story(*told, said, village=village)).check("complete")
        assert check is not None
        assert check.outcome == outcome


def test_an_item_that_nothing_signed_names_is_noted() -> None:
    tale = Tale()
    told = story(*tale.said[:2], village=tale.village, about=ITEM)
    check = verdict_of(told).check("about")
    assert check is not None
    assert (check.outcome, check.reason) == ("warn", "item_not_named")


def test_without_such_a_list_nothing_is_said_about_completeness() -> None:
    village = Village()
    verdict = verdict_of(story(village.state_batch(), village=village))
    complete = verdict.check("complete")
    assert complete is not None
    assert (complete.outcome, verdict.overall) == ("unknown", "ok")


def revoked(reason: Any, **members: Any) -> TrustBundle:
    members = {"key": PRODUCER_KEY, "reason": reason, "at": NOW} | members
    return publish(revocations=(Revocation.model_validate(members),))


@pytest.mark.parametrize("reason", ["superseded", "ceased"])
def test_what_was_stated_before_a_key_retired_stays_good(reason: str) -> None:
    village = Village()
    trust = revoked(reason)
    a_second_ago = NOW - timedelta(seconds=1)
    before = (village.state_batch(at=a_second_ago), village.state_event(at=a_second_ago))
    early = village.checkpoint(at=a_second_ago)
    good = story(*before, village=village, trust=trust, checkpoint=early)
    assert verdict_of(good, trust).overall == "ok"
    after = village.state_event(at=NOW)
    verdict = verdict_of(story(*before, after, village=village, trust=trust), trust)
    assert (verdict.overall, failures(verdict)) == ("revoked", {("revocation", "")})


@pytest.mark.parametrize("reason", ["superseded", "ceased"])
def test_back_dating_does_not_help_a_key_that_retired(reason: str) -> None:
    village = Village()
    trust = revoked(reason)
    back_dated = village.state_batch(at=FOUNDED), village.state_event(at=FOUNDED)
    record = story(*back_dated, village=village, trust=trust)
    assert failures(verdict_of(record, trust)) == {("revocation", "")}
    # Without a log's time there is only the claim, and the verdict says that nothing shows it.
    unseen = story(
        *back_dated, village=village, trust=trust, checkpoint=village.checkpoint(witnesses=())
    )
    assert failures(verdict_of(unseen, trust)) == {("witnessed", "")}


def test_back_dating_does_not_help_a_key_whose_time_is_over() -> None:
    trust = publish(2, keys=(KEYS[0], key_entry(PRODUCER, grant(), sign_until=NOW), KEYS[2]))
    village = Village()
    told = village.state_batch(at=FOUNDED), village.state_event(at=FOUNDED)
    for at, overall in ((NOW - timedelta(seconds=1), "ok"), (NOW, "not_entitled")):
        record = story(*told, village=village, trust=trust, checkpoint=village.checkpoint(at=at))
        assert verdict_of(record, trust).overall == overall
    check = verdict_of(record, trust).check("entitlement")
    assert check is not None
    assert check.reason == "period"


def seen(village: Village, size: int, **changes: Any) -> RevocationCheckpoint:
    checkpoint = village.checkpoint(size=size)
    members = {"origin": LOG.name, "size": size, "root": checkpoint.root.hex()}
    return RevocationCheckpoint.model_validate(members | changes)


def test_what_stands_before_the_offices_checkpoint_outlives_a_lost_key() -> None:
    village = Village()
    told = village.state_batch(), village.state_event()
    size = len(village.entries)
    later = village.state_event()
    trust = revoked("compromised", checkpoint=seen(village, size))
    old = story(*told, village=village, trust=trust, checkpoint=village.checkpoint(size=size))
    assert verdict_of(old, trust).overall == "ok"
    # The same statement, proven under a later checkpoint, may be a thief's other tree.
    new = story(*told, village=village, trust=trust)
    assert failures(verdict_of(new, trust)) == {("revocation", "")}
    both = story(*told, later, village=village, trust=trust)
    assert verdict_of(both, trust).overall == "revoked"


def test_back_dating_does_not_help_a_thief() -> None:
    village = Village()
    trust = revoked("compromised", checkpoint=seen(village, len(village.entries)))
    stolen = village.state_batch(at=FOUNDED)
    assert verdict_of(story(stolen, village=village, trust=trust), trust).overall == "revoked"
    nothing_seen = revoked("compromised")
    record = story(stolen, village=village, trust=nothing_seen)
    assert verdict_of(record, nothing_seen).overall == "revoked"


@pytest.mark.parametrize("changes", [{"root": "00" * 32}, {"origin": "other.example/log"}])
def test_the_offices_checkpoint_is_one_log_size_and_root(changes: dict[str, str]) -> None:
    village = Village()
    batch = village.state_batch()
    trust = revoked("compromised", checkpoint=seen(village, len(village.entries), **changes))
    assert verdict_of(story(batch, village=village, trust=trust), trust).overall == "revoked"


def test_what_is_not_the_signers_to_state_is_not_entitled() -> None:
    village = Village()
    batch = village.state_batch()
    cases = {
        "name": village.state_batch(FOREIGN_BATCH, by=PRODUCER),
        "role": village.state_grade(by=PRODUCER),
        "period": village.state_event(at=CLOSED),
    }
    for why, said in cases.items():
        verdict = verdict_of(story(batch, said, village=village))
        assert verdict.overall == "not_entitled"
        assert failures(verdict) - {("about", "unrelated")} == {("entitlement", why)}


FOREIGN_GOODS: dict[str, dict[str, Any]] = {
    "a class": {"quantityList": [{"epcClass": FOREIGN_BATCH, "quantity": 1, "uom": "KGM"}]},
    "an item": {"quantityList": None, "epcList": [f"{FOREIGN_BATCH}/21/1"]},
    "something without a name": {"quantityList": None, "epcList": ["urn:uuid:" + "0" * 32]},
}


@pytest.mark.parametrize("members", FOREIGN_GOODS.values(), ids=FOREIGN_GOODS)
def test_an_event_may_not_create_what_is_not_its_issuers(members: dict[str, Any]) -> None:
    village = Village()
    batch = village.state_batch()
    present = {name: value for name, value in members.items() if value is not None}
    absent = {"quantityList": []} if members.get("quantityList", 1) is None else {}
    verdict = verdict_of(story(batch, village.state_event(**(absent | present)), village=village))
    assert failures(verdict) == {("entitlement", "name"), ("about", "unrelated")}


def test_an_event_may_observe_what_is_anothers() -> None:
    village = Village()
    seen_there = [
        {"epcClass": name, "quantity": 1, "uom": "KGM"} for name in (BATCH, FOREIGN_BATCH)
    ]
    observed = village.state_event(action="OBSERVE", quantityList=seen_there)
    said = (village.state_batch(), observed)
    assert verdict_of(story(*said, village=village)).overall == "ok"


def test_a_subject_that_is_no_name_is_not_entitled() -> None:
    village = Village()
    said = village.state_batch("https://example.com/shop/L1")
    verdict = verdict_of(story(said, village=village))
    assert ("entitlement", "name") in failures(verdict)


def test_a_key_speaks_in_its_holders_name_only() -> None:
    village = Village()
    impostor = replace(NEIGHBOUR, signer=PRODUCER.signer)
    verdict = verdict_of(story(village.state_batch(by=impostor), village=village))
    assert (verdict.overall, failures(verdict)) == ("not_entitled", {("entitlement", "issuer")})


def test_a_key_that_is_not_in_the_bundle_is_unknown() -> None:
    village = Village()
    verdict = verdict_of(story(village.state_batch(by=STRANGER), village=village))
    assert (verdict.overall, failures(verdict)) == ("unknown_issuer", {("issuer", "")})


def test_what_stands_in_no_log_of_the_bundle_is_unproven() -> None:
    tale = Tale()
    elsewhere = publish(logs=())
    verdict = verdict_of(tale.village.record(tale.said, elsewhere), elsewhere)
    assert verdict.overall == "altered"  # its list of everything names another bundle
    record = tale.village.record(tale.said[:2], elsewhere)
    assert failures(verdict_of(record, elsewhere)) == {("logged", ""), ("witnessed", "")}
    assert verdict_of(record, elsewhere).overall == "unproven"
    loose = replace(
        record,
        checkpoints=(),
        statements=tuple(
            sorted(
                (replace(each, proofs=()) for each in record.statements),
                key=lambda each: each.statement.id,
            )
        ),
    )
    assert verdict_of(replace(loose, bundle=reference(TRUST))).overall == "unproven"


def test_fewer_witnesses_than_the_quorum_leave_it_unproven() -> None:
    tale = Tale()
    said = tale.said
    checkpoint = tale.village.checkpoint(witnesses=WITNESSES[:1])
    verdict = verdict_of(tale.village.record(said, TRUST, checkpoint=checkpoint))
    assert (verdict.overall, failures(verdict)) == ("unproven", {("witnessed", "")})


ABOUT: dict[str, tuple[str, str]] = {
    "another lot": (BATCH + "X", "nothing_signed"),
    "another's batch": (FOREIGN_BATCH, "nothing_signed"),
    "the product": (PRODUCT, "nothing_signed"),
    "a pallet": ("https://id.gs1.org/00/095212345432100010", "not_a_name"),
}


@pytest.mark.parametrize(("about", "reason"), ABOUT.values(), ids=ABOUT)
def test_a_record_about_what_nobody_spoke_of_is_unproven(about: str, reason: str) -> None:
    village = Village()
    verdict = verdict_of(story(village.state_batch(), village=village, about=about))
    assert (verdict.overall, failures(verdict)) == ("unproven", {("about", reason)})


def test_an_empty_record_proves_nothing() -> None:
    record = OriginRecord(BATCH, reference(TRUST), (), ())
    assert verdict_of(record).overall == "unproven"


def test_a_withheld_batch_is_not_shown() -> None:
    village = Village()
    batch = village.state_batch()
    verdict = verdict_of(story(batch, village=village, withheld=[batch]))
    assert (verdict.overall, failures(verdict)) == ("unproven", {("about", "nothing_signed")})


def test_a_withheld_event_leaves_a_gap_to_be_noted() -> None:
    tale = Tale()
    said = tale.said
    verdict = verdict_of(story(*said, village=tale.village, withheld=[said[1]]))
    assert (verdict.overall, warnings(verdict)) == ("warn", {("about", "lineage_incomplete")})
    assert (verdict.exit_code(), verdict.exit_code(strict=True)) == (0, 1)


def test_a_bundle_grows_old_expires_and_is_too_old() -> None:
    record = Tale().record()
    month, expiry = TRUST.issued + timedelta(days=30), TRUST.expires
    assert verdict_of(record, now=month).overall == "ok"
    assert verdict_of(record, now=month + timedelta(seconds=1)).overall == "ok_offline"
    patient = Policy(max_bundle_age=timedelta(days=60))
    assert verdict_of(record, now=month + A_DAY, policy=patient).overall == "ok"
    assert verdict_of(record, now=expiry - timedelta(seconds=1)).overall == "ok_offline"
    assert warnings(verdict_of(record, now=expiry)) == {("bundle", "bundle_expired")}
    late = expiry + timedelta(days=90)
    assert verdict_of(record, now=late - timedelta(seconds=1)).overall == "warn"
    verdict = verdict_of(record, now=late)
    assert (verdict.overall, failures(verdict)) == ("unproven", {("bundle", "bundle_too_old")})


def test_a_record_of_a_newer_bundle_asks_for_it() -> None:
    village = Village()
    newer = publish(2)
    record = story(village.state_batch(), village=village, trust=newer)
    verdict = verdict_of(record)
    assert (verdict.overall, warnings(verdict)) == ("warn", {("bundle", "bundle_behind")})


def test_two_bundles_of_one_version_are_noticed() -> None:
    village = Village()
    record = story(village.state_batch(), village=village)
    other = publish(namespaces=(HOST, "other.example"))
    verdict = verdict_of(record, other)
    assert (verdict.overall, failures(verdict)) == ("unproven", {("bundle", "bundle_differs")})


def test_a_clock_that_is_behind_is_noted_and_not_believed() -> None:
    record = Tale().record()
    for now in (NOW - timedelta(seconds=1), datetime(1970, 1, 1, tzinfo=UTC)):
        verdict = verdict_of(record, now=now)
        assert (verdict.overall, warnings(verdict)) == ("warn", {("clock", "clock_behind")})


def test_witnesses_have_seen_later_times_than_the_clock() -> None:
    tale = Tale()
    said = tale.said
    checkpoint = tale.village.checkpoint(at=TRUST.expires)
    verdict = verdict_of(tale.village.record(said, TRUST, checkpoint=checkpoint))
    assert warnings(verdict) == {("clock", "clock_behind"), ("bundle", "bundle_expired")}


def test_a_day_ends_at_midnight_in_vietnam() -> None:
    village = Village()
    batch = village.state_batch(expiryDate="2026-12-01")
    record = story(batch, village=village)
    midnight = datetime(2026, 12, 1, 17, tzinfo=UTC)
    assert verdict_of(record, now=midnight - timedelta(seconds=1)).overall == "ok"
    verdict = verdict_of(record, now=midnight)
    assert (verdict.overall, warnings(verdict)) == ("warn", {("shelf_life", "expired")})


def test_a_grade_is_shown_while_it_is_valid() -> None:
    village = Village()
    batch, grade = village.state_batch(), village.state_grade(validTo="2026-12-01")
    record = story(batch, grade, village=village)
    verdict = verdict_of(record)
    shown = verdict.check("grade")
    assert shown is not None
    assert (verdict.overall, shown.outcome, shown.facts["stars"]) == ("ok", "pass", 4)
    later = verdict_of(record, now=datetime(2026, 12, 2, tzinfo=UTC))
    assert (later.overall, warnings(later)) == ("warn", {("grade", "expired")})


def test_a_log_without_witnesses_reaches_ok_offline_at_most() -> None:
    trust = publish(logs=(log_entry(quorum=0, witnesses=()),))
    village = Village()
    told = village.state_batch(), village.state_event()
    checkpoint = village.checkpoint(witnesses=())
    record = story(*told, village=village, trust=trust, checkpoint=checkpoint)
    assert verdict_of(record, trust).overall == "ok_offline"


def test_a_log_that_its_issuer_runs_alone_is_noted() -> None:
    trust = publish(logs=(log_entry(quorum=0, witnesses=(), operator=PRODUCER.issuer),))
    village = Village()
    told = village.state_batch(), village.state_event()
    checkpoint = village.checkpoint(witnesses=())
    record = story(*told, village=village, trust=trust, checkpoint=checkpoint)
    verdict = verdict_of(record, trust)
    assert (verdict.overall, warnings(verdict)) == ("warn", {("witnessed", "log_self_operated")})


@pytest.mark.parametrize("kind", ["producer", "place", "product", "grade", "batch"])
def test_registry_data_that_cannot_be_read_is_malformed(kind: Any) -> None:
    subject = {"product": PRODUCT, "grade": PRODUCT, "batch": BATCH}.get(kind, UUID)
    village = Village()
    data = {"type": kind, "id": subject, "product": subject}
    said = village.state(kind, data, subject=subject)
    verdict = verdict_of(story(village.state_batch(), said, village=village))
    assert ("format", "payload") in failures(verdict)


SUBJECTS: dict[str, tuple[str, str]] = {
    "a product that is a batch": ("product", BATCH),
    "a batch that is a product": ("batch", PRODUCT),
    "a batch that is an item": ("batch", ITEM),
    "a grade of a batch": ("grade", BATCH),
    "a batch on another host": ("batch", BATCH.replace("id.gs1.org", "id.example")),
    "a batch with an attribute": ("batch", f"{BATCH}?17=280914"),
    "a list about a pallet": ("record", "https://id.gs1.org/00/095212345432100010"),
}


@pytest.mark.parametrize(("kind", "subject"), SUBJECTS.values(), ids=SUBJECTS)
def test_a_statement_is_about_a_name_of_its_kind_in_its_one_form(kind: Any, subject: str) -> None:
    village = Village()
    said = village.state(kind, {"id": subject, "product": subject}, subject=subject)
    record = story(village.state_batch(), said, village=village, withheld=[said])
    assert ("format", "payload") in failures(verdict_of(record))


def test_a_record_without_an_event_is_noted() -> None:
    village = Village()
    record = village.record([village.state_batch()], TRUST)
    verdict = verdict_of(record)
    assert (verdict.overall, warnings(verdict)) == ("warn", {("about", "no_events")})


def making(village: Village, of: str, into: str, **members: Any) -> Said:
    number = len(village.entries)
    event = {
        "type": "TransformationEvent",
        "eventID": f"urn:uuid:0190a7c5-8a3e-8f00-8000-{number:012d}",
        "eventTime": "2026-09-15T07:30:00+07:00",
        "eventTimeZoneOffset": "+07:00",
        "inputQuantityList": [{"epcClass": of, "quantity": 10, "uom": "KGM"}] if of else None,
        "outputQuantityList": [{"epcClass": into, "quantity": 9, "uom": "KGM"}] if into else None,
    }
    present = {name: value for name, value in (event | members).items() if value is not None}
    payload = canonical_bytes(parse_event(present))
    return village.state("event", payload, subject=event["eventID"])


OTHER_LOT = f"{PRODUCT}/10/L2"
PALLET = "https://id.gs1.org/00/095212345432100010"


def unrelated(*said: Said, village: Village, **options: Any) -> list[str]:
    """Return the first subject that a record was said to have nothing to do with, if any."""
    check = verdict_of(story(*said, village=village, **options)).check("about")
    assert check is not None
    return [str(check.facts["subject"])] if check.reason == "unrelated" else []


def test_what_leads_to_the_batch_and_where_it_was_packed_belongs_to_it() -> None:
    village = Village()
    told = [
        village.state_batch(),
        making(village, FOREIGN_BATCH, f"{PRODUCT}/10/MASH"),
        making(village, f"{PRODUCT}/10/MASH", "", transformationID="urn:uuid:" + "1" * 32),
        making(village, "", BATCH, transformationID="urn:uuid:" + "1" * 32),
        village.state_event(FOREIGN_BATCH, action="OBSERVE"),
        village.state_event(quantityList=[], epcList=[ITEM]),
        making(
            village,
            "",
            "",
            type="AggregationEvent",
            action="ADD",
            parentID=PALLET,
            childEPCs=[ITEM],
        ),
        village.state_event(action="OBSERVE", quantityList=[], epcList=[PALLET]),
    ]
    assert unrelated(*told, village=village) == []


def test_what_has_nothing_to_do_with_the_batch_is_named() -> None:
    village = Village()
    batch, event = village.state_batch(), making(village, FOREIGN_BATCH, BATCH)
    others = [
        village.state_event(OTHER_LOT),
        making(village, FOREIGN_BATCH, OTHER_LOT),
        making(village, BATCH, OTHER_LOT),
        village.state_batch(OTHER_LOT),
        village.state("place", PLACE_ENTRY, subject=UUID),
    ]
    for other in others:
        told = (batch, event, other)
        assert unrelated(*told, village=village) == [other.statement.subject]
        assert verdict_of(story(*told, village=village)).overall == "unproven"
        # What is withheld may be what leads there.
        assert unrelated(*told, village=village, withheld=[event]) == []


def test_a_place_belongs_to_the_record_where_an_event_names_it() -> None:
    village = Village()
    place = village.state("place", PLACE_ENTRY, subject=UUID)
    event = village.state_event(bizLocation={"id": PLACE_ENTRY["id"]})
    assert unrelated(village.state_batch(), event, place, village=village) == []


def test_events_of_something_else_are_not_counted() -> None:
    village = Village()
    told = village.state_batch(), village.state_event(), village.state_event(OTHER_LOT)
    check = verdict_of(story(*told, village=village)).check("about")
    assert check is not None
    assert check.facts["events"] == 1


def test_only_who_stated_an_event_declares_it_wrong() -> None:
    village = Village()
    batch, event = village.state_batch(), village.state_event(action="OBSERVE")
    wrong = {
        "errorDeclaration": {"declarationTime": "2026-09-16T08:00:00+07:00"},
        "eventID": event.statement.subject,
        "action": "OBSERVE",
    }
    for party, found in ((PRODUCER, set()), (NEIGHBOUR, {("entitlement", "not_original_issuer")})):
        payload = json.loads(event.payload) | wrong
        said = village.state("event", payload, subject=event.statement.subject, by=party)
        assert failures(verdict_of(story(batch, event, said, village=village))) == found
        lone = verdict_of(story(batch, said, village=village))
        assert failures(lone) == set()
        # Whose the event was stands nowhere, so nobody can tell who may correct it.
        entitled = lone.check("entitlement")
        assert entitled is not None
        assert (entitled.outcome, entitled.reason) == ("unknown", "original_missing")
        assert lone.overall == "ok_offline"


def test_two_stories_under_one_event_id_are_a_conflict() -> None:
    village = Village()
    batch, event = village.state_batch(), village.state_event()
    own, others = (json.loads(event.payload) | {"disposition": "active"} for _ in range(2))
    others["action"] = "OBSERVE"
    subject = event.statement.subject
    again = village.state("event", json.loads(event.payload), subject=subject, salt=bytes(16))
    told = [village.state("event", own, subject=subject)]
    told.append(village.state("event", others, subject=subject, by=NEIGHBOUR))
    for more, found in ((again, False), (told[0], True), (told[1], False)):
        verdict = verdict_of(story(batch, event, more, village=village))
        assert (("content", "event_id_conflict") in failures(verdict)) == found
        assert (verdict.overall == "altered") == found
    hidden = story(batch, event, told[0], village=village, withheld=[told[0]])
    assert failures(verdict_of(hidden)) == set()


def test_what_happened_after_it_was_logged_is_dated_ahead() -> None:
    village = Village()
    for when, found in (
        ("2026-11-23T15:10:00+07:00", set()),
        ("2026-11-23T15:10:01+07:00", {("clock", "dated_ahead")}),
        ("9999-12-31T23:59:59-11:00", {("clock", "dated_ahead")}),
    ):
        told = village.state_batch(), village.state_event(eventTime=when)
        verdict = verdict_of(story(*told, village=village))
        assert warnings(verdict) == found
        check = verdict.check("clock")
        assert check is None or str(check.facts["claimed"]) == when[:10]


def test_the_newest_statement_of_a_batch_tells_its_shelf_life() -> None:
    village = Village()
    told = [village.state_batch(expiryDate=day) for day in ("2026-10-01", "2027-10-01")]
    assert verdict_of(story(*told, village=village)).overall == "ok"
    foreign = village.state_batch(expiryDate="2030-10-01", by=NEIGHBOUR)
    check = verdict_of(story(*told, foreign, village=village)).check("shelf_life")
    assert check is not None
    assert str(check.facts["until"]) == "2027-10-01"


def test_the_newest_grade_in_force_counts() -> None:
    village = Village()
    told = [village.state_grade(stars=s, score=v) for s, v in ((4, 81.5), (3, 60.5))]
    check = verdict_of(story(village.state_batch(), *told, village=village)).check("grade")
    assert check is not None
    assert check.facts["stars"] == 3


def test_the_newest_is_told_by_time_and_not_by_which_proof_stands_first() -> None:
    village = Village()
    old_batch = village.state_batch(at=NOW - 2 * A_DAY)
    grade = json.loads(Village().state_grade().payload)
    old_grade = village.state("grade", grade, subject=PRODUCT, by=OFFICE, at=NOW - 2 * A_DAY)
    early = village.checkpoint(at=NOW - 2 * A_DAY)
    told = [
        village.state_event(),
        village.state_batch(expiryDate="2027-10-01"),
        village.state_grade(stars=3, score=60.5),
    ]
    late = village.checkpoint()
    recorded = [
        # Its later proof stands first, as a record's maker may choose.
        replace(
            each.recorded(village.proof(each.index)),
            proofs=(
                village.proof(each.index),
                village.proof(each.index, early.size, checkpoint=1),
            ),
        )
        for each in (old_batch, old_grade)
    ]
    recorded += [each.recorded(village.proof(each.index)) for each in told]
    # In the order of another log the old ones stand last.
    record = OriginRecord(BATCH, reference(TRUST), (late, early), tuple(reversed(recorded)))
    verdict = verify_record(record, trust=TRUST, now=NOW)
    graded, shelf_life = verdict.check("grade"), verdict.check("shelf_life")
    assert graded is not None
    assert shelf_life is not None
    assert (graded.facts["stars"], str(shelf_life.facts["until"])) == (3, "2027-10-01")


def test_of_grades_of_one_time_the_latest_first_day_counts() -> None:
    village = Village()
    told = [
        village.state_grade(validFrom="2026-06-01"),
        village.state_grade(stars=3, score=60.5, validFrom="2026-05-01", validTo="2029-04-30"),
    ]
    check = verdict_of(story(village.state_batch(), *told, village=village)).check("grade")
    assert check is not None
    assert check.facts["stars"] == 4


def test_a_complete_record_says_as_of_which_day() -> None:
    check = verdict_of(Tale().record()).check("complete")
    assert check is not None
    assert str(check.facts["at"]) == "2026-11-23"


def test_what_nobody_may_state_is_no_grade_and_no_shelf_life() -> None:
    village = Village()
    forged = village.state_grade(by=PRODUCER, stars=5, score=95.5, level="national")
    verdict = verdict_of(story(village.state_batch(by=NEIGHBOUR), forged, village=village))
    assert (verdict.check("grade"), verdict.check("shelf_life")) == (None, None)
    assert verdict.overall == "not_entitled"


@pytest.mark.parametrize(
    ("size", "outcome"), [(4, "pass"), (3, "fail"), (5, "fail"), (10**9, "fail")]
)
def test_the_size_that_a_list_names_is_one_the_log_had(size: int, outcome: str) -> None:
    village = Village()
    told = [village.state_batch(), village.state_event()]
    ids = [said.statement.id for said in told]
    payload = completeness_payload(BATCH, reference(TRUST), ids, size)
    said = village.state("record", payload, subject=BATCH)
    assert said.index == 4
    check = verdict_of(story(*told, said, village=village)).check("complete")
    assert check is not None
    assert check.outcome == outcome


def test_a_time_without_a_zone_is_refused() -> None:
    naive = NOW.replace(tzinfo=None)
    with pytest.raises(InputError, match="time zone"):
        verify_record(Tale().record(), trust=TRUST, now=naive)
    with pytest.raises(InputError, match="time zone"):
        verify_label(sealed(), trust=TRUST, now=naive)


def test_the_worst_word_wins() -> None:
    village = Village()
    batch = village.state_batch()
    stranger = village.state_event(by=STRANGER)
    foreign = village.state_batch(FOREIGN_BATCH)
    record = story(batch, stranger, foreign, village=village)
    assert verdict_of(record).overall == "not_entitled"
    changed = edited(record, 0, payload="{}")
    assert verdict_of(changed).overall == "altered"


def test_a_key_is_judged_by_the_newest_bundle() -> None:
    village = Village()
    record = story(village.state_batch(), village=village)
    without = publish(2, keys=tuple(key for key in KEYS if key.issuer != PRODUCER.issuer))
    assert verdict_of(record, without).overall == "unknown_issuer"
    assert verdict_of(record, publish(2)).overall == "ok"
    assert OFFICE.issuer in {key.issuer for key in without.keys}


@pytest.mark.parametrize(
    "about",
    ["", "Mắm tôm", "https://id.gs1.org/01/1", BATCH.replace("gs1", "GS1"), f"{BATCH}?17=1"],
)
def test_a_record_is_about_a_name_in_its_one_form(about: str) -> None:
    verdict = verdict_of(replace(Tale().record(), about=about))
    assert (verdict.overall, failures(verdict)) == ("malformed", {("format", "")})
