"""What is true only for a time: the bundle, the device's clock, grades and shelf lives."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from ocoptrace.origin_record import OriginRecord
from vectors.trust_cases.case import STANDARD, TRUST, bundle_file, record, short_record
from village import (
    A_DAY,
    BATCH,
    HOST,
    NEIGHBOUR,
    NOW,
    OFFICE,
    PRODUCT,
    WITNESSES,
    Village,
    log_entry,
    reference,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vectors.trust_cases.case import Case
    from village import Said

A_SECOND = timedelta(seconds=1)
A_MONTH = 30 * A_DAY
EXPIRY = TRUST.expires
TOO_OLD = EXPIRY + 90 * A_DAY
GRADE_ENDS = datetime(2029, 5, 17, 17, tzinfo=UTC)


def cases() -> Iterator[Case]:
    """Yield a bundle that ages, clocks, then days that end in Vietnam."""
    yield from ageing()
    yield from references()
    yield from clocks()
    yield from days()
    yield from newest_by_time()


def ageing() -> Iterator[Case]:
    expired, too_old = "bundle warn bundle_expired", "bundle fail bundle_too_old"
    ages: dict[str, tuple[str, datetime, int, tuple[str, ...]]] = {
        "month": ("A bundle of 30 days.", NOW + A_MONTH, 30, ("ok",)),
        "over-month": ("A second more.", NOW + A_MONTH + A_SECOND, 30, ("ok_offline",)),
        "patient": ("The same, where 60 days are allowed.", NOW + A_MONTH + A_SECOND, 60, ("ok",)),
        "impatient": ("A day where no day is allowed.", NOW + A_DAY, 0, ("ok_offline",)),
        "at-issue": ("No day allowed, and none passed.", NOW, 0, ("ok",)),
        "last-second": ("Its last second.", EXPIRY - A_SECOND, 30, ("ok_offline",)),
        "expired": ("It has expired.", EXPIRY, 30, ("warn", expired)),
        "expired-patient": ("It has expired, whatever is allowed.", EXPIRY, 999, ("warn", expired)),
        "grace-ends": (
            "The last second in which it counts.",
            TOO_OLD - A_SECOND,
            30,
            ("warn", expired),
        ),
        "too-old": ("90 days past its expiry.", TOO_OLD, 30, ("unproven", too_old)),
    }
    for name, (says, now, allowed, found) in ages.items():
        options = {"now": now, "max_bundle_age_days": allowed}
        yield record(f"bundle-{name}", says, STANDARD, *found, **options)


def references() -> Iterator[Case]:
    newer = bundle_file(2).to_bytes()
    says = "The bundle is newer than the one that the record names."
    yield record("bundle-newer", says, STANDARD, "ok", bundle=newer)
    differs = "+bundle fail bundle_differs"
    says = "The bundle has the version that the record names, and says something else."
    other = bundle_file(namespaces=(HOST, "other.example")).to_bytes()
    yield record("bundle-differs", says, STANDARD, "unproven", differs, bundle=other)
    village = Village()
    made = TRUST.model_copy(update={"version": 2})
    given = village.record([village.state_batch()], made)
    says = "The record names a newer bundle than the verifier has."
    yield short_record("bundle-behind", says, given, "warn", "+bundle warn bundle_behind")


def clocks() -> Iterator[Case]:
    behind = "clock warn clock_behind"
    says = "The device's clock is a second behind the bundle."
    yield record("clock-second", says, STANDARD, "warn", behind, now=NOW - A_SECOND)
    says = "The device's clock stands at 1970."
    yield record("clock-1970", says, STANDARD, "warn", behind, now=datetime(1970, 1, 1, tzinfo=UTC))
    says = "Witnesses signed an hour after what the device's clock shows."
    given = seen_at(NOW + timedelta(hours=1))
    yield short_record("clock-witnesses", says, given, "warn", behind)
    says = "Witnesses signed after the bundle had expired: their time counts."
    given = seen_at(EXPIRY)
    found = (behind, "bundle warn bundle_expired")
    yield short_record("clock-witnesses-expired", says, given, "warn", *found)
    says = "The newest of two witnesses' times counts, where one would be enough."
    village = Village()
    batch = village.state_batch()
    lone = village.checkpoint(witnesses=WITNESSES[:1])
    later = WITNESSES[1].signature(lone.note.text, time=int(EXPIRY.timestamp()))
    given = village.record([batch], TRUST, checkpoint=lone.with_signatures(later))
    one = bundle_file(2, logs=(log_entry(quorum=1),)).to_bytes()
    yield short_record("clock-newest-witness", says, given, "warn", *found, bundle=one)


def seen_at(moment: datetime) -> OriginRecord:
    village = Village()
    batch = village.state_batch()
    return village.record([batch], TRUST, checkpoint=village.checkpoint(at=moment))


def days() -> Iterator[Case]:
    midnight = datetime(2026, 12, 1, 17, tzinfo=UTC)
    village = Village()
    batch = village.state_batch(expiryDate="2026-12-01")
    given = village.record([batch], TRUST)
    says = "The last second in Vietnam of the day on which a batch is best before."
    yield short_record("shelf-life-last-second", says, given, "ok", now=midnight - A_SECOND)
    says = "A second later it is the next day in Vietnam, though not in UTC."
    over = ("warn", "shelf_life warn expired")
    yield short_record("shelf-life-over", says, given, *over, now=midnight)
    village = Village()
    batch = village.state_batch(expiryDate="2999-12-31")
    says = "A batch that outlives every bundle."
    yield short_record("shelf-life-long", says, village.record([batch], TRUST), "ok")
    village = Village()
    told = [village.state_batch(), village.state_grade(validTo="2026-12-01")]
    given = village.record(told, TRUST)
    says = "The last second in Vietnam of a grade."
    yield short_record(
        "grade-last-second", says, given, "ok", "grade pass", now=midnight - A_SECOND
    )
    says = "A second later the grade is over."
    yield short_record("grade-over", says, given, "warn", "grade warn expired", now=midnight)
    renewed = village.state_grade(
        validFrom="2026-11-01", validTo="2029-10-31", decisionNo="DEMO-0102"
    )
    given = village.record([*told, renewed], TRUST)
    says = "The grade is over, and a newer decision has renewed it."
    yield short_record("grade-renewed", says, given, "ok", "grade pass", now=midnight)
    village = Village()
    told = [village.state_batch(), village.state_grade(validFrom="2026-12-02")]
    given = village.record(told, TRUST)
    says = "A grade that is not yet in force."
    yield short_record("grade-not-yet", says, given, "warn", "grade warn expired")
    village = Village()
    told = [village.state_batch(), village.state_grade(stars=6)]
    given = village.record(told, TRUST)
    says = "A grade of six stars, which there are not."
    found = ("malformed", "format fail payload")
    yield short_record("grade-unreadable", says, given, *found)


def newest() -> Iterator[Case]:
    """Yield what was stated twice: of batches the newest counts, of grades one in force."""
    over, fresh = "2026-11-22", "2027-11-22"
    expired = ("warn", "shelf_life warn expired")
    batches = {"extended": (over, fresh, ("ok",)), "shortened": (fresh, over, expired)}
    for name, (first, second, found) in batches.items():
        village = Village()
        told = [village.state_batch(expiryDate=day) for day in (first, second)]
        told.append(village.state_event())
        says = f"The shelf life was {name} by a second statement of the batch."
        yield short_record(f"batch-{name}", says, village.record(told, TRUST), *found)
    village = Village()
    told = [village.state_batch(expiryDate=fresh)]
    told += [village.state_batch(expiryDate=over, by=NEIGHBOUR), village.state_event()]
    says = "The neighbour states a batch of the producer's with another day: that day is not told."
    changes = ("not_entitled", "entitlement fail name")
    yield short_record("batch-by-other", says, village.record(told, TRUST), *changes)
    grades = {
        "over-then-new": (over, "2029-05-17", ("ok", "grade pass")),
        "new-then-over": ("2029-05-17", over, ("ok", "grade pass")),
        "all-over": ("2026-11-21", over, ("warn", "grade warn expired")),
    }
    for name, (first, second, found) in grades.items():
        village = Village()
        told = [village.state_batch(), village.state_event()]
        told += [village.state_grade(validTo=day) for day in (first, second)]
        says = f"Two grades, until {first} and until {second}."
        yield short_record(f"grades-{name}", says, village.record(told, TRUST), *found)


def newest_by_time() -> Iterator[Case]:
    """Yield several batches and grades: the newest by log time counts, else by its own date."""
    village = Village()
    event = village.state_event()
    before = NOW - 2 * A_DAY
    old = village.state_batch(at=before)
    old_grade = stated_at(village, before, validTo="2026-11-22")
    early = village.checkpoint(at=before)
    new = village.state_batch(expiryDate="2026-11-22")
    new_grade = village.state_grade()
    late = village.checkpoint()
    recorded = [
        # Its later proof stands first, as whoever makes a record may choose.
        replace(
            each.recorded(village.proof(each.index)),
            proofs=(
                village.proof(each.index),
                village.proof(each.index, early.size, checkpoint=1),
            ),
        )
        for each in (old, old_grade)
    ]
    recorded += [each.recorded(village.proof(each.index)) for each in (event, new, new_grade)]
    given = OriginRecord.of(BATCH, reference(TRUST), [late, early], recorded)
    over = "shelf_life warn expired"
    says = "Two batches: what the newer says counts, whichever proof of the older stands first."
    yield short_record("newest-by-log-time", says, given, "warn", over, "grade pass")
    village = Village()
    told = [village.state_batch(at=NOW), village.state_event()]
    told.append(village.state_batch(at=NOW - A_DAY, expiryDate="2026-11-22"))
    bare = village.checkpoint(witnesses=())
    given = village.record(told, TRUST, checkpoint=bare)
    says = "Without witnesses the newer date counts, though the older batch was logged behind it."
    unseen = ("unproven", "witnessed fail")
    yield short_record("newest-by-claim", says, given, *unseen)
    says = "The same seen by witnesses: of one log time, what stands last in the log counts."
    given = village.record(told, TRUST)
    yield short_record("newest-last-in-log", says, given, "warn", over)
    says = "The neighbour states a later batch of the producer's, with another day: it is not told."
    village = Village()
    told = [village.state_batch(), village.state_event()]
    told.append(village.state_batch(expiryDate="2026-11-22", by=NEIGHBOUR))
    changes = ("not_entitled", "entitlement fail name")
    yield short_record("newest-not-by-other", says, village.record(told, TRUST), *changes)
    says = "The newest grade is over, and an older one is in force."
    village = Village()
    told = [village.state_batch(), village.state_event()]
    told += [village.state_grade(), village.state_grade(validTo="2026-11-22")]
    given = village.record(told, TRUST)
    yield short_record("newest-grade-over", says, given, "ok", "grade pass")


def stated_at(village: Village, moment: datetime, **members: Any) -> Said:
    """Return a grade that the office stated at a time."""
    grade = json.loads(Village().state_grade().payload) | members
    return village.state("grade", grade, subject=PRODUCT, by=OFFICE, at=moment)
