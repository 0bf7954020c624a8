"""Bad input: one clear message with place and remedy, the exit code, and nothing written.

Expected messages are given as ``place|code``: the first is the error itself, more are the
findings listed below it. Their words come from the catalogues, their facts are left open.
"""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from PIL import Image

from ocoptrace import messages
from ocoptrace.labels import scan_file
from ocoptrace.messages import LANGUAGES, Language
from ocoptrace.store import SqliteStore
from ocoptrace.verify.verdict import Check
from ocoptrace.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Callable

    Json = dict[str, Any]
    Contents = Callable[[Path], dict[str, str]]

TRUST = "--trust bundle.json --root root.json"
BATCH = "https://id.example/01/09524071001014/10/ST260915"
WRONG_DIGIT = BATCH.replace("01014", "01015")
INVALID = "|registry.story_invalid"
ROW, FINDING = "✗ ", "  ✗ "


def said(line: str, language: Language) -> str:
    """Return the text of ``place|code`` as a pattern; facts may be anything."""
    place, code = line.split("|")
    words = messages.text(code, language)
    assert words != code, f"{code} has no words"
    return (re.escape(place) + ": " if place else "") + open_facts(words)


def remedy(line: str, language: Language) -> str:
    words = messages.remedy(line.split("|")[1], language)
    assert words, f"{line} has no remedy"
    return open_facts(words)


def open_facts(words: str) -> str:
    return re.sub(r"\\{[a-z_]+\\}", ".+", re.escape(words))


def told(lines: tuple[str, ...], language: Language) -> str:
    """Return the pattern of all that stands on standard error."""
    first, *rest = lines
    whole = f"{ROW}{said(first, language)}\n  {remedy(first, language)}\n"
    for line in rest:
        whole += f"{FINDING}{said(line, language)} {remedy(line, language)}\n"
    return whole


@dataclass(frozen=True)
class Case:
    """A command that is given something bad.

    Attributes:
        name: what is bad.
        command: what stands behind ``ocoptrace``.
        says: the messages expected; see the module's docstring.
        code: the exit code (formats, section 10).
        story: what is changed in a story that is then kept as bad.json.
        document: what is changed in the events of an EPCIS document, kept as bad.jsonld.
        file: name and bytes of another file.
        alone: whether there is no workspace.
    """

    name: str
    command: str
    says: tuple[str, ...]
    code: int = 2
    story: Callable[[Json], Any] | None = None
    document: Callable[[list[Json]], Any] | None = None
    file: tuple[str, bytes] | None = None
    alone: bool = False


IMPORT, RECORD = "import bad.json -w workspace", "record bad.json -w workspace"
RECORD_EPCIS = "record bad.jsonld -w workspace --producer {producer}"
EVENT = "/epcisBody/eventList/0"
PRINT = f"label print {BATCH} -w workspace"
PRINT_DEMO = f"{PRINT} --demo"
EXPORT = f"export record {BATCH} -w workspace"

