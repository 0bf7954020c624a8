"""Templates, stock and printers from the command line: listed, shown, checked, corrected."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from ocoptrace.labels import PrinterProfile, Template, scan_file, stock_names, template_names
from ocoptrace.messages import LANGUAGES

if TYPE_CHECKING:
    from pathlib import Path

OWN_STOCK = 'page = "A4"\ngrid = [2, 5]\nlabel = [99, 57]\nnote = "Xé từ trái"\n'
OWN_TEMPLATE = """format = "ocop-label/1"
size = [40, 25]
require = ["lot"]
[[element]]
kind = "qr"
at = [1, 1]
side = 23
[[element]]
kind = "text"
at = [25, 2]
size = [14, 20]
text = "{lot}"
"""


def keep(folder: Path, name: str, text: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text, encoding="utf-8")


@pytest.mark.parametrize("language", LANGUAGES)
def test_stock_and_templates_are_listed(cli: Any, language: str) -> None:
    stock, templates = cli("label", "stock", lang=language), cli("label", "template", "list")
    rows = [line.split()[0] for line in stock.out.splitlines() if " × " in line]
    assert sorted(rows) == list(stock_names())
    assert rows.index("roll-25x25-4up") > rows.index("zweckform-3490")
    assert [line.split()[0] for line in templates.out.splitlines()] == list(template_names())
    listed = {each["name"]: each for each in json.loads(cli("label", "stock", "--json").out)}
    told = listed["a4-3x8-70x37"]
    assert (told["labels"], told["width_mm"], told["height_mm"]) == (24, 70.0, 37.0)
    assert (told["certainty"], told["templates"][0]) == ("high", "ocop-70x37")
    named = json.loads(cli("label", "template", "list", "--json").out)
    assert [each["name"] for each in named] == list(template_names())
    assert "lot" in named[0]["fields"]


def test_one_stock_is_told_in_full(cli: Any) -> None:
    run = cli("label", "stock", "tomy-145")
    assert run.code == 0
    assert all(
        word in run.out for word in ("5 × 13 = 65", "38.1 × 21.2 mm", "medium", "ocop-38x21")
    )
    assert "ocop-50x30" not in run.out
    assert "hold it against a sheet" in " ".join(run.out.split())


@pytest.mark.parametrize("where", ["config/ocoptrace", "ocop"])
def test_own_plans_are_found_by_name_in_the_workspace_and_the_users_folder(
    cli: Any, where: str
) -> None:
    assert cli("init").code == 0
    keep(cli.folder / where / "stock", "mine.toml", OWN_STOCK)
    keep(cli.folder / where / "templates", "my-label.toml", OWN_TEMPLATE)
    assert "2 × 5 = 10" in cli("label", "stock", "mine").out
    assert "\nmine " in cli("label", "stock").out
    assert "my-label" in cli("label", "template", "list").out
    assert cli("label", "template", "show", "my-label").out == OWN_TEMPLATE
    assert cli("label", "preview", "my-label", "--stock", "mine", "-o", "own.png").code == 0
    assert len(scan_file((cli.folder / "own.png").read_bytes())) == 10


def test_a_plan_of_ones_own_that_is_at_fault_hides_no_other(cli: Any) -> None:
    keep(cli.folder / "config/ocoptrace/templates", "bad.toml", "size = 1")
    keep(cli.folder / "config/ocoptrace/stock", "worse.toml", "[")
    run = cli("label", "stock")
    assert (run.code, "tomy-145" in run.out) == (0, True)
    assert '"bad"' in run.err
    assert '"worse"' in run.err
    assert "ocop-50x30" in cli("label", "template", "list").out


def test_plans_of_the_workspace_come_before_the_users_and_paths_before_both(cli: Any) -> None:
    assert cli("init").code == 0
    for folder, rows in (("config/ocoptrace/stock", 3), ("ocop/stock", 4), (".", 5)):
        keep(cli.folder / folder, "mine.toml", OWN_STOCK.replace("2, 5", f"2, {rows}"))
    assert "2 × 4 = 8" in cli("label", "stock", "mine").out
    assert "2 × 5 = 10" in cli("label", "stock", "mine.toml").out
    (cli.folder / "mine.toml").unlink()
    assert "2 × 4 = 8" in cli("label", "stock", "mine.toml").out


@pytest.mark.parametrize("name", ["ocop-50x30", "carton-100x150"])
def test_a_template_that_is_shown_can_be_taken_as_a_start(cli: Any, name: str) -> None:
    shown = cli("label", "template", "show", name)
    (cli.folder / "mine.toml").write_text(shown.out, encoding="utf-8")
    assert Template.parse(shown.out, name=name).fields
    checked = cli("label", "template", "check", "mine.toml")
    assert (checked.code, "fit for use" in checked.out) == (0, True)


def test_every_fault_of_a_template_is_told_with_its_line(cli: Any) -> None:
    faulty = OWN_TEMPLATE.replace("side = 23", 'side = "23"').replace("[14, 20]", "[14]")
    (cli.folder / "bad.toml").write_text(faulty, encoding="utf-8")
    run = cli("label", "template", "check", "bad.toml")
    assert run.code == 2
    assert "line 7 (/element/0/side): " in run.err
    assert "line 11 (/element/1/size/1): " in run.err
    assert "2 errors" in run.out
    told = json.loads(cli("label", "template", "check", "bad.toml", "--json").out)
    assert [each["line"] for each in told["findings"]] == [7, 11]
    assert (told["errors"], told["findings"][0]["severity"]) == (2, "error")


def test_no_fault_is_left_out_however_many_there_are(cli: Any) -> None:
    rows = 'kind = "qr"\nat = [1, 1]\nside = "x"\n'
    text = 'format = "ocop-label/1"\nsize = [40, 25]\n' + f"[[element]]\n{rows}" * 50
    (cli.folder / "bad.toml").write_text(text, encoding="utf-8")
    run = cli("label", "template", "check", "bad.toml")
    assert (run.code, run.err.count("✗")) == (2, 50)


@pytest.mark.parametrize(
    "hostile",
    [
        b"\xff\xfe\x00",
        b"\x00" * 100,
        b"size = [1e999, -1]",
        b"format = 'ocop-label/1'\nsize = [nan, inf]\n[[element]]\nkind = 'qr'",
        b"a = " + b"[" * 50_000,
        b"{" * 50_000,
        b'{"size": ' + b"[" * 5_000,
        b"x" * 300_000,
        b"[[element]]\n" * 5_000,
        b"element = 5\nstyle = 7\n",
        b"",
    ],
    ids=range(11),
)
@pytest.mark.parametrize("command", ["template check", "preview", "stock"])
def test_a_hostile_plan_is_refused_in_words(cli: Any, command: str, hostile: bytes) -> None:
    (cli.folder / "bad.toml").write_bytes(hostile)
    run = cli("label", *command.split(), "bad.toml")
    assert (run.code, run.err[:1] in {"✗", " "}) == (2, True), run.err
    assert "Traceback" not in run.err
    assert [path.name for path in cli.folder.iterdir()] == ["bad.toml"]


def test_the_test_page_is_written_and_four_readings_make_a_profile(cli: Any) -> None:
    page = cli("label", "calibrate", "a4-3x8-70x37", "-o", "page.pdf", lang="vi")
    assert (page.code, page.err) == (0, "")
    assert (cli.folder / "page.pdf").read_bytes().startswith(b"%PDF-")
    readings = ("--a", "21", "--b", "191,25", "--c", "18.75", "--d", 276)
    run = cli("label", "calibrate", "a4-3x8-70x37", *readings, "--save", "office", "--dpi", 600)
    assert run.code == 0, run.err
    file = cli.folder / "config" / "ocoptrace" / "printers" / "office.toml"
    assert str(file) in run.out
    profile = PrinterProfile.read_file(file)
    assert (profile.dx, profile.dy, profile.dpi, profile.kind) == (-969, 1268, 600, "office")

    # Printed with the profile, the page is right: the profile stays as it is.
    right = ("--a", "20", "--b", "190", "--c", "20", "--d", "277")
    again = cli(
        "label", "calibrate", "a4-3x8-70x37", *right, "--printer", "office", "--save", "two.toml"
    )
    assert again.code == 0, again.err
    assert PrinterProfile.read_file(cli.folder / "two.toml").to_toml() == profile.to_toml()
    corrected = cli("label", "calibrate", "a4-3x8-70x37", "--printer", "office", "-o", "b.pdf")
    assert corrected.code == 0
    assert (cli.folder / "b.pdf").read_bytes() != (cli.folder / "page.pdf").read_bytes()


READINGS = ("--a", "20", "--b", "190", "--c", "20", "--d", "277")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("stock", "no-such"), "a4-3x8-70x37"),
        (("stock", "no-such.toml"), "no-such.toml"),
        (("stock", "."), '"."'),
        (("stock", "../../etc/passwd"), "passwd"),
        (("template", "show", "no-such"), "ocop-50x30"),
        (("template", "check", "folder.toml"), "folder.toml"),
        (("template", "check", "no-such.json"), "no-such.json"),
        (("calibrate", "no-such"), "a4-3x8-70x37"),
        (("calibrate", "roll-50x30", *READINGS[:4]), "--c --d"),
        (("calibrate", "a4-3x8-70x37", *READINGS[:6], "--d", "x"), "--d x"),
        (("calibrate", "a4-3x8-70x37", *READINGS[:6], "--d", "nan"), "277"),
        (("calibrate", "a4-3x8-70x37", *READINGS[:6], "--d", "150"), "277"),
        (("calibrate", "a4-3x8-70x37", *READINGS, "--save", "../x"), "../x"),
        (("calibrate", "a4-3x8-70x37", *READINGS, "--dpi", "5"), "dpi"),
        (("calibrate", "a4-3x8-70x37", "--save", "office"), "--a --b --c --d"),
        (("calibrate", "a4-3x8-70x37", "--printer", "no-such"), "no-such"),
    ],
)
@pytest.mark.parametrize("language", LANGUAGES)
def test_what_cannot_be_is_told_and_nothing_is_written(
    cli: Any, arguments: tuple[str, ...], says: str, language: str
) -> None:
    (cli.folder / "folder.toml").mkdir()
    run = cli("label", *arguments, lang=language)
    assert (run.code, says in run.err) == (2, True), run.err
    assert run.err.startswith("✗ ")
    assert [path.name for path in cli.folder.iterdir()] == ["folder.toml"]


def test_a_place_where_nothing_can_be_written_is_told(cli: Any) -> None:
    (cli.folder / "file").write_text("")
    for arguments in (("-o", "."), ("-o", "file/page.pdf"), (*READINGS, "--save", "file/x.toml")):
        run = cli("label", "calibrate", "a4-3x8-70x37", *arguments)
        assert (run.code, run.err[:1]) == (3, "✗"), run.err
    assert [path.name for path in cli.folder.iterdir()] == ["file"]
    full = cli("label", "calibrate", "a4-3x8-70x37", "-o", "page.pdf", file_size=10_000)
    assert full.code == 3
    assert [path.name for path in cli.folder.iterdir()] == ["file"]
