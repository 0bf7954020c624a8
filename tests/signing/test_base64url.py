from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocoptrace.errors import SigningError
from ocoptrace.signing import base64url


@given(st.binary())
def test_bytes_come_back(data: bytes) -> None:
    assert base64url.decode(base64url.encode(data)) == data


@given(st.text(alphabet=st.sampled_from("ABab01-_+/= \n\u0660é"), max_size=12))
def test_a_text_is_read_in_its_one_spelling_or_refused(text: str) -> None:
    try:
        data = base64url.decode(text)
    except SigningError:
        return
    assert base64url.encode(data) == text


@pytest.mark.parametrize(
    "text", ["-_8=", "-_9", "+/8", "-_ 8", "-_8\n", "A", "AAAAA", "é", "\u0661A"]
)
def test_other_spellings_are_refused(text: str) -> None:
    with pytest.raises(SigningError):
        base64url.decode(text)
