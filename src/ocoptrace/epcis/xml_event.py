"""An event in XML, read into the members that JSON has for it.

>>> from lxml import etree
>>> from ocoptrace.epcis.xml_names import Names
>>> read_members(etree.fromstring('''<ObjectEvent>
...     <eventTime>2025-08-20T07:15:00+07:00</eventTime>
...     <eventTimeZoneOffset>+07:00</eventTimeZoneOffset>
...     <epcList/><action>OBSERVE</action>
...     <bizStep>urn:epcglobal:cbv:bizstep:receiving</bizStep>
...     <quantityList><quantityElement><epcClass>urn:x:1</epcClass>
...         <quantity>120.50</quantity></quantityElement></quantityList>
... </ObjectEvent>'''), Names({}))["quantityList"][0]["quantity"].lexeme
'120.50'
"""

from __future__ import annotations

import re
from sys import intern
from typing import TYPE_CHECKING, Any

from ocoptrace.canonical_json import MAX_DEPTH
from ocoptrace.epcis.faults import shown
from ocoptrace.epcis.number import of_lexeme
from ocoptrace.epcis.xml_content import (
    attributes_of,
    children,
    items,
    no_text,
    only_elements,
    stray,
    text_of,
    twice,
    within_bounds,
)
from ocoptrace.epcis.xml_extension import JSON, add, attribute_name
from ocoptrace.epcis.xml_names import composed, local_name, path_of
from ocoptrace.epcis.xml_schema import (
    ORDER,
    SENSOR_METADATA,
    SENSOR_NUMBERS,
    SENSOR_REPORT,
    WORDS,
    XSI,
    word_of_xml,
)
from ocoptrace.errors import EpcisError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping

    from lxml.etree import _Element as Element

    from ocoptrace.epcis.vocabulary import CodeList
    from ocoptrace.epcis.xml_names import Names

    _Reader = Callable[[Element, Names], Any]
    _Attribute = Callable[[str, Element], Any]
    _Known = tuple[str, int, _Reader | None]

__all__ = ["read_members"]

_DECIMAL = re.compile(r"([+-]?)0*([0-9]*)(?:\.([0-9]*))?([eE][+-]?[0-9]+)?")
_INSTANCE = f"{{{XSI}}}"
_NIL = f"{{{XSI}}}nil"
_QUANTITY = {name: intern(name) for name in ("epcClass", "quantity", "uom")}
_BOOLEANS = {"true": True, "1": True, "false": False, "0": False}
_WRAPPERS = frozenset({"extension", "baseExtension"})
_IGNORED = frozenset({"schemaVersion", "creationDate"})
"""Attributes of an event that stands alone, which say something of the file."""


def read_members(event: Element, names: Names, *, ordered: bool = True) -> dict[str, Any]:
    """Return the members of an event, its numbers with their digits, its text in NFC.

    Args:
        event: the element of the event.
        names: the prefixes in force; those that the event adds are put into it.
        ordered: whether the elements must stand in the order of EPCIS 2.0; those of EPCIS
            1.2 stand in wrappers, which are looked through.

    Raises:
        EpcisError: an element that EPCIS does not have here, or in another place.
    """
    kind = local_name(event)
    standard = _STANDARD.get(kind)
    if standard is None:
        raise EpcisError(
            "epcis.event_type", place=path_of(event), value=shown(kind), expected=", ".join(ORDER)
        )
    members: dict[str, Any] = {"type": kind}
    attributes = event.keys()
    if attributes:
        for name, value in attributes_of(event):
            _event_attribute(members, event, name, value, names)
    _read_into(members, set(), event, standard, names, attributes=attributes, ordered=ordered)
    if names.deep:
        within_bounds(members, event)
    return members


def _event_attribute(
    members: dict[str, Any], event: Element, name: str, value: str, names: Names
) -> None:
    if name[0] != "{":
        if name not in _IGNORED:
            raise stray(event, name)
    elif name != JSON:
        members[attribute_name(event, name, names)] = value


