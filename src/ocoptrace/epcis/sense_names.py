"""Do the names of an event name what they should: things, lots, containers, places, parties?

>>> from ocoptrace.epcis.event import parse_event
>>> event = parse_event({
...     "type": "ObjectEvent", "action": "ADD",
...     "epcList": ["https://id.gs1.org/01/09521234543213/10/A1"],
...     "eventTime": "2025-08-20T07:15:00+07:00", "eventTimeZoneOffset": "+07:00"})
>>> [(finding.code, finding.place) for finding in check_names(event)]
[('epcis.class_among_instances', '/epcList/0')]
>>> [finding.code for finding in check_names(event, ["8938505974"])][1:]
['epcis.foreign_prefix']
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Literal

from ocoptrace.epcis.event import (
    AggregationEvent,
    AssociationEvent,
    Event,
    TransactionEvent,
    TransformationEvent,
)
from ocoptrace.epcis.faults import pointer
from ocoptrace.epcis.names import canonical_name, mentions
from ocoptrace.epcis.steps import created_uris
from ocoptrace.epcis.vocabulary import bare
from ocoptrace.errors import Gs1Error
from ocoptrace.findings import Finding
from ocoptrace.gs1 import parse_name

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from ocoptrace.epcis.names import Mention
    from ocoptrace.findings import Severity
    from ocoptrace.gs1 import Name

__all__ = ["check_names"]

Kind = Literal["instance", "class", "place", "party", "plain"]
"""What a name names: one thing, things of a kind or lot, a place, a party.

