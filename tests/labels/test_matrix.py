"""Every built-in template on a stock that fits it, at 300 dpi: read by two readers, sound as PDF.

All stocks and resolutions are in ``benchmarks/bench_label_matrix.py``.
"""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, NamedTuple

import cv2
import numpy as np
import pikepdf
import pytest

from ocoptrace.labels import (
    lay_out,
    load_stock,
    load_template,
    stock_names,
    template_names,
    write_pdf,
)
from ocoptrace.labels.reading.check import check_pages, expected_on
from ocoptrace.labels.reading.printed import printed_pdf

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ocoptrace.labels import LabelContent, Page, Stock, Template
    from ocoptrace.labels.reading.pixels import Pixels

DPI = 300


class Made(NamedTuple):
    links: list[str]
    page: Page
    pdf: bytes


def smallest_stock(template: Template) -> Stock:
    """Return the stock on which a template leaves least paper empty."""
    stocks = [load_stock(name) for name in stock_names()]
    fitting = [
        stock
        for stock in stocks
        if template.width <= stock.label_width and template.height <= stock.label_height
    ]
    return min(fitting, key=lambda stock: (stock.label_width * stock.label_height, stock.name))


@pytest.fixture(scope="module", params=template_names())
def made(request: pytest.FixtureRequest, content: Callable[..., LabelContent]) -> Made:
    """One page of a template, every second sticker sealed."""
    template = load_template(request.param)
    stock = smallest_stock(template)
    contents = [content(number, sealed=number % 2 == 0) for number in range(stock.slots)]
    (page,) = lay_out(contents, template=template, stock=stock, dpi=DPI)
    return Made([one.link for one in contents], page, write_pdf([page], title="Tem"))


def test_zxing_reads_every_symbol_of_the_page_in_its_place(made: Made) -> None:
    with printed_pdf(made.pdf) as printed:
        result = check_pages(printed, [expected_on(made.page)], dpi=DPI)
    assert result.findings == ()
    assert result.symbols_read == sum(len(s.symbols) for s in made.page.stickers)


def test_opencv_reads_every_symbol_from_its_crop(made: Made) -> None:
    with printed_pdf(made.pdf) as printed:
        pixels, _ = printed.grey(0, dpi=DPI)
    # Each of OpenCV's two ways to find finder patterns misses one symbol in a hundred.
    readers = (cv2.QRCodeDetector(), cv2.QRCodeDetectorAruco())
    for crop, link in zip(crops(made.page, pixels), made.links, strict=True):
        assert link in {reader.detectAndDecode(crop)[0] for reader in readers}


def crops(page: Page, pixels: Pixels) -> Iterator[Pixels]:
    """Yield the pixels of each symbol and its quiet zone; a dot is a pixel."""
    for sticker in page.stickers:
        symbol = sticker.symbols[0]
        quiet = 4 * symbol.dots_per_module
        side = symbol.matrix.size * symbol.dots_per_module
        top, left = max(0, symbol.y_dots - quiet), max(0, symbol.x_dots - quiet)
        crop = pixels[top : symbol.y_dots + side + quiet, left : symbol.x_dots + side + quiet]
        yield np.ascontiguousarray(crop)


def test_the_file_is_sound_and_carries_its_fonts_in_part(made: Made) -> None:
    with pikepdf.open(BytesIO(made.pdf)) as pdf:
        assert pdf.check_pdf_syntax() == []
        fonts = [one for one in pdf.objects if is_font(one)]
        assert fonts
        for font in fonts:
            descriptor = font.get("/FontDescriptor")
            assert descriptor is not None, f"{font.BaseFont} is not embedded"
            assert "/FontFile2" in descriptor
            assert str(font.BaseFont)[7] == "+", f"{font.BaseFont} is not a subset"


def is_font(one: pikepdf.Object) -> bool:
    return isinstance(one, pikepdf.Dictionary) and one.get("/Type") == pikepdf.Name.Font
