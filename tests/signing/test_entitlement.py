from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from ocoptrace.gs1 import parse_name
from ocoptrace.signing.bundle import LabelDuty
from ocoptrace.signing.entitlement import covers, label_duty, refusal
from ocoptrace.signing.statement import KINDS
from village import (
    BATCH,
    CLOSED,
    FOREIGN_BATCH,
    FOUNDED,
    HOST,
    ITEM,
    NEIGHBOUR,
    NOW,
    OFFICE,
    PRODUCER,
    PRODUCT,
    SEALS_UNTIL,
    grant,
    key_entry,
)

A_SECOND = timedelta(seconds=1)
PLAIN = f"{PRODUCER.issuer}/MAMTOM/L1"
GTIN_8 = "https://id.gs1.org/01/00000095200002"


def named(ai: str, digits: str, rest: str = "") -> str:
    """Return the canonical name of a key, its check digit worked out."""
    weighted = sum(int(d) * (1 if place % 2 else 3) for place, d in enumerate(reversed(digits)))
    return f"https://id.gs1.org/{ai}/{digits}{-weighted % 10}{rest}"


COVERED: dict[str, tuple[str, dict[str, Any], bool]] = {
    "product by prefix": (PRODUCT, {}, True),
    "batch by prefix": (BATCH, {}, True),
    "item by prefix": (ITEM, {}, True),
    "a trade unit by prefix, whatever its indicator": (named("01", "1952123454321"), {}, True),
    "the indicator is no part of the prefix": (named("01", "9521234543210"), {}, False),
    "another's product": (FOREIGN_BATCH, {}, False),
    "a longer prefix of another": (PRODUCT, {"gtin_prefixes": ("95212345432100",)}, False),
    "an SSCC by prefix": (named("00", "09521234543210001"), {}, True),
    "an SSCC of another": (named("00", "09520000543210001"), {}, False),
    "a GLN by prefix": (named("414", "952123400000"), {}, True),
    "a GLN of another": (named("414", "952000000000"), {}, False),
    "an ITIP by its GTIN": (named("8006", "0952123454321", "0102"), {}, True),
    "an ITIP whose indicator looks like the prefix": (
        named("8006", "9521234543210", "0102"),
        {},
        False,
    ),
    "a GTIN by itself": (BATCH, {"gtin_prefixes": (), "gtins": ("09521234543213",)}, True),
    "a GTIN-13 by itself": (BATCH, {"gtin_prefixes": (), "gtins": ("9521234543213",)}, True),
    "another GTIN": (FOREIGN_BATCH, {"gtin_prefixes": (), "gtins": ("9521234543213",)}, False),
    "a GTIN-8 by itself": (GTIN_8, {"gtins": ("95200002",)}, True),
    "a GTIN-8 is never covered by a prefix": (GTIN_8, {"gtin_prefixes": ("000000",)}, False),
    "nothing granted": (BATCH, {"gtin_prefixes": ()}, False),
    "a plain name": (PLAIN, {}, True),
    "a plain name of another producer": (f"{NEIGHBOUR.issuer}/MAMTOM/L1", {}, False),
    "a plain name on another host": (f"https://other.example/ocop/{PRODUCER.code}/A", {}, False),
    "a producer whose code begins alike": (f"{PRODUCER.issuer}X/MAMTOM/L1", {}, False),
    "a plain name by a GTIN prefix": (PLAIN, {"name_prefixes": ()}, False),
    "one product's plain names": (PLAIN, {"name_prefixes": (f"{PRODUCER.issuer}/MAMTOM/",)}, True),
    "another product's": (PLAIN, {"name_prefixes": (f"{PRODUCER.issuer}/MAM/",)}, False),
}


@pytest.mark.parametrize(("name", "changes", "is_covered"), COVERED.values(), ids=COVERED)
def test_a_grant_covers(name: str, changes: dict[str, Any], *, is_covered: bool) -> None:
    assert covers(grant(**changes), parse_name(name)) == is_covered


PRODUCER_ENTRY = key_entry(PRODUCER, grant())
OFFICE_ENTRY = key_entry(OFFICE)
LATER = key_entry(PRODUCER, grant(from_=NOW))
PARTED = key_entry(
    PRODUCER,
    grant(kinds=("batch",), gtin_prefixes=("9521234",)),
    grant(kinds=("event",), gtin_prefixes=("9520000",)),
)

