from __future__ import annotations

from typing import Any

import cbor2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocoptrace.errors import SigningError
from ocoptrace.signing import cbor
from ocoptrace.signing.cose import Sign1, sig_structure

PROTECTED = b"\xa1\x01\x26"
PARTS = [PROTECTED, {}, b"payload", bytes(64)]


def encoded(parts: object = PARTS, *, tag: int = 18) -> bytes:
    return cbor2.dumps(cbor2.CBORTag(tag, parts))


def test_a_message_is_the_bytes_that_it_came_in() -> None:
    message = Sign1.decode(encoded())
    assert (message.protected, message.payload, message.signature) == (
        PROTECTED,
        b"payload",
        bytes(64),
    )
    assert message.encode() == encoded()
    assert dict(message.headers) == {1: -7}


def test_the_protected_bytes_are_signed_as_they_came() -> None:
    # RFC 9052 §4.4: context, protected bytes, external data, payload.
    signed = Sign1.decode(encoded()).sig_structure()
    assert cbor2.loads(signed) == ["Signature1", PROTECTED, b"", b"payload"]


OTHER_FORMS: dict[str, Any] = {
    "no tag": cbor2.dumps(PARTS),
    "COSE_Mac0": encoded(tag=17),
    "COSE_Sign": encoded(tag=98),
    "tag 61 around tag 18": cbor2.dumps(cbor2.CBORTag(61, cbor2.CBORTag(18, PARTS))),
    "tag 18 twice": cbor2.dumps(cbor2.CBORTag(18, cbor2.CBORTag(18, PARTS))),
    "three parts": encoded(PARTS[:3]),
    "five parts": encoded([*PARTS, b""]),
    "no array": encoded(b""),
    "kid beside the protected header": encoded([PROTECTED, {4: bytes(8)}, b"", bytes(64)]),
    "no unprotected map": encoded([PROTECTED, [], b"", bytes(64)]),
    "a detached payload": encoded([PROTECTED, {}, None, bytes(64)]),
    "a payload that is text": encoded([PROTECTED, {}, "payload", bytes(64)]),
    "a protected header that is a map": encoded([{1: -7}, {}, b"", bytes(64)]),
    "a short signature": encoded([PROTECTED, {}, b"", bytes(63)]),
    "a DER signature": encoded([PROTECTED, {}, b"", bytes(70)]),
    "bytes behind it": encoded() + b"\0",
    "a byte missing": encoded()[:-1],
    "nothing": b"",
    "tag 18 in two bytes": b"\xd8\x12" + encoded()[1:],
    "an array of indefinite length": b"\xd2\x9f" + encoded()[2:] + b"\xff",
    "a length in two bytes": encoded().replace(b"\x43" + PROTECTED, b"\x58\x03" + PROTECTED),
    "a part in pieces": encoded().replace(b"\x43" + PROTECTED, b"\x5f\x43" + PROTECTED + b"\xff"),
    "true for the protected header": encoded([True, {}, b"", bytes(64)]),
    "arrays nested 40 deep": b"\xd2\x84" + b"\x81" * 40 + b"\x00",
}


@pytest.mark.parametrize("data", OTHER_FORMS.values(), ids=OTHER_FORMS)
def test_no_other_form_is_read(data: bytes) -> None:
    with pytest.raises(SigningError):
        Sign1.decode(data)


OTHER_HEADERS: dict[str, tuple[bytes, str]] = {
    "nothing": (b"", "not_cbor"),
    "no map": (b"\x80", "not_sign1"),
    "labels out of order": (b"\xa2\x04\x40\x01\x26", "not_deterministic"),
    "a label twice": (b"\xa2\x01\x26\x01\x26", "not_cbor"),
    "bytes behind it": (PROTECTED + b"\0", "not_deterministic"),
    "a number longer than needed": (b"\xa1\x18\x01\x26", "not_deterministic"),
}


@pytest.mark.parametrize(("protected", "code"), OTHER_HEADERS.values(), ids=OTHER_HEADERS)
def test_a_protected_header_is_read_in_its_one_form(protected: bytes, code: str) -> None:
    message = Sign1.decode(encoded([protected, {}, b"", bytes(64)]))
    with pytest.raises(SigningError) as caught:
        message.headers  # noqa: B018 - reading them is what is tried
    assert caught.value.code == f"signing.{code}"


@given(st.binary(max_size=300), st.binary(max_size=300))
def test_what_is_written_piece_by_piece_is_what_a_tree_of_values_gives(
    protected: bytes, payload: bytes
) -> None:
    message = Sign1(protected, payload, bytes(64))
    parts = [protected, {}, payload, bytes(64)]
    assert message.encode() == cbor.encode(cbor.Tag(18, parts)) == encoded(parts)
    structure = ["Signature1", protected, b"", payload]
    assert message.sig_structure() == cbor.encode(structure) == cbor2.dumps(structure)
    assert message.sig_structure() == sig_structure(protected, payload)


PARTS_OF_ANY_KIND: st.SearchStrategy[Any] = st.one_of(
    st.binary(max_size=70),
    st.just(bytes(64)),
    st.sampled_from([{}, {4: b"kid"}, [], None, True, 0, "", 1.5]),
)


def is_sign1(data: bytes) -> bool:
    """Judge a message as the tree of values that strict decoding gives."""
    try:
        value = cbor.decode(data)
    except SigningError:
        return False
    match value:
        case cbor.Tag(tag=18, value=[bytes(), {**unprotected}, bytes(), bytes(signature)]):
            return not unprotected and len(signature) == 64
    return False


@given(
    st.lists(PARTS_OF_ANY_KIND, max_size=5)
    | st.tuples(st.binary(max_size=30), st.just({}), st.binary(max_size=30), st.just(bytes(64))),
    st.sampled_from([18, 18, 18, 17, 61, 98]),
    st.integers(0, 120),
    st.binary(max_size=2),
)
def test_reading_by_writing_again_accepts_what_strict_decoding_accepts(
    parts: list[Any], tag: int, place: int, put: bytes
) -> None:
    whole = encoded(parts, tag=tag)
    for data in (whole, whole[:place] + put + whole[place + len(put) :], whole + put):
        try:
            message = Sign1.decode(data)
        except SigningError:
            assert not is_sign1(data)
        else:
            assert is_sign1(data)
            assert message.encode() == data
