"""Whatever stickers are printed as, and however sheets are filled: each once, and read back."""

from __future__ import annotations

import json
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image as Pillow

from ocoptrace.errors import LabelError, StorageError, WorkspaceError
from ocoptrace.labels import LabelContent, scan_file
from ocoptrace.labels.manifest import Manifest, manifest_path
from ocoptrace.labels.reading.scan import scan_pixels
from ocoptrace.workspace import print_job
from ocoptrace.workspace import printing as run_printing
from ocoptrace.workspace.output import write_labels
from ocoptrace.workspace.print_job import PrintJob
from ocoptrace.workspace.print_options import printing_of
from ocoptrace.workspace.printing import OwnPlan, Printing
from ocoptrace.workspace.run_plan import RunPlan
from ocoptrace.workspace.self_check import check_printed
from printers import TsplPrinter, ZplPrinter

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ocoptrace.labels.manifest import LabelFile
    from ocoptrace.workspace import Workspace

TEMPLATE = OwnPlan(
    "bare",
    """
format = "ocop-label/1"
size = [20, 20]
[[element]]
kind = "qr"
at = [1, 1]
side = 18
""",
)
STOCK = OwnPlan("six", "page = [70, 50]\ngrid = [3, 2]\nlabel = [20, 20]\ngap = [3, 3]")
ENDINGS = ("pdf", "zpl", "tspl", "png")
DPI = 203


def stickers(count: int) -> list[LabelContent]:
    first = LabelContent(link="HTTPS://ID.EXAMPLE/01/09521234543213/21/0", product="Mắm tôm")
    return [first.item(link=f"{first.link[:-1]}{n:03}", serial=f"{n:03}") for n in range(count)]


def links_in(folder: Path, files: Sequence[LabelFile]) -> list[str]:
    """Return the links that files show, page by page; on a page from the upper left corner."""
    found: list[str] = []
    for file in files:
        data = (folder / file.name).read_bytes()
        if file.name.endswith((".pdf", ".png")):
            found += [scan.text for scan in scan_file(data)]
            continue
        printer = ZplPrinter() if file.name.endswith(".zpl") else TsplPrinter(DPI / 25.4)
        printer.receive(data)
        for label in printer.labels:
            assert label.copies == 1
            found += [scan.text for scan in scan_pixels((1 - label.dots) * np.uint8(255))]
    return found


@st.composite
def fillings(draw: st.DrawFn) -> dict[str, Any]:
    slots = st.sets(st.integers(1, 6), max_size=3).map(sorted).map(tuple)
    return {
        "order": draw(st.sampled_from(["rows", "columns"])),
        "start_slot": draw(st.integers(1, 6)),
        "used": draw(slots),
        "skip": draw(slots),
        "copies": draw(st.integers(1, 2)),
    }


@settings(max_examples=25)
@given(fillings(), st.sampled_from(ENDINGS), st.integers(1, 20), st.integers(0, 5))
def test_each_sticker_is_printed_once_however_sheets_are_filled_and_work_breaks_off(
    filling: dict[str, Any], ending: str, count: int, breaks_at: int
) -> None:
    printing = Printing(template=TEMPLATE, stock=STOCK, dpi=DPI, **filling)
    wanted = [each for each in stickers(count) for _ in range(printing.copies)]
    kept: list[LabelFile] = []
    pages = 0

    def pull_the_plug(*_: object) -> None:
        nonlocal pages
        pages += 1
        if pages == breaks_at:
            raise KeyboardInterrupt

    with tempfile.TemporaryDirectory() as scratch, pytest.MonkeyPatch.context() as patch:
        patch.setattr(print_job, "_PART_STICKERS", 9)
        folder = Path(scratch)
        path = folder / f"s.{ending}"
        job = PrintJob(path, wanted, printing, "s", pull_the_plug)
        files: tuple[LabelFile, ...] = ()
        with suppress(KeyboardInterrupt):
            files = job.write(on_part=lambda parts: kept.__setitem__(slice(None), parts))
        if not files:
            shown = links_in(folder, kept)
            assert sorted(shown) == sorted(each.link for each in wanted[: len(shown)])
            files = PrintJob(path, wanted, printing, "s").write(kept)
        job.tidy()
        assert {each.name for each in folder.iterdir()} == {file.name for file in files}
        # Upright or by columns, a page is read from its upper left corner.
        assert sorted(links_in(folder, files)) == sorted(each.link for each in wanted)
        assert sum(file.pages for file in files) == printing.page_count(len(wanted))
        found = check_printed(path, files, wanted, printing)
        assert (found.ok, found.symbols_read) == (True, len(wanted))


