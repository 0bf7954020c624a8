from __future__ import annotations

import contextlib
import gzip
import json
from io import BytesIO
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ocoptrace.epcis import DocumentWriter, parse_event, read_document, write_json
from ocoptrace.epcis.document import write_xml
from ocoptrace.epcis.number import of_lexeme
from ocoptrace.epcis.vocabulary import EPCIS_CONTEXT, VOCABULARY
from ocoptrace.epcis.xml_schema import ORDER, STANDING
from ocoptrace.errors import EpcisError

SEEN: dict[str, Any] = {
    "type": "ObjectEvent",
    "eventTime": "2025-08-20T07:15:00.000+07:00",
    "eventTimeZoneOffset": "+07:00",
    "action": "OBSERVE",
    "epcList": ["https://id.gs1.org/01/09524071001014/21/7"],
}
CONTEXT = [EPCIS_CONTEXT, {"ex": "https://example.org/voc", "m": "urn:m"}]
START = (
    '<epcis:EPCISDocument xmlns:epcis="urn:epcglobal:epcis:xsd:2" schemaVersion="2.0"'
    ' creationDate="2026-11-23T00:00:00Z" xmlns:ex="https://example.org/voc">'
    "<EPCISBody><EventList>"
)
END = "</EventList></EPCISBody></epcis:EPCISDocument>"
HEAD = (
    "<eventTime>2025-08-20T07:15:00.000+07:00</eventTime>"
    "<eventTimeZoneOffset>+07:00</eventTimeZoneOffset>"
)
REST = "<epcList><epc>urn:epc:id:sgtin:9524071.001014.7</epc></epcList><action>OBSERVE</action>"


def xml(inside: str = "", head: str = HEAD, rest: str = REST) -> bytes:
    return f"{START}<ObjectEvent>{head}{rest}{inside}</ObjectEvent>{END}".encode()


def through_xml(event: dict[str, Any], context: list[Any] | None = None) -> dict[str, Any]:
    written = write_xml([parse_event(event, context=context or CONTEXT)])
    return read_document(written).events[0].to_json()


# JSON -> XML -> JSON

TEXT = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=8)
TEXT |= st.sampled_from(["a\nb", " x ", "\r", "\x01", "\ufffe", "<&>\"'", ""])
NUMBER = st.sampled_from(["0", "-7", "120.50", "1e3", "-0.0", "0.1", "9" * 24]).map(of_lexeme)
NAME = st.sampled_from(
    """ex:a ex:b m:a bare @a @ex:b #text ocop:step cbvmda:lotNumber nope:a https://x.example/y @ #
    @type @xsi:type xml:a ocop:list @ocop:json @ocop:list xmlns @xmlns extension ex:1""".split()
) | st.sampled_from(["", "ex:a b"])
JSON = st.recursive(
    TEXT | NUMBER | st.booleans() | st.none(),
    lambda inside: st.lists(inside, max_size=3) | st.dictionaries(NAME, inside, max_size=3),
    max_leaves=8,
)


@given(JSON)
@settings(max_examples=400)
def test_any_extension_comes_back_from_xml_with_its_digits(value: Any) -> None:
    event = parse_event(SEEN | {"ex:value": value, "https://x.example/z": value}, context=CONTEXT)
    again = read_document(write_xml([event])).events[0]
    assert again.to_json() == event.to_json()
    digits = json.loads(write_json([again]), parse_float=str, parse_int=str)
    assert (
        digits["epcisBody"]
        == json.loads(write_json([event]), parse_float=str, parse_int=str)["epcisBody"]
    )


