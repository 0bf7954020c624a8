from __future__ import annotations

import gzip
import hashlib
import json
from decimal import Decimal
from typing import Any

import pytest

from ocoptrace.epcis import parse_event, read_document, write_json, write_xml
from ocoptrace.epcis.event_hash import (
    PROFILES,
    event_hash,
    event_prehash,
    event_prehashes,
    hash_document,
    hash_events,
)
from ocoptrace.errors import EpcisError

FARM = {"farm": "https://farm.example/v/", "other": "https://other.example/v"}
HEAD = "eventType=ObjectEventeventTime=2025-08-20T00:15:00.000ZeventTimeZoneOffset=+07:00"
ACTION = "action=OBSERVE"


def event(**members: Any) -> dict[str, Any]:
    return {
        "type": "ObjectEvent",
        "action": "OBSERVE",
        "eventTime": "2025-08-20T07:15:00+07:00",
        "eventTimeZoneOffset": "+07:00",
    } | members


def told(profile: Any = "cbv2.0", **members: Any) -> str:
    """Return the pre-hash text of an event behind what all these events begin with."""
    text = event_prehash(event(**members), profile=profile, context=[FARM])
    assert text.startswith(HEAD)
    return text.removeprefix(HEAD)


def extended(profile: Any = "cbv2.0", **members: Any) -> str:
    """Return the text of extensions ``farm:…``."""
    return told(profile, **{f"farm:{name}": value for name, value in members.items()}).removeprefix(
        ACTION
    )


SENSED = [
    {
        "sensorMetadata": {"deviceID": "urn:x:1", "farm:probe": "2"},
        "sensorReport": [{"type": "Temperature", "value": 26.0, "farm:raw": 9}],
        "farm:note": "x",
    }
]


def test_members_are_written_in_canonical_order_without_separators() -> None:
    text = told(
        bizStep="receiving",
        epcList=["urn:x:b", "urn:x:a"],
        disposition="in_progress",
        quantityList=[{"uom": "KGM", "quantity": 120.50, "epcClass": "urn:x:c"}],
    )
    assert text == (
        "epcListepc=urn:x:aepc=urn:x:bquantityListquantityElementepcClass=urn:x:cquantity=120.5"
        "uom=KGMaction=OBSERVEbizStep=https://ref.gs1.org/cbv/BizStep-receiving"
        "disposition=https://ref.gs1.org/cbv/Disp-in_progress"
    )


def test_what_an_event_does_not_tell_of_itself_is_never_hashed() -> None:
    bare = told()
    assert (
        told(
            eventID="urn:uuid:1",
            recordTime="2025-08-20T07:15:00Z",
            errorDeclaration={"declarationTime": "2025-08-21T00:00:00Z"},
            **{"rdfs:comment": "c", "comment": "d"},
        )
        == bare
    )
    assert told(**{"farm:a": {"comment": "c", "rdfs:comment": "d"}}) == f"{bare}{{{FARM['farm']}}}a"


def test_certification_is_hashed_by_the_old_profile_alone() -> None:
    certified = {"certificationInfo": ["https://c.example/2", "https://c.example/1"]}
    assert told(**certified) == told("cbv2.1", **certified) == ACTION
    assert told("reference-1.9", **certified) == (
        "certificationInfo=https://c.example/1certificationInfo=https://c.example/2action=OBSERVE"
    )


def test_the_type_comes_before_a_transaction_and_takes_part_in_sorting() -> None:
    text = told(
        bizTransactionList=[
            {"bizTransaction": "urn:x:1", "type": "po"},
            {"bizTransaction": "urn:x:2", "type": "desadv"},
        ]
    )
    assert text == (
        "action=OBSERVEbizTransactionListtype=https://ref.gs1.org/cbv/BTT-desadv"
        "bizTransaction=urn:x:2type=https://ref.gs1.org/cbv/BTT-pobizTransaction=urn:x:1"
    )


