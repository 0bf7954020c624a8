"""The words of EPCIS events: CBV 2.0 code lists, our own steps, and their namespaces.

In JSON a CBV word is bare. Other syntaxes write it as a URI; both are read.

>>> bare("https://ref.gs1.org/cbv/BizStep-receiving", "BizStep")
'receiving'
>>> bare("urn:epcglobal:cbv:bizstep:receiving", "BizStep")
'receiving'
>>> bare("https://example.org/steps/smoking", "BizStep")
'https://example.org/steps/smoking'
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, get_args

from ocoptrace.epcis.data import cbv_words, epcis_terms

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "ALERTS",
    "BIZ_STEPS",
    "CODE_LISTS",
    "COMPONENTS",
    "CONTEXT",
    "DEPRECATED",
    "DISPOSITIONS",
    "EPCIS_CONTEXT",
    "EPCIS_CONTEXTS",
    "EPCIS_TERMS",
    "ERROR_REASONS",
    "MEASUREMENTS",
    "OCOP_MEASUREMENTS",
    "OCOP_MEMBERS",
    "OCOP_STEPS",
    "OCOP_TRANSACTION_TYPES",
    "OCOP_WORDS",
    "PARTY_TYPES",
    "PREFIX",
    "RESERVED_PREFIXES",
    "STANDARD_PREFIXES",
    "STANDARD_WORDS",
    "TRANSACTION_TYPES",
    "UNDECLARED_PREFIXES",
    "VOCABULARY",
    "CodeList",
    "bare",
    "context_prefixes",
    "namespace_of",
    "urn",
    "web_uri",
]

VOCABULARY = "https://w3id.org/ocoptrace/voc/"
"""Namespace of our own terms."""

PREFIX = "ocop"
"""The prefix of our namespace; no document may give it another meaning."""

CONTEXT = "https://w3id.org/ocoptrace/context/1"
"""Our JSON-LD context. Never fetched."""

EPCIS_CONTEXT = "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"
"""The JSON-LD context of EPCIS 2.0.0, the one that we write. Never fetched."""

_NEWER_CONTEXTS = frozenset(
    {
        "https://ref.gs1.org/standards/epcis/2.0.1/epcis-context.jsonld",
        "https://ref.gs1.org/standards/epcis/epcis-context.jsonld",
    }
)
EPCIS_CONTEXTS = _NEWER_CONTEXTS | {
    EPCIS_CONTEXT,
    "https://gs1.github.io/EPCIS/epcis-context.jsonld",
}
"""Names under which the EPCIS 2.0 context goes in documents."""

STANDARD_PREFIXES = {
    "cbv": frozenset({"https://ref.gs1.org/cbv/", "https://ns.gs1.org/cbv/"}),
    "cbvmda": frozenset({"urn:epcglobal:cbv:mda:", "urn:epcglobal:cbv:mda"}),
    "dcterms": frozenset({"http://purl.org/dc/terms/"}),
    "epcis": frozenset({"https://ref.gs1.org/epcis/", "https://ns.gs1.org/epcis/"}),
    "gs1": frozenset(
        {"https://gs1.org/voc/", "https://ref.gs1.org/voc/", "https://www.gs1.org/voc/"}
    ),
    "owl": frozenset({"http://www.w3.org/2002/07/owl#"}),
    "rdfs": frozenset({"http://www.w3.org/2000/01/rdf-schema#"}),
    "xsd": frozenset({"http://www.w3.org/2001/XMLSchema#"}),
}
"""Prefixes that the EPCIS context declares, with the namespaces seen for them."""

RESERVED_PREFIXES = STANDARD_PREFIXES | {
    PREFIX: frozenset({VOCABULARY}),
    "xml": frozenset({"http://www.w3.org/XML/1998/namespace"}),
}
"""Prefixes that may have no other meaning, ours and that of ``@xml:lang`` among them."""

UNDECLARED_PREFIXES = RESERVED_PREFIXES.keys() - {PREFIX}
"""Prefixes whose meaning no context of an event has to say."""

CodeList = Literal["BizStep", "Disp", "BTT", "SDT", "ER", "Comp", "Measurement", "Alert"]
"""A code list, by the name that its web URIs carry; the last two are of the GS1 Web Vocabulary."""

CODE_LISTS: tuple[CodeList, ...] = get_args(CodeList)

STANDARD_WORDS: Mapping[CodeList, frozenset[str]] = {
    code_list: frozenset(cbv_words.WORDS[code_list].split()) for code_list in CODE_LISTS
}
"""The words of each code list in CBV 2.0 and the GS1 Web Vocabulary, bare."""

BIZ_STEPS = STANDARD_WORDS["BizStep"]
"""Business steps of CBV 2.0 (section 7.1)."""

DISPOSITIONS = STANDARD_WORDS["Disp"]
"""Dispositions of CBV 2.0 (section 7.2)."""

TRANSACTION_TYPES = STANDARD_WORDS["BTT"]
"""Business transaction types of CBV 2.0 (section 7.3)."""

PARTY_TYPES = STANDARD_WORDS["SDT"]
"""Source and destination types of CBV 2.0 (section 7.4)."""

ERROR_REASONS = STANDARD_WORDS["ER"]
"""Error reasons of CBV 2.0 (section 7.5)."""

COMPONENTS = STANDARD_WORDS["Comp"]
"""Components of a measured value: axes, coordinates (CBV 2.0)."""

MEASUREMENTS = STANDARD_WORDS["Measurement"]
"""Measurement types of the GS1 Web Vocabulary that EPCIS 2.0 names."""

ALERTS = STANDARD_WORDS["Alert"]
"""Exceptions that a sensor reports (GS1 Web Vocabulary)."""

DEPRECATED: Mapping[CodeList, Mapping[str, str]] = {
    "Disp": {
        "non_sellable_damaged": "damaged",
        "non_sellable_disposed": "disposed",
        "non_sellable_expired": "expired",
        "non_sellable_no_pedigree_match": "no_pedigree_match",
        "non_sellable_recalled": "recalled",
    },
}
"""Words of CBV 1.0 that later versions gave up, with the words that took their place.

