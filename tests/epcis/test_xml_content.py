"""What stands in XML where EPCIS has no room for it is kept or refused, never lost."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from typing import Any

import pytest
from lxml import etree

from ocoptrace.epcis import (
    canonical_bytes,
    event_prehash,
    parse_event,
    read_document,
    write_json,
    write_xml,
)
from ocoptrace.epcis.intake import MAX_EVENT_DEPTH
from ocoptrace.errors import EpcisError

EX = 'xmlns:ex="https://example.org/"'
WHEN = (
    "<eventTime>2025-08-20T07:15:00+07:00</eventTime>"
    "<eventTimeZoneOffset>+07:00</eventTimeZoneOffset>"
)
LASTING = "<persistentDisposition><set>urn:x:good</set></persistentDisposition>"
SENSED = (
    "<sensorElementList><sensorElement><sensorReport type='gs1:Temperature' value='4'/>"
    "</sensorElement></sensorElementList>"
)
AMOUNT = (
    "<quantityList><quantityElement><epcClass>urn:x:2</epcClass><quantity>3</quantity>"
    "</quantityElement></quantityList>"
)
EVENT = (
    f"<ObjectEvent>{WHEN}<epcList><epc>urn:x:1</epc></epcList><action>ADD</action>"
    f"<readPoint><id>urn:x:3</id></readPoint>{AMOUNT}{SENSED}{LASTING}"
    "<ilmd><ex:lot>L1</ex:lot></ilmd></ObjectEvent>"
)
TAKEN_BACK = EVENT.replace(
    "<epcList>",
    "<eventID>urn:x:9</eventID><errorDeclaration>"
    "<declarationTime>2025-08-21T00:00:00Z</declarationTime></errorDeclaration><epcList>",
)
VOCABULARIES = (
    '<VocabularyList><Vocabulary type="urn:x:v"><VocabularyElementList>'
    '<VocabularyElement id="urn:x:4"><attribute id="urn:x:5">x</attribute></VocabularyElement>'
    "</VocabularyElementList></Vocabulary></VocabularyList>"
)
HEADER = (
    f"<EPCISHeader><extension><EPCISMasterData>{VOCABULARIES}</EPCISMasterData></extension>"
    "</EPCISHeader>"
)


def document(event: str = EVENT, header: str = HEADER) -> bytes:
    return (
        f'<epcis:EPCISDocument xmlns:epcis="urn:epcglobal:epcis:xsd:2" {EX} schemaVersion="2.0">'
        f"{header}<EPCISBody><EventList>{event}</EventList></EPCISBody></epcis:EPCISDocument>"
    ).encode()


def again(data: bytes) -> bytes:
    """Return a document after a way through XML and JSON."""
    return write_json(read_document(write_json(read_document(write_xml(read_document(data))))))


def test_all_of_it_is_read() -> None:
    (event,) = read_document(document()).events
    assert event.ilmd == {"ex:lot": "L1"}  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("tag", "event"),
    [
        ("ilmd", EVENT),
        ("errorDeclaration", TAKEN_BACK),
        ("ObjectEvent", EVENT),
        ("EPCISBody", EVENT),
        ("EPCISHeader", EVENT),
        ("Vocabulary", EVENT),
        ("VocabularyElement", EVENT),
    ],
)
def test_an_attribute_that_the_schema_allows_is_kept(tag: str, event: str) -> None:
    pattern = f"<{tag}(?=[ >])".encode()
    data = re.sub(pattern, f'<{tag} ex:kept="here"'.encode(), document(event), count=1)
    assert b'"ex:kept": "here"' in write_json(read_document(data))
    assert json.loads(again(data)) == json.loads(write_json(read_document(data)))


@pytest.mark.parametrize(
    "tag",
    """readPoint epcList epc quantityList quantityElement sensorElementList sensorElement
    persistentDisposition set EventList EPCISMasterData VocabularyList VocabularyElementList
    eventTime action""".split(),
)
def test_an_attribute_with_no_place_is_refused(tag: str) -> None:
    data = document().replace(f"<{tag}>".encode(), f'<{tag} ex:a="lost">'.encode(), 1)
    with pytest.raises(EpcisError) as caught:
        read_document(data)
    assert caught.value.code == "epcis.xml_attribute"
    assert f"/{tag}" in caught.value.place


@pytest.mark.parametrize(
    "tag",
    """ObjectEvent EventList EPCISBody EPCISHeader EPCISMasterData VocabularyList
    VocabularyElementList sensorElementList sensorElement persistentDisposition ilmd epcList
    quantityElement readPoint""".split(),
)
@pytest.mark.parametrize("where", ["begin", "end"])
def test_text_between_elements_is_refused(tag: str, where: str) -> None:
    mark = f"<{tag}>" if where == "begin" else f"</{tag}>"
    text = mark + "lost" if where == "begin" else "lost" + mark
    data = document().replace(mark.encode(), text.encode(), 1)
    with pytest.raises(EpcisError) as caught:
        read_document(data)
    assert caught.value.code == "epcis.xml_text"


@pytest.mark.parametrize(
    ("was", "becomes", "code"),
    [
        (HEADER, HEADER * 2, "xml_twice"),
        (VOCABULARIES, VOCABULARIES * 2, "xml_twice"),
        ("</EPCISMasterData>", "</EPCISMasterData><EPCISMasterData/>", "xml_twice"),
        ("</EventList>", "</EventList><EventList/>", "xml_twice"),
        ("</EPCISBody>", "</EPCISBody><EPCISBody/>", "xml_twice"),
        (LASTING, LASTING * 2, "xml_twice"),
        ("<EPCISMasterData>", "<EPCISMasterData><Other/>", "xml_element"),
        ("VocabularyElement ", "Bogus ", "xml_element"),
        ("<Vocabulary ", "<Bogus ", "xml_element"),
        ("<attribute ", "<children><Bogus/></children><attribute ", "xml_element"),
    ],
)
def test_what_is_there_twice_or_unknown_is_refused(was: str, becomes: str, code: str) -> None:
    text = document().decode()
    assert was in text
    text = text.replace(was, becomes).replace("</VocabularyElement>", "</Bogus>" if becomes ==
                                              "Bogus " else "</VocabularyElement>")  # fmt: skip
    text = text.replace("</Vocabulary>", "</Bogus>") if becomes == "<Bogus " else text
    with pytest.raises(EpcisError) as caught:
        read_document(text.encode())
    assert caught.value.code == f"epcis.{code}"


def test_the_language_of_an_extension_keeps_its_prefix() -> None:
    event = EVENT.replace("</ilmd>", "</ilmd><ex:a xml:lang='vi'>x</ex:a>")
    (read,) = read_document(document(event)).events
    assert read.extensions == {"ex:a": {"@xml:lang": "vi", "#text": "x"}}
    assert read.prefixes == {"ex": "https://example.org/"}
    written = write_xml([read])
    assert b'<ex:a xml:lang="vi">x</ex:a>' in written
    assert b"xmlns:xml" not in written
    assert b"XML/1998" not in written
    assert read_document(written).events == (read,)
    assert b"1998" not in canonical_bytes(read)
    assert "{http://www.w3.org/XML/1998/namespace}lang=vi" in event_prehash(read)


def test_the_prefix_of_xml_has_no_other_meaning() -> None:
    members = read_document(document()).events[0].to_json()
    event = parse_event(members | {"@context": [{"xml": "urn:x:other", "ex": "urn:x:ex"}]})
    with pytest.raises(EpcisError) as caught:
        canonical_bytes(event)
    assert caught.value.code == "epcis.prefix_reserved"


def seen(**members: Any) -> dict[str, Any]:
    return {
        "@context": [{"ex": "https://example.org/"}],
        "type": "ObjectEvent",
        "action": "OBSERVE",
        "eventTime": "2025-08-20T07:15:00+07:00",
        "eventTimeZoneOffset": "+07:00",
        "epcList": ["urn:x:1"],
    } | members


@pytest.mark.parametrize("value", [[1.5], [True], [None], [7], [[1.5]], {"ex:b": [1.5]}])
def test_a_list_of_one_number_bears_no_type_beside_another_attribute(value: Any) -> None:
    event = parse_event(seen(**{"ex:a": value}))
    written = write_xml([event])
    for element in etree.fromstring(written).iter():
        typed = [name for name in element.attrib if name.endswith(("}type", "}nil"))]
        assert not typed or len(element.attrib) == 1
    assert read_document(written).events[0].to_json() == event.to_json()


def test_extensions_named_by_a_uri_keep_their_order() -> None:
    names = [f"https://example.org/{letter}" for letter in "qwertyuiop"]
    event = parse_event(seen(**dict.fromkeys(names, "x")))
    assert list(read_document(write_xml([event])).events[0].extensions) == names


def test_the_bytes_do_not_depend_on_the_seed_of_hashes() -> None:
    code = (
        "from ocoptrace.epcis import parse_event, write_xml; import sys;"
        f"event = parse_event({seen()!r} | {{'https://example.org/' + c: 'x' for c in 'qwert'}});"
        "sys.stdout.buffer.write(write_xml([event]))"
    )
    written = {
        subprocess.run(  # noqa: S603 - our own
            [sys.executable, "-c", code],
            env=os.environ | {"PYTHONHASHSEED": str(seed)},
            check=True,
            capture_output=True,
        ).stdout
        for seed in (1, 2, 3)
    }
    assert len(written) == 1


def amount(number: str) -> bytes:
    event = seen(quantityList=[{"epcClass": "urn:x:2", "quantity": 1}])
    return write_json([parse_event(event)]).replace(
        b'"quantity": 1', f'"quantity": {number}'.encode()
    )


@pytest.mark.parametrize("number", ["0e999999999999999999999", "1e20", "1.50e-7", "-0e5"])
def test_a_number_with_an_exponent_comes_back_from_xml(number: str) -> None:
    document = read_document(amount(number))
    assert write_json(read_document(write_xml(document))) == write_json(document)
    assert number.encode() in write_json(document)


@pytest.mark.parametrize("number", ["1e300", "1e-300", "1e-99999999999999999999"])
def test_a_number_that_xml_cannot_say_is_refused_with_its_place(number: str) -> None:
    with pytest.raises(EpcisError) as caught:
        write_xml(read_document(amount(number)))
    assert caught.value.code == "epcis.xml_number"
    assert caught.value.place == "/epcisBody/eventList/0/quantityList"


def test_a_character_that_xml_lacks_is_refused_with_its_place() -> None:
    events = [parse_event(seen()), parse_event(seen(bizStep="a\x01b"))]
    with pytest.raises(EpcisError) as caught:
        write_xml(events)
    assert caught.value.code == "epcis.xml_character"
    assert caught.value.place == "/epcisBody/eventList/1/bizStep"


def test_a_number_beyond_a_double_is_refused_with_its_place() -> None:
    with pytest.raises(EpcisError) as caught:
        read_document(document(EVENT.replace("<quantity>3", "<quantity>+1e400")))
    assert caught.value.code == "json.out_of_range"
    assert caught.value.place.endswith("/quantityElement/quantity")


@pytest.mark.parametrize("depth", [*range(8, 20), 32])
def test_what_is_read_from_xml_can_be_written_in_json_and_read_again(depth: int) -> None:
    inside = "<ex:a ocop:list='true'>" * depth + "</ex:a>" * depth
    start = EVENT.replace(
        "<ObjectEvent", '<ObjectEvent xmlns:ocop="https://w3id.org/ocoptrace/voc/"'
    )
    data = document(start.replace("</ilmd>", f"</ilmd>{inside}"))
    if 2 * depth <= MAX_EVENT_DEPTH:  # each is an array and an object
        assert again(data) == write_json(read_document(data))
        return
    with pytest.raises(EpcisError) as caught:
        read_document(data)
    assert caught.value.code == "json.too_deep"


def test_a_thousand_namespaces_under_one_prefix_are_told_apart() -> None:
    inside = "".join(f'<p:a xmlns:p="urn:x:{number}"/>' for number in range(900))
    (event,) = read_document(document(EVENT.replace("</ilmd>", f"</ilmd>{inside}"))).events
    assert len(set(event.prefixes.values())) == 901
    assert len(event.extensions) == 900


@pytest.mark.parametrize("start", ["<ex:a", "<ObjectEvent", "<VocabularyElement ex:b='c'"])
@pytest.mark.parametrize("what", ['a{}="x"', 'xmlns:a{}="urn:x:{}"'])
def test_an_element_with_too_many_attributes_is_refused(start: str, what: str) -> None:
    text = document(EVENT.replace("</ilmd>", "</ilmd><ex:a ex:b='c'/>")).decode()
    text = text.replace("<VocabularyElement ", "<VocabularyElement ex:b='c' ")
    many = " ".join(what.format(number, number) for number in range(1000))
    with pytest.raises(EpcisError) as caught:
        read_document(text.replace(start, f"{start} {many} ", 1).encode())
    assert caught.value.code == (
        "epcis.xml_prefixes" if "xmlns" in what else "epcis.xml_attributes"
    )


@pytest.mark.parametrize(
    ("word", "read"),
    [
        ("damaged", "damaged"),
        ("non_sellable_damaged", "https://ref.gs1.org/cbv/Disp-non_sellable_damaged"),
    ],
)
def test_a_urn_of_cbv_has_no_place_in_json(word: str, read: str) -> None:
    urn = f"urn:epcglobal:cbv:disp:{word}"
    event = EVENT.replace("<readPoint>", f"<disposition>{urn}</disposition><readPoint>")
    data = document(event)
    (event_read,) = read_document(data).events
    assert event_read.disposition == read
    assert b"urn:epcglobal:cbv" not in write_json(read_document(data))
    assert json.loads(again(data)) == json.loads(write_json(read_document(data)))
    assert f'"disposition":"{word}"'.encode() in canonical_bytes(event_read)
    assert f"disposition=https://ref.gs1.org/cbv/Disp-{word}" in event_prehash(event_read)
