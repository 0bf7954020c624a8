"""The canonical bytes of any event are those that the rules give one by one, over plain JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from ocoptrace.epcis import canonical_bytes, canonical_event, parse_event
from ocoptrace.epcis.canonical import used_prefixes
from ocoptrace.epcis.names import canonical_name
from ocoptrace.epcis.number import exact, of_lexeme
from ocoptrace.epcis.vocabulary import (
    CONTEXT,
    EPCIS_CONTEXT,
    STANDARD_PREFIXES,
    VOCABULARY,
    CodeList,
    bare,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ocoptrace.epcis.event import Event

NAMES = """parentID epcList/* childEPCs/* inputEPCList/* outputEPCList/* readPoint/id bizLocation/id
    quantityList/*/epcClass childQuantityList/*/epcClass inputQuantityList/*/epcClass
    outputQuantityList/*/epcClass bizTransactionList/*/bizTransaction sourceList/*/source
    destinationList/*/destination"""
WORDS: dict[str, CodeList] = {
    "bizStep": "BizStep",
    "disposition": "Disp",
    "persistentDisposition/set/*": "Disp",
    "persistentDisposition/unset/*": "Disp",
    "bizTransactionList/*/type": "BTT",
    "sourceList/*/type": "SDT",
    "destinationList/*/type": "SDT",
    "errorDeclaration/reason": "ER",
    "sensorElementList/*/sensorReport/*/type": "Measurement",
    "sensorElementList/*/sensorReport/*/exception": "Measurement",
    "sensorElementList/*/sensorReport/*/component": "Comp",
}
NAMESPACES = {"ex": "https://ex.example/", "other": "https://other.example/v", "ocop": VOCABULARY}


def at(holder: Any, steps: list[str]) -> Iterator[tuple[Any, Any]]:
    """Yield what holds a value, and its key there, for every value that a path leads to."""
    step, *rest = steps
    keys = range(len(holder)) if step == "*" else [step] if step in holder else []
    for key in keys:
        if rest:
            yield from at(holder[key], rest)
        else:
            yield holder, key


def plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: plain(member) for name, member in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    return float(exact(value)) if isinstance(value, float) else value


def names_in(value: Any) -> Iterator[str]:
    if isinstance(value, dict | list):
        yield from value if isinstance(value, dict) else ()
        for inner in value.values() if isinstance(value, dict) else value:
            yield from names_in(inner)


def prefixes(members: Any) -> set[str]:
    words = [holder[key] for path in WORDS for holder, key in at(members, path.split("/"))]
    found = {word.split(":")[0] for word in words if word.split(":")[0] in NAMESPACES}
    found |= {name.split(":")[0] for name in names_in(members) if ":" in name and "//" not in name}
    return found - STANDARD_PREFIXES.keys()


def the_long_way(event: Event) -> dict[str, Any]:
    members = plain(event.to_json())
    members.pop("recordTime", None)
    for path in NAMES.split():
        for holder, key in at(members, path.split("/")):
            holder[key] = canonical_name(holder[key])
    for path, code_list in WORDS.items():
        for holder, key in at(members, path.split("/")):
            holder[key] = bare(holder[key], code_list)
    used = {prefix: NAMESPACES[prefix] for prefix in sorted(prefixes(members))}
    return members | {"@context": [EPCIS_CONTEXT, CONTEXT, used]}


uris = st.sampled_from(
    [
        "urn:epc:id:sgtin:9524071.000101.7",
        "https://shop.example/p/01/09524071001014/10/A1?17=280914",
        "https://id.gs1.org/414/9524071000017",
        "HTTPS://MARKET.example/OCOP/7K2M9QXA/MT500/L1",
        "https://shop.example/things/7",
        "urn:uuid:5f3c9b1e-0d5e-4c52-8f07-1f2b6a7d9c10",
    ]
)


def words(code_list: CodeList, word: str) -> st.SearchStrategy[str]:
    spellings = [word, f"cbv:{code_list}-{word}", f"https://ref.gs1.org/cbv/{code_list}-{word}"]
    return st.sampled_from([*spellings, "ex:other", "other:more", "urn:x:unknown", "Nước mắm"])


def some(items: st.SearchStrategy[Any]) -> st.SearchStrategy[list[Any]]:
    return st.lists(items, min_size=1, max_size=3)


lexemes = st.from_regex(r"-?(0|[1-9][0-9]{0,8})(\.[0-9]{1,6})?([eE][+-]?[0-9])?", fullmatch=True)
numbers = lexemes.map(of_lexeme) | st.integers(-(2**52), 2**52) | st.just(-0.0)
texts = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=6)
names = st.sampled_from(
    ["ex:a", "ex:b", "other:c", "ocop:step", "gs1:known", "https://whole.example/name"]
)
extension = st.recursive(
    st.none() | st.booleans() | numbers | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3),
    max_leaves=6,
)
extensions = st.dictionaries(names, extension, max_size=2)
places = st.builds(lambda uri, more: {"id": uri} | more, uris, extensions)
quantities = st.fixed_dictionaries(
    {"epcClass": uris}, optional={"quantity": numbers, "uom": st.just("KGM")}
)
reports = st.builds(
    lambda report, more: report | more,
    st.fixed_dictionaries(
        {"type": words("Measurement", "Temperature")},
        optional={
            "exception": st.sampled_from(["gs1:ALERT_CONDITION", "ALERT_CONDITION"]),
            "component": words("Comp", "x"),
            "value": numbers,
            "sDev": numbers,
            "booleanValue": st.booleans(),
            "stringValue": texts,
        },
    ),
    extensions,
)
elements = st.builds(
    lambda found, more: {"sensorReport": found, "sensorMetadata": {"time": TIME} | more} | more,
    some(reports),
    extensions,
)
TIME = "2025-08-20T07:15:00.000+07:00"
KINDS: dict[str, dict[str, st.SearchStrategy[Any]]] = {
    "ObjectEvent": {"epcList": some(uris), "quantityList": some(quantities)},
    "AggregationEvent": {"childEPCs": some(uris), "parentID": uris},
    "AssociationEvent": {"childQuantityList": some(quantities), "parentID": uris},
    "TransactionEvent": {"epcList": some(uris), "parentID": uris},
    "TransformationEvent": {
        "inputEPCList": some(uris),
        "outputEPCList": some(uris),
        "inputQuantityList": some(quantities),
        "outputQuantityList": some(quantities),
    },
}


def typed(name: str, code_list: CodeList, word: str) -> st.SearchStrategy[list[Any]]:
    return some(st.fixed_dictionaries({"type": words(code_list, word), name: uris}))


@st.composite
def events(draw: st.DrawFn) -> dict[str, Any]:
    kind = draw(st.sampled_from(list(KINDS)))
    action = {} if kind == "TransformationEvent" else {"action": "ADD"}
    if kind in {"ObjectEvent", "TransformationEvent"}:
        action |= draw(st.fixed_dictionaries({}, optional={"ilmd": extensions}))
    common = st.fixed_dictionaries(
        {"bizTransactionList": typed("bizTransaction", "BTT", "po")},
        optional={
            "recordTime": st.just(TIME),
            "eventID": uris,
            "certificationInfo": uris | some(uris),
            "bizStep": words("BizStep", "receiving"),
            "disposition": words("Disp", "active"),
            "persistentDisposition": st.dictionaries(
                st.sampled_from(["set", "unset"]), some(words("Disp", "recalled"))
            ),
            "readPoint": places,
            "bizLocation": places,
            "sourceList": typed("source", "SDT", "location"),
            "destinationList": typed("destination", "SDT", "owning_party"),
            "sensorElementList": some(elements),
            "errorDeclaration": st.builds(
                lambda reason, more: {"declarationTime": TIME, "reason": reason} | more,
                words("ER", "did_not_occur"),
                extensions,
            ),
        },
    )
    required = {"type": kind, "eventTime": TIME, "eventTimeZoneOffset": "+07:00"} | action
    return required | draw(st.fixed_dictionaries(KINDS[kind])) | draw(common) | draw(extensions)


@given(events())
def test_one_way_through_an_event_gives_what_every_rule_gives(members: dict[str, Any]) -> None:
    event = parse_event(members, context=[EPCIS_CONTEXT, NAMESPACES])
    expected = the_long_way(event)
    assert canonical_event(event) == expected
    assert canonical_bytes(event) == rfc8785.dumps(expected)
    assert used_prefixes(event) == prefixes(event.to_json())