def test_a_transaction_without_type_has_no_hash_in_the_old_profile() -> None:
    untyped = {"bizTransactionList": [{"bizTransaction": "urn:x:1"}]}
    assert told(**untyped) == "action=OBSERVEbizTransactionListbizTransaction=urn:x:1"
    with pytest.raises(EpcisError) as caught:
        told("reference-1.9", **untyped)
    assert (caught.value.code, caught.value.place) == (
        "epcis.hash_dropped",
        "/bizTransactionList/0/bizTransaction",
    )


def test_empty_standard_members_vanish_and_empty_extensions_keep_their_name() -> None:
    empty = {"epcList": [], "quantityList": [], "ilmd": {}, "bizStep": "", "readPoint": {"id": ""}}
    assert told(**empty) == ACTION
    assert extended(a="", b={}, c=[]) == "{https://farm.example/v/}a{https://farm.example/v/}b"


def test_extensions_are_sorted_as_whole_texts() -> None:
    """``2`` comes before ``=``."""
    assert extended(field="x", field2="x") == (
        "{https://farm.example/v/}field2=x{https://farm.example/v/}field=x"
    )


def test_texts_are_sorted_by_code_point() -> None:
    """U+1F33E comes behind U+FF5E, though its UTF-16 form comes before."""
    assert extended(a=["\U0001f33e", "\uff5e"]) == (
        "{https://farm.example/v/}a=\uff5e{https://farm.example/v/}a=\U0001f33e"
    )


def test_lists_and_objects_in_extensions_are_written_through() -> None:
    text = extended(a=[2, "1", {"farm:c": {"d": 1, "b": [3, []]}}])
    ns = "{https://farm.example/v/}"
    assert text == f"{ns}a=1{ns}a=2{ns}a{ns}cb=3d=1"


def test_an_element_with_text_and_attributes_writes_the_text_first() -> None:
    assert extended(price={"#text": "5.0", "currency": "VND"}) == (
        "{https://farm.example/v/}price=5currency=VND"
    )


@pytest.mark.parametrize("profile", list(PROFILES))
def test_an_attribute_is_written_as_an_element_would_be(profile: Any) -> None:
    attributes = {"@farm:unit": "C", "@step": "1.0", "farm:at": 2}
    ns = "{https://farm.example/v/}"
    assert extended(profile, probe=attributes) == f"{ns}probestep=1{ns}at=2{ns}unit=C"
    assert told(profile, **{"@farm:a": "x"}) == told(profile, **{"farm:a": "x"})


@pytest.mark.parametrize("profile", list(PROFILES))
def test_xml_and_json_have_one_hash(profile: Any) -> None:
    """Each written by hand, so that neither is made from the other."""
    xml = """<ObjectEvent xmlns:farm="https://farm.example/v/" xmlns:gs1="https://ref.gs1.org/voc/"
        xmlns:cbvmda="urn:epcglobal:cbv:mda" xmlns:dcterms="http://purl.org/dc/terms/">
      <eventTime>2025-08-20T00:15:00.000Z</eventTime>
      <eventTimeZoneOffset>+07:00</eventTimeZoneOffset>
      <epcList><epc>urn:epc:id:sgtin:9520101.000111.7</epc></epcList>
      <action>ADD</action>
      <bizStep>urn:epcglobal:cbv:bizstep:storing</bizStep>
      <sensorElementList><sensorElement>
        <sensorReport type="gs1:Temperature" value="4.00" uom="CEL" farm:probe="2"/>
        <sensorReport type="gs1:Sweetness" component="cbv:Comp-x" booleanValue="true"/>
      </sensorElement></sensorElementList>
      <ilmd><cbvmda:lotNumber>L1</cbvmda:lotNumber></ilmd>
      <dcterms:title>Nước mắm</dcterms:title>
      <farm:price currency="VND" farm:per="1">50000.0<farm:note/></farm:price>
    </ObjectEvent>"""
    (read,) = read_document(xml.encode()).events
    told = event(
        **{
            "@context": FARM,
            "action": "ADD",
            "epcList": ["https://id.gs1.org/01/09520101001115/21/7"],
            "bizStep": "storing",
            "sensorElementList": [
                {
                    "sensorReport": [
                        {"type": "Sweetness", "component": "x", "booleanValue": True},
                        {"type": "Temperature", "value": 4, "uom": "CEL", "farm:probe": 2},
                    ]
                }
            ],
            "ilmd": {"cbvmda:lotNumber": "L1"},
            "dcterms:title": "Nước mắm",
            "farm:price": {"#text": "50000", "currency": "VND", "farm:per": 1, "farm:note": ""},
        }
    )
    assert event_prehash(read, profile=profile) == event_prehash(told, profile=profile)


