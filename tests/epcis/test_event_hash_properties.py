"""What holds for the hash of any event: order changes nothing, a changed value changes it."""

from __future__ import annotations

import copy
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ocoptrace.epcis.event_hash import PROFILES, event_hash, event_prehash
from ocoptrace.epcis.event_hash.values import Values

if TYPE_CHECKING:
    from collections.abc import Iterator

EVENT = {
    "type": "ObjectEvent",
    "action": "ADD",
    "eventTime": "2025-08-20T07:15:00+07:00",
    "eventTimeZoneOffset": "+07:00",
}
CONTEXT = [{"farm": "https://farm.example/v/", "other": "https://other.example/v"}]

# No digits: texts that read as numbers have a test of their own below.
words = st.text(st.sampled_from("abcKLMđĐ ")).map(str.strip).filter(bool)
numbers = st.integers(-(10**9), 10**9) | st.decimals(-1000, 1000, places=2)
values = words | numbers | st.booleans()
names = st.builds("{}:{}".format, st.sampled_from(["farm", "other"]), st.sampled_from("abcd"))
extensions = st.recursive(
    values,
    lambda inner: (
        st.lists(inner, min_size=1, max_size=3)
        | st.dictionaries(names, inner, min_size=1, max_size=3)
    ),
    max_leaves=6,
)
addresses = st.builds("urn:x:{}".format, words)
quantities = st.fixed_dictionaries({"epcClass": addresses, "quantity": numbers, "uom": words})
places = st.dictionaries(names, extensions, max_size=2).flatmap(
    lambda more: st.builds(lambda address: {"id": address} | more, addresses)
)
reports = st.builds(
    lambda kind, value, more: {"type": kind, "value": value} | more,
    st.sampled_from(["Temperature", "urn:x:Sweetness"]),
    numbers,
    st.dictionaries(names, values, max_size=2),
)
elements = st.builds(
    lambda found, more: {"sensorReport": found} | more,
    st.lists(reports, min_size=1, max_size=3),
    st.dictionaries(names, extensions, max_size=2),
)
events = st.builds(
    lambda required, optional, more: required | optional | more,
    st.fixed_dictionaries(
        {
            "type": st.just("ObjectEvent"),
            "action": st.sampled_from(["ADD", "OBSERVE"]),
            "eventTime": st.just("2025-08-20T07:15:00+07:00"),
            "eventTimeZoneOffset": st.just("+07:00"),
        }
    ),
    st.fixed_dictionaries(
        {},
        optional={
            "bizStep": st.sampled_from(["receiving", "urn:x:smoking"]),
            "epcList": st.lists(addresses, min_size=1, max_size=4),
            "quantityList": st.lists(quantities, min_size=1, max_size=3),
            "readPoint": places,
            "bizLocation": places,
            "ilmd": st.dictionaries(names, extensions, min_size=1, max_size=3),
            "sensorElementList": st.lists(elements, min_size=1, max_size=2),
            "bizTransactionList": st.lists(
                st.fixed_dictionaries(
                    {"type": st.sampled_from(["po", "inv"]), "bizTransaction": addresses}
                ),
                min_size=1,
                max_size=3,
            ),
        },
    ),
    st.dictionaries(names, extensions, max_size=3),
)
profiles = st.sampled_from(list(PROFILES))


def shuffled(value: Any, draw: Any) -> Any:
    """Return the same event with members and entries in another order."""
    if isinstance(value, dict):
        order = draw(st.permutations(list(value)))
        return {name: shuffled(value[name], draw) for name in order}
    if isinstance(value, list):
        return [shuffled(each, draw) for each in draw(st.permutations(value))]
    return value


def leaves(value: Any, *path: Any) -> Iterator[tuple[Any, ...]]:
    if isinstance(value, dict | list):
        entries = value.items() if isinstance(value, dict) else enumerate(value)
        for name, inner in entries:
            yield from leaves(inner, *path, name)
    else:
        yield path


@given(event=events, profile=profiles, data=st.data())
def test_the_order_of_members_and_entries_changes_nothing(
    event: dict[str, Any], profile: Any, data: st.DataObject
) -> None:
    other = shuffled(event, data.draw)
    first, second = (event_hash(each, profile=profile, context=CONTEXT) for each in (event, other))
    assert first == second


@given(event=events, profile=profiles, data=st.data())
def test_a_changed_value_changes_the_text(
    event: dict[str, Any], profile: Any, data: st.DataObject
) -> None:
    path = data.draw(st.sampled_from(sorted(leaves(event), key=repr)))
    assume(path != ("eventTime",))  # a time cannot become just anything
    other = copy.deepcopy(event)
    holder = other
    for step in path[:-1]:
        holder = holder[step]
    old, new = holder[path[-1]], data.draw(words if path[-1] == "type" else values)
    text = Values(PROFILES[profile], {}).text
    assume(text(old) != text(new))
    holder[path[-1]] = new
    texts = [event_prehash(each, profile=profile, context=CONTEXT) for each in (event, other)]
    assert texts[0] != texts[1]


lexemes = st.from_regex(r"[+-]?[0-9]{1,12}(\.[0-9]{1,6})?([eE][+-]?[0-9]{1,2})?", fullmatch=True)


@given(first=lexemes, second=lexemes)
def test_two_numbers_collide_exactly_where_they_are_equal(first: str, second: str) -> None:
    """The known collision: a lot 007 is a lot 7, because XML does not tell text from number."""
    same = Decimal(first) == Decimal(second)
    assert (hash_of_lot(first) == hash_of_lot(second)) == same


@pytest.mark.parametrize("lots", [("007", "7"), ("07.0", "7e0"), ("7.0", "+7"), ("-0", "0")])
@pytest.mark.parametrize("profile", list(PROFILES))
def test_the_known_numeric_collisions(lots: tuple[str, str], profile: Any) -> None:
    first, second = (hash_of_lot(lot, profile) for lot in lots)
    assert first == second


def test_the_known_structural_collision() -> None:
    """Nothing stands between members, so one text can imitate two."""
    apart = {"farm:note": "dry", "farm:plot": "A1"}
    imitated = {"farm:note": "dry{https://farm.example/v/}plot=A1"}
    texts = [event_prehash(EVENT | members, context=CONTEXT) for members in (apart, imitated)]
    assert texts[0] == texts[1]


def hash_of_lot(lot: str, profile: Any = "cbv2.0") -> str:
    return event_hash(EVENT | {"ilmd": {"cbvmda:lotNumber": lot}}, profile=profile)