IN_STORIES = [
    Case(
        "no JSON",
        IMPORT,
        ("|json.syntax",),
        file=("bad.json", b'{"schema": "ocoptrace-story/1",\n "title": }'),
    ),
    Case(
        "not UTF-8",
        IMPORT,
        ("byte 13|json.not_utf8",),
        file=("bad.json", '{"schema": "mắm"}'.encode("utf-16-le").replace(b"\0", b"")),
    ),
    Case("nested without end", IMPORT, ("|json.too_deep",), file=("bad.json", b"[" * 5000)),
    Case(
        "another schema", IMPORT, ("|registry.story_schema",), story=lambda s: s.update(schema="x")
    ),
    Case(
        "a member of the wrong kind",
        IMPORT,
        (INVALID, "/places|fields.not_object"),
        story=lambda s: s.update(places=[]) or s.update(events=[]),
    ),
    Case(
        "a member that is missing",
        RECORD,
        (INVALID, "/events|fields.missing"),
        story=lambda s: s.pop("events"),
    ),
    Case(
        "a wrong check digit",
        IMPORT,
        (INVALID, "/products/MAMTOM/gtin|gs1.check_digit"),
        story=lambda s: s["products"]["MAMTOM"].update(gtin="9524071001015"),
    ),
    Case(
        "a lot with Vietnamese letters",
        IMPORT,
        (INVALID, "/batches/0/lot|gs1.charset"),
        story=lambda s: s["batches"][0].update(lot="LÔ-Đ1"),
    ),
    Case(
        "a grade whose stars and points differ",
        IMPORT,
        (INVALID, "/grades/0/score|registry.score_band"),
        story=lambda s: s["grades"][0].update(stars=3),
    ),
    Case(
        "an event without time-zone offset",
        RECORD,
        (INVALID, "/events/16/eventTime|epcis.time_without_offset"),
        story=lambda s: s["events"][16].update(eventTime="2026-10-13T10:20:00"),
    ),
    Case(
        "a quantity below zero",
        RECORD,
        (INVALID, "/events/6/quantities/0/value|registry.not_positive"),
        story=lambda s: s["events"][6]["quantities"][0].update(value=-5),
    ),
    Case(
        "a producer who is not registered",
        RECORD,
        ("|workspace.not_imported",),
        story=lambda s: s["producer"]["names"].update(vi="Hợp tác xã khác"),
    ),
]

IN_DOCUMENTS = [
    Case(
        "an event of a document without time-zone offset",
        RECORD_EPCIS,
        (f"{EVENT}/eventTime|epcis.time_without_offset",),
        document=lambda events: events[0].update(eventTime="2025-05-12T16:30:00"),
    ),
    Case(
        "a quantity of a document below zero",
        RECORD_EPCIS,
        (f"{EVENT}/quantityList/0/quantity|epcis.not_positive",),
        document=lambda events: events[0]["quantityList"][0].update(quantity=-5),
    ),
    Case(
        "a lot of a document with Vietnamese letters",
        RECORD_EPCIS,
        (f"{EVENT}/quantityList/0/epcClass|gs1.charset",),
        document=lambda events: events[0]["quantityList"][0].update(epcClass=f"{BATCH}Ô"),
    ),
    Case(
        "a wrong check digit",
        RECORD_EPCIS,
        (f"{EVENT}/quantityList/0/epcClass|gs1.check_digit",),
        document=lambda events: events[0]["quantityList"][0].update(epcClass=WRONG_DIGIT),
    ),
    Case(
        "goods that are not the producer's",
        RECORD_EPCIS,
        (f"{EVENT}|workspace.not_entitled_name",),
        document=lambda events: events[0]["quantityList"][0].update(
            epcClass="https://id.gs1.org/01/09520123456788/10/A1"
        ),
    ),
    Case(
        "a producer left open",
        "record bad.jsonld -w workspace",
        ("|workspace.which_producer",),
        document=lambda _: None,
    ),
]

IN_FILES = [
    Case("a missing file", "import bad.json -w workspace", ("|cli.no_file",)),
    Case("a missing record", f"verify bad.ocop {TRUST}", ("|cli.no_file",)),
    Case("a folder", f"verify workspace {TRUST}", ("|cli.is_folder",)),
    Case(
        "an unknown file",
        "import bad.dat -w workspace",
        ("|cli.not_importable",),
        file=("bad.dat", bytes(range(256))),
    ),
    Case(
        "a picture instead of events",
        "record stickers.png -w workspace",
        ("|cli.not_recordable",),
    ),
    Case(
        "nothing that can be checked",
        f"verify bad.dat {TRUST}",
        ("|cli.not_checkable",),
        file=("bad.dat", bytes(range(256))),
    ),
    Case(
        "a text without links",
        f"verify bad.txt {TRUST}",
        ("|cli.not_checkable",),
        file=("bad.txt", b"ftp://id.example/"),
    ),
    Case(
        "a PDF that is no PDF",
        f"verify bad.pdf {TRUST}",
        ("|label.not_a_picture",),
        1,
        file=("bad.pdf", b"hello"),
    ),
]

