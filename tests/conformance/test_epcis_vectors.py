"""Every published EPCIS document is read and written again, in both syntaxes, losing nothing.

What is written is valid against GS1's own JSON Schema and XML Schema. Whatever does not hold
stands in a table here, with its reason; an entry that is no longer true fails.
"""

from __future__ import annotations

import functools
import json
import os
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from lxml import etree

from ocoptrace.epcis import check_event, read_document, write_json
from ocoptrace.epcis.dimensions import moment
from ocoptrace.epcis.document import Document, write_xml
from ocoptrace.epcis.vocabulary import bare
from ocoptrace.errors import EpcisError

FOLDER = (
    Path(os.environ.get("OCOPTRACE_VECTORS") or Path(__file__).parents[3] / "shared" / "vectors")
    / "epcis"
)
GS1 = FOLDER / "gs1-EPCIS"
SETS = {
    "gs1-EPCIS/JSON": 33,
    "gs1-EPCIS/XML": 19,
    "openepcis-test-resources/1.2": 9,
    "openepcis-test-resources/2.0/EPCIS/JSON": 28,
    "openepcis-test-resources/2.0/EPCIS/XML": 27,
    "ralphtro-event-hash/master-2025-10-17": 29,
    "ralphtro-event-hash/reference-2026/documents": 14,
}
"""Folder → how many documents it has."""

FILES = {
    str(path.relative_to(FOLDER)): path
    for folder in SETS
    for path in sorted((FOLDER / folder).rglob("*"))
    if path.suffix in {".json", ".jsonld", ".xml"}
}

if not FILES and not os.environ.get("CI"):
    pytest.skip("the published documents are not on this machine", allow_module_level=True)

_ORDER = "its elements do not stand in the order of the XML Schema; read with any_order=True"
_SECONDS = "a time without seconds, which the XML Schema refuses too"
_CAPTURE = "the answer of a capture interface, not a document of events"

REFUSED = {
    "gs1-EPCIS/XML/CaptureJob/Example-CaptureJobWithErrorFile.xml": _CAPTURE,
    "gs1-EPCIS/XML/CaptureJob/Example-CaptureJobWithErrors.xml": _CAPTURE,
    "gs1-EPCIS/XML/WithSensorData/SensorDataExamples.xml": "a sensor report without type, which "
    "the JSON Schema refuses, though the XML Schema does not",
    "openepcis-test-resources/1.2/EPCIS/XML/Capture/Documents/"
    "ObjectEvent_all_possible_fields.xml": "a certificationInfo that is no URI",
    "openepcis-test-resources/1.2/EPCIS/XML/Capture/Documents/"
    "TransactionEvent_all_possible_fields.xml": _SECONDS,
    "openepcis-test-resources/2.0/EPCIS/XML/Capture/Documents/JumbledFieldsOrder.xml": _ORDER,
    "openepcis-test-resources/2.0/EPCIS/XML/Query/JumbledFieldsOrder.xml": _ORDER,
    "openepcis-test-resources/2.0/EPCIS/XML/Query/ObjectEventWithAllPossibleFields.xml": _SECONDS,
    "ralphtro-event-hash/master-2025-10-17/examples/SensorDataExamples.xml": _ORDER,
    "ralphtro-event-hash/reference-2026/documents/SensorDataExamples.xml": _ORDER,
}
"""Documents that nobody calls invalid, and that are refused → why."""

TAKEN = {
    "openepcis-test-resources/2.0/EPCIS/JSON/Capture/Invalid/"
    "ObjectEvent_with_non_standard_bizStep_in_second_event.json": (
        "an unknown word is a finding of check_event, with its pointer"
    ),
}
"""Documents called invalid that are read → why."""

NOT_OF_SCHEMA = {
    "openepcis-test-resources/2.0/EPCIS/XML/Query/TransactionEvent_with_userExtensions.xml": (
        "a query document without queryName, which both schemas refuse as it came"
    ),
    "openepcis-test-resources/2.0/EPCIS/XML/Capture/Documents/epcisDocWithAllGS1Keys.xml": (
        "one EPC stands twice, which only the JSON Schema refuses"
    ),
}
"""Documents that break a schema when written, as they did when they came → why."""

_OTHER = "GS1's two documents of this name describe different events"
DIFFERENT = {
    **{
        f"gs1-EPCIS/XML/WithFullCombinationOfFields/{kind}_event_all_possible_fields.xml": _OTHER
        for kind in ("association", "object", "transaction", "transformation")
    },
    "gs1-EPCIS/XML/WithErrorDeclaration/ErrorDeclarationAndCorrectiveEvent.xml": _OTHER,
    "openepcis-test-resources/2.0/EPCIS/XML/Capture/Documents/ObjectEvent_with_comment.xml": (
        "the comment of the JSON document is an XML comment here, which is no part of the event"
    ),
    "openepcis-test-resources/2.0/EPCIS/XML/Capture/Documents/"
    "TransformationEvent_all_possible_fields.xml": (
        "the prefix of the JSON document is cbvmda, here there is another for every element"
    ),
    "openepcis-test-resources/2.0/EPCIS/XML/Capture/Documents/epcisDocWithAllGS1Keys.xml": (
        "one EPC is a URN here and a Digital Link there"
    ),
    "openepcis-test-resources/2.0/EPCIS/XML/Capture/Events/TransactionEvent.xml": (
        "the second vehicle has a name here that it has not there"
    ),
}
"""XML documents whose events differ from those of the JSON document of the same name → why."""