``plain``: a plain name without a lot, which a product, a place or a container may have.
"""

_SERIAL_AIS = frozenset({"21", "235", "8011"})
_LENGTH_OF_CLASS = {"253": 13, "255": 13, "8003": 14}
"""Keys whose serial number follows in the value, with their length without it."""

_MODEL = "8013"
"""The key of a model (GMN), which is always a class."""

_QUALIFIED = frozenset({"01", "8006", "8010"})
"""Keys that name a class unless a serial number qualifies them."""

_PREFIX_AT_SECOND = frozenset({"00", "01", "8003", "8006"})
"""Keys with one digit before the GS1 Company Prefix."""

_MISPLACED = {
    ("parent", "class"): "epcis.class_as_parent",
    **{
        (role, kind): "epcis.not_goods"
        for role in ("parent", "instance", "class")
        for kind in ("place", "party")
    },
    ("instance", "class"): "epcis.class_among_instances",
    ("instance", "plain"): "epcis.class_among_instances",
    ("class", "instance"): "epcis.instance_among_classes",
    ("place", "instance"): "epcis.not_a_place",
    ("place", "class"): "epcis.not_a_place",
    ("place", "party"): "epcis.not_a_place",
    ("owning_party", "place"): "epcis.place_as_party",
    ("possessing_party", "place"): "epcis.place_as_party",
    ("location", "party"): "epcis.party_as_place",
    ("owning_party", "instance"): "epcis.not_a_party",
    ("owning_party", "class"): "epcis.not_a_party",
    ("possessing_party", "instance"): "epcis.not_a_party",
    ("possessing_party", "class"): "epcis.not_a_party",
    ("location", "instance"): "epcis.not_a_place",
    ("location", "class"): "epcis.not_a_place",
}
_ONLY_ODD = frozenset({"epcis.place_as_party", "epcis.party_as_place", "epcis.not_a_place"})
"""What older standards allowed, or what a place of goods in goods may mean."""


def check_names(event: Event, company_prefixes: Collection[str] = ()) -> Iterator[Finding]:
    """Yield what is wrong or odd about the names in an event.

    Args:
        event: an event that is well formed.
        company_prefixes: digits; a GS1 name that the event makes under another prefix is a
            finding. None given: nothing is said of that.
    """
    seen: set[str] = set()
    elsewhere = _made_elsewhere(event, company_prefixes)
    for mention, role in _roles(event):
        try:
            name = canonical_name(mention.uri)
        except Gs1Error as error:
            yield Finding(error.code, "error", mention.place, error.facts)
            continue
        if code := _misplaced(event, role, name):
            severity: Severity = "warning" if code in _ONLY_ODD else "error"
            yield Finding(code, severity, mention.place, {"name": mention.uri})
        if mention.uri.startswith("urn:epc:id:") and mention.uri.endswith(".*"):
            facts = {"name": mention.uri, "expected": mention.uri.replace(":id:", ":idpat:", 1)}
            yield Finding("epcis.pattern_as_id", "error", mention.place, facts)
        if name in elsewhere:
            facts = {"name": name, "expected": ", ".join(sorted(company_prefixes))}
            yield Finding("epcis.foreign_prefix", "error", mention.place, facts)
        if mention.role == "instance":
            if name in seen:
                yield Finding("epcis.twice", "warning", mention.place, {"name": name})
            seen.add(name)
    for uri, place in _others(event):
        try:
            canonical_name(uri)
        except Gs1Error as error:
            yield Finding(error.code, "error", place, error.facts)
    yield from _check_parent(event)


def _misplaced(event: Event, role: str, name: str) -> str | None:
    """Return the code of what is wrong with a name in a role."""
    kind = _kind(name)
    # A thing may be joined to a place, as a sensor to a cold store (EPCIS 2.0, 7.4.6).
    if role == "parent" and kind == "place" and isinstance(event, AssociationEvent):
        return None
    return _MISPLACED.get((role, kind or ""))


def _roles(event: Event) -> Iterator[tuple[Mention, str]]:
    """Yield each name with its role; a source or destination has its type as its role."""
    types = {
        pointer("sourceList", position, "source"): source.type
        for position, source in enumerate(event.source_list or ())
    } | {
        pointer("destinationList", position, "destination"): goal.type
        for position, goal in enumerate(event.destination_list or ())
    }
    for mention in mentions(event):
        role: str = mention.role
        yield mention, bare(types[mention.place], "SDT") if role == "party" else role


@lru_cache(maxsize=16_384)
def _kind(name: str) -> Kind | None:
    """Return what a canonical name names; None where its form does not tell."""
    try:
        parsed = parse_name(name)
    except Gs1Error:
        return None
    match parsed.level:
        case "place" | "party" as kind:
            return kind
        case "item" | "logistic_unit":
            return "instance"
        case "product" | "batch" as level:
            return "plain" if parsed.key is None and level == "product" else "class"
    return "instance" if _is_serial(parsed) else "class"


def _is_serial(name: Name) -> bool:
    """Tell whether a name of the rarer keys is that of one thing."""
    ai, value = name.key or ("", "")
    if ai in _QUALIFIED:
        return any(qualifier in _SERIAL_AIS for qualifier, _ in name.qualifiers)
    if ai in _LENGTH_OF_CLASS:
        return len(value) > _LENGTH_OF_CLASS[ai]
    return ai != _MODEL


def _others(event: Event) -> Iterator[tuple[str, str]]:
    """Yield names that are neither of goods nor of places or parties, each with its place."""
    for position, paper in enumerate(event.biz_transaction_list or ()):
        place = pointer("bizTransactionList", position, "bizTransaction")
        yield paper.biz_transaction, place
    if isinstance(event, TransformationEvent) and event.transformation_id is not None:
        yield event.transformation_id, "/transformationID"
    for position, element in enumerate(event.sensor_element_list or ()):
        place = pointer("sensorElementList", position)
        metadata = element.sensor_metadata
        if metadata is not None and metadata.device_id is not None:
            yield metadata.device_id, f"{place}/sensorMetadata/deviceID"
        for number, report in enumerate(element.sensor_report):
            if report.device_id is not None:
                yield report.device_id, f"{place}/sensorReport/{number}/deviceID"


def _check_parent(event: Event) -> Iterator[Finding]:
    parent = getattr(event, "parent_id", None)
    if parent is None:
        if isinstance(event, AggregationEvent) and event.action != "OBSERVE":
            facts = {"action": event.action}
            yield Finding("epcis.parent_missing", "error", "/parentID", facts)
        return
    children = event.epc_list if isinstance(event, TransactionEvent) else event.child_epcs  # type: ignore[attr-defined]
    for uri in children or ():
        try:
            same = canonical_name(uri) == canonical_name(parent)
        except Gs1Error:
            continue
        if same:
            yield Finding("epcis.parent_among_children", "error", "/parentID", {"name": parent})


def _made_elsewhere(event: Event, company_prefixes: Collection[str]) -> frozenset[str]:
    """Return the GS1 names that an event makes under none of some prefixes."""
    if not company_prefixes:
        return frozenset()
    own = tuple(company_prefixes)
    elsewhere = set()
    for uri in created_uris(event):
        try:
            name = canonical_name(uri)
        except Gs1Error:
            continue  # which is a finding of its own
        if not _is_under(name, own):
            elsewhere.add(name)
    return frozenset(elsewhere)


def _is_under(name: str, prefixes: tuple[str, ...]) -> bool:
    """Tell whether a name is under one of some prefixes, or is no GS1 name at all."""
    key = None if _kind(name) is None else parse_name(name).key
    if key is None:
        return True
    ai, value = key
    return value[1 if ai in _PREFIX_AT_SECOND else 0 :].startswith(prefixes)
