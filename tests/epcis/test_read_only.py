"""An event that exists stays what it is, inside too."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import pytest

from ocoptrace.epcis import canonical_bytes, parse_event, read_document, write_json, write_xml
from ocoptrace.epcis.event import ObjectEvent
from ocoptrace.epcis.read_only import read_only

MEMBERS: dict[str, Any] = {
    "@context": [{"ex": "https://example.org/"}],
    "type": "ObjectEvent",
    "action": "ADD",
    "eventTime": "2025-08-20T07:15:00+07:00",
    "eventTimeZoneOffset": "+07:00",
    "epcList": ["urn:x:1"],
    "readPoint": {"id": "urn:x:2", "ex:plot": {"ex:rows": [1, 2]}},
    "ilmd": {"ex:lot": {"ex:crew": ["An", {"ex:b": [1.5]}]}},
    "ex:note": {"ex:a": ["x"]},
}
CHANGES = [
    lambda event: event.ilmd.update({"ex:lot": 1}),
    lambda event: event.ilmd.__setitem__("ex:lot", 1),
    lambda event: event.ilmd["ex:lot"]["ex:crew"].append("Chi"),
    lambda event: event.ilmd["ex:lot"]["ex:crew"][1].clear(),
    lambda event: event.extensions.__setitem__("ex:note", 1),
    lambda event: event.extensions["ex:note"]["ex:a"].__setitem__(0, "y"),
    lambda event: event.extensions["ex:note"].pop("ex:a"),
    lambda event: event.read_point.extensions["ex:plot"]["ex:rows"].sort(),
    lambda event: event.context[0].setdefault("zz", "urn:x:"),
    lambda event: event.context[0].__ior__({"zz": "urn:x:"}),
    lambda event: event.extensions["ex:note"]["ex:a"].__iadd__(["y"]),
    lambda event: event.extensions["ex:note"]["ex:a"].__delitem__(0),
]


@pytest.mark.parametrize("change", CHANGES, ids=map(str, range(len(CHANGES))))
def test_nothing_inside_can_be_changed(change: Any) -> None:
    event = parse_event(MEMBERS)
    signed = canonical_bytes(event)
    with pytest.raises(TypeError):
        change(event)
    assert canonical_bytes(event) == signed


def test_what_an_event_was_made_from_may_change() -> None:
    members = copy.deepcopy(MEMBERS)
    event = parse_event(members)
    signed = canonical_bytes(event)
    members["ilmd"]["ex:lot"]["ex:crew"].append("Chi")
    members["ex:note"]["ex:a"].append("y")
    members["@context"][0]["zz"] = "urn:x:"
    written = event.to_json()
    written["ilmd"]["ex:lot"].clear()
    written["ex:note"]["ex:a"].append("y")
    assert canonical_bytes(event) == signed


@pytest.mark.parametrize("write", [write_json, write_xml])
def test_it_is_equal_written_and_copied_as_any_other(write: Any) -> None:
    event = parse_event(MEMBERS)
    assert isinstance(event, ObjectEvent)
    assert event.ilmd == MEMBERS["ilmd"]
    assert event.extensions == {"ex:note": MEMBERS["ex:note"]}
    (again,) = read_document(write([event])).events
    assert again.to_json() == event.to_json()
    for copied in (copy.copy(event), copy.deepcopy(event), pickle.loads(pickle.dumps(event))):  # noqa: S301
        assert copied == event
        assert canonical_bytes(copied) == canonical_bytes(event)


def test_events_can_be_told_apart_in_a_set() -> None:
    same, other = parse_event(MEMBERS), parse_event(MEMBERS | {"ilmd": {"ex:lot": ["B"]}})
    assert len({parse_event(MEMBERS), same, other}) == 2
    assert hash(read_only({"a": [1, {"b": 2}]})) == hash(read_only({"a": [1, {"b": 2}]}))
