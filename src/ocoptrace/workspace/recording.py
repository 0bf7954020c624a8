"""Recording: what a producer states is checked, said once, logged, and found again.

An event that was recorded before is not recorded a second time, whatever it has come to be
based on since. A new one that takes up goods which somebody else stated says what was known
of them here (``ocop:basedOn``).
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from ocoptrace import canonical_json
from ocoptrace.epcis import canonical_event, check_event, made_event_id, parse_event
from ocoptrace.epcis.vocabulary import PREFIX, VOCABULARY
from ocoptrace.errors import EpcisError
from ocoptrace.signing import sign_statement
from ocoptrace.verify.lineage import Step
from ocoptrace.verify.payload import BASED_ON, MAX_BASED_ON
from ocoptrace.workspace.lineage import index, seen_of_others

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from ocoptrace.epcis import Event
    from ocoptrace.findings import Finding
    from ocoptrace.signing import Signer, Statement
    from ocoptrace.signing.statement import Kind
    from ocoptrace.store import SqliteStore
    from ocoptrace.workspace.setting import Setting, Speaker

__all__ = ["keep", "record", "state_once"]

_SECRET_BYTES = 32
_ID_DIGITS = frozenset("0123456789abcdef")


def keep(store: SqliteStore, statement: Statement, payload: bytes, salt: bytes) -> int:
    """Keep a new statement, append it to the log, and return its position.

    Call it inside ``store.writing()``. Events are kept by ``record``.
    """
    position = store.append(statement, payload, salt, hashlib.sha256(payload).digest())
    index(store, statement, payload, None)
    return position


def state_once(
    store: SqliteStore,
    kind: Kind,
    payload: bytes,
    *,
    issuer: str,
    subject: str,
    signer: Signer,
    now: datetime,
) -> bytes:
    """Return the id of the statement that says this, which is made if nothing says it yet.

    The same issuer says the same thing once: (iss, kind, SHA-256 of the canonical bytes).
    Call it inside ``store.writing()``.
    """
    known = store.find_content(issuer, kind, hashlib.sha256(payload).digest())
    if known is not None:
        return known
    statement, salt = sign_statement(
        kind, payload, issuer=issuer, subject=subject, signer=signer, now=now
    )
    keep(store, statement, payload, salt)
    return statement.id


def record(
    setting: Setting, speaker: Speaker, events: Sequence[Event], *, now: datetime
) -> list[bytes]:
    """Check, sign, log and keep all of some events, or none; see ``Workspace.record``."""
    _check(events, now=now)
    steps = [Step.of(event, issuer=speaker.issuer) for event in events]
    for position, step in enumerate(steps):
        place = f"/{position}"
        speaker.check_entitled("event", step.created, at=now, error=EpcisError, place=place)
        _check_based_on(step.event, place=place)
    with setting.store.writing():
        secret = _secret(setting.store)
        return [_Recording.of(step, secret).keep(setting.store, speaker, now=now) for step in steps]


def _check(events: Sequence[Event], *, now: datetime) -> None:
    findings: list[Finding] = []
    for position, event in enumerate(events):
        found = check_event(event, now=now)
        findings += [replace(f, place=f"/{position}{f.place}") for f in found]
    errors = [finding for finding in findings if finding.severity == "error"]
    if errors:
        first = errors[0]
        raise EpcisError(first.code, place=first.place, findings=findings, **first.facts)


def _check_based_on(event: Event, *, place: str) -> None:
    """Refuse a list that verifiers would not read."""
    match event.extensions.get(BASED_ON):
        case None:
            return
        case list(ids) if (
            0 < len(ids) <= MAX_BASED_ON
            and all(isinstance(i, str) and len(i) == 64 and _ID_DIGITS.issuperset(i) for i in ids)  # noqa: PLR2004 - SHA-256
            and ids == sorted(set(ids))
        ):
            return
    raise EpcisError("workspace.based_on", place=f"{place}/{BASED_ON}", limit=MAX_BASED_ON)


def _secret(store: SqliteStore) -> bytes:
    """Return what eventIDs are made with here; made when it is first needed, and then kept."""
    kept = store.meta("event_id_secret")
    if kept is None:
        kept = secrets.token_hex(_SECRET_BYTES)
        store.set_meta("event_id_secret", kept)
    return bytes.fromhex(kept)


@dataclass(frozen=True)
class _Recording:
    """An event on its way into the log.

    Attributes:
        step: the event as it was given, and what it touches.
        members: its canonical form, with an eventID, without what it is based on.
        content: the bytes of that form: the same event again has the same.
    """

    step: Step
    members: dict[str, Any]
    content: bytes

    @classmethod
    def of(cls, step: Step, secret: bytes) -> _Recording:
        event = step.event
        if BASED_ON in event.extensions:
            told = {name: value for name, value in event.to_json().items() if name != BASED_ON}
            event = parse_event(told, context=event.context)
        members = canonical_event(event)
        content = canonical_json.dumps(members)
        if event.event_id is None:
            members["eventID"] = made_event_id(content, secret)
            content = canonical_json.dumps(members)
        return cls(step, members, content)

    def keep(self, store: SqliteStore, speaker: Speaker, *, now: datetime) -> bytes:
        """Return the id of the statement that records the event, now or before."""
        content_hash = hashlib.sha256(self.content).digest()
        known = store.find_content(speaker.issuer, "event", content_hash)
        if known is not None:
            return known
        event_id = self.members["eventID"]
        self._check_event_id(store, event_id)
        payload = self._payload(store)
        statement, salt = sign_statement(
            "event",
            payload,
            issuer=speaker.issuer,
            subject=event_id,
            signer=speaker.signer,
            now=now,
        )
        store.append(statement, payload, salt, content_hash)
        index(store, statement, payload, self.step)
        return statement.id

    def _check_event_id(self, store: SqliteStore, event_id: str) -> None:
        declares_error = self.step.event.error_declaration is not None
        own = store.event_statement(event_id, issuer=self.step.issuer)
        if own is not None and not declares_error:
            kept = store.statement(own)
            if kept is not None and kept.is_erased:
                raise EpcisError("workspace.event_erased", event_id=event_id)
            raise EpcisError("workspace.event_id_conflict", event_id=event_id)
        if declares_error and own is None and store.event_statement(event_id) is not None:
            raise EpcisError("workspace.not_original_issuer", event_id=event_id)

    def _payload(self, store: SqliteStore) -> bytes:
        seen = self.step.event.extensions.get(BASED_ON)
        if seen is None and self.step.event.error_declaration is None:
            seen = seen_of_others(store, self.step, limit=MAX_BASED_ON)
        if not seen:
            return self.content
        context, ours, prefixes = self.members["@context"]
        prefixes = dict(sorted((prefixes | {PREFIX: VOCABULARY}).items()))
        return canonical_json.dumps(
            self.members | {"@context": [context, ours, prefixes], BASED_ON: [*seen]}
        )
