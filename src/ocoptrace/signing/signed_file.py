"""The form that root and bundle files share: a text, and statements of the keys that sign it.

``{"signed": "<RFC 8785 text>", "signatures": ["<COSE_Sign1, base64url>", …]}``. What a
signature states is the text; its salt is 16 zero bytes, since the text is public.

>>> from datetime import UTC, datetime
>>> from ocoptrace.signing.keys import SoftwareSigner
>>> signer = SoftwareSigner.generate("Ed25519")
>>> file = SignedFile.sign('{"version":7}', "bundle", version=7, signers=[signer],
...     issuer="https://id.example/ocop/0FF1CE00", now=datetime(2026, 11, 23, tzinfo=UTC))
>>> role = Role(keys=(base64url.encode(signer.public_key.cose_key),), threshold=1)
>>> SignedFile.parse(file.to_bytes()) == file
True
>>> file.count_signers(role, "bundle"), file.count_signers(role, "root")
(Counter({'bundle:7': 1}), Counter())
"""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)

from ocoptrace import canonical_json
from ocoptrace.epcis.faults import error_of, faults
from ocoptrace.errors import InputError, SigningError
from ocoptrace.signing import base64url
from ocoptrace.signing.keys import PublicKey
from ocoptrace.signing.members import Many
from ocoptrace.signing.statement import SALT_BYTES, Statement, sign_statement

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from ocoptrace.signing.keys import Signer

__all__ = [
    "MAX_FILE_BYTES",
    "MAX_SIGNATURES",
    "PUBLIC_SALT",
    "CoseKeyText",
    "Role",
    "SignedFile",
    "SignedKind",
    "SignedModel",
    "check_threshold",
    "invalid",
]

MAX_FILE_BYTES: Final = 4 * 2**20
MAX_SIGNATURES: Final = 64
PUBLIC_SALT: Final = bytes(SALT_BYTES)

_MAX_FAULTS = 1000

SignedKind = Literal["root", "bundle"]


def _cose_key(text: str) -> str:
    PublicKey.from_cose_key(base64url.decode(text))
    return text


CoseKeyText = Annotated[str, AfterValidator(_cose_key)]
"""A COSE_Key as base64url; it is checked to be a key of a known kind."""


class SignedModel(BaseModel):
    """What a signed text says: frozen, strict, and without members that we do not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_by_name=True)

    @classmethod
    def of(cls, **members: Any) -> Self:
        """Return the value with these members, which come from outside.

        Raises:
            SigningError: the first that cannot be, at its place, with all of them as findings.
        """
        try:
            return cls(**members)
        except ValidationError as error:
            raise _fault_of(error) from error

    def text(self) -> str:
        """Return the RFC 8785 text that is signed."""
        members = self.model_dump(mode="json", by_alias=True)
        return canonical_json.dumps(members).decode()

    @classmethod
    def of_text(cls, text: str) -> Self:
        """Return what a signed text says.

        Raises:
            SigningError: over 4 MiB, not RFC 8785, or not the members that belong there.
        """
        if len(text) > MAX_FILE_BYTES:
            raise SigningError("signing.too_large", size=len(text), limit=MAX_FILE_BYTES)
        if not _is_canonical(text):
            raise _misshapen(SigningError("signing.file_not_canonical"))
        try:
            said = cls.model_validate_json(text)
        except ValidationError as error:
            raise invalid(_fault_of(error)) from error
        if said.text() != text:
            raise _misshapen(SigningError("signing.file_not_canonical"))
        return said


def _fault_of(error: ValidationError) -> SigningError:
    if error.error_count() > _MAX_FAULTS:
        # Telling each of a hundred thousand unknown members costs more than reading them.
        return SigningError("signing.too_many_faults", count=error.error_count())
    return error_of(SigningError, faults(error))


def invalid(fault: SigningError) -> SigningError:
    """Return what to raise about a text that is well signed, for a fault in what it says."""
    reason = SigningError(fault.code, **fault.facts)
    return SigningError(
        "signing.signed_file_invalid", place=fault.place, findings=fault.findings, reason=reason
    )


def _misshapen(reason: SigningError) -> SigningError:
    return SigningError("signing.signed_file", reason=reason)


def _is_unicode(text: str) -> bool:
    """Tell whether a text has bytes: JSON can escape half a character."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _is_canonical(text: str) -> bool:
    try:
        return canonical_json.is_canonical(text)
    except InputError as error:
        raise SigningError(error.code, place=error.place, **error.facts) from error


