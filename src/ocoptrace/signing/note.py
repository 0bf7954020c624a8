r"""Signed notes (C2SP signed-note): a text, then lines that sign it.

>>> from ocoptrace.signing.keys import SoftwareSigner
>>> signer = NoteSigner("id.example/ocop-log/1", SoftwareSigner.generate("Ed25519"))
>>> note = Note.sign("id.example/ocop-log/1\n17\nCsUY…\n", signer)
>>> note.signature_times((signer.verifier_key,))
(0,)
>>> Note.parse(str(note)) == note
True
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

from ocoptrace.epcis.faults import shown
from ocoptrace.errors import SigningError
from ocoptrace.signing.keys import PublicKey, signature_of
from ocoptrace.signing.times import is_seconds

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ocoptrace.signing.keys import Signer

__all__ = ["COSIGNATURE_V1", "ED25519", "Note", "NoteSignature", "NoteSigner", "VerifierKey"]

ED25519: Final = 0x01
"""Signature type: Ed25519 over the note's text."""

COSIGNATURE_V1: Final = 0x04
"""Signature type: a witness's Ed25519 over a time and the text (C2SP tlog-cosignature)."""

_MAX_BYTES = 64 * 1024
_MAX_SIGNATURES = 64
_KEY_ID_BYTES, _TIME_BYTES, _KEY_BYTES = 4, 8, 32
_SIGNATURE_BYTES = {ED25519: 64, COSIGNATURE_V1: _TIME_BYTES + 64}
_DASH = "\N{EM DASH} "
_NO_TIME = 0


@dataclass(frozen=True)
class VerifierKey:
    """A note key as it is published: ``name+key id+type and key``.

    Attributes:
        name: whose key; for a log its origin.
        signature_type: ED25519 or COSIGNATURE_V1.
        public_key: an Ed25519 key.

    Raises:
        SigningError: a name with a plus sign or a blank, another type, or another kind of key.
    """

    name: str
    signature_type: int
    public_key: PublicKey

    def __post_init__(self) -> None:
        if self.public_key.algorithm != "Ed25519":
            raise SigningError("signing.unknown_key_type")
        if self.signature_type not in _SIGNATURE_BYTES or not _is_name(self.name):
            raise SigningError("signing.vkey_syntax", vkey=shown(self.name))

    @classmethod
    def parse(cls, vkey: str) -> VerifierKey:
        """Return the key of its published text.

        Raises:
            SigningError: not such a text, an unknown type, or a key id that does not fit.
        """
        name, _, rest = vkey.partition("+")
        key_id, _, key64 = rest.partition("+")
        try:
            data = base64.b64decode(key64, validate=True)
        except (ValueError, binascii.Error) as error:
            raise SigningError("signing.vkey_syntax", vkey=shown(vkey)) from error
        if len(data) != 1 + _KEY_BYTES or data[0] not in _SIGNATURE_BYTES or not _is_name(name):
            raise SigningError("signing.vkey_syntax", vkey=shown(vkey))
        key = cls(name, data[0], PublicKey.from_ed25519(data[1:]))
        if str(key) != vkey or key.key_id.hex() != key_id:
            raise SigningError("signing.vkey_syntax", vkey=shown(vkey))
        return key

    @cached_property
    def key_id(self) -> bytes:
        """First 4 bytes of SHA-256 of name, newline, type and key."""
        typed = bytes((self.signature_type,)) + self.public_key.raw
        return hashlib.sha256(self.name.encode() + b"\n" + typed).digest()[:_KEY_ID_BYTES]

    def __str__(self) -> str:
        typed = bytes((self.signature_type,)) + self.public_key.raw
        return f"{self.name}+{self.key_id.hex()}+{base64.b64encode(typed).decode()}"


@dataclass(frozen=True)
class NoteSigner:
    """A name, an Ed25519 signer, and the type of signature that it makes."""

    name: str
    signer: Signer
    signature_type: int = ED25519

    @cached_property
    def verifier_key(self) -> VerifierKey:
        """The key to publish."""
        return VerifierKey(self.name, self.signature_type, self.signer.public_key)

    def signature(self, text: str, *, time: int = _NO_TIME) -> NoteSignature:
        """Return this signer's signature of a text.

        Args:
            text: the note's text, its final newline included.
            time: POSIX seconds, for COSIGNATURE_V1 only.

        Raises:
            SigningError: another kind of key, or a signature that does not verify.
        """
        key_id = self.verifier_key.key_id
        signed = signature_of(self.signer, _message(text, self.signature_type, time))
        prefix = time.to_bytes(_TIME_BYTES) if self.signature_type == COSIGNATURE_V1 else b""
        return NoteSignature(self.name, key_id, prefix + signed)


