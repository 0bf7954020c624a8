"""Key bindings: the holder of a CA's certificate says which key is its own (formats, section 8).

The certificate's key signs a short text that names the key, its issuer URI and a day. What the
binding proves is whom a licensed CA names; it gives the key no right.

>>> text = key_text("ab" * 32, "https://id.example/ocop/7K3M9QAB", date(2026, 11, 29))
>>> text.decode().splitlines()[0], read_key_text(text)[2].isoformat()
('ocoptrace-key-binding/1', '2026-11-29')
>>> KeyBinding.parse(b"{}")
Traceback (most recent call last):
ocoptrace.errors.SigningError: This is not a key binding: its members are others, or of another \
type. Ask its holder for the file again, as it was made.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final, Self

from ocoptrace import canonical_json
from ocoptrace.epcis.faults import shown
from ocoptrace.errors import InputError, SigningError
from ocoptrace.signing import base64url
from ocoptrace.signing.certificate import ALGORITHMS, MAX_CERTIFICATES, Certificate

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["MAX_BINDING_BYTES", "KeyBinding", "key_text", "read_key_text"]

MAX_BINDING_BYTES: Final = 256 * 1024

_FORMAT = "ocop-key-binding/1"
_TEXT = re.compile(
    r"ocoptrace-key-binding/1\n([0-9a-f]{64})\n(https://[!-~]{1,2048})\n(\d{4}-\d\d-\d\d)\n",
    re.ASCII,
)


def key_text(thumbprint: str, issuer: str, day: date) -> bytes:
    """Return what the certificate's key signs.

    Args:
        thumbprint: of the key that is named, hexadecimal.
        issuer: the ``iss`` that its statements bear.
        day: on which it was signed.

    Raises:
        SigningError: no thumbprint, or no issuer URI.
    """
    text = f"ocoptrace-key-binding/1\n{thumbprint}\n{issuer}\n{day.isoformat()}\n"
    if not _TEXT.fullmatch(text):
        raise SigningError("certificate.binding_text", value=shown(text))
    return text.encode()


def read_key_text(data: bytes) -> tuple[str, str, date]:
    """Return thumbprint, issuer and day of such a text.

    Raises:
        SigningError: not one, to the byte.
    """
    match = (
        _TEXT.fullmatch(data.decode("utf-8", "replace")) if len(data) < MAX_BINDING_BYTES else None
    )
    try:
        if match is not None:
            return match[1], match[2], date.fromisoformat(match[3])
    except ValueError:
        pass
    raise SigningError(
        "certificate.binding_text", value=shown(data[:200].decode("utf-8", "replace"))
    )


@dataclass(frozen=True)
class KeyBinding:
    """A binding whose signature holds; whether the certificate does is another matter.

    Attributes:
        thumbprint: of the key that is named, hexadecimal.
        issuer: the ``iss`` that its statements bear.
        day: on which it was signed.
        algorithm: how, by its name in RFC 7518.
        signature: RSA, or r and s.
        chain: the holder's certificate, then those of CAs between.

    Raises:
        SigningError: the certificate's key did not sign this, or a part is of another form.
    """

    thumbprint: str
    issuer: str
    day: date
    algorithm: str
    signature: bytes
    chain: tuple[Certificate, ...]

    def __post_init__(self) -> None:
        if self.algorithm not in ALGORITHMS or not 0 < len(self.chain) <= MAX_CERTIFICATES:
            raise _misshapen("signing.file_members")
        text = key_text(self.thumbprint, self.issuer, self.day)
        if not self.chain[0].verifies(self.algorithm, self.signature, text):
            raise SigningError("certificate.signature")

    @classmethod
    def of(cls, text: bytes, signature: bytes, chain: Sequence[Certificate]) -> Self:
        """Return the binding that a text, its signature and the signer's certificates make.

        Args:
            text: as ``key_text`` wrote it.
            signature: as tools write it: RSA, or ECDSA in DER.
            chain: the holder's certificate first.

        Raises:
            SigningError: not such a text, or the certificate's key did not sign it.
        """
        thumbprint, issuer, day = read_key_text(text)
        algorithm, signature = chain[0].algorithm_of(signature, text)
        return cls(thumbprint, issuer, day, algorithm, signature, tuple(chain))

    @classmethod
    def parse(cls, data: bytes) -> Self:
        """Return the binding of a file.

        Raises:
            SigningError: over 256 KiB, not such a file in its one spelling, or a signature that
                does not verify.
        """
        try:
            value = canonical_json.loads(data, max_bytes=MAX_BINDING_BYTES)
            is_one = canonical_json.dumps(value) == data
        except InputError as error:
            raise SigningError("certificate.binding", reason=error) from error
        match value:
            case {
                "algorithm": str(algorithm),
                "certificates": [*texts],
                "format": "ocop-key-binding/1",
                "signature": str(signature),
                "text": str(text),
                **rest,
            } if not rest and is_one and all(isinstance(each, str) for each in texts):
                pass
            case _:
                raise _misshapen("signing.file_members")
        if len(texts) > MAX_CERTIFICATES:
            raise _misshapen("signing.file_members")
        thumbprint, issuer, day = read_key_text(text.encode("utf-8", "replace"))
        chain = tuple(Certificate(base64url.decode(each)) for each in texts)
        return cls(thumbprint, issuer, day, algorithm, base64url.decode(signature), chain)

    def to_bytes(self) -> bytes:
        """Return the file."""
        return canonical_json.dumps(
            {
                "algorithm": self.algorithm,
                "certificates": [base64url.encode(each.der) for each in self.chain],
                "format": _FORMAT,
                "signature": base64url.encode(self.signature),
                "text": key_text(self.thumbprint, self.issuer, self.day).decode(),
            }
        )


def _misshapen(reason: str) -> SigningError:
    return SigningError("certificate.binding", reason=SigningError(reason))
