from __future__ import annotations

from typing import Any

import cbor2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocoptrace.errors import SigningError
from ocoptrace.signing import cbor

INTEGERS = st.integers(-(2**64), 2**64 - 1)
LEAVES = INTEGERS | st.binary(max_size=40) | st.text(max_size=40)
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(LEAVES, inner, max_size=4),
    max_leaves=12,
)


@given(VALUES)
def test_what_is_written_is_read_back_and_is_what_cbor2_reads(value: object) -> None:
    try:
        data = cbor.encode(value)
    except SigningError as error:
        assert error.code == "signing.not_cbor"  # noqa: PT017 - only values that are too deep
        return
    assert cbor.decode(data) == value
    assert cbor2.loads(data) == value


@given(st.binary(max_size=60))
def test_any_bytes_are_read_in_their_one_form_or_refused(data: bytes) -> None:
    try:
        value = cbor.decode(data)
    except SigningError:
        return
    assert cbor.encode(value) == data


@given(st.text(max_size=400), st.binary(max_size=400), INTEGERS)
def test_what_messages_are_put_together_from_is_the_same_encoding(
    text: str, data: bytes, number: int
) -> None:
    assert cbor.encode_text(text) == cbor.encode(text)
    assert cbor.encode_bytes(data) == cbor.encode(data)
    assert cbor.encode_int(number) == cbor.encode(number)


@pytest.mark.parametrize("size", [0, 1, 23, 24, 254, 255, 256, 257, 65_535, 65_536])
def test_heads_change_where_the_length_needs_another_byte(size: int) -> None:
    assert cbor.encode_bytes(bytes(size)) == cbor2.dumps(bytes(size))
    assert cbor.encode_text("x" * size) == cbor2.dumps("x" * size)
    # A letter of two bytes: what counts are the bytes.
    assert cbor.encode_text("ạ" * size) == cbor2.dumps("ạ" * size)


def test_a_text_that_is_not_unicode_is_not_written() -> None:
    with pytest.raises(SigningError) as caught:
        cbor.encode_text("\ud800")
    assert caught.value.code == "signing.cbor_type"


@pytest.mark.parametrize("data", ["1817", "a220000100", "0000", "f5", "fb3ff0000000000000"])
def test_reading_judges_no_form(data: str) -> None:
    cbor.read(bytes.fromhex(data))
    with pytest.raises(SigningError):
        cbor.decode(bytes.fromhex(data))


@pytest.mark.parametrize("data", ["a201000100", "9fff", "c11a00000000", "81" * 200 + "00", ""])
def test_reading_is_bounded_and_reaches_no_code_behind_tags(data: str) -> None:
    with pytest.raises(SigningError) as caught:
        cbor.read(bytes.fromhex(data))
    assert caught.value.code == "signing.not_cbor"


def test_map_labels_are_sorted_by_their_bytes() -> None:
    # RFC 8949 §4.2.1, where RFC 7049 would put the shorter -1 before 24.
    assert cbor.encode({"a": 0, -1: 0, 24: 0, 1: 0}).hex() == "a401001818002000616100"


REFUSED: dict[str, Any] = {
    "an integer longer than needed": ("1817", "signing.not_deterministic"),
    "a length longer than needed": ("5801ff", "signing.not_deterministic"),
    "labels out of order": ("a220000100", "signing.not_deterministic"),
    "a label twice": ("a201000100", "signing.not_cbor"),
    "an array without end": ("9fff", "signing.not_cbor"),
    "a map without end": ("bfff", "signing.not_cbor"),
    "a text without end": ("7f6161ff", "signing.not_cbor"),
    "bytes behind the value": ("0000", "signing.not_deterministic"),
    "a value cut short": ("5820ff", "signing.not_cbor"),
    "nothing": ("", "signing.not_cbor"),
    "text that is not UTF-8": ("61ff", "signing.not_cbor"),
    "a nesting bomb": ("81" * 200 + "00", "signing.not_cbor"),
    "true": ("f5", "signing.cbor_type"),
    "null": ("f6", "signing.cbor_type"),
    "undefined": ("f7", "signing.cbor_type"),
    "a half-precision number": ("f90000", "signing.cbor_type"),
    "a double": ("fb3ff0000000000000", "signing.cbor_type"),
    "true as a label": ("a1f500", "signing.cbor_type"),
    "an array as a label": ("a18000", "signing.cbor_type"),
    "a map as a label": ("a1a000", "signing.cbor_type"),
    "a date": ("c11a00000000", "signing.not_cbor"),
    "a big number": ("c249010000000000000000", "signing.not_cbor"),
    "a shared reference": ("d81c00", "signing.not_cbor"),
    "a set": ("d9010280", "signing.not_cbor"),
    "self-described CBOR": ("d9d9f700", "signing.not_cbor"),
    "COSE_Sign, not COSE_Sign1": ("d86280", "signing.cbor_type"),
    "COSE_Encrypt0": ("d080", "signing.cbor_type"),
    "a CWT": ("d83dd280", "signing.cbor_type"),
}


@pytest.mark.parametrize(("data", "code"), REFUSED.values(), ids=REFUSED)
def test_anything_but_the_one_form_is_refused(data: str, code: str) -> None:
    with pytest.raises(SigningError) as caught:
        cbor.decode(bytes.fromhex(data))
    assert caught.value.code == code


@pytest.mark.parametrize("value", [1.5, None, True, {1.5}, 2**64, -(2**64) - 1, "\ud800", {(): 0}])
def test_other_values_are_not_written(value: object) -> None:
    with pytest.raises(SigningError) as caught:
        cbor.encode(value)
    assert caught.value.code == "signing.cbor_type"


def test_a_message_larger_than_a_log_entry_is_not_read() -> None:
    largest = cbor.encode(bytes(cbor.MAX_BYTES - 3))
    assert len(largest) == cbor.MAX_BYTES
    assert cbor.decode(largest) == bytes(cbor.MAX_BYTES - 3)
    with pytest.raises(SigningError) as caught:
        cbor.decode(cbor.encode(bytes(cbor.MAX_BYTES - 2)))
    assert caught.value.code == "signing.too_large"