def test_schema_attributes_are_never_hashed() -> None:
    xsi = {"xsi": "http://www.w3.org/2001/XMLSchema-instance"}
    members = {"@context": xsi, "xsi:type": "xs:int", "farm:a": 1}
    assert told(**{"farm:e": members}) == told(**{"farm:e": {"farm:a": 1}})


def test_a_prefix_means_what_the_nearest_context_says() -> None:
    inner = {"@context": {"farm": "urn:inner:"}, "farm:b": 1}
    assert extended(a=inner) == "{https://farm.example/v/}a{urn:inner:}b=1"
    own = event(**{"@context": [FARM, {"farm": "urn:own:"}], "farm:b": 1})
    assert event_prehash(own, context=[FARM]).endswith("{urn:own:}b=1")


def test_standard_prefixes_need_no_declaration() -> None:
    text = told(ilmd={"cbvmda:lotNumber": "L1"}, **{"ocop:step": "washing"})
    assert text == (
        "action=OBSERVEilmd{urn:epcglobal:cbv:mda}lotNumber=L1"
        "{https://w3id.org/ocoptrace/voc/}step=washing"
    )
    assert told(**{"dcterms:title": "A"}) == "action=OBSERVE{http://purl.org/dc/terms/}title=A"


def test_an_undeclared_prefix_stays_as_written() -> None:
    assert told(**{"zz:a": 1}) == "action=OBSERVEzz:a=1"


def test_places_keep_their_extensions_inside_or_behind() -> None:
    place = {"readPoint": {"id": "urn:x:1", "farm:plot": "A1"}, "farm:z": 1, "farm:a": 2}
    ns = "{https://farm.example/v/}"
    assert told(**place) == (f"action=OBSERVEreadPointid=urn:x:1readPoint{ns}plot=A1{ns}a=2{ns}z=1")
    inside = f"action=OBSERVEreadPointid=urn:x:1{ns}plot=A1{ns}a=2{ns}z=1"
    assert told("cbv2.1", **place) == told("reference-1.9", **place) == inside


def test_extensions_behind_keep_the_canonical_order_of_their_holders() -> None:
    """The read point comes before the business location, though not by the alphabet."""
    text = told(
        bizLocation={"id": "urn:x:2", "farm:b": 2},
        readPoint={"id": "urn:x:1", "farm:a": 1},
        sensorElementList=SENSED,
    )
    assert text.index("readPoint{") < text.index("bizLocation{") < text.index("sensorMetadata{")


def test_a_namespace_without_slash_is_behind_in_the_old_profile() -> None:
    place = {"readPoint": {"id": "urn:x:1", "farm:plot": "A1", "other:note": 2}}
    assert told("reference-1.9", **place) == (
        "action=OBSERVEreadPointid=urn:x:1{https://farm.example/v/}plot=A1"
        "readPoint{https://other.example/v}note=2"
    )
    switched_off = {"readPoint": {"id": "urn:x:1", "farm:transactionNo": "A1"}}
    assert told("reference-1.9", **switched_off) == (
        "action=OBSERVEreadPointid=urn:x:1readPoint{https://farm.example/v/}transactionNo=A1"
    )


