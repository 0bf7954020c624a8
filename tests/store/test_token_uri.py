"""PKCS#11 URIs (RFC 7512), as far as keys are named by them here."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocoptrace.errors import InputError
from ocoptrace.store.token_uri import TokenUri

WORDS = st.text(st.characters(exclude_categories=["C", "Z"]), max_size=20)


@given(token=WORDS, serial=WORDS, label=WORDS, number=st.binary(max_size=20), module=WORDS)
def test_what_is_written_is_read_again(
    token: str, serial: str, label: str, number: bytes, module: str
) -> None:
    path = Path("/") / module.replace("/", "_") if module.strip("./") else None
    uri = TokenUri(token, serial, label, number, path)
    assert TokenUri.parse(str(uri)) == uri
    assert str(uri).isascii()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "token=a;object=b",
        "PKCS11:object=b",
        "pkcs11:object=a;object=b",
        "pkcs11:object=a;manufacturer=Maker",
        "pkcs11:object=a;type=public",
        "pkcs11:object=%ff",
        "pkcs11:object=a%0ab",
        "pkcs11:object=mắm",
        "pkcs11:object",
        "pkcs11:object=a?module-name=p11",
        "pkcs11:object=a?module-path=libp11.so",
        "pkcs11:object=" + "a" * 2000,
    ],
)
def test_other_texts_are_refused(text: str) -> None:
    with pytest.raises(InputError):
        TokenUri.parse(text).check_names_a_key()


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    for given_ in (text, f"pkcs11:{text}"):
        with suppress(InputError):
            uri = TokenUri.parse(given_)
            assert TokenUri.parse(str(uri)) == uri
