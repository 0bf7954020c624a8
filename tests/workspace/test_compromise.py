"""Somebody copies a producer's machine: its key, the log's, the witnesses'."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from clock import Clock
from ocoptrace.verify import verify_label, verify_record
from ocoptrace.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ocoptrace.verify import Verdict

STORY = Path(__file__).parents[2] / "examples" / "stories" / "shrimp-paste.json"


class Theft:
    """A workspace, its copy in a thief's hands, and what each of them did when.

    Attributes:
        ours, thiefs: the workspace and its copy.
        code, batch: the producer, and its batch from before the theft.
        before: a record from before the theft.
        sealed: a sealed label from before the theft.
        stolen: when the copy was made.
    """

    def __init__(self, ours: Workspace, clock: Clock) -> None:
        self.ours, self.clock = ours, clock
        self.batch = next(b.id for b in ours.batches() if "09524071" in b.id)
        self.code = ours.batch_owner(self.batch).id
        story = ours.read_story(STORY)
        ours.record(story.events, producer=self.code)
        self.before = ours.origin_record(self.batch).to_bytes()
        self.sealed = ours.label_run(self.batch, count=1, demo=True).contents[0].link
        clock.wait(hours=2)
        self.stolen = clock.now
        copy = ours.folder.with_name("copy")
        shutil.copytree(ours.folder, copy)
        self.thiefs_clock = Clock(clock.now)
        self.thiefs = Workspace.open(copy, clock=self.thiefs_clock)
        clock.wait(hours=2)

    def revoke(self, **options: object) -> None:
        self.ours.office.revoke(
            self.code,
            "compromised",
            **({"seen_before": self.stolen} | options),  # type: ignore[arg-type]
        )
        self.clock.wait(minutes=1)

    def verdict(self, record: bytes) -> Verdict:
        return verify_record(record, trust=self.ours.trust, now=self.clock())

    def label(self, link: str) -> Verdict:
        return verify_label(link, trust=self.ours.trust, now=self.clock())


def another_batch(lot: str) -> bytes:
    """Return the story with one batch more of what is sold."""
    story = json.loads(STORY.read_bytes())
    story["batches"].append(story["batches"][0] | {"lot": lot})
    return json.dumps(story).encode()


@pytest.fixture
def theft(commune: Workspace, clock: Clock) -> Iterator[Theft]:
    theft = Theft(commune, clock)
    yield theft
    theft.thiefs.close()


def reasons(verdict: Verdict, code: str) -> set[str]:
    return {check.reason for check in verdict.checks if check.code == code}


def test_what_the_office_had_seen_stays_good(theft: Theft) -> None:
    assert theft.verdict(theft.before).overall == "ok"
    theft.revoke()
    record = theft.ours.origin_record(theft.batch, state_complete=False).to_bytes()
    verdict = theft.verdict(record)
    assert verdict.overall == "ok", [c for c in verdict.checks if c.outcome != "pass"]


def test_a_producer_goes_on_with_its_next_key(theft: Theft) -> None:
    theft.revoke()
    theft.ours.office.rotate(theft.code)
    theft.clock.wait(minutes=1)
    verdict = theft.verdict(theft.ours.origin_record(theft.batch).to_bytes())
    assert verdict.overall == "ok", [c for c in verdict.checks if c.outcome != "pass"]
    link = theft.ours.label_run(theft.batch, count=1, demo=True).contents[0].link
    assert theft.label(link).overall == "ok_offline"


def test_what_was_said_after_the_checkpoint_is_revoked(theft: Theft) -> None:
    theft.ours.import_registry(another_batch("MT270101"))
    batch = next(b.id for b in theft.ours.batches() if b.id.endswith("/MT270101"))
    assert theft.verdict(theft.ours.origin_record(batch).to_bytes()).overall in {"ok", "warn"}
    theft.revoke()
    record = theft.ours.origin_record(batch, state_complete=False).to_bytes()
    assert theft.verdict(record).overall == "revoked"


@pytest.mark.parametrize("hours_back", [0, 1, 2])
def test_a_thief_with_all_keys_but_the_offices_gets_nothing_accepted(
    theft: Theft, hours_back: int
) -> None:
    # The thief's clock says what the thief likes; its log and witnesses sign what it likes.
    theft.thiefs_clock.wait(hours=-hours_back)
    theft.thiefs.import_registry(another_batch("GIA01"))
    forged = next(b.id for b in theft.thiefs.batches() if b.id.endswith("/GIA01"))
    records = [
        theft.thiefs.origin_record(forged).to_bytes(),
        theft.thiefs.origin_record(forged, state_complete=False).to_bytes(),
    ]
    link = theft.thiefs.label_run(forged, count=1, demo=True).contents[0].link
    # Until it is revoked, nobody can tell.
    assert theft.label(link).overall == "ok_offline"
    theft.clock.wait(days=1)
    theft.revoke()
    for record in records:
        assert theft.verdict(record).overall == "revoked"
    assert theft.label(link).overall == "revoked"


def test_seals_of_batches_that_were_known_warn_and_others_are_revoked(theft: Theft) -> None:
    link = theft.thiefs.label_run(theft.batch, count=1, demo=True).contents[0].link
    theft.revoke()
    for each in (theft.sealed, link):
        verdict = theft.label(each)
        # A thief's seal on a batch that was known cannot be told from the producer's.
        assert verdict.overall == "warn"
        assert "seal_key_lost_batch_known" in reasons(verdict, "revocation")


def test_batches_may_be_named(theft: Theft) -> None:
    theft.revoke(batches=[])
    assert theft.label(theft.sealed).overall == "revoked"


def test_without_a_checkpoint_nothing_stays_good(theft: Theft) -> None:
    theft.revoke(seen_before=None)
    assert theft.verdict(theft.before).overall == "revoked"
    assert theft.label(theft.sealed).overall == "revoked"


def test_a_key_that_was_lost_earlier_is_revoked_as_of_then(theft: Theft) -> None:
    theft.revoke(seen_before=theft.clock())
    record = theft.ours.origin_record(theft.batch, state_complete=False).to_bytes()
    assert theft.verdict(record).overall == "ok"
    theft.ours.office.revoke(
        theft.ours.trust.revocations[0].key, "compromised", checkpoint=earliest(theft.ours)
    )
    record = theft.ours.origin_record(theft.batch, state_complete=False).to_bytes()
    assert theft.verdict(record).overall == "revoked"


def earliest(ws: Workspace) -> str:
    """Return the first checkpoint that a log had."""
    return ws._setting.store.checkpoint_covering(0) or ""  # noqa: SLF001 - as the office kept it
