from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocoptrace import canonical_json
from ocoptrace.errors import RecordError
from ocoptrace.origin_record import (
    MAX_BYTES,
    MAX_CHECKPOINTS,
    MAX_PROOFS,
    MAX_STATEMENTS,
    BundleReference,
    OriginRecord,
    completeness_payload,
)
from ocoptrace.signing import base64url
from village import BATCH, Tale

TALE = Tale()
RECORD = TALE.record()
DATA = RECORD.to_bytes()
VALUE = json.loads(DATA)
STATEMENT = VALUE["statements"][0]
PROOF = STATEMENT["proofs"][0]


def refusal(data: bytes) -> str:
    with pytest.raises(RecordError) as caught:
        OriginRecord.parse(data)
    return caught.value.code


def changed(**members: Any) -> bytes:
    return canonical_json.dumps(VALUE | members)


def with_statement(**members: Any) -> bytes:
    return changed(statements=[STATEMENT | members, *VALUE["statements"][1:]])


def with_proof(**members: Any) -> bytes:
    return with_statement(proofs=[PROOF | members])


def without(name: str) -> bytes:
    statement = {member: value for member, value in STATEMENT.items() if member != name}
    return changed(statements=[statement, *VALUE["statements"][1:]])


def test_a_record_is_the_same_bytes_every_time() -> None:
    assert OriginRecord.parse(DATA) == RECORD
    assert OriginRecord.parse(DATA).to_bytes() == DATA
    assert canonical_json.is_canonical(DATA)
    assert VALUE["format"] == "ocop-record/1"


def test_statements_stand_in_the_order_of_their_log() -> None:
    shuffled = OriginRecord.of(
        BATCH, RECORD.bundle, RECORD.checkpoints, reversed(RECORD.statements)
    )
    assert shuffled == RECORD
    assert [proof.index for each in RECORD.statements for proof in each.proofs] == [2, 3, 4]