IN_TRUST = [
    Case("no trust", "verify record.ocop", ("|cli.no_trust",), alone=True),
    Case(
        "a bundle without a root",
        "verify record.ocop --trust bundle.json",
        ("|cli.no_root",),
        alone=True,
    ),
    Case(
        "a root without a bundle",
        "verify record.ocop --root root.json",
        ("|cli.root_without_bundle",),
    ),
    Case(
        "a bundle that is none",
        "verify record.ocop --trust record.ocop --root root.json",
        ("record.ocop|signing.signed_file",),
    ),
    Case(
        "a root that is no JSON",
        "verify record.ocop --trust bundle.json --root bad.json",
        ("bad.json|signing.signed_file",),
        file=("bad.json", b"{"),
    ),
]

IN_ARGUMENTS = [
    Case("no such command", "prnt", ("|cli.no_such_command",)),
    Case("no such command of a group", "label prnt", ("|cli.no_such_command",)),
    Case("no such option", "import x.json --nope", ("|cli.no_such_option",)),
    Case("an option without its value", "import x.json -w", ("|cli.option_alone",)),
    Case("a missing argument", "import", ("|cli.argument_missing",)),
    Case("one argument too many", "import x.json y.json", ("|cli.too_much",)),
    Case("no number", f"{PRINT} --count many", ("|cli.not_a_number",)),
    Case("no such language", "--lang xx import x.json", ("|cli.unknown_language",)),
    Case("no workspace", "trust show -w none", ("|workspace.not_one",)),
    Case("no workspace anywhere", "export trust", ("|cli.no_workspace",), alone=True),
    Case("a folder that is no workspace", "trust show -w keys", ("|workspace.not_one",)),
    Case("a host with a scheme", "init new --host https://id.example", ("|gs1.host",)),
    Case("a host with a path", "init new --host id.example/ocop", ("|gs1.host",)),
    Case("a host with Vietnamese letters", "init new --host mắm.vn", ("|gs1.host",)),
    Case("a place that is taken", "init workspace", ("|workspace.exists",)),
    Case(
        "a wrong check digit",
        f"export record {WRONG_DIGIT} -w workspace",
        ("(01)|gs1.check_digit",),
    ),
    Case("no link", "export record ST260915 -w workspace", ("|gs1.scheme",)),
    Case("no such batch", f"export record {BATCH}X -w workspace", ("|workspace.no_batch",)),
    Case("an example key", PRINT, ("/0/link|label.demo_key",)),
    Case("no stickers", f"{PRINT_DEMO} --count 0", ("|workspace.label_count",)),
    Case("more seals than stickers", f"{PRINT_DEMO} --sealed 25", ("|workspace.sealed_count",)),
    Case("no such slot", f"{PRINT_DEMO} --start-slot 25", ("|label.start_slot",)),
    Case("no resolution", f"{PRINT_DEMO} --dpi 0", ("|label.dpi",)),
    Case("no such stock", f"{PRINT_DEMO} --stock none", ("|label.unknown_stock",)),
    Case("no such template", f"{PRINT_DEMO} --template none", ("|label.unknown_template",)),
]

IN_THE_ENVIRONMENT = [
    Case(
        "a file where a folder should be", f"{EXPORT} -o root.json/x.ocop", ("|cli.no_writing",), 3
    ),
    Case("a folder where a file should be", f"{EXPORT} -o workspace", ("|cli.is_folder",), 3),
    Case("nowhere to print to", f"{PRINT_DEMO} -o root.json/x.pdf", ("|cli.no_writing",), 3),
    Case("nowhere for a picture", f"{PRINT_DEMO} --png workspace", ("|cli.is_folder",), 3),
    Case(
        "nowhere for the trust files",
        "export trust -w workspace -o root.json",
        ("|cli.no_writing",),
        3,
    ),
    Case("nowhere for a workspace", "init root.json/new", ("|store.file",), 3),
    Case(
        "a database that is none",
        "trust show -w workspace",
        ("|store.damaged",),
        3,
        file=("workspace/ocoptrace.db", b"hello" * 999),
    ),
]