def _read_into(
    members: dict[str, Any],
    arrays: set[str],
    holder: Element,
    standard: dict[str, _Known],
    names: Names,
    *,
    attributes: Collection[str] = (),
    ordered: bool,
) -> None:
    last = 0
    only_elements(holder, attributes)
    for child in holder:
        if child.tail:
            no_text(child.tail, child)
        name = child.tag
        if name[0] == "{":
            name = local_name(child)
            if name[0] == "{":
                add(members, arrays, child, names, depth=MAX_DEPTH)
                continue
        known = standard.get(name)
        if known is None:
            if name not in _WRAPPERS:
                raise EpcisError("epcis.xml_element", place=path_of(child), element=shown(name))
            _read_into(members, arrays, child, standard, names, ordered=False)
            continue
        member, at, read = known
        if member in members:
            raise twice(child, member)
        if ordered and at < last:
            raise EpcisError("epcis.xml_order", place=path_of(child), element=shown(member))
        last = at
        members[member] = read(child, names) if read else text_of(child)


def _word(code_list: CodeList) -> _Reader:
    return lambda element, _: word_of_xml(text_of(element), code_list)


def _epcs(holder: Element, _: Names) -> list[str]:
    return [text_of(child) for child in items(holder, "epc")]


def _number(text: str, element: Element) -> Any:
    """Return a number of XML, which may be spelled in more ways than one of JSON."""
    text = text.strip()
    try:
        return of_lexeme(text)
    except EpcisError:
        match = _DECIMAL.fullmatch(text)
    if match and (match[2] or match[3] or "0" in text):
        sign, whole, fraction, exponent = match.groups(default="")
        point = f".{fraction}" if fraction else ""
        text = f"{sign.strip('+')}{whole or '0'}{point}{exponent}"
    try:
        return of_lexeme(text)
    except EpcisError as error:
        error.place = path_of(element)
        raise


def _quantities(holder: Element, _: Names) -> list[dict[str, Any]]:
    return [_quantity(element) for element in items(holder, "quantityElement")]


def _quantity(holder: Element) -> dict[str, Any]:
    members: dict[str, Any] = {}
    only_elements(holder)
    for child in holder:
        if child.tail:
            no_text(child.tail, child)
        member = _QUANTITY.get(child.tag) or _QUANTITY.get(local_name(child))
        if member is None:
            raise EpcisError(
                "epcis.xml_element", place=path_of(child), element=shown(local_name(child))
            )
        text = text_of(child)
        if member in members:
            raise twice(child, member)
        if member != "quantity":
            members[member] = text
        elif child.get(_NIL) != "true":
            members[member] = _number(text, child)
    return members


def _typed(item: str) -> Callable[[Element, Names], list[dict[str, str]]]:
    code_list = WORDS[item]

    def read(holder: Element, _: Names) -> list[dict[str, str]]:
        found = []
        for child in items(holder, item):
            members = {}
            for name, value in attributes_of(child):
                if name != "type":
                    raise stray(child, name)
                members["type"] = word_of_xml(value.strip(), code_list)
            if len(child):
                raise EpcisError(
                    "epcis.xml_element", place=path_of(child), element=local_name(child[0])
                )
            members[item] = composed((child.text or "").strip())
            found.append(members)
        return found

    return read


_LOCATION: dict[str, _Reader | None] = {"id": None}


def _location(holder: Element, names: Names) -> dict[str, Any]:
    if len(holder) == 1 and holder[0].tag == "id" and not (holder.text or holder.keys()):
        # Nearly always, and then several times quicker.
        only = holder[0]
        no_text(only.tail, only)
        return {"id": text_of(only)}
    return _part(holder, _LOCATION, names)


def _part(
    holder: Element, standard: dict[str, _Reader | None], names: Names, *, attributed: bool = False
) -> dict[str, Any]:
    """Return a part that has room for extensions: in elements, and maybe in attributes."""
    members: dict[str, Any] = {}
    if attributed:
        for name, value in attributes_of(holder):
            if name[0] != "{":
                raise stray(holder, name)
            members[attribute_name(holder, name, names)] = value
    attributes = holder.keys() if attributed else ()
    _read_into_part(members, set(), holder, standard, names, attributes=attributes)
    return members


def _read_into_part(
    members: dict[str, Any],
    arrays: set[str],
    holder: Element,
    standard: dict[str, _Reader | None],
    names: Names,
    *,
    attributes: Collection[str] = (),
) -> None:
    only_elements(holder, attributes)
    for child in holder:
        if child.tail:
            no_text(child.tail, child)
        name = local_name(child)
        if name[0] == "{":
            add(members, arrays, child, names, depth=MAX_DEPTH)
        elif name == "extension":
            _read_into_part(members, arrays, child, standard, names)
        elif name not in standard:
            raise EpcisError("epcis.xml_element", place=path_of(child), element=shown(name))
        else:
            if name in members:
                raise twice(child, name)
            read = standard[name]
            members[intern(name)] = read(child, names) if read else text_of(child)


