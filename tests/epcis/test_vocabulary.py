from __future__ import annotations

import pytest

from ocoptrace.epcis import units
from ocoptrace.epcis.vocabulary import (
    BIZ_STEPS,
    DISPOSITIONS,
    MEASUREMENTS,
    OCOP_STEPS,
    TRANSACTION_TYPES,
    bare,
)
from ocoptrace.messages import LANGUAGES, has


def test_the_lists_have_the_length_of_the_standard() -> None:
    assert (len(BIZ_STEPS), len(DISPOSITIONS), len(TRANSACTION_TYPES)) == (41, 33, 13)


def test_every_step_has_a_verb_in_every_language() -> None:
    steps = BIZ_STEPS | OCOP_STEPS
    assert [
        step for step in steps for language in LANGUAGES if not has(f"steps.{step}", language)
    ] == []


def test_our_measurements_are_not_those_of_gs1() -> None:
    assert "Temperature" in MEASUREMENTS
    assert "pH" not in MEASUREMENTS


@pytest.mark.parametrize("word", ["receiving", "https://example.org/BizStep-receiving", "a:b", ""])
def test_a_word_of_nobody_stays_as_it_is(word: str) -> None:
    assert bare(word, "BizStep") == word


def test_a_word_of_another_list_stays_as_it_is() -> None:
    assert bare("cbv:Disp-active", "BizStep") == "cbv:Disp-active"


@pytest.mark.parametrize(("code", "meant"), [("KG", "KGM"), ("kg", "KGM"), ("Tấn", "TNE")])
def test_a_unit_that_people_write_has_a_hint(code: str, meant: str) -> None:
    assert units.hint(code) == meant
    assert units.is_known(meant)


def test_a_known_unit_needs_no_hint() -> None:
    assert [code for code in units.UNITS if units.hint(code)] == []