def names(*suffixes: str, invalid: bool = False) -> list[str]:
    return [
        name
        for name in FILES
        if name.endswith(suffixes or (".xml", ".json", ".jsonld"))
        if ("/Invalid/" in name) is invalid
        if invalid or name not in REFUSED
    ]


def twins() -> list[tuple[str, str]]:
    found = []
    for name in names(".xml"):
        stem = name.replace("/XML/", "/JSON/").removesuffix("xml")
        found += [(name, stem + end) for end in ("json", "jsonld") if stem + end in FILES]
    return found


@functools.cache
def read(name: str) -> Document:
    return read_document(FILES[name].read_bytes())


@functools.cache
def xml_schema(kind: str) -> etree.XMLSchema:
    name = {"EPCISDocument": "epcis", "EPCISQueryDocument": "epcis-query"}.get(kind)
    return etree.XMLSchema(file=str(GS1 / f"XSD/EPCglobal-{name or 'epcis-masterdata'}-2_0.xsd"))


@functools.cache
def json_schema() -> jsonschema.Draft7Validator:
    schema = json.loads((GS1 / "EPCIS-JSON-Schema.json").read_text(encoding="utf-8-sig"))
    return jsonschema.Draft7Validator(schema)


def raw(name: str) -> Any:
    return json.loads(FILES[name].read_text(encoding="utf-8-sig"))


def members(document: Document) -> list[dict[str, Any]]:
    return [event.to_json() for event in document.events]


def test_all_documents_were_found() -> None:
    found = {folder: sum(name.startswith(folder + "/") for name in FILES) for folder in SETS}
    assert found == SETS
    for table in (REFUSED, TAKEN, NOT_OF_SCHEMA, DIFFERENT):
        assert table.keys() <= FILES.keys()


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_refused_is_refused_with_a_place(name: str) -> None:
    with pytest.raises(EpcisError) as caught:
        read(name)
    assert caught.value.place.startswith("line ")
    if REFUSED[name] is _ORDER:
        assert read_document(FILES[name].read_bytes(), any_order=True).events


@pytest.mark.parametrize("name", names(invalid=True))
def test_every_invalid_document_is_refused_with_a_place(name: str) -> None:
    if name in TAKEN:
        findings = [finding.code for event in read(name).events for finding in check_event(event)]
        assert "epcis.unknown_word" in findings
        return
    with pytest.raises(EpcisError) as caught:
        read(name)
    assert caught.value.place


@pytest.mark.parametrize("name", names(".json", ".jsonld"))
def test_json_is_written_as_it_was_read(name: str) -> None:
    assert json.loads(write_json(read(name))) == raw(name)


@pytest.mark.parametrize("name", names())
def test_nothing_is_lost_in_either_syntax_and_back(name: str) -> None:
    document = read(name)
    for written in (write_json(document), write_xml(document)):
        again = read_document(written)
        assert members(again) == members(document)
        assert [e.prefixes for e in again.events] == [e.prefixes for e in document.events]
        if document.head is not None and document.kind != "EPCISMasterDataDocument":
            version = {"schema_version": "2.0"} if document.head.schema_version != "2.0" else {}
            assert again.head == document.head.model_copy(update=version)
    if document.head is not None and document.kind != "EPCISMasterDataDocument":
        through_xml = read_document(write_xml(document))
        assert json.loads(write_json(through_xml)) == json.loads(write_json(document))


@pytest.mark.parametrize("name", names())
def test_what_is_written_is_valid_against_both_schemas(name: str) -> None:
    document = read(name)
    tree = etree.fromstring(write_xml(document))
    valid_xml = xml_schema(etree.QName(tree).localname).validate(tree)
    written = json.loads(write_json(document))
    single = written if isinstance(written, list) else [written]
    valid_json = all(map(json_schema().is_valid, single))
    if FILES[name].suffix != ".xml" and not json_schema().is_valid(raw(name)):
        valid_json = True  # it came with that fault
    assert (valid_xml and valid_json) is (name not in NOT_OF_SCHEMA)


def meaning(value: Any) -> Any:
    """Return what XML and JSON agree on: times as moments, numbers as numbers, bare words."""
    if isinstance(value, dict):
        return {name.removeprefix("@"): meaning(member) for name, member in value.items()}
    if isinstance(value, list):
        return [meaning(item) for item in value]
    text = str(value).lower() if isinstance(value, bool) else str(value).strip()
    for code_list in ("BizStep", "Disp", "BTT"):
        text = bare(text, code_list)  # type: ignore[arg-type]
    for kind in (float, lambda each: moment(each).timestamp()):
        try:
            return kind(text)
        except (ValueError, EpcisError):
            continue
    return text


@pytest.mark.parametrize(("xml", "twin"), twins())
def test_twins_are_equal_events(xml: str, twin: str) -> None:
    same = meaning(members(read(xml))) == meaning(members(read(twin)))
    assert same is (xml not in DIFFERENT)


def test_enough_twins_are_equal() -> None:
    assert sum(xml not in DIFFERENT for xml, _ in twins()) >= 18