def _lasting(holder: Element, _: Names) -> dict[str, list[str]]:
    members: dict[str, list[str]] = {}
    for child in children(holder):
        name = local_name(child)
        if name not in {"set", "unset"}:
            raise EpcisError("epcis.xml_element", place=path_of(child), element=shown(name))
        members.setdefault(name, []).append(word_of_xml(text_of(child), "Disp"))
    return members


def _error(holder: Element, names: Names) -> dict[str, Any]:
    def corrective(element: Element, _: Names) -> list[str]:
        return [text_of(child) for child in items(element, "correctiveEventID")]

    standard: dict[str, _Reader | None] = {
        "declarationTime": None,
        "reason": _word("ER"),
        "correctiveEventIDs": corrective,
    }
    return _part(holder, standard, names, attributed=True)


def _ilmd(holder: Element, names: Names) -> dict[str, Any]:
    return _part(holder, {}, names, attributed=True)


def _sensed(
    element: Element, standard: Mapping[str, tuple[str, _Attribute | None]], names: Names
) -> dict[str, Any]:
    members: dict[str, Any] = {}
    for name, value in attributes_of(element):
        if name[0] == "{":
            members[attribute_name(element, name, names)] = value
            continue
        known = standard.get(name)
        if known is None:
            raise stray(element, name)
        member, read = known
        members[member] = read(value, element) if read else value
    if len(element) or element.text:
        for child in children(element, element.keys()):
            raise EpcisError("epcis.xml_element", place=path_of(child), element=local_name(child))
    return members


def _boolean(text: str, _: Element) -> bool | str:
    return _BOOLEANS.get(text.strip(), text)


def _attributes(names: Iterable[str]) -> dict[str, tuple[str, _Attribute | None]]:
    """Return attributes of what is sensed: the member of each, and what reads it, if any."""
    readers: dict[str, _Attribute] = dict.fromkeys(SENSOR_NUMBERS, _number)
    readers["booleanValue"] = _boolean
    for name in WORDS.keys() & SENSOR_REPORT:
        readers[name] = _word_attribute(WORDS[name])
    return {name: (intern(name), readers.get(name)) for name in names}


def _word_attribute(code_list: CodeList) -> _Attribute:
    return lambda text, _: word_of_xml(text.strip(), code_list)


_METADATA = _attributes(SENSOR_METADATA)
_REPORT = _attributes(SENSOR_REPORT)


def _sensors(holder: Element, names: Names) -> list[dict[str, Any]]:
    found = []
    for element in items(holder, "sensorElement"):
        members: dict[str, Any] = {}
        reports: list[dict[str, Any]] = []
        arrays: set[str] = set()
        for child in children(element):
            name = local_name(child)
            if name[0] == "{":
                add(members, arrays, child, names, depth=MAX_DEPTH)
            elif name == "sensorReport":
                reports.append(_sensed(child, _REPORT, names))
                members["sensorReport"] = reports
            elif name == "sensorMetadata" and not members:
                members[name] = _sensed(child, _METADATA, names)
            elif name == "extension":
                _read_into_part(members, arrays, child, {}, names)
            else:
                raise EpcisError("epcis.xml_element", place=path_of(child), element=shown(name))
        found.append(members)
    return found


_READ: dict[str, _Reader] = {
    "bizLocation": _location,
    "bizStep": _word("BizStep"),
    "bizTransactionList": _typed("bizTransaction"),
    "childEPCs": _epcs,
    "childQuantityList": _quantities,
    "destinationList": _typed("destination"),
    "disposition": _word("Disp"),
    "epcList": _epcs,
    "errorDeclaration": _error,
    "ilmd": _ilmd,
    "inputEPCList": _epcs,
    "inputQuantityList": _quantities,
    "outputEPCList": _epcs,
    "outputQuantityList": _quantities,
    "persistentDisposition": _lasting,
    "quantityList": _quantities,
    "readPoint": _location,
    "sensorElementList": _sensors,
    "sourceList": _typed("source"),
}
"""Element → what reads it; every other holds text alone."""

# Names that are the same text are compared sooner, here and by whoever asks later.
_STANDARD: dict[str, dict[str, _Known]] = {
    kind: {name: (intern(name), at, _READ.get(name)) for at, name in enumerate(order)}
    for kind, order in ORDER.items()
}
"""Type of event → element → member, place in the order, and what reads it if it is no text."""