@dataclass(frozen=True)
class NoteSignature:
    """One signature line: whose it says it is, and its bytes."""

    name: str
    key_id: bytes
    data: bytes

    def time_if_valid(self, key: VerifierKey, text: str) -> int | None:
        """Return the time of a valid signature (0 where its type has none), or None."""
        if len(self.data) != _SIGNATURE_BYTES[key.signature_type]:
            return None
        time = _NO_TIME
        if key.signature_type == COSIGNATURE_V1:
            time = int.from_bytes(self.data[:_TIME_BYTES])
            if time == _NO_TIME or not is_seconds(time):
                return None
        message = _message(text, key.signature_type, time)
        return time if key.public_key.verifies(self.data[-64:], message) else None

    def __str__(self) -> str:
        return f"{_DASH}{self.name} {base64.b64encode(self.key_id + self.data).decode()}"


@dataclass(frozen=True)
class Note:
    """A note in its one written form: a text that ends in a newline, and its signatures."""

    text: str
    signatures: tuple[NoteSignature, ...]

    @classmethod
    def parse(cls, written: str) -> Note:
        """Return the note of its text form. No signature is verified.

        Raises:
            SigningError: not a signed note, too large, over 64 signatures, or one of them twice.
        """
        if len(written) > _MAX_BYTES:
            raise SigningError("signing.note_syntax", reason=f"longer than {_MAX_BYTES}")
        if not _is_unicode(written):
            raise SigningError("signing.note_syntax", reason="not Unicode")
        text, blank, lines = written.rpartition("\n\n")
        if not blank or not lines.endswith("\n") or not text:
            raise SigningError("signing.note_syntax", reason="no blank line before signatures")
        if any(ord(character) < ord(" ") for character in text.replace("\n", "")):
            raise SigningError("signing.note_syntax", reason="a control character")
        signed = lines[:-1].split("\n")
        if len(signed) > _MAX_SIGNATURES:
            raise SigningError("signing.note_syntax", reason="too many signatures")
        if len(set(signed)) < len(signed):
            raise SigningError("signing.note_syntax", reason="a signature stands there twice")
        note = cls(text + "\n", tuple(_signature(line) for line in signed))
        if str(note) != written:
            raise SigningError("signing.note_syntax", reason="not in its one written form")
        return note

    @classmethod
    def sign(cls, text: str, *signers: NoteSigner, time: int = _NO_TIME) -> Note:
        """Return a text signed by some signers."""
        return cls(text, tuple(signer.signature(text, time=time) for signer in signers))

    def with_signatures(self, *signatures: NoteSignature) -> Note:
        """Return the note with more signatures at its end; one that it has is not repeated."""
        return Note(self.text, tuple(dict.fromkeys(self.signatures + signatures)))

    def signature_times(self, keys: Iterable[VerifierKey]) -> tuple[int, ...]:
        """Return a time for each given key that signed, in the order of the keys.

        Signatures of other keys are ignored, as the specification asks. A time is POSIX
        seconds for COSIGNATURE_V1, and 0 for ED25519, which carries none.

        Raises:
            SigningError: a line names a given key and its signature does not verify.
        """
        times = []
        for key in keys:
            named = [s for s in self.signatures if (s.name, s.key_id) == (key.name, key.key_id)]
            valid = [signature.time_if_valid(key, self.text) for signature in named]
            if None in valid:
                raise SigningError("signing.note_signature", name=key.name)
            times += [time for time in valid[:1] if time is not None]
        return tuple(times)

    def __str__(self) -> str:
        return self.text + "\n" + "".join(f"{signature}\n" for signature in self.signatures)


def _message(text: str, signature_type: int, time: int) -> bytes:
    if signature_type == COSIGNATURE_V1:
        return f"cosignature/v1\ntime {time}\n{text}".encode()
    return text.encode()


def _is_unicode(text: str) -> bool:
    return not any("\ud800" <= character <= "\udfff" for character in text)


def _is_name(name: str) -> bool:
    is_one_word = bool(name) and "+" not in name and not any(c.isspace() for c in name)
    return is_one_word and _is_unicode(name)


def _signature(line: str) -> NoteSignature:
    name, _, data64 = line.removeprefix(_DASH).partition(" ")
    try:
        data = base64.b64decode(data64, validate=True)
    except (ValueError, binascii.Error) as error:
        raise SigningError("signing.note_syntax", reason="a signature is not base64") from error
    if not line.startswith(_DASH) or not _is_name(name) or len(data) <= _KEY_ID_BYTES:
        raise SigningError("signing.note_syntax", reason="a line is not a signature")
    return NoteSignature(name, data[:_KEY_ID_BYTES], data[_KEY_ID_BYTES:])
