"""What stands in an element of EPCIS: elements, or text, and nothing beside them.

XML has room for what EPCIS has none for: text between elements, an attribute where none belongs,
an element twice. It is refused here, for what is passed over in silence is lost.

>>> from ocoptrace.epcis.xml_parsing import parse
>>> [child.tag for child in children(parse(b"<epcList> <epc>urn:x:1</epc> </epcList>"))]
['epc']
>>> text_of(parse(b"<epc> urn:x:1 </epc>"))
'urn:x:1'
>>> list(children(parse(b"<epcList>urn:x:1</epcList>")))
Traceback (most recent call last):
ocoptrace.errors.EpcisError: line 1, /epcList: There is text beside the element epcList, where \
only elements may stand. Put the text into an element.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ocoptrace.epcis.faults import shown
from ocoptrace.epcis.intake import MAX_EVENT_DEPTH, bounded
from ocoptrace.epcis.xml_names import composed, local_name, path_of
from ocoptrace.epcis.xml_schema import XSI
from ocoptrace.errors import EpcisError

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Mapping

    from lxml.etree import _Element as Element

__all__ = [
    "MAX_ATTRIBUTES",
    "attributes_of",
    "children",
    "items",
    "no_text",
    "once",
    "only_elements",
    "stray",
    "text_of",
    "twice",
    "within_bounds",
]

MAX_ATTRIBUTES = 256
"""How many attributes an element may have: libxml2 looks for each among all of them."""

_INSTANCE = f"{{{XSI}}}"


def children(holder: Element, attributes: Container[str] = ()) -> Iterator[Element]:
    """Yield the elements in an element that may hold nothing else.

    Args:
        holder: the element.
        attributes: names of those that it may bear.

    Raises:
        EpcisError: another attribute, or text.
    """
    only_elements(holder, attributes)
    for child in holder:
        if child.tail:
            no_text(child.tail, child)
        yield child


def only_elements(holder: Element, attributes: Container[str] = ()) -> None:
    """Refuse what stands in an element before its first child.

    Whoever goes through the children looks at the ``tail`` of each, as ``children`` does.

    Args:
        holder: the element.
        attributes: names of those that it may bear.

    Raises:
        EpcisError: another attribute, or text.
    """
    for name in holder.keys():  # noqa: SIM118 - quicker than to ask for the attributes
        if name not in attributes and not str(name).startswith(_INSTANCE):
            raise stray(holder, str(name))
    if holder.text:
        no_text(holder.text, holder)


def items(holder: Element, item: str) -> Iterator[Element]:
    """Yield the elements of a list, which are all of one name.

    Raises:
        EpcisError: one of another name, an attribute, or text.
    """
    only_elements(holder)
    for child in holder:
        if child.tail:
            no_text(child.tail, child)
        if child.tag != item and local_name(child) != item:
            raise EpcisError("epcis.xml_element", place=path_of(child), element=local_name(child))
        yield child


def text_of(element: Element) -> str:
    """Return the text of an element that may hold nothing else (collapsed, as xsd:anyURI is).

    Raises:
        EpcisError: an element in it, or an attribute.
    """
    if len(element):
        inside = local_name(element[0])
        raise EpcisError("epcis.xml_element", place=path_of(element), element=inside)
    for name in element.keys():  # noqa: SIM118 - quicker than to ask for the attributes
        if not str(name).startswith(_INSTANCE):
            raise stray(element, str(name))
    text = element.text
    if not text:
        return ""
    text = text.strip()
    return text if text.isascii() else composed(text)


def attributes_of(element: Element) -> Iterator[tuple[str, str]]:
    """Yield the attributes of an element that are not of XML Schema, in NFC.

    Raises:
        EpcisError: there are too many of them.
    """
    names = element.keys()
    if not names:
        return
    if len(names) > MAX_ATTRIBUTES:
        raise EpcisError("epcis.xml_attributes", place=path_of(element), limit=MAX_ATTRIBUTES)
    for name, value in element.items():
        if not name.startswith(_INSTANCE):
            yield name, value if value.isascii() else composed(value)


def once(members: Mapping[str, Any], name: str, element: Element) -> None:
    """Refuse an element that stands twice.

    Raises:
        EpcisError: there is a member of its name.
    """
    if name in members:
        raise twice(element, name)


def twice(element: Element, name: str) -> EpcisError:
    """Return the error for an element that stands twice."""
    return EpcisError("epcis.xml_twice", place=path_of(element), element=shown(name))


def no_text(text: str | None, element: Element) -> None:
    """Refuse text where only elements may stand.

    Raises:
        EpcisError: it is more than white space.
    """
    if text and not text.isspace():
        raise EpcisError("epcis.xml_text", place=path_of(element), element=local_name(element))


def stray(element: Element, attribute: str) -> EpcisError:
    """Return the error for an attribute that does not belong to an element."""
    return EpcisError("epcis.xml_attribute", place=path_of(element), attribute=shown(attribute))


def within_bounds(members: Any, element: Element, *, depth: int = MAX_EVENT_DEPTH) -> None:
    """Refuse what no document in JSON would have room for.

    Args:
        members: what an element says, as JSON.
        element: the element.
        depth: how many objects and arrays may stand in each other.

    Raises:
        EpcisError: it is nested deeper.
    """
    try:
        bounded(members, depth)
    except EpcisError as error:
        error.place = path_of(element) + error.place
        raise
