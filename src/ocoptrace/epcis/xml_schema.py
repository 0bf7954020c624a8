"""What the XML of EPCIS looks like: namespaces, the order of elements, how words are spelled.

Written from the names in EPCIS 2.0 (section 9) and CBV 2.0 (section 7); the order of elements
is part of the standard.

>>> ORDER["TransactionEvent"][6:9]
('bizTransactionList', 'parentID', 'epcList')
>>> word_in_xml("receiving", "BizStep"), word_of_xml("urn:epcglobal:cbv:disp:active", "Disp")
('urn:epcglobal:cbv:bizstep:receiving', 'active')
>>> word_in_xml("https://example.org/steps/smoking", "BizStep")
'https://example.org/steps/smoking'
>>> word_in_xml("Temperature", "Measurement"), word_of_xml("gs1:Temperature", "Measurement")
('gs1:Temperature', 'Temperature')
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ocoptrace.epcis.vocabulary import (
    BIZ_STEPS,
    DISPOSITIONS,
    ERROR_REASONS,
    PARTY_TYPES,
    PREFIX,
    TRANSACTION_TYPES,
    VOCABULARY,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ocoptrace.epcis.vocabulary import CodeList

__all__ = [
    "EPCIS",
    "EPCIS_NAMESPACES",
    "IMPLIED",
    "MASTER_DATA",
    "ORDER",
    "QUERY",
    "ROOTS",
    "SBDH",
    "SENSOR_METADATA",
    "SENSOR_NUMBERS",
    "SENSOR_REPORT",
    "STANDING",
    "WORDS",
    "XML",
    "XSD",
    "XSI",
    "word_in_xml",
    "word_of_xml",
]

EPCIS = "urn:epcglobal:epcis:xsd:2"
QUERY = "urn:epcglobal:epcis-query:xsd:2"
MASTER_DATA = "urn:epcglobal:epcis-masterdata:xsd:2"
SBDH = "http://www.unece.org/cefact/namespaces/StandardBusinessDocumentHeader"
XML = "http://www.w3.org/XML/1998/namespace"
XSD = "http://www.w3.org/2001/XMLSchema"
XSI = "http://www.w3.org/2001/XMLSchema-instance"

EPCIS_NAMESPACES = frozenset(
    f"urn:epcglobal:{name}:xsd:{version}"
    for name in ("epcis", "epcis-query", "epcis-masterdata")
    for version in (1, 2)
)
"""Namespaces of EPCIS 1.2 and 2.0; the elements inside a document mostly have none."""

STANDING = EPCIS_NAMESPACES | {SBDH, XML, XSD, XSI, "urn:epcglobal:xsd:1"}
"""Namespaces whose declarations belong to the syntax, not to the events."""

ROOTS = {
    "EPCISDocument": ("epcis", EPCIS),
    "EPCISQueryDocument": ("epcisq", QUERY),
    "EPCISMasterDataDocument": ("epcismd", MASTER_DATA),
}
"""Element at the top of a document → (usual prefix, namespace)."""

IMPLIED = {
    PREFIX: VOCABULARY,
    "cbv": "https://ref.gs1.org/cbv/",
    "cbvmda": "urn:epcglobal:cbv:mda",
    "dcterms": "http://purl.org/dc/terms/",
    "gs1": "https://ref.gs1.org/voc/",
    "owl": "http://www.w3.org/2002/07/owl#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
}
"""Prefixes that JSON-LD need not declare, with the namespaces under which XML declares them."""

_COMMON = (
    "eventTime",
    "recordTime",
    "eventTimeZoneOffset",
    "eventID",
    "errorDeclaration",
    "certificationInfo",
)
_WHY_AND_WHERE = ("action", "bizStep", "disposition", "readPoint", "bizLocation")
_TRANSFER = ("sourceList", "destinationList", "sensorElementList", "persistentDisposition")

ORDER: dict[str, tuple[str, ...]] = {
    "ObjectEvent": (
        *_COMMON,
        "epcList",
        *_WHY_AND_WHERE,
        "bizTransactionList",
        "quantityList",
        *_TRANSFER,
        "ilmd",
    ),
    "AggregationEvent": (
        *_COMMON,
        "parentID",
        "childEPCs",
        *_WHY_AND_WHERE,
        "bizTransactionList",
        "childQuantityList",
        *_TRANSFER,
    ),
    "TransactionEvent": (
        *_COMMON,
        "bizTransactionList",
        "parentID",
        "epcList",
        *_WHY_AND_WHERE,
        "quantityList",
        *_TRANSFER,
    ),
    "TransformationEvent": (
        *_COMMON,
        "inputEPCList",
        "inputQuantityList",
        "outputEPCList",
        "outputQuantityList",
        "transformationID",
        *_WHY_AND_WHERE[1:],
        "bizTransactionList",
        *_TRANSFER,
        "ilmd",
    ),
    "AssociationEvent": (
        *_COMMON,
        "parentID",
        "childEPCs",
        "childQuantityList",
        *_WHY_AND_WHERE,
        "bizTransactionList",
        *_TRANSFER,
    ),
}
"""Type of event → the order of its elements; extensions follow."""

SENSOR_NUMBERS = frozenset("value minValue maxValue meanValue sDev percRank percValue".split())
"""Attributes of a sensor report that are numbers."""

SENSOR_METADATA = frozenset(
    """time startTime endTime deviceID deviceMetadata rawData dataProcessingMethod
    bizRules""".split()
)
SENSOR_REPORT = SENSOR_NUMBERS | frozenset(
    """type exception deviceID deviceMetadata rawData dataProcessingMethod bizRules time
    microorganism chemicalSubstance coordinateReferenceSystem component stringValue booleanValue
    hexBinaryValue uriValue uom""".split()
)

WORDS: dict[str, CodeList] = {
    "bizStep": "BizStep",
    "disposition": "Disp",
    "set": "Disp",
    "unset": "Disp",
    "reason": "ER",
    "bizTransaction": "BTT",
    "source": "SDT",
    "destination": "SDT",
    "type": "Measurement",
    "exception": "Measurement",
    "component": "Comp",
}
"""Element or attribute → the code list of its words."""


def _urns(name: str, words: Iterable[str]) -> dict[str, str]:
    return {word: f"urn:epcglobal:cbv:{name}:{word}" for word in words}


_IN_XML: dict[CodeList, dict[str, str]] = {
    "BizStep": _urns("bizstep", BIZ_STEPS),
    "Disp": _urns("disp", DISPOSITIONS),
    "BTT": _urns("btt", TRANSACTION_TYPES),
    "SDT": _urns("sdt", PARTY_TYPES),
    "ER": _urns("er", ERROR_REASONS),
}
_OF_XML = {
    code_list: {urn: word for word, urn in words.items()} for code_list, words in _IN_XML.items()
}
_URN_HEADS = {code_list: f"urn:epcglobal:cbv:{code_list.lower()}:" for code_list in _IN_XML}
_HEADS: dict[CodeList, str] = {"Measurement": "gs1:", "Comp": "cbv:Comp-"}


def word_in_xml(word: str, code_list: CodeList) -> str:
    """Return a word as XML spells it: CBV words as URNs, bare sensor words as ``gs1:`` names."""
    head = _HEADS.get(code_list)
    if head is not None:
        return word if ":" in word else head + word
    return _IN_XML[code_list].get(word, word)


def word_of_xml(word: str, code_list: CodeList) -> str:
    """Return a word of XML as JSON spells it; what is not of CBV comes back as it is."""
    head = _HEADS.get(code_list)
    if head is None:
        urn = _URN_HEADS[code_list]
        if word in _OF_XML[code_list] or not word.startswith(urn):
            return _OF_XML[code_list].get(word, word)
        # JSON has no room for a URN of CBV, such as that of a word of CBV 1.0.
        return f"{IMPLIED['cbv']}{code_list}-{word.removeprefix(urn)}"
    rest = word.removeprefix(head)
    return rest if rest and ":" not in rest else word