WORDS = st.sampled_from(
    """receiving urn:epcglobal:cbv:bizstep:receiving cbv:BizStep-receiving unheard_of ex:step
    https://ref.gs1.org/cbv/BizStep-receiving ocop:fermenting""".split()
) | st.just(" padded ")
SENSED = st.sampled_from(["Temperature", "gs1:Temperature", "ex:probe", "unheard", "ocop:pH"])
URI = st.sampled_from(["urn:x:1", "https://example.org/a?b=c&d='e'", "https://x.example/ắ"])
REPORT = st.fixed_dictionaries(
    {"type": SENSED},
    optional={
        "value": NUMBER,
        "stringValue": TEXT,
        "booleanValue": st.booleans(),
        "component": st.sampled_from(["x", "cbv:Comp-x", "ex:x"]),
        "exception": SENSED,
        "uom": TEXT,
        "ex:more": JSON,
    },
)
LOCATION = st.fixed_dictionaries({"id": URI}, optional={"ex:plot": JSON})
QUANTITY = st.fixed_dictionaries(
    {"epcClass": URI}, optional={"quantity": NUMBER, "uom": st.sampled_from(["KGM", " KGM"])}
)
EVENT = st.fixed_dictionaries(
    {},
    optional={
        "eventID": URI,
        "recordTime": st.just("2025-08-20T00:15:00.1234567Z"),
        "certificationInfo": URI | st.lists(URI, max_size=3),
        "bizStep": WORDS,
        "disposition": WORDS,
        "readPoint": LOCATION,
        "bizLocation": LOCATION,
        "bizTransactionList": st.lists(
            st.fixed_dictionaries({"bizTransaction": URI}, optional={"type": WORDS}), max_size=2
        ),
        "quantityList": st.lists(QUANTITY, max_size=2),
        "sourceList": st.lists(st.fixed_dictionaries({"type": WORDS, "source": URI}), max_size=2),
        "persistentDisposition": st.dictionaries(
            st.sampled_from(["set", "unset"]), st.lists(WORDS, min_size=1, max_size=2)
        ),
        "errorDeclaration": st.fixed_dictionaries(
            {"declarationTime": st.just("2025-08-21T00:00:00Z")},
            optional={"reason": WORDS, "correctiveEventIDs": st.lists(URI), "ex:why": JSON},
        ),
        "sensorElementList": st.lists(
            st.fixed_dictionaries(
                {"sensorReport": st.lists(REPORT, min_size=1, max_size=2)},
                optional={
                    "sensorMetadata": st.fixed_dictionaries({}, optional={"ex:a": JSON}),
                    "ex:b": JSON,
                },
            ),
            max_size=2,
        ),
        "ex:a": JSON,
        "nope:a": JSON,
    },
)


@given(EVENT)
@settings(max_examples=300)
def test_any_event_comes_back_from_xml(members: dict[str, Any]) -> None:
    try:
        event = parse_event(SEEN | members, context=CONTEXT)
        written = write_xml([event])
    except EpcisError:
        return  # no event, or a character that XML lacks outside extensions
    assert read_document(written).events[0].to_json() == event.to_json()


def test_the_order_of_members_is_kept() -> None:
    event = SEEN | {"ex:b": "1", "ex:a": {"ex:z": "1", "ex:y": "2"}}
    again = through_xml(event)
    assert list(again)[-2:] == ["ex:b", "ex:a"]
    assert list(again["ex:a"]) == ["ex:z", "ex:y"]


@pytest.mark.parametrize("kind", ORDER)
def test_every_type_of_event_is_written_in_the_order_of_the_schema(kind: str) -> None:
    event = {
        **SEEN,
        "type": kind,
        "bizTransactionList": [{"type": "po", "bizTransaction": "urn:x:po"}],
        "parentID": "urn:x:parent",
        "childEPCs": ["urn:x:1"],
        "inputEPCList": ["urn:x:1"],
        "outputEPCList": ["urn:x:2"],
        "disposition": "active",
        "bizStep": "packing",
    }
    allowed = {"type", *ORDER[kind]}
    event = {name: value for name, value in event.items() if name in allowed}
    assert through_xml(event) == event


def test_what_xml_says_of_an_event_needs_nothing_of_ours() -> None:
    event = SEEN | {
        "bizStep": "receiving",
        "quantityList": [{"epcClass": "urn:x:1", "quantity": of_lexeme("120.50"), "uom": "KGM"}],
        "ex:note": ["a", "b"],
        "ex:part": {"ex:c": "d", "@e": "f"},
    }
    written = write_xml([parse_event(event, context=CONTEXT)]).decode()
    assert "ocop:json" not in written
    assert "<quantity>120.50</quantity>" in written
    assert "<ex:note>a</ex:note><ex:note>b</ex:note>" in written
    assert '<ex:part e="f"><ex:c>d</ex:c></ex:part>' in written


def test_master_data_mixes_with_nothing() -> None:
    event = through_xml(SEEN | {"cbvmda:lotNumber": "7"})
    assert event["cbvmda:lotNumber"] == "7"
    written = write_xml([parse_event(SEEN | {"cbvmda:lotNumber": "7"})])
    assert b'xmlns:cbvmda="urn:epcglobal:cbv:mda"' in written


@pytest.mark.parametrize("context", [[], [{"ocop": VOCABULARY}]])
def test_our_own_prefix_is_declared_once_in_a_document_of_any_length(context: list[Any]) -> None:
    event = parse_event(SEEN | {"ocop:step": "washing"}, context=context)
    file = BytesIO()
    with DocumentWriter(file, "xml", created=event.when) as document:
        document.write(event)
        document.write(parse_event(SEEN))
    written = file.getvalue().decode()
    assert written.count("xmlns:ocop") == 1
    assert "ocop:json" not in written
    again = read_document(file.getvalue()).events
    assert [each.to_json() for each in again] == [event.to_json(), SEEN]
    assert [each.prefixes for each in again] == [{"ocop": VOCABULARY}] * 2
    assert '"ocop"' in write_json(again).decode()


