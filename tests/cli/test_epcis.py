"""``ocoptrace epcis``: documents in both syntaxes, from files and from standard input."""

from __future__ import annotations

import gzip
import io
import json
import os
import threading
from hashlib import sha256
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from ocoptrace.cli import main
from ocoptrace.epcis import event_hash, event_prehash, parse_event, read_document, write_json
from ocoptrace.epcis import write_xml as xml_of
from ocoptrace.epcis.document import MAX_BYTES

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

LOT = "https://id.gs1.org/01/09521234543213/10/A1"
RAW = "https://id.example/ocop/7K3MQ9TB/MOI/250820"
MADE = {
    "type": "TransformationEvent",
    "eventTime": "2026-09-14T17:15:00Z",
    "eventTimeZoneOffset": "+07:00",
    "bizStep": "creating_class_instance",
    "ocop:step": "canning",
    "bizLocation": {"id": "https://id.example/ocop/7K3MQ9TB/XUONG"},
    "inputQuantityList": [{"epcClass": RAW, "quantity": 120.5, "uom": "KGM"}],
    "outputQuantityList": [{"epcClass": LOT, "quantity": 12}],
}
LANDED = {
    "type": "ObjectEvent",
    "action": "ADD",
    "eventTime": "2026-08-20T05:40:00+07:00",
    "eventTimeZoneOffset": "+07:00",
    "bizStep": "ocop:landing",
    "readPoint": {"id": "https://id.example/ocop/7K3MQ9TB/CANG"},
    "quantityList": [{"epcClass": RAW, "quantity": 3200, "uom": "KGM"}],
}
EVENTS = [parse_event(MADE), parse_event(LANDED)]
# The commands that read several files.
READING = ("validate", "show", "hash", "check")

pytestmark = pytest.mark.usefixtures("files")


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """A folder with one document in each way that it may come, and one with faults."""
    (tmp_path / "a.jsonld").write_bytes(write_json(EVENTS))
    (tmp_path / "a.xml").write_bytes(xml_of(EVENTS))
    (tmp_path / "a.xml.gz").write_bytes(gzip.compress(xml_of(EVENTS)))
    wrong = [MADE, LANDED | {"action": "LOOK"}, LANDED | {"eventTime": "yesterday"}]
    (tmp_path / "wrong.json").write_text(json.dumps(wrong), encoding="utf-8")
    return tmp_path


@pytest.fixture
def piped(
    monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> Callable[..., tuple[int, bytes]]:
    """Return a run with bytes on standard input, its exit code and output."""

    def run(*arguments: str, stdin: bytes) -> tuple[int, bytes]:
        monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(stdin)))
        with pytest.raises(SystemExit) as ended:
            main(["--lang", "en", "epcis", *arguments])
        assert isinstance(ended.value.code, int)
        return ended.value.code, capfdbinary.readouterr().out

    return run


def long_document(*, last: dict[str, Any]) -> bytes:
    """Return more than is read in one piece: events far apart, the last as given."""
    blank = b" " * 900_000
    events = [json.dumps(LANDED).encode() + blank] * 19 + [json.dumps(last).encode()]
    assert sum(map(len, events)) > MAX_BYTES
    return b"[" + b",".join(events) + b"]"


@pytest.mark.parametrize(("lang", "said"), [("en", "EPCIS, 2 events"), ("vi", "2 sự kiện")])
def test_validate_takes_each_syntax_and_gzip(cli: Any, lang: str, said: str) -> None:
    run = cli("epcis", "validate", "a.jsonld", "a.xml", "a.xml.gz", lang=lang)
    assert (run.code, run.err) == (0, "")
    assert [said in line for line in run.out.splitlines()] == [True] * 3


@pytest.mark.parametrize(
    ("lang", "said"),
    [("en", "LOOK is not one of"), ("vi", "LOOK không nằm trong các giá trị")],
)
def test_validate_tells_every_fault_and_goes_on(cli: Any, lang: str, said: str) -> None:
    run = cli("epcis", "validate", "wrong.json", "a.xml", lang=lang)
    assert run.code == 2
    assert f"wrong.json: /1/action: {said}" in run.err
    assert "wrong.json: /2/eventTime" in run.err
    assert run.out.startswith("✓ a.xml")


