from __future__ import annotations

import hashlib
from datetime import date, timedelta
from typing import Any

import cbor2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocoptrace.errors import SigningError
from ocoptrace.signing import (
    PublicKey,
    Seal,
    SoftwareSigner,
    Statement,
    cbor,
    sign_seal,
    sign_statement,
)
from village import BATCH, ITEM, NOW, PRODUCER, eddsa, es256

SIGNERS = [es256(2), eddsa(2)]
DAYS = st.none() | st.dates(date(2020, 1, 2), date(2199, 6, 6))


def seal_bytes(seal: Seal) -> bytes:
    return int(seal.number).to_bytes(72)


@pytest.mark.parametrize("signer", SIGNERS)
@given(form=st.text(st.characters(codec="ascii"), max_size=80), day=DAYS)
def test_a_seal_is_172_digits_and_reads_back(
    signer: SoftwareSigner, form: str, day: date | None
) -> None:
    seal = sign_seal(form, shelf_date=day, signer=signer)
    assert len(seal.number) == 172
    assert Seal.parse(seal.number) == seal
    assert seal.shelf_date == day
    assert seal.is_signed_by(signer.public_key, form)
    assert not seal.is_signed_by(signer.public_key, form + "0")


@pytest.mark.parametrize(("signer", "version"), [(es256(2), 1), (eddsa(2), 2)])
def test_the_digits_are_guard_version_hint_day_signature(
    signer: SoftwareSigner, version: int
) -> None:
    seal = sign_seal(ITEM, shelf_date=date(2020, 1, 2), signer=signer)
    head = bytes((2, version)) + signer.public_key.thumbprint[:4] + b"\x00\x01"
    assert seal_bytes(seal) == head + seal.signature
    assert seal_bytes(sign_seal(ITEM, shelf_date=None, signer=signer))[6:8] == bytes(2)


@pytest.mark.parametrize(("signer", "algorithm"), [(es256(2), -7), (eddsa(2), -8)])
def test_a_seal_expands_to_an_ordinary_cose_sign1(signer: SoftwareSigner, algorithm: int) -> None:
    seal = sign_seal(ITEM, shelf_date=date(2028, 9, 14), signer=signer)
    message = cbor2.loads(seal.expand(signer.public_key, ITEM).encode())
    protected, unprotected, payload, signature = message.value
    assert cbor2.loads(protected) == {
        1: algorithm,
        4: signer.public_key.kid,
        16: "application/vnd.ocoptrace.seal+cose",
    }
    day = (date(2028, 9, 14) - date(2020, 1, 1)).days
    assert (unprotected, cbor2.loads(payload)) == ({}, [ITEM, day])
    signed = cbor2.dumps(["Signature1", protected, b"", payload])
    assert signer.public_key.verifies(signature, signed)


@pytest.mark.parametrize("day", [date(2020, 1, 1), date(2019, 1, 1), date(2199, 6, 7)])
def test_a_day_that_does_not_fit_is_not_sealed(day: date) -> None:
    with pytest.raises(SigningError) as caught:
        sign_seal(ITEM, shelf_date=day, signer=es256(2))
    assert caught.value.code == "signing.seal_date"


NUMBER = sign_seal(ITEM, shelf_date=None, signer=es256(2)).number
GUARD_3 = str(int.from_bytes(b"\x03\x01" + bytes(70)))
VERSION_3 = str(int.from_bytes(b"\x02\x03" + bytes(70)))
VERSION_0 = str(int.from_bytes(b"\x02\x00" + bytes(70)))


@pytest.mark.parametrize(
    ("number", "code"),
    [
        ("", "seal_digits"),
        (NUMBER[1:], "seal_digits"),
        (NUMBER + "0", "seal_digits"),
        ("0" + NUMBER, "seal_digits"),
        ("0" + NUMBER[1:], "seal_guard"),
        ("9" * 172, "seal_guard"),
        (GUARD_3, "seal_guard"),
        (VERSION_3, "seal_version"),
        (VERSION_0, "seal_version"),
        ("x" + NUMBER[1:], "seal_digits"),
        ("+" + NUMBER[1:], "seal_digits"),
        (NUMBER[:-1] + "_", "seal_digits"),
        (NUMBER[:-1] + " ", "seal_digits"),
        (NUMBER[:-1] + "\u0661", "seal_digits"),
        (NUMBER[:-1] + "\u00b2", "seal_digits"),
    ],
)
def test_other_digits_are_no_seal(number: str, code: str) -> None:
    with pytest.raises(SigningError) as caught:
        Seal.parse(number)
    assert caught.value.code == f"signing.{code}"


def test_a_key_with_the_same_hint_is_only_a_candidate() -> None:
    signer = es256(2)
    seal = sign_seal(ITEM, shelf_date=None, signer=signer)
    for number in range(3, 8):
        other = es256(number).public_key
        assert not Seal(seal.algorithm, other.hint, 0, seal.signature).is_signed_by(other, ITEM)


