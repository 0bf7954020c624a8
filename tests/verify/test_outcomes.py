"""Every way in which a check comes out is reached, explained on the page, and has its words."""

from __future__ import annotations

import json
import re
import tomllib
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ocoptrace.messages import LANGUAGES, has, remedy, text
from ocoptrace.origin_record import OriginRecord
from ocoptrace.signing import Seal, Statement
from ocoptrace.signing.bundle import CertificateNote, LabelDuty, Revocation, batch_digest
from ocoptrace.signing.cose import Sign1
from ocoptrace.verify import Check, Verdict, verify_label, verify_record
from ocoptrace.verify.outcomes import OUTCOMES
from ocoptrace.verify.verdict import IMPLIES, OVERALL
from village import (
    A_DAY,
    BATCH,
    FOREIGN_BATCH,
    ITEM,
    KEYS,
    NEIGHBOUR,
    NOW,
    OFFICE,
    PLAIN,
    PRODUCER,
    PRODUCT,
    SEALS_UNTIL,
    STRANGER,
    Tale,
    Village,
    grant,
    key_entry,
    log_entry,
    publish,
    reference,
    sealed,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ocoptrace.signing import TrustBundle

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "spec" / "verdict.md").read_text(encoding="utf-8")
TRUST = publish()
ROW = re.compile(r"^\| `(\w+)`(?: `(\w+)`)? \| ([a-z ]+) \| (.+?) \| (.*?) ?\|$", re.MULTILINE)
CATALOGUES = {
    language: tomllib.loads(
        (ROOT / f"src/ocoptrace/messages/{language}/verdict.toml").read_text(encoding="utf-8")
    )
    for language in LANGUAGES
}


def rows() -> dict[tuple[str, str], str]:
    """Return what the page says to do: by check and way, as the code writes both."""
    reasons = PAGE[PAGE.index("## The reasons") : PAGE.index("## What belongs")]
    found = {}
    for code, reason, outcomes, _, do in ROW.findall(reasons):
        for outcome in outcomes.split(" or "):
            way = (code, f"{outcome} {reason}".strip())
            assert way not in found, way
            found[way] = do
    return found


ALL = {(code, way) for code, ways in OUTCOMES.items() for way in ways}


def check_of(code: str, way: str) -> Check:
    outcome, _, reason = way.partition(" ")
    return Check(code, outcome, reason)  # type: ignore[arg-type]


def test_the_page_has_a_row_for_every_way_and_no_other() -> None:
    assert rows().keys() == ALL


def test_the_page_asks_what_each_check_asks() -> None:
    for word in OVERALL:
        assert f"| `{word}` |" in PAGE
    for code, ways in OUTCOMES.items():
        if code in IMPLIES:
            implied = f"`{IMPLIES[code]}`"
        else:
            warns = any(way.startswith("warn") for way in ways)
            implied = "only warns" if warns else "never fails"
        assert f"| `{code}` | {implied} |" in PAGE


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_catalogue_has_words_for_every_way_and_no_other(language: Any) -> None:
    catalogue = CATALOGUES[language]
    kept = {"naive_now", "far_now", "overall", "kind", "reason", "outcome", "check"}
    keys = {f"verdict.{code}.{key}" for code in catalogue.keys() - kept for key in catalogue[code]}
    assert keys == {check_of(*each).key for each in ALL}
    assert catalogue["check"].keys() == OUTCOMES.keys()
    assert all(has(f"verdict.overall.{word}", language) for word in OVERALL)


@pytest.mark.parametrize("language", LANGUAGES)
def test_where_something_is_to_be_done_the_words_say_what(language: Any) -> None:
    page = rows()
    by_key: dict[str, list[tuple[str, str]]] = {}
    for each in ALL:
        by_key.setdefault(check_of(*each).key, []).append(each)
    for key, ways in by_key.items():
        is_to_do = any(page[way] for way in ways)
        assert bool(remedy(key, language)) == is_to_do, key
        # Whatever is not well asks for something.
        assert is_to_do or not any(way.startswith(("warn", "fail")) for _, way in ways)


def test_what_is_well_asks_for_nothing() -> None:
    facts = {"lot": "L1"}
    asked = [
        Check("level", outcome, "seal_batch_level", facts).remedy()  # type: ignore[arg-type]
        for outcome in ("pass", "warn")
    ]
    assert asked[0] == ""
    assert asked[1]


def test_a_check_that_no_page_explains_cannot_be_built() -> None:
    for code, outcome, reason in (
        ("grade", "fail", ""),
        ("grade", "pass", "expired"),
        ("no_such_check", "pass", ""),
    ):
        with pytest.raises(ValueError, match="no check comes out"):
            Check(code, outcome, reason)  # type: ignore[arg-type]


def test_every_way_is_reached_and_says_its_facts() -> None:
    reached = set()
    for verdict in (*verdicts_on_records(), *verdicts_on_labels()):
        for check in verdict.checks:
            reached.add((check.code, f"{check.outcome} {check.reason}".strip()))
            for language in LANGUAGES:
                words = check.text(language) + check.remedy(language)
                assert "{" not in words, (check, words)
                assert text(check.key, language, **check.facts) in words
    assert reached == ALL


def record_verdict(record: OriginRecord, trust: TrustBundle = TRUST, **options: Any) -> Verdict:
    return verify_record(record.to_bytes(), trust=trust, **({"now": NOW} | options))


def edited(record: OriginRecord, **members: Any) -> OriginRecord:
    first, *others = record.statements
    return replace(record, statements=(replace(first, **members), *others))


def forged(village: Village) -> Any:
    said = village.state_batch()
    message = Sign1.decode(said.statement.cose)
    signature = STRANGER.signer.sign(message.sig_structure())
    statement = Statement.decode(replace(message, signature=signature).encode())
    return replace(said, statement=statement, index=village.append(statement.cose))


