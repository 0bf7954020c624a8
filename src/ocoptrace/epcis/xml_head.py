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
from ocoptrace.epcis.xml_content import (
    attributes_of,
    children,
    items,
    once,
    stray,
    text_of,
    within_bounds,
)
from ocoptrace.epcis.xml_extension import JSON, add, attribute_name, value_of
from ocoptrace.epcis.xml_names import (
    Names,
    composed,
    declarations,
    declared,
    local_name,
    meanings,
    path_of,
    same_prefixes,
)
from ocoptrace.epcis.xml_schema import ORDER, ROOTS, SBDH
from ocoptrace.errors import EpcisError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from lxml.etree import _Element as Element

__all__ = ["business_members", "context_of", "read_head"]

_MAX_JSON = 2**20
_DEPTH = MAX_DEPTH - 2  # as deep as a document in JSON may be
_HEADER = f"{{{SBDH}}}StandardBusinessDocumentHeader"
_BODY = {
    "EventList": "eventList",
    "QueryResults": "queryResults",
    "VocabularyList": "vocabularyList",
    "queryName": "queryName",
    "resultsBody": "resultsBody",
    "subscriptionID": "subscriptionID",
}
"""Element of a body → its member."""


def read_head(root: Element) -> tuple[dict[str, Any], Iterable[Element]]:
    """Return a document without its events as JSON has it, and the elements of the events.

    Raises:
        EpcisError: no EPCIS document, or something that EPCIS does not have there.
    """
    kind = local_name(root)
    around = declared(declarations(root))
    names = Names(around)
    if kind in ORDER:
        context = [EPCIS_CONTEXT, *([around] if around else [])]
        return {"@context": context, "type": kind}, [root]
    if kind not in ROOTS:
        raise EpcisError("epcis.not_a_document", place=path_of(root), value=shown(kind))
    head: dict[str, Any] = {"type": kind}
    for name, value in attributes_of(root):
        _root_attribute(head, root, name, value, names)
    events: list[Element] = []
    arrays: set[str] = set()
    for child in children(root, root.keys()):
        _head_child(head, arrays, child, events, names)
    if "epcisBody" not in head:
        raise EpcisError("epcis.no_event_list", place=path_of(root))
    _put_lists(kind, head["epcisBody"])
    if not head.get("epcisHeader", True):
        del head["epcisHeader"]
    around |= names.added
    head = {"@context": [EPCIS_CONTEXT, *([around] if around else [])]} | head
    head = _with_json(head, root, around)
    within_bounds(head, root, depth=_DEPTH)
    return head, events


def _put_lists(kind: str, body: dict[str, Any]) -> None:
    """Put a list of events where JSON has one, if it is empty and XML leaves it out."""
    holder = body if kind == "EPCISDocument" else body.get("queryResults", {}).get("resultsBody")
    if holder is not None:
        holder.setdefault("eventList", [])


def context_of(root: Element) -> tuple[str | dict[str, Any], ...]:
    """Return the contexts that a document gives its events, from its first element alone.

    Raises:
        EpcisError: no EPCIS document, or contexts that contradict its prefixes.
    """
    kind = local_name(root)
    if kind not in ROOTS and kind not in ORDER:
        raise EpcisError("epcis.not_a_document", place=path_of(root), value=shown(kind))
    around = declared(declarations(root))
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
        raise stray(root, name)
    elif name != JSON:
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
        once(head, "epcisHeader", child)
        head["epcisHeader"] = {}
        _header(head, child, names)
    elif name == "EPCISBody":
        once(head, "epcisBody", child)
        head["epcisBody"] = _body(child, events, names)
    elif name == "extension":
        for inner in children(child):
            add(head, arrays, inner, names, depth=MAX_DEPTH)
    elif name[0] == "{":
        add(head, arrays, child, names, depth=MAX_DEPTH)
    else:
        raise EpcisError("epcis.xml_element", place=path_of(child), element=shown(name))


def _with_json(head: dict[str, Any], root: Element, around: dict[str, str]) -> dict[str, Any]:
    stated = root.get(JSON)
    if stated is None:
        return head
    members = read_json(stated.encode(), max_bytes=_MAX_JSON, depth=_DEPTH)
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
    _extension_attributes(members, holder, names)
    if (stated := holder.get(JSON)) is not None:
        more = read_json(stated.encode(), max_bytes=_MAX_JSON)
        if not isinstance(more, dict) or "epcisMasterData" in more:
            raise EpcisError("epcis.xml_json", place=path_of(holder))
        members |= more
    for child in children(holder, holder.keys()):
        name = local_name(child)
        if name == "extension":
            _header(head, child, names)
        elif name == "EPCISMasterData":
            once(members, "epcisMasterData", child)
            members["epcisMasterData"] = _master_data(child, names)
        elif name == _HEADER:
            _business_header(head, child, names)
        elif name[0] == "{":
            add(members, arrays, child, names, depth=MAX_DEPTH)
        else:
            raise EpcisError("epcis.xml_element", place=path_of(child), element=shown(name))