def test_a_namespace_is_kept_as_declared() -> None:
    data = xml('<cbvmda:lot xmlns:cbvmda="urn:epcglobal:cbv:mda:">7</cbvmda:lot>')
    event = read_document(data).events[0]
    assert event.prefixes["cbvmda"] == "urn:epcglobal:cbv:mda:"
    assert b'xmlns:cbvmda="urn:epcglobal:cbv:mda:"' in write_xml(read_document(data))


def test_a_prefix_with_two_meanings_gets_a_second_name() -> None:
    inner = '<ex:a><ex:b xmlns:ex="urn:other">1</ex:b></ex:a>'
    event = read_document(xml(inner)).events[0]
    assert event.to_json()["ex:a"] == {"ex1:b": "1"}
    assert event.prefixes == {"ex": "https://example.org/voc", "ex1": "urn:other"}


# XML as others write it


def test_numbers_of_xml_become_numbers_of_json() -> None:
    quantity = (
        "<quantityElement><epcClass>urn:x:1</epcClass><quantity>{}</quantity></quantityElement>"
    )
    spelled = ["+5", "007", ".50", "5.", "-0.0", "12.30"]
    listed = "".join(quantity.format(each) for each in spelled)
    event = read_document(xml(f"<quantityList>{listed}</quantityList>")).events[0]
    written = json.loads(write_json([event]), parse_float=str, parse_int=str)
    elements = written["epcisBody"]["eventList"][0]["quantityList"]
    assert [each["quantity"] for each in elements] == ["5", "7", "0.50", "5", "-0.0", "12.30"]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (xml("<stray/>"), "epcis.xml_element"),
        (xml("<action>ADD</action>"), "epcis.xml_twice"),
        (xml(head=HEAD + "<recordTime>2025-08-20T07:15:00Z</recordTime>"), "epcis.xml_order"),
        (xml("text"), "epcis.xml_text"),
        (xml("<ex:a>text<ex:b/>tail</ex:a>"), "epcis.xml_text"),
        (xml("<readPoint><ex:a/></readPoint>"), "fields.missing"),
        (xml("<quantityList><epc/></quantityList>"), "epcis.xml_element"),
        (xml("<bizStep>a<b/></bizStep>"), "epcis.xml_element"),
        (xml(head="<eventTime>2025</eventTime>"), "epcis.time"),
        (xml().replace(b"<ObjectEvent>", b'<ObjectEvent x="1">'), "epcis.xml_attribute"),
        (xml().replace(b"ObjectEvent", b"OtherEvent"), "epcis.event_type"),
        (xml()[:-5], "epcis.xml_syntax"),
        (xml("&undeclared;"), "epcis.xml_syntax"),
    ],
)
def test_faults_of_xml_have_a_line_and_a_path(data: bytes, code: str) -> None:
    with pytest.raises(EpcisError) as caught:
        read_document(data)
    assert caught.value.code == code
    if code != "epcis.xml_syntax":
        assert caught.value.place.startswith("line 1, /EPCISDocument/EPCISBody/EventList/")


def test_elements_in_any_order_are_read_on_request() -> None:
    data = xml(head=HEAD + "<recordTime>2025-08-20T07:15:00Z</recordTime>")
    assert read_document(data, any_order=True).events[0].record_time == "2025-08-20T07:15:00Z"


