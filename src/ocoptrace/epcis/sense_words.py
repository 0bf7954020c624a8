"""Are the words of an event those of the standard, and do they fit each other?

>>> from ocoptrace.epcis.event import parse_event
>>> event = parse_event({
...     "type": "ObjectEvent", "action": "OBSERVE", "epcList": ["urn:x:1"],
...     "bizStep": "packing", "disposition": "conformant",
...     "eventTime": "2025-08-20T07:15:00+07:00", "eventTimeZoneOffset": "+07:00"})
>>> [(finding.code, finding.place) for finding in check_words(event)]
[('epcis.disposition_without_step', '/disposition')]
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ocoptrace.epcis.canonical import used_prefixes
from ocoptrace.epcis.event import AggregationEvent
from ocoptrace.epcis.faults import pointer, shown
from ocoptrace.epcis.vocabulary import (
    CONTEXT,
    DEPRECATED,
    EPCIS_CONTEXTS,
    EPCIS_TERMS,
    OCOP_MEMBERS,
    OCOP_STEPS,
    OCOP_WORDS,
    PREFIX,
    RESERVED_PREFIXES,
    STANDARD_PREFIXES,
    STANDARD_WORDS,
    CodeList,
    bare,
)
from ocoptrace.findings import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ocoptrace.epcis.event import Event
    from ocoptrace.findings import Severity

__all__ = ["check_words"]

_STEPS_OF_DISPOSITION = {
    "conformant": ("inspecting", "repairing", "sampling"),
    "non_conformant": ("inspecting", "repairing", "sampling"),
    "completeness_verified": ("unpacking",),
    "dispensed": ("dispensing",),
    "partially_dispensed": ("dispensing",),
}
"""Dispositions that CBV 2.0 (section 7.2) defines as the outcome of some steps.

Sampling is there because a laboratory's result is what makes goods conformant.
"""

_CONTRARY = {
    ("commissioning", "encoded"),
    ("decommissioning", "active"),
    ("destroying", "active"),
    ("receiving", "in_transit"),
    ("void_shipping", "in_transit"),
}
"""Steps after which things are not what the disposition says (CBV 2.0, 7.1 and 7.2)."""

_CONTEXTS = EPCIS_CONTEXTS | {CONTEXT}
_OF_CBV = ("urn:epcglobal:cbv:", "cbv:", *sorted(STANDARD_PREFIXES["cbv"]))
_SCHEMES = frozenset(
    "http https urn tag did ni info doi geo data mailto gs1 cbv id uuid oid ark hdl".split()
)
"""What may stand before the colon of a word and be no prefix: schemes of URIs in use."""

_ONLY_LASTING = {"completeness_inferred"}


def check_words(event: Event) -> Iterator[Finding]:
    """Yield what is wrong or odd about the words and prefixes of an event.

    Args:
        event: an event that is well formed.
    """
    declared = event.prefixes
    for word, code_list, place in _words(event):
        yield from _check_word(word, code_list, place)
        prefix, colon, _ = word.partition(":")
        known = prefix in declared or prefix in RESERVED_PREFIXES or prefix.lower() in _SCHEMES
        if colon and not known:
            yield Finding("epcis.prefix_undeclared", "warning", place, {"prefix": prefix})
    yield from _check_own_members(event)
    yield from _check_prefixes(event)
    yield from _check_disposition(event)
    lasting = event.persistent_disposition
    if lasting is not None:
        unset = {bare(word, "Disp") for word in lasting.unset or ()}
        for position, word in enumerate(lasting.set or ()):
            if bare(word, "Disp") in unset:
                place = pointer("persistentDisposition", "set", position)
                yield Finding("epcis.set_and_unset", "error", place, {"word": word})


def _check_own_members(event: Event) -> Iterator[Finding]:
    """Yield a finding for each member with our prefix that we do not define."""
    for name, value in event.extensions.items():
        prefix, _, local = name.partition(":")
        if prefix != PREFIX:
            continue
        if local not in OCOP_MEMBERS:
            yield Finding("epcis.unknown_ocop_word", "warning", pointer(name), {"word": name})
        elif local == "step" and not _is_own_step(value):
            facts = {"word": shown(value)}
            yield Finding("epcis.unknown_ocop_word", "warning", pointer(name), facts)


def _is_own_step(value: object) -> bool:
    """Tell whether a step is one of ours, or somebody's URI."""
    return isinstance(value, str) and (value in OCOP_STEPS or ":" in value)