def _extension_attributes(members: dict[str, Any], holder: Element, names: Names) -> None:
    """Read the attributes that others may put on an element as members, as those of events."""
    for name, value in attributes_of(holder):
        if name[0] != "{":
            raise stray(holder, name)
        if name != JSON:
            members[attribute_name(holder, name, names)] = value


def _master_data(holder: Element, names: Names) -> dict[str, Any]:
    members: dict[str, Any] = {}
    arrays: set[str] = set()
    for child in children(holder):
        name = local_name(child)
        if name == "VocabularyList":
            once(members, "vocabularyList", child)
            members["vocabularyList"] = _vocabularies(child, names)
        elif name == "extension" or name[0] == "{":
            for inner in children(child) if name == "extension" else (child,):
                add(members, arrays, inner, names, depth=MAX_DEPTH)
        else:
            raise EpcisError("epcis.xml_element", place=path_of(child), element=shown(name))
    return members


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
    for vocabulary in items(holder, "Vocabulary"):
        members: dict[str, Any] = {"type": composed(vocabulary.attrib.pop("type", ""))}
        arrays: set[str] = set()
        _extension_attributes(members, vocabulary, names)
        for child in children(vocabulary, vocabulary.keys()):
            name = local_name(child)
            if name == "VocabularyElementList":
                once(members, "vocabularyElementList", child)
                members["vocabularyElementList"] = [
                    _vocabulary_element(each, names) for each in items(child, "VocabularyElement")
                ]
            elif name == "extension" or name[0] == "{":
                for inner in children(child) if name == "extension" else (child,):
                    add(members, arrays, inner, names, depth=MAX_DEPTH)
            else:
                raise EpcisError("epcis.xml_element", place=path_of(child), element=shown(name))
        found.append(members)
    return found


def _vocabulary_element(holder: Element, names: Names) -> dict[str, Any]:
    members: dict[str, Any] = {"id": composed(holder.attrib.pop("id", ""))}
    arrays: set[str] = set()
    _extension_attributes(members, holder, names)
    for child in children(holder, holder.keys()):
        name = local_name(child)
        if name == "attribute":
            attribute = {"id": composed(child.attrib.pop("id", ""))}
            if child.text or len(child) or child.attrib:
                attribute["attribute"] = value_of(child, names)
            members.setdefault("attributes", []).append(attribute)
        elif name == "children":
            once(members, "children", child)
            members["children"] = [text_of(each) for each in items(child, "id")]
        elif name == "extension" or name[0] == "{":
            for inner in children(child) if name == "extension" else (child,):
                add(members, arrays, inner, names, depth=MAX_DEPTH)
        else:
            raise EpcisError("epcis.xml_element", place=path_of(child), element=shown(name))
    return members


def _body(
    holder: Element, events: list[Element], names: Names, *, attributed: bool = True
) -> dict[str, Any]:
    members: dict[str, Any] = {}
    if attributed:
        _extension_attributes(members, holder, names)
    _read_body(members, holder, events, names, holder.keys() if attributed else ())
    return members


def _read_body(
    members: dict[str, Any],
    holder: Element,
    events: list[Element],
    names: Names,
    attributes: Collection[str] = (),
) -> None:
    arrays: set[str] = set()
    for child in children(holder, attributes):
        name = local_name(child)
        member = _BODY.get(name)
        if member is not None:
            once(members, member, child)
        if name == "EventList":
            members["eventList"] = []
            for event in children(child):
                wrapped = local_name(event) == "extension"
                events.extend(children(event) if wrapped else [event])
        elif name == "VocabularyList":
            members["vocabularyList"] = _vocabularies(child, names)
        elif name in {"QueryResults", "resultsBody"}:
            members[_BODY[name]] = _body(child, events, names, attributed=False)
        elif member is not None:
            members[name] = text_of(child)
        elif name == "extension":
            _read_body(members, child, events, names)
        elif name[0] == "{":
            add(members, arrays, child, names, depth=MAX_DEPTH)
        else:
            raise EpcisError("epcis.xml_element", place=path_of(child), element=shown(name))
