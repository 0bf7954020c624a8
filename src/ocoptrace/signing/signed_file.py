"""The form that root and bundle files share: a text, and statements of the keys that sign it.

``{"signed": "<RFC 8785 text>", "signatures": ["<COSE_Sign1, base64url>", …]}``. What a
signature states is the text; its salt is 16 zero bytes, since the text is public.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, PlainSerializer, ValidationError

from ocoptrace import canonical_json
from ocoptrace.errors import InputError, SigningError
from ocoptrace.signing import base64url
from ocoptrace.signing.keys import PublicKey
from ocoptrace.signing.statement import SALT_BYTES, Statement, sign_statement

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ocoptrace.signing.keys import Signer

__all__ = [
    "MAX_FILE_BYTES",
    "PUBLIC_SALT",
    "CoseKeyText",
    "Role",
    "SignedFile",
    "SignedModel",
    "Time",
    "check_threshold",
]

MAX_FILE_BYTES: Final = 4 * 2**20
PUBLIC_SALT: Final = bytes(SALT_BYTES)

SignedKind = Literal["root", "bundle"]


def _cose_key(text: str) -> str:
    PublicKey.from_cose_key(base64url.decode(text))
    return text


CoseKeyText = Annotated[str, AfterValidator(_cose_key)]
"""A COSE_Key as base64url; it is checked to be a key of a known kind."""


def _utc_seconds(time: datetime) -> datetime:
    if time.tzinfo is None or time.microsecond:
        raise ValueError("not a time of whole seconds in UTC")
    return time.astimezone(UTC)


Time = Annotated[
    datetime,
    AfterValidator(_utc_seconds),
    PlainSerializer(lambda time: time.strftime("%Y-%m-%dT%H:%M:%SZ"), when_used="json"),
]
"""A time written ``YYYY-MM-DDThh:mm:ssZ`` (formats, section 1)."""


class SignedModel(BaseModel):
    """What a signed text says: frozen, strict, and without members that we do not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_by_name=True)

    def text(self) -> str:
        """Return the RFC 8785 text that is signed."""
        members = self.model_dump(mode="json", by_alias=True)
        return canonical_json.dumps(members).decode()

    @classmethod
    def of_text(cls, text: str) -> Any:
        """Return what a signed text says.

        Raises:
            SigningError: not RFC 8785, or not the members that belong there.
        """
        if not _is_canonical(text):
            raise SigningError("signing.signed_file", reason="the text is not RFC 8785")
        try:
            said = cls.model_validate_json(text)
        except ValidationError as error:
            first = error.errors()[0]
            place = "".join(f"/{part}" for part in first["loc"])
            raise SigningError(
                "signing.signed_file_invalid", place=place, reason=first["msg"]
            ) from error
        if said.text() != text:
            raise SigningError("signing.signed_file", reason="the text is not in its one form")
        return said


def _is_canonical(text: str) -> bool:
    try:
        return canonical_json.is_canonical(text)
    except InputError as error:
        raise SigningError(error.code, place=error.place, **error.facts) from error


class Role(SignedModel):
    """Some keys, and how many of them must sign."""

    keys: tuple[CoseKeyText, ...]
    threshold: int

    def public_keys(self) -> tuple[PublicKey, ...]:
        """The keys of the role, each once."""
        return tuple(PublicKey.from_cose_key(base64url.decode(k)) for k in dict.fromkeys(self.keys))


@dataclass(frozen=True)
class SignedFile:
    """A signed text with its signatures, not yet checked against any role."""

    signed: str
    signatures: tuple[Statement, ...]

    @classmethod
    def parse(cls, data: bytes) -> SignedFile:
        """Return the parts of a file.

        Raises:
            SigningError: over 4 MiB, or not such a file.
        """
        if len(data) > MAX_FILE_BYTES:
            raise SigningError("signing.too_large", size=len(data), limit=MAX_FILE_BYTES)
        try:
            value = canonical_json.loads(data, max_bytes=MAX_FILE_BYTES)
        except InputError as error:
            raise SigningError("signing.signed_file", reason=error) from error
        match value:
            case {"signed": str(signed), "signatures": list(texts), **rest} if not rest:
                pass
            case _:
                raise SigningError("signing.signed_file", reason="its members are others")
        if not all(isinstance(text, str) for text in texts):
            raise SigningError("signing.signed_file", reason="a signature is not a text")
        return cls(signed, tuple(Statement.decode(base64url.decode(text)) for text in texts))

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


def check_threshold(file: SignedFile, role: Role, kind: SignedKind, *, version: int) -> None:
    """Check that enough distinct keys of a role signed a file as this kind and version.

    Raises:
        SigningError: fewer than the role's threshold.
    """
    keys = role.public_keys()
    signed = {
        key.thumbprint
        for statement in _candidates(file.signatures, kind, version)
        for key in keys
        if statement.binds(file.signed.encode(), PUBLIC_SALT) and statement.is_signed_by(key)
    }
    if len(signed) < max(1, role.threshold):
        raise SigningError(
            "signing.threshold", count=len(signed), threshold=role.threshold, role=kind
        )


def _candidates(statements: Sequence[Statement], kind: SignedKind, version: int) -> list[Statement]:
    return [s for s in statements if s.kind == kind and s.subject == f"{kind}:{version}"]
