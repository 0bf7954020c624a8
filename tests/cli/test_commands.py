"""Each command in its good hours: what it does, what it prints, what it gives to programs."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import typer

from ocoptrace import messages
from ocoptrace.cli.main import build_app, main
from ocoptrace.cli.terminal import Terminal
from ocoptrace.epcis import read_document
from ocoptrace.labels import scan_file
from ocoptrace.messages import LANGUAGES, Language
from ocoptrace.origin_record import OriginRecord
from ocoptrace.signing import Root, TrustBundle

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SOURCE = Path(__file__).parents[2] / "src"
# Commands whose sentences have a table of their own in the catalogues.
OWN_TABLES = {
    ("label", "calibrate"): "calibrate",
    ("label", "check"): "codes",
    ("label", "preview"): "preview",
    ("label", "stock"): "stock",
    ("label", "template"): "template",
    ("trust", "root"): "trust_root",
}
FILES = ("record.ocop", "bundle.json", "root.json", "stickers.pdf", "stickers.png")
TRUST = ("--trust", "bundle.json", "--root", "root.json")


@pytest.fixture(scope="module")
def coop(
    tmp_path_factory: pytest.TempPathFactory, cli_in: Callable[[Path], Any], story: Path
) -> Any:
    """The command line in a folder with a workspace, made by the commands a clerk types."""
    cli = cli_in(tmp_path_factory.mktemp("coop"))
    for command in (("init",), ("import", story), ("record", story)):
        run = cli(*command)
        assert (run.code, run.err) == (0, "")
    return cli


@pytest.fixture
def paper(cli: Any, demo: Any) -> Any:
    """The command line in a folder with what a demo hands on: no workspace."""
    demo.copy(*FILES, to=cli.folder)
    return cli


def test_a_command_started_alone_says_the_same(cli: Any, paper: Any) -> None:
    arguments = ("verify", "record.ocop", *TRUST)
    alone = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-c", "from ocoptrace.cli import main; main()", *arguments],
        cwd=paper.folder,
        env={"OCOPTRACE_LANG": "vi", "PYTHONPATH": str(SOURCE), "LANG": "C.UTF-8"},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    run = cli(*arguments, lang="vi")
    assert (alone.returncode, alone.stdout, alone.stderr) == (run.code, run.out, run.err)


def test_init_makes_a_workspace_whose_keys_only_the_owner_reads(cli: Any) -> None:
    run = cli("init", "ocop", "--host", "TEM.example")
    assert run.code == 0
    assert messages.text("cli.init.next", "en", folder="ocop") in run.out
    assert "tem.example" in run.out
    keys = list((cli.folder / "ocop" / "keys").iterdir())
    assert len(keys) >= 6
    assert all(key.stat().st_mode & 0o077 == 0 for key in keys)


def test_init_locks_the_keys_with_the_passphrase_of_the_environment(cli: Any, story: Path) -> None:
    locked = {"OCOPTRACE_PASSPHRASE": "moi và muối"}
    assert cli("init", "ocop", environ=locked).code == 0
    for key in (cli.folder / "ocop" / "keys").iterdir():
        assert key.read_text().startswith("-----BEGIN ENCRYPTED PRIVATE KEY-----")
    assert cli("import", story, environ=locked).code == 0
    assert cli("record", story, environ=locked).code == 0


def test_import_and_record_know_what_they_had_before(coop: Any, story: Path) -> None:
    first = json.loads(coop("import", story, "--json").out)
    again = json.loads(coop("import", story, "--json").out)
    assert again == first
    assert re.fullmatch("[0-9A-Z]{8}", first.pop("producer"))
    assert first == {"places": 6, "products": 1, "materials": 4, "grades": 1, "batches": 1}
    recorded = json.loads(coop("record", story, "--json").out)
    assert recorded["new"] == 0
    assert len(set(recorded["statements"])) == len(recorded["statements"]) > 15


def test_an_epcis_document_is_recorded_once(coop: Any, batch: str) -> None:
    assert coop("export", "epcis", batch, "--out", "events.jsonld").code == 0
    document = json.loads((coop.folder / "events.jsonld").read_text())
    events = read_document(json.dumps(document).encode()).events
    known = json.loads(coop("record", "events.jsonld", "--json").out)
    assert (len(known["statements"]), known["new"]) == (len(events), 0)
    (event,) = document["epcisBody"]["eventList"] = document["epcisBody"]["eventList"][5:6]
    del event["eventID"]
    event["eventTime"] = "2025-08-28T08:00:00+07:00"
    (coop.folder / "one.jsonld").write_text(json.dumps(document))
    assert json.loads(coop("record", "one.jsonld", "--json").out)["new"] == 1
    assert json.loads(coop("record", "one.jsonld", "--json").out)["new"] == 0


def test_export_record_names_the_file_after_the_lot(coop: Any, batch: str) -> None:
    run = coop("export", "record", f"{batch}?17=280914#x")
    assert run.code == 0
    assert "ST260915.ocop" in run.out
    assert coop("verify", "ST260915.ocop", "--strict").code == 0


def test_export_trust_writes_what_a_verifier_needs(coop: Any) -> None:
    run = coop("export", "trust", "--out", "handed/on")
    assert run.code == 0
    root = Root.load((coop.folder / "handed" / "on" / "root.json").read_bytes())
    bundle = (coop.folder / "handed" / "on" / "bundle.json").read_bytes()
    assert TrustBundle.load(bundle, root=root).version == 2
    assert root.fingerprint in run.out


def test_label_print_writes_a_sheet_and_a_picture(coop: Any, batch: str) -> None:
    options = ("--demo", "--count", 5, "--sealed", 2, "--start-slot", 23)
    run = coop("label", "print", batch, *options, "--out", "a.pdf", "--png", "a.png")
    assert run.code == 0
    assert re.fullmatch(r"  · QR code version 7 \(45 modules a side\).* 7 dots .*\n", run.err)
    scans = scan_file((coop.folder / "a.pdf").read_bytes())
    assert [scan.page for scan in scans] == [0, 0, 1, 1, 1]
    assert ["#" in scan.text for scan in scans] == [True, True, False, False, False]
    first_page = scan_file((coop.folder / "a.png").read_bytes())
    assert [scan.text for scan in first_page] == [scan.text for scan in scans[:2]]


@pytest.mark.parametrize("file", ["stickers.pdf", "stickers.png"])
def test_verify_reads_every_code_of_a_sheet(paper: Any, file: str) -> None:
    run = paper("verify", file, *TRUST, "--json")
    words = [verdict["overall"] for verdict in json.loads(run.out)]
    assert sorted(words) == ["ok_offline"] * 12 + ["unproven"] * 12
    assert run.code == 1


def test_verify_shows_the_worst_of_a_sheet_first(paper: Any) -> None:
    run = paper("verify", "stickers.pdf", *TRUST)
    assert "24 codes were read." in run.out
    assert run.out.index("12 × unproven") < run.out.index("12 × ok_offline")
    assert run.code == 1


def test_verify_checks_a_link_and_a_text_with_links(paper: Any) -> None:
    scans = scan_file((paper.folder / "stickers.png").read_bytes())
    sealed = next(scan.text for scan in scans if "#" in scan.text)
    run = paper("verify", sealed, *TRUST)
    assert run.code == 0
    assert "[ok_offline]" in run.out
    assert paper("verify", sealed, *TRUST, "--strict").code == 1
    assert paper("verify", sealed.partition("#")[0], *TRUST).code == 1
    notes = f"\ufeffScanned at the market:\r\n  {sealed}\r\n\r\nnothing else\r\n"
    (paper.folder / "scans.txt").write_text(notes, encoding="utf-8", newline="")
    (verdict,) = json.loads(paper("verify", "scans.txt", *TRUST, "--json").out)
    assert verdict["overall"] == "ok_offline"
    assert {check["outcome"] for check in verdict["checks"]} == {"pass"}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_verify_explains_a_record_in_the_language_asked_for(paper: Any, lang: Language) -> None:
    run = paper("--lang", lang, "verify", "record.ocop", *TRUST, "--strict", lang="xx")
    assert (run.code, run.err) == (0, "")
    assert f"{messages.text('verdict.overall.ok', lang)} [ok]" in run.out
    assert "✗" not in run.out


def test_verify_checks_a_statement_alone(paper: Any) -> None:
    record = OriginRecord.parse((paper.folder / "record.ocop").read_bytes())
    event = next(each for each in record.statements if each.statement.kind == "event")
    cose = event.statement.cose
    (paper.folder / "event.cose").write_bytes(cose)
    run = paper("verify", "event.cose", *TRUST, "--json")
    (verdict,) = json.loads(run.out)
    assert (verdict["about"], verdict["overall"]) == (event.statement.subject, "unproven")
    ways = {check["code"]: (check["outcome"], check["reason"]) for check in verdict["checks"]}
    assert ways["signature"] == ("pass", "")
    assert ways["content"] == ways["entitlement"] == ("unknown", "withheld")
    assert ways["logged"] == ("fail", "")
    assert run.code == 1
    (paper.folder / "event.cose").write_bytes(cose[:-1])
    assert "[malformed]" in paper("verify", "event.cose", *TRUST).out


def test_verify_goes_by_the_pinned_root_and_bundle(paper: Any) -> None:
    assert paper("verify", "record.ocop").code == 2
    pinned = paper("trust", "pin", "root.json", "--bundle", "bundle.json", "--yes")
    assert pinned.code == 0
    fingerprint = Root.load((paper.folder / "root.json").read_bytes()).fingerprint
    assert fingerprint in pinned.out
    assert paper("verify", "record.ocop", "--strict").code == 0
    assert paper("verify", "record.ocop", "--trust", "bundle.json").code == 0
    held = sorted((paper.folder / "config").rglob("*.json"))
    assert [path.name for path in held] == ["bundle.json", "root.json"]
    (shown,) = json.loads(paper("trust", "show", "--json").out)
    assert [key["role"] for key in shown["keys"]].count("producer") == 2


def test_nothing_is_pinned_without_a_yes(paper: Any) -> None:
    run = paper("trust", "pin", "root.json")
    assert run.code == 130
    assert messages.text("cli.interrupted", "en") in run.err
    assert not (paper.folder / "config").exists()


def test_trust_show_names_who_may_sign(coop: Any) -> None:
    run = coop("trust", "show")
    assert run.code == 0
    roles = [line.split()[0] for line in run.out.splitlines()[2:] if line[:1].strip()]
    assert roles == ["authority", "log", "producer"]


def test_a_workspace_is_found_by_the_environment(coop: Any, cli: Any) -> None:
    assert cli("trust", "show").code == 2
    place = {"OCOPTRACE_WORKSPACE": str(coop.folder / "ocop")}
    assert cli("trust", "show", environ=place).code == 0


def every_command() -> list[tuple[str, ...]]:
    """Return the words that call each command, and each group."""

    def walk(command: Any, path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
        yield path
        for name, inner in getattr(command, "commands", {}).items():
            yield from walk(inner, (*path, name))

    return list(walk(typer.main.get_command(build_app(Terminal("en"))), ()))


def test_every_command_of_the_first_release_is_there() -> None:
    verbs = {path[0] for path in every_command() if path}
    assert verbs >= {"demo", "init", "import", "record", "export", "label", "verify", "serve"}


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("path", every_command(), ids=lambda path: " ".join(path) or "ocoptrace")
def test_every_command_has_help(
    path: tuple[str, ...], lang: Language, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["--lang", lang, *path, "--help"])
    assert stopped.value.code == 0
    shown = " ".join(re.sub("[│╭╮╰╯─]", " ", capsys.readouterr().out).split())
    own = OWN_TABLES.get(path[:2])
    words = path if own is None else (own, *path[2:])
    key = ".".join(("cli", *words)).replace("-", "_")
    help_of = next(k for k in (f"{key}.help", f"{key}s", key) if messages.has(k, lang))
    assert messages.text(help_of, lang) in shown


@pytest.mark.parametrize("path", [(), ("label",), ("export",), ("trust",)])
def test_a_group_alone_shows_its_commands_and_is_misuse(cli: Any, path: tuple[str, ...]) -> None:
    run = cli(*path)
    assert (run.code, run.err) == (2, "")
    inner = [words[len(path)] for words in every_command() if words[: len(path)] == path != words]
    assert all(name in run.out for name in inner)
