from __future__ import annotations

import base64
import struct
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocoptrace.errors import SigningError
from ocoptrace.signing.note import COSIGNATURE_V1, Note, NoteSigner, VerifierKey
from village import LOG, WITNESSES, eddsa, es256

if TYPE_CHECKING:
    from ocoptrace.signing import PublicKey, SoftwareSigner

TEXT = "log.example/ocop-log/1\n3\nXcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyg=\n"
TIME = 1_790_000_000
WITNESS = WITNESSES[0]
SIGNED = str(Note.sign(TEXT, LOG))


def test_a_note_is_text_blank_line_and_signature_lines() -> None:
    text, signatures = SIGNED.split("\n\n")
    assert text + "\n" == TEXT
    assert signatures.startswith("\N{EM DASH} log.example/ocop-log/1 ")
    assert signatures.endswith("\n")


def test_a_cosignature_signs_time_and_text() -> None:
    signature = WITNESS.signature(TEXT, time=TIME)
    assert signature.data[:8] == struct.pack(">Q", TIME)
    message = f"cosignature/v1\ntime {TIME}\n{TEXT}".encode()
    assert WITNESS.signer.public_key.verifies(signature.data[8:], message)


def test_times_are_those_of_the_keys_that_signed() -> None:
    note = Note.sign(TEXT, LOG).with_signatures(WITNESS.signature(TEXT, time=TIME))
    keys = (LOG.verifier_key, WITNESSES[1].verifier_key, WITNESS.verifier_key)
    assert Note.parse(str(note)).signature_times(keys) == (0, TIME)


@pytest.mark.parametrize("time", [0, 221_845_392_000, 253_402_300_799, 2**63])
def test_a_cosignature_at_no_time_does_not_count(time: int) -> None:
    note = Note(TEXT, (WITNESS.signature(TEXT, time=time),))
    with pytest.raises(SigningError) as caught:
        note.signature_times((WITNESS.verifier_key,))
    assert caught.value.code == "signing.note_signature"


def test_a_false_signature_in_a_known_name_is_an_error() -> None:
    note = Note(TEXT + "an extension\n", Note.parse(SIGNED).signatures)
    assert note.signature_times(()) == ()
    with pytest.raises(SigningError) as caught:
        note.signature_times((LOG.verifier_key,))
    assert caught.value.code == "signing.note_signature"


def test_a_plain_signature_does_not_pass_as_a_cosignature() -> None:
    plain = NoteSigner(WITNESS.name, WITNESS.signer)
    assert plain.verifier_key.key_id != WITNESS.verifier_key.key_id
    note = Note.sign(TEXT, plain)
    assert note.signature_times((WITNESS.verifier_key,)) == ()


SIGNATURE = SIGNED.split("\n\n")[1]
OTHER_NOTES = {
    "nothing": "",
    "no signature": TEXT,
    "no blank line": TEXT + SIGNATURE,
    "no text": "\n\n" + SIGNATURE,
    "no final newline": SIGNED[:-1],
    "a blank line at the end": SIGNED + "\n",
    "a hyphen for the em dash": SIGNED.replace("\N{EM DASH}", "-"),
    "an en dash": SIGNED.replace("\N{EM DASH}", "\N{EN DASH}"),
    "Windows line ends": SIGNED.replace("\n", "\r\n"),
    "a tab in the text": SIGNED.replace("3", "\t3", 1),
    "a NUL in the text": SIGNED.replace("3", "\x003", 1),
    "a surrogate in the text": SIGNED.replace("3", "\ud8003", 1),
    "no base64": TEXT + "\n\N{EM DASH} log.example !!!\n",
    "base64 with a blank": SIGNED[:-10] + " " + SIGNED[-10:],
    "base64 with non-zero tail bits": SIGNED.replace("U=\n", "V=\n"),
    "a key id and nothing else": TEXT + "\n\N{EM DASH} log.example AAAAAA==\n",
    "a name with a plus": SIGNED.replace("\N{EM DASH} log", "\N{EM DASH} lo+g"),
    "no name": TEXT + f"\n\N{EM DASH}  {'A' * 92}\n",
    "a signature twice": SIGNED + SIGNATURE,
    "too many signatures": TEXT + "\n" + SIGNATURE * 65,
    "too long": "x" * 70_000 + "\n\n" + SIGNATURE,
}