def test_validate_answers_programs_with_pointer_and_remedy(cli: Any) -> None:
    run = cli("epcis", "validate", "wrong.json", "a.xml", "--json")
    wrong, right = json.loads(run.out)
    assert (run.code, run.err) == (2, "")
    assert right == {"file": "a.xml", "valid": True, "events": 2, "findings": []}
    assert (wrong["valid"], wrong["events"]) == (False, None)
    assert [finding["place"] for finding in wrong["findings"]] == ["/1/action", "/2/eventTime"]
    assert all(finding["remedy"] for finding in wrong["findings"])


@pytest.mark.parametrize("command", READING)
@pytest.mark.parametrize(("name", "said"), [("none.xml", "no file"), (".", "is a folder")])
def test_a_file_that_is_not_there_is_told_and_the_next_is_read(
    cli: Any, command: str, name: str, said: str
) -> None:
    run = cli("epcis", command, name, "a.xml")
    assert run.code == 2
    assert said in run.err
    assert "a.xml" in run.out


@pytest.mark.parametrize("command", READING)
def test_what_is_not_epcis_is_bad_input(cli: Any, files: Path, command: str) -> None:
    (files / "text.txt").write_text("hello", encoding="utf-8")
    (files / "cut.gz").write_bytes(gzip.compress(xml_of(EVENTS))[:50])
    for name in ("text.txt", "cut.gz"):
        run = cli("epcis", command, name)
        assert (run.code, run.out) == (2, "")
        assert f"✗ {name}: " in run.err


def test_standard_input_is_a_file_too(piped: Callable[..., tuple[int, bytes]]) -> None:
    assert piped("validate", "-", stdin=xml_of(EVENTS)) == (0, "✓ -: EPCIS, 2 events\n".encode())
    code, out = piped("check", "-", "--json", stdin=b"[]")
    assert (code, json.loads(out)[0]["events"]) == (0, 0)


def test_a_long_document_is_read_event_by_event(piped: Callable[..., tuple[int, bytes]]) -> None:
    code, out = piped("validate", "-", "--json", stdin=long_document(last=LANDED))
    assert (code, json.loads(out)[0]["events"]) == (0, 20)
    code, out = piped("validate", "-", "--json", stdin=long_document(last={"type": "Event"}))
    assert (code, json.loads(out)[0]["findings"][0]["place"]) == (2, "/19/type")


def test_check_refuses_a_document_too_long_to_hold(cli: Any, files: Path) -> None:
    (files / "long.json").write_bytes(long_document(last=LANDED))
    run = cli("epcis", "check", "long.json")
    assert run.code == 2
    assert f"long.json is larger than {MAX_BYTES} bytes" in run.err


def test_convert_there_and_back_keeps_the_document(cli: Any, files: Path) -> None:
    assert cli("epcis", "convert", "a.jsonld", "--to", "xml", "--out", "b.xml").code == 0
    assert (files / "b.xml").read_bytes() == xml_of(EVENTS)
    back = cli("epcis", "convert", "b.xml", "--to", "json")
    assert (back.code, back.err) == (0, "")
    assert back.out.encode() == (files / "a.jsonld").read_bytes()


def test_convert_writes_bytes_to_standard_output(piped: Callable[..., tuple[int, bytes]]) -> None:
    packed = gzip.compress(write_json(EVENTS))
    code, out = piped("convert", "-", "--to", "xml", "--out", "-", stdin=packed)
    assert (code, read_document(out)) == (0, read_document(xml_of(EVENTS)))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["wrong.json", "--to", "xml"], "wrong.json: /1/action: LOOK"),
        (["none.json", "--to", "xml"], "no file none.json"),
        (["a.xml", "--to", "csv"], "Choose one of: json, xml"),
        (["a.xml"], "--to"),
    ],
)
def test_convert_writes_nothing_of_bad_input(
    cli: Any, files: Path, contents: Any, arguments: list[str], said: str
) -> None:
    (files / "out.xml").write_text("as it was", encoding="utf-8")
    before = contents(files)
    run = cli("epcis", "convert", *arguments, "--out", "out.xml")
    assert (run.code, run.out) == (2, "")
    assert said in run.err
    assert contents(files) == before


