from __future__ import annotations

import re
import zlib
from typing import TYPE_CHECKING

import pypdfium2
import pytest

from ocoptrace.errors import LabelError
from ocoptrace.labels import Page, lay_out, load_stock, load_template, write_pdf

if TYPE_CHECKING:
    from collections.abc import Callable

    from ocoptrace.labels import LabelContent


def printed(contents: list[LabelContent], title: str = "Tem", dpi: int = 300) -> bytes:
    template, stock = load_template("ocop-70x37"), load_stock("a4-3x8-70x37")
    return write_pdf(lay_out(contents, template=template, stock=stock, dpi=dpi), title=title)


def streams(data: bytes) -> list[str]:
    """Return the streams of a PDF that hold drawing operators."""
    raw = re.findall(rb"stream\r?\n(.*?)endstream", data, re.DOTALL)
    unpacked = [zlib.decompressobj().decompress(stream) for stream in raw]
    assert len(unpacked) >= 4
    return [text.decode("latin-1") for text in unpacked if b" Tf" in text or b" re" in text]


def test_the_same_stickers_give_the_same_bytes(content: Callable[..., LabelContent]) -> None:
    contents = [content(number) for number in range(30)]
    assert printed(contents) == printed(contents)


def test_other_stickers_give_other_bytes(content: Callable[..., LabelContent]) -> None:
    assert printed([content(0)]) != printed([content(1)])


def test_the_words_can_be_read_out_of_the_file(content: Callable[..., LabelContent]) -> None:
    document = pypdfium2.PdfDocument(printed([content()]))
    text = document[0].get_textpage().get_text_bounded()
    document.close()
    for word in (
        "Nước mắm Ba Làng",
        "thượng hạng",
        "Phường Hải Bình",
        "Lô ABC123",
        "HSD 15/11/2028",
    ):
        assert word in text


def test_the_title_is_kept(content: Callable[..., LabelContent]) -> None:
    document = pypdfium2.PdfDocument(printed([content()], title="Tem lô Nước mắm"))
    assert document.get_metadata_dict()["Title"] == "Tem lô Nước mắm"
    document.close()


def test_half_a_character_in_the_title_is_replaced(content: Callable[..., LabelContent]) -> None:
    document = pypdfium2.PdfDocument(printed([content()], title="Tem \ud800"))
    assert document.get_metadata_dict()["Title"] == "Tem ?"
    document.close()


def test_pages_have_the_size_of_the_stock(content: Callable[..., LabelContent]) -> None:
    document = pypdfium2.PdfDocument(printed([content(number) for number in range(25)]))
    assert len(document) == 2
    assert document[1].get_size() == pytest.approx((595.276, 841.890), abs=0.001)
    document.close()


def test_every_font_is_embedded(sheet: bytes) -> None:
    assert set(re.findall(rb"/BaseFont /[A-Z]+\+(\S+)", sheet)) == {
        b"BeVietnamPro-Regular",
        b"BeVietnamPro-SemiBold",
        b"NotoSans-Regular",
    }
    assert b"Type1" not in sheet
    assert sheet.count(b"/FontFile2") == 3


def test_viewers_are_asked_not_to_scale(sheet: bytes) -> None:
    assert b"/PrintScaling /None" in sheet


def test_all_ink_is_black_alone(sheet: bytes) -> None:
    drawn = "\n".join(streams(sheet))
    colours = re.findall(r"([\d.\s]*?) ([kK]|rg|RG|g|G|cs|CS|sc|SC|scn|SCN)\n", drawn)
    assert {(values.split()[-4:] == ["0", "0", "0", "1"], op) for values, op in colours} == {
        (True, "k"),
        (True, "K"),
    }


def test_a_symbol_is_one_fill_of_whole_numbered_rectangles(
    content: Callable[..., LabelContent],
) -> None:
    (page,) = [text for text in streams(printed([content()])) if " re" in text]
    assert len(re.findall(r"^f Q$", page, re.MULTILINE)) == 1
    rectangles = re.findall(r"^(\S+ \S+ \S+ \S+) re$", page, re.MULTILINE)
    assert len(rectangles) > 200
    assert all(re.fullmatch(r"\d+ \d+ \d+ \d+", rectangle) for rectangle in rectangles)


@pytest.mark.parametrize("dpi", [203, 300, 600])
def test_a_module_is_a_whole_number_of_dots_on_paper(
    content: Callable[..., LabelContent], dpi: int
) -> None:
    (page,) = [text for text in streams(printed([content()], dpi=dpi)) if " re" in text]
    (found,) = re.findall(r"^q (\S+) 0 0 (-\S+) (\S+) (\S+) cm$", page, re.MULTILINE)
    width, height, x, y = map(float, found)
    height_points = 297 / 25.4 * 72
    for points in (width, height, x, height_points - y):
        in_dots = points * dpi / 72
        assert in_dots == pytest.approx(round(in_dots), abs=1e-3)
    assert width == -height


def test_what_stickers_share_is_written_once(content: Callable[..., LabelContent]) -> None:
    drawn = printed([content(number) for number in range(24)])
    assert drawn.count(b"/Subtype /Form") == 1


def test_steps_from_sticker_to_sticker_end_where_the_last_one_stands(
    content: Callable[..., LabelContent],
) -> None:
    template, stock = load_template("ocop-50x30"), load_stock("a4-4x9-50x30")
    contents = [content(number) for number in range(stock.slots)]
    (page,) = lay_out(contents, template=template, stock=stock)
    drawn = streams(write_pdf([page], title="Tem"))
    (operators,) = [text for text in drawn if " Do" in text]
    point = 25_400 / 72
    last = page.stickers[-1]
    for step, x, y in (
        (r"^1 0 0 1 (\S+) (\S+) cm /", last.x, page.height - last.y),
        (r"^(\S+) (\S+) Td$", last.x + last.own[-1].x, page.height - last.y - last.own[-1].y),
    ):
        steps = re.findall(step, operators, re.MULTILINE)
        assert len(steps) >= stock.slots
        assert sum(float(across) for across, _ in steps) * point == pytest.approx(x, abs=1)
        assert sum(float(up) for _, up in steps) * point == pytest.approx(y, abs=1)


def test_a_page_says_where_it_is_cut_and_how_far_its_art_goes() -> None:
    trim, bleed = (5_000, 5_000, 55_000, 35_000), (3_000, 3_000, 57_000, 37_000)
    whole = Page(60_000, 40_000, ())
    cut = Page(60_000, 40_000, (), trim=trim, bleed=bleed)
    document = pypdfium2.PdfDocument(write_pdf([cut, whole], title="Tem"))
    millimetre = 72 / 25.4
    edges = [document[0].get_trimbox(), document[0].get_bleedbox()]
    assert edges[0] == pytest.approx([e * millimetre for e in (5, 5, 55, 35)], abs=0.01)
    assert edges[1] == pytest.approx([e * millimetre for e in (3, 3, 57, 37)], abs=0.01)
    assert document[1].get_trimbox() == document[1].get_mediabox()
    document.close()


def test_no_pages_are_no_file() -> None:
    with pytest.raises(LabelError) as refused:
        write_pdf([], title="Tem")
    assert refused.value.code == "label.no_pages"
