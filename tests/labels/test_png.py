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
    scan_file,
    stock_names,
    template_names,
)
from ocoptrace.labels.bitmap import Bitmap
from ocoptrace.labels.png import bitmap_png, pixels_png, write_png, write_preview
from ocoptrace.labels.raster import Rasteriser, preview

if TYPE_CHECKING:
    from collections.abc import Callable

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


def fitting() -> list[tuple[str, str]]:
    """Return every template with the stocks that it fits."""
    return [
        (template.name, stock.name)
        for template in map(load_template, template_names())
        for stock in map(load_stock, stock_names())
        if template.width <= stock.label_width and template.height <= stock.label_height
    ]


@pytest.mark.parametrize("dpi", [203, 300, 600])
@pytest.mark.parametrize(("template", "stock"), fitting())
def test_every_symbol_is_read_from_the_printed_dots(
    content: Callable[..., LabelContent], template: str, stock: str, dpi: int
) -> None:
    plan, paper = load_template(template), load_stock(stock)
    if paper.kind == "sheet" and dpi == 600:
        pytest.skip("sheets go to office printers as PDF; bench_label_backends reads them all")
    contents = [content(number) for number in range(paper.slots)]
    (page,) = lay_out(contents, template=plan, stock=paper, dpi=dpi)
    png = write_png(page, dpi=dpi)
    assert sorted(scan.text for scan in scan_file(png)) == sorted(each.link for each in contents)


def test_files_are_the_drawing(content: Callable[..., LabelContent]) -> None:
    (page,) = lay_out(
        [content()], template=load_template("ocop-50x30"), stock=load_stock("roll-50x30"), dpi=203
    )
    assert write_png(page, dpi=203) == bitmap_png(Rasteriser(dpi=203).bitmap(page))
    with PIL.Image.open(BytesIO(write_preview(page, dpi=96))) as picture:
        assert (np.asarray(picture) == preview(page, dpi=96)).all()
