"""An event as XML of EPCIS 2.0, its elements in the order of the schema.

What XML cannot say exactly stands once more, as JSON, in the attribute ``ocop:json`` of the
event: a transaction list without transactions, several certificates, two spellings of one word.

>>> print(event_xml({"type": "ObjectEvent", "eventTime": "2025-08-20T07:15:00+07:00",
...     "eventTimeZoneOffset": "+07:00", "action": "OBSERVE", "bizStep": "receiving",
...     "epcList": ["urn:epc:id:sgtin:9521234.054321.7"], "ex:note": "a & b"}, prefixes={"ex"}))
<ObjectEvent><eventTime>2025-08-20T07:15:00+07:00</eventTime>...<epcList>\
<epc>urn:epc:id:sgtin:9521234.054321.7</epc></epcList><action>OBSERVE</action>\
<bizStep>urn:epcglobal:cbv:bizstep:receiving</bizStep><ex:note>a &amp; b</ex:note></ObjectEvent>
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from ocoptrace.epcis.faults import shown
from ocoptrace.epcis.number import MAX_DIGITS, lexeme
from ocoptrace.epcis.places import came_from
from ocoptrace.epcis.xml_extension import elements, json_attribute, nameable
from ocoptrace.epcis.xml_names import escaped, quoted, spellable
from ocoptrace.epcis.xml_schema import (
    IMPLIED,
    ORDER,
    SENSOR_METADATA,
    SENSOR_NUMBERS,
    SENSOR_REPORT,
    WORDS,
    word_in_xml,
    word_of_xml,
)
from ocoptrace.errors import EpcisError

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Mapping

    from ocoptrace.epcis.vocabulary import CodeList

__all__ = ["event_xml", "extensions_xml"]


def event_xml(
    members: Mapping[str, Any],
    *,
    prefixes: Container[str],
    declare: Mapping[str, str] | None = None,
    context: Any = None,
    whole: bool = True,
) -> str:
    """Return the element of an event.

    Args:
        members: as ``Event.to_json`` gives them.
        prefixes: those that the document or ``declare`` declares.
        declare: prefix → namespace that the event declares itself; those of them that
            JSON-LD implies only where it uses them.
        context: the event's own ``@context``, where declarations do not say it.
        whole: whether ``ocop:json`` says what XML cannot.

    Raises:
        EpcisError: a character that XML does not have, outside extensions.
    """
    kind = members["type"]
    parts: list[str] = []
    unsaid: dict[str, Any] = {}
    name = ""
    try:
        for name in ORDER[kind]:
            if name in members:
                _standard(parts, unsaid, name, members[name], prefixes)
    except EpcisError as error:
        came_from(name, error)
        raise
    known = {"type", *ORDER[kind]}
    unsaid |= {
        name: value
        for name, value in members.items()
        if name not in known and not nameable(name, prefixes)
    }
    parts += [
        elements(name, value, prefixes=prefixes)
        for name, value in members.items()
        if ":" in name and name not in unsaid
    ]
    if context is not None:
        unsaid["@context"] = context
    body = "".join(parts)
    said = json_attribute(unsaid) if unsaid and whole else ""
    text = said + body
    head = "".join(
        f" xmlns:{prefix}={quoted(namespace)}"
        for prefix, namespace in (declare or {}).items()
        if IMPLIED.get(prefix) != namespace or f"<{prefix}:" in text or f" {prefix}:" in text
    )
    return f"<{kind}{head}{said}>{body}</{kind}>"


def _standard(
    parts: list[str], unsaid: dict[str, Any], name: str, value: Any, prefixes: Container[str]
) -> None:
    said: list[bool] = []
    text = _WRITE.get(name, _plain)(name, value, prefixes, said)
    if not spellable(text):
        raise EpcisError("epcis.xml_character")
    parts.append(text)
    if not all(said):
        unsaid[name] = value


def extensions_xml(
    members: Mapping[str, Any], standard: Container[str], prefixes: Container[str], said: list[bool]
) -> str:
    """Return the elements of those members that are not of the standard.

    Args:
        members: of a part.
        standard: names of the others.
        prefixes: those that the document declares.
        said: gets False where a name is none in XML.
    """
    written = []
    for name, value in members.items():
        if name in standard:
            continue
        said.append(":" in name and nameable(name, prefixes))
        if said[-1]:
            written.append(elements(name, value, prefixes=prefixes))
    return "".join(written)


def _word(word: str, code_list: CodeList, said: list[bool]) -> str:
    spelled = word_in_xml(word, code_list)
    said.append(word_of_xml(spelled.strip(), code_list) == word)
    return spelled


def _plain(name: str, value: Any, _: Container[str], said: list[bool]) -> str:
    if type(value) is list:
        said.append(False)
        return "".join(f"<{name}>{escaped(item)}</{name}>" for item in value[:1])
    text = _word(value, WORDS[name], said) if name in WORDS else value
    said.append(text.strip() == text)
    return f"<{name}>{escaped(text)}</{name}>"


def _epcs(name: str, value: Any, _: Container[str], said: list[bool]) -> str:
    del said
    return f"<{name}>{''.join(f'<epc>{escaped(item)}</epc>' for item in value)}</{name}>"


def _decimal(number: float, said: list[bool]) -> str:
    """Return a number as xsd:decimal, which has no exponents."""
    digits = lexeme(number)
    if "e" not in digits and "E" not in digits:
        return digits
    said.append(False)
    if not number and digits.strip("-")[0] == "0":
        return "0"
    places = abs(int(digits.lower().partition("e")[2]))
    text = f"{Decimal(digits):f}" if places < MAX_DIGITS else ""
    if not 0 < len(text) <= MAX_DIGITS:
        raise EpcisError("epcis.xml_number", number=shown(digits))
    return text


def _quantities(name: str, value: Any, _: Container[str], said: list[bool]) -> str:
    written = []
    for item in value:
        quantity, uom = item.get("quantity"), item.get("uom")
        inside = "" if quantity is None else f"<quantity>{_decimal(quantity, said)}</quantity>"
        if uom is not None and quantity is not None:
            inside += f"<uom>{escaped(uom)}</uom>"
            said.append(uom.strip() == uom)
        elif uom is not None:
            said.append(False)
        written.append(
            f"<quantityElement><epcClass>{escaped(item['epcClass'])}</epcClass>{inside}"
            "</quantityElement>"
        )
    return f"<{name}>{''.join(written)}</{name}>"


def _typed(item: str) -> Callable[[str, Any, Container[str], list[bool]], str]:
    code_list = WORDS[item]

    def write(name: str, value: Any, _: Container[str], said: list[bool]) -> str:
        if not value:
            said.append(False)
            return ""
        written = []
        for each in value:
            kind = each.get("type")
            spelled = "" if kind is None else f" type={quoted(_word(kind, code_list, said))}"
            said.append(kind is None or kind.strip() == kind)
            written.append(f"<{item}{spelled}>{escaped(each[item])}</{item}>")
        return f"<{name}>{''.join(written)}</{name}>"

    return write


def _location(name: str, value: Any, prefixes: Container[str], said: list[bool]) -> str:
    others = extensions_xml(value, {"id"}, prefixes, said)
    return f"<{name}><id>{escaped(value['id'])}</id>{others}</{name}>"


def _lasting(name: str, value: Any, _: Container[str], said: list[bool]) -> str:
    written = [
        f"<{each}>{escaped(_word(word, 'Disp', said))}</{each}>"
        for each in ("unset", "set")
        for word in value.get(each, ())
    ]
    return f"<{name}>{''.join(written)}</{name}>"


def _error(name: str, value: Any, prefixes: Container[str], said: list[bool]) -> str:
    inside = "".join(
        _plain(each, value[each], prefixes, said)
        for each in ("declarationTime", "reason")
        if each in value
    )
    if "correctiveEventIDs" in value:
        inside += (
            "<correctiveEventIDs>"
            + "".join(
                f"<correctiveEventID>{escaped(each)}</correctiveEventID>"
                for each in value["correctiveEventIDs"]
            )
            + "</correctiveEventIDs>"
        )
    standard = {"declarationTime", "reason", "correctiveEventIDs"}
    return f"<{name}>{inside}{extensions_xml(value, standard, prefixes, said)}</{name}>"


def _ilmd(name: str, value: Any, prefixes: Container[str], said: list[bool]) -> str:
    return f"<{name}>{extensions_xml(value, (), prefixes, said)}</{name}>"


def _sensed(
    name: str,
    value: Mapping[str, Any],
    standard: Container[str],
    prefixes: Container[str],
    said: list[bool],
) -> str:
    written = []
    for each, content in value.items():
        if each not in standard:
            said.append(type(content) is str and ":" in each and nameable(each, prefixes))
            if not said[-1]:
                continue
            text = content
        elif each in SENSOR_NUMBERS:
            text = lexeme(content)
        elif each in WORDS:
            text = _word(content, WORDS[each], said)
            said.append(text.strip() == text)
        else:
            text = str(content).lower() if type(content) is bool else content
        if spellable(text):
            written.append(f" {each}={quoted(text)}")
        else:
            said.append(False)
    return f"<{name}{''.join(written)}/>"


def _sensors(name: str, value: Any, prefixes: Container[str], said: list[bool]) -> str:
    if not value:
        said.append(False)
        return ""
    written = []
    for element in value:
        inside = ""
        if "sensorMetadata" in element:
            inside = _sensed(
                "sensorMetadata", element["sensorMetadata"], SENSOR_METADATA, prefixes, said
            )
        inside += "".join(
            _sensed("sensorReport", report, SENSOR_REPORT, prefixes, said)
            for report in element["sensorReport"]
        )
        inside += extensions_xml(element, {"sensorMetadata", "sensorReport"}, prefixes, said)
        written.append(f"<sensorElement>{inside}</sensorElement>")
    return f"<{name}>{''.join(written)}</{name}>"


_WRITE: dict[str, Callable[[str, Any, Container[str], list[bool]], str]] = {
    "bizLocation": _location,
    "bizTransactionList": _typed("bizTransaction"),
    "childEPCs": _epcs,
    "childQuantityList": _quantities,
    "destinationList": _typed("destination"),
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
"""Member → how it is written; every other is text."""
