"""The head of an XML document: what it says beside its events, read into what JSON has for it.

>>> from ocoptrace.epcis.xml_parsing import parse
>>> root = parse(b'<epcis:EPCISDocument xmlns:epcis="urn:epcglobal:epcis:xsd:2" '
...     b'schemaVersion="2.0"><EPCISBody><EventList/></EPCISBody></epcis:EPCISDocument>')
>>> head, events = read_head(root)
>>> head["schemaVersion"], head["epcisBody"], list(events)
('2.0', {'eventList': []}, [])
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ocoptrace.canonical_json import MAX_DEPTH
from ocoptrace.epcis.event import read_context
from ocoptrace.epcis.faults import shown
from ocoptrace.epcis.intake import read_json
from ocoptrace.epcis.vocabulary import EPCIS_CONTEXT
from ocoptrace.epcis.xml_extension import JSON, add, attribute_name, value_of
from ocoptrace.epcis.xml_names import (
    Names,
    attributes_of,
    composed,
    declared,
    local_name,
    meanings,
    path_of,
    refuse_text,
    same_prefixes,
)
from ocoptrace.epcis.xml_schema import ORDER, ROOTS, SBDH, XSI
from ocoptrace.errors import EpcisError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from lxml.etree import _Element as Element

__all__ = ["business_members", "context_of", "read_head"]

_INSTANCE = f"{{{XSI}}}"
_MAX_JSON = 2**20
_HEADER = f"{{{SBDH}}}StandardBusinessDocumentHeader"


def read_head(root: Element) -> tuple[dict[str, Any], Iterable[Element]]:
    """Return a document without its events as JSON has it, and the elements of the events.

    Raises:
        EpcisError: no EPCIS document, or something that EPCIS does not have there.
    """
    kind = local_name(root)
    around = declared(root.nsmap)
    names = Names(around)
    if kind in ORDER:
        context = [EPCIS_CONTEXT, *([around] if around else [])]
        return {"@context": context, "type": kind}, [root]
    if kind not in ROOTS:
        raise EpcisError("epcis.not_a_document", place=path_of(root), value=shown(kind))
    head: dict[str, Any] = {"type": kind}
    for name, value in attributes_of(root):
        _root_attribute(head, root, name, composed(value), names)
    events: list[Element] = []
    arrays: set[str] = set()
    refuse_text(root)
    for child in root:
        _head_child(head, arrays, child, events, names)
    if "epcisBody" not in head:
        raise EpcisError("epcis.no_event_list", place=path_of(root))
    around |= names.added
    head = {"@context": [EPCIS_CONTEXT, *([around] if around else [])]} | head
    return _with_json(head, root, around), events


def context_of(root: Element) -> tuple[str | dict[str, Any], ...]:
    """Return the contexts that a document gives its events, from its first element alone.

    Raises:
        EpcisError: no EPCIS document, or contexts that contradict its prefixes.
    """
    kind = local_name(root)
    if kind not in ROOTS and kind not in ORDER:
        raise EpcisError("epcis.not_a_document", place=path_of(root), value=shown(kind))
    around = declared(root.nsmap)
    head: dict[str, Any] = {"@context": [EPCIS_CONTEXT, *([around] if around else [])]}
    if kind in ROOTS:
        head = _with_json(head, root, around)
    return read_context(head["@context"])


def _root_attribute(
    head: dict[str, Any], root: Element, name: str, value: str, names: Names
) -> None:
    if name in {"schemaVersion", "creationDate"}:
        head[name] = value
    elif name[0] != "{":
        raise EpcisError("epcis.xml_attribute", place=path_of(root), attribute=shown(name))
    elif name != JSON and not name.startswith(_INSTANCE):
        head[attribute_name(root, name, names)] = value


def _head_child(
    head: dict[str, Any],
    arrays: set[str],
    child: Element,
    events: list[Element],
    names: Names,
) -> None:
    name = local_name(child)
    if name == "EPCISHeader":
        head["epcisHeader"] = {}
        _header(head, child, names)
        if not head["epcisHeader"]:
            del head["epcisHeader"]
    elif name == "EPCISBody":
        head["epcisBody"] = _body(child, events, names)
    elif name == "extension":
        for inner in child:
            add(head, arrays, inner, names, depth=MAX_DEPTH)
    elif name[0] == "{":
        add(head, arrays, child, names, depth=MAX_DEPTH)
    else:
        raise EpcisError("epcis.xml_element", place=path_of(child), element=shown(name))


def _with_json(head: dict[str, Any], root: Element, around: dict[str, str]) -> dict[str, Any]:
    stated = root.get(JSON)
    if stated is None:
        return head
    members = read_json(stated.encode(), max_bytes=_MAX_JSON)
    if not isinstance(members, dict) or members.keys() & {"type", "epcisBody"}:
        raise EpcisError("epcis.xml_json", place=path_of(root))
    head |= members
    stated_meanings = meanings(read_context(head["@context"], place="/@context"))
    if not same_prefixes(declared(stated_meanings), declared(around)):
        raise EpcisError("epcis.xml_json", place=path_of(root))
    return head


def _header(head: dict[str, Any], holder: Element, names: Names) -> None:
    members = head["epcisHeader"]
    arrays: set[str] = set()
    if (stated := holder.get(JSON)) is not None:
        more = read_json(stated.encode(), max_bytes=_MAX_JSON)
        if not isinstance(more, dict) or "epcisMasterData" in more:
            raise EpcisError("epcis.xml_json", place=path_of(holder))
        members |= more
    refuse_text(holder)
    for child in holder:
        name = local_name(child)
        if name == "extension":
            _header(head, child, names)
        elif name == "EPCISMasterData":
            members["epcisMasterData"] = {
                "vocabularyList": [
                    vocabulary
                    for each in child
                    if local_name(each) == "VocabularyList"
                    for vocabulary in _vocabularies(each, names)
                ]
            }
        elif name == _HEADER:
            _business_header(head, child, names)
        elif name[0] == "{":
            add(members, arrays, child, names, depth=MAX_DEPTH)
        else:
            raise EpcisError("epcis.xml_element", place=path_of(child), element=shown(name))


def _business_header(head: dict[str, Any], holder: Element, names: Names) -> None:
    """Read the Standard Business Document Header: three members, and the rest as extension."""
    said = {
        "sender": ("Sender", "Identifier"),
        "receiver": ("Receiver", "Identifier"),
        "instanceIdentifier": ("DocumentIdentification", "InstanceIdentifier"),
    }
    for member, path in said.items():
        text = holder.findtext("/".join(f"{{{SBDH}}}{step}" for step in path))
        if text is not None:
            head[member] = composed(text.strip())
    if value_of(holder, Names({"sbdh": SBDH})) != business_members(head):
        members = head["epcisHeader"]
        add(members, set(), holder, names, depth=MAX_DEPTH)


def business_members(head: Mapping[str, Any]) -> dict[str, Any]:
    """Return the business header that we write for a document, as an extension."""
    return {
        "sbdh:HeaderVersion": "1.0",
        "sbdh:Sender": {"sbdh:Identifier": head.get("sender")},
        "sbdh:Receiver": {"sbdh:Identifier": head.get("receiver")},
        "sbdh:DocumentIdentification": {
            "sbdh:Standard": "EPCglobal",
            "sbdh:TypeVersion": "2.0",
            "sbdh:InstanceIdentifier": head.get("instanceIdentifier"),
            "sbdh:Type": "Events",
            "sbdh:CreationDateAndTime": head.get("creationDate"),
        },
    }


def _vocabularies(holder: Element, names: Names) -> list[dict[str, Any]]:
    found = []
    for vocabulary in holder:
        members: dict[str, Any] = {"type": composed(vocabulary.get("type") or "")}
        arrays: set[str] = set()
        for child in vocabulary:
            if local_name(child) == "VocabularyElementList":
                members["vocabularyElementList"] = [
                    _vocabulary_element(each, names) for each in child
                ]
            else:
                add(members, arrays, child, names, depth=MAX_DEPTH)
        found.append(members)
    return found


def _vocabulary_element(holder: Element, names: Names) -> dict[str, Any]:
    members: dict[str, Any] = {"id": composed(holder.get("id") or "")}
    arrays: set[str] = set()
    for child in holder:
        name = local_name(child)
        if name == "attribute":
            attribute = {"id": composed(child.attrib.pop("id", ""))}
            if child.text or len(child) or child.attrib:
                attribute["attribute"] = value_of(child, names)
            members.setdefault("attributes", []).append(attribute)
        elif name == "children":
            members["children"] = [composed((each.text or "").strip()) for each in child]
        else:
            add(members, arrays, child, names, depth=MAX_DEPTH)
    return members


def _event_list(holder: Element, events: list[Element]) -> None:
    refuse_text(holder)
    for child in holder:
        if local_name(child) == "extension":
            refuse_text(child)
            events.extend(child)
        else:
            events.append(child)


def _body(holder: Element, events: list[Element], names: Names) -> dict[str, Any]:
    members: dict[str, Any] = {}
    arrays: set[str] = set()
    refuse_text(holder)
    for child in holder:
        name = local_name(child)
        if name == "EventList":
            members["eventList"] = []
            _event_list(child, events)
        elif name == "VocabularyList":
            members["vocabularyList"] = _vocabularies(child, names)
        elif name == "QueryResults":
            members["queryResults"] = _body(child, events, names)
        elif name == "resultsBody":
            members[name] = _body(child, events, names)
        elif name in {"queryName", "subscriptionID"}:
            members[name] = composed((child.text or "").strip())
        elif name == "extension":
            members |= _body(child, events, names)
        elif name[0] == "{":
            add(members, arrays, child, names, depth=MAX_DEPTH)
        else:
            raise EpcisError("epcis.xml_element", place=path_of(child), element=shown(name))
    return members