CASES = [
    *IN_STORIES,
    *IN_DOCUMENTS,
    *IN_FILES,
    *IN_TRUST,
    *IN_ARGUMENTS,
    *IN_THE_ENVIRONMENT,
]


@dataclass(frozen=True)
class Bench:
    """A folder with a copy of the demo, in which commands are tried.

    Attributes:
        cli: runs commands there.
        demo: what was copied.
        contents: returns what a folder holds.
    """

    cli: Any
    demo: Any
    contents: Contents
    copied: tuple[str, ...] = field(
        default=("workspace", "record.ocop", "bundle.json", "root.json", "stickers.png")
    )

    @property
    def folder(self) -> Path:
        return Path(self.cli.folder)

    def prepare(self, case: Case, story: Path, document: bytes) -> None:
        if case.alone:
            shutil.rmtree(self.folder / "workspace")
        if case.story is not None:
            changed = json.loads(story.read_text(encoding="utf-8"))
            case.story(changed)
            (self.folder / "bad.json").write_text(json.dumps(changed), encoding="utf-8")
        if case.document is not None:
            changed = json.loads(document)
            events = changed["epcisBody"]["eventList"]
            for event in events:
                del event["eventID"]
            case.document(events)
            (self.folder / "bad.jsonld").write_text(json.dumps(changed), encoding="utf-8")
        if case.file is not None:
            (self.folder / case.file[0]).write_bytes(case.file[1])

    def refuses(self, case: Case, language: Language, **options: Any) -> None:
        """Run a case, and see that it says what it should and changes nothing."""
        before = self.contents(self.folder)
        arguments = case.command.format(producer=self.demo.producer).split()
        run = self.cli(*arguments, lang=language, **options)
        assert re.fullmatch(told(case.says, language), run.err), run.err
        assert run.out == ""
        assert run.code == case.code
        assert self.contents(self.folder) == before


@pytest.fixture
def bench(cli: Any, demo: Any, contents: Contents) -> Bench:
    made = Bench(cli, demo, contents)
    demo.copy(*made.copied, to=made.folder)
    return made


@pytest.fixture(scope="session")
def document(demo: Any, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The demo's events as an EPCIS document."""
    folder = tmp_path_factory.mktemp("document")
    demo.copy("workspace", to=folder)
    workspace = Workspace.open(folder / "workspace")
    record = workspace.origin_record(BATCH, state_complete=False)
    workspace.close()
    events = [event for _, event in record.payloads("event")]
    contexts = events[0].pop("@context")
    for event in events[1:]:
        del event["@context"]
    body = {"eventList": events}
    return json.dumps(
        {"@context": contexts, "type": "EPCISDocument", "schemaVersion": "2.0", "epcisBody": body}
    ).encode()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.command.split()[0]}: {case.name}")
def test_bad_input_is_told_and_changes_nothing(
    bench: Bench, story: Path, document: bytes, case: Case, language: Language
) -> None:
    bench.prepare(case, story, document)
    bench.refuses(case, language)


def test_a_fault_of_syntax_is_told_with_line_and_column(cli: Any, demo: Any) -> None:
    demo.copy("workspace", to=cli.folder)
    (cli.folder / "bad.json").write_bytes(b'{"schema": "ocoptrace-story/1",\n "title": }')
    assert "line 2, column 11" in cli("import", "bad.json", "-w", "workspace").err


def test_every_fault_of_a_story_is_told_at_once(bench: Bench, story: Path) -> None:
    def spoil(members: Json) -> None:
        members["products"]["MAMTOM"]["gtin"] = "9524071001015"
        members["grades"][0]["validTo"] = "2029-13-01"
        members["batches"][0]["expiryDate"] = "soon"
        members["producer"]["address"].pop("commune")

    case = Case("", IMPORT, (), story=spoil)
    bench.prepare(case, story, b"")
    run = bench.cli(*IMPORT.split())
    places = re.findall(r"^  ✗ (/\S+):", run.err, re.MULTILINE)
    assert "/products/MAMTOM/gtin" in places
    assert "/producer/address/commune" in places
    assert run.code == 2


