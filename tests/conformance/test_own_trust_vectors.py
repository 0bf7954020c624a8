"""Our own trust vectors: every check of every case comes out as tests/vectors/trust says.

The cases are data that others can test their implementations with; its README tells how.
"""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from ocoptrace.errors import Gs1Error, ProofError, SigningError
from ocoptrace.gs1 import DigitalLink, Name, parse_name
from ocoptrace.signing.registration import RegistrationRequest
from ocoptrace.verify.outcomes import OUTCOMES
from ocoptrace.verify.verdict import IMPLIES, OVERALL
from vectors import make_trust
from vectors.trust_running import CASES, FOLDER, Case, content, found, loaded, verdict_on

DOCS = Path(__file__).parents[2] / "docs" / "spec"
VERDICTS = [case for case in CASES if "checks" in case["expect"]]
LOADS = [case for case in CASES if "accepted" in case["expect"]]
BYTES_LIMIT = 2_900_000


def name_of(case: Case) -> str:
    return str(case["id"])


@pytest.mark.parametrize("case", VERDICTS, ids=name_of)
def test_every_check_comes_out_as_expected(case: Case) -> None:
    assert found(verdict_on(case)) == case["expect"], case["says"]


@pytest.mark.parametrize("case", LOADS, ids=name_of)
def test_a_file_or_proof_is_taken_or_refused_as_expected(case: Case) -> None:
    expect = case["expect"]
    if expect["accepted"]:
        value = loaded(case)
        if not isinstance(value, RegistrationRequest):
            assert value.version == expect["version"], case["says"]
        return
    with pytest.raises((SigningError, ProofError)) as caught:
        loaded(case)
    error = caught.value
    assert error.code == expect["error"], case["says"]
    if "rule" in expect:
        assert error.facts["reason"].code == expect["rule"], case["says"]
    if "place" in expect:
        assert error.place == expect["place"], case["says"]


@pytest.mark.parametrize("case", [c for c in VERDICTS if "signed_form" in c], ids=name_of)
def test_the_signed_form_of_a_label_is_the_one_given(case: Case) -> None:
    name = name_on(case["label"])
    assert name.canonical_with_attributes() == case["signed_form"]


def name_on(label: str) -> Name:
    """Return the name on a label, whose GTIN may be shorter than 14 digits."""
    try:
        return parse_name(label)
    except Gs1Error:
        return DigitalLink.parse(label, short_gtin=True)


def test_the_cases_are_many_and_each_has_its_name() -> None:
    counts = Counter(map(name_of, CASES))
    assert [name for name, count in counts.items() if count > 1] == []
    assert (len(VERDICTS), len(LOADS)) == (917, 238)
    assert all(case["says"].endswith(".") for case in CASES)


def test_the_page_names_every_subject_and_how_many_cases_there_are() -> None:
    page = (FOLDER / "README.md").read_text(encoding="utf-8")
    assert f"{len(CASES)} cases" in page
    table = page.partition("| subject | cases about |")[2].partition("\n\n")[0]
    assert re.findall(r"^\| `([a-z-]+)` \|", table, re.MULTILINE) == list(make_trust.SUBJECTS)


def test_the_readme_tells_how_many_there_are_and_of_which_subjects() -> None:
    page = content("README.md").decode()
    assert f"{len(CASES)} cases" in page
    table = page.partition("| subject |")[2].partition("\n\n")[0]
    assert re.findall(r"^\| `([a-z-]+)`", table, re.MULTILINE) == list(make_trust.SUBJECTS)


def test_the_cases_end_in_every_word_and_come_out_in_every_way() -> None:
    expects = [case["expect"] for case in VERDICTS]
    assert {expect["overall"] for expect in expects} == set(OVERALL)
    found = {(code, way(*rest)) for expect in expects for code, *rest in expect["checks"]}
    assert found == {(code, each) for code, ways in OUTCOMES.items() for each in ways}


def way(outcome: str, reason: str) -> str:
    return f"{outcome} {reason}".strip()


def test_the_cases_break_every_rule_of_a_bundle() -> None:
    page = (DOCS / "trust-bundle.md").read_text(encoding="utf-8").partition("## What a bundle")[2]
    rules = set(re.findall(r"`(signing\.[a-z0-9_]+)`", page.partition("\n## ")[0]))
    broken = {case["expect"].get("rule") for case in LOADS}
    # 17 keys whose thumbprints begin with the same 4 bytes are not found by trying.
    assert rules - broken == {"signing.hint_shared"}


def test_a_case_expects_the_worst_word_that_its_checks_allow() -> None:
    for case in VERDICTS:
        words = [OVERALL.index(case["expect"]["overall"])]
        for code, outcome, _ in case["expect"]["checks"]:
            if outcome in {"fail", "warn"}:
                words.append(OVERALL.index(IMPLIES[code] if outcome == "fail" else "warn"))
        assert min(words) == words[0], case["id"]


def test_the_files_are_what_the_script_makes_and_no_more() -> None:
    made = make_trust.made()
    kept = {p.relative_to(FOLDER).as_posix() for p in FOLDER.rglob("*") if p.is_file()}
    assert kept == made.keys() | make_trust.HAND_WRITTEN
    assert [path for path, data in made.items() if content(path) != data] == []
    assert sum(map(len, made.values())) < BYTES_LIMIT
