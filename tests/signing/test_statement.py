from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import cbor2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocoptrace.errors import SigningError
from ocoptrace.signing import PublicKey, SoftwareSigner, Statement, sign_statement
from ocoptrace.signing.cose import Sign1
from ocoptrace.signing.statement import KINDS, Kind
from village import BATCH, NOW, PRODUCER, PRODUCT, eddsa, es256

EVENT = "urn:uuid:0190a7c5-8a3e-8f00-8000-000000000001"
UUID4 = "urn:uuid:5f3c9b1e-0d5e-4c52-8f07-1f2b6a7d9c10"
THUMBPRINT = PRODUCER.signer.public_key.thumbprint_uri
SALT = bytes(range(16))
CLAIMS = {1: PRODUCER.issuer, 2: EVENT, 6: 1_790_000_000}
HEADERS: dict[Any, Any] = {
    1: -7,
    4: PRODUCER.signer.public_key.kid,
    15: CLAIMS,
    16: "application/vnd.ocoptrace.event+cose",
    258: -16,
    259: "application/vnd.ocoptrace.salted+event",
}


def message(headers: dict[Any, Any], payload: bytes = bytes(32)) -> bytes:
    return Sign1.of(headers, payload, signature=bytes(64)).encode()


def without(label: int) -> dict[Any, Any]:
    return {name: value for name, value in HEADERS.items() if name != label}


def state(kind: Kind = "event", payload: bytes = b"{}", **changes: Any) -> Statement:
    subject = {"issuer": PRODUCER.issuer, "subject": EVENT, "signer": PRODUCER.signer, "now": NOW}
    return sign_statement(kind, payload, **(subject | {"salt": SALT} | changes))[0]


def test_a_statement_is_the_bytes_that_the_format_says() -> None:
    statement = state(payload=b'{"quantity":6000}')
    tag = cbor2.loads(statement.cose)
    protected, unprotected, payload, _ = tag.value
    assert (tag.tag, unprotected) == (18, {})
    assert cbor2.loads(protected) == HEADERS | {15: CLAIMS | {6: int(NOW.timestamp())}}
    assert payload == hashlib.sha256(SALT + b'{"quantity":6000}').digest()


def test_a_statement_that_is_read_says_what_was_stated() -> None:
    statement = Statement.decode(state("batch", subject=BATCH).cose)
    assert (statement.kind, statement.issuer, statement.subject, statement.issued_at) == (
        "batch",
        PRODUCER.issuer,
        BATCH,
        NOW,
    )


def test_the_id_does_not_depend_on_the_signature() -> None:
    statement = state()
    changed = Sign1.decode(statement.cose)
    other = replace(changed, signature=bytes(64)).encode()
    assert Statement.decode(other).id == statement.id
    assert Statement.decode(other).cose != statement.cose
    assert statement.id == hashlib.sha256(changed.sig_structure()).digest()


def test_without_a_salt_given_it_is_new_each_time() -> None:
    salts = {state_and_salt[1] for state_and_salt in (fresh() for _ in range(20))}
    assert len(salts) == 20
    assert {len(salt) for salt in salts} == {16}


def fresh() -> tuple[Statement, bytes]:
    return sign_statement(
        "event", b"{}", issuer=PRODUCER.issuer, subject=EVENT, signer=PRODUCER.signer, now=NOW
    )


@given(payload=st.binary(max_size=60), other=st.binary(max_size=60))
def test_it_binds_its_payload_and_salt_and_nothing_else(payload: bytes, other: bytes) -> None:
    statement = state(payload=payload)
    assert statement.binds(payload, SALT)
    assert statement.binds(other, SALT) == (other == payload)
    assert not statement.binds(payload, SALT[::-1])
    # Where the salt ends and the payload begins is fixed.
    assert not statement.binds(SALT[15:] + payload, SALT[:15])


HEADERS_REFUSED: dict[str, Any] = {
    "no kid": (without(4), "header_labels"),
    "no typ": (without(16), "header_labels"),
    "no claims": (without(15), "header_labels"),
    "no hash algorithm": (without(258), "header_labels"),
    "a content type as well": (HEADERS | {3: "text/plain"}, "header_labels"),
    "crit": (HEADERS | {2: [1]}, "header_labels"),
    "a text label": (HEADERS | {"x": 1}, "header_labels"),
    "a kid of 4 bytes": (HEADERS | {4: bytes(4)}, "bad_header"),
    "a kid that is text": (HEADERS | {4: "7K3M9QAB"}, "bad_header"),
    "ES384": (HEADERS | {1: -35}, "unknown_algorithm"),
    "HMAC": (HEADERS | {1: 5}, "unknown_algorithm"),
    "an algorithm by name": (HEADERS | {1: "ES256"}, "unknown_algorithm"),
    "an algorithm that is an array": (HEADERS | {1: []}, "unknown_algorithm"),
    "an algorithm that is a map": (HEADERS | {1: {}}, "unknown_algorithm"),
    "a kind nobody knows": (HEADERS | {16: "application/vnd.ocoptrace.x+cose"}, "unknown_kind"),
    "a seal's typ": (HEADERS | {16: "application/vnd.ocoptrace.seal+cose"}, "unknown_kind"),
    "a typ that is a number": (HEADERS | {16: 61}, "unknown_kind"),
    "a preimage of another kind": (
        HEADERS | {259: "application/vnd.ocoptrace.salted+batch"},
        "bad_header",
    ),
    "an unsalted preimage": (HEADERS | {259: "application/json"}, "bad_header"),
    "SHA-512": (HEADERS | {258: -44}, "bad_header"),
    "claims that are an array": (HEADERS | {15: []}, "bad_header"),
    "a claim too many": (HEADERS | {15: CLAIMS | {4: 0}}, "bad_header"),
    "no iss": (HEADERS | {15: {2: EVENT, 6: 0}}, "bad_header"),
    "an empty iss": (HEADERS | {15: CLAIMS | {1: ""}}, "bad_header"),
    "an empty sub": (HEADERS | {15: CLAIMS | {2: ""}}, "bad_header"),
    "an iat of text": (HEADERS | {15: CLAIMS | {6: "2026-11-23"}}, "bad_header"),
    "an iat after all years": (HEADERS | {15: CLAIMS | {6: 2**60}}, "bad_header"),
    "an iat before all years": (HEADERS | {15: CLAIMS | {6: -(2**60)}}, "bad_header"),
}