class Role(SignedModel):
    """Some keys, at most 64, and how many of them must sign, which they can."""

    keys: Many[CoseKeyText] = Field(max_length=MAX_SIGNATURES)
    threshold: int

    @model_validator(mode="after")
    def _can_be_reached(self) -> Self:
        if not 0 < self.threshold <= len(set(self.keys)):
            raise SigningError("signing.bad_threshold", threshold=self.threshold)
        return self

    def public_keys(self) -> tuple[PublicKey, ...]:
        """The keys of the role, each once."""
        return tuple(PublicKey.from_cose_key(base64url.decode(k)) for k in dict.fromkeys(self.keys))


@dataclass(frozen=True)
class SignedFile:
    """A signed text with its signatures, not yet checked against any role."""

    signed: str
    signatures: tuple[Statement, ...]

    @classmethod
    def parse(cls, data: bytes, *, max_bytes: int = MAX_FILE_BYTES) -> SignedFile:
        """Return the parts of a file.

        Raises:
            SigningError: too large, or not such a file in its one spelling.
        """
        if len(data) > max_bytes:
            raise SigningError("signing.too_large", size=len(data), limit=max_bytes)
        try:
            value = canonical_json.loads(data, max_bytes=max_bytes)
        except InputError as error:
            raise SigningError("signing.signed_file", reason=error) from error
        match value:
            case {"signed": str(signed), "signatures": list(texts), **rest} if not rest:
                pass
            case _:
                raise _misshapen(SigningError("signing.file_members"))
        if not _is_unicode(signed):
            raise _misshapen(SigningError("signing.file_not_canonical"))
        if len(texts) > MAX_SIGNATURES:
            raise _misshapen(
                SigningError("signing.too_many_signatures", count=len(texts), limit=MAX_SIGNATURES)
            )
        if not all(isinstance(text, str) for text in texts):
            raise _misshapen(SigningError("signing.file_members"))
        if len(set(texts)) < len(texts):
            raise _misshapen(SigningError("signing.signature_twice"))
        file = cls(signed, tuple(Statement.decode(base64url.decode(text)) for text in texts))
        if file.to_bytes() != data:
            raise _misshapen(SigningError("signing.file_spelling"))
        return file

    @classmethod
    def sign(
        cls,
        text: str,
        kind: SignedKind,
        *,
        version: int,
        issuer: str,
        signers: Iterable[Signer],
        now: datetime,
    ) -> SignedFile:
        """Return a text signed by some signers, one statement each."""
        statements = [
            sign_statement(
                kind,
                text.encode(),
                issuer=issuer,
                subject=f"{kind}:{version}",
                signer=signer,
                now=now,
                salt=PUBLIC_SALT,
            )[0]
            for signer in signers
        ]
        return cls(text, tuple(statements))

    def to_bytes(self) -> bytes:
        """Return the file."""
        signatures = [base64url.encode(statement.cose) for statement in self.signatures]
        return canonical_json.dumps({"signed": self.signed, "signatures": signatures})

    def count_signers(self, role: Role, kind: SignedKind) -> Counter[str]:
        """Return how many distinct keys of a role signed the text as this kind, by ``sub``.

        Nothing of the text is read for that: it is nobody's before enough have signed it.
        """
        return Counter(subject for subject, _ in self.signed_by(role.public_keys(), kind))

    def signed_by(
        self, keys: Sequence[PublicKey], kind: SignedKind
    ) -> frozenset[tuple[str, bytes]]:
        """Return the ``sub`` and the key's thumbprint of each good signature of these keys."""
        # The text may be of megabytes: it is hashed once, however many signatures there are.
        digest = hashlib.sha256(PUBLIC_SALT + self.signed.encode()).digest()
        return frozenset(
            (statement.subject, key.thumbprint)
            for statement in self.signatures
            if statement.kind == kind and statement.digest == digest
            for key in keys
            if statement.is_signed_by(key)
        )


def check_threshold(count: int, role: Role, name: str) -> None:
    """Check that so many keys are enough for a role.

    Raises:
        SigningError: they are fewer than its threshold.
    """
    if count < role.threshold:
        raise SigningError("signing.threshold", count=count, threshold=role.threshold, role=name)
