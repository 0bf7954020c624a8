"""Names of things in GS1's terms: keys, element strings, Digital Links, plain names, EPC URNs.

>>> name = parse_name("https://example.com/01/09520101001115/10/MT-0601")
>>> name.level, name.canonical()
('batch', 'https://id.gs1.org/01/09520101001115/10/MT-0601')
>>> ElementString.parse("(01)09520101001115(10)MT-0601").digital_link().canonical()
'https://id.gs1.org/01/09520101001115/10/MT-0601'
"""

from __future__ import annotations

from ocoptrace.errors import Gs1Error
from ocoptrace.gs1.ai_table import AI_TABLE_RELEASE
from ocoptrace.gs1.application_identifiers import ApplicationIdentifier, application_identifier
from ocoptrace.gs1.associations import check_associations
from ocoptrace.gs1.digital_link import CANONICAL_HOST, DigitalLink, Level
from ocoptrace.gs1.element_string import ElementString
from ocoptrace.gs1.epc import digital_link_to_epc_urn, epc_urn_to_digital_link
from ocoptrace.gs1.identifiers import Gdti, Giai, Gln, Grai, Gsrn, Gtin, Key, Sscc
from ocoptrace.gs1.link_rules import Element
from ocoptrace.gs1.name import DEMO_PREFIX, SERIAL_ALPHABET, Name, is_demo_key, parse_name
from ocoptrace.gs1.plain_name import PlainName
from ocoptrace.gs1.values import check_value

__all__ = [
    "AI_TABLE_RELEASE",
    "CANONICAL_HOST",
    "DEMO_PREFIX",
    "SERIAL_ALPHABET",
    "ApplicationIdentifier",
    "DigitalLink",
    "Element",
    "ElementString",
    "Gdti",
    "Giai",
    "Gln",
    "Grai",
    "Gs1Error",
    "Gsrn",
    "Gtin",
    "Key",
    "Level",
    "Name",
    "PlainName",
    "Sscc",
    "application_identifier",
    "check_associations",
    "check_value",
    "digital_link_to_epc_urn",
    "epc_urn_to_digital_link",
    "is_demo_key",
    "parse_name",
]