def test_hint_and_algorithm_are_those_of_the_key() -> None:
    signer = es256(2)
    seal = sign_seal(ITEM, shelf_date=None, signer=signer)
    assert not Seal("Ed25519", seal.hint, 0, seal.signature).is_signed_by(signer.public_key, ITEM)
    assert not Seal("ES256", bytes(4), 0, seal.signature).is_signed_by(signer.public_key, ITEM)


def test_redating_breaks_the_seal() -> None:
    signer = es256(2)
    seal = sign_seal(ITEM, shelf_date=date(2026, 1, 1), signer=signer)
    later = Seal(seal.algorithm, seal.hint, seal.shelf_day + 365, seal.signature)
    assert later.shelf_date == date(2026, 1, 1) + timedelta(days=365)
    assert not later.is_signed_by(signer.public_key, ITEM)


def test_a_signer_that_fails_is_noticed() -> None:
    class Card:
        public_key: PublicKey = es256(2).public_key

        def sign(self, message: bytes, /) -> bytes:
            return hashlib.sha512(message).digest()

    with pytest.raises(SigningError) as caught:
        sign_seal(ITEM, shelf_date=None, signer=Card())
    assert caught.value.code == "signing.signer_failed"


PARTS: dict[str, Any] = {
    "algorithm": "ES256",
    "hint": bytes(4),
    "shelf_day": 0,
    "signature": bytes(64),
}


@pytest.mark.parametrize(
    "changes",
    [
        {"algorithm": "ES384"},
        {"hint": bytes(3)},
        {"hint": bytes(5)},
        {"shelf_day": -1},
        {"shelf_day": 2**16},
        {"signature": bytes(63)},
        {"signature": bytes(65)},
    ],
)
def test_a_seal_of_other_parts_does_not_exist(changes: dict[str, Any]) -> None:
    assert len(Seal(**PARTS).number) == 172
    with pytest.raises(SigningError) as caught:
        Seal(**(PARTS | changes))
    assert caught.value.code == "signing.seal_parts"


@given(
    hint=st.binary(min_size=4, max_size=4),
    day=st.integers(0, 2**16 - 1),
    signature=st.binary(min_size=64, max_size=64),
    algorithm=st.sampled_from(["ES256", "Ed25519"]),
)
def test_every_seal_has_172_digits_that_lead_back_to_it(
    hint: bytes, day: int, signature: bytes, algorithm: Any
) -> None:
    seal = Seal(algorithm, hint, day, signature)
    assert len(seal.number) == 172
    assert seal.number[0] != "0"
    assert Seal.parse(seal.number) == seal


@given(st.integers(0, 10**172 - 1))
def test_any_172_digits_are_a_seal_in_its_one_form_or_none(value: int) -> None:
    number = f"{value:0172}"
    try:
        seal = Seal.parse(number)
    except SigningError:
        return
    assert seal.number == number


@given(form=st.text(max_size=300), day=DAYS, signer=st.sampled_from(SIGNERS))
def test_what_is_signed_is_the_deterministic_encoding_of_form_and_day(
    form: str, day: date | None, signer: SoftwareSigner
) -> None:
    key, seal = signer.public_key, sign_seal(form, shelf_date=day, signer=signer)
    algorithm = -7 if key.algorithm == "ES256" else -8
    headers = {16: "application/vnd.ocoptrace.seal+cose", 4: key.kid, 1: algorithm}
    structure = [
        "Signature1",
        cbor.encode(headers),
        b"",
        cbor.encode([form, (day - date(2020, 1, 1)).days if day else 0]),
    ]
    assert seal.expand(key, form).sig_structure() == cbor.encode(structure)
    assert key.verifies(seal.signature, cbor.encode(structure))


def test_a_form_that_is_not_unicode_is_not_sealed() -> None:
    with pytest.raises(SigningError) as caught:
        sign_seal("https://id.gs1.org/01/\ud800", shelf_date=None, signer=es256(2))
    assert caught.value.code == "signing.cbor_type"


def test_a_statement_does_not_pass_as_a_seal_nor_a_seal_as_a_statement() -> None:
    signer = es256(2)
    seal = sign_seal(ITEM, shelf_date=None, signer=signer)
    with pytest.raises(SigningError):
        Statement.decode(seal.expand(signer.public_key, ITEM).encode())
    statement, _ = sign_statement(
        "batch", b"{}", issuer=PRODUCER.issuer, subject=BATCH, signer=signer, now=NOW
    )
    signature = statement.cose[-64:]
    taken = Seal("ES256", signer.public_key.hint, 0, signature)
    assert not taken.is_signed_by(signer.public_key, BATCH)
