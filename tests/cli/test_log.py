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


@pytest.mark.parametrize("lang", messages.LANGUAGES)
def test_a_receipt_is_written_and_checked(ready: Any, lang: messages.Language) -> None:
    entry = json.loads(ready("log", "show", "5", *WORKSPACE, "--json").out)
    (ready.folder / "entry.cose").write_bytes(base64url.decode(entry["cose"]))
    assert ready("log", "receipt", "5", *WORKSPACE, lang=lang).code == 0
    both = ("log", "receipt", "5", "--with-statement", "-o", "both.cose", *WORKSPACE)
    assert ready(*both).code == 0
    vkey = ready("log", "vkey", *WORKSPACE).out.splitlines()[0]
    for files in (("receipt-5.cose", "entry.cose"), ("both.cose",)):
        for keys in (WORKSPACE, ("--vkey", vkey)):
            run = ready("log", "check-receipt", *files, *keys, lang=lang)
            assert run.code == 0, run.err
            assert messages.text("cli.log.receipt_shows", lang) in " ".join(run.out.split())
            told = json.loads(ready("log", "check-receipt", *files, *keys, "--json").out)
            assert told["holds"]
            assert (told["index"], told["subject"]) == (5, entry["subject"])
            assert told["root"] == Checkpoint.parse(entry["proof"]["checkpoint"]).root.hex()


def test_a_receipt_that_does_not_hold_is_told(ready: Any) -> None:
    ready("log", "receipt", "5", *WORKSPACE)
    ready("log", "receipt", "5", "--with-statement", "-o", "both.cose", *WORKSPACE)
    entry = json.loads(ready("log", "show", "4", *WORKSPACE, "--json").out)
    (ready.folder / "other.cose").write_bytes(base64url.decode(entry["cose"]))
    other = ready("log", "check-receipt", "receipt-5.cose", "other.cose", *WORKSPACE, "--json")
    assert (other.code, json.loads(other.out)) == (
        1,
        {"holds": False, "code": "proof.receipt_subject"},
    )
    flip(ready.folder / "both.cose", 300)
    changed = ready("log", "check-receipt", "both.cose", *WORKSPACE)
    assert changed.code == 1
    assert "Traceback" not in changed.err
    alone = ready("log", "check-receipt", "receipt-5.cose", *WORKSPACE)
    assert alone.code == 2
    assert messages.text("cli.log.no_statement", "en") in alone.err
    assert ready("log", "receipt", "5000", *WORKSPACE).code == 2


def test_a_witness_does_not_vouch_for_an_entry(ready: Any) -> None:
    ready("log", "receipt", "5", "--with-statement", "-o", "both.cose", *WORKSPACE)
    witness = ready("log", "vkey", *WORKSPACE).out.splitlines()[1]
    run = ready("log", "check-receipt", "both.cose", "--vkey", witness)
    assert run.code == 1
    assert "No key of the log" in run.err
