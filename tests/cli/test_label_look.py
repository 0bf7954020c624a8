"""``label preview`` and ``label check``: seen before it is printed, and read after."""

from __future__ import annotations

import json
from io import BytesIO
from typing import TYPE_CHECKING, Any

import pytest
from PIL import Image, ImageFilter

from ocoptrace.labels import render_pdf, scan_file, template_names
from ocoptrace.messages import LANGUAGES

if TYPE_CHECKING:
    from pathlib import Path

TABLE = """Tên sản phẩm;GTIN;Lô;HSD;Cơ sở;Số tem
Nước mắm;9524071001014;ST260915;14/9/2099;HTX Hậu Lộc;2
Mắm tôm;9524071001014;ST260916;14/9/2099;HTX Hậu Lộc;30
"""
FIELDS = """
link = "HTTPS://ID.EXAMPLE/01/09524071001014/10/L1"
lot = "L1"
HSD = 2099-09-14
"Độ đạm" = "18 %"
[product]
vi = "Nước mắm"
en = "Fish sauce"
"""


@pytest.fixture(scope="module")
def sheet(tmp_path_factory: pytest.TempPathFactory, cli_in: Any, story: Path, batch: str) -> Any:
    """The command line in a folder with a printed sheet and its manifest."""
    cli = cli_in(tmp_path_factory.mktemp("sheet"))
    for command in (("init",), ("import", story)):
        assert cli(*command).code == 0
    assert cli("label", "print", batch, "-n", 5, "--demo", "-o", "tem.pdf").code == 0
    return cli


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize("name", template_names())
def test_every_template_can_be_looked_at(cli: Any, name: str) -> None:
    run = cli("label", "preview", name, "--language", "en")
    assert run.code == 0, run.err
    assert "version 7" in run.err
    assert "fit for printing" in run.out.lower()
    assert len(scan_file((cli.folder / "preview.png").read_bytes())) == 1
    assert names(cli.folder) == ["preview.png"]


@pytest.mark.parametrize("out", ["a.png", "a.pdf", "a.svg"])
def test_a_sheet_is_filled_and_its_cuts_are_drawn(cli: Any, out: str) -> None:
    arguments = ("ocop-70x37", "--stock", "a4-3x8-70x37", "-o", out)
    run = cli("label", "preview", *arguments)
    assert (run.code, "24 stickers" in run.out) == (0, True)
    data = (cli.folder / out).read_bytes()
    if out.endswith(".svg"):
        assert data.startswith(b"<svg ")
    else:
        assert len(scan_file(data)) == 24


def test_a_print_shop_gets_crop_marks_and_bleed(cli: Any) -> None:
    assert cli("label", "preview", "ocop-50x30", "--crop", "-o", "c.pdf").code == 0
    data = (cli.folder / "c.pdf").read_bytes()
    assert b"/TrimBox" in data
    assert b"/BleedBox" in data
    with Image.open(BytesIO(render_pdf(data, dpi=254))) as picture:
        assert picture.size == (700, 500)
        dark = picture.convert("L").point(lambda value: 255 * (value < 240))
        # Marks stand 2 to 7 mm beyond the corner of the cut, at 10 mm.
        assert dark.crop((98, 20, 102, 90)).getbbox() is not None
        assert dark.crop((0, 0, 28, 28)).getbbox() is None


def test_the_first_sheet_of_a_table_is_shown_with_its_own_data(cli: Any) -> None:
    (cli.folder / "t.csv").write_text(TABLE, encoding="utf-8")
    arguments = ("ocop-70x37", "--stock", "a4-3x8-70x37", "--host", "id.example", "--demo")
    run = cli("label", "preview", *arguments, "--data", "t.csv")
    assert run.code == 0, run.err
    found = [scan.text for scan in scan_file((cli.folder / "preview.png").read_bytes())]
    first, second = (f"HTTPS://ID.EXAMPLE/01/09524071001014/10/ST26091{n}" for n in (5, 6))
    assert found == [first] * 2 + [second] * 22
    # Without --demo the example keys are an error, with its cell; the picture is there to see.
    run = cli("label", "preview", *arguments[:-1], "--data", "t.csv")
    assert (run.code, "t.csv: " in run.err, "952" in run.err) == (1, True, True)


def test_a_batch_is_shown_as_it_would_be_printed_and_nothing_is_issued(
    sheet: Any, batch: str
) -> None:
    before = sheet("label", "runs", "--json").out
    words = ("--set", "storage=Để nơi mát", "--language", "en", "--demo")
    run = sheet("label", "preview", "ocop-50x30", batch, *words)
    assert run.code == 0, run.err
    (scan,) = scan_file((sheet.folder / "preview.png").read_bytes())
    item, _, seal = scan.text.partition("#")
    assert (item.partition("/01/")[2].count("/"), len(seal)) == (4, 172)
    assert sheet("verify", scan.text).code == 1
    assert sheet("label", "runs", "--json").out == before
    # Its keys are looked at as those of a run are.
    run = sheet("label", "preview", "ocop-50x30", batch)
    assert (run.code, "952" in run.err) == (1, True)


