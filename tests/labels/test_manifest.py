"""A manifest is read back as it was written, and bad ones are told."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocoptrace.errors import LabelError
from ocoptrace.labels.manifest import MAX_BYTES, Manifest, manifest_path

MEMBERS: dict[str, Any] = {
    "format": "ocop-label-run/1",
    "run": "7K3MQ9TB2A4C",
    "batch": "https://id.gs1.org/01/09521234543213/10/L1",
    "state": "partial",
    "output": "s.pdf",
    "labels": {
        "count": 100,
        "copies": 2,
        "sealed": 0,
        "serials": "sequential",
        "first": "A001",
        "last": "A100",
        "root": None,
    },
    "template": {"name": "ocop-70x37", "sha256": "00"},
    "stock": {"name": "a4-3x8-70x37", "sha256": "00"},
    "dpi": 300,
    "start_slot": 1,
    "files": [
        {"name": "s.part-001.pdf", "sha256": "00", "size": 9, "pages": 2, "first": 1, "last": 48}
    ],
    "acts": [
        {"act": "spoiled", "at": "", "first": 3, "last": 5, "replaced_by": "0123456789AB"},
        {"act": "spoiled", "at": "", "first": 9, "last": 9},
    ],
}


def test_what_is_written_is_read_back() -> None:
    manifest = Manifest.parse(json.dumps(MEMBERS))
    assert Manifest.parse(manifest.text()) == manifest
    assert Manifest.parse(manifest.text().encode()) == manifest
    told = json.loads(manifest.text())
    assert (told["stickers"], told["pages"], told["spoiled"], told["next"]) == (200, 2, 4, 49)
    done = MEMBERS | {"files": [MEMBERS["files"][0] | {"last": 200}]}
    assert json.loads(Manifest.parse(json.dumps(done)).text())["next"] is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{",
        "[" * 100_000,
        json.dumps({}),
        json.dumps(MEMBERS | {"format": "ocop-label-run/2"}),
        json.dumps(MEMBERS | {"state": "done"}),
        json.dumps(MEMBERS | {"more": 1}),
        json.dumps(MEMBERS | {"dpi": -1}),
        json.dumps(MEMBERS | {"dpi": "300"}),
        json.dumps(MEMBERS) + " " * MAX_BYTES,
        b"\xff\xfe\x00",
    ],
)
def test_what_is_no_manifest_is_told(text: str | bytes) -> None:
    with pytest.raises(LabelError) as caught:
        Manifest.parse(text)
    assert caught.value.code == "label.manifest"


JSON = st.none() | st.booleans() | st.integers() | st.text(max_size=4) | st.lists(st.integers())


@given(st.dictionaries(st.sampled_from(sorted(MEMBERS)), JSON, max_size=3))
def test_nothing_but_our_error_comes_out(changes: dict[str, Any]) -> None:
    with contextlib.suppress(LabelError):
        Manifest.parse(json.dumps(MEMBERS | changes)).text()


def test_it_stands_beside_the_stickers() -> None:
    assert manifest_path(Path("out/stickers.pdf")) == Path("out/stickers.manifest.json")
