"""What a case is, and how what is expected of it is written down.

What is expected is written by people, as what differs from a case in which all is well. Nothing
here asks the code under test what it would say.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ocoptrace.origin_record import OriginRecord
from village import BATCH, ITEM, NOW, Village, bundle_file, publish, root_file

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

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

Check = tuple[str, str, str]


@dataclass(frozen=True, kw_only=True)
class Case:
    """One case: what is given, and what is expected.

    Attributes:
        id: its name among all cases.
        says: what it is about.
        expect: what a verifier has to find.
        root, bundle: the files of the pinned root and of the trust bundle; the bundle is None
            where only the root is loaded.
        record: the file of a record, where one is checked.
        label: the text of a label, where one is checked.
        signed_form: what the seal of the label was to be made over.
        now: the time given.
        max_bundle_age_days: the policy.
        previous_version: the newest bundle seen before.
    """

    id: str
    says: str
    expect: dict[str, Any]
    root: bytes = ROOT_FILE
    bundle: bytes | None = BUNDLE_FILE
    record: bytes | None = None
    label: str | None = None
    signed_form: str | None = None
    now: datetime = NOW
    max_bundle_age_days: int = 30
    previous_version: int | None = None


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


def malformed(
    name: str, says: str, error: str, *, record: bytes | None = None, label: str | None = None
) -> Case:
    """Return the case of a record or label that cannot be read."""
    expect = {
        "about": "",
        "overall": "malformed",
        "checks": [("format", "fail", "")],
        "error": error,
    }
    return Case(id=name, says=says, expect=expect, record=record, label=label)


def accepted(name: str, says: str, *, version: int = 1, **options: Any) -> Case:
    """Return the case of a root or bundle that is to be loaded."""
    return Case(id=name, says=says, expect={"accepted": True, "version": version}, **options)


def refused(name: str, says: str, error: str, **options: Any) -> Case:
    """Return the case of a root or bundle that is to be refused."""
    return Case(id=name, says=says, expect={"accepted": False, "error": error}, **options)


def standard_record() -> bytes:
    """Return the record most cases go back to: a batch, an event, a grade, and that this is all."""
    village = Village()
    told = [village.state_batch(), village.state_event(), village.state_grade()]
    told.append(village.state_complete(told, TRUST))
    return village.record(told, TRUST).to_bytes()


STANDARD = standard_record()