def test_convert_leaves_the_old_file_where_the_disk_refuses(
    cli: Any, files: Path, contents: Any
) -> None:
    (files / "out.xml").write_text("as it was", encoding="utf-8")
    before = contents(files)
    run = cli("epcis", "convert", "a.jsonld", "--to", "xml", "--out", "out.xml", file_size=500)
    assert run.code == 3
    assert contents(files) == before
    assert cli("epcis", "convert", "a.xml", "--to", "json", "--out", ".").code == 3


@pytest.mark.parametrize("profile", ["cbv2.0", "cbv2.1", "reference-1.9"])
def test_hash_is_that_of_the_library_in_either_syntax(cli: Any, profile: Any) -> None:
    hashes = [event_hash(event, profile=profile) for event in EVENTS]
    run = cli("epcis", "hash", "a.jsonld", "a.xml.gz", "--profile", profile)
    assert run.code == 0
    assert run.out.splitlines() == [
        f"{each}  {name}: /epcisBody/eventList/{position}"
        for name in ("a.jsonld", "a.xml.gz")
        for position, each in enumerate(hashes)
    ]


def test_hash_shows_the_text_that_is_hashed(cli: Any) -> None:
    texts = [event_prehash(event) for event in EVENTS]
    assert cli("epcis", "hash", "a.xml", "--prehash").out.splitlines() == texts
    [row] = json.loads(cli("epcis", "hash", "a.xml", "--prehash", "--json").out)
    assert [event["prehash"] for event in row["events"]] == texts
    run = cli("epcis", "hash", "a.xml", "--profile", "cbv3")
    assert (run.code, run.out) == (2, "")
    assert "cbv2.0, cbv2.1, reference-1.9" in run.err


def test_hash_says_of_which_event_it_cannot_be_made(cli: Any, files: Path) -> None:
    paper = {"bizTransaction": "urn:uuid:0b5a3c1e-7d52-4a6b-9a53-6f0d2f5c1e01"}
    untyped = [LANDED, LANDED | {"bizTransactionList": [paper]}]
    (files / "untyped.json").write_text(json.dumps(untyped), encoding="utf-8")
    run = cli("epcis", "hash", "untyped.json", "--profile", "reference-1.9")
    assert run.code == 2
    assert len(run.out.splitlines()) == 1
    assert "untyped.json: /1/bizTransactionList" in run.err


def test_check_gives_1_where_there_are_errors(cli: Any, files: Path) -> None:
    unit = LANDED | {"quantityList": [{"epcClass": RAW, "quantity": 1, "uom": "KG"}]}
    (files / "unit.json").write_text(json.dumps(unit), encoding="utf-8")
    run = cli("epcis", "check", "unit.json", "a.xml")
    assert run.code == 1
    assert "✗ unit.json: 1 events, 1 errors" in run.out
    assert "✓ a.xml: 2 events, 0 errors" in run.out
    assert 'unit.json: /quantityList/0/uom: "KG" is not a UN/ECE unit code.' in run.err
    assert "lỗi" in cli("epcis", "check", "unit.json", lang="vi").out
    [row] = json.loads(cli("epcis", "check", "unit.json", "--json").out)
    assert (row["events"], row["errors"], row["warnings"]) == (1, 1, 0)
    assert row["findings"][0]["place"] == "/quantityList/0/uom"


def test_check_gives_2_where_another_file_is_unreadable(cli: Any) -> None:
    assert cli("epcis", "check", "wrong.json", "a.xml").code == 2


def test_check_goes_by_the_company_prefixes(cli: Any) -> None:
    assert cli("epcis", "check", "a.xml", "--company-prefix", "952123454321").code == 0
    run = cli("epcis", "check", "a.xml", "--company-prefix", "8936", "--company-prefix", "8937")
    assert run.code == 1
    assert "8936, 8937" in run.err
    for digits in ("893", "89x6", "٨٩٣٦"):
        assert cli("epcis", "check", "a.xml", "--company-prefix", digits).code == 2