def test_the_bundle_of_another_office_is_refused(bench: Bench, cli: Any) -> None:
    assert cli("init", "other").code == 0
    assert cli("export", "trust", "-w", "other", "-o", "theirs").code == 0
    for language in LANGUAGES:
        case = Case(
            "another office's root",
            "verify record.ocop --trust bundle.json --root theirs/root.json",
            ("bundle.json|signing.threshold",),
        )
        bench.refuses(case, language)


def test_a_pinned_bundle_is_not_rolled_back(bench: Bench, cli: Any) -> None:
    store = SqliteStore.open(cli.folder / "workspace" / "ocoptrace.db")
    (cli.folder / "old.json").write_bytes(store.trust_file("bundle", 1) or b"")
    store.close()
    assert cli("trust", "pin", "root.json", "--bundle", "bundle.json", "--yes").code == 0
    before = bench.contents(cli.folder)
    run = cli("trust", "pin", "root.json", "--bundle", "old.json", "--yes")
    assert run.code == 2
    assert re.fullmatch(told(("old.json|signing.rollback",), "en"), run.err)
    assert bench.contents(cli.folder) == before


def flipped(data: bytes) -> bytes:
    place = data.index(b'"quantity') - 1
    return data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(flipped, id="one bit"),
        pytest.param(lambda data: data[: len(data) // 2], id="the second half is missing"),
        pytest.param(lambda data: data[:-1], id="the last byte is missing"),
        pytest.param(lambda _: b"hello", id="no JSON at all"),
        pytest.param(lambda _: b"", id="empty"),
        pytest.param(lambda data: data.replace(b'{"', b'{ "', 1), id="a space"),
        pytest.param(lambda data: bytes(len(data)), id="zeros"),
    ],
)
def test_a_damaged_record_is_malformed(
    bench: Bench, damage: Callable[[bytes], bytes], language: Language
) -> None:
    record = bench.folder / "record.ocop"
    record.write_bytes(damage(record.read_bytes()))
    before = bench.contents(bench.folder)
    run = bench.cli("verify", "record.ocop", *TRUST.split(), lang=language)
    assert (run.code, run.err) == (1, "")
    name, headline, *checklist = run.out.splitlines()
    assert name == "record.ocop"
    assert headline == f"{messages.text('verdict.overall.malformed', language)} [malformed]"
    told_once = [line for line in checklist if line.startswith("✗")]
    assert len(told_once) == 1
    assert messages.text("verdict.check.format", language) in told_once[0]
    end = Check("format", "fail").remedy(language)
    assert len(end) > 10
    assert " ".join(run.out.split()).endswith(end)
    assert bench.contents(bench.folder) == before