REFUSED: dict[str, tuple[Any, dict[str, Any], str | None]] = {
    "its own batch": (PRODUCER_ENTRY, {}, None),
    "its own plain name": (PRODUCER_ENTRY, {"names": [PLAIN]}, None),
    "nothing created": (PRODUCER_ENTRY, {"kind": "event", "names": []}, None),
    "another's batch": (PRODUCER_ENTRY, {"names": [FOREIGN_BATCH]}, "name"),
    "another's among its own": (PRODUCER_ENTRY, {"names": [BATCH, FOREIGN_BATCH]}, "name"),
    "a name that is no name": (PRODUCER_ENTRY, {"names": ["urn:uuid:x"]}, "name"),
    "in another's name": (PRODUCER_ENTRY, {"issuer": NEIGHBOUR.issuer}, "issuer"),
    "at its first moment": (PRODUCER_ENTRY, {"at": FOUNDED}, None),
    "a second early": (PRODUCER_ENTRY, {"at": FOUNDED - A_SECOND}, "period"),
    "at its last second": (PRODUCER_ENTRY, {"at": CLOSED - A_SECOND}, None),
    "when it is over": (PRODUCER_ENTRY, {"at": CLOSED}, "period"),
    "before its grant": (LATER, {"at": NOW - A_SECOND}, "period"),
    "a kind not granted": (PARTED, {"kind": "record"}, "kind"),
    "a kind granted for other names": (PARTED, {"kind": "event"}, "name"),
    "a kind granted for these names": (PARTED, {"kind": "batch"}, None),
    "a seal, long after the last statement": (
        PRODUCER_ENTRY,
        {"kind": "seal", "at": SEALS_UNTIL - A_SECOND},
        None,
    ),
    "a seal whose time is over": (PRODUCER_ENTRY, {"kind": "seal", "at": SEALS_UNTIL}, "period"),
    "a seal of another's goods": (
        PRODUCER_ENTRY,
        {"kind": "seal", "names": [FOREIGN_BATCH]},
        "name",
    ),
    "a seal that was not granted": (PARTED, {"kind": "seal"}, "kind"),
    "a seal before its grant": (LATER, {"kind": "seal", "at": NOW - A_SECOND}, "period"),
    "a seal by the office": (OFFICE_ENTRY, {"kind": "seal", "issuer": OFFICE.issuer}, "role"),
}


@pytest.mark.parametrize(("entry", "changes", "why"), REFUSED.values(), ids=REFUSED)
def test_a_key_may_state(entry: Any, changes: dict[str, Any], why: str | None) -> None:
    asked = {"kind": "batch", "names": [BATCH], "issuer": PRODUCER.issuer, "at": NOW} | changes
    refused = refusal(entry, asked.pop("kind"), asked.pop("names"), **asked)
    assert (refused and refused[0]) == why


AUTHORITY = ("grade", "producer", "key", "revocation", "bundle")
ROLES = {"policy": {"log"}} | {kind: {"authority"} for kind in AUTHORITY}


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_has_its_role(kind: Any) -> None:
    entries = {
        "authority": OFFICE_ENTRY,
        "log": key_entry(OFFICE, role="log"),
        "producer": key_entry(PRODUCER, grant(kinds=(*KINDS, "seal"))),
    }
    allowed = {
        role
        for role, entry in entries.items()
        if refusal(entry, kind, [], issuer=entry.issuer, at=NOW) is None
    }
    # A root is no statement of a key in a bundle: the root itself says who signs it.
    assert allowed == (set() if kind == "root" else ROLES.get(kind, {"producer"}))


def test_the_duty_to_seal_is_a_products() -> None:
    duty = LabelDuty(product=PRODUCT, due="item", since=date(2026, 6, 1))
    entries = (OFFICE_ENTRY, key_entry(PRODUCER, grant(labels=(duty,))))
    assert label_duty(entries, parse_name(ITEM)) == duty
    assert label_duty(entries, parse_name(PRODUCT)) == duty
    assert label_duty(entries, parse_name(FOREIGN_BATCH)) is None
    assert label_duty(entries, parse_name(named("00", "09521234543210001"))) is None
    assert label_duty(entries, parse_name(f"https://{HOST}/ocop/{PRODUCER.code}/A")) is None
