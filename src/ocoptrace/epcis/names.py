"""The names in an event: things, places and parties, in their canonical form.

A name is a GS1 Digital Link, an EPC URN or a plain name; any other URI stands as it is.

>>> canonical_name("https://shop.example/01/09521234543213/10/A1?17=280914")
'https://id.gs1.org/01/09521234543213/10/A1'
>>> canonical_name("urn:epc:class:lgtin:9521234.054321.A1")
'https://id.gs1.org/01/09521234543213/10/A1'
>>> canonical_name("urn:uuid:5f3c9b1e-0d5e-4c52-8f07-1f2b6a7d9c10")
'urn:uuid:5f3c9b1e-0d5e-4c52-8f07-1f2b6a7d9c10'
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Final, Literal

from ocoptrace.epcis.dimensions import member_name
from ocoptrace.epcis.faults import pointer
from ocoptrace.errors import Gs1Error
from ocoptrace.gs1 import epc_urn_to_digital_link, parse_name
from ocoptrace.gs1.link_rules import is_primary_key

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ocoptrace.epcis.dimensions import Location, QuantityElement
    from ocoptrace.epcis.event import Event

__all__ = ["Mention", "Role", "canonical_name", "mentions", "quantities"]

Role = Literal["parent", "instance", "class", "place", "party"]

_KEPT: Final = 4096
"""An event's names are asked for again and again: what it made, used, mentions, its bytes."""


_GS1_HOST = "id.gs1.org"
_PRODUCER = re.compile(r"[0-9A-Z]{8}|(?=.*[0-9])[0-9A-Za-z]{8}")
_KEY_FORMS = {
    key: re.compile(form)
    for key, form in {
        "00": "[0-9]{18}",
        "01": "[0-9]{8}|[0-9]{12,14}",
        "253": "[0-9]{13}[^/]{0,17}",
        "255": "[0-9]{13,25}",
        "402": "[0-9]{17}",
        "414": "[0-9]{13}",
        "415": "[0-9]{13}",
        "417": "[0-9]{13}",
        "8003": "[0-9]{14}[^/]{0,16}",
        "8006": "[0-9]{18}",
        "8017": "[0-9]{18}",
        "8018": "[0-9]{18}",
    }.items()
}
_ANY_KEY = re.compile("[0-9]{4}[^/]{0,26}")
"""The other keys begin with a GS1 Company Prefix."""


@dataclass(frozen=True, slots=True)
class Mention:
    """One name in an event.

    Attributes:
        place: JSON pointer of the name in the event.
        role: what it names there; an ``instance`` is one thing, a ``class`` is a kind or lot.
        uri: the name as read.
    """

    place: str
    role: Role
    uri: str


_INSTANCES = ("epc_list", "child_epcs", "input_epc_list", "output_epc_list")
_CLASSES = (
    "quantity_list",
    "child_quantity_list",
    "input_quantity_list",
    "output_quantity_list",
)


@lru_cache(_KEPT)
def canonical_name(uri: str) -> str:
    """Return the canonical name for a URI, or the URI itself where it is no GS1 or plain name.

    Raises:
        Gs1Error: a GS1 name with a fault, such as a wrong check digit.
    """
    if uri.startswith("urn:epc:"):
        return parse_name(epc_urn_to_digital_link(uri)).canonical()
    if not uri[:8].lower().startswith(("http://", "https://")):
        return uri
    try:
        return parse_name(uri).canonical()
    except Gs1Error:
        if _means_to_be_a_name(uri):
            raise
        return uri


def _means_to_be_a_name(uri: str) -> bool:
    """Tell whether a web address is written as a GS1 or plain name, whatever is wrong with it.

    A path such as ``/2026/01/17`` or ``/ocop/decisions/12`` is not: what follows the number of a
    key has to look like one, and what follows ``ocop`` like the code of a producer.
    """
    _, _, host, *segments = uri.partition("?")[0].partition("#")[0].split("/")
    if host.lower() == _GS1_HOST:
        return any(map(is_primary_key, segments[:-1]))
    if segments[:1] and segments[0].lower() == "ocop":
        return len(segments) > 1 and _PRODUCER.fullmatch(segments[1]) is not None
    return any(
        is_primary_key(key) and _KEY_FORMS.get(key, _ANY_KEY).fullmatch(value) is not None
        for key, value in pairwise(segments)
    )


def mentions(event: Event) -> Iterator[Mention]:
    """Yield every name in an event: what, then where, then who."""
    # By ``vars``: pydantic takes long to say of a model that it has no such field.
    members = vars(event)
    parent = members.get("parent_id")
    if parent is not None:
        yield Mention("/parentID", "parent", parent)
    for field in _INSTANCES:
        instances: Sequence[str] = members.get(field) or ()
        for position, uri in enumerate(instances):
            yield Mention(pointer(member_name(field), position), "instance", uri)
    for place, element in quantities(event):
        yield Mention(f"{place}/epcClass", "class", element.epc_class)
    for field in ("read_point", "biz_location"):
        location: Location | None = getattr(event, field)
        if location is not None:
            yield Mention(pointer(member_name(field), "id"), "place", location.id)
    for position, source in enumerate(event.source_list or ()):
        yield Mention(pointer("sourceList", position, "source"), "party", source.source)
    for position, goal in enumerate(event.destination_list or ()):
        place = pointer("destinationList", position, "destination")
        yield Mention(place, "party", goal.destination)


def quantities(event: Event) -> Iterator[tuple[str, QuantityElement]]:
    """Yield every quantity element of an event with its JSON pointer."""
    for field in _CLASSES:
        elements: Sequence[QuantityElement] = vars(event).get(field) or ()
        for position, element in enumerate(elements):
            yield pointer(member_name(field), position), element