PICTURES = {
    "a truncated PDF": ("bad.pdf", "|label.pdf_truncated"),
    "a photo without a code": ("photo.jpg", "|label.no_code"),
    "a truncated picture": ("bad.png", "|label.picture_unreadable"),
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("file", "says"), PICTURES.values(), ids=PICTURES)
def test_a_picture_that_shows_no_code_is_a_verdict(
    bench: Bench, file: str, says: str, language: Language
) -> None:
    sheet = (bench.demo.folder / "stickers.pdf").read_bytes()
    picture = (bench.demo.folder / "stickers.png").read_bytes()
    (bench.folder / "bad.pdf").write_bytes(sheet[: len(sheet) // 2])
    (bench.folder / "bad.png").write_bytes(picture[: len(picture) // 2])
    Image.new("RGB", (640, 480), (168, 140, 110)).save(bench.folder / "photo.jpg")
    bench.refuses(Case(file, f"verify {file} {TRUST}", (says,), 1), language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_link_with_a_wrong_check_digit_is_malformed(bench: Bench, language: Language) -> None:
    run = bench.cli("verify", WRONG_DIGIT, *TRUST.split(), lang=language)
    assert (run.code, run.err) == (1, "")
    assert "[malformed]" in run.out
    assert re.search(said("(01)|gs1.check_digit", language), " ".join(run.out.split()))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "case",
    [
        Case("recording", "record story.json -w new", ("|store.failed",), 3),
        Case("a new workspace", "init another", ("|store.failed",), 3),
        Case("a record", f"export record {BATCH} -w workspace", ("|store.file",), 3),
    ],
    ids=lambda case: case.name,
)
def test_a_full_disk_is_told_and_leaves_nothing(
    bench: Bench, story: Path, case: Case, language: Language
) -> None:
    (bench.folder / "story.json").write_bytes(story.read_bytes())
    assert bench.cli("init", "new").code == 0
    assert bench.cli("import", "story.json", "-w", "new").code == 0

    bench.refuses(case, language, file_size=60_000)


@pytest.mark.parametrize("language", LANGUAGES)
def test_keys_are_only_opened_as_their_owner_left_them(
    bench: Bench, story: Path, language: Language
) -> None:
    (bench.folder / "story.json").write_bytes(story.read_bytes())
    again = "import story.json -w workspace"
    bench.refuses(
        Case(
            "a passphrase for open keys",
            again,
            ("workspace/keys/office.pem|signing.no_passphrase",),
        ),
        language,
        environ={"OCOPTRACE_PASSPHRASE": "moi"},
    )
    for key in (bench.folder / "workspace" / "keys").iterdir():
        key.chmod(0o644)
    bench.refuses(Case("keys that others may read", again, ("|store.key_mode",), 3), language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_wrong_passphrase_is_told(
    cli: Any, story: Path, contents: Contents, language: Language
) -> None:
    (cli.folder / "story.json").write_bytes(story.read_bytes())
    assert cli("init", "ocop", environ={"OCOPTRACE_PASSPHRASE": "moi"}).code == 0
    before = contents(cli.folder)
    for code, environ in (
        ("signing.passphrase_needed", {}),
        ("signing.not_a_key", {"OCOPTRACE_PASSPHRASE": "muối"}),
    ):
        run = cli("import", "story.json", lang=language, environ=environ)
        assert run.code == 2
        says = (f"ocop/keys/office.pem|{code}",)
        assert re.fullmatch(told(says, language), run.err), run.err
        assert cli("trust", "show", environ=environ).code == 0
    assert contents(cli.folder) == before


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_expired_grade_is_a_warning_and_no_stars_are_printed(
    cli: Any, story: Path, language: Language
) -> None:
    members = json.loads(story.read_text(encoding="utf-8"))
    members["grades"][0].update(validFrom="2022-05-18", validTo="2025-05-17")
    (cli.folder / "story.json").write_text(json.dumps(members), encoding="utf-8")
    assert cli("init", "ocop").code == 0
    run = cli("import", "story.json", lang=language)
    line = "/grades/0/validTo|registry.grade_expired"
    assert run.code == 0
    assert re.fullmatch(f"  ! {said(line, language)} {remedy(line, language)}\n", run.err)
    assert messages.written_date(date(2025, 5, 17), language) in run.err
    printed = cli("label", "print", BATCH, "--demo", "--count", "2", lang=language)
    line = "|label.grade_expired"
    assert printed.code == 0
    assert re.search(f"  ! {said(line, language)} {remedy(line, language)}\n", printed.err)
    assert len(scan_file((cli.folder / "stickers.pdf").read_bytes())) == 2
    workspace = Workspace.open(cli.folder / "ocop")
    assert workspace.label_run(BATCH, count=1, demo=True).contents[0].stars is None
    workspace.close()


def test_only_a_fault_of_ours_shows_where_it_arose(cli: Any) -> None:
    run = cli("import", "nowhere.json")
    assert "Traceback" not in run.err
    assert "Traceback" in cli("--debug", "import", "nowhere.json").err
