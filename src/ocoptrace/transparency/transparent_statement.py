"""Transparent statements (RFC 9943 §7): a statement that carries receipts in its open header.

The statement inside stays what it is, byte for byte: it is taken out before it is looked at.

>>> from ocoptrace.signing import SoftwareSigner, sign_statement
>>> from datetime import UTC, datetime
>>> statement, _ = sign_statement("event", b"{}", issuer="https://id.example/ocop/7K3M9QAB",
...     subject="urn:uuid:3f0d5a52-6f0e-4d0a-9a55-0c8a7f6f1a11",
...     signer=SoftwareSigner.generate("ES256"), now=datetime(2026, 11, 23, tzinfo=UTC))
>>> TransparentStatement(statement.cose, ()).encode()
Traceback (most recent call last):
ocoptrace.errors.ProofError: This is not a transparent statement: it carries no receipt. \
Ask whoever made it for another copy; or give statement and receipt as two files.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from ocoptrace.errors import ProofError, SigningError
from ocoptrace.signing import cbor
from ocoptrace.signing.cose import Sign1
from ocoptrace.transparency.receipt import Receipt

__all__ = ["MAX_RECEIPTS", "TransparentStatement"]

MAX_RECEIPTS: Final = 16
"""As many as are read; each may be as large as an entry."""

_RECEIPTS = 394
_MAX_BYTES = 64 * 1024
_ARRAY = 0x80
_TAG_18_ARRAY_OF_4 = b"\xd2\x84"


@dataclass(frozen=True)
class TransparentStatement:
    """A statement and receipts for it; whether they hold is another matter.

    Attributes:
        statement: tagged COSE bytes with an empty unprotected header: what a log keeps.
        receipts: 1 to 16.

    Raises:
        ProofError: none, or more.
        SigningError: the statement is no such message.
    """

    statement: bytes
    receipts: tuple[Receipt, ...]

    def __post_init__(self) -> None:
        Sign1.decode(self.statement)
        if not 0 < len(self.receipts) <= MAX_RECEIPTS:
            reason = ProofError("proof.transparent_receipts", limit=MAX_RECEIPTS)
            if not self.receipts:
                reason = ProofError("proof.transparent_none")
            raise ProofError("proof.not_transparent", reason=reason)

    @classmethod
    def decode(cls, data: bytes) -> TransparentStatement:
        """Return the parts of a transparent statement.

        Raises:
            ProofError: over 64 KiB, not such a message in its one form, or without a receipt.
        """
        try:
            value = cbor.read(data, max_bytes=_MAX_BYTES)
            parts = value.value if isinstance(value, cbor.Tag) else None
            match parts:
                case [bytes(protected), Mapping() as unprotected, bytes(payload), bytes(signature)]:
                    listed = unprotected.get(_RECEIPTS, ())
                case _:
                    raise _misshapen()
            if not isinstance(listed, list | tuple):
                raise _misshapen()
            statement = Sign1(protected, payload, signature).encode()
            found = cls(statement, tuple(_receipt(each) for each in listed[: MAX_RECEIPTS + 1]))
            if found.encode() != data:
                raise _misshapen()
        except SigningError as error:
            raise ProofError("proof.not_transparent", reason=error) from error
        return found

    def encode(self) -> bytes:
        """Return the message: the statement with its receipts under label 394."""
        message = Sign1.decode(self.statement)
        receipts = b"".join(cbor.encode_bytes(receipt.encode()) for receipt in self.receipts)
        # By hand: receipts are longer than what is written as a tree of values.
        unprotected = b"\xa1" + cbor.encode_int(_RECEIPTS) + bytes((_ARRAY | len(self.receipts),))
        protected, payload = map(cbor.encode_bytes, (message.protected, message.payload))
        signature = cbor.encode_bytes(message.signature)
        return _TAG_18_ARRAY_OF_4 + protected + unprotected + receipts + payload + signature


def _receipt(value: object) -> Receipt:
    if not isinstance(value, bytes):
        raise _misshapen()
    return Receipt.decode(value)


def _misshapen() -> ProofError:
    return ProofError("proof.not_transparent", reason=ProofError("proof.transparent_shape"))