def test_rows_of_a_batch_are_shown_with_their_cells(sheet: Any, batch: str) -> None:
    (sheet.folder / "rows.csv").write_text("sscc,net weight,số tem\n389312340000000012,5 kg,1\n")
    arguments = ("carton-100x150", batch, "--data", "rows.csv", "-o", "carton.svg", "--demo")
    run = sheet("label", "preview", *arguments)
    assert run.code == 0, run.err
    assert "1 sticker" in run.out or "1 tem" in run.out
    (sheet.folder / "rows.csv").write_text("lot,HSD\nL1,31/2/2028\n")
    run = sheet("label", "preview", *arguments)
    assert (run.code, "rows.csv: A1" in run.err, "rows.csv: B2" in run.err) == (2, True, True)


def test_one_sticker_may_be_told_as_toml(cli: Any) -> None:
    (cli.folder / "l.toml").write_text(FIELDS, encoding="utf-8")
    run = cli("label", "preview", "seal-25x25", "--data", "l.toml", "--demo")
    assert run.code == 0, run.err
    (scan,) = scan_file((cli.folder / "preview.png").read_bytes())
    assert scan.text == "HTTPS://ID.EXAMPLE/01/09524071001014/10/L1"


def test_what_should_not_be_printed_is_told_with_measured_and_required(cli: Any) -> None:
    arguments = ("ocop-38x21", "--stock", "tomy-145", "--dpi", 203)
    run = cli("label", "preview", *arguments)
    assert run.code == 1
    assert "2 printer dots at 203 dpi" in run.err or "2 dots" in run.err, run.err
    assert "Not fit for printing" in run.out
    told = json.loads(cli("label", "preview", *arguments, "--json").out)
    error = next(each for each in told["findings"] if each["severity"] == "error")
    assert error["code"] == "label.module_too_small"
    assert (error["facts"]["dots"], error["facts"]["least_dots"]) == ("2", "3")


def test_a_template_with_a_logo_takes_it_from_a_file(cli: Any) -> None:
    run = cli("label", "template", "show", "seal-25x25")
    logo = run.out.replace('kind = "qr"', 'kind = "qr"\nlevel = "H"\nlogo = "mark"\nlogo_share = 8')
    (cli.folder / "mine.toml").write_text(logo, encoding="utf-8")
    Image.new("L", (40, 40), 0).save(cli.folder / "mark.png")
    assert cli("label", "preview", "mine.toml").code == 2
    drawn = cli("label", "preview", "mine.toml", "--image", "mark=mark.png", "--dpi", 600)
    assert (cli.folder / "preview.png").exists(), drawn.err


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("no-such",), "ocop-50x30"),
        (("ocop-50x30", "--stock", "no-such"), "roll-50x30"),
        (("ocop-70x37", "--stock", "roll-50x30"), "70"),
        (("ocop-50x30", "--dpi", "5"), "5 dpi"),
        (("ocop-50x30", "--dpi", "4800", "--stock", "a4-4x9-50x30"), "80"),
        (("ocop-50x30", "-o", "a.docx"), ".png"),
        (("ocop-50x30", "--language", "fr"), "zh-Hant"),
        (("ocop-50x30", "--data", "nowhere.csv"), "nowhere.csv"),
        (("ocop-50x30", "--data", "folder"), "folder"),
        (("ocop-50x30", "--data", "bad.csv"), "bad.csv: A2"),
        (("ocop-50x30", "--data", "bad.toml"), "bad.toml"),
        (("ocop-50x30", "--data", "deep.toml"), "deep.toml"),
        (("ocop-50x30", "--image", "logo"), "NAME=FILE"),
        (("ocop-50x30", "--image", "logo=bad.csv"), "bad.csv"),
    ],
)
def test_what_cannot_be_shown_is_told_and_nothing_is_written(
    cli: Any, arguments: tuple[str, ...], says: str
) -> None:
    (cli.folder / "folder").mkdir()
    (cli.folder / "bad.csv").write_text("Lô\nL1\n", encoding="utf-8")
    (cli.folder / "bad.toml").write_bytes(b"\xff\xfe product")
    (cli.folder / "deep.toml").write_text("[a.b]\nc = 1\n")
    before = names(cli.folder)
    run = cli("label", "preview", *arguments)
    assert (run.code, says in run.err) == (2, True), run.err
    assert run.err.startswith("✗ ")
    assert names(cli.folder) == before


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_sheet_is_read_graded_and_counted_against_its_manifest(sheet: Any, language: str) -> None:
    run = sheet("label", "check", "tem.pdf", lang=language)
    assert (run.code, run.err) == (0, "")
    assert "5 × A" in run.out
    told = json.loads(sheet("label", "check", "tem.pdf", "--json").out)
    assert [code["kind"] for code in told["codes"]] == ["qr"] * 5
    first = told["codes"][0]
    assert (first["page"], first["unit"], first["version"], first["grade"]["indicative"]) == (
        1,
        "mm",
        7,
        True,
    )
    # The symbol of the first slot stands in its left half.
    assert first["x"] < 35
    assert first["y"] < 37.5