The new words stand in the ontology of CBV 2.0. The old ones do not: that they were words is known
from software for EPCIS 1.x, which lists them as given up for these.
"""

OCOP_STEPS = frozenset(
    """cultivating harvesting landing salt_harvesting receiving_raw washing salting fermenting
    fermentation_check drawing_off milling mixing drying roasting cooking canning sterilising
    pasteurising splitting dyeing weaving finishing lab_testing filling labelling packing
    dispatching port_entry""".split()
)
"""Steps of small producers, finer than CBV has words for: ``ocop:fermenting``."""

OCOP_TRANSACTION_TYPES = frozenset(
    "catch_log field_log contract health_certificate origin_certificate".split()
)
"""Papers of small producers that CBV has no type for: ``ocop:catch_log``."""

OCOP_MEASUREMENTS = frozenset("pH Salinity MoistureContent NitrogenDegree FZero".split())
"""Measurements that the GS1 Web Vocabulary has no word for: ``ocop:pH``."""

OCOP_WORDS: Mapping[CodeList, frozenset[str]] = {
    "BizStep": OCOP_STEPS,
    "BTT": OCOP_TRANSACTION_TYPES,
    "Measurement": OCOP_MEASUREMENTS,
}
"""Our own words by the code list that they extend, without the prefix."""

OCOP_MEMBERS = frozenset(
    "step description actor destination results loss basedOn list json".split()
)
"""Members of our own in an event: ``ocop:loss``."""

EPCIS_TERMS: Mapping[str, str] = {
    term: meaning for term, meaning, _ in (row.split(";") for row in epcis_terms.TERMS.splitlines())
}
"""What each term of the EPCIS 2.0 context stands for: ``eventTime`` for ``epcis:eventTime``."""

_WEB_VOCABULARY = "https://ref.gs1.org/voc/"
_CBV = epcis_terms.PREFIXES["cbv"]
_WEB_LISTS: frozenset[CodeList] = frozenset({"Measurement", "Alert"})
_WEB_HEADS = ("gs1:", *sorted(STANDARD_PREFIXES["gs1"]))


def context_prefixes(address: str) -> Mapping[str, str]:
    """Return the prefixes that an EPCIS context declares, with their namespaces.

    Version 2.0.0 gives ``gs1`` another namespace than 2.0.1 and the address without a version.

    >>> context_prefixes(EPCIS_CONTEXT)["gs1"]
    'https://gs1.org/voc/'
    >>> context_prefixes("https://ref.gs1.org/standards/epcis/epcis-context.jsonld")["gs1"]
    'https://ref.gs1.org/voc/'

    Args:
        address: of a context; one that is not of EPCIS 2.0 declares nothing that we know.
    """
    if address not in EPCIS_CONTEXTS:
        return {}
    newer = {"gs1": _WEB_VOCABULARY} if address in _NEWER_CONTEXTS else {}
    return epcis_terms.PREFIXES | newer


def namespace_of(meaning: object) -> str | None:
    """Return the namespace that a term of a JSON-LD context gives a prefix; None for no prefix.

    >>> namespace_of("urn:x:"), namespace_of({"@id": "urn:x:", "@prefix": True})
    ('urn:x:', 'urn:x:')
    >>> namespace_of({"@id": "urn:x:name"}), namespace_of(None)
    (None, None)
    """
    if isinstance(meaning, dict) and meaning.get("@prefix") is True:
        meaning = meaning.get("@id")
    return meaning if isinstance(meaning, str) else None


def bare(word: str, code_list: CodeList) -> str:
    """Return the bare form of a standard word; any other text comes back as it is.

    Args:
        word: bare, as web URI, as URN (EPCIS 1.x and XML), or as ``cbv:`` or ``gs1:`` name.
        code_list: the list that the word belongs to.
    """
    if ":" not in word:
        return word
    for head in _HEADS[code_list]:
        if word.startswith(head):
            return word.removeprefix(head)
    return word


def web_uri(word: str, code_list: CodeList) -> str:
    """Return the web URI of a standard word; any other text comes back as it is.

    >>> web_uri("receiving", "BizStep"), web_uri("Temperature", "Measurement")
    ('https://ref.gs1.org/cbv/BizStep-receiving', 'https://ref.gs1.org/voc/Temperature')
    >>> web_uri("smoking", "BizStep")
    'smoking'
    """
    short = bare(word, code_list)
    if short not in STANDARD_WORDS[code_list]:
        return word
    if code_list in _WEB_LISTS:
        return _WEB_VOCABULARY + short
    return f"{_CBV}{code_list}-{short}"


def urn(word: str, code_list: CodeList) -> str:
    """Return the URN of a CBV word, as EPCIS 1.x and XML write it.

    Any other text comes back as it is; words of the GS1 Web Vocabulary have no URN.

    >>> urn("receiving", "BizStep"), urn("https://ref.gs1.org/cbv/SDT-location", "SDT")
    ('urn:epcglobal:cbv:bizstep:receiving', 'urn:epcglobal:cbv:sdt:location')
    """
    short = bare(word, code_list)
    if code_list in _WEB_LISTS or short not in STANDARD_WORDS[code_list]:
        return word
    return f"urn:epcglobal:cbv:{code_list.lower()}:{short}"


def _heads(code_list: CodeList) -> tuple[str, ...]:
    """Return what may stand before a word of a list."""
    if code_list in _WEB_LISTS:
        return _WEB_HEADS
    namespaces = ("cbv:", *sorted(STANDARD_PREFIXES["cbv"]))
    return (
        f"urn:epcglobal:cbv:{code_list.lower()}:",
        *(f"{namespace}{code_list}-" for namespace in namespaces),
    )


_HEADS = {code_list: _heads(code_list) for code_list in CODE_LISTS}
