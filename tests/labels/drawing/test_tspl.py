from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocoptrace.errors import LabelError
from ocoptrace.labels import lay_out, load_stock, load_template
from ocoptrace.labels.display import Page, Polygon
from ocoptrace.labels.drawing.raster import Rasteriser
from ocoptrace.labels.drawing.tspl import write_tspl
from printers import TsplPrinter

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from ocoptrace.labels import LabelContent


def printed(parts: Iterable[bytes], dots_per_mm: float = 203 / 25.4) -> TsplPrinter:
    printer = TsplPrinter(dots_per_mm)
    printer.receive(b"".join(parts))
    return printer


def stickers(content: Callable[..., LabelContent], count: int = 3, dpi: int = 203) -> list[Page]:
    template, stock = load_template("ocop-50x30"), load_stock("roll-50x30")
    contents = [content(number) for number in range(count)]
    return list(lay_out(contents, template=template, stock=stock, dpi=dpi))


@pytest.mark.parametrize("dpi", [203, 300, 600])
def test_labels_come_out_as_they_were_drawn(content: Callable[..., LabelContent], dpi: int) -> None:
    pages = stickers(content, dpi=dpi)
    parts = list(write_tspl(pages, dpi=dpi, copies=2))
    labels = printed(parts, dpi / 25.4).labels
    for label, page in zip(labels, pages, strict=True):
        assert (label.dots == Rasteriser(dpi=dpi).bitmap(page).to_array()).all()
        assert label.copies == 2
    assert parts == list(write_tspl(pages, dpi=dpi, copies=2))


@given(st.lists(st.tuples(*[st.integers(0, 6_000)] * 4), max_size=12), st.integers(800, 6_000))
def test_any_dots_survive(boxes: list[tuple[int, int, int, int]], width: int) -> None:
    """Bytes that look like commands or line ends are dots like all others."""
    marks = tuple(Polygon.rectangle(x, y, x + w, y + h) for x, y, w, h in boxes)
    page = Page(width, 5_000, (), marks=marks)
    (label,) = printed(write_tspl([page], dpi=203)).labels
    assert (label.dots == Rasteriser(dpi=203).bitmap(page).to_array()).all()


def test_dots_beyond_the_label_are_white() -> None:
    """The last byte of a row is filled up with 1, which is white."""
    page = Page(1_500, 125, (), marks=(Polygon.rectangle(0, 0, 1_500, 125),))
    (part,) = write_tspl([page], dpi=203)
    assert b"BITMAP 0,0,2,1,0,\x00\x0f\r\n" in part


def test_settings_stand_before_the_first_label(content: Callable[..., LabelContent]) -> None:
    first, second, _ = write_tspl(
        stickers(content), dpi=203, gap=3_500, density=8, speed=4, direction=0
    )
    assert second.startswith(b"CLS\r\n")
    assert printed([first]).settings == {
        "SIZE": "52 mm,30 mm",
        "GAP": "3.5 mm,0 mm",
        "DIRECTION": "0,0",
        "REFERENCE": "0,0",
        "DENSITY": "8",
        "SPEED": "4",
    }


def test_the_size_is_said_again_where_it_changes() -> None:
    pages = [Page(50_000, side, ()) for side in (30_000, 30_000, 40_000)]
    parts = list(write_tspl(pages, dpi=203))
    assert [part.count(b"SIZE") for part in parts] == [1, 0, 1]
    assert [label.dots.shape for label in printed(parts).labels] == [(240, 400)] * 2 + [(320, 400)]


@pytest.mark.parametrize(
    ("name", "value"),
    [("copies", 0), ("density", 16), ("speed", 15), ("gap", -1), ("direction", 2)],
)
def test_settings_out_of_range_are_refused_at_once(name: str, value: int) -> None:
    with pytest.raises(LabelError) as refused:
        write_tspl([], dpi=203, **{name: value})  # type: ignore[arg-type]
    assert refused.value.code == "label.printer_setting"


def test_a_black_dot_is_a_zero_bit() -> None:
    (part,) = write_tspl([Page(1_000, 125, ())], dpi=203)
    assert b"BITMAP 0,0,1,1,0,\xff\r\n" in part
    assert np.unpackbits(np.array([0xFF], np.uint8)).all()