def test_a_sheet_that_lacks_or_repeats_stickers_is_told(sheet: Any) -> None:
    drawn = Image.open(BytesIO(render_pdf((sheet.folder / "tem.pdf").read_bytes(), dpi=300)))
    across, down = drawn.width // 3, drawn.height // 8
    first = drawn.crop((0, 0, across, down))
    for name, other in (("less", Image.new("L", first.size, 255)), ("twice", first)):
        spoiled = drawn.convert("L")
        spoiled.paste(other, (across, 0))
        spoiled.save(sheet.folder / f"{name}.png")
        run = sheet("label", "check", f"{name}.png", "--expect", "tem.manifest.json")
        assert run.code == 1
        assert ("4 codes were read" in run.err) == (name == "less")
        assert ("there 2 times" in run.err) == (name == "twice")
    # The same picture is in order where nothing says how many there must be.
    assert sheet("label", "check", "less.png").code == 0


def test_a_file_that_was_changed_after_printing_is_told(sheet: Any, cli: Any) -> None:
    data = (sheet.folder / "tem.pdf").read_bytes()
    (cli.folder / "tem.pdf").write_bytes(data + b"\n")
    manifest = (sheet.folder / "tem.manifest.json").read_bytes()
    (cli.folder / "tem.manifest.json").write_bytes(manifest)
    run = cli("label", "check", "tem.pdf")
    assert (run.code, "not as it was" in run.err) == (0, True)


def test_a_bad_print_has_a_bad_grade_and_what_to_mend(cli: Any) -> None:
    assert cli("label", "preview", "ocop-50x30", "--dpi", 300).code == 0
    with Image.open(cli.folder / "preview.png") as drawn:
        grey = drawn.convert("L").point(lambda value: 110 + value // 4)
        grey.filter(ImageFilter.GaussianBlur(2)).save(cli.folder / "faded.png")
    run = cli("label", "check", "faded.png", "--source", "scan")
    assert run.code == 1, run.out
    assert "grade F" in run.out.lower() or "Grade F" in run.out
    assert "indicative" in run.out.lower()
    assert "Print black on white" in run.err


def test_a_pale_print_is_read_but_not_called_good(cli: Any) -> None:
    assert cli("label", "preview", "ocop-50x30", "--dpi", 600).code == 0
    with Image.open(cli.folder / "preview.png") as drawn:
        pale = drawn.convert("L").point(lambda value: 140 + value * 60 // 255)
        pale.rotate(7, Image.Resampling.BICUBIC, fillcolor=200).save(cli.folder / "photo.jpg")
    run = cli("label", "check", "photo.jpg")
    assert (run.code, "poorly printed" in run.out, "✓ photo" in run.out) == (0, True, False)
    (code,) = json.loads(cli("label", "check", "photo.jpg", "--json").out)["codes"]
    assert code["grade"]["letter"] == "D"
    assert code["page"] == 1
    assert "page" not in code["grade"]


def test_codes_of_other_kinds_are_read_too(cli: Any) -> None:
    assert cli("label", "preview", "carton-100x150", "-o", "carton.pdf").code == 0
    told = json.loads(cli("label", "check", "carton.pdf", "--json").out)
    kinds = {code["kind"]: code["grade"] is not None for code in told["codes"]}
    assert kinds == {"qr": True, "gs1-datamatrix": False, "gs1-128": False}


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (("nowhere.pdf",), 2, "nowhere.pdf"),
        (("folder",), 2, "folder"),
        (("words.txt",), 2, "words.txt"),
        (("torn.pdf",), 1, "breaks off"),
        (("torn.png",), 1, "picture"),
        (("white.png",), 1, "white.png"),
        (("white.png", "--source", "x"), 2, "drawing"),
        (("white.png", "--expect", "nowhere.json"), 2, "nowhere.json"),
        (("white.png", "--expect", "words.txt"), 2, "words.txt"),
    ],
)
def test_what_cannot_be_read_is_told(
    sheet: Any, cli: Any, arguments: tuple[str, ...], code: int, says: str
) -> None:
    whole = (sheet.folder / "tem.pdf").read_bytes()
    (cli.folder / "folder").mkdir()
    (cli.folder / "words.txt").write_text("[1, 2")
    (cli.folder / "torn.pdf").write_bytes(whole[: len(whole) // 2])
    white = BytesIO()
    Image.effect_noise((200, 200), 50).save(white, "PNG")
    (cli.folder / "torn.png").write_bytes(white.getvalue()[:2000])
    Image.new("L", (200, 200), 255).save(cli.folder / "white.png")
    run = cli("label", "check", *arguments)
    assert (run.code, says in run.err) == (code, True), run.err
    assert "Traceback" not in run.err
