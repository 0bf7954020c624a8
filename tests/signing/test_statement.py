from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import cbor2
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ocoptrace.errors import SigningError
from ocoptrace.signing import PublicKey, SoftwareSigner, Statement, cbor, sign_statement
from ocoptrace.signing.cose import Sign1
from ocoptrace.signing.statement import KINDS, Kind
from ocoptrace.signing.times import END_SECONDS
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
    "an empty header": ({}, "header_labels"),
    "a detached receipt": (HEADERS | {394: [b"receipt"]}, "header_labels"),
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
    "an iat of the year 9000": (HEADERS | {15: CLAIMS | {6: 221_845_392_000}}, "bad_header"),
    "an iat of the year 9999": (HEADERS | {15: CLAIMS | {6: 253_402_300_799}}, "bad_header"),
    "an iat before 1970": (HEADERS | {15: CLAIMS | {6: -1}}, "bad_header"),
    "an iat after all years": (HEADERS | {15: CLAIMS | {6: 2**60}}, "bad_header"),
    "an iat before all years": (HEADERS | {15: CLAIMS | {6: -(2**60)}}, "bad_header"),
}


@pytest.mark.parametrize(("headers", "code"), HEADERS_REFUSED.values(), ids=HEADERS_REFUSED)
def test_any_other_header_is_refused(headers: dict[Any, Any], code: str) -> None:
    assert Statement.decode(message(HEADERS)).subject == EVENT
    with pytest.raises(SigningError) as caught:
        Statement.decode(message(headers))
    assert caught.value.code == f"signing.{code}"


SAME_TO_PYTHON: dict[str, dict[Any, Any]] = {
    "an iat of true": {15: CLAIMS | {6: True}},
    "an iat with a fraction": {15: CLAIMS | {6: 1_790_000_000.0}},
    "an alg with a fraction": {1: -7.0},
    "a payload hash algorithm with a fraction": {258: -16.0},
    "a kid of text": {4: "x" * 8},
    "an iss of bytes": {15: CLAIMS | {1: PRODUCER.issuer.encode()}},
    "a sub of bytes": {15: CLAIMS | {2: EVENT.encode()}},
    "a typ of bytes": {16: HEADERS[16].encode()},
}


@pytest.mark.parametrize("changes", SAME_TO_PYTHON.values(), ids=SAME_TO_PYTHON)
def test_a_value_of_another_type_is_another_value(changes: dict[Any, Any]) -> None:
    protected = cbor2.dumps(HEADERS | changes)
    assert Sign1(cbor2.dumps(HEADERS), bytes(32), bytes(64)).encode() == message(HEADERS)
    with pytest.raises(SigningError):
        Statement.decode(Sign1(protected, bytes(32), bytes(64)).encode())


def test_every_time_from_1970_to_8999_is_read() -> None:
    for iat, year in ((0, 1970), (221_845_391_999, 8999)):
        statement = Statement.decode(message(HEADERS | {15: CLAIMS | {6: iat}}))
        assert statement.issued_at.year == year


def test_a_header_that_was_read_before_does_not_change_how_the_next_is_read() -> None:
    # -7.0 equals -7 in Python, and is another value in CBOR.
    kid = b"\x07" * 8
    as_float = cbor2.dumps(HEADERS | {1: -7.0, 4: kid})
    for protected in (as_float, cbor.encode(HEADERS | {4: kid}), as_float):
        data = Sign1(protected, bytes(32), bytes(64)).encode()
        if protected == as_float:
            with pytest.raises(SigningError) as caught:
                Statement.decode(data)
            assert caught.value.code == "signing.cbor_type"
        else:
            assert Statement.decode(data).kid == kid


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


class Refusing:
    """A signer that must not be asked."""

    public_key: PublicKey = es256(2).public_key

    def sign(self, _message: bytes, /) -> bytes:
        raise AssertionError("was asked to sign")


UNSIGNABLE: dict[str, tuple[dict[str, Any], str]] = {
    "a subject of another form": ({"subject": "Mắm tôm"}, "bad_subject"),
    "no subject": ({"subject": ""}, "bad_header"),
    "an issuer with a blank": ({"issuer": "https://id.example/ocop/7K3 M9QAB"}, "bad_header"),
    "an issuer with a letter of two bytes": ({"issuer": "https://mắm.example"}, "bad_header"),
    "no issuer": ({"issuer": ""}, "bad_header"),
    "a kind that nobody knows": ({"kind": "seal"}, "unknown_kind"),
    "a time without a zone": ({"now": NOW.replace(tzinfo=None)}, "bad_header"),
    "a short salt": ({"salt": bytes(15)}, "bad_salt"),
    "no salt": ({"salt": b""}, "bad_salt"),
    "a long salt": ({"salt": bytes(17)}, "bad_salt"),
}


@pytest.mark.parametrize(("changes", "code"), UNSIGNABLE.values(), ids=UNSIGNABLE)
def test_what_could_not_be_read_is_not_signed(changes: dict[str, Any], code: str) -> None:
    with pytest.raises(SigningError) as caught:
        state(**({"signer": Refusing()} | changes))
    assert caught.value.code == f"signing.{code}"


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


ISSUERS = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=1, max_size=300)