@pytest.mark.parametrize(
    ("lang", "lines"),
    [
        (
            "en",
            [
                "a.xml: 2 events",
                "● 20 Aug 2026 05:40 +07:00  Landed",
                f"│  Made   3200 kg  {RAW}",
                "│  Where           https://id.example/ocop/7K3MQ9TB/CANG",
                "● 15 Sep 2026 00:15 +07:00  Canned",
                f"│  Used    120.5 kg  {RAW}",
                f"│  Made   12 pieces  {LOT}",
                "│  Where             https://id.example/ocop/7K3MQ9TB/XUONG",
            ],
        ),
        (
            "vi",
            [
                "a.xml: 2 sự kiện",
                "● 20/08/2026 05:40 +07:00  Cập bến",
                f"│  Làm ra  3200 kg  {RAW}",
                "│  Nơi              https://id.example/ocop/7K3MQ9TB/CANG",
                "● 15/09/2026 00:15 +07:00  Đóng hộp",
                f"│  Đã dùng  120,5 kg  {RAW}",
                f"│  Làm ra     12 cái  {LOT}",
                "│  Nơi                https://id.example/ocop/7K3MQ9TB/XUONG",
            ],
        ),
    ],
)
def test_show_draws_a_timeline_by_the_clock_of_the_place(
    cli: Any, lang: str, lines: list[str]
) -> None:
    run = cli("epcis", "show", "a.xml", lang=lang)
    assert (run.code, run.err) == (0, "")
    assert [line for line in run.out.splitlines() if line] == lines


def test_show_tells_containers_parties_and_mistakes(cli: Any, files: Path) -> None:
    box = "https://id.gs1.org/00/095240712609170016"
    time = {"eventTime": "0001-01-01T00:00:00+07:00", "eventTimeZoneOffset": "-05:00"}
    packed = time | {
        "type": "AggregationEvent",
        "action": "ADD",
        "parentID": box,
        "childEPCs": [f"{LOT}/21/{number}" for number in range(20)],
        "sourceList": [{"type": "owning_party", "source": "urn:example:us"}],
        "destinationList": [{"type": "owning_party", "destination": "urn:example:them"}],
        "errorDeclaration": {"declarationTime": "2026-01-01T00:00:00Z"},
    }
    (files / "box.json").write_text(json.dumps(packed), encoding="utf-8")
    run = cli("epcis", "show", "box.json")
    assert run.code == 0
    assert "1 Jan 1 00:00" in run.out
    assert "Other step (declared wrong later)" in run.out
    assert f"│  Container  {box}" in run.out
    assert "… and 12 more" in run.out
    assert "│  From       urn:example:us\n│  To         urn:example:them" in run.out
    [row] = json.loads(cli("epcis", "show", "box.json", "--json").out)
    assert len(row["events"][0]["lines"]) == 23
    assert row["events"][0]["taken_back"] is True


@pytest.mark.parametrize(
    ("event", "roles"),
    [
        ({"type": "ObjectEvent", "action": "OBSERVE", "epcList": [LOT]}, ["goods"]),
        ({"type": "ObjectEvent", "action": "DELETE", "epcList": [LOT]}, ["gone"]),
        (
            {"type": "AggregationEvent", "action": "DELETE", "parentID": RAW, "childEPCs": [LOT]},
            ["taken_out", "container"],
        ),
        (
            {"type": "AssociationEvent", "action": "ADD", "parentID": RAW, "childEPCs": [LOT]},
            ["joined", "carrier"],
        ),
        (
            {
                "type": "TransactionEvent",
                "action": "ADD",
                "epcList": [LOT],
                "bizTransactionList": [{"type": "po", "bizTransaction": "urn:example:po"}],
            },
            ["goods", "paper"],
        ),
    ],
)
def test_show_answers_programs_with_the_part_each_name_plays(
    cli: Any, files: Path, event: dict[str, Any], roles: list[str]
) -> None:
    whole = {"eventTime": "2026-01-01T00:00:00Z", "eventTimeZoneOffset": "+00:00"} | event
    (files / "e.json").write_text(json.dumps(whole), encoding="utf-8")
    [row] = json.loads(cli("epcis", "show", "e.json", "--json").out)
    assert [line["role"] for line in row["events"][0]["lines"]] == roles