def test_sensor_elements_by_profile() -> None:
    ns = "{https://farm.example/v/}"
    metadata, report = "sensorMetadatadeviceID=urn:x:1", "sensorReporttype={}Temperaturevalue=26"
    current, old = "https://ref.gs1.org/voc/", "https://gs1.org/voc/"
    assert told(sensorElementList=SENSED) == (
        f"action=OBSERVEsensorElement{metadata}{report.format(current)}"
        f"sensorElementsensorMetadata{ns}probe=2sensorReport{ns}raw=9{ns}note=x"
    )
    for profile, words in (("cbv2.1", current), ("reference-1.9", old)):
        assert told(profile, sensorElementList=SENSED) == (
            f"action=OBSERVEsensorElementListsensorElement{metadata}{ns}probe=2"
            f"{report.format(words)}{ns}raw=9{ns}note=x"
        )


def test_rules_of_a_sensor_report_come_with_its_extensions() -> None:
    """The canonical order has them in the metadata only."""
    sensed = [{"sensorReport": [{"type": "urn:x:t", "bizRules": "urn:x:r"}]}]
    assert told(sensorElementList=sensed) == (
        "action=OBSERVEsensorElementsensorReporttype=urn:x:t"
        "sensorElementsensorReportbizRules=urn:x:r"
    )


def test_the_old_profile_sorts_parties_and_ilmd_among_the_extensions() -> None:
    members = {
        "sourceList": [{"type": "owning_party", "source": "urn:x:s"}],
        "destinationList": [{"type": "owning_party", "destination": "urn:x:d"}],
        "ilmd": {"farm:b": 1},
        "sensorElementList": [{"sensorReport": [{"type": "urn:x:t"}]}],
        "farm:a": 1,
    }
    order = ["sourceList", "destinationList", "sensorElement", "ilmd", "{https://farm.example/v/}a"]
    old = ["sensorElement", "destinationList", "ilmd", "sourceList", "{https://farm.example/v/}a"]
    for profile, expected in (("cbv2.0", order), ("reference-1.9", old)):
        text = told(profile, **members)
        assert sorted(expected, key=text.index) == expected


def test_the_parent_stands_before_the_goods_in_the_old_profile() -> None:
    packed = {"parentID": "urn:x:p", "epcList": ["urn:x:e"]}
    assert told(**packed) == "epcListepc=urn:x:eparentID=urn:x:paction=OBSERVE"
    assert told("reference-1.9", **packed) == "parentID=urn:x:pepcListepc=urn:x:eaction=OBSERVE"


@pytest.mark.parametrize("profile", list(PROFILES))
def test_true_and_false_are_written_as_in_xml(profile: Any) -> None:
    ns = "{https://farm.example/v/}"
    assert extended(profile, a=[True, False]) == f"{ns}a=false{ns}a=true"


def test_persistent_dispositions_are_sorted_within_set_and_unset() -> None:
    text = told(persistentDisposition={"unset": ["active"], "set": ["recalled", "expired"]})
    cbv = "https://ref.gs1.org/cbv/Disp-"
    assert text == (
        f"action=OBSERVEpersistentDispositionset={cbv}expiredset={cbv}recalledunset={cbv}active"
    )


def test_values_are_trimmed() -> None:
    assert extended(a="  x y\n") == "{https://farm.example/v/}a=x y"


@pytest.mark.parametrize("profile", list(PROFILES))
def test_the_hash_is_that_of_the_text_under_the_version_of_the_profile(profile: Any) -> None:
    text = event_prehash(event(), profile=profile)
    digest = hashlib.sha256(text.encode()).hexdigest()
    version = PROFILES[profile].version
    assert event_hash(event(), profile=profile) == f"ni:///sha-256;{digest}?ver={version}"


@pytest.mark.parametrize(
    ("name", "function"), [("sha3-256", "sha3_256"), ("sha-384", "sha384"), ("sha-512", "sha512")]
)
def test_other_hash_functions_go_by_their_registered_names(name: Any, function: str) -> None:
    digest = hashlib.new(function, event_prehash(event()).encode()).hexdigest()
    assert event_hash(event(), algorithm=name) == f"ni:///{name};{digest}?ver=CBV2.0"


