"""GS1's own JSON-LD examples are read, and written again without losing a member."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from ocoptrace.epcis import (
    canonical_bytes,
    check_event,
    mentioned,
    parse_event,
    read_document,
    write_json,
)
from ocoptrace.errors import EpcisError

ROOT = Path(__file__).parents[2]
VECTORS = Path(os.environ.get("OCOPTRACE_VECTORS", ROOT.parent / "shared" / "vectors"))
EXAMPLES = VECTORS / "epcis" / "gs1-EPCIS"
FILES = sorted((EXAMPLES / "JSON").rglob("*.jsonld"))
EXPECTED = 33

RESERVED = {
    "transformation_event_all_possible_fields": "gives the standard's prefix cbvmda another meaning"
}

if not FILES and not os.environ.get("CI"):
    pytest.skip("GS1's examples are not on this machine", allow_module_level=True)


def raw_events(document: dict[str, Any]) -> list[dict[str, Any]]:
    body = document.get("epcisBody", {"eventList": [document]})
    body = body.get("queryResults", {}).get("resultsBody", body)
    return list(body["eventList"])


def test_the_examples_were_found() -> None:
    assert len(FILES) == EXPECTED


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_no_member_is_lost(path: Path) -> None:
    data = path.read_bytes()
    raw = raw_events(json.loads(data.decode("utf-8-sig")))
    events = read_document(data).events
    assert [event.to_json() for event in events] == raw
    again = read_document(write_json(events)).events
    assert [event.to_json() for event in again] == raw
    assert [event.prefixes for event in again] == [event.prefixes for event in events]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_canonical_bytes_are_stable(path: Path) -> None:
    for event in read_document(path.read_bytes()).events:
        if path.stem in RESERVED:
            with pytest.raises(EpcisError, match="cbvmda"):
                canonical_bytes(event)
            continue
        written = canonical_bytes(event)
        assert canonical_bytes(parse_event(json.loads(written))) == written
        assert mentioned(event) or event.sensor_element_list


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_findings_are_few_and_have_words(path: Path) -> None:
    for event in read_document(path.read_bytes()).events:
        for finding in check_event(event):
            assert "{" not in finding.text("vi") + finding.text("en")