def test_a_name_from_a_document_cannot_steer_the_terminal(cli: Any, files: Path) -> None:
    step = LANDED | {"ocop:step": "\x1b[2J[green]"}
    (files / "step.json").write_text(json.dumps(step), encoding="utf-8")
    for command in READING:
        run = cli("epcis", command, "step.json")
        assert "\x1b" not in run.out + run.err


def test_a_document_is_never_converted_onto_itself(cli: Any, files: Path) -> None:
    before = (files / "a.jsonld").read_bytes()
    (files / "same.jsonld").symlink_to("a.jsonld")
    os.link(files / "a.jsonld", files / "twin.jsonld")
    for name in ("a.jsonld", "./a.jsonld", "same.jsonld", "twin.jsonld"):
        run = cli("epcis", "convert", "a.jsonld", "--to", "xml", "--out", name)
        assert run.code == 2
        assert name.removeprefix("./") in run.err
    assert (files / "a.jsonld").read_bytes() == before


def test_a_link_stays_a_link(cli: Any, files: Path) -> None:
    (files / "out.xml").write_text("old", encoding="utf-8")
    (files / "link.xml").symlink_to("out.xml")
    cli("epcis", "convert", "a.jsonld", "--to", "xml", "--out", "link.xml")
    assert (files / "link.xml").is_symlink()
    assert read_document((files / "out.xml").read_bytes()).events == tuple(
        read_document((files / "a.jsonld").read_bytes()).events
    )


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_a_pipe_is_written_through(cli: Any, files: Path) -> None:
    pipe = files / "pipe"
    os.mkfifo(pipe)
    received: list[bytes] = []
    reader = threading.Thread(target=lambda: received.append(pipe.read_bytes()), daemon=True)
    reader.start()
    cli("epcis", "convert", "a.jsonld", "--to", "xml", "--out", "pipe")
    reader.join(timeout=30)
    assert len(read_document(received[0]).events) == len(EVENTS)
    assert pipe.is_fifo()


def test_no_folder_is_made_for_a_document(cli: Any, files: Path) -> None:
    run = cli("epcis", "convert", "a.jsonld", "--to", "xml", "--out", "nowhere/a.xml")
    assert run.code == 3
    assert "nowhere" in run.err
    assert not (files / "nowhere").exists()


def test_the_text_of_a_hash_is_printed_as_it_is(
    piped: Callable[..., tuple[int, bytes]],
) -> None:
    odd = LANDED | {"ocop:description": ":smile: [bold]a\u202eb\u200dc", "eventID": "urn:x:1:on:"}
    data = write_json([parse_event(odd)])
    for options, text in (
        ((), f"{event_hash(odd)}  -: /epcisBody/eventList/0"),
        (("--prehash",), event_prehash(odd)),
    ):
        code, out = piped("hash", "-", *options, stdin=data)
        assert (code, out.decode()) == (0, text + "\n")
    assert sha256(text.encode()).hexdigest() in event_hash(odd)
    code, out = piped("show", "-", stdin=write_json([parse_event(odd | {"bizStep": "urn:on:1"})]))
    assert b"urn:on:1" in out


def test_json_keeps_digits_and_what_does_not_show(
    piped: Callable[..., tuple[int, bytes]],
) -> None:
    amount = {"epcClass": "urn:x:2", "quantity": 17, "uom": "KGM"}
    odd = LANDED | {"quantityList": [amount], "bizStep": "urn:x:\U000e0001\u202e"}
    data = write_json([parse_event(odd)]).replace(b"17", b"123456789012345678901234.50")
    code, out = piped("show", "-", "--json", stdin=data)
    assert code == 0
    assert b'"quantity": 123456789012345678901234.50' in out
    assert out.isascii()
    assert json.loads(out)[0]["events"][0]["step"] == odd["bizStep"]


def test_positions_are_those_of_the_document(cli: Any, files: Path) -> None:
    del files
    wanted = ["/epcisBody/eventList/0", "/epcisBody/eventList/1"]
    for name in ("a.jsonld", "a.xml.gz"):
        (row,) = json.loads(cli("epcis", "hash", name, "--json").out)
        assert [each["place"] for each in row["events"]] == wanted