def test_an_unknown_profile_or_function_is_refused_before_any_event() -> None:
    unread = iter([event()])
    with pytest.raises(EpcisError, match=r"cbv9 is not one of: cbv2\.0, cbv2\.1, reference-1\.9"):
        event_prehashes(unread, profile="cbv9")  # type: ignore[arg-type]
    with pytest.raises(EpcisError, match="md5 is not one of: sha-256"):
        hash_events(unread, algorithm="md5")  # type: ignore[arg-type]
    assert list(unread) == [event()]


def test_events_hash_as_their_members_do() -> None:
    members = event(bizStep="receiving", epcList=["urn:x:1"], **{"farm:a": 1.50})
    assert event_hash(parse_event(members, context=[FARM])) == event_hash(members, context=[FARM])


def test_numbers_may_be_of_any_kind_that_writes_itself_exactly() -> None:
    class Lexeme(Decimal):
        def __str__(self) -> str:
            return "120.50"

    assert {extended(a=each) for each in (120.5, Decimal("120.5"), Lexeme("120.50"), "120.50")} == {
        "{https://farm.example/v/}a=120.5"
    }
    assert extended(a=Decimal(10**23 + 1)).endswith("=100000000000000000000001")


def test_events_are_hashed_when_they_are_asked_for() -> None:
    read = []

    def events() -> Any:
        for number in range(3):
            read.append(number)
            yield event(**{"farm:n": number})

    hashes = hash_events(events(), context=[FARM])
    assert read == []
    assert next(hashes) == event_hash(event(**{"farm:n": 0}), context=[FARM])
    assert read == [0]


def test_a_list_of_hashes_is_never_shorter_than_its_events() -> None:
    """Where the reference drops an event and goes on, this stops and says which."""
    events = [event(), event(**{"farm:a": "inf"}), event()]
    hashes = hash_events(events, profile="reference-1.9", context=[FARM])
    assert next(hashes)
    with pytest.raises(EpcisError) as caught:
        next(hashes)
    assert (caught.value.code, caught.value.place) == ("epcis.hash_dropped", "/1/farm:a")
    assert len(list(hash_events(events, context=[FARM]))) == 3


NESTED: Any = {}
for _ in range(100):
    NESTED = {"farm:a": NESTED}


@pytest.mark.parametrize(
    ("members", "code", "place"),
    [
        ({"type": None}, "fields.missing", "/type"),
        ({"eventTime": "2025-08-20T07:15:00"}, "epcis.time_without_offset", "/eventTime"),
        ({"eventTime": "2025-08-20T24:00:00Z"}, "epcis.time", "/eventTime"),
        ({"eventTime": 7}, "epcis.time", "/eventTime"),
        ({"bizStep": None}, "epcis.hash_value", "/bizStep"),
        ({"epcList": "urn:x:1"}, "fields.not_list", "/epcList"),
        ({"epcList": ["urn:x:1", {}]}, "epcis.hash_value", "/epcList/1"),
        ({"readPoint": "urn:x:1"}, "fields.not_object", "/readPoint"),
        ({"ilmd": []}, "fields.not_object", "/ilmd"),
        ({"ilmd": {"a/b": [1, None]}}, "epcis.hash_value", "/ilmd/a~1b/1"),
        ({"ilmd": {"farm:a": float("nan")}}, "epcis.hash_value", "/ilmd/farm:a"),
        ({"ilmd": {"farm:a": Decimal("Infinity")}}, "epcis.hash_value", "/ilmd/farm:a"),
        ({"ilmd": {"farm:a": 10**6000}}, "epcis.hash_value", "/ilmd/farm:a"),
        ({"ilmd": {"farm:a": {"#text": None}}}, "epcis.hash_value", "/ilmd/farm:a/#text"),
        (
            {"quantityList": [{"epcClass": "urn:x:1", "unit": "KGM"}]},
            "fields.unknown",
            "/quantityList/0/unit",
        ),
        ({"sourceList": [{"type": "location"}]}, "fields.missing", "/sourceList/0/source"),
        (
            {"persistentDisposition": {"reset": []}},
            "fields.unknown",
            "/persistentDisposition/reset",
        ),
        (
            {"sensorElementList": [{"sensorReport": [{"type": "t", "time": "noon"}]}]},
            "epcis.time",
            "/sensorElementList/0/sensorReport/0/time",
        ),
        (
            {"sensorElementList": [{"sensorMetadata": {"farm:a": None}}]},
            "epcis.hash_value",
            "/sensorElementList/0/sensorMetadata/farm:a",
        ),
        (
            {"gs1:masterDataAvailableFor": {}},
            "epcis.hash_master_data",
            "/gs1:masterDataAvailableFor",
        ),
    ],
)
def test_what_cannot_be_hashed_is_refused_with_its_place(
    members: dict[str, Any], code: str, place: str
) -> None:
    with pytest.raises(EpcisError) as caught:
        event_hash(event(**members))
    assert (caught.value.code, caught.value.place) == (code, place)
    assert caught.value.text("vi") != caught.value.text("en")


