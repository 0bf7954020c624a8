from __future__ import annotations

import json
import math
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from ocoptrace import canonical_json
from ocoptrace.errors import InputError

TEXTS = st.text(max_size=12)
INTEGERS = st.integers(-(2**53) + 1, 2**53 - 1)
NUMBERS = INTEGERS | st.floats(allow_nan=False, allow_infinity=False)


def documents(numbers: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.recursive(
        st.none() | st.booleans() | numbers | TEXTS,
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
        max_leaves=12,
    )


VALUES, EXACT_VALUES = documents(NUMBERS), documents(INTEGERS)


def nested(depth: int, leaf: Any = 0) -> Any:
    for _ in range(depth):
        leaf = [leaf]
    return leaf


def refusal(data: bytes | str, **options: Any) -> str:
    with pytest.raises(InputError) as caught:
        canonical_json.loads(data, **options)
    return caught.value.code


@given(VALUES)
def test_the_quick_way_writes_what_the_slow_way_writes(value: Any) -> None:
    assert canonical_json.dumps(value) == rfc8785.dumps(value)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_every_fraction_is_written_as_the_slow_way_writes_it(number: float) -> None:
    assert canonical_json.dumps([number]) == rfc8785.dumps([number])


@given(EXACT_VALUES)
def test_only_the_bytes_that_are_written_are_canonical(value: Any) -> None:
    data = canonical_json.dumps(value)
    assert canonical_json.is_canonical(data)
    assert canonical_json.is_canonical(data.decode())
    assert not canonical_json.is_canonical(b" " + data)


@given(st.text(max_size=40) | st.binary(max_size=40))
def test_any_text_is_read_or_refused(data: str | bytes) -> None:
    try:
        value = canonical_json.loads(data)
    except InputError:
        return
    assert canonical_json.loads(canonical_json.dumps(value)) == value


REFUSED = {
    "a member twice": ('{"a":1,"a":2}', "duplicate_member"),
    "a member twice, deep down": ('[{"a":{"b":1,"b":1}}]', "duplicate_member"),
    "NaN": ("NaN", "not_finite"),
    "-Infinity": ("[-Infinity]", "not_finite"),
    "a number beyond doubles": ("1e400", "inexact_number"),
    "a number too small for doubles": ("1e-400", "inexact_number"),
    "an exponent beyond all bounds": ("1e999999999999999999999", "inexact_number"),
    "a fraction of 16 digits": ("0.1234567890123456", "inexact_number"),
    "a quantity with a digit far behind": ("1." + "1".rjust(40, "0"), "inexact_number"),
    "an integer of 17 digits": ("12345678901234567", "inexact_number"),
    "2 to the power of 53": ("9007199254740992", "inexact_number"),
    "an integer of 10,000 digits": ("9" * 10_000, "inexact_number"),
    "a fraction of 10,000 digits": ("0." + "0" * 10_000, "inexact_number"),
    "a denormal number": ("1.23456789e-320", "inexact_number"),
    "text behind the value": ("1 2", "syntax"),
    "nothing": ("", "syntax"),
    "a byte order mark": ("\ufeff1", "syntax"),
    "a control character": ('"\x01"', "syntax"),
    "not UTF-8": (b'"\xff"', "not_utf8"),
    "a nesting bomb": ("[" * 100_000, "too_deep"),
    "too deep": (json.dumps(nested(33)), "too_deep"),
}


@pytest.mark.parametrize(("data", "code"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_signed_is_refused(data: bytes | str, code: str) -> None:
    assert refusal(data) == f"json.{code}"


@pytest.mark.parametrize(
    ("lexeme", "written"),
    [
        ("1.50", b"1.5"),
        ("-0.0", b"0"),
        ("1E+5", b"100000"),
        ("0.000", b"0"),
        ("123456789012345", b"123456789012345"),
        ("9007199254740991", b"9007199254740991"),
        ("1e22", b"1e+22"),
        ("0.000001", b"0.000001"),
        ("1e-7", b"1e-7"),
    ],
)
def test_numbers_have_one_spelling(lexeme: str, written: bytes) -> None:
    assert canonical_json.dumps(canonical_json.loads(lexeme)) == written


def test_size_and_depth_are_bounded() -> None:
    assert refusal(b'"xxxx"', max_bytes=5) == "json.too_large"
    assert canonical_json.loads(json.dumps(nested(32))) == nested(32)
    assert canonical_json.dumps(nested(32)) == json.dumps(nested(32)).encode()


WRITTEN: dict[str, tuple[Any, str]] = {
    "too deep": (nested(33), "too_deep"),
    "too deep behind a fraction": ([1.5, nested(32)], "too_deep"),
    "too deep behind a Vietnamese key": ({"lô": nested(32)}, "too_deep"),
    "a tuple": ((1, 2), "not_json"),
    "a tuple behind a fraction": ([1.5, (1, 2)], "not_json"),
    "bytes": (b"1", "not_json"),
    "a key that is no text": ({1: 2}, "not_json"),
    "not a number": (math.nan, "not_canonical"),
    "an integer that doubles do not hold": (2**53, "not_canonical"),
    "half a character": ("\ud800", "not_unicode"),
    "half a character behind a fraction": ([1.5, "\ud800"], "not_unicode"),
    "half a character behind a Vietnamese key": ({"lô": "\ud800"}, "not_unicode"),
    "half a character as a key": ({"\ud800": 1}, "not_unicode"),
}


@pytest.mark.parametrize(("value", "code"), WRITTEN.values(), ids=WRITTEN)
def test_what_is_not_json_is_not_written(value: Any, code: str) -> None:
    with pytest.raises(InputError) as caught:
        canonical_json.dumps(value)
    assert caught.value.code == f"json.{code}"


def test_a_member_that_stands_twice_among_very_many_is_found() -> None:
    # Read twice by comparing each with each, this would take hours.
    members = ",".join(f'"k{number}":1' for number in range(200_000))
    with pytest.raises(InputError) as caught:
        canonical_json.loads(f'{{{members},"k199999":1}}'.encode())
    assert caught.value.code == "json.duplicate_member"


def test_a_name_of_half_a_character_that_stands_twice_can_still_be_told() -> None:
    with pytest.raises(InputError) as caught:
        canonical_json.loads('{"\\ud800":1,"\\ud800":2}')
    assert caught.value.text("en").encode() == b'The member "?" stands twice in one object.'