@pytest.mark.parametrize("written", OTHER_NOTES.values(), ids=OTHER_NOTES)
def test_no_other_form_is_read(written: str) -> None:
    with pytest.raises(SigningError) as caught:
        Note.parse(written)
    assert caught.value.code == "signing.note_syntax"


def test_many_signatures_are_read_and_unknown_ones_ignored() -> None:
    strangers = [NoteSigner(f"w{n}.example", eddsa(100 + n), COSIGNATURE_V1) for n in range(63)]
    note = Note.sign(TEXT, LOG, time=0)
    note = note.with_signatures(*(s.signature(TEXT, time=TIME) for s in strangers))
    assert Note.parse(str(note)).signature_times((LOG.verifier_key,)) == (0,)


def test_a_signature_is_added_once() -> None:
    note = Note.sign(TEXT, LOG)
    seen = WITNESS.signature(TEXT, time=TIME)
    twice = note.with_signatures(seen).with_signatures(seen, *note.signatures)
    assert twice == note.with_signatures(seen)
    assert Note.parse(str(twice)) == twice


def test_the_last_time_before_the_year_9000_counts() -> None:
    note = Note(TEXT, (WITNESS.signature(TEXT, time=221_845_391_999),))
    assert note.signature_times((WITNESS.verifier_key,)) == (221_845_391_999,)


@given(st.text(max_size=60), st.lists(st.text(max_size=40), max_size=3))
def test_any_text_is_read_as_it_is_written_or_refused(text: str, lines: list[str]) -> None:
    written = text + "\n\n" + "".join(f"\N{EM DASH} {line}\n" for line in lines)
    try:
        note = Note.parse(written)
    except SigningError:
        return
    assert str(note) == written


VKEY = str(LOG.verifier_key)
TYPED = base64.b64decode(VKEY.split("+", 2)[2])


def vkey(typed: bytes, *, key_id: str = "00000000") -> str:
    return f"log.example+{key_id}+{base64.b64encode(typed).decode()}"


def test_a_verifier_key_is_read_from_its_text() -> None:
    assert VerifierKey.parse(VKEY) == LOG.verifier_key
    assert str(VerifierKey.parse(VKEY)) == VKEY


OTHER_VKEYS = {
    "nothing": "",
    "a name only": "log.example",
    "another key id": VKEY.replace("+", "+0", 1),
    "a key id of another key": vkey(TYPED),
    "a key id in capitals": VKEY.split("+", maxsplit=1)[0] + "+" + VKEY.split("+", 1)[1].upper(),
    "ML-DSA-44": vkey(b"\x06" + TYPED[1:]),
    "a short key": vkey(TYPED[:-1]),
    "a blank in the name": "log example+" + VKEY.split("+", 1)[1],
    "a surrogate in the name": "\ud800" + VKEY,
    "no base64": VKEY[:-1] + "!",
}


@pytest.mark.parametrize("text", OTHER_VKEYS.values(), ids=OTHER_VKEYS)
def test_no_other_verifier_key_is_read(text: str) -> None:
    with pytest.raises(SigningError) as caught:
        VerifierKey.parse(text)
    assert caught.value.code == "signing.vkey_syntax"


@pytest.mark.parametrize(
    ("name", "signature_type", "signer", "code"),
    [
        ("log.example", 1, es256(2), "unknown_key_type"),
        ("log.example", 2, eddsa(2), "vkey_syntax"),
        ("log example", 1, eddsa(2), "vkey_syntax"),
        ("log+example", 1, eddsa(2), "vkey_syntax"),
        ("", 1, eddsa(2), "vkey_syntax"),
    ],
)
def test_a_note_key_is_ed25519_with_a_name_of_one_word(
    name: str, signature_type: int, signer: SoftwareSigner, code: str
) -> None:
    for make in (
        lambda: VerifierKey(name, signature_type, signer.public_key),
        lambda: NoteSigner(name, signer, signature_type).signature(TEXT),
    ):
        with pytest.raises(SigningError) as caught:
            make()
        assert caught.value.code == f"signing.{code}"


def test_a_signer_that_fails_is_noticed_before_its_signature_leaves() -> None:
    class Card:
        public_key: PublicKey = eddsa(21).public_key

        def sign(self, message: bytes, /) -> bytes:
            return eddsa(21).sign(message + b"more")

    with pytest.raises(SigningError) as caught:
        NoteSigner("log.example", Card()).signature(TEXT)
    assert caught.value.code == "signing.signer_failed"
