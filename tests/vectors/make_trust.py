"""Write the trust vectors: ``PYTHONPATH=tests python -m vectors.make_trust``.

Keys, salts and times are fixed and every signature is deterministic, so the same bytes come out
each time; a test makes them again and compares. ``trust/README.md`` tells how to use them.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vectors.trust_cases import (
    certificates,
    completeness,
    content,
    entitlement,
    freshness,
    label_form,
    label_seal,
    lineage,
    log,
    payload,
    record_form,
    requests,
    revocation,
    several_logs,
    signature,
    statement_alone,
    statement_form,
    trust_files,
    trust_rules,
)
from vectors.trust_cases.case import BUNDLE_FILE, ROOT_FILE, STANDARD

if TYPE_CHECKING:
    from datetime import datetime

    from vectors.trust_cases.case import Case

FOLDER = Path(__file__).parent / "trust"
SUBJECTS = {
    "record-form": record_form,
    "statement-form": statement_form,
    "signature": signature,
    "content": content,
    "payload": payload,
    "entitlement": entitlement,
    "revocation": revocation,
    "log": log,
    "several-logs": several_logs,
    "statement": statement_alone,
    "completeness": completeness,
    "lineage": lineage,
    "freshness": freshness,
    "label-form": label_form,
    "label-seal": label_seal,
    "certificate": certificates,
    "trust-files": trust_files,
    "trust-rules": trust_rules,
    "requests": requests,
}
HAND_WRITTEN = {"README.md"}


class Files:
    """Files to write; what several cases use is kept once, under the first one's name."""

    def __init__(self) -> None:
        self.contents: dict[str, bytes] = {}
        self.paths: dict[tuple[str, bytes], str] = {}
        self.add("roots", ROOT_FILE, "standard.json")
        self.add("bundles", BUNDLE_FILE, "standard.json")
        self.add("records", STANDARD, "standard.ocop")

    def add(self, kind: str, data: bytes, name: str) -> str:
        path = self.paths.setdefault((kind, data), f"{kind}/{name}")
        self.contents[path] = data
        return path


MEMBERS = ("previous_version", "previous_root_version", "statement", "label", "signed_form")
"""Members of a case that stand there as they are, where it has them."""


def written(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def members(case: Case, files: Files) -> dict[str, Any]:
    """Return a case as JSON members, its files put among the files."""
    found: dict[str, Any] = {"id": case.id, "says": case.says}
    for member, folder, data in (
        ("root", "roots", case.root),
        ("next_root", "roots", case.next_root),
        ("bundle", "bundles", case.bundle),
        ("request", "requests", case.request),
        ("record", "records", case.record),
    ):
        if data is not None:
            suffix = "ocop" if member == "record" else "json"
            found[member] = files.add(folder, data, f"{case.id}.{suffix}")
    if case.previous_sha256 is not None:
        found["previous_sha256"] = case.previous_sha256.hex()
    for member in MEMBERS:
        if (value := getattr(case, member)) is not None:
            found[member] = value
    if case.consistency:
        found["consistency"] = case.consistency
    if "checks" in case.expect:
        found["now"] = written(case.now)
        found["policy"] = {"max_bundle_age_days": case.max_bundle_age_days}
    return found | {"expect": case.expect}


def made() -> dict[str, bytes]:
    """Return every file that is made: its path in the folder, and its bytes."""
    files = Files()
    for subject, module in SUBJECTS.items():
        cases = [members(case, files) for case in module.cases()]
        lines = ",\n".join(json.dumps(case, separators=(",", ":")) for case in cases)
        files.contents[f"cases/{subject}.json"] = f"[\n{lines}\n]\n".encode()
    return files.contents


def main() -> None:
    """Write the folder anew; what is no longer made goes."""
    files = made()
    for path in sorted(FOLDER.rglob("*")):
        name = path.relative_to(FOLDER).as_posix()
        if path.is_file() and name not in files.keys() | HAND_WRITTEN:
            path.unlink()
    for name, data in files.items():
        path = FOLDER / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


if __name__ == "__main__":
    main()
