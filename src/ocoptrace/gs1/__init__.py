"""Names of things in GS1's terms: keys, element strings, Digital Links, plain names, EPC URNs.

>>> from ocoptrace.gs1 import ElementString, interpret_scan, parse_name
>>> name = parse_name("https://example.com/01/09520101001115/10/MT-0601")
>>> name.level, name.canonical()
('batch', 'https://id.gs1.org/01/09520101001115/10/MT-0601')
>>> ElementString.parse("(01)09520101001115(10)MT-0601").digital_link().canonical()
'https://id.gs1.org/01/09520101001115/10/MT-0601'
>>> interpret_scan("]E09520101001115").elements
(('01', '09520101001115'),)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ocoptrace.errors import Gs1Error

if TYPE_CHECKING:
    from ocoptrace.gs1.ai_table import AI_TABLE_RELEASE
    from ocoptrace.gs1.application_identifiers import ApplicationIdentifier, application_identifier
    from ocoptrace.gs1.associations import check_associations
    from ocoptrace.gs1.company_prefixes import CompanyPrefixes
    from ocoptrace.gs1.composites import Lgtin, Sgln, Sgtin
    from ocoptrace.gs1.compression import compress, decompress
    from ocoptrace.gs1.digital_link import CANONICAL_HOST, DigitalLink, Level
    from ocoptrace.gs1.element_string import ElementString
    from ocoptrace.gs1.epc import digital_link_to_epc_urn, epc_urn_to_digital_link
    from ocoptrace.gs1.human_readable import hri
    from ocoptrace.gs1.identifiers import (
        KEYS,
        Cpid,
        Gcn,
        Gdti,
        Giai,
        Ginc,
        Gln,
        Gmn,
        Grai,
        Gsin,
        Gsrn,
        Gsrnp,
        Gtin,
        Itip,
        Pgln,
        Sscc,
    )
    from ocoptrace.gs1.inspection import inspect_elements, inspect_link
    from ocoptrace.gs1.keys import Identifier, Key
    from ocoptrace.gs1.link_rules import Element
    from ocoptrace.gs1.name import DEMO_PREFIX, SERIAL_ALPHABET, Name, is_demo_key, parse_name
    from ocoptrace.gs1.plain_name import PlainName
    from ocoptrace.gs1.readings import Amount, read_amount, read_dates
    from ocoptrace.gs1.scan import Scan, interpret_scan
    from ocoptrace.gs1.symbology import transmit
    from ocoptrace.gs1.values import check_value

__all__ = [
    "AI_TABLE_RELEASE",
    "CANONICAL_HOST",
    "DEMO_PREFIX",
    "KEYS",
    "SERIAL_ALPHABET",
    "Amount",
    "ApplicationIdentifier",
    "CompanyPrefixes",
    "Cpid",
    "DigitalLink",
    "Element",
    "ElementString",
    "Gcn",
    "Gdti",
    "Giai",
    "Ginc",
    "Gln",
    "Gmn",
    "Grai",
    "Gs1Error",
    "Gsin",
    "Gsrn",
    "Gsrnp",
    "Gtin",
    "Identifier",
    "Itip",
    "Key",
    "Level",
    "Lgtin",
    "Name",
    "Pgln",
    "PlainName",
    "Scan",
    "Sgln",
    "Sgtin",
    "Sscc",
    "application_identifier",
    "check_associations",
    "check_value",
    "compress",
    "decompress",
    "digital_link_to_epc_urn",
    "epc_urn_to_digital_link",
    "hri",
    "inspect_elements",
    "inspect_link",
    "interpret_scan",
    "is_demo_key",
    "parse_name",
    "read_amount",
    "read_dates",
    "transmit",
]

_MODULES = {
    "ai_table": "AI_TABLE_RELEASE",
    "application_identifiers": "ApplicationIdentifier application_identifier",
    "associations": "check_associations",
    "company_prefixes": "CompanyPrefixes",
    "composites": "Lgtin Sgln Sgtin",
    "compression": "compress decompress",
    "digital_link": "CANONICAL_HOST DigitalLink Level",
    "element_string": "ElementString",
    "epc": "digital_link_to_epc_urn epc_urn_to_digital_link",
    "human_readable": "hri",
    "identifiers": (
        "KEYS Cpid Gcn Gdti Giai Ginc Gln Gmn Grai Gsin Gsrn Gsrnp Gtin Itip Pgln Sscc"
    ),
    "inspection": "inspect_elements inspect_link",
    "keys": "Identifier Key",
    "link_rules": "Element",
    "name": "DEMO_PREFIX SERIAL_ALPHABET Name is_demo_key parse_name",
    "plain_name": "PlainName",
    "readings": "Amount read_amount read_dates",
    "scan": "Scan interpret_scan",
    "symbology": "transmit",
    "values": "check_value",
}
_HOMES = {name: module for module, names in _MODULES.items() for name in names.split()}


def __getattr__(name: str) -> Any:
    # A name is imported when it is first asked for: who reads links waits for nothing else.
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module  # noqa: PLC0415

    found = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = found
    return found