@pytest.mark.parametrize("ending", [*ENDINGS, "svg"])
def test_pages_are_written_all_or_none(tmp_path: Path, ending: str) -> None:
    printing = Printing(template=TEMPLATE, stock=STOCK, dpi=DPI)
    written = write_labels(
        tmp_path / f"all.{ending}", printing.lay_out(stickers(13)), title="s", printing=printing
    )
    names = [f"all-000{number}.{ending}" for number in (1, 2, 3)]
    assert [path.name for path in written] == (
        names if ending in {"png", "svg"} else [f"all.{ending}"]
    )
    assert sorted(tmp_path.iterdir()) == sorted(written)
    # The last page has no place.
    is_one_file = len(written) == 1
    taken = tmp_path / ("none" if is_one_file else "none-0003")
    taken.with_suffix(f".{ending}").mkdir()
    with pytest.raises(StorageError):
        write_labels(
            tmp_path / f"none.{ending}",
            printing.lay_out(stickers(13)),
            title="s",
            printing=printing,
        )
    assert [path.stem for path in tmp_path.glob("none*")] == [taken.name]


def test_a_shorter_run_leaves_no_page_of_a_longer_one(tmp_path: Path) -> None:
    printing = Printing(template=TEMPLATE, stock=STOCK, dpi=DPI)
    path = tmp_path / "s.png"
    for count, names in ((13, 3), (7, 2), (1, 1)):
        job = PrintJob(path, stickers(count), printing, "s")
        job.write_all()
        found = sorted(each.name for each in tmp_path.iterdir())
        assert len(found) == names
    assert found == ["s.png"]


def test_a_table_of_many_pages_is_no_heap_of_files(tmp_path: Path) -> None:
    printing = Printing(template=TEMPLATE, stock="cut", dpi=DPI)
    with pytest.raises(LabelError) as caught:
        PrintJob(tmp_path / "s.png", stickers(1) * 1001, printing, "s").write_all()
    assert caught.value.code == "label.too_many_files"
    assert not list(tmp_path.iterdir())


# What a run is printed by


@pytest.fixture
def batch(commune: Workspace) -> str:
    return next(b.id for b in commune.batches() if "/01/" in b.id)


@pytest.fixture
def own(commune: Workspace) -> Path:
    """A workspace with a template, a stock and a printer of its own."""
    folder = commune.folder
    for kind in ("templates", "stock", "printers"):
        (folder / kind).mkdir()
    drawn = TEMPLATE.text.replace("at = [1, 1]\nside = 18", "at = [2.5, 2.5]\nside = 17.5")
    drawn += '[[element]]\nkind = "image"\nimage = "logo"\nat = [0.5, 0.5]\nsize = [1, 1]\n'
    (folder / "templates" / "bare.toml").write_text(drawn, encoding="utf-8")
    Pillow.new("L", (8, 8), 128).save(folder / "templates" / "logo.png")
    (folder / "stock" / "six.toml").write_text(STOCK.text, encoding="utf-8")
    (folder / "printers" / "roll.toml").write_text("dpi = 203\ndx = 0.5", encoding="utf-8")
    return folder


def test_own_plans_are_kept_with_the_run(
    commune: Workspace, batch: str, own: Path, tmp_path: Path
) -> None:
    options: Any = {"template": "bare", "stock": "six", "printer": "roll"}
    run = commune.label_run(batch, count=8, sealed=0, demo=True, **options)
    assert (run.printing.dpi, run.template.images) == (203, {"logo"})
    whole = list(run.printing.lay_out(run.contents))
    for kind in ("templates/bare", "stock/six", "printers/roll"):
        (own / f"{kind}.toml").unlink()
    opened = commune.label_run_of(run.code)
    assert list(opened.printing.lay_out(opened.contents)) == whole
    told = Manifest.parse(manifest_path(opened.write(tmp_path / "s.pdf")).read_bytes())
    assert (told.template.name, told.stock.name, told.printer) == ("bare", "six", "roll")
    [picture] = told.pictures
    assert (picture.name, len(picture.sha256)) == ("logo", 64)
    assert told.check is not None
    assert (told.check.ok, told.check.pages_checked, told.check.symbols_read) == (True, 2, 8)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda path: path.unlink(), "label.image_file"),
        (lambda path: Pillow.new("L", (8, 8), 9).save(path), "label.image_changed"),
    ],
)
def test_another_picture_is_told(  # noqa: PLR0917 - fixtures
    commune: Workspace, batch: str, own: Path, tmp_path: Path, change: Callable[..., Any], code: str
) -> None:
    run = commune.label_run(batch, template="bare", stock="six", sealed=0, demo=True)
    change(own / "templates" / "logo.png")
    run_printing._image.cache_clear()  # noqa: SLF001 - as a process begun anew
    with pytest.raises(LabelError) as caught:
        run.write(tmp_path / "s.pdf")
    assert caught.value.code == code


