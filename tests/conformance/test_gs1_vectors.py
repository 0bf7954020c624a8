"""Agreement with the GS1 Barcode Syntax Engine and Dictionary, case by case."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from typing import Any

import pytest

from ocoptrace.gs1 import (
    AI_TABLE_RELEASE,
    DigitalLink,
    ElementString,
    Gs1Error,
    application_identifier,
    check_associations,
    digital_link_to_epc_urn,
    epc_urn_to_digital_link,
    hri,
    interpret_scan,
    transmit,
)
from ocoptrace.gs1.checks import check_digit, has_check_digit
from ocoptrace.gs1.link_rules import check_path
from ocoptrace.gs1.linters import LINTERS
from ocoptrace.gs1.percent_encoding import escape, unescape
from ocoptrace.gs1.symbology import receive

ROOT = Path(__file__).parents[2]
Case = dict[str, Any]

RULES = {
    "validateAIrepeats": "gs1.contradiction",
    "validateAIrequisites": "gs1.requisite",
    "validateAImutex": "gs1.exclusive",
    "validateDigSigRequiresSerialisedKey": "gs1.unserialised",
}


SYMBOLS = {
    "DM": "DataMatrix",
    "DataBarExpanded": "DataBar",
    "DataBarLimited": "DataBar",
    "DataBarOmni": "DataBar",
    "EAN13": "EAN-13",
    "EAN8": "EAN-8",
    "GS1_128_CCA": "GS1-128",
    "GS1_128_CCC": "GS1-128",
    "UPCA": "EAN-13",
    "UPCE": "EAN-13",
}
"""The engine's names of symbols that have another one here."""


def alphabetic(case: Case) -> str | None:
    if case["valid"] and case.get("options", {}).get("permit_convenience_alphas"):
        return "names such as /gtin/ left the standard with 1.3.0"
    return None


def prefix_lookup(case: Case) -> str | None:
    error = case.get("error")
    looked_up = error == "INVALID_GCP_PREFIX" and case["linter"] == "couponcode"
    if looked_up or error == "GCP_DATASOURCE_OFFLINE":
        return "needs the dictionary's stand-in for an online register of company prefixes"
    return None


def accepted(parse: Any, text: str) -> Any:
    """Return what a parser makes of a text, or None where it refuses."""
    try:
        return parse(text)
    except Gs1Error:
        return None


def unbracketed(link: DigitalLink) -> str:
    """Return the elements of a link as the engine writes them: FNC1 where it is needed."""
    text, separator = "", "^"
    for code, value in link.elements:
        text += f"{separator}{code}{value}"
        ai = application_identifier(code)
        separator = "^" if ai is None or ai.predefined_length is None else ""
    return text


@pytest.mark.vectors("gs1/dl_uri_parse.json", 71, known=alphabetic)
def test_digital_link_is_read_as_the_engine_reads_it(case: Case) -> None:
    short_gtin = case.get("options", {}).get("permit_zero_suppressed_gtin", False)
    link = accepted(lambda uri: DigitalLink.parse(uri, short_gtin=short_gtin), case["uri"])
    assert (link is not None) == case["valid"]
    if link is not None:
        assert unbracketed(link) == case["ai_data"]
        assert DigitalLink.parse(link.to_uri(scheme=link.scheme)) == link


@pytest.mark.vectors("gs1/dl_uri_generate.json", 13)
def test_digital_link_is_written_as_the_engine_writes_it(case: Case) -> None:
    scheme, _, rest = (case["stem"] or "https://id.gs1.org").partition("://")
    host, _, stem = rest.partition("/")
    message = accepted(ElementString.parse, case["ai_bracketed"])
    link = message and accepted(
        lambda m: m.digital_link(host=host, scheme=scheme, stem=stem and f"/{stem}"), message
    )
    assert (link.to_uri(scheme=scheme) if link else "") == case["uri"]


@pytest.mark.vectors("gs1/dl_path_sequences.json", 23)
def test_path_sequence_is_allowed(case: Case) -> None:
    check_path(tuple(case["ais"]))


@pytest.mark.vectors("gs1/uri_escape.json", 6)
def test_escape(case: Case) -> None:
    assert escape(case["in"]) == case["path"]
    assert escape(case["in"], query=True) == case["query"]


