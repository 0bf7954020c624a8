"""Write the trust vectors: ``PYTHONPATH=tests python -m vectors.make_trust``.

Keys, salts and times are fixed and every signature is deterministic, so the same bytes come out
each time; a test makes them again and compares. ``trust/README.md`` tells how to use them.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vectors.trust_cases import (
    completeness,
    content,
    entitlement,
    freshness,
    label_form,
    label_seal,
    log,
    record_form,
    revocation,
    signature,
    statement_form,
    trust_files,
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
    "entitlement": entitlement,
    "revocation": revocation,
    "log": log,
    "completeness": completeness,
    "freshness": freshness,
    "label-form": label_form,
    "label-seal": label_seal,
    "trust-files": trust_files,
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


def written(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def members(case: Case, files: Files) -> dict[str, Any]:
    """Return a case as JSON members, its files put among the files."""
    found: dict[str, Any] = {"id": case.id, "says": case.says}
    found["root"] = files.add("roots", case.root, f"{case.id}.json")
    if case.bundle is not None:
        found["bundle"] = files.add("bundles", case.bundle, f"{case.id}.json")
    if case.previous_version is not None:
        found["previous_version"] = case.previous_version
    if case.record is not None:
        found["record"] = files.add("records", case.record, f"{case.id}.ocop")
    if case.label is not None:
        found["label"] = case.label
    if case.signed_form is not None:
        found["signed_form"] = case.signed_form
    if case.record is not None or case.label is not None:
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
