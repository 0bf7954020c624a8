"""Stickers from the command line: runs that are gone on with, reprinted, duplicated; tables."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest

from ocoptrace.cli.main import main
from ocoptrace.labels import scan_file
from ocoptrace.workspace import self_check
from ocoptrace.workspace.self_check import check_printed

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture(scope="module")
def coop(
    tmp_path_factory: pytest.TempPathFactory, cli_in: Callable[[Path], Any], story: Path
) -> Any:
    """The command line in a folder with a workspace whose batch has no stickers yet."""
    cli = cli_in(tmp_path_factory.mktemp("coop"))
    for command in (("init",), ("import", story)):
        run = cli(*command)
        assert (run.code, run.err) == (0, "")
    return cli


def manifest(coop: Any, name: str) -> dict[str, Any]:
    told: dict[str, Any] = json.loads((coop.folder / f"{name}.manifest.json").read_text("utf-8"))
    return told


def links(path: Path) -> list[str]:
    return [scan.text for scan in scan_file(path.read_bytes())]


def print_run(coop: Any, batch: str, name: str, *options: object) -> dict[str, Any]:
    run = coop("label", "print", batch, "--demo", "--sealed", 0, "-o", f"{name}.pdf", *options)
    assert run.code == 0, run.err
    return manifest(coop, name)


def test_a_run_is_printed_once_reprinted_in_part_and_duplicated(coop: Any, batch: str) -> None:
    told = print_run(coop, batch, "a", "-n", 30, "--serials", "A001", "--start-slot", 20)
    assert told["state"] == "complete"
    assert (told["labels"]["first"], told["labels"]["last"]) == ("A001", "A030")
    assert [link.rpartition("/")[2] for link in links(coop.folder / "a.pdf")] == [
        f"A{number:03}" for number in range(1, 31)
    ]

    again = coop("label", "resume", "a.pdf")
    assert (again.code, "label duplicate" in again.err) == (2, True)

    for which, labels in (("--labels", "2-3"), ("--page", "1"), ("--labels", "30")):
        run = coop("label", "reprint", "a.pdf", which, labels, "-o", f"a{which}{labels}.pdf")
        # The first page has labels 1 to 5, of which two are spoiled by then.
        assert run.code == (2 if which == "--page" else 0), run.err
    told = manifest(coop, "a")
    assert told["spoiled"] == 3
    assert [(act["act"], act["first"], act["last"]) for act in told["acts"]] == [
        ("printed", 1, 30),
        ("spoiled", 2, 3),
        ("spoiled", 30, 30),
    ]
    new = manifest(coop, "a--labels2-3")
    assert new["replaces"] == {"run": told["run"], "first": 2, "last": 3}
    assert new["labels"]["first"] == "A031"

    run = coop("label", "duplicate", told["run"], "-o", "lost.pdf")
    assert (run.code, "only one" in run.out) == (0, True)
    assert (coop.folder / "lost.pdf").read_bytes() == (coop.folder / "a.pdf").read_bytes()
    assert manifest(coop, "lost")["acts"][-1]["act"] == "duplicated"


def test_a_spoiled_sheet_is_named_by_its_number(coop: Any, batch: str) -> None:
    told = print_run(coop, batch, "p", "-n", 50, "--start-slot", 5)
    assert coop("label", "reprint", "p.manifest.json", "--page", 2, "-o", "p2.pdf").code == 0
    assert manifest(coop, "p2")["replaces"] == {"run": told["run"], "first": 21, "last": 44}
    assert coop("label", "reprint", "p.pdf", "--page", 4, "-o", "p4.pdf").code == 2


def test_runs_are_listed_and_their_items_proven(coop: Any, batch: str) -> None:
    told = print_run(coop, batch, "l", "-n", 3)
    listed = json.loads(coop("label", "runs", "--json").out)
    mine = next(line for line in listed if line["code"] == told["run"])
    assert (mine["size"], mine["is_printed"], mine["spoiled"]) == (3, True, 0)
    assert told["run"] in coop("label", "runs").out
    link = links(coop.folder / "l.pdf")[1]
    proof = json.loads(coop("label", "prove", link).out)
    assert (proof["run"], proof["index"], len(proof["path"])) == (told["run"], 1, 2)
    assert coop("label", "prove", f"{batch}/21/NOT").code == 2


def test_what_a_full_disk_broke_off_is_resumed(coop: Any, batch: str) -> None:
    arguments = ("-n", 1200, "--demo", "--sealed", 0, "-o", "full.pdf", "--serials", "F0001")
    run = coop("label", "print", batch, *arguments, file_size=250_000)
    assert run.code == 3
    told = manifest(coop, "full")
    assert (told["state"], told["next"]) == ("partial", 1)
    # Its place is taken until it is finished.
    other = coop("label", "print", batch, "-n", 1, "--demo", "-o", "full.pdf")
    assert (other.code, told["run"] in other.err) == (2, True)
    assert coop("label", "resume", "full.pdf").code == 0
    assert manifest(coop, "full")["state"] == "complete"
    found = links(coop.folder / "full.pdf")
    assert [link.rpartition("/")[2] for link in found] == [f"F{n:04}" for n in range(1, 1201)]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("reprint", "r.pdf"), "--labels"),
        (("reprint", "r.pdf", "--labels", "1", "--page", "1"), "--labels"),
        (("reprint", "r.pdf", "--labels", "x"), "49-72"),
        (("reprint", "r.pdf", "--labels", "0-1"), "1 to 2"),
        (("resume", "nothing.pdf"), "nothing.manifest.json"),
        (("resume", "0123456789AB"), "0123456789AB"),
        (("duplicate", "r.pdf", "-o", "r.docx"), ".pdf"),
    ],
)
def test_what_is_not_clear_is_asked_back(
    coop: Any, batch: str, arguments: tuple[str, ...], says: str
) -> None:
    if not (coop.folder / "r.pdf").exists():
        print_run(coop, batch, "r", "-n", 2)
    run = coop("label", *arguments)
    assert (run.code, says in run.err) == (2, True), run.err


def test_rows_of_a_batch_come_from_a_file(coop: Any, batch: str) -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in (("Sản phẩm", "Số tem"), ("Mắm tôm loại 1", 2), ("Mắm tôm loại 2", 1)):
        book.active.append(row)
    book.save(coop.folder / "rows.xlsx")
    assert print_run(coop, batch, "x", "--rows", "rows.xlsx")["labels"]["count"] == 3
    (coop.folder / "bad.csv").write_text("Lô\nL1\n", encoding="utf-8")
    run = coop("label", "print", batch, "--demo", "--rows", "bad.csv", "-o", "y.pdf")
    assert (run.code, "A1" in run.err) == (2, True)


TABLE = """Tên sản phẩm;GTIN;Lô;Số sê-ri;HSD;Cơ sở;Số tem
Nước mắm;9524071001014;ST260915;A0001;14/9/2099;HTX Hậu Lộc;1
Mắm tôm;9524071001014;ST260916;;14/9/2099;HTX Hậu Lộc;3
"""


def test_a_table_needs_no_workspace(cli: Any) -> None:
    (cli.folder / "t.csv").write_text(TABLE, encoding="utf-8-sig")
    run = cli("label", "from-csv", "t.csv", "--host", "id.example", "--demo", "--copies", 2)
    assert run.code == 0, run.err
    first = "HTTPS://ID.EXAMPLE/01/09524071001014/10/ST260915/21/A0001"
    second = "HTTPS://ID.EXAMPLE/01/09524071001014/10/ST260916"
    assert links(cli.folder / "stickers.pdf") == [first] * 2 + [second] * 6
    assert sorted(path.name for path in cli.folder.iterdir()) == ["stickers.pdf", "t.csv"]


@pytest.mark.parametrize(
    ("text", "places"),
    [
        (TABLE.replace("14/9/2099", "31/2/2099"), ("E2", "E3")),
        (TABLE.replace("14/9/2099", "14/9/2020"), ("E2", "E3")),  # found before printing
        (TABLE.replace("9524071001014", "9524071001015"), ("B2", "B3")),
        (TABLE.replace("Nước mắm", "Nước mắm " * 99), ("A2",)),
    ],
)
def test_a_bad_table_writes_nothing_and_names_its_cells(
    cli: Any, text: str, places: tuple[str, ...]
) -> None:
    (cli.folder / "t.csv").write_text(text, encoding="utf-8")
    run = cli("label", "from-csv", "t.csv", "--host", "id.example", "--demo")
    assert run.code == 2
    assert "t.csv: " in run.err
    assert all(f"{place}: " in run.err for place in places), run.err
    assert [path.name for path in cli.folder.iterdir()] == ["t.csv"]


@pytest.mark.parametrize("ending", ["pdf", "zpl", "tspl", "png", "svg"])
def test_a_run_is_written_as_its_ending_says_and_read_back(
    coop: Any, batch: str, ending: str
) -> None:
    options = ("--template", "ocop-50x30", "--stock", "roll-50x30", "--dpi", 203)
    run = coop(
        *("label", "print", batch, "--demo", "--sealed", 0, "-n", 3, *options),
        *("-o", f"as-{ending}.{ending}"),
    )
    assert run.code == 0, run.err
    assert "3 symbols were read back, on 3 of 3 pages" in run.out
    told = manifest(coop, f"as-{ending}")
    names = [f"as-{ending}-000{number}.{ending}" for number in (1, 2, 3)]
    is_paged = ending in {"png", "svg"}
    assert [file["name"] for file in told["files"]] == (
        names if is_paged else [f"as-{ending}.{ending}"]
    )
    assert (told["state"], told["check"]["ok"], told["check"]["symbols_read"]) == (
        "complete",
        True,
        3,
    )


def test_what_is_printed_can_be_told_in_many_ways(coop: Any, batch: str) -> None:
    run = coop(
        *("label", "print", batch, "--demo", "--sealed", 0, "-n", 5, "--json", "-o", "ko.pdf"),
        *("--template", "export-100x70", "--stock", "cut", "--language", "ko"),
        *("--set", "product.ko=새우젓", "--set", "importer=Seoul Foods", "--no-check"),
    )
    assert run.code == 0, run.err
    told = json.loads(run.out)
    assert (told["state"], told["stock"]["name"]) == ("complete", "cut-export-100x70")
    assert "check" not in told
    assert told == manifest(coop, "ko")

    run = coop(
        *("label", "print", batch, "--demo", "--sealed", 0, "-n", 30, "-o", "columns.pdf"),
        *("--order", "columns", "--skip", "1,5-7", "--used", "2"),
    )
    assert run.code == 0, run.err
    assert manifest(coop, "columns")["pages"] == 2


def test_what_lies_in_the_workspace_is_known_by_its_name(coop: Any, batch: str) -> None:
    for kind, text in (
        ("stock", "page = [70, 50]\ngrid = [1, 1]\nlabel = [50, 30]"),
        ("printers", "dpi = 203"),
    ):
        folder = coop.folder / "ocop" / kind
        folder.mkdir(parents=True)
        (folder / "mine.toml").write_text(text, encoding="utf-8")
    common = ("label", "print", batch, "--demo", "--sealed", 0, "-n", 1, "--template", "ocop-50x30")
    run = coop(*common, "--stock", "mine", "--printer", "mine", "-o", "mine.tspl")
    assert run.code == 0, run.err
    told = manifest(coop, "mine")
    assert (told["stock"]["name"], told["printer"], told["dpi"]) == ("mine", "mine", 203)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--skip", "3-"), "which slots"),
        (("--set", "storage"), "--set NAME=VALUE"),
        (("--image", "logo=x.png"), "shows no picture"),
        (("--language", "fr"), "fr"),
        (("--printer", "nobody"), "nobody"),
        (("--set", "lot=L9"), "lot"),
        (("-n", "1001", "--stock", "cut", "-o", "never.png"), "1000 files"),
    ],
)
def test_what_cannot_be_printed_so_is_told_before_serials_are_spent(
    coop: Any, batch: str, options: tuple[str, ...], words: str
) -> None:
    before = coop("label", "runs", "--json").out
    run = coop("label", "print", batch, "--demo", "-o", "never.pdf", *options)
    assert (run.code, words in run.err) == (2, True), run.err
    assert coop("label", "runs", "--json").out == before
    assert not (coop.folder / "never.pdf").exists()


def test_a_table_is_written_in_every_way_too(cli: Any) -> None:
    (cli.folder / "t.csv").write_text(
        "product,producer,gtin,lot,serial\n"
        + "".join(f"Mắm tôm,HTX,09521234543213,L1,S{number}\n" for number in range(4)),
        encoding="utf-8",
    )
    options = ("--template", "ocop-50x30", "--stock", "roll-50x30", "--dpi", 203, "--demo")
    run = cli("label", "from-csv", "t.csv", *options, "-o", "t.png", "--json", "--copies", 2)
    assert run.code == 0, run.err
    told = json.loads(run.out)
    assert [file["name"] for file in told["files"]] == [f"t-000{n}.png" for n in range(1, 9)]
    assert (told["check"]["ok"], told["check"]["symbols_read"]) == (True, 8)
    found = [link for file in told["files"] for link in links(cli.folder / file["name"])]
    assert [link.rpartition("/")[2] for link in found] == [f"S{n // 2}" for n in range(8)]


def test_a_file_with_a_fault_is_told_with_page_and_slot(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def of_others(path: Path, files: Any, stickers: Any, printing: Any, **options: Any) -> Any:
        return check_printed(path, files, [*stickers[:-1], stickers[0]], printing, **options)

    monkeypatch.setattr(self_check, "check_printed", of_others)
    monkeypatch.chdir(tmp_path)
    rows = [
        {"product": "Mắm tôm", "producer": "HTX", "gtin": "09521234543213", "lot": f"L{n}"}
        for n in range(3)
    ]
    Path("t.json").write_text(json.dumps(rows), encoding="utf-8")
    with pytest.raises(SystemExit) as stopped:
        main(["--lang", "en", "label", "from-csv", "t.json", "--demo", "-o", "t.pdf"])
    told = capsys.readouterr()
    assert stopped.value.code == 1
    assert "t.pdf does not show what it must" in told.err
    assert "Page 1, sticker 3" in told.err
    assert Path("t.pdf").exists()
    with pytest.raises(SystemExit) as stopped:
        main(["--lang", "en", "label", "from-csv", "t.json", "--demo", "--no-check"])
    assert stopped.value.code == 0