@pytest.mark.parametrize(
    "declared",
    [
        '<!DOCTYPE e [<!ENTITY a "b">]>',
        '<!DOCTYPE e [<!ENTITY % p SYSTEM "file:///etc/passwd"> %p;]>',
        '<!DOCTYPE e SYSTEM "file:///etc/passwd">',
        '<!DOCTYPE e PUBLIC "a" "https://example.org/e.dtd">',
        "<!DOCTYPE e [<!ELEMENT e ANY>]>",
        '<!DOCTYPE e [<!ATTLIST ObjectEvent ex CDATA "1">]>',
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_declarations_are_refused_in_any_encoding(declared: str, encoding: str) -> None:
    data = (declared + xml().decode()).encode(encoding)
    with pytest.raises(EpcisError) as caught:
        read_document(data)
    assert caught.value.code == "epcis.xml_dtd"


def test_a_bare_document_type_says_nothing() -> None:
    assert read_document(b"<!DOCTYPE project>" + xml()).events


def test_deep_nesting_is_refused() -> None:
    for depth in (40, 1_000, 1_000_000):
        with pytest.raises(EpcisError) as caught:
            read_document(xml("<ex:a>" * depth + "</ex:a>" * depth), max_bytes=2**24)
        assert caught.value.code in {"json.too_deep", "epcis.xml_syntax"}


def test_text_is_composed() -> None:
    assert (
        read_document(xml("<ex:a>ă\u0301</ex:a>".replace("ă", "a\u0306")))
        .events[0]
        .to_json()["ex:a"]
        == "ắ"
    )


@pytest.mark.parametrize(
    "stated", ['{"bizStep":"shipping"}', '{"action":"ADD"}', "[]", '{"type":"ObjectEvent"}']
)
def test_json_beside_the_elements_may_not_contradict_them(stated: str) -> None:
    told = stated.replace('"', "&quot;")
    marked = f'<ObjectEvent xmlns:ocop="{VOCABULARY}" ocop:json="{told}">'
    with pytest.raises(EpcisError) as caught:
        read_document(
            xml("<bizStep>urn:x:other</bizStep>").replace(b"<ObjectEvent>", marked.encode())
        )
    assert caught.value.code == "epcis.xml_json"


def test_json_beside_the_elements_may_not_give_prefixes_another_meaning() -> None:
    told = '{"@context": [{"ex": "urn:other"}]}'.replace('"', "&quot;")
    marked = f'<ObjectEvent xmlns:ocop="{VOCABULARY}" ocop:json="{told}">'
    with pytest.raises(EpcisError) as caught:
        read_document(xml("<ex:a/>").replace(b"<ObjectEvent>", marked.encode()))
    assert caught.value.code == "epcis.xml_json"


def test_compressed_documents_are_read_up_to_the_limit() -> None:
    assert read_document(gzip.compress(xml())).events
    with pytest.raises(EpcisError) as caught:
        read_document(gzip.compress(xml() + b" " * 10_000), max_bytes=5_000)
    assert caught.value.code == "json.too_large"
    with pytest.raises(EpcisError) as caught:
        read_document(gzip.compress(xml())[:-9])
    assert caught.value.code == "epcis.gzip"


def test_wrappers_of_epcis_1_2_are_looked_through() -> None:
    old = (
        xml(
            "<extension><sourceList><source type='urn:epcglobal:cbv:sdt:location'>urn:x:s</source>"
            "</sourceList><extension><ex:a>1</ex:a></extension></extension>",
            head="<eventTime>2025-08-20T07:15:00Z</eventTime><eventTimeZoneOffset>+07:00"
            "</eventTimeZoneOffset><baseExtension><eventID>urn:x:id</eventID></baseExtension>",
        )
        .replace(b"epcis:xsd:2", b"epcis:xsd:1")
        .replace(b'"2.0"', b'"1.2"')
    )
    document = read_document(old)
    event = document.events[0].to_json()
    assert (event["eventID"], event["sourceList"][0]["type"], event["ex:a"]) == (
        "urn:x:id",
        "location",
        "1",
    )
    assert b'schemaVersion="2.0"' in write_xml(document)


def test_our_own_prefix_has_one_meaning() -> None:
    event = parse_event(SEEN | {"@context": {"ocop": "urn:other"}, "ocop:a": 1})
    with pytest.raises(EpcisError) as caught:
        write_xml([event])
    assert caught.value.code == "epcis.prefix_reserved"


@given(st.data())
def test_a_damaged_document_raises_our_error_or_reads(data: st.DataObject) -> None:
    whole = xml("<ex:a b='c'>Mắm</ex:a><bizStep/>")
    at = data.draw(st.integers(0, len(whole) - 1))
    damaged = whole[:at] + data.draw(st.binary(max_size=3)) + whole[at + 1 :]
    with contextlib.suppress(EpcisError):
        read_document(damaged)


def test_a_namespace_that_is_no_address_is_told_as_json() -> None:
    event = parse_event(SEEN | {"@context": {"ex": "9urn:ex:"}, "ex:a": 1})
    written = write_xml([event])
    assert b"xmlns:ex=" not in written
    again = read_document(written).events[0]
    assert (again.to_json(), again.prefixes) == (event.to_json(), event.prefixes)


@pytest.mark.parametrize("namespace", sorted(STANDING))
def test_a_prefix_for_what_the_syntax_is_made_of_comes_back(namespace: str) -> None:
    context = [EPCIS_CONTEXT, {"x": namespace}]
    event = {**SEEN, "x:action": "3", "x:gate": {"x:side": "left"}}
    assert through_xml(event, context) == event


def test_an_attribute_of_epcis_on_a_document_comes_back() -> None:
    document = read_document(xml().replace(b" creationDate", b' epcis:gate="A" creationDate'))
    assert document.head is not None
    assert read_document(write_xml(document)).head == document.head