def test_no_record_is_made_that_nobody_could_read() -> None:
    many = RECORD.statements * (MAX_STATEMENTS // len(RECORD.statements) + 1)
    for checkpoints, statements in (
        (RECORD.checkpoints, many),
        (RECORD.checkpoints * (MAX_CHECKPOINTS + 1), RECORD.statements),
    ):
        with pytest.raises(RecordError) as caught:
            OriginRecord.of(BATCH, RECORD.bundle, checkpoints, statements)
        assert caught.value.code == "record.too_many"


def test_no_file_is_written_that_nobody_would_read() -> None:
    long = replace(RECORD.statements[0], payload="x" * MAX_BYTES)
    with pytest.raises(RecordError) as caught:
        replace(RECORD, statements=(long,)).to_bytes()
    assert caught.value.code == "record.too_large"


def test_payload_and_salt_are_withheld_together() -> None:
    first = replace(RECORD.statements[0], payload=None, salt=None)
    withheld = replace(RECORD, statements=(first, *RECORD.statements[1:]))
    assert OriginRecord.parse(withheld.to_bytes()) == withheld
    assert {"payload", "salt"}.isdisjoint(json.loads(withheld.to_bytes())["statements"][0])
    assert withheld.statements[0].binds()
    for name in ("payload", "salt"):
        assert refusal(without(name)) == "record.payload_without_salt"


@pytest.mark.parametrize(
    "changes",
    [
        {"payload": None},
        {"salt": None},
        {"payload": "\ud800"},
        {"salt": bytes(15)},
        {"proofs": RECORD.statements[0].proofs * (MAX_PROOFS + 1)},
    ],
    ids=["no payload", "no salt", "no text", "a short salt", "too many proofs"],
)
def test_no_statement_is_made_that_no_record_may_hold(changes: dict[str, Any]) -> None:
    with pytest.raises(RecordError):
        replace(RECORD.statements[0], **changes)


def test_a_statement_has_eight_proofs_at_most() -> None:
    assert OriginRecord.parse(with_statement(proofs=[PROOF] * MAX_PROOFS))
    with pytest.raises(RecordError) as caught:
        OriginRecord.parse(with_statement(proofs=[PROOF] * (MAX_PROOFS + 1)))
    assert (caught.value.code, caught.value.place) == ("record.bad_member", "/statements/0/proofs")


@given(st.sets(st.sampled_from([each.statement.id for each in RECORD.statements])))
def test_a_record_that_was_made_can_be_redacted(ids: set[bytes]) -> None:
    redacted = RECORD.redact(ids)
    assert OriginRecord.parse(redacted.to_bytes()) == redacted
    for each, was in zip(redacted.statements, RECORD.statements, strict=True):
        if each.statement.id in ids:
            assert each == replace(was, payload=None, salt=None)
            assert (was.payload or "").encode() not in redacted.to_bytes()
        else:
            assert each == was
    assert redacted.redact(ids) == redacted


def test_only_what_is_in_a_record_can_be_redacted() -> None:
    with pytest.raises(RecordError) as caught:
        RECORD.redact([RECORD.statements[0].statement.id, bytes(32)])
    assert (caught.value.code, caught.value.facts["id"]) == ("record.no_such_statement", "00" * 32)


def test_a_payload_is_read_as_it_was_signed() -> None:
    (statement, batch), *_ = RECORD.payloads("batch")
    assert (statement.subject, batch["id"]) == (BATCH, BATCH)
    spoilt = replace(RECORD.statements[0], payload="{")
    with pytest.raises(RecordError):
        replace(RECORD, statements=(spoilt,)).payloads("batch")


@pytest.mark.parametrize(
    "data",
    [
        json.dumps(VALUE).encode(),
        DATA + b"\n",
        b"\xef\xbb\xbf" + DATA,
        DATA.replace(b'"format"', b'"for\\u006dat"'),
        json.dumps(VALUE, separators=(",", ":")).encode().replace(b'{"about"', b'{ "about"'),
    ],
)
def test_any_rewriting_is_noticed(data: bytes) -> None:
    with pytest.raises(RecordError):
        OriginRecord.parse(data)


HEX, HEX_UPPER = "ab" * 32, "AB" * 32
CUT_SHORT = base64url.encode(RECORD.statements[0].statement.cose[:-1])
REFUSED: dict[str, tuple[bytes, str]] = {
    "nothing": (b"", "json.syntax"),
    "no JSON": (b"PK\x03\x04", "json.syntax"),
    "not UTF-8": (b'{"about":"\xff"}', "json.not_utf8"),
    "an array": (b"[]", "record.not_a_record"),
    "no members": (b"{}", "record.not_a_record"),
    "a member too many": (changed(more=1), "record.not_a_record"),
    "a member twice": (
        DATA.replace(b'{"about":', b'{"about":"x","about":'),
        "json.duplicate_member",
    ),
    "another format": (changed(format="ocop-record/2"), "record.not_a_record"),
    "a subject that is no name": (changed(about="Mắm tôm"), "gs1.scheme"),
    "a subject on a host": (
        changed(about=BATCH.replace("id.gs1.org", "id.example")),
        "record.bad_member",
    ),
    "a subject with attributes": (changed(about=f"{BATCH}?17=280914"), "record.bad_member"),
    "a subject that is no text": (changed(about=1), "record.bad_member"),
    "half a character": (
        DATA.replace(b'"payload":"', b'"payload":"\\ud800', 1),
        "json.not_unicode",
    ),
    "a bundle by number": (changed(bundle=1), "record.bad_member"),
    "bundle version 0": (changed(bundle={"version": 0, "sha256": HEX}), "record.bad_member"),
    "bundle version true": (changed(bundle={"version": True, "sha256": HEX}), "record.bad_member"),
    "a bundle in capitals": (
        changed(bundle={"version": 1, "sha256": HEX_UPPER}),
        "record.bad_member",
    ),
    "a bundle and more": (
        changed(bundle={"version": 1, "sha256": HEX, "url": "x"}),
        "record.bad_member",
    ),
    "checkpoints that are no list": (changed(checkpoints={}), "record.bad_member"),
    "a checkpoint that is no text": (changed(checkpoints=[1]), "record.bad_member"),
    "a checkpoint that is none": (changed(checkpoints=["x"]), "signing.note_syntax"),
    "a checkpoint that nothing leads to": (
        changed(checkpoints=VALUE["checkpoints"] * 2),
        "record.unused_checkpoint",
    ),
    "too many checkpoints": (changed(checkpoints=[""] * 1001), "record.bad_member"),
    "statements that are no list": (changed(statements={}), "record.bad_member"),
    "a statement that is no object": (changed(statements=[1]), "record.bad_member"),
    "too many statements": (changed(statements=[0] * (MAX_STATEMENTS + 1)), "record.bad_member"),
    "a statement twice": (changed(statements=[STATEMENT, STATEMENT]), "record.not_sorted"),
    "statements out of order": (
        changed(statements=VALUE["statements"][::-1]),
        "record.not_sorted",
    ),
    "no COSE": (without("cose"), "record.bad_member"),
    "a member of a statement too many": (with_statement(more=1), "record.bad_member"),
    "an id of another": (with_statement(id=HEX), "record.wrong_id"),
    "an id in capitals": (with_statement(id=STATEMENT["id"].upper()), "record.wrong_id"),
    "an id that is no text": (with_statement(id=None), "record.bad_member"),
    "COSE in base64": (with_statement(cose=STATEMENT["cose"] + "="), "signing.not_base64url"),
    "COSE cut short": (with_statement(cose=CUT_SHORT), "signing.not_cbor"),
    "a payload that is an object": (with_statement(payload={}), "record.bad_member"),
    "a payload that is null": (with_statement(payload=None), "record.bad_member"),
    "a salt that is null": (with_statement(salt=None), "record.bad_member"),
    "a salt with tail bits": (with_statement(salt="A" * 21 + "B"), "signing.not_base64url"),
    "proofs that are no list": (with_statement(proofs={}), "record.bad_member"),
    "a proof that is no object": (with_statement(proofs=[1]), "record.bad_member"),
    "a proof under no checkpoint": (with_proof(checkpoint=1), "record.bad_member"),
    "a proof under checkpoint -1": (with_proof(checkpoint=-1), "record.bad_member"),
    "a proof under checkpoint false": (with_proof(checkpoint=False), "record.bad_member"),
    "a proof at -1": (with_proof(index=-1), "record.bad_member"),
    "a proof at true": (with_proof(index=True), "record.bad_member"),
    "a proof at 1.5": (with_proof(index=1.5), "record.bad_member"),
    "a path that is no list": (with_proof(path=""), "record.bad_member"),
    "a path of numbers": (with_proof(path=[1]), "record.bad_member"),
    "a path that is too long": (with_proof(path=["AA"] * 64), "record.bad_member"),
    "a path that is no base64url": (with_proof(path=["="]), "signing.not_base64url"),
    "a proof and more": (with_proof(time=1), "record.bad_member"),
    "too deep": (changed(about=[[[[1]]]]), "record.bad_member"),
    "a nesting bomb": (b"[" * 100_000, "json.too_deep"),
}


@pytest.mark.parametrize(("data", "code"), REFUSED.values(), ids=REFUSED)
def test_no_other_form_is_read(data: bytes, code: str) -> None:
    assert refusal(data) == code


def test_a_file_over_16_mib_is_not_read() -> None:
    assert refusal(b" " * (MAX_BYTES + 1)) == "json.too_large"


def test_a_fault_says_where_it_is() -> None:
    with pytest.raises(RecordError) as caught:
        OriginRecord.parse(with_proof(index=-1))
    assert caught.value.place == "/statements/0/proofs/0"


@given(st.data())
def test_any_change_of_bytes_is_noticed_or_another_record(data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(DATA) - 1))
    spoilt = DATA[:at] + data.draw(st.binary(max_size=3)) + DATA[at + 1 :]
    try:
        record = OriginRecord.parse(spoilt)
    except RecordError:
        return
    assert record.to_bytes() == spoilt
    assert (record == RECORD) == (spoilt == DATA)


def test_completeness_names_everything_in_one_order() -> None:
    reference = BundleReference(3, bytes(32))
    ids = [each.statement.id for each in RECORD.statements]
    assert completeness_payload(BATCH, reference, ids, 5) == completeness_payload(
        BATCH, reference, reversed(ids), 5
    )
    said = json.loads(completeness_payload(BATCH, reference, ids, 5))
    assert said == {
        "about": BATCH,
        "bundle": {"version": 3, "sha256": "00" * 32},
        "size": 5,
        "statements": sorted(statement_id.hex() for statement_id in ids),
    }
