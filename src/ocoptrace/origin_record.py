"""The origin record: one file that carries all that a verifier needs, save the trust.

>>> record = OriginRecord(about="https://id.gs1.org/01/09521234543213/10/L1",
...     bundle=BundleReference(3, bytes(32)), checkpoints=(), statements=())
>>> OriginRecord.parse(record.to_bytes()) == record
True
>>> OriginRecord.parse(b'{"format":"ocop-record/1"}')
Traceback (most recent call last):
ocoptrace.errors.RecordError: This is not an origin record: its members are others \
than about, bundle, checkpoints, format, statements. Choose a file that ends in .ocop, or \
ask its issuer for it again.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from ocoptrace import canonical_json
from ocoptrace.errors import InputError, OcopTraceError, RecordError
from ocoptrace.gs1 import parse_name
from ocoptrace.signing import Statement, base64url
from ocoptrace.signing.statement import SALT_BYTES
from ocoptrace.transparency import Checkpoint

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = [
    "FORMAT",
    "MAX_BYTES",
    "MAX_CHECKPOINTS",
    "MAX_PROOFS",
    "MAX_STATEMENTS",
    "MEDIA_TYPE",
    "BundleReference",
    "OriginRecord",
    "Proof",
    "RecordedStatement",
    "completeness_payload",
]

FORMAT: Final = "ocop-record/1"
MEDIA_TYPE: Final = "application/vnd.ocoptrace.record+json"
MAX_BYTES: Final = 16 * 2**20
MAX_STATEMENTS: Final = 10_000
MAX_CHECKPOINTS: Final = 1_000
MAX_PROOFS: Final = 8
_MAX_PATH = 63
_MEMBERS = {"format", "about", "bundle", "checkpoints", "statements"}
_STATEMENT = {"id", "cose", "proofs"}
_HEX32 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class BundleReference:
    """Which trust bundle was in force when the record was made: version and SHA-256."""

    version: int
    sha256: bytes


@dataclass(frozen=True, slots=True)
class Proof:
    """That a statement stands in a log: which checkpoint, which index, the audit path."""

    checkpoint: int
    index: int
    path: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class RecordedStatement:
    """A statement with what it states, unless that is withheld, and its proofs.

    Raises:
        RecordError: a payload without its salt or the other way, a payload that is no Unicode
            text, a salt of another length than 16 bytes, or more than ``MAX_PROOFS`` proofs.
    """

    statement: Statement
    payload: str | None
    salt: bytes | None
    proofs: tuple[Proof, ...]

    def __post_init__(self) -> None:
        if (self.payload is None) != (self.salt is None):
            raise RecordError("record.payload_without_salt")
        if self.salt is not None and len(self.salt) != SALT_BYTES:
            raise RecordError("record.bad_member", place="/salt")
        if len(self.proofs) > MAX_PROOFS:
            raise RecordError("record.bad_member", place="/proofs")
        try:
            (self.payload or "").encode()
        except UnicodeError as error:
            raise RecordError("json.not_unicode", place="/payload") from error

    def binds(self) -> bool:
        """Tell whether the payload shown is what was stated; true where it is withheld."""
        if self.payload is None or self.salt is None:
            return True
        return self.statement.binds(self.payload.encode(), self.salt)


@dataclass(frozen=True, slots=True)
class OriginRecord:
    """A well-formed record. Whether any of it holds is asked of ``verify_record``.

    Attributes:
        about: canonical name of the batch or item.
        bundle: the trust bundle in force when it was made.
        checkpoints: those that its proofs lead to.
        statements: sorted by (origin, index) of their first proof.
    """

    about: str
    bundle: BundleReference
    checkpoints: tuple[Checkpoint, ...]
    statements: tuple[RecordedStatement, ...]

    @classmethod
    def of(
        cls,
        about: str,
        bundle: BundleReference,
        checkpoints: Iterable[Checkpoint],
        statements: Iterable[RecordedStatement],
    ) -> OriginRecord:
        """Return a record with its statements in order.

        Raises:
            RecordError: more statements or checkpoints than a record may have.
        """
        kept = tuple(checkpoints)
        in_order = sorted(statements, key=lambda recorded: _position(recorded, kept))
        if len(kept) > MAX_CHECKPOINTS or len(in_order) > MAX_STATEMENTS:
            raise RecordError("record.too_many", statements=len(in_order), limit=MAX_STATEMENTS)
        return cls(about, bundle, kept, tuple(in_order))

    @classmethod
    def parse(cls, data: bytes) -> OriginRecord:
        """Return the record of a file.

        Raises:
            RecordError: anything but exactly the form of formats.md, section 9.
        """
        try:
            record = _record(canonical_json.loads(data, max_bytes=MAX_BYTES))
            written = record.to_bytes()
        except RecordError:
            raise
        except OcopTraceError as error:
            raise RecordError(error.code, place=error.place, **error.facts) from error
        if written != data:
            raise RecordError("record.not_canonical")
        return record

    def to_bytes(self) -> bytes:
        """Return the file: RFC 8785 JSON, the same bytes every time.

        Raises:
            RecordError: it would be larger than anybody reads.
        """
        data = canonical_json.dumps(
            {
                "format": FORMAT,
                "about": self.about,
                "bundle": {"version": self.bundle.version, "sha256": self.bundle.sha256.hex()},
                "checkpoints": [str(checkpoint) for checkpoint in self.checkpoints],
                "statements": [_statement_json(recorded) for recorded in self.statements],
            }
        )
        if len(data) > MAX_BYTES:
            raise RecordError("record.too_large", size=len(data), limit=MAX_BYTES)
        return data

    def redact(self, ids: Iterable[bytes]) -> OriginRecord:
        """Return the record with what some statements state withheld; all else stays.

        Args:
            ids: statement ids, 32 bytes each.

        Raises:
            RecordError: the record has no statement with such an id.
        """
        hidden = set(ids)
        unknown = hidden - {recorded.statement.id for recorded in self.statements}
        if unknown:
            raise RecordError("record.no_such_statement", id=min(unknown).hex())
        statements = (
            replace(each, payload=None, salt=None) if each.statement.id in hidden else each
            for each in self.statements
        )
        return replace(self, statements=tuple(statements))

    def payloads(self, kind: str) -> list[tuple[Statement, Any]]:
        """Return the statements of a kind whose payload is shown, with its JSON value.

        Raises:
            RecordError: a payload that is not JSON.
        """
        shown = []
        for recorded in self.statements:
            if recorded.statement.kind == kind and recorded.payload is not None:
                try:
                    shown.append((recorded.statement, canonical_json.loads(recorded.payload)))
                except InputError as error:
                    raise RecordError(error.code, **error.facts) from error
        return shown


def completeness_payload(
    about: str, bundle: BundleReference, statement_ids: Iterable[bytes], tree_size: int
) -> bytes:
    """Return what a ``record`` statement states: that a record holds all there is.

    Args:
        about: canonical name of the record's item.
        bundle: the bundle that the record names.
        statement_ids: ids of all other statements in the record.
        tree_size: entries of the log when the record was made.
    """
    return canonical_json.dumps(
        {
            "about": about,
            "bundle": {"version": bundle.version, "sha256": bundle.sha256.hex()},
            "size": tree_size,
            "statements": sorted(statement_id.hex() for statement_id in statement_ids),
        }
    )


def _position(
    recorded: RecordedStatement, checkpoints: tuple[Checkpoint, ...]
) -> tuple[str, int, bytes]:
    if not recorded.proofs:
        return "", 0, recorded.statement.id
    first = recorded.proofs[0]
    return checkpoints[first.checkpoint].origin, first.index, recorded.statement.id


def _statement_json(recorded: RecordedStatement) -> dict[str, Any]:
    members: dict[str, Any] = {
        "id": recorded.statement.id.hex(),
        "cose": base64url.encode(recorded.statement.cose),
        "proofs": [
            {
                "checkpoint": proof.checkpoint,
                "index": proof.index,
                "path": [base64url.encode(node) for node in proof.path],
            }
            for proof in recorded.proofs
        ],
    }
    if recorded.payload is not None and recorded.salt is not None:
        members |= {"payload": recorded.payload, "salt": base64url.encode(recorded.salt)}
    return members


def _record(value: Any) -> OriginRecord:
    if not isinstance(value, dict) or set(value) != _MEMBERS or value["format"] != FORMAT:
        raise RecordError("record.not_a_record", expected=", ".join(sorted(_MEMBERS)))
    match value["bundle"]:
        case {"version": int(version), "sha256": str(digest), **rest} if not rest:
            pass
        case _:
            raise RecordError("record.bad_member", place="/bundle")
    if isinstance(version, bool) or version < 1 or not _HEX32.fullmatch(digest):
        raise RecordError("record.bad_member", place="/bundle")
    about, notes, statements = value["about"], value["checkpoints"], value["statements"]
    if not isinstance(about, str) or parse_name(about).canonical() != about:
        raise RecordError("record.bad_member", place="/about")
    if not isinstance(notes, list) or len(notes) > MAX_CHECKPOINTS:
        raise RecordError("record.bad_member", place="/checkpoints")
    if not isinstance(statements, list) or len(statements) > MAX_STATEMENTS:
        raise RecordError("record.bad_member", place="/statements")
    checkpoints = tuple(_checkpoint(note, f"/checkpoints/{i}") for i, note in enumerate(notes))
    recorded = tuple(
        _statement(member, len(checkpoints), f"/statements/{i}")
        for i, member in enumerate(statements)
    )
    ids = [r.statement.id for r in recorded]
    positions = [_position(r, checkpoints) for r in recorded]
    if len(set(ids)) < len(ids) or positions != sorted(positions):
        raise RecordError("record.not_sorted", place="/statements")
    used = {proof.checkpoint for r in recorded for proof in r.proofs}
    if used != set(range(len(checkpoints))):
        raise RecordError("record.unused_checkpoint", place="/checkpoints")
    reference = BundleReference(version, bytes.fromhex(digest))
    return OriginRecord(about, reference, checkpoints, recorded)


def _checkpoint(note: object, place: str) -> Checkpoint:
    if not isinstance(note, str):
        raise RecordError("record.bad_member", place=place)
    try:
        return Checkpoint.parse(note)
    except OcopTraceError as error:
        raise RecordError(error.code, place=place, **error.facts) from error


def _statement(member: Any, checkpoints: int, place: str) -> RecordedStatement:
    if not isinstance(member, dict) or set(member) - {"payload", "salt"} != _STATEMENT:
        raise RecordError("record.bad_member", place=place)
    payload, salt64 = member.get("payload"), member.get("salt")
    if ("payload" in member) != ("salt" in member):
        raise RecordError("record.payload_without_salt", place=place)
    texts = (member["id"], member["cose"], payload or "", salt64 or "")
    shown_is_text = "payload" not in member or (
        isinstance(payload, str) and isinstance(salt64, str)
    )
    if not all(isinstance(text, str) for text in texts) or not shown_is_text:
        raise RecordError("record.bad_member", place=place)
    if not isinstance(member["proofs"], list):
        raise RecordError("record.bad_member", place=f"{place}/proofs")
    try:
        statement = Statement.decode(base64url.decode(member["cose"]))
        salt = None if salt64 is None else base64url.decode(salt64)
        proofs = tuple(
            _proof(proof, checkpoints, f"/proofs/{i}") for i, proof in enumerate(member["proofs"])
        )
        recorded = RecordedStatement(statement, payload, salt, proofs)
    except OcopTraceError as error:
        within = error.place if isinstance(error, RecordError) else ""
        raise RecordError(error.code, place=place + within, **error.facts) from error
    if statement.id.hex() != member["id"]:
        raise RecordError("record.wrong_id", place=f"{place}/id")
    return recorded


def _proof(member: Any, checkpoints: int, place: str) -> Proof:
    match member:
        case {"checkpoint": int(number), "index": int(index), "path": list(path), **rest} if (
            not rest
        ):
            pass
        case _:
            raise RecordError("record.bad_member", place=place)
    plain = not isinstance(number, bool) and not isinstance(index, bool)
    if not (plain and 0 <= number < checkpoints and index >= 0 and len(path) <= _MAX_PATH):
        raise RecordError("record.bad_member", place=place)
    if not all(isinstance(node, str) for node in path):
        raise RecordError("record.bad_member", place=f"{place}/path")
    return Proof(number, index, tuple(base64url.decode(node) for node in path))
