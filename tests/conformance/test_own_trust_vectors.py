"""Our own trust vectors: every check of every case comes out as tests/vectors/trust says.

The cases are data that others can test their implementations with; its README tells how.
"""

from __future__ import annotations

import json
from collections import Counter
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from ocoptrace.errors import SigningError
from ocoptrace.gs1 import parse_name
from ocoptrace.signing import Root, TrustBundle
from ocoptrace.verify import Policy, Verdict, verify_label, verify_record
from ocoptrace.verify.verdict import IMPLIES, OVERALL
from vectors import make_trust

Case = dict[str, Any]

FOLDER = Path(__file__).parents[1] / "vectors" / "trust"
CASES: list[Case] = [
    case
    for path in sorted((FOLDER / "cases").glob("*.json"))
    for case in json.loads(path.read_bytes())
]
VERDICTS = [case for case in CASES if "checks" in case["expect"]]
LOADS = [case for case in CASES if "accepted" in case["expect"]]
BYTES_LIMIT = 1_600_000


def name_of(case: Case) -> str:
    return str(case["id"])


@cache
def content(path: str) -> bytes:
    return (FOLDER / path).read_bytes()


def loaded(case: Case) -> Root | TrustBundle:
    root = Root.load(content(case["root"]))
    if "bundle" not in case:
        return root
    seen = case.get("previous_version")
    return TrustBundle.load(content(case["bundle"]), root=root, previous_version=seen)


def verdict_on(case: Case) -> Verdict:
    trust = loaded(case)
    assert isinstance(trust, TrustBundle)
    now = datetime.fromisoformat(case["now"])
    policy = Policy(max_bundle_age=timedelta(days=case["policy"]["max_bundle_age_days"]))
    if "label" in case:
        return verify_label(case["label"], trust=trust, now=now, policy=policy)
    return verify_record(content(case["record"]), trust=trust, now=now, policy=policy)


def found(verdict: Verdict) -> dict[str, Any]:
    """Return a verdict as a case says what it expects."""
    checks = sorted([check.code, check.outcome, check.reason] for check in verdict.checks)
    expect = {"about": verdict.about, "overall": verdict.overall, "checks": checks}
    if verdict.overall == "malformed" and not verdict.about:
        expect["error"] = verdict.checks[0].facts["error"]
    return expect


@pytest.mark.parametrize("case", VERDICTS, ids=name_of)
def test_every_check_comes_out_as_expected(case: Case) -> None:
    assert found(verdict_on(case)) == case["expect"], case["says"]


@pytest.mark.parametrize("case", LOADS, ids=name_of)
def test_a_root_or_bundle_is_loaded_or_refused_as_expected(case: Case) -> None:
    expect = case["expect"]
    if expect["accepted"]:
        assert loaded(case).version == expect["version"], case["says"]
        return
    with pytest.raises(SigningError) as caught:
        loaded(case)
    assert caught.value.code == expect["error"], case["says"]


@pytest.mark.parametrize("case", [c for c in VERDICTS if "signed_form" in c], ids=name_of)
def test_the_signed_form_of_a_label_is_the_one_given(case: Case) -> None:
    assert parse_name(case["label"]).canonical_with_attributes() == case["signed_form"]


def test_the_cases_are_many_and_each_has_its_name() -> None:
    counts = Counter(map(name_of, CASES))
    assert [name for name, count in counts.items() if count > 1] == []
    assert (len(VERDICTS), len(LOADS)) == (578, 75)
    assert all(case["says"].endswith(".") for case in CASES)


def test_the_cases_end_in_every_word_and_fail_every_check() -> None:
    expects = [case["expect"] for case in VERDICTS]
    assert {expect["overall"] for expect in expects} == set(OVERALL)
    failed = {code for e in expects for code, outcome, _ in e["checks"] if outcome == "fail"}
    assert failed == set(IMPLIES)


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