def verdicts_on_records() -> Iterator[Verdict]:
    tale = Tale()
    record, village = tale.record(), tale.village
    batch, event, _ = tale.said
    yield record_verdict(record)
    yield verify_record(b"", trust=TRUST, now=NOW)
    yield record_verdict(OriginRecord(BATCH, reference(TRUST), (), ()))
    yield record_verdict(edited(record, payload="{}"))
    yield record_verdict(edited(record, proofs=record.statements[1].proofs))
    yield record_verdict(village.record([forged(village)], TRUST))
    yield record_verdict(village.record([batch, event], publish(2)))
    yield record_verdict(village.record([batch], publish(namespaces=("id.example", "x.example"))))
    yield record_verdict(village.record([batch, event], TRUST, withheld=[batch, event]))
    yield record_verdict(village.record([batch, event], TRUST, withheld=[event]))
    yield record_verdict(village.record([batch, event], TRUST, about=ITEM))
    pallet = "https://id.gs1.org/00/095212345432100010"
    yield record_verdict(village.record([batch, event], TRUST, about=pallet))
    plain = "https://x.example/ocop/7K3M9QAB/MAMTOM/L1"
    yield record_verdict(village.record([batch, event], TRUST, about=plain))
    yield record_verdict(village.record([batch, event, tale.said[2]], TRUST), now=NOW - A_DAY)
    for late in (TRUST.expires, TRUST.expires + timedelta(days=90)):
        yield record_verdict(record, now=late)
    yield record_verdict(village.record([batch], publish(logs=())), publish(logs=()))
    few = village.checkpoint(witnesses=())
    yield record_verdict(village.record([batch, event], TRUST, checkpoint=few))
    for operator in (OFFICE, PRODUCER):
        alone = publish(logs=(log_entry(quorum=0, witnesses=(), operator=operator.issuer),))
        yield record_verdict(village.record([batch, event], alone, checkpoint=few), alone)
    lost = Revocation.model_validate(
        {"key": PRODUCER.signer.public_key.thumbprint.hex(), "reason": "compromised", "at": NOW}
    )
    withdrawn = publish(revocations=(lost,))
    yield record_verdict(village.record([batch, event], withdrawn), withdrawn)
    yield record_verdict(village.record([tale.said[2], batch], TRUST))
    impostor = replace(NEIGHBOUR, signer=PRODUCER.signer)
    no_batches = publish(keys=(KEYS[0], key_entry(PRODUCER, grant(kinds=("event",)))))
    yield record_verdict(village.record([batch], no_batches), no_batches)
    wrong = {"errorDeclaration": {"declarationTime": "2026-09-16T08:00:00+07:00"}}
    payload = json.loads(village.state_event(action="OBSERVE").payload) | wrong
    payload["eventID"] = event.statement.subject
    correction = village.state("event", payload, subject=payload["eventID"], by=NEIGHBOUR)
    yield record_verdict(village.record([batch, event, correction], TRUST))
    yield record_verdict(village.record([batch, correction], TRUST))
    other = village.state(
        "event",
        json.loads(event.payload) | {"disposition": "active"},
        subject=event.statement.subject,
    )
    yield record_verdict(village.record([batch, event, other], TRUST))
    made = [village.state_batch(f"{PLAIN}/L1"), village.state_alias(), village.state_grade()]
    yield record_verdict(village.record(made, TRUST, about=f"{PLAIN}/L1"))
    for said in (
        village.state("batch", b"{", subject=BATCH),
        village.state_batch(by=impostor),
        village.state_batch(by=STRANGER),
        village.state_batch(by=OFFICE),
        village.state_batch(FOREIGN_BATCH),
        village.state_batch(at=NOW + A_DAY),
        village.state_batch(at=SEALS_UNTIL),
        village.state_batch(expiryDate="2026-10-01"),
        village.state_grade(),
        village.state_grade(validTo="2026-10-01"),
    ):
        yield record_verdict(village.record([batch, event, said], TRUST))


def verdicts_on_labels() -> Iterator[Verdict]:
    label = sealed(shelf_date=date(2028, 9, 14))
    link, number = label.split("#")
    duty = LabelDuty(product=PRODUCT, due="item", since=date(2026, 6, 1))
    due = publish(keys=(KEYS[0], key_entry(PRODUCER, grant(labels=(duty,)))))
    note = CertificateNote(subject="CN=HTX", issuer="CN=CA", serial="54ab", checked_at=NOW)
    certified = KEYS[1].model_copy(update={"certificate": note})
    seal = Seal.parse(number)
    lost = {"key": PRODUCER.signer.public_key.thumbprint.hex(), "reason": "compromised"}
    for given, trust, now in (
        (label, TRUST, NOW),
        (label, TRUST, NOW + 1000 * A_DAY),
        (sealed(BATCH), TRUST, NOW),
        (sealed(BATCH), due, NOW),
        (link, due, NOW),
        (f"{link}?utm=tet#{number}", TRUST, NOW),
        (sealed(by=STRANGER), TRUST, NOW),
        (f"{sealed(BATCH).split('#')[0]}#{seal.number}", TRUST, NOW),
        (label, TRUST, SEALS_UNTIL),
        (label, publish(keys=(KEYS[0], certified)), NOW),
        *(
            (label, publish(revocations=(revocation,)), NOW)
            for revocation in (
                Revocation.model_validate(lost | {"at": NOW}),
                Revocation.model_validate(lost | {"at": NOW, "batches": [batch_digest(BATCH)]}),
            )
        ),
    ):
        yield verify_label(given, trust=trust, now=now)