def test_what_is_asked_for_and_is_not_there_is_told_before_serials_are_spent(
    commune: Workspace, batch: str, own: Path, tmp_path: Path
) -> None:
    size = commune.log_size
    (own / "templates" / "logo.png").rename(tmp_path / "logo.png")
    wrong: list[tuple[dict[str, Any], str]] = [
        ({"template": "bare", "stock": "six"}, "label.no_image"),
        ({"template": "bare", "images": {"logo": tmp_path / "x.png"}}, "label.image_file"),
        ({"images": {"logo": tmp_path / "logo.png"}}, "label.image_unused"),
        ({"template": "nobody"}, "label.unknown_template"),
        ({"stock": str(tmp_path / "x.toml")}, "label.plan_file"),
        ({"printer": "nobody"}, "label.unknown_printer"),
    ]
    for options, code in wrong:
        with pytest.raises(LabelError) as caught:
            commune.label_run(batch, demo=True, **options)
        assert caught.value.code == code
    assert commune.log_size == size
    run = commune.label_run(
        batch, template="bare", stock="six", demo=True, images={"logo": tmp_path / "logo.png"}
    )
    assert [each.name for each in run.printing.pictures] == ["logo"]


def test_plans_of_earlier_versions_are_read() -> None:
    old = {
        "printing": {"template": "ocop-50x30", "stock": "roll-50x30", "dpi": 203, "copies": 2},
        "rows": [[{"link": "HTTPS://ID.EXAMPLE", "product": "Mắm tôm"}, 3]],
    }
    plan = RunPlan.parse(json.dumps(old))
    assert plan.printing == Printing(template="ocop-50x30", stock="roll-50x30", dpi=203, copies=2)


def test_a_printer_gives_its_resolution_unless_another_is_asked_for(tmp_path: Path) -> None:
    (tmp_path / "p.toml").write_text("dpi = 600", encoding="utf-8")
    printer = str(tmp_path / "p.toml")
    assert printing_of({"printer": printer, "dpi": None}).dpi == 600
    assert printing_of({"printer": printer, "dpi": 203}).dpi == 203
    assert printing_of({"dpi": None}).dpi == 300


# Reading back


