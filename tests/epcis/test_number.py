from __future__ import annotations

import copy
import pickle
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocoptrace import canonical_json
from ocoptrace.epcis import parse_event, read_document, write_json
from ocoptrace.epcis.number import Real, double, exact, lexeme, of_lexeme
from ocoptrace.errors import EpcisError

LEXEMES = st.from_regex(
    r"-?(0|[1-9][0-9]{0,20})(\.[0-9]{1,20})?([eE][+-]?[0-9]{1,2})?", fullmatch=True
)


@given(LEXEMES)
def test_a_number_keeps_its_text_and_its_value(text: str) -> None:
    number = of_lexeme(text)
    assert lexeme(number) == text
    assert exact(number) == Decimal(text)
    assert number == float(text)


@given(LEXEMES)
def test_a_number_is_signed_as_the_strict_reader_of_json_reads_it(text: str) -> None:
    try:
        strict = canonical_json.loads(text)
    except ValueError:
        with pytest.raises(EpcisError):
            double(of_lexeme(text))
    else:
        assert canonical_json.dumps(double(of_lexeme(text))) == canonical_json.dumps(strict)


@pytest.mark.parametrize(
    "text", ["", "+1", "01", "1.", ".5", "1e", "0x10", "1_0", "٣", "NaN", " 1"]
)
def test_what_json_does_not_call_a_number_is_refused(text: str) -> None:
    with pytest.raises(EpcisError):
        of_lexeme(text)


@pytest.mark.parametrize("text", ["1e999", "-1e999", "9" * 300])
def test_a_number_beyond_all_doubles_is_refused(text: str) -> None:
    with pytest.raises(EpcisError):
        of_lexeme(text)


def test_a_copy_keeps_the_text() -> None:
    number = of_lexeme("120.50")
    assert isinstance(number, Real)
    for again in (copy.deepcopy(number), pickle.loads(pickle.dumps(number))):  # noqa: S301 - own
        assert again.lexeme == "120.50"


@pytest.mark.parametrize("text", ["120.50", "6000", "123456789012345678901234", "1E3", "0.000"])
def test_a_document_is_written_with_the_digits_it_was_read_with(text: str) -> None:
    event = (
        '{"type":"ObjectEvent","eventTime":"2025-08-20T07:15:00.000+07:00",'
        '"eventTimeZoneOffset":"+07:00","action":"OBSERVE","quantityList":[{"epcClass":'
        f'"https://id.gs1.org/01/09524071001014/10/L1","quantity":{text}}}],"ocop:x":[{text}]}}'
    )
    read = read_document(event.encode()).events[0]
    written = write_json([read], now=read.when).replace(b" ", b"").replace(b"\n", b"")
    assert written.count(f'"quantity":{text}}}'.encode()) == 1
    assert written.count(f'"ocop:x":[{text}]'.encode()) == 1
    assert parse_event(read.to_json()) == read