def _words(event: Event) -> Iterator[tuple[str, CodeList, str]]:
    """Yield each word, the code list it should be of, and where it stands."""
    found: list[tuple[str | None, CodeList, str]] = [
        (event.biz_step, "BizStep", "/bizStep"),
        (event.disposition, "Disp", "/disposition"),
    ]
    lasting = event.persistent_disposition
    for name in ("set", "unset"):
        for position, word in enumerate(getattr(lasting, name, None) or ()):
            found.append((word, "Disp", pointer("persistentDisposition", name, position)))
    for position, paper in enumerate(event.biz_transaction_list or ()):
        found.append((paper.type, "BTT", pointer("bizTransactionList", position, "type")))
    for position, source in enumerate(event.source_list or ()):
        found.append((source.type, "SDT", pointer("sourceList", position, "type")))
    for position, goal in enumerate(event.destination_list or ()):
        found.append((goal.type, "SDT", pointer("destinationList", position, "type")))
    if event.error_declaration is not None:
        found.append((event.error_declaration.reason, "ER", "/errorDeclaration/reason"))
    for position, element in enumerate(event.sensor_element_list or ()):
        for number, report in enumerate(element.sensor_report):
            place = pointer("sensorElementList", position, "sensorReport", number)
            found += [
                (report.type, "Measurement", f"{place}/type"),
                (report.exception, "Alert", f"{place}/exception"),
                (report.component, "Comp", f"{place}/component"),
            ]
    yield from ((word, code_list, place) for word, code_list, place in found if word is not None)


def _check_word(word: str, code_list: CodeList, place: str) -> Iterator[Finding]:
    """Yield a finding for a word that is on no list and not somebody's URI."""
    short = bare(word, code_list)
    prefix, colon, local = short.partition(":")
    if newer := DEPRECATED.get(code_list, {}).get(short):
        facts = {"word": word, "expected": newer}
        yield Finding("epcis.deprecated_word", "warning", place, facts)
    elif not colon and short not in STANDARD_WORDS[code_list]:
        yield Finding("epcis.unknown_word", "error", place, {"word": word})
    elif prefix == PREFIX and local not in OCOP_WORDS.get(code_list, ()):
        yield Finding("epcis.unknown_ocop_word", "warning", place, {"word": word})
    elif short.startswith(_OF_CBV):  # of another list, or of none
        yield Finding("epcis.unknown_word", "error", place, {"word": word})


def _check_prefixes(event: Event) -> Iterator[Finding]:
    declared = event.prefixes
    for term, meaning in declared.items():
        reserved = RESERVED_PREFIXES.get(term)
        if reserved and meaning not in reserved:
            facts = {"prefix": term, "namespace": meaning}
            yield Finding("epcis.prefix_reserved", "error", "/@context", facts)
        elif term in EPCIS_TERMS:
            facts = {"term": term, "meaning": EPCIS_TERMS[term]}
            yield Finding("epcis.term_redefined", "error", "/@context", facts)
    # A context that is known by its address alone may declare it.
    foreign = any(isinstance(entry, str) and entry not in _CONTEXTS for entry in event.context)
    severity: Severity = "warning" if foreign else "error"
    for prefix in sorted(used_prefixes(event)):
        if prefix != PREFIX and not declared.get(prefix):
            yield Finding("epcis.prefix_undeclared", severity, "/@context", {"prefix": prefix})


def _check_disposition(event: Event) -> Iterator[Finding]:
    step = bare(event.biz_step or "", "BizStep")
    disposition = bare(event.disposition or "", "Disp")
    facts = {"step": step, "disposition": disposition}
    if disposition in _ONLY_LASTING:
        yield Finding("epcis.disposition_not_lasting", "warning", "/disposition", facts)
    # What a step of our own or of others comes to, the standard does not say.
    elif step in STANDARD_WORDS["BizStep"]:
        if (step, disposition) in _CONTRARY:
            yield Finding("epcis.disposition_contrary", "warning", "/disposition", facts)
        elif step not in _STEPS_OF_DISPOSITION.get(disposition, (step,)):
            expected = ", ".join(_STEPS_OF_DISPOSITION[disposition])
            more = {"step": step, "disposition": disposition, "expected": expected}
            yield Finding("epcis.disposition_without_step", "warning", "/disposition", more)
        elif disposition == "completeness_verified" and not (
            isinstance(event, AggregationEvent) and event.action == "DELETE"
        ):
            yield Finding("epcis.verified_without_unpacking", "warning", "/disposition", facts)