def test_a_file_with_a_fault_is_kept_told_and_written_again(
    commune: Workspace, batch: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = commune.label_run(batch, count=30, demo=True, sealed=0)
    path = tmp_path / "s.pdf"
    laid_out = Printing.lay_out

    def smudged(self: Printing, contents: Any, *, before: int = 0) -> Any:
        """Print a neighbour's code on the second sticker of the second page."""
        told = list(contents)
        if len(told) == 30:
            told[25] = told[24]
        return laid_out(self, told, before=before)

    monkeypatch.setattr(Printing, "lay_out", smudged)
    with pytest.raises(LabelError) as caught:
        run.write(path)
    monkeypatch.undo()
    assert caught.value.code == "label.faulty"
    [finding] = caught.value.findings
    assert (finding.code, finding.facts["page"], finding.facts["slot"]) == (
        "check.other_text",
        2,
        2,
    )
    told = Manifest.parse(manifest_path(path).read_bytes())
    assert told.check is not None
    assert (told.state, told.check.ok, told.check.symbols_read) == ("faulty", False, 29)
    assert path.exists()
    assert not run.is_printed
    with pytest.raises(WorkspaceError):
        commune.label_run(batch, count=1, demo=True).write(path)
    run.write(path)
    told = Manifest.parse(manifest_path(path).read_bytes())
    assert (told.state, [act.act for act in told.acts]) == ("complete", ["printed"])


def test_a_long_run_is_read_back_in_part(tmp_path: Path) -> None:
    printing = Printing(template=TEMPLATE, stock="cut", dpi=DPI)
    wanted = stickers(40)
    path = tmp_path / "s.zpl"
    files = PrintJob(path, wanted, printing, "s").write()
    told: list[tuple[int, int]] = []
    found = check_printed(
        path, files, wanted, printing, sample=5, progress=lambda *each: told.append(each)
    )
    assert (found.pages, found.pages_checked, found.symbols_read) == (40, 5, 5)
    assert told == [(number, 5) for number in range(1, 6)]


def test_what_is_read_back_is_the_file_itself(tmp_path: Path) -> None:
    printing = Printing(template=TEMPLATE, stock=STOCK, dpi=DPI)
    for ending in ENDINGS:
        path = tmp_path / f"s.{ending}"
        others = stickers(6)[::-1]
        files = PrintJob(path, others, printing, "s").write()
        found = check_printed(path, files, stickers(6), printing)
        assert (found.ok, found.symbols_read) == (False, 0)


# Words


def test_a_label_says_what_is_registered_in_the_language_asked_for(
    commune: Workspace, batch: str
) -> None:
    run = commune.label_run(
        batch,
        template="export-100x70",
        stock="roll-100x70",
        language="ko",
        texts={"product": {"ko": "새우젓"}, "importer": "Seoul Foods"},
        demo=True,
        sealed=0,
    )
    [content] = run.contents
    assert content.value("product") == "새우젓"
    assert content.value("product", "vi") == "Mắm tôm Sóng Trăng"
    assert content.value("origin") == "베트남"
    assert content.value("allergens", "en") == "crustaceans"
    assert content.value("importer") == "Seoul Foods"
    assert content.gtin == "09524071001014"
    assert commune.label_run_of(run.code).contents[0] == content
    for field, code in (("lot", "label.column_of_batch"), ("Bad", "label.field_name")):
        with pytest.raises(LabelError) as caught:
            commune.label_run(batch, demo=True, texts={field: "x"})
        assert caught.value.code == code


def test_cartons_bear_their_own_numbers(commune: Workspace, batch: str, tmp_path: Path) -> None:
    rows = [
        {"sscc": f"38931234000000{number}", "count": "24", "Khối lượng tịnh": "12 kg"}
        for number in ("0012", "0029")
    ]
    options: Any = {"template": "carton-100x150", "stock": "roll-100x150", "dpi": 203}
    run = commune.label_run(batch, rows=rows, demo=True, **options)
    assert [content.link.rpartition("/00/")[2] for content in run.contents] == list(run.serials)
    assert (run.sealed, list(run.serials)) == (0, [row["sscc"] for row in rows])
    assert {content.value("net_weight") for content in run.contents} == {"12 kg"}
    told = Manifest.parse(manifest_path(run.write(tmp_path / "s.zpl")).read_bytes())
    assert told.check is not None
    # QR code, DataMatrix and GS1-128 of each.
    assert told.check.symbols_read == 6
    with pytest.raises(WorkspaceError) as caught:
        commune.label_run(batch, rows=rows, demo=True, **options)
    assert caught.value.code == "workspace.serial_issued"
    with pytest.raises(LabelError) as twice:
        commune.label_run(batch, rows=[rows[0] | {"copies": 2}], demo=True, **options)
    assert twice.value.code == "label.serial_copies"


def test_a_run_of_many_random_serials_is_measured_by_those_it_has(
    commune: Workspace, batch: str
) -> None:
    run = commune.label_run(
        batch, count=150, template="ocop-50x30", stock="roll-50x30", demo=True, sealed=0
    )
    assert len(run.serials) == 150
    # The one that is both the longest and the widest is looked at once.
    commune.label_run(
        batch,
        count=102,
        serials=[f"S{number}" for number in range(101)] + ["S-LONGEST"],
        demo=True,
        sealed=0,
    )
    wide = ["W" * 20 if number == 140 else f"S{number}" for number in range(150)]
    with pytest.raises(LabelError) as caught:
        commune.label_run(
            batch,
            count=150,
            serials=wide,
            template="ocop-50x30",
            stock="roll-50x30",
            demo=True,
            sealed=0,
        )
    assert caught.value.code == "label.text_overflow"