@pytest.mark.vectors("gs1/uri_unescape.json", 13)
def test_unescape(case: Case) -> None:
    assert unescape(case["in"]) == case["path"]
    assert unescape(case["in"], query=True) == case["query"]


@pytest.mark.vectors("gs1/check_digits.json", 44)
def test_check_digit(case: Case) -> None:
    assert has_check_digit(case["value"]) == case["valid"]


@pytest.mark.vectors("gs1/ai_bracketed_parse.json", 16)
def test_bracketed_element_string(case: Case) -> None:
    message = accepted(ElementString.parse, case["ai_bracketed"])
    assert (message.unbracketed() if message else "") == case["ai_data"]


@pytest.mark.vectors("gs1/ai_unbracketed_process.json", 47)
def test_unbracketed_element_string(case: Case) -> None:
    message = accepted(ElementString.parse, case["ai_data"])
    assert (message is not None) == case["valid"]


@pytest.mark.vectors("gs1/ai_associations.json", 46)
def test_association_rule(case: Case) -> None:
    elements = re.findall(r"\(([0-9]+)\)([^(]*)", case["ai_bracketed"])
    broken = {finding.code for finding in check_associations(elements)}
    assert (RULES[case["rule"]] not in broken) == case["valid"]


@pytest.mark.vectors("gs1/ai_linters.json", 59)
def test_value_of_an_ai(case: Case) -> None:
    message = accepted(ElementString.parse, case["ai_bracketed"])
    assert (message is not None) == case["valid"]


@pytest.mark.vectors("gs1/linters.json", 3403, known=prefix_lookup)
def test_linter(case: Case) -> None:
    fault = LINTERS[case["linter"]](case["value"])
    assert (fault is None) == case["valid"]
    if fault is not None:
        before, part, behind = (
            case["value"][slice(*ends)]
            for ends in ((fault.start,), (fault.start, fault.end), (fault.end, None))
        )
        assert (fault.error, f"{before}*{part}*{behind}") == (case["error"], case["markup"])


@pytest.mark.vectors("gs1/epc_dl_pairs.json", 16)
def test_epc_urn_and_digital_link_are_one_name(case: Case) -> None:
    assert epc_urn_to_digital_link(case["epc_uri"]) == case["dl"]
    length = len(case["gcp"])
    assert digital_link_to_epc_urn(case["dl"], company_prefix_length=length) == case["epc_uri"]
    assert DigitalLink.parse(case["dl"]).element_string() == case["element_string"]


@pytest.mark.vectors("gs1/hri.json", 7)
def test_lines_below_a_symbol(case: Case) -> None:
    scan = interpret_scan(case["input"])
    assert hri(scan.elements, titles=case["titles"]) == tuple(case["hri"])
    unknown = any(finding.code == "gs1.unknown_ai" for finding in scan.findings)
    assert not unknown or case["permit_unknown_ais"]


@pytest.mark.vectors("gs1/scandata_process.json", 32)
def test_what_a_reader_sends_is_understood(case: Case) -> None:
    assert interpret_scan(case["scan_data"]).ok == case["valid"]
    if case["valid"]:
        assert receive(case["scan_data"]).message == case["data"]


@pytest.mark.vectors("gs1/scandata_generate.json", 21)
def test_what_a_reader_would_send(case: Case) -> None:
    data = case["data"]
    if case.get("options", {}).get("add_check_digit"):
        data += check_digit(data)
    symbol = SYMBOLS.get(case["sym"], case["sym"])
    assert transmit(symbol, data) == case["scan_data"]


def test_table_is_what_its_generator_makes_of_the_dictionary(vectors: Path) -> None:
    spec = importlib.util.spec_from_file_location("gen", ROOT / "tools" / "gen_ai_table.py")
    assert spec is not None
    assert spec.loader is not None
    generator = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(generator)
    dictionary = vectors / "gs1" / f"gs1-syntax-dictionary-{AI_TABLE_RELEASE}.txt"
    expected = generator.render(dictionary.read_text(encoding="utf-8"))
    assert generator.TABLE.read_text(encoding="utf-8") == expected
