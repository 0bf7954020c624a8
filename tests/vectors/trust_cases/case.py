"""What a case is, and how what is expected of it is written down.

What is expected is written by people, as what differs from a case in which all is well. Nothing
here asks the code under test what it would say.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ocoptrace.origin_record import OriginRecord
from ocoptrace.signing import base64url
from village import BATCH, ITEM, NOW, Village, bundle_file, publish, root_file

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from ocoptrace.transparency import ConsistencyProof, LogProof
    from village import Said

ROOT_FILE = root_file().to_bytes()
BUNDLE_FILE = bundle_file().to_bytes()
TRUST = publish()

GOOD_RECORD = (
    "format pass",
    "bundle pass",
    "content pass",
    "issuer pass",
    "signature pass",
    "entitlement pass",
    "revocation pass",
    "logged pass",
    "proof pass",
    "witnessed pass",
    "about pass",
    "complete pass",
    "grade pass",
    "shelf_life pass",
)
"""The checks of a record of a graded batch that says of itself that it is complete."""

GOOD_LABEL = (
    "format pass",
    "bundle pass",
    "issuer pass known",
    "signature pass seal",
    "entitlement pass seal",
    "revocation pass seal",
    "level pass item",
)
"""The checks of a sealed label of an item."""

GOOD_STATEMENT = (
    "format pass",
    "bundle pass",
    "content pass",
    "issuer pass",
    "signature pass",
    "entitlement pass",
    "revocation pass",
    "logged pass",
    "proof pass",
    "witnessed pass",
)
"""The checks of a statement that is shown, logged and witnessed."""

NO_KEY = (
    "unknown_issuer",
    "issuer fail",
    *(f"{code} unknown no_key" for code in ("signature", "entitlement", "revocation")),
)
"""A statement whose key is not listed: nothing can be said of what a key decides."""

Check = tuple[str, str, str]


@dataclass(frozen=True, kw_only=True)
class Case:
    """One case: what is given, and what is expected.

    Attributes:
        id: its name among all cases.
        says: what it is about.
        expect: what a verifier has to find.
        root, bundle: the files of the pinned root and of the trust bundle; None where they are
            not asked for.
        next_root: the file of a root that is to follow the pinned one.
        request: the file of a registration request.
        record: the file of a record, where one is checked.
        statement: a statement by itself, as JSON members.
        consistency: proofs that tie checkpoints, as JSON members.
        label: the text of a label, where one is checked.
        signed_form: what the seal of the label was to be made over.
        now: the time given.
        max_bundle_age_days: the policy.
        previous_version, previous_sha256, previous_root_version: of the newest bundle seen
            before.
    """

    id: str
    says: str
    expect: dict[str, Any]
    root: bytes | None = ROOT_FILE
    bundle: bytes | None = BUNDLE_FILE
    next_root: bytes | None = None
    request: bytes | None = None
    record: bytes | None = None
    statement: dict[str, Any] | None = None
    consistency: tuple[dict[str, Any], ...] = ()
    label: str | None = None
    signed_form: str | None = None
    now: datetime = NOW
    max_bundle_age_days: int = 30
    previous_version: int | None = None
    previous_sha256: bytes | None = None
    previous_root_version: int | None = None


def checks(good: Iterable[str], changes: Iterable[str]) -> list[Check]:
    """Return the checks of a good case with some changed.

    Args:
        good: ``code outcome reason`` of each.
        changes: ``code outcome reason`` in the place of what has this code; with ``+`` before
            it, beside that; ``-code`` takes it away.
    """
    found = list(good)
    for change in changes:
        code = change.split()[0].lstrip("+-")
        if not change.startswith("+"):
            found = [each for each in found if each.split()[0] != code]
        if not change.startswith("-"):
            found.append(change.removeprefix("+"))
    parted = [(*each.split(), "")[:3] for each in found]
    return sorted((code, outcome, reason) for code, outcome, reason in parted)


def record(
    name: str,
    says: str,
    given: OriginRecord | bytes,
    overall: str,
    *changes: str,
    about: str = BATCH,
    **options: Any,
) -> Case:
    """Return the case of a record that can be read.

    Where it has no event, and nothing else is said of its subject, that is noted: the word
    given is the one that it had with an event.
    """
    data = given.to_bytes() if isinstance(given, OriginRecord) else given
    if not has_event(data) and not any(change.split()[0] == "about" for change in changes):
        changes = (*changes, "about warn no_events")
        overall = "warn" if overall in {"ok", "ok_offline"} else overall
    expect = {"about": about, "overall": overall, "checks": checks(GOOD_RECORD, changes)}
    return Case(id=name, says=says, expect=expect, record=data, **options)


def has_event(data: bytes) -> bool:
    """Tell whether a record has an event, shown or withheld; one that has none is noted."""
    return any(said.statement.kind == "event" for said in OriginRecord.parse(data).statements)


def short_record(name: str, says: str, given: Any, overall: str, *changes: str, **o: Any) -> Case:
    """Return the case of a record without a grade and without a list of everything."""
    return record(name, says, given, overall, "complete unknown", "-grade", *changes, **o)


def statement(
    name: str,
    says: str,
    given: dict[str, Any],
    overall: str,
    *changes: str,
    about: str = BATCH,
    **options: Any,
) -> Case:
    """Return the case of a statement by itself."""
    expect = {"about": about, "overall": overall, "checks": checks(GOOD_STATEMENT, changes)}
    return Case(id=name, says=says, expect=expect, statement=given, **options)


def alone(said: Said, *proofs: LogProof, is_withheld: bool = False) -> dict[str, Any]:
    """Return a statement by itself, as the JSON members of a case."""
    members: dict[str, Any] = {
        "cose": base64url.encode(said.statement.cose),
        "proofs": [
            {
                "checkpoint": str(proof.checkpoint),
                "index": proof.index,
                "path": [base64url.encode(node) for node in proof.path],
            }
            for proof in proofs
        ],
    }
    if not is_withheld:
        members |= {"payload": said.payload, "salt": base64url.encode(said.salt)}
    return members


def tie(proof: ConsistencyProof, **changes: Any) -> dict[str, Any]:
    """Return a consistency proof as the JSON members of a case."""
    members = {
        "origin": proof.origin,
        "first_size": proof.first_size,
        "first_root": proof.first_root.hex(),
        "second_size": proof.second_size,
        "second_root": proof.second_root.hex(),
        "path": [base64url.encode(node) for node in proof.path],
    }
    return members | changes


def label(
    name: str,
    says: str,
    text: str,
    overall: str,
    *changes: str,
    about: str = ITEM,
    signed_form: str | None = None,
    **options: Any,
) -> Case:
    """Return the case of a label that can be read."""
    expect = {"about": about, "overall": overall, "checks": checks(GOOD_LABEL, changes)}
    form = about if signed_form is None else signed_form
    return Case(id=name, says=says, expect=expect, label=text, signed_form=form, **options)


def malformed(name: str, says: str, error: str, **given: Any) -> Case:
    """Return the case of a record, label or statement that cannot be read."""
    expect = {
        "about": "",
        "overall": "malformed",
        "checks": [("format", "fail", "")],
        "error": error,
    }
    return Case(id=name, says=says, expect=expect, **given)


def accepted(name: str, says: str, *, version: int = 1, **options: Any) -> Case:
    """Return the case of a root or bundle that is to be loaded."""
    return Case(id=name, says=says, expect={"accepted": True, "version": version}, **options)


def refused(
    name: str, says: str, error: str, *, rule: str = "", place: str = "", **options: Any
) -> Case:
    """Return the case of a file that is to be refused.

    Args:
        name: of the case.
        says: what is wrong.
        error: code of what is refused.
        rule: code of the rule that is broken inside, where there is one.
        place: JSON pointer to what breaks it.
        **options: what is given.
    """
    more = {"rule": rule, "place": place}
    expect = {"accepted": False, "error": error} | {k: v for k, v in more.items() if v}
    return Case(id=name, says=says, expect=expect, **options)


def standard_record() -> bytes:
    """Return the record most cases go back to: a batch, an event, a grade, and that this is all."""
    village = Village()
    told = [village.state_batch(), village.state_event(), village.state_grade()]
    told.append(village.state_complete(told, TRUST))
    return village.record(told, TRUST).to_bytes()


STANDARD = standard_record()
