from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

import numpy as np
import PIL.Image
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from ocoptrace.labels import (
    lay_out,
    load_stock,
    load_template,
    stock_names,
    template_names,
)
from ocoptrace.labels.bitmap import Bitmap
from ocoptrace.labels.display import Page, Sticker, Symbol
from ocoptrace.labels.drawing.png import bitmap_png, pixels_png, write_png, write_preview
from ocoptrace.labels.drawing.raster import Rasteriser, preview
from ocoptrace.labels.drawing.tspl import write_tspl
from ocoptrace.labels.drawing.zpl import write_zpl
from ocoptrace.labels.reading.check import check_file, check_pages, expected_on
from ocoptrace.labels.reading.printed import Bitmaps
from ocoptrace.labels.symbols.gs1_symbols import ean, gs1_128, gs1_datamatrix
from printers import TsplPrinter, ZplPrinter
from whole_labels import whole_label, whole_labels

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

    from ocoptrace.labels import LabelContent


@given(arrays(np.uint8, array_shapes(min_dims=2, max_dims=2), elements=st.integers(0, 1)))
def test_black_and_white_is_read_back_by_another_reader(dots: NDArray[np.uint8]) -> None:
    with PIL.Image.open(BytesIO(bitmap_png(Bitmap.from_array(dots, dpi=203)))) as picture:
        assert picture.mode == "1"
        assert (np.asarray(picture) == (dots == 0)).all()


@given(arrays(np.uint8, st.tuples(st.integers(1, 9), st.integers(1, 9), st.just(3))))
def test_colours_are_read_back_by_another_reader(pixels: NDArray[np.uint8]) -> None:
    with PIL.Image.open(BytesIO(pixels_png(pixels))) as picture:
        assert (np.asarray(picture) == pixels).all()
    with PIL.Image.open(BytesIO(pixels_png(pixels[:, :, 0]))) as picture:
        assert (np.asarray(picture) == pixels[:, :, 0]).all()


@pytest.mark.parametrize(("dpi", "true"), [(203, 203.2), (300, 300), (600, 600)])
def test_a_file_says_how_large_a_dot_is(dpi: int, true: float) -> None:
    bitmap = Bitmap(8, 1, dpi, b"\xf0")
    with PIL.Image.open(BytesIO(bitmap_png(bitmap))) as picture:
        assert picture.info["dpi"] == pytest.approx((true, true), abs=0.01)


def tightest() -> list[tuple[str, str]]:
    """Return every template with the smallest stock of each kind that it fits."""
    pairs = []
    for template in map(load_template, template_names()):
        for kind in ("roll", "sheet"):
            fitting = [
                stock
                for stock in map(load_stock, stock_names())
                if stock.kind == kind
                and template.width <= stock.label_width
                and template.height <= stock.label_height
            ]
            if fitting:
                smallest = min(fitting, key=lambda stock: stock.label_width * stock.label_height)
                pairs.append((template.name, smallest.name))
    return pairs


@pytest.mark.parametrize("dpi", [203, 300])
@pytest.mark.parametrize(("template", "stock"), tightest())
def test_every_symbol_is_read_from_the_dots_of_a_page(
    content: Callable[..., LabelContent], template: str, stock: str, dpi: int
) -> None:
    plan, paper = load_template(template), load_stock(stock)
    contents = [whole_label(content, number) for number in range(paper.slots)]
    pages = list(lay_out(contents, template=plan, stock=paper, dpi=dpi))
    rasteriser = Rasteriser(dpi=dpi)
    check = check_pages(
        Bitmaps([(rasteriser.bitmap(page).to_grey(), dpi) for page in pages]),
        [expected_on(page, texts_of(page)) for page in pages],
    )
    assert check.findings == ()
    assert check.symbols_read == check.symbols >= paper.slots


@pytest.mark.parametrize("dpi", [203, 300, 600])
@pytest.mark.parametrize("name", template_names())
def test_all_files_for_printers_have_the_dots_of_the_page_and_codes_that_are_read(
    content: Callable[..., LabelContent], tmp_path: Path, name: str, dpi: int
) -> None:
    (page,) = whole_labels(content, load_template(name), dpi=dpi)
    dots = Rasteriser(dpi=dpi).bitmap(page).to_array()
    zpl, tspl = ZplPrinter(), TsplPrinter(dpi / 25.4)
    zpl.receive(b"".join(write_zpl([page], dpi=dpi)))
    tspl.receive(b"".join(write_tspl([page], dpi=dpi)))
    for (label,) in (zpl.labels, tspl.labels):
        assert (label.dots == dots).all()
    file = tmp_path / "label.png"
    file.write_bytes(write_png(page, dpi=dpi))
    with PIL.Image.open(file) as picture:
        assert (np.asarray(picture) == (dots == 0)).all()
    check = check_file(file, [expected_on(page, texts_of(page))])
    assert check.findings == ()
    assert check.symbols_read == len(page.stickers[0].symbols)


def texts_of(page: Page) -> list[str]:
    return [symbol.matrix.text for sticker in page.stickers for symbol in sticker.symbols]


@pytest.mark.parametrize(("dpi", "pitch"), [(203, 3), (300, 4), (600, 8)])
def test_bar_codes_and_datamatrix_are_read_from_the_dots(dpi: int, pitch: int) -> None:
    symbols = (
        Symbol(60, 60, pitch, dpi, ean("9521234543213"), bar_dots=20 * pitch),
        Symbol(60, 150 * pitch, pitch, dpi, gs1_datamatrix("(01)09521234543213(10)L1")),
        Symbol(60, 200 * pitch, pitch, dpi, gs1_128("(00)095212345000000018"), bar_dots=200),
    )
    page = Page(100_000, 150_000, (Sticker(1, 0, 0, (), (), symbols),))
    printer = ZplPrinter()
    printer.receive(b"".join(write_zpl([page], dpi=dpi)))
    dots = Bitmap.from_array(printer.labels[0].dots, dpi=dpi)
    check = check_pages(Bitmaps([(dots.to_grey(), dpi)]), [expected_on(page, texts_of(page))])
    assert check.findings == ()
    assert check.symbols_read == 3


def test_files_are_the_drawing(content: Callable[..., LabelContent]) -> None:
    (page,) = lay_out(
        [content()], template=load_template("ocop-50x30"), stock=load_stock("roll-50x30"), dpi=203
    )
    assert write_png(page, dpi=203) == bitmap_png(Rasteriser(dpi=203).bitmap(page))
    with PIL.Image.open(BytesIO(write_preview(page, dpi=96))) as picture:
        assert (np.asarray(picture) == preview(page, dpi=96)).all()
