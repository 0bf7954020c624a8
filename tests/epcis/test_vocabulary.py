from __future__ import annotations

import importlib.util
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import pytest

from ocoptrace.epcis import units
from ocoptrace.epcis.data import cbv_words, epcis_terms
from ocoptrace.epcis.event import ObjectEvent
from ocoptrace.epcis.vocabulary import (
    BIZ_STEPS,
    CODE_LISTS,
    DEPRECATED,
    DISPOSITIONS,
    EPCIS_CONTEXT,
    EPCIS_CONTEXTS,
    EPCIS_TERMS,
    MEASUREMENTS,
    OCOP_MEASUREMENTS,
    OCOP_MEMBERS,
    OCOP_STEPS,
    OCOP_TRANSACTION_TYPES,
    OCOP_WORDS,
    STANDARD_PREFIXES,
    STANDARD_WORDS,
    TRANSACTION_TYPES,
    CodeList,
    bare,
    context_prefixes,
    urn,
    web_uri,
)
from ocoptrace.messages import LANGUAGES, has

if TYPE_CHECKING:
    from types import ModuleType

ROOT = Path(__file__).parents[2]
VECTORS = Path(os.environ.get("OCOPTRACE_VECTORS", ROOT.parent / "shared" / "vectors"))
GS1 = VECTORS / "epcis" / "gs1-EPCIS"
WORDS = [(word, name) for name in CODE_LISTS for word in sorted(STANDARD_WORDS[name])]
OURS = {
    "step": OCOP_STEPS,
    "paper": OCOP_TRANSACTION_TYPES,
    "measurement": OCOP_MEASUREMENTS,
    "member": OCOP_MEMBERS,
}

from_gs1 = pytest.mark.skipif(
    not GS1.exists() and not os.environ.get("CI"),
    reason="GS1's artefacts are not on this machine",
)