@given(
    issuer=ISSUERS,
    subject=ISSUERS,
    now=st.integers(0, END_SECONDS - 1).map(lambda time: datetime.fromtimestamp(time, UTC)),
    signer=st.sampled_from([es256(2), eddsa(2)]),
    kind=st.sampled_from(["event", "policy"]),
)
def test_the_header_is_the_deterministic_encoding_of_its_map(
    issuer: str, subject: str, now: datetime, signer: SoftwareSigner, kind: Kind
) -> None:
    statement = state(kind, issuer=issuer, subject=subject, now=now, signer=signer)
    key = signer.public_key
    headers = {
        259: f"application/vnd.ocoptrace.salted+{kind}",
        258: -16,
        16: f"application/vnd.ocoptrace.{kind}+cose",
        15: {6: int(now.timestamp()), 2: subject, 1: issuer},
        4: key.kid,
        1: -7 if key.algorithm == "ES256" else -8,
    }
    assert Sign1.decode(statement.cose).protected == cbor.encode(headers)
    again = Statement.decode(statement.cose)
    assert again == statement
    assert said(again) == said(statement)
    assert again.is_signed_by(key)


def said(statement: Statement) -> tuple[object, ...]:
    names = ("kind", "issuer", "subject", "issued_at", "algorithm", "kid", "digest", "id")
    return tuple(getattr(statement, name) for name in names)


def by_strict_decoding(cose: bytes) -> tuple[object, ...] | None:
    """Return what a statement says, read from trees of values; None where it is none."""
    try:
        whole = cbor.decode(cose)
        headers = cbor.decode(whole.value[0])
    except (AttributeError, IndexError, TypeError, SigningError):
        return None
    match whole.value, headers:
        case (
            [_, {**unprotected}, bytes(digest), bytes(signature)],
            {
                1: -7 | -8 | -9 | -19 as algorithm,
                4: bytes(kid),
                15: {1: str(issuer), 2: str(subject), 6: int(iat), **claims},
                16: "application/vnd.ocoptrace.event+cose",
                258: -16,
                259: "application/vnd.ocoptrace.salted+event",
                **others,
            },
        ) if not (unprotected or claims or others) and whole.tag == 18:
            sizes_hold = (len(kid), len(digest), len(signature)) == (8, 32, 64)
            are_visible = all(
                text and text.isascii() and text.isprintable() for text in (issuer, subject)
            )
            if sizes_hold and are_visible and " " not in issuer + subject:
                return algorithm, kid, issuer, subject, iat, digest
    return None


ODDITIES = st.sampled_from(
    [
        None,
        True,
        False,
        0,
        1,
        -7,
        -7.0,
        1.5,
        b"",
        bytes(8),
        bytes(9),
        "",
        "x",
        "a b",
        [],
        [1],
        {},
        {1: 2},
    ]
)
PLACES = st.sampled_from(
    [(1,), (4,), (15,), (15, 1), (15, 2), (15, 6), (16,), (258,), (259,), (2,), (15, 7)]
)


@st.composite
def odd_headers(draw: st.DrawFn) -> dict[Any, Any]:
    """Return the headers of a statement, of which some were set, some taken away."""
    headers: dict[Any, Any] = HEADERS | {15: dict(CLAIMS)}
    for place in draw(st.lists(PLACES, max_size=2)):
        inner = headers
        for label in place[:-1]:
            inner = inner[label] if isinstance(inner.get(label), dict) else {}
        if draw(st.booleans()):
            inner[place[-1]] = draw(ODDITIES)
        else:
            inner.pop(place[-1], None)
    return headers


@st.composite
def odd_cbor(draw: st.DrawFn, value: Any) -> bytes:
    """Return CBOR of a value, here and there in another form than the deterministic one."""
    is_odd = draw(st.integers(0, 12)) == 0
    match value:
        case dict():
            members = list(value.items())
            members = draw(st.permutations(members)) if is_odd else members
            members = members + members[:1] if is_odd and draw(st.booleans()) else members
            inner = [draw(odd_cbor(part)) for member in members for part in member]
            return head(0xA0, len(members), is_odd=is_odd) + b"".join(inner)
        case str() | bytes():
            data = value.encode() if isinstance(value, str) else value
            return head(0x60 if isinstance(value, str) else 0x40, len(data), is_odd=is_odd) + data
        case int() if not isinstance(value, bool):
            major, number = (0, value) if value >= 0 else (0x20, -1 - value)
            return head(major, number, is_odd=is_odd)
    return cbor2.dumps(value)


def head(major: int, number: int, *, is_odd: bool) -> bytes:
    if is_odd:
        return bytes((major | 0x1B,)) + number.to_bytes(8)
    return bytes((major | cbor2.dumps(number)[0],)) + cbor2.dumps(number)[1:]


@settings(max_examples=400)
@given(st.data(), odd_headers(), st.sampled_from([32, 32, 32, 31, 33]))
def test_reading_by_writing_again_accepts_what_strict_decoding_accepts(
    data: st.DataObject, headers: dict[Any, Any], size: int
) -> None:
    protected = data.draw(odd_cbor(headers))
    whole = Sign1(protected, bytes(size), bytes(64)).encode()
    place = data.draw(st.none() | st.integers(0, len(whole) - 1))
    if place is not None:
        whole = whole[:place] + data.draw(st.binary(max_size=2)) + whole[place + 1 :]
    agrees(whole)


@given(st.integers(0, 8 * 400))
@example(0)
def test_flipping_a_bit_gives_what_strict_decoding_gives(bit: int) -> None:
    whole = bytearray(message(HEADERS))
    whole[bit // 8 % len(whole)] ^= 1 << bit % 8
    agrees(bytes(whole))


def agrees(cose: bytes) -> None:
    expected = by_strict_decoding(cose)
    try:
        read = Statement.decode(cose)
    except SigningError:
        assert expected is None
    else:
        if read.kind != "event":
            return
        iat = int(read.issued_at.timestamp())
        found = read.algorithm, read.kid, read.issuer, read.subject, iat, read.digest
        assert found == expected
        assert cose == read.cose
