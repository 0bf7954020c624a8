"""Agreement with the hashes that the reference implementation has published, by profile.

Its pre-hash text is compared first: where that differs, it shows where. Every document is named
here with the number of its events, so that none can go missing unseen.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from ocoptrace.epcis import read_document
from ocoptrace.epcis.event_hash import (
    PROFILES,
    event_prehash,
    event_prehashes,
    hash_document,
    hash_events,
)
from ocoptrace.epcis.event_hash.identifiers import one_link
from ocoptrace.errors import EpcisError

if TYPE_CHECKING:
    from ocoptrace.epcis import Event
    from ocoptrace.epcis.event_hash import ProfileName

FOLDER = "epcis/ralphtro-event-hash"
MASTER = f"{FOLDER}/master-2025-10-17/examples"
EQUAL = f"{FOLDER}/master-2025-10-17/expected_equal"
CURRENT = f"{FOLDER}/reference-2026"
OTHERS = "epcis/openepcis-test-resources/2.0/EPCIS"

MASTER_DOCUMENTS = {
    "CertificationInfoAndSensorReportWithCRS": (1, "jsonld xml"),
    "ReferenceEventHashAlgorithm": (1, "jsonld xml"),
    "ReferenceEventHashAlgorithm2": (1, "jsonld xml"),
    "SensorDataExamples": (12, "xml"),
    "TimeStampRoundOff": (3, "jsonld"),
    "epcisDocHavingEventWithComment": (1, "jsonld"),
    "epcisDocWithCustomSchemaInContext": (2, "jsonld"),
    "epcisDocWithDefaultSchemaInContext": (2, "jsonld"),
    "epcisDocWithSensorDataObjectEvent": (1, "jsonld"),
    "epcisDocWithSingleEvent": (1, "jsonld"),
    "epcisDocWithTransformationEventWithExtension": (1, "xml"),
    "epcisDocWithXMLstartTagAndErrorDeclaration": (1, "jsonld xml"),
    "epcisEventWithCURIEs": (1, "jsonld xml"),
    "epcisQueryDocument": (2, "jsonld xml"),
    "persistentDisposition": (2, "jsonld xml"),
    "ralfsChaosExample": (1, "jsonld"),
}
"""Documents of 2025: how many events, in which syntaxes."""

EQUAL_DOCUMENTS = (
    "differentRepresentationsOfAggregationEvent",
    "differentRepresentationsOfTransactionEvent",
    "differentRepresentationsOfTransformationEvent",
    "timestampTimeZone",
    "timestampTimeZone2",
    "timestampTimeZone3",
)
"""Documents whose events must all have one hash; all are XML."""

CURRENT_EVENTS = {
    "CertificationInfoAndSensorReportWithCRS": 1,
    "ObjectEvent_all_possible_fields": 1,
    "ReferenceEventHashAlgorithm": 1,
    "ReferenceEventHashAlgorithm2": 1,
    "SampleJSON": 1,
    "SensorDataExamples": 12,
    "TimeStampRoundOff": 3,
    "TransactionEvent_all_possible_fields": 1,
    "TransformationEventWithUserExtensions": 1,
    "TransformationEvent_all_possible_fields": 1,
    "epcisDocHavingEventWithComment": 1,
    "epcisDocWithCustomSchemaInContext": 2,
    "epcisDocWithDefaultSchemaInContext": 2,
    "epcisDocWithSensorDataObjectEvent": 1,
    "epcisDocWithSingleEvent": 1,
    "epcisDocWithTransformationEventWithExtension": 1,
    "epcisDocWithXMLstartTagAndErrorDeclaration": 1,
    "epcisEventWithCURIEs": 1,
    "epcisQueryDocument": 2,
    "persistentDisposition": 2,
    "ralfsChaosExample": 1,
}
"""Documents of 2026: how many events."""

CURRENT_FILES = (
    f"{MASTER}/CertificationInfoAndSensorReportWithCRS.jsonld",
    f"{CURRENT}/documents/CertificationInfoAndSensorReportWithCRS.xml",
    f"{OTHERS}/JSON/Capture/Documents/ObjectEvent_all_possible_fields.json",
    f"{OTHERS}/XML/Capture/Documents/ObjectEvent_all_possible_fields.xml",
    f"{CURRENT}/documents/ReferenceEventHashAlgorithm.jsonld",
    f"{MASTER}/ReferenceEventHashAlgorithm.xml",
    f"{CURRENT}/documents/ReferenceEventHashAlgorithm2.jsonld",
    f"{CURRENT}/documents/ReferenceEventHashAlgorithm2.xml",
    f"{CURRENT}/documents/SensorDataExamples.xml",
    f"{MASTER}/TimeStampRoundOff.jsonld",
    f"{OTHERS}/JSON/Capture/Documents/TransactionEvent_all_possible_fields.json",
    f"{CURRENT}/documents/TransactionEvent_all_possible_fields.xml",
    f"{CURRENT}/documents/TransformationEventWithUserExtensions.json",
    f"{OTHERS}/XML/Capture/Documents/TransformationEvent_with_userExtensions.xml",
    f"{OTHERS}/JSON/Capture/Documents/TransformationEvent_all_possible_fields.json",
    f"{CURRENT}/documents/TransformationEvent_all_possible_fields.xml",
    f"{MASTER}/epcisDocHavingEventWithComment.jsonld",
    f"{MASTER}/epcisDocWithCustomSchemaInContext.jsonld",
    f"{MASTER}/epcisDocWithDefaultSchemaInContext.jsonld",
    f"{CURRENT}/documents/epcisDocWithSensorDataObjectEvent.jsonld",
    f"{CURRENT}/documents/epcisDocWithSingleEvent.jsonld",
    f"{MASTER}/epcisDocWithTransformationEventWithExtension.xml",
    f"{CURRENT}/documents/epcisDocWithXMLstartTagAndErrorDeclaration.jsonld",
    f"{MASTER}/epcisDocWithXMLstartTagAndErrorDeclaration.xml",
    f"{MASTER}/epcisEventWithCURIEs.jsonld",
    f"{MASTER}/epcisEventWithCURIEs.xml",
    f"{CURRENT}/documents/epcisQueryDocument.jsonld",
    f"{MASTER}/epcisQueryDocument.xml",
    f"{CURRENT}/documents/persistentDisposition.jsonld",
    f"{CURRENT}/documents/persistentDisposition.xml",
    f"{MASTER}/ralfsChaosExample.jsonld",
)
"""The files that hold the documents of 2026. ``SampleJSON`` has none, only texts and hashes."""

ONLY_DRAFT = frozenset(
    {
        "epcisDocHavingEventWithComment",
        "epcisDocWithCustomSchemaInContext",
        "persistentDisposition",
    }
)
"""Documents of 2026 for which there are hashes of CBV 2.1 alone."""

DISORDERED = frozenset({"SensorDataExamples.xml"})
"""Documents, of both years, in which elements do not stand in the order of EPCIS."""

TWINS = {
    "gs1-EPCIS": 5,
    "openepcis-test-resources/2.0/EPCIS": 17,
}
"""Folder → how many XML documents in it have a JSON document of the same name."""

_OTHER = "GS1's two documents of this name describe different events"
DIFFERENT = {
    "gs1-EPCIS/XML/WithErrorDeclaration/ErrorDeclarationAndCorrectiveEvent.xml": _OTHER,
    **{
        f"gs1-EPCIS/XML/WithFullCombinationOfFields/{kind}_event_all_possible_fields.xml": _OTHER
        for kind in ("association", "object", "transaction", "transformation")
    },
    "openepcis-test-resources/2.0/EPCIS/XML/Capture/Events/TransactionEvent.xml": (
        "the second vehicle has a name here that it has not there"
    ),
}
"""XML documents whose events have another hash than those of the JSON document → why."""

DROPPED = {
    "openepcis-test-resources/2.0/EPCIS/XML/Capture/Documents/TransactionEvent.xml": (
        "a business transaction without type, of which release 1.9.3 makes no hash"
    ),
}
"""XML documents that have, like their JSON documents, no hash under ``reference-1.9`` → why."""

WITHOUT_PREHASH = {
    ("epcisDocHavingEventWithComment", 0): "no pre-hash text was published",
    ("epcisDocWithCustomSchemaInContext", 1): "the published text does not give the hash beside it",
    ("epcisDocWithDefaultSchemaInContext", 1): "the published text is cut off",
}
"""Events of 2025 whose pre-hash text cannot be compared; their hash is."""


class Case(NamedTuple):
    """A document, where its expected lines are, and how many there must be."""

    document: str
    expected: str
    events: int
    profile: ProfileName


def stem(path: str) -> str:
    name = path.rpartition("/")[2].partition(".")[0]
    return name.replace("_with_userExtensions", "WithUserExtensions")


def master_cases() -> list[Any]:
    return [
        parameter(Case(f"{MASTER}/{name}.{suffix}", f"{MASTER}/{name}", events, "reference-1.9"))
        for name, (events, suffixes) in MASTER_DOCUMENTS.items()
        for suffix in suffixes.split()
    ]


def current_cases() -> list[Any]:
    profiles: tuple[ProfileName, ...] = ("cbv2.0", "cbv2.1")
    return [
        parameter(Case(path, f"{CURRENT}/expected/{version}/{name}", CURRENT_EVENTS[name], profile))
        for path in CURRENT_FILES
        for profile in profiles
        for name, version in [(stem(path), PROFILES[profile].version)]
        if profile == "cbv2.1" or name not in ONLY_DRAFT
    ]


def parameter(case: Case) -> Any:
    return pytest.param(case, id=f"{case.document.rpartition('/')[2]}-{case.profile}")


def events_of(path: Path) -> tuple[Event, ...]:
    # The published XML of sensor data has its elements in another order than the standard.
    return read_document(path.read_bytes(), any_order=path.name in DISORDERED).events


def lines(path: Path) -> list[str]:
    return [line.strip() for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def agree(case: Case, vectors: Path) -> None:
    hashes = lines(vectors / f"{case.expected}.hashes")
    assert len(hashes) == case.events
    written = vectors / f"{case.expected}.prehashes"
    prehashes: list[str | None] = [*lines(written)] if written.exists() else [None] * len(hashes)
    if case.profile == "reference-1.9":
        for name, position in WITHOUT_PREHASH:
            if name == stem(case.document):
                prehashes[position] = None
    events = events_of(vectors / case.document)
    for event, prehash in zip(events, prehashes, strict=True):
        if prehash is not None:
            assert event_prehash(event, profile=case.profile) == prehash
    assert list(hash_events(events, profile=case.profile)) == hashes


@pytest.mark.parametrize("case", master_cases())
def test_release_1_9_is_agreed_with(case: Case, vectors: Path) -> None:
    agree(case, vectors)


@pytest.mark.parametrize("case", current_cases())
def test_the_reference_of_2026_is_agreed_with(case: Case, vectors: Path) -> None:
    agree(case, vectors)


@pytest.mark.parametrize("profile", list(PROFILES))
@pytest.mark.parametrize("name", EQUAL_DOCUMENTS)
def test_events_told_in_different_ways_have_one_hash(
    name: str, profile: ProfileName, vectors: Path
) -> None:
    events = events_of(vectors / EQUAL / f"{name}.xml")
    assert len(events) > 1
    assert len(set(hash_events(events, profile=profile))) == 1


def twins(vectors: Path) -> list[tuple[str, Path, Path]]:
    """Return the XML documents that are read, with the JSON documents of the same name."""
    found = []
    for folder in TWINS:
        for xml in sorted((vectors / "epcis" / folder).rglob("*.xml")):
            for suffix in (".json", ".jsonld"):
                other = Path(str(xml).replace("/XML/", "/JSON/")).with_suffix(suffix)
                if other.exists() and "Invalid" not in xml.parts and xml != other:
                    found.append((str(xml.relative_to(vectors / "epcis")), xml, other))
    return found


@pytest.mark.parametrize("profile", list(PROFILES))
def test_twins_in_xml_and_json_have_one_hash(profile: ProfileName, vectors: Path) -> None:
    differ, dropped, compared = set(), set(), set()
    for name, xml, other in twins(vectors):
        try:
            events = [events_of(path) for path in (xml, other)]
        except EpcisError:
            continue  # what is refused, and why, is told beside the reader
        compared.add(name)
        try:
            first, second = (list(event_prehashes(each, profile=profile)) for each in events)
        except EpcisError as error:
            if error.code != "epcis.hash_dropped":
                raise
            dropped.add(name)
        else:
            differ |= {name} if first != second else set()
    assert {folder: sum(name.startswith(folder) for name in compared) for folder in TWINS} == TWINS
    assert differ == DIFFERENT.keys()
    assert dropped == (DROPPED.keys() if profile == "reference-1.9" else set())


@pytest.mark.vectors(f"{FOLDER}/readme-2026-d8d8746/examples.json", 4)
def test_examples_of_the_readme(case: dict[str, Any], vectors: Path) -> None:
    profile = {each.version: name for name, each in PROFILES.items() if name != "reference-1.9"}[
        case["version"]
    ]
    (event,) = events_of(vectors / MASTER / f"{case['document']}.jsonld")
    assert event_prehash(event, profile=profile) == case["prehash"]
    assert list(hash_events([event], profile=profile)) == [case["hash"]]


@pytest.mark.parametrize("version", ["CBV2.0", "CBV2.1"])
@pytest.mark.parametrize("name", list(CURRENT_EVENTS))
def test_published_texts_give_the_published_hashes(name: str, version: str, vectors: Path) -> None:
    """This holds of the vectors alone; without it a wrong one would be searched for here."""
    if version == "CBV2.0" and name in ONLY_DRAFT:
        assert not (vectors / CURRENT / "expected" / version / f"{name}.hashes").exists()
        return
    folder = vectors / CURRENT / "expected" / version
    made = [
        f"ni:///sha-256;{hashlib.sha256(text.encode()).hexdigest()}?ver={version}"
        for text in lines(folder / f"{name}.prehashes")
    ]
    assert made == lines(folder / f"{name}.hashes")


@pytest.mark.parametrize(
    "case",
    [each for each in current_cases() if not each.values[0].document.endswith(".xml")],
)
def test_members_of_a_document_hash_as_its_events_do(case: Case, vectors: Path) -> None:
    document = json.loads((vectors / case.document).read_text(encoding="utf-8-sig"))
    body = document["epcisBody"]
    members = body.get("eventList") or body["queryResults"]["resultsBody"]["eventList"]
    texts = event_prehashes(members, profile=case.profile, context=document["@context"])
    events = events_of(vectors / case.document)
    assert list(texts) == list(event_prehashes(events, profile=case.profile))


@pytest.mark.parametrize("case", [*master_cases(), *current_cases()])
def test_a_document_hashes_as_its_validated_events_do(case: Case, vectors: Path) -> None:
    path = vectors / case.document
    disordered = path.name in DISORDERED
    hashes = hash_document(path.read_bytes(), profile=case.profile, any_order=disordered)
    assert hashes == list(hash_events(events_of(path), profile=case.profile))
    assert len(hashes) == case.events


def not_text(case: dict[str, Any]) -> str | None:
    return None if isinstance(case["input"], str) else "an identifier is a text"


@pytest.mark.vectors(f"{FOLDER}/dl_normaliser.json", 43, known=not_text)
def test_identifiers_become_one_link(case: dict[str, Any]) -> None:
    profile = PROFILES["reference-1.9"]
    found = one_link(case["input"], unescaped=profile.unescaped, tolerant=profile.tolerant_links)
    assert found == case["expected"]


def test_no_published_document_is_left_out(vectors: Path) -> None:
    folder = vectors / MASTER
    assert {path.stem for path in folder.glob("*.hashes")} == set(MASTER_DOCUMENTS)
    assert {path.stem for path in (vectors / EQUAL).glob("*.xml")} == set(EQUAL_DOCUMENTS)
    index = json.loads((vectors / CURRENT / "INDEX.json").read_text(encoding="utf-8"))
    listed = {each["document"]: each for each in index["documents"]}
    assert {name: each["events"] for name, each in listed.items()} == CURRENT_EVENTS
    files = {
        (vectors / CURRENT / file["path"]).resolve()
        for each in listed.values()
        for file in each["files"]
    }
    assert files == {(vectors / path).resolve() for path in CURRENT_FILES}
    assert {name for name, each in listed.items() if "CBV2.0" not in each["expected"]} == ONLY_DRAFT


def test_as_many_cases_are_collected_as_are_published() -> None:
    assert (len(master_cases()), len(current_cases())) == (23, 58)
    assert sum(events for events, _ in MASTER_DOCUMENTS.values()) == 33
    assert sum(CURRENT_EVENTS.values()) == 38
