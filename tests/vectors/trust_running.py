"""Cases of the trust vectors, and what this library makes of one."""

from __future__ import annotations

import base64
import json
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from ocoptrace.signing import Root, TrustBundle, base64url
from ocoptrace.signing.registration import RegistrationRequest
from ocoptrace.transparency import Checkpoint, ConsistencyProof, LogProof
from ocoptrace.verify import Policy, Verdict, verify_label, verify_record, verify_statement

Case = dict[str, Any]

FOLDER = Path(__file__).parent / "trust"
INLINE = "base64:"
"""What stands before a file that a case brings along itself."""
CASES: list[Case] = [
    case
    for path in sorted((FOLDER / "cases").glob("*.json"))
    for case in json.loads(path.read_bytes())
]


def content(path: str) -> bytes:
    """Return a file that a case names, or brings along."""
    if path.startswith(INLINE):
        return base64.b64decode(path.removeprefix(INLINE))
    return kept(path)


def inline(data: bytes) -> str:
    """Return the path of a file that a case brings along."""
    return INLINE + base64.b64encode(data).decode()


@cache
def kept(path: str) -> bytes:
    return (FOLDER / path).read_bytes()


def loaded(case: Case) -> Root | TrustBundle | RegistrationRequest:
    """Return what a case loads: a request, a root, or a bundle against a root."""
    if "request" in case:
        return RegistrationRequest.parse(content(case["request"]))
    root = Root.load(content(case["root"]))
    if "next_root" in case:
        root = root.follow(content(case["next_root"]))
    if "bundle" not in case:
        return root
    sha256 = case.get("previous_sha256")
    trust = TrustBundle.load(
        content(case["bundle"]),
        root=root,
        previous_version=case.get("previous_version"),
        previous_sha256=bytes.fromhex(sha256) if sha256 else None,
        previous_root_version=case.get("previous_root_version"),
    )
    consistency_of(case)
    return trust


def consistency_of(case: Case) -> list[ConsistencyProof]:
    return [
        ConsistencyProof(
            given["origin"],
            given["first_size"],
            bytes.fromhex(given["first_root"]),
            given["second_size"],
            bytes.fromhex(given["second_root"]),
            path_of(given),
        )
        for given in case.get("consistency", ())
    ]


def path_of(given: dict[str, Any]) -> tuple[bytes, ...]:
    return tuple(map(base64url.decode, given["path"]))


def verdict_on(case: Case, trust: TrustBundle | None = None) -> Verdict:
    """Return the verdict on a record, statement or label.

    Args:
        case: with what is checked, and how.
        trust: its bundle, where that was loaded before.
    """
    if trust is None:
        fresh = loaded(case)
        assert isinstance(fresh, TrustBundle)
        trust = fresh
    now = datetime.fromisoformat(case["now"])
    policy = Policy(max_bundle_age=timedelta(days=case["policy"]["max_bundle_age_days"]))
    if "label" in case:
        return verify_label(case["label"], trust=trust, now=now, policy=policy)
    ties = consistency_of(case)
    if "record" in case:
        data = content(case["record"])
        return verify_record(data, trust=trust, now=now, policy=policy, consistency=ties)
    given = case["statement"]
    return verify_statement(
        base64url.decode(given["cose"]),
        payload=given.get("payload"),
        salt=base64url.decode(given["salt"]) if "salt" in given else None,
        proofs=[
            LogProof(Checkpoint.parse(each["checkpoint"]), each["index"], path_of(each))
            for each in given["proofs"]
        ],
        trust=trust,
        now=now,
        policy=policy,
        consistency=ties,
    )


def found(verdict: Verdict) -> dict[str, Any]:
    """Return a verdict as a case says what it expects."""
    checks = sorted([check.code, check.outcome, check.reason] for check in verdict.checks)
    expect = {"about": verdict.about, "overall": verdict.overall, "checks": checks}
    if verdict.overall == "malformed" and not verdict.about:
        expect["error"] = verdict.checks[0].facts["error"]
    return expect