@pytest.mark.parametrize(("headers", "code"), HEADERS_REFUSED.values(), ids=HEADERS_REFUSED)
def test_any_other_header_is_refused(headers: dict[Any, Any], code: str) -> None:
    assert Statement.decode(message(HEADERS)).subject == EVENT
    with pytest.raises(SigningError) as caught:
        Statement.decode(message(headers))
    assert caught.value.code == f"signing.{code}"


@pytest.mark.parametrize("length", [0, 31, 33, 64])
def test_the_payload_is_a_sha_256(length: int) -> None:
    with pytest.raises(SigningError):
        Statement.decode(message(HEADERS, bytes(length)))


SUBJECTS: dict[Kind, tuple[str, str]] = {
    "key": (THUMBPRINT, THUMBPRINT[:-1]),
    "revocation": (THUMBPRINT, PRODUCER.issuer),
    "producer": (UUID4, EVENT),
    "place": (UUID4, "https://id.gs1.org/414/9521234000004"),
    "evidence": (UUID4, UUID4.upper()),
    "product": (PRODUCT, UUID4),
    "grade": (PRODUCT, "Mắm tôm"),
    "batch": (BATCH, BATCH + "#1"),
    "alias": (BATCH, BATCH + " "),
    "record": (BATCH, ""),
    "event": (EVENT, EVENT + " "),
    "policy": ("log.example/ocop-log/1", "log example"),
    "root": ("root:1", "root:0"),
    "bundle": ("bundle:12", "bundle:012"),
}


@pytest.mark.parametrize("kind", KINDS)
def test_the_subject_follows_from_the_kind(kind: Kind) -> None:
    right, wrong = SUBJECTS[kind]
    assert state(kind, subject=right).subject == right
    with pytest.raises(SigningError):
        state(kind, subject=wrong)


def with_algorithm(algorithm: int, signer: SoftwareSigner) -> Statement:
    headers = HEADERS | {1: algorithm, 4: signer.public_key.kid}
    unsigned = Sign1.of(headers, bytes(32), signature=bytes(64))
    signed = replace(unsigned, signature=signer.sign(unsigned.sig_structure()))
    return Statement.decode(signed.encode())


@pytest.mark.parametrize(
    ("algorithm", "signer", "is_accepted"),
    [
        (-7, es256(2), True),
        (-9, es256(2), True),
        (-8, es256(2), False),
        (-19, es256(2), False),
        (-8, eddsa(2), True),
        (-19, eddsa(2), True),
        (-7, eddsa(2), False),
        (-9, eddsa(2), False),
    ],
)
def test_the_algorithm_is_bound_to_the_key(
    algorithm: int, signer: SoftwareSigner, *, is_accepted: bool
) -> None:
    statement = with_algorithm(algorithm, signer)
    assert statement.is_signed_by(signer.public_key) == is_accepted


def test_the_kid_names_the_key() -> None:
    statement = with_algorithm(-7, es256(2))
    assert not statement.is_signed_by(es256(3).public_key)
    other_kid = Sign1.of(HEADERS | {4: bytes(8)}, bytes(32), signature=bytes(64))
    signed = replace(other_kid, signature=es256(2).sign(other_kid.sig_structure()))
    assert not Statement.decode(signed.encode()).is_signed_by(es256(2).public_key)


def test_a_signer_that_fails_is_noticed_before_its_signature_leaves() -> None:
    class Card:
        public_key: PublicKey = es256(2).public_key

        def sign(self, _message: bytes, /) -> bytes:
            return bytes(64)

    with pytest.raises(SigningError) as caught:
        state(signer=Card())
    assert caught.value.code == "signing.signer_failed"


def test_a_statement_fits_into_a_log_entry() -> None:
    with pytest.raises(SigningError) as caught:
        state(subject="urn:" + "x" * 8192)
    assert caught.value.code == "signing.too_large"


def test_times_are_kept_in_whole_seconds() -> None:
    late = datetime(2026, 11, 23, 8, 0, 59, 999_999, tzinfo=UTC)
    assert state(now=late).issued_at == late.replace(microsecond=0)
