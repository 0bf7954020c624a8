"""Who may state what: the rows of entitlement_cases.toml, and laws that hold beyond them."""

from __future__ import annotations

import tomllib
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocoptrace.epcis import created, parse_event
from ocoptrace.gs1 import parse_name
from ocoptrace.gs1.checks import check_digit
from ocoptrace.signing import base64url
from ocoptrace.signing.bundle import KeyEntry, LabelDuty, Signable
from ocoptrace.signing.entitlement import Refusal, covers, label_duty, refusal
from ocoptrace.signing.statement import KINDS
from village import ITEM, NOW, OFFICE, PRODUCER, grant, key_entry

TABLE = tomllib.loads(Path(__file__).with_name("entitlement_cases.toml").read_text("utf-8"))
CASES: list[dict[str, Any]] = TABLE["case"]
DUTIES: list[dict[str, Any]] = TABLE["duty"]


def entry_of(name: str) -> KeyEntry:
    """Return a key of the table as a bundle lists it; which key it is does not matter here."""
    members = {member: said for member, said in TABLE["keys"][name].items() if member != "says"}
    key = base64url.encode(PRODUCER.signer.public_key.cose_key)
    return KeyEntry.of(key=key, name={"vi": TABLE["keys"][name]["says"]}, **members)


KEYS = {name: entry_of(name) for name in TABLE["keys"]}


def event_of(members: dict[str, Any]) -> dict[str, Any]:
    """Return an event of the table with what every event has."""
    return {"eventTime": "2026-09-15T07:30:00+07:00", "eventTimeZoneOffset": "+07:00"} | {
        member: [{"epcClass": name, "quantity": 1, "uom": "KGM"} for name in said]
        if member.lower().endswith("quantitylist")
        else said
        for member, said in members.items()
    }


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["says"])
def test_a_key_may_state_what_the_table_says(case: dict[str, Any]) -> None:
    entry = KEYS[case["key"]]
    refused = refusal(
        entry,
        case["states"],
        case["creates"],
        issuer=case.get("issuer", entry.issuer),
        at=datetime.fromisoformat(case.get("at", TABLE["at"])),
    )
    assert (refused and refused[0]) == case.get("refused"), case["why"]


EVENTS = [case for case in CASES if "event" in case]


@pytest.mark.parametrize("case", EVENTS, ids=lambda case: case["says"])
def test_an_event_creates_what_the_table_says(case: dict[str, Any]) -> None:
    assert created(parse_event(event_of(case["event"]))) == tuple(case["creates"]), case["why"]


@pytest.mark.parametrize("case", DUTIES, ids=lambda case: case["says"])
def test_a_label_has_the_duty_that_the_table_says(case: dict[str, Any]) -> None:
    duties = [LabelDuty.of(**duty) for duty in case["duties"]]
    # One grant each, and each by a key of its own: where a duty stands does not matter.
    together = [key_entry(OFFICE), key_entry(PRODUCER, grant(labels=tuple(duties)))]
    apart = [key_entry(PRODUCER, grant(labels=(duty,))) for duty in duties]
    for entries in (together, apart, apart[::-1]):
        duty = label_duty(entries, parse_name(case["about"]), on=date.fromisoformat(case["on"]))
        assert (duty and duty.due) == case.get("due"), case["why"]


def test_every_kind_is_stated_by_every_role() -> None:
    tried = {(KEYS[case["key"]].role, case["states"]) for case in CASES}
    kinds = {*KINDS, "seal"}
    assert kinds == set(get_args(Signable))
    assert {(role, kind) for role in ("producer", "authority") for kind in kinds} <= tried


def test_every_reason_and_every_event_has_its_rows() -> None:
    assert {case.get("refused") for case in CASES} == {None, *get_args(Refusal)}
    kinds = {(case["event"]["type"], case["event"].get("action")) for case in EVENTS}
    actions = {"ADD", "DELETE"}
    assert {("TransformationEvent", None), ("ObjectEvent", "OBSERVE")} <= kinds
    assert {
        (f"{kind}Event", action)
        for kind in ("Object", "Aggregation", "Association", "Transaction")
        for action in actions
    } <= kinds


def test_the_table_says_why_and_nothing_twice() -> None:
    rows = [*CASES, *DUTIES]
    says = [row["says"] for row in rows]
    assert all(row["says"].endswith(".") and row["why"].endswith(".") for row in rows)
    assert [each for each in set(says) if says.count(each) > 1] == []
    assert (len(CASES), len(DUTIES)) == (178, 14)
    assert {case["key"] for case in CASES} == KEYS.keys()


prefixes = st.text("0123456789", min_size=4, max_size=12)
leads = st.sampled_from(["", "0", "1", "00"])


def gtin_of(lead: str, prefix: str, rest: str) -> str:
    """Return a GTIN-14 that has a prefix somewhere at its beginning."""
    body = (lead + prefix + rest)[:13]
    return body + check_digit(body)


@given(lead=leads, prefix=prefixes, rest=st.text("0123456789", min_size=13))
def test_a_gtin_prefix_covers_from_the_second_digit(lead: str, prefix: str, rest: str) -> None:
    gtin = gtin_of(lead, prefix, rest)
    covered = gtin[1:].startswith(prefix) and not gtin.startswith("000000")
    name = parse_name(f"https://id.gs1.org/01/{gtin}")
    assert covers(grant(gtin_prefixes=(prefix,)), name) == covered


@given(
    held=st.lists(prefixes, max_size=4),
    lead=leads,
    prefix=prefixes,
    rest=st.text("0123456789", min_size=13),
)
def test_prefixes_cover_together_what_they_cover_apart(
    held: list[str], lead: str, prefix: str, rest: str
) -> None:
    name = parse_name(f"https://id.gs1.org/01/{gtin_of(lead, prefix, rest)}/10/L1")
    together = covers(grant(gtin_prefixes=(*held, prefix)), name)
    apart = (covers(grant(gtin_prefixes=(each,)), name) for each in (*held, prefix))
    assert together == any(apart)


@given(
    prefix=prefixes | st.sampled_from(["9521", "95212345"]), rest=st.text("0123456789", min_size=13)
)
def test_an_office_with_grants_grades_what_they_cover(prefix: str, rest: str) -> None:
    product = f"https://id.gs1.org/01/{gtin_of('0', '9521234', rest)}"
    scope = grant(kinds=("grade",), gtin_prefixes=(prefix,))
    office = key_entry(OFFICE, scope, role="authority")
    refused = refusal(office, "grade", [product], issuer=office.issuer, at=NOW)
    assert (refused is None) == covers(scope, parse_name(product))


@given(
    kind=st.sampled_from(get_args(Signable)),
    seconds=st.integers(-4 * 365 * 86400, 6 * 365 * 86400),
)
def test_what_may_be_stated_may_be_sealed_longer(kind: Any, seconds: int) -> None:
    entry = key_entry(PRODUCER, grant())
    at = NOW + timedelta(seconds=seconds)
    states = refusal(entry, kind, [ITEM], issuer=entry.issuer, at=at) is None
    seals = refusal(entry, "seal", [ITEM], issuer=entry.issuer, at=at) is None
    assert seals or not states