@pytest.fixture(scope="module")
def generator() -> ModuleType:
    spec = importlib.util.spec_from_file_location("tables", ROOT / "tools/gen_epcis_tables.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def ontology() -> list[dict[str, Any]]:
    graph: list[dict[str, Any]] = json.loads((GS1 / "Ontology" / "CBV.jsonld").read_text())[
        "@graph"
    ]
    return graph


@from_gs1
def test_the_tables_are_what_the_script_makes_of_gs1s_artefacts(generator: ModuleType) -> None:
    for module, text in (
        (cbv_words, generator.render_words(GS1)),
        (epcis_terms, generator.render_terms(GS1)),
    ):
        assert Path(str(module.__file__)).read_text(encoding="utf-8") == text


@from_gs1
def test_every_word_has_the_uri_and_urn_of_the_ontology() -> None:
    seen = 0
    for entry in ontology():
        kind = str(entry.get("@type")).removeprefix("cbv:")
        if kind not in CODE_LISTS:
            continue
        (code_list,) = (name for name in CODE_LISTS if name == kind)
        word = bare(entry["@id"], code_list)
        assert web_uri(word, code_list) == entry["@id"].replace("cbv:", "https://ref.gs1.org/cbv/")
        assert urn(word, code_list) == entry["sameAs"]
        seen += 1
    assert seen == 106


@from_gs1
@pytest.mark.parametrize(
    ("file", "code_list"),
    [
        ("bizStep", "BizStep"),
        ("disposition", "Disp"),
        ("bizTransaction-type", "BTT"),
        ("source-dest-type", "SDT"),
        ("error-reason", "ER"),
        ("component", "Comp"),
        ("measurement-type", "Measurement"),
        ("sensor-alert-type", "Alert"),
    ],
)
def test_the_words_are_those_of_the_official_schema(file: str, code_list: CodeList) -> None:
    schema = json.loads((GS1 / "JSON-Schema" / "schemas" / f"{file}-JSON-Schema.json").read_text())
    listed = {word for words in enumerations(schema) for word in words}
    assert {bare(word, code_list) for word in listed} == STANDARD_WORDS[code_list]


def enumerations(schema: Any) -> list[list[str]]:
    if isinstance(schema, list):
        return [found for item in schema for found in enumerations(item)]
    if not isinstance(schema, dict):
        return []
    own = [schema["enum"]] if "enum" in schema else []
    return own + [found for item in schema.values() for found in enumerations(item)]


@pytest.mark.parametrize(("word", "code_list"), WORDS)
def test_a_word_comes_back_from_every_spelling(word: str, code_list: CodeList) -> None:
    for spelled in (word, web_uri(word, code_list), urn(word, code_list)):
        assert bare(spelled, code_list) == word
        assert web_uri(spelled, code_list) == web_uri(word, code_list)
        assert bare(urn(spelled, code_list), code_list) == word


@pytest.mark.parametrize("word", ["smoking", "ocop:fermenting", "https://example.org/x", ""])
def test_a_word_of_others_gets_no_uri(word: str) -> None:
    assert web_uri(word, "BizStep") == urn(word, "BizStep") == word


def test_a_word_of_the_web_vocabulary_has_no_urn() -> None:
    assert urn("Temperature", "Measurement") == "Temperature"
    assert bare("gs1:Temperature", "Measurement") == "Temperature"


def test_the_lists_have_the_length_of_the_standard() -> None:
    assert (len(BIZ_STEPS), len(DISPOSITIONS), len(TRANSACTION_TYPES)) == (41, 33, 13)
    assert get_args(CodeList) == CODE_LISTS


def test_an_old_word_has_a_new_one() -> None:
    for code_list, words in DEPRECATED.items():
        assert not words.keys() & STANDARD_WORDS[code_list]
        assert set(words.values()) <= STANDARD_WORDS[code_list]


def test_our_words_are_not_those_of_the_standard() -> None:
    for code_list, words in OCOP_WORDS.items():
        assert not words & STANDARD_WORDS[code_list] - {"packing"}


def test_the_context_knows_every_member_of_an_event() -> None:
    members = {str(field.alias) for field in ObjectEvent.model_fields.values()} - {"@context"}
    assert members <= EPCIS_TERMS.keys()


@pytest.mark.parametrize("address", sorted(EPCIS_CONTEXTS))
def test_a_context_declares_the_standard_prefixes(address: str) -> None:
    declared = context_prefixes(address)
    assert declared.keys() == STANDARD_PREFIXES.keys()
    assert all(declared[prefix] in STANDARD_PREFIXES[prefix] for prefix in declared)


def test_the_web_vocabulary_moved_after_the_first_version() -> None:
    newer = EPCIS_CONTEXT.replace("2.0.0", "2.0.1")
    assert context_prefixes(EPCIS_CONTEXT)["gs1"] == "https://gs1.org/voc/"
    assert context_prefixes(newer)["gs1"] == "https://ref.gs1.org/voc/"
    assert context_prefixes("https://example.org/context") == {}


def test_every_step_has_a_verb_in_every_language() -> None:
    steps = BIZ_STEPS | OCOP_STEPS
    assert [
        step for step in steps for language in LANGUAGES if not has(f"steps.{step}", language)
    ] == []


@pytest.mark.parametrize("kind", sorted(OURS))
def test_every_term_of_ours_is_defined_in_every_language(kind: str) -> None:
    assert [
        (term, language)
        for term in OURS[kind]
        for language in LANGUAGES
        if not has(f"vocabulary.{kind}.{term}", language)
    ] == []


def test_our_measurements_are_not_those_of_gs1() -> None:
    assert "Temperature" in MEASUREMENTS
    assert "pH" not in MEASUREMENTS


@pytest.mark.parametrize("word", ["receiving", "https://example.org/BizStep-receiving", "a:b", ""])
def test_a_word_of_nobody_stays_as_it_is(word: str) -> None:
    assert bare(word, "BizStep") == word


def test_a_word_of_another_list_stays_as_it_is() -> None:
    assert bare("cbv:Disp-active", "BizStep") == "cbv:Disp-active"


@pytest.mark.parametrize(("code", "meant"), [("KG", "KGM"), ("kgm", "KGM"), ("Tấn", "TNE")])
def test_a_unit_that_people_write_has_a_hint(code: str, meant: str) -> None:
    assert units.hint(code) == meant
    assert units.is_known(meant)


def test_a_known_unit_needs_no_hint() -> None:
    assert [code for code in units.UNITS if units.hint(code)] == []


def test_every_known_unit_has_the_form_of_a_code() -> None:
    assert [code for code in units.UNITS if not units.is_code(code)] == []


def test_measurements_with_known_units_are_those_of_gs1() -> None:
    assert units.MEASURES.keys() <= MEASUREMENTS
    assert all(fitting <= units.UNITS for fitting in units.MEASURES.values())
