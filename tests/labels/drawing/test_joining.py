from __future__ import annotations

from pathlib import Path

import pikepdf
import pytest

from ocoptrace.labels import LabelContent, lay_out, load_stock, load_template, write_pdf
from ocoptrace.labels.drawing.joining import join_pdfs
from ocoptrace.labels.reading.pixels import open_pdf, render_page

TITLE = "Mắm 3 0 R (tôm) stream\n endobj"
"""With words that mean something in a PDF file."""


@pytest.fixture
def parts(tmp_path: Path) -> list[Path]:
    """Three files, of one, two and one pages, of other links and texts."""
    template, stock = load_template("ocop-70x37"), load_stock("a4-3x8-70x37")
    written = []
    for number, count in enumerate((5, 30, 1)):
        contents = [
            LabelContent(
                link=f"HTTPS://ID.EXAMPLE/01/09521234543213/10/L{number}/21/{item}",
                product=f"Mắm tôm {number}",
                producer="HTX",
                place="Hậu Lộc",
                lot=f"L{number}",
                serial=str(item),
            )
            for item in range(count)
        ]
        path = tmp_path / f"{number}.pdf"
        pages = lay_out(contents, template=template, stock=stock)
        path.write_bytes(write_pdf(pages, title=TITLE if number == 0 else "Khác"))
        written.append(path)
    return written


def test_every_page_looks_as_in_its_part(parts: list[Path], tmp_path: Path) -> None:
    whole = tmp_path / "whole.pdf"
    join_pdfs(parts, whole)
    drawn = []
    for part in parts:
        with open_pdf(part) as document:
            drawn += [render_page(document, page, dpi=100) for page in range(len(document))]
    with open_pdf(whole) as document:
        assert len(document) == 4
        for page, pixels in enumerate(drawn):
            assert (render_page(document, page, dpi=100) == pixels).all()


def test_title_and_preferences_are_those_of_the_first(parts: list[Path], tmp_path: Path) -> None:
    whole = tmp_path / "whole.pdf"
    join_pdfs(parts, whole)
    with pikepdf.open(whole) as pdf:
        assert not pdf.check_pdf_syntax()
        assert str(pdf.docinfo["/Title"]) == TITLE
        assert pdf.Root["/ViewerPreferences"]["/PrintScaling"] == "/None"
        assert {str(font["/Type"]) for font in pdf.pages[3].Resources.Font.values()} == {"/Font"}


def test_what_parts_have_alike_is_written_once(parts: list[Path], tmp_path: Path) -> None:
    twice, once = tmp_path / "twice.pdf", tmp_path / "once.pdf"
    join_pdfs([parts[1], parts[1]], twice)
    join_pdfs([parts[1]], once)
    with pikepdf.open(twice) as pdf:
        assert not pdf.check_pdf_syntax()
        first, same = pdf.pages[0], pdf.pages[2]
        assert first.Contents.objgen == same.Contents.objgen
        assert first.objgen != same.objgen
        files = {
            font.FontDescriptor.FontFile2.objgen
            for page in pdf.pages
            for font in page.Resources.Font.values()
        }
        assert len(files) == len(first.Resources.Font)
    assert twice.stat().st_size < 1.2 * once.stat().st_size


def test_the_same_parts_make_the_same_bytes(parts: list[Path], tmp_path: Path) -> None:
    once, again = tmp_path / "once.pdf", tmp_path / "again.pdf"
    join_pdfs(parts, once)
    join_pdfs(parts, again)
    assert once.read_bytes() == again.read_bytes()


def test_a_disk_that_refuses_is_an_error(parts: list[Path]) -> None:
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("no /dev/full here")
    with pytest.raises(OSError, match="No space left"):
        join_pdfs(parts, full)
