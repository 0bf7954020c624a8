"""What a record is about, and whether its issuer states that it is all there is."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ocoptrace import canonical_json
from ocoptrace.origin_record import OriginRecord, completeness_payload
from vectors.trust_cases.case import (
    NO_KEY,
    STANDARD,
    TRUST,
    bundle_file,
    publish,
    record,
    short_record,
)
from village import (
    BATCH,
    FOREIGN_BATCH,
    ITEM,
    NEIGHBOUR,
    PRODUCT,
    STRANGER,
    Village,
    reference,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vectors.trust_cases.case import Case

INCOMPLETE = ("altered", "complete fail", "-grade")
NEIGHBOURS = "entitlement fail name"
OTHER_ITEM = f"{BATCH}/21/0123456789BA"


def cases() -> Iterator[Case]:
    """Yield lists of everything, then records about this and that."""
    yield from lists()
    yield from lists_edited()
    yield from sizes()
    yield from abouts()
    yield from serials()


def lists() -> Iterator[Case]:
    village = Village()
    told = [village.state_batch(), village.state_event()]
    everything = village.state_complete(told, TRUST)
    later = village.state_event()
    given = village.record([*told, everything], TRUST)
    yield record("complete", "The issuer lists all that is shown.", given, "ok", "-grade")
    says = "The event that the list names was taken out."
    given = village.record([told[0], everything], TRUST)
    yield record("complete-missing", says, given, *INCOMPLETE)
    says = "An event was added that the list does not name."
    given = village.record([*told, later, everything], TRUST)
    yield record("complete-extra", says, given, *INCOMPLETE)
    says = "One event was put in the place of another."
    given = village.record([told[0], later, everything], TRUST)
    yield record("complete-exchanged", says, given, *INCOMPLETE)
    again = village.state_complete([*told, later], TRUST)
    says = "An older list and a newer one, and the newer names all."
    given = village.record([*told, later, everything, again], TRUST)
    yield record("complete-two-lists", says, given, "ok", "-grade")
    says = "No list: nothing is said about completeness."
    yield short_record("complete-unknown", says, village.record(told, TRUST), "ok")
    foreign = village.state_complete(told, TRUST, by=NEIGHBOUR)
    says = "The neighbour lists all that is shown: that is not the neighbour's to say."
    given = village.record([*told, foreign], TRUST)
    yield short_record("complete-by-other", says, given, "ok")
    wrong = village.state_complete(told[:1], TRUST, by=NEIGHBOUR)
    says = "The neighbour lists something else: that changes nothing."
    given = village.record([*told, wrong], TRUST)
    yield short_record("complete-by-other-wrong", says, given, "ok")
    stranger = village.state_complete(told, TRUST, by=STRANGER)
    says = "A key that nobody knows lists all that is shown."
    given = village.record([*told, stranger], TRUST)
    yield short_record("complete-by-stranger", says, given, *NO_KEY)


def serials() -> Iterator[Case]:
    """Yield records that tell of serials issued for the batch."""
    village = Village()
    told = [village.state_batch(), village.state_event(), village.state_issuance()]
    everything = village.state_complete(told, TRUST)
    says = "Serials were issued for the batch."
    given = village.record([*told, everything], TRUST)
    yield record("serials", says, given, "ok", "-grade")
    says = "Serials were issued for the batch, of which nothing else is said."
    given = village.record([told[1], told[2]], TRUST)
    nothing = ("unproven", "about fail nothing_signed", "-shelf_life")
    yield short_record("serials-alone", says, given, *nothing)
    village = Village()
    told = [village.state_batch(), village.state_event()]
    theirs = village.state_issuance(by=NEIGHBOUR)
    says = "A neighbour says that it issued serials for the batch."
    given = village.record([*told, theirs], TRUST)
    yield short_record("serials-by-neighbour", says, given, "not_entitled", NEIGHBOURS)
    everything = village.state_complete([*told, theirs], TRUST, by=NEIGHBOUR)
    says = "The neighbour lists everything as well: it does not own the batch for that."
    given = village.record([*told, theirs, everything], TRUST)
    yield short_record("serials-neighbours-list", says, given, "not_entitled", NEIGHBOURS)


def lists_edited() -> Iterator[Case]:
    whole = OriginRecord.parse(STANDARD)
    says = "The record was made under bundle 1; it names bundle 2 for it, and the list does not."
    second, third = publish(2), bundle_file(3).to_bytes()
    other_bundle = replace(whole, bundle=reference(second))
    changed = ("altered", "complete fail")
    yield record("complete-other-bundle", says, other_bundle, *changed, bundle=third)
    says = "A record of an item whose list is about that item."
    village = Village()
    told = [village.state_batch(), village.state_event()]
    about_item = village.record(
        [*told, village.state_complete(told, TRUST, about=ITEM)], TRUST, about=ITEM
    )
    yield record("complete-item", says, about_item, "ok", "-grade", about=ITEM)
    says = "The same file, said to be about another item."
    given = replace(about_item, about=OTHER_ITEM)
    changes = (*INCOMPLETE, "about warn item_not_named")
    yield record("complete-other-item", says, given, *changes, about=OTHER_ITEM)
    says = "The record of a batch, said to be about an item of it."
    changes = ("altered", "complete fail", "about warn item_not_named")
    yield record("complete-item-of-batch", says, replace(whole, about=ITEM), *changes, about=ITEM)
    payload = json.loads(village.state_complete(told, TRUST).payload)
    others: dict[str, tuple[str, Any]] = {
        "unsorted": (
            "ids that are not sorted",
            payload | {"statements": payload["statements"][::-1]},
        ),
        "id-twice": (
            "an id twice",
            payload | {"statements": payload["statements"] + payload["statements"][-1:]},
        ),
        "member": ("a member too many", payload | {"note": ""}),
        "no-size": (
            "no size",
            {name: value for name, value in payload.items() if name != "size"},
        ),
        "array": ("an array around it", [payload]),
        "about-other": (
            "another batch inside than in its header",
            payload | {"about": FOREIGN_BATCH},
        ),
        "not-canonical": ("spaces between its members", json.dumps(payload).encode()),
    }
    for name, (what, value) in others.items():
        data = value if isinstance(value, bytes) else canonical_json.dumps(value)
        village = Village()
        told = [village.state_batch(), village.state_event()]
        listed = village.state("record", data, subject=BATCH)
        given = village.record([*told, listed], TRUST)
        is_text = name == "not-canonical"
        overall, *changes = ("malformed", "format fail payload") if is_text else ("altered",)
        changes += INCOMPLETE[1:]
        yield record(f"complete-{name}", f"The list has {what}.", given, overall, *changes)
    village = Village()
    told = [village.state_batch(), village.state("record", b"everything", subject=BATCH)]
    given = village.record(told, TRUST)
    changes = ("malformed", "format fail payload", *INCOMPLETE[1:])
    yield record("complete-not-json", "The list is no JSON.", given, *changes)


def sizes() -> Iterator[Case]:
    """Yield lists with sizes that their log can have had, and with others.

    The batch and the event are entries 2 and 3, and the list is entry 4, or 6.
    """
    found: dict[str, tuple[str, int, Any, bool]] = {
        "size": ("The size that the log had.", 0, 4, True),
        "size-grown": ("The log grew by two entries before the list was logged.", 2, 4, True),
        "size-between": ("A size between the last that is listed and the list.", 2, 5, True),
        "size-at-list": ("The size at which the list itself comes next.", 2, 6, True),
        "size-too-small": ("A size in which the event is not yet.", 0, 3, False),
        "size-too-large": ("A size in which the list already is.", 0, 5, False),
        "size-0": ("Size 0.", 0, 0, False),
        "size-negative": ("Size -1.", 0, -1, False),
        "size-fraction": ("A size of four and a half.", 0, 4.5, False),
        "size-text": ("A size that is a text.", 0, "4", False),
        "size-true": ("A size that is true.", 0, True, False),
        "size-null": ("A size that is null.", 0, None, False),
    }
    for name, (says, others, size, holds) in found.items():
        village = Village()
        told = [village.state_batch(), village.state_event()]
        for number in range(others):
            village.append(b"entry %d, of someone else" % number)
        ids = [each.statement.id for each in told]
        payload = canonical_json.loads(completeness_payload(BATCH, reference(TRUST), ids, 0))
        listed = village.state("record", payload | {"size": size}, subject=BATCH)
        given = village.record([*told, listed], TRUST)
        expected = ("ok", "-grade") if holds else ("altered", "complete fail", "-grade")
        yield record(f"complete-{name}", says, given, *expected)


def abouts() -> Iterator[Case]:
    village = Village()
    told = [village.state_batch(), village.state_event()]
    given = village.record(told, TRUST)
    says = "A record of an item that nothing signed names, only its batch."
    changes = ("warn", "about warn item_not_named")
    yield short_record("about-item", says, replace(given, about=ITEM), *changes, about=ITEM)
    nothing = ("unproven", "about fail nothing_signed", "-shelf_life")
    names = {
        "other-lot": ("another lot", BATCH + "X"),
        "batch-of-other": ("the neighbour's batch", FOREIGN_BATCH),
        "product": ("the product, where only a batch was stated", PRODUCT),
        "item-of-other-lot": ("an item of another lot", f"{BATCH}X/21/1"),
    }
    for name, (what, about) in names.items():
        says = f"A record of {what}."
        yield short_record(
            f"about-{name}", says, replace(given, about=about), *nothing, about=about
        )
    pallet = "https://id.gs1.org/00/095212345432100010"
    says = "A record of a pallet, which has neither batch nor product."
    changes = ("unproven", "about fail not_a_name", "-shelf_life")
    yield short_record("about-pallet", says, replace(given, about=pallet), *changes, about=pallet)
    says = "A record without a statement."
    empty = OriginRecord(BATCH, reference(TRUST), (), ())
    unknown = [
        f"{code} unknown"
        for code in (
            *("content", "issuer", "signature", "entitlement", "revocation"),
            *("logged", "proof", "witnessed"),
        )
    ]
    yield short_record("about-nothing", says, empty, *nothing, *unknown)
    says = "Nothing but the event of a batch, and no statement of the batch itself."
    yield short_record("about-event-alone", says, village.record(told[1:], TRUST), *nothing)
    plain = f"{NEIGHBOUR.issuer}/MAMTOM/L1"
    says = "A plain name, made by the one whose code it bears."
    village = Village()
    batch = village.state_batch(plain, by=NEIGHBOUR)
    listed = village.state_complete([batch], TRUST, about=plain, by=NEIGHBOUR)
    given = village.record([batch, listed], TRUST, about=plain)
    yield record("about-plain-name", says, given, "ok", "-grade", about=plain)
