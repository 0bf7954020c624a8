from __future__ import annotations

import json
import os
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from ocoptrace.epcis import parse_event, read_document, write_json
from ocoptrace.epcis.schema import document_schema, event_schema
from ocoptrace.errors import EpcisError
from ocoptrace.messages import LANGUAGES, Language

ROOT = Path(__file__).parents[2]
VECTORS = Path(os.environ.get("OCOPTRACE_VECTORS", ROOT.parent / "shared" / "vectors"))
GS1 = VECTORS / "epcis" / "gs1-EPCIS"
OPEN = VECTORS / "epcis" / "openepcis-test-resources" / "2.0" / "EPCIS" / "JSON"
VALID = sorted([
    *GS1.glob("JSON/**/*.jsonld"),
    *OPEN.glob("Capture/Documents/*.json"),
    *OPEN.glob("Capture/Events/*.json"),
    *OPEN.glob("Query/*.json"),
])  # fmt: skip
INVALID = sorted([*OPEN.glob("Capture/Invalid/*.json"), *OPEN.glob("Query/Invalid/*.json")])
COUNTS = (33 + 16 + 2 + 3, 6 + 1)
NOT_OF_EVENTS = {"EPCISDocument_without_context"}
"""What is wrong with them is not in an event."""
SENSE = {"ObjectEvent_with_non_standard_bizStep_in_second_event"}
"""Our schema lists no words; ``check_event`` knows them."""

from_vectors = pytest.mark.skipif(
    not GS1.exists() and not os.environ.get("CI"),
    reason="the published documents are not on this machine",
)

NAME = "https://id.gs1.org/01/09524071001014/10/A1"
QUANTITY = {"epcClass": NAME, "quantity": 1, "uom": "KGM"}
WHEN = {"eventTime": "2025-08-20T07:15:00+07:00", "eventTimeZoneOffset": "+07:00"}
FULL: dict[str, dict[str, Any]] = {
    "ObjectEvent": {"action": "ADD", "epcList": ["urn:x:1"], "quantityList": [QUANTITY],
        "ilmd": {"cbvmda:lotNumber": "A1"}},
    "AggregationEvent": {"action": "ADD", "parentID": "urn:x:1", "childEPCs": ["urn:x:2"],
        "childQuantityList": [QUANTITY]},
    "AssociationEvent": {"action": "ADD", "parentID": "urn:x:1", "childEPCs": ["urn:x:2"]},
    "TransactionEvent": {"action": "ADD", "epcList": ["urn:x:1"],
        "bizTransactionList": [{"type": "inv", "bizTransaction": "urn:x:3"}]},
    "TransformationEvent": {"transformationID": "urn:x:1", "inputQuantityList": [QUANTITY],
        "outputEPCList": ["urn:x:2"], "outputQuantityList": [QUANTITY]},
}  # fmt: skip
COMMON: dict[str, Any] = {
    "eventID": "urn:uuid:5f3c9b1e-0d5e-4c52-8f07-1f2b6a7d9c10",
    "recordTime": "2025-08-20T08:15:00Z",
    "certificationInfo": ["https://example.org/1"],
    "errorDeclaration": {
        "declarationTime": "2025-08-21T07:15:00+07:00",
        "reason": "incorrect_data",
    },
    "bizStep": "receiving",
    "disposition": "in_progress",
    "persistentDisposition": {"set": ["recalled"]},
    "readPoint": {"id": "geo:10,105", "ex:note": 1},
    "sourceList": [{"type": "location", "source": "urn:x:1"}],
    "destinationList": [{"type": "location", "destination": "urn:x:1"}],
    "sensorElementList": [{"sensorReport": [{"type": "Temperature", "value": 4.5, "uom": "CEL"}]}],
    "ex:note": {"any": [1, None]},
}
WRONG = st.sampled_from(
    [None, [], {}, "", "x", "urn:x:1", 7, True, "2025-13-01", ["urn:x:1", 3], {"id": "urn:x:1"}]
)


@cache
def validator() -> Draft202012Validator:
    return Draft202012Validator(event_schema())


def events_of(value: Any) -> list[Any]:
    if isinstance(value, list):
        return value
    body = value.get("epcisBody", {"eventList": [value]})
    body = body.get("queryResults", {}).get("resultsBody", body)
    return list(body["eventList"])


def fits(value: object) -> bool:
    fitting: bool = validator().is_valid(value)
    return fitting


def reads(value: object) -> bool:
    try:
        parse_event(value)
    except EpcisError:
        return False
    return True


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_schemas_are_schemas(language: Language) -> None:
    for schema in (event_schema(language), document_schema(language)):
        Draft202012Validator.check_schema(schema)
        assert "vocabulary." not in json.dumps(schema)


def test_the_file_is_the_schema() -> None:
    file = ROOT / "docs" / "reference" / "epcis-event.schema.json"
    assert json.loads(file.read_text(encoding="utf-8")) == event_schema(), "docs/renew.py"


@from_vectors
def test_the_documents_were_found() -> None:
    assert (len(VALID), len(INVALID)) == COUNTS


@from_vectors
@pytest.mark.parametrize("path", VALID, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_every_published_event_fits(path: Path) -> None:
    for event in events_of(json.loads(path.read_text(encoding="utf-8-sig"))):
        assert [error.message for error in validator().iter_errors(event)] == []


@from_vectors
@pytest.mark.parametrize("path", INVALID, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_every_wrong_event_is_refused(path: Path) -> None:
    value = json.loads(path.read_text(encoding="utf-8-sig"))
    fitting = all(map(fits, events_of(value)))
    assert fitting == (path.stem in SENSE | NOT_OF_EVENTS)
    if path.stem in NOT_OF_EVENTS:
        assert not Draft202012Validator(document_schema()).is_valid(value)


@pytest.mark.parametrize("kind", sorted(FULL))
def test_what_is_written_fits(kind: str) -> None:
    event = parse_event({"type": kind} | WHEN | COMMON | FULL[kind])
    assert fits(event.to_json())
    written = json.loads(write_json([event]))
    assert Draft202012Validator(document_schema()).is_valid(written)
    assert read_document(json.dumps(written).encode()).events[0].to_json() == event.to_json()


@pytest.mark.parametrize("kind", sorted(FULL))
@given(data=st.data())
def test_the_schema_and_the_model_refuse_the_same(kind: str, data: st.DataObject) -> None:
    whole = {"type": kind} | WHEN | COMMON | FULL[kind]
    event = dict(whole)
    for member in data.draw(st.sets(st.sampled_from(sorted(whole)), max_size=6)):
        del event[member]
    for member in data.draw(
        st.sets(st.sampled_from([*whole, "action", "lot", "ilmd"]), max_size=1)
    ):
        event[member] = data.draw(WRONG)
    assert fits(event) == reads(event), event


@pytest.mark.parametrize(
    "members",
    [
        {"eventTime": "2025-08-20T07:15:00"},
        {"eventTimeZoneOffset": "Z"},
        {"note": 1},
        {"epcList": None},
        {"epcList": [], "quantityList": [QUANTITY | {"quantity": "1"}]},
        {"action": "OBSERVE"},
    ],
)
def test_a_fault_of_form_is_refused(members: dict[str, Any]) -> None:
    event = {"type": "ObjectEvent"} | WHEN | FULL["ObjectEvent"]
    assert fits(event)
    assert not fits(event | members)
    assert not reads(event | members)