def test_deep_nesting_is_refused() -> None:
    with pytest.raises(EpcisError) as caught:
        event_hash(event(**NESTED))
    assert caught.value.code == "json.too_deep"


def test_half_a_character_is_refused() -> None:
    with pytest.raises(EpcisError) as caught:
        list(hash_events([event(), event(bizStep="\ud800")]))
    assert (caught.value.code, caught.value.place) == ("json.not_unicode", "/1")


def test_what_is_no_event_is_refused() -> None:
    with pytest.raises(EpcisError) as caught:
        list(hash_events([["not", "an", "event"]]))  # type: ignore[list-item]
    assert (caught.value.code, caught.value.place) == ("fields.not_object", "/0")


def test_prefixes_of_one_event_say_nothing_in_the_next() -> None:
    first = event(**{"@context": FARM, "farm:a": 1})
    texts = list(event_prehashes([first, event(**{"farm:a": 1})]))
    assert texts[0].endswith("{https://farm.example/v/}a=1")
    assert texts[1].endswith("OBSERVEfarm:a=1")


def test_a_document_hashes_as_its_events_do_however_it_is_written() -> None:
    events = [
        parse_event(event(epcList=["urn:x:1"], **{"farm:n": ["1", "2"]}), context=[FARM]),
        parse_event(event(epcList=[], sensorElementList=SENSED), context=[FARM]),
        parse_event(event(epcList=[], **{"farm:e": {}}), context=[{"farm": "urn:own:"}]),
    ]
    hashes = list(hash_events(events))
    bare = [each.to_json() | {"@context": list(each.context)} for each in events]
    documents = [write_json(events), write_xml(events), json.dumps(bare).encode()]
    for data in documents:
        assert hash_document(data) == hash_document(gzip.compress(data)) == hashes
    assert hash_document(json.dumps(bare[2]).encode()) == hashes[2:]


def test_a_document_is_hashed_whatever_its_events_lack() -> None:
    assert len(hash_document(b'[{"type": "ObjectEvent"}, {"type": "Unheard"}]')) == 2
    for data, code in {
        b"7": "epcis.not_a_document",
        b"<a/>": "epcis.not_a_document",
        b"[7]": "fields.not_object",
        b'{"type": "EPCISDocument"}': "fields.missing",
        b"<ObjectEvent><eventTime/><unheard/></ObjectEvent>": "epcis.xml_element",
    }.items():
        with pytest.raises(EpcisError) as caught:
            hash_document(data)
        assert caught.value.code == code
    with pytest.raises(EpcisError) as caught:
        hash_document(b'[{"type": "ObjectEvent", "eventTime": "today"}]')
    assert (caught.value.code, caught.value.place) == ("epcis.time", "/0/eventTime")
