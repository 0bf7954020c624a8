"""The log at the command line: published, looked at anew, shown."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from ocoptrace import messages
from ocoptrace.signing import Statement, base64url
from ocoptrace.transparency import Checkpoint, verify_inclusion
from ocoptrace.transparency.merkle import leaf_hash

if TYPE_CHECKING:
    from pathlib import Path

WORKSPACE = ("-w", "workspace")


@pytest.fixture
def ready(cli: Any, demo: Any) -> Any:
    demo.copy("workspace", to=cli.folder)
    return cli


def flip(path: Path, byte: int) -> None:
    data = bytearray(path.read_bytes())
    data[byte] ^= 1
    path.write_bytes(data)


def test_a_log_is_published_and_whole(ready: Any) -> None:
    first = ready("log", "publish", "public", *WORKSPACE, "--json")
    told = json.loads(first.out)
    assert (first.code, told["before"]) == (0, 0)
    again = ready("log", "publish", "public", *WORKSPACE)
    assert again.code == 0
    assert f"{told['size']} entries" in again.out
    whole = ready("log", "verify", "public", *WORKSPACE)
    assert (whole.code, whole.err) == (0, "")
    assert "is whole" in whole.out
    assert ready("log", "verify", *WORKSPACE).code == 0


@pytest.mark.parametrize("lang", messages.LANGUAGES)
def test_what_was_altered_is_told_with_its_place_and_a_remedy(
    ready: Any, lang: messages.Language
) -> None:
    ready("log", "publish", "public", *WORKSPACE)
    tile = next((ready.folder / "public" / "tile" / "0").glob("000.p/*"))
    flip(tile, 33)
    name = str(tile.relative_to(ready.folder / "public"))
    run = ready("log", "verify", "public", *WORKSPACE, lang=lang)
    assert run.code == 1
    assert name in run.err
    assert messages.text("log.tile_altered", lang, byte=33, index=1) in run.err
    assert messages.remedy("log.tile_altered", lang) in run.err
    answered = ready("log", "verify", "public", *WORKSPACE, "--json")
    [finding] = json.loads(answered.out)["findings"]
    assert (answered.code, finding["code"], finding["place"]) == (1, "log.tile_altered", name)
    assert ready("log", "publish", "public", *WORKSPACE, "--rebuild").code == 0
    assert ready("log", "verify", "public", *WORKSPACE).code == 0


def test_an_entry_is_shown_with_what_proves_it(ready: Any) -> None:
    shown = json.loads(ready("log", "show", "5", *WORKSPACE, "--json").out)
    statement = Statement.decode(base64url.decode(shown["cose"]))
    assert (statement.id.hex(), statement.kind) == (shown["id"], shown["kind"])
    assert statement.binds(shown["payload"].encode(), base64url.decode(shown["salt"]))
    checkpoint = Checkpoint.parse(shown["proof"]["checkpoint"])
    path = [base64url.decode(node) for node in shown["proof"]["path"]]
    verify_inclusion(leaf_hash(statement.cose), 5, checkpoint.size, path, checkpoint.root)
    told = ready("log", "show", "5", *WORKSPACE)
    assert told.code == 0
    assert all(each in told.out for each in (shown["issuer"], shown["subject"], shown["id"]))


def test_an_entry_that_is_not_there_is_misuse(ready: Any) -> None:
    run = ready("log", "show", "100000", *WORKSPACE)
    assert (run.code, run.out) == (2, "")
    assert "100000" in run.err


def test_the_keys_are_those_of_the_bundle(ready: Any) -> None:
    keys = ready("log", "vkey", *WORKSPACE).out.split()
    told = json.loads(ready("log", "vkey", *WORKSPACE, "--json").out)
    assert keys == [told["vkey"], *told["witnesses"]]
    bundle = json.loads(ready("trust", "show", *WORKSPACE, "--json").out)[0]
    [log] = bundle["logs"]
    assert [log["keys"][0]["vkey"], *log["witnesses"]] == keys


def test_the_folder_of_another_log_is_left_alone(ready: Any) -> None:
    ready("init", "other")
    ready("log", "publish", "public", "-w", "other")
    run = ready("log", "publish", "public", *WORKSPACE)
    assert (run.code, run.out) == (2, "")
    assert "another log" in run.err
