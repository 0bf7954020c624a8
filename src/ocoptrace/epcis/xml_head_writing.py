r"""A document as XML of EPCIS 2.0, without its events: what stands before and after them.

>>> start, end = document_xml({"@context": [], "type": "EPCISDocument", "schemaVersion": "2.0",
...     "epcisBody": {}}, prefixes={})
>>> end
'</EventList></EPCISBody></epcis:EPCISDocument>\n'
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ocoptrace.epcis.json_ld import version_of
from ocoptrace.epcis.vocabulary import PREFIX
from ocoptrace.epcis.xml_extension import element, json_attribute
from ocoptrace.epcis.xml_head import business_members, read_head
from ocoptrace.epcis.xml_names import escaped, quoted, spellable
from ocoptrace.epcis.xml_parsing import parse
from ocoptrace.epcis.xml_schema import IMPLIED, ROOTS, SBDH, XSD, XSI
from ocoptrace.epcis.xml_writing import extensions_xml
from ocoptrace.errors import EpcisError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

__all__ = ["document_xml"]

_STANDARD = frozenset(
    """@context type schemaVersion creationDate sender receiver instanceIdentifier epcisHeader
    epcisBody""".split()
)


def document_xml(head: Mapping[str, Any], *, prefixes: Mapping[str, str]) -> tuple[str, str]:
    """Return a document up to its first event, and from its last event on.

    Args:
        head: the document without its events, as ``Head`` holds it.
        prefixes: those that it declares.

    Raises:
        EpcisError: a character that XML does not have.
    """
    head = {**head, **version_of(head.get("schemaVersion"))}
    start, end = _pieces(head, prefixes, said="")
    read, _ = read_head(parse((start + end).encode()))
    unsaid = {
        name: value
        for name, value in head.items()
        if name not in {"type", "epcisBody"} and read.get(name) != value
    }
    if "epcisBody" in head and _without_list(read["epcisBody"]) != _without_list(head["epcisBody"]):
        raise EpcisError("epcis.xml_body", place="/epcisBody")
    if not unsaid:
        return start, end
    if PREFIX not in prefixes:  # which the attribute needs, but the events do not know
        unsaid["@context"] = head["@context"]
    return _pieces(head, prefixes, said=json_attribute(unsaid))


def _without_list(body: Any) -> Any:
    if not isinstance(body, dict):
        return body
    return {name: _without_list(value) for name, value in body.items() if name != "eventList"}


def _pieces(head: Mapping[str, Any], prefixes: Mapping[str, str], *, said: str) -> tuple[str, str]:
    kind = head["type"]
    prefix, namespace = ROOTS[kind]
    body = head.get("epcisBody", {})
    outer = {prefix: namespace, "xsi": XSI, "xsd": XSD} | dict(prefixes)
    before = _header_xml(head, prefixes)
    after = _others(body, {"eventList", "vocabularyList", "queryResults"}, prefixes)
    tail = _others(head, _STANDARD, prefixes)
    if "sbdh:" in before:
        outer["sbdh"] = SBDH
    opened, closed = _list_xml(kind, body, prefixes.keys() | IMPLIED.keys())
    text = said + before + opened + after + tail
    implied = {
        name: uri for name, uri in IMPLIED.items() if f"<{name}:" in text or f" {name}:" in text
    }
    declarations = "".join(
        f" xmlns:{name}={quoted(uri)}" for name, uri in (implied | outer).items()
    )
    attributes = f' schemaVersion="{head.get("schemaVersion", "2.0")}"'
    if "creationDate" in head:
        attributes += f" creationDate={quoted(head['creationDate'])}"
    root = f"{prefix}:{kind}"
    start = (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<{root}{declarations}{attributes}{said}>'
        f"{before}<EPCISBody>{opened}"
    )
    end = f"{closed}{after}</EPCISBody>{tail}</{root}>\n"
    if not spellable(start + end):
        raise EpcisError("epcis.xml_character")
    return start, end


def _others(
    members: Mapping[str, Any], standard: Iterable[str], prefixes: Mapping[str, str]
) -> str:
    usable = prefixes.keys() | IMPLIED.keys()
    return extensions_xml(members, frozenset(standard), usable, [])


def _header_xml(head: Mapping[str, Any], prefixes: Mapping[str, str]) -> str:
    header = head.get("epcisHeader", {})
    name = "sbdh:StandardBusinessDocumentHeader"
    usable = prefixes.keys() | IMPLIED.keys() | {"sbdh"}
    business = ""
    if name in header:
        business = element(name, header[name], prefixes=usable)
    elif all(each in head for each in ("sender", "receiver", "instanceIdentifier", "creationDate")):
        business = element(name, business_members(head), prefixes=usable)
    master = ""
    if "vocabularyList" in header.get("epcisMasterData", {}):
        listed = _vocabularies_xml(header["epcisMasterData"]["vocabularyList"], usable)
        master = f"<extension><EPCISMasterData>{listed}</EPCISMasterData></extension>"
    # The schema of EPCIS 2.0 has no room for other elements here, but for attributes.
    others = {each: said for each, said in header.items() if each not in {name, "epcisMasterData"}}
    said = json_attribute(others) if others else ""
    return f"<EPCISHeader{said}>{business}{master}</EPCISHeader>" if business or header else ""


def _vocabularies_xml(vocabularies: Sequence[Mapping[str, Any]], usable: Iterable[str]) -> str:
    usable = frozenset(usable)
    written = []
    for vocabulary in vocabularies:
        listed = "".join(
            _vocabulary_element_xml(each, usable)
            for each in vocabulary.get("vocabularyElementList", ())
        )
        if "vocabularyElementList" in vocabulary:
            listed = f"<VocabularyElementList>{listed}</VocabularyElementList>"
        others = extensions_xml(vocabulary, {"type", "vocabularyElementList"}, usable, [])
        written.append(
            f"<Vocabulary type={quoted(vocabulary['type'])}>{listed}{others}</Vocabulary>"
        )
    return f"<VocabularyList>{''.join(written)}</VocabularyList>"


def _vocabulary_element_xml(member: Mapping[str, Any], usable: frozenset[str]) -> str:
    inside = "".join(
        element(
            "attribute",
            each.get("attribute", ""),
            f" id={quoted(each['id'])}",
            prefixes=usable,
        )
        for each in member.get("attributes", ())
    )
    if "children" in member:
        listed = "".join(f"<id>{escaped(each)}</id>" for each in member["children"])
        inside += f"<children>{listed}</children>"
    inside += extensions_xml(member, {"id", "attributes", "children"}, usable, [])
    return f"<VocabularyElement id={quoted(member['id'])}>{inside}</VocabularyElement>"


def _list_xml(kind: str, body: Mapping[str, Any], usable: Iterable[str]) -> tuple[str, str]:
    """Return what opens the list of events in the body, and what closes it."""
    if kind == "EPCISMasterDataDocument":
        return _vocabularies_xml(body.get("vocabularyList", ()), usable), ""
    if kind == "EPCISDocument":
        return "<EventList>", "</EventList>"
    results = body.get("queryResults", {})
    said = {name: results[name] for name in ("queryName", "subscriptionID") if name in results}
    if not all(isinstance(text, str) for text in said.values()):
        raise EpcisError("epcis.xml_body", place="/epcisBody/queryResults")
    start = "".join(f"<{name}>{escaped(text)}</{name}>" for name, text in said.items())
    return (
        f"<epcisq:QueryResults>{start}<resultsBody><EventList>",
        "</EventList></resultsBody></epcisq:QueryResults>",
    )
