"""Extensions: one representation for XML and JSON, so that either is written from the other.

An element is a member ``prefix:local``, one without namespace a member ``local``. Its text is
a string; an element with attributes or children is an object of ``@name`` members (the
attributes), ``#text`` (the text, if any) and the children; repeated elements are an array.
What XML has no way of saying, attributes say:

- ``xsi:type`` of a number or a boolean: that JSON has one, and not text; ``xsi:nil``: null;
- ``ocop:list="true"``: an array of this one element;
- ``ocop:json="…"``: the value itself, as JSON, where no element can say it: an empty array or
  object, an array in an array, a number in an array of one, a character that XML lacks, a name
  that is none in XML.

>>> from lxml import etree
>>> text = element("ex:probe", {"@unit": "C", "ex:at": [7.5], "ex:on": True}, prefixes={"ex"})
>>> text
'<ex:probe unit="C"><ex:at ocop:json="7.5" ocop:list="true"/>\
<ex:on xsi:type="xsd:boolean">true</ex:on></ex:probe>'
>>> inside = etree.fromstring(
...     f'<e xmlns:ex="https://e.example/" xmlns:ocop="{VOCABULARY}" xmlns:xsi="{XSI}">{text}</e>')
>>> members_of(inside, Names({"ex": "https://e.example/"}))
{'ex:probe': {'@unit': 'C', 'ex:at': [7.5], 'ex:on': True}}
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ocoptrace.canonical_json import MAX_DEPTH
from ocoptrace.epcis.intake import read_json
from ocoptrace.epcis.json_text import json_text
from ocoptrace.epcis.number import Real, lexeme, of_lexeme
from ocoptrace.epcis.vocabulary import PREFIX, VOCABULARY
from ocoptrace.epcis.xml_content import attributes_of
from ocoptrace.epcis.xml_names import (
    Names,
    composed,
    declarations,
    escaped,
    is_name,
    path_of,
    quoted,
    spellable,
)
from ocoptrace.epcis.xml_schema import XSI
from ocoptrace.errors import EpcisError

if TYPE_CHECKING:
    from collections.abc import Container, Iterator

    from lxml.etree import _Element as Element

__all__ = [
    "JSON",
    "add",
    "attribute_name",
    "element",
    "elements",
    "json_attribute",
    "members_of",
    "nameable",
    "value_of",
]

JSON = f"{{{VOCABULARY}}}json"
"""The attribute that holds as JSON what XML cannot say."""

_LIST = f"{{{VOCABULARY}}}list"
_NIL = f"{{{XSI}}}nil"
_TYPE = f"{{{XSI}}}type"
_MARKERS = frozenset({JSON, _LIST, _NIL, _TYPE})
_RESERVED = frozenset({"@ocop:json", "@ocop:list", "@xmlns"})
_XML = frozenset({"@xml:lang", "@xml:space", "@xml:base", "@xml:id"})
"""Attributes that need no declaration (Namespaces in XML, section 3)."""

_NUMBERS = frozenset({"byte", "decimal", "double", "float", "int", "integer", "long", "short"})
_BOOLEANS = {"true": True, "false": False}
_MAX_JSON = 2**20

_SURELY_SHALLOW = MAX_DEPTH - 5
"""Elements nested so little, two levels of JSON each, stay far within the depth of an event."""


# Reading


def members_of(
    holder: Element, names: Names, *, depth: int = MAX_DEPTH, after: int = 0
) -> dict[str, Any]:
    """Return the children of an element as members.

    Args:
        holder: the element.
        names: the prefixes in force.
        depth: how deep they may be nested.
        after: how many children at the beginning are none of them.

    Raises:
        EpcisError: nested deeper, or text between the children.
    """
    members: dict[str, Any] = {}
    arrays: set[str] = set()
    for child in holder[after:] if after else holder:
        add(members, arrays, child, names, depth=depth)
    return members


def add(
    members: dict[str, Any], arrays: set[str], child: Element, names: Names, *, depth: int
) -> None:
    """Add one element to the members that it stands among.

    Args:
        members: what its siblings before it are.
        arrays: names of those members that are arrays of elements.
        child: the element.
        names: the prefixes in force.
        depth: how deep its value may be nested.
    """
    name = names.member(child.tag, child.prefix)
    value = value_of(child, names, depth=depth)
    if (tail := child.tail) and not tail.isspace():
        raise EpcisError("epcis.xml_text", place=path_of(child), element=name)
    if name not in members:
        single = bool(child.keys()) and child.get(_LIST) == "true"
        members[name] = [value] if single else value
        if single:
            arrays.add(name)
    elif name in arrays:
        members[name].append(value)
    else:
        members[name] = [members[name], value]
        arrays.add(name)


def value_of(holder: Element, names: Names, *, depth: int = MAX_DEPTH) -> Any:
    """Return the value of an element: text, number, boolean, null, object or array.

    Raises:
        EpcisError: nested deeper, text between children, or a marker that contradicts them.
    """
    text = holder.text or ""
    if not text.isascii():
        text = composed(text)
    attributes = holder.keys()
    if not attributes and not len(holder):
        return text
    if depth < _SURELY_SHALLOW:
        names.deep = True
    if depth <= 0:
        raise EpcisError("json.too_deep", place=path_of(holder), limit=MAX_DEPTH)
    if not len(holder) and _MARKERS.issuperset(attributes):
        return _marked(holder, text, names)
    members = _attributes(holder, names) if attributes else {}
    if text and not (len(holder) and text.isspace()):
        members["#text"] = text
    return members | members_of(holder, names, depth=depth - 1)


def _attributes(holder: Element, names: Names) -> dict[str, Any]:
    if JSON in holder.attrib:
        raise EpcisError("epcis.xml_json", place=path_of(holder))
    return {
        f"@{attribute_name(holder, name, names)}": value
        for name, value in attributes_of(holder)
        if name != _LIST
    }


def _marked(holder: Element, text: str, names: Names) -> Any:
    if (stated := holder.get(JSON)) is not None:
        if text.strip():
            raise EpcisError("epcis.xml_json", place=path_of(holder))
        names.deep = True
        return read_json(stated.encode(), max_bytes=_MAX_JSON)
    if not text and holder.get(_NIL) == "true":
        return None
    kind = (holder.get(_TYPE) or "").rpartition(":")[2]
    if kind == "boolean":
        return _BOOLEANS.get(text.strip(), text)
    if kind in _NUMBERS:
        try:
            return of_lexeme(text.strip())
        except EpcisError:
            return text
    return text


def attribute_name(holder: Element, name: str, names: Names) -> str:
    """Return the member name of an attribute, whose prefix lxml does not tell."""
    if name[0] != "{":
        return name
    namespace = name[1:].partition("}")[0]
    meanings = declarations(holder)
    prefix = next((each for each, uri in meanings.items() if uri == namespace and each), None)
    return names.member(name, prefix)


# Writing


def elements(name: str, value: Any, *, prefixes: Container[str], depth: int = MAX_DEPTH) -> str:
    """Return the elements of a member: one, or one for each item of an array.

    Args:
        name: of the member.
        value: of the member.
        prefixes: those that XML can declare.
        depth: how deep the value may be nested.
    """
    if type(value) is not list or not value:
        return element(name, value, prefixes=prefixes, depth=depth)
    if len(value) == 1:
        return element(name, value[0], ' ocop:list="true"', prefixes=prefixes, depth=depth)
    return "".join(element(name, item, prefixes=prefixes, depth=depth) for item in value)


def element(
    name: str,
    value: Any,
    markers: str = "",
    *,
    prefixes: Container[str],
    depth: int = MAX_DEPTH,
) -> str:
    """Return one element of a value that is no array of elements.

    Args:
        name: of the element.
        value: what it says.
        markers: attributes that it bears already.
        prefixes: those that XML can declare.
        depth: how deep the value may be nested.
    """
    kind = type(value)
    if kind is str and spellable(value):
        return f"<{name}{markers}>{escaped(value)}</{name}>"
    # A type of XML Schema that bears a number has no room for another attribute.
    if not markers and (kind is bool or kind is int or kind is float or kind is Real):
        form, text = _typed(value)
        return f'<{name} xsi:type="xsd:{form}">{text}</{name}>'
    if value is None and not markers:
        return f'<{name} xsi:nil="true"/>'
    if kind is dict and depth > 0 and _says_itself(value, prefixes):
        return _object(name, value, markers, prefixes=prefixes, depth=depth)
    return f"<{name}{json_attribute(value)}{markers}/>"


def _typed(value: float) -> tuple[str, str]:
    """Return the type that XML Schema has for a boolean or a number, and its text."""
    if isinstance(value, bool):
        return "boolean", str(value).lower()
    digits = lexeme(value)
    if digits.removeprefix("-").isdigit():
        return "integer", digits
    return ("double" if "e" in digits or "E" in digits else "decimal"), digits


def _object(
    name: str, value: dict[str, Any], markers: str, *, prefixes: Container[str], depth: int
) -> str:
    attributes = "".join(
        f" {member[1:]}={quoted(content)}" for member, content in value.items() if member[0] == "@"
    )
    inside = "".join(
        elements(member, content, prefixes=prefixes, depth=depth - 1)
        for member, content in value.items()
        if member[0] not in "@#"
    )
    text = escaped(value.get("#text", ""))
    return f"<{name}{attributes}{markers}>{text}{inside}</{name}>"


def _says_itself(value: dict[str, Any], prefixes: Container[str]) -> bool:
    """Tell whether an object comes back from attributes, text and elements as it is."""
    return bool(value) and all(_sayable(value, prefixes))


def _sayable(value: dict[str, Any], prefixes: Container[str]) -> Iterator[bool]:
    children = [name for name in value if name[:1] not in {"@", "#", ""}]
    for name, content in value.items():
        if name == "#text":
            yield type(content) is str and bool(content) and spellable(content)
            yield len(value) > 1 and not (children and content.isspace())
        elif name.startswith("@"):
            yield type(content) is str and spellable(content)
            yield name not in _RESERVED
            yield name in _XML or nameable(name[1:], prefixes)
        else:
            yield nameable(name, prefixes)


def nameable(name: str, prefixes: Container[str]) -> bool:
    """Tell whether a member name can be the name of an element."""
    prefix, colon, local = name.rpartition(":")
    return is_name(local) and (prefix in prefixes if colon else True)


def json_attribute(value: Any) -> str:
    """Return the attribute that says a value as JSON, with the space before it."""
    return f" {PREFIX}:json={quoted(json_text(value))}"
